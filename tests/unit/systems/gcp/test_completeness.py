"""Whether an export is complete, and how one knows."""

import json

from blastradius.model.snapshot import Completeness

PROD = "projects/acme-prod/iam.json"
ANA = "user:ana@acme.example"


def gaps(facts):
    return {(one.what, one.completeness.value) for one in facts.coverage}


def asset(name, policy, **more):
    return {
        "name": name,
        "asset_type": "a",
        "iam_policy": policy,
        "ancestors": ["projects/7", "organizations/9"],
        **more,
    }


def test_an_export_of_the_organisation_with_its_buckets_is_complete(read, policy):
    organisation = asset(
        "//cloudresourcemanager.googleapis.com/organizations/9", policy(), ancestors=["organizations/9"]
    )
    bucket = asset("//storage.googleapis.com/acme-logs", policy())
    described = {"kind": "storage#bucket", "name": "acme-logs", "projectNumber": "7"}
    described["iamConfiguration"] = {"uniformBucketLevelAccess": {"enabled": True}}
    facts = read({"x.json": [organisation, bucket], "b.json": described})
    assert gaps(facts) == {("the policies in `organizations/9`", "complete")}


def test_a_single_policy_says_nothing_about_what_is_above_and_below(read, policy):
    assert gaps(read({PROD: policy(["roles/browser", ANA])})) == {
        ("what is granted above `projects/acme-prod`", "unknown"),
        ("the policies of what lies in `projects/acme-prod`", "unknown"),
    }


def test_a_policy_that_is_missing_above_is_named(read, policy):
    described = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE", "parent": "folders/3"}
    facts = read({PROD: policy(), "d.json": described})
    assert ("the policies of `folders/3`", "unknown") in gaps(facts)


def test_many_gaps_of_one_kind_are_one_entry(read, policy):
    facts = read({f"projects/acme-p{number}/iam.json": policy() for number in range(9)})
    assert (
        "what is granted above `projects/acme-p0`, `projects/acme-p1`, `projects/acme-p2` and 6 more",
        "unknown",
    ) in gaps(facts)


def test_access_lists_of_objects_may_open_a_bucket_that_says_nothing(read, policy):
    facts = read({"projects/acme-prod/buckets/acme-logs/iam.json": policy()})
    assert ("the access lists of objects in `buckets/acme-logs`", "unknown") in gaps(facts)
    described = {"storage_url": "gs://acme-logs/", "name": "acme-logs", "uniform_bucket_level_access": True}
    facts = read({"projects/acme-prod/buckets/acme-logs/iam.json": policy(), "b.json": described})
    assert not any("access lists" in what for what, _ in gaps(facts))


def test_a_condition_that_was_not_exported_is_a_gap_and_makes_the_grant_conditional(read, policy, granted):
    facts = read({PROD: policy(["roles/browser_withcond_2b17cc25d2cd9e2c54d8", ANA])})
    assert granted(facts, "gcp:projects/acme-prod") == {
        (ANA, "roles/browser", "condition that was not exported (2b17cc25d2cd9e2c54d8)")
    }
    (gap,) = (one for one in facts.coverage if one.completeness is Completeness.TRUNCATED)
    assert (gap.what, gap.reason) == (
        "the policy of `projects/acme-prod`",
        "the condition of `roles/browser` was not exported",
    )


def test_a_page_that_names_the_next_one_is_cut_short(read, policy):
    page = {"assets": [asset("//storage.googleapis.com/b", policy())], "nextPageToken": "abc"}
    facts = read({"page.json": page})
    assert ("the page `given/page.json`", "truncated") in gaps(facts)


def test_a_search_with_a_query_gives_only_what_matches(read, policy):
    found = {
        "resource": "//cloudresourcemanager.googleapis.com/projects/acme-prod",
        "project": "projects/7",
        "organization": "organizations/9",
        "policy": policy(["roles/browser", ANA]),
        "explanation": {"matchedPermissions": {"roles/browser": {"permissions": ["resourcemanager.projects.get"]}}},
    }
    facts = read({"found.json": [found, found]})
    assert ("the policies found in `given/found.json`", "truncated") in gaps(facts)
    found["explanation"] = {}
    assert not any(completeness == "truncated" for _, completeness in gaps(read({"found.json": [found]})))


def test_entries_of_either_spelling_on_lines_of_their_own_are_read(read, policy):
    lines = [
        asset("//storage.googleapis.com/one", policy(["roles/storage.objectViewer", ANA])),
        {
            "name": "//storage.googleapis.com/two",
            "assetType": "storage.googleapis.com/Bucket",
            "iamPolicy": policy(["roles/storage.objectViewer", ANA]),
            "ancestors": ["projects/7", "organizations/9"],
        },
    ]
    facts = read({"x.json": "\n".join(json.dumps(line) for line in lines)})
    assert {g.resource for g in facts.grants} == {"gcp-storage:buckets/one", "gcp-storage:buckets/two"}


def test_policies_of_ancestors_are_read_with_what_lies_in_what(read, policy):
    listed = [
        {"id": "acme-prod", "type": "project", "policy": policy(["roles/browser", ANA])},
        {"id": "3", "type": "folder", "policy": policy()},
        {"id": "9", "type": "organization", "policy": policy(["roles/browser", "user:bo@acme.example"])},
    ]
    facts = read({"x.json": listed})
    assert facts.resources["gcp:projects/acme-prod"].parents == ("gcp:folders/3",)
    assert {(g.subject, g.resource) for g in facts.grants} == {
        (ANA, "gcp:projects/acme-prod"),
        ("user:bo@acme.example", "gcp:organizations/9"),
    }


def test_a_bucket_without_its_policy_is_a_gap_and_counts_as_new_ones_do(read, policy, granted):
    described = {"storage_url": "gs://acme-logs/", "name": "acme-logs", "uniform_bucket_level_access": True}
    hint = {"kind": "storage#bucket", "name": "acme-more", "projectNumber": "7"}
    project = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE"}
    facts = read({PROD: policy(["roles/viewer", ANA]), "b.json": described, "c.json": hint, "p.json": project})
    assert ("the policies of `buckets/acme-logs`, `buckets/acme-more`", "unknown") in gaps(facts)
    assert facts.resources["gcp-storage:buckets/acme-more"].parents == ("gcp-storage:projects/acme-prod",)
    assert "projectViewer:acme-prod" in {who for who, *_ in granted(facts, "gcp-storage:projects/acme-prod")}
