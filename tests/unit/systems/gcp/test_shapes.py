"""Which documents are Google Cloud's, and of which resource a policy is."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.gcp.snapshot import recognises

POLICY = {"bindings": [{"role": "roles/viewer", "members": ["user:ana@acme.example"]}], "etag": "BwX", "version": 1}
ASSET = {"name": "//storage.googleapis.com/acme-logs", "asset_type": "storage.googleapis.com/Bucket"}


@pytest.mark.parametrize(
    "content",
    [
        POLICY,
        {"bindings": []},
        {"bindings": None},
        {"kind": "storage#policy", "resourceId": "projects/_/buckets/b", "bindings": []},
        {"projects/acme-prod": POLICY, "gs://acme-logs": {}},
        {"/v1/projects/acme-prod": POLICY},
        ASSET,
        [ASSET, ASSET],
        {"assets": [ASSET], "readTime": "2026-03-18T09:00:00Z"},
        {"results": [{"resource": "//storage.googleapis.com/b", "policy": {}}], "nextPageToken": "x"},
        [{"id": "acme-prod", "type": "project"}, {"id": "1", "type": "organization"}],
        [{"id": "acme-prod", "type": "project", "policy": POLICY}],
        [{"projectId": "acme-prod", "projectNumber": "1", "lifecycleState": "ACTIVE"}],
        {"name": "folders/1", "displayName": "Shop", "parent": "organizations/1"},
        {"name": "organizations/1", "displayName": "acme.example"},
        {"name": "roles/viewer", "title": "Viewer", "stage": "GA"},
        {"name": "projects/acme-prod/roles/releaser", "includedPermissions": ["run.services.update"]},
        {"email": "a@acme-prod.iam.gserviceaccount.com", "uniqueId": "1"},
        {"name": "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme/denypolicies/a", "rules": []},
        {"name": "organizations/1/locations/global/policyBindings/a"},
        {"kind": "storage#bucket", "name": "acme-logs"},
        {"storage_url": "gs://acme-logs/", "uniform_bucket_level_access": True},
        {"name": "projects/1/secrets/token", "createTime": "2026-03-18T09:00:00Z"},
        {"name": "vm", "selfLink": "https://www.googleapis.com/compute/v1/projects/acme-prod/zones/a/instances/vm"},
    ],
)
def test_exports_of_google_cloud_are_recognised(documents, content):
    assert all(recognises(document) for document in documents({"x.json": content}))


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        3,
        {"version": 1},
        {"format": "blastradius.snapshot/1", "bindings": []},
        {"apiVersion": "v1", "kind": "List", "items": []},
        {"bindings": [{"role": "roles/viewer"}], "rules": []},
        {"bindings": ["roles/viewer"]},
        {"bindings": "roles/viewer"},
        {"kind": "Policy", "bindings": []},
        {"name": "roles/viewer"},
        {"name": "//storage.googleapis.com/b"},
        {"name": "projects/acme"},
        {"name": 3, "asset_type": "a"},
        {"resource": "acme", "policy": {}},
        {"somewhere": POLICY},
        {"assets": []},
        {"assets": [ASSET], "others": [ASSET]},
        [ASSET, {"a": 1}],
        {"type": "project", "id": "a", "name": "a"},
        {"email": "ana@acme.example"},
        {"members": ["ana"]},
    ],
)
def test_other_documents_are_left_to_others(documents, content):
    assert not any(recognises(document) for document in documents({"x.json": content}))


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("projects/acme-prod/iam.json", "gcp:projects/acme-prod"),
        ("audit/projects/acme-prod/iam.json", "gcp:projects/acme-prod"),
        ("projects/acme-prod.json", "gcp:projects/acme-prod"),
        ("projects/acme-prod.iam.yaml", "gcp:projects/acme-prod"),
        ("audit/acme-prod/iam.json", "gcp:projects/acme-prod"),
        ("folders/12/iam.json", "gcp:folders/12"),
        ("audit/org_acme.example/iam.json", "gcp:organizations/acme.example"),
        ("projects/acme-prod/buckets/acme-logs/iam.json", "gcp-storage:buckets/acme-logs"),
        ("audit/acme-prod/buckets/acme-logs/iam.json", "gcp-storage:buckets/acme-logs"),
        ("projects/acme-prod/secrets/token/iam.json", "gcp-secretmanager:projects/acme-prod/secrets/token"),
        ("projects/acme-prod/topics/orders/iam.json", "gcp-pubsub:projects/acme-prod/topics/orders"),
        (
            "projects/acme-prod/service-accounts/a@acme-prod.iam.gserviceaccount.com/iam.json",
            "service:a@acme-prod.iam.gserviceaccount.com",
        ),
    ],
)
def test_folders_tell_of_which_resource_a_policy_is(read, path, resource):
    facts = read({path: POLICY})
    assert resource in facts.resources
    assert facts.unread == ()


def test_a_resource_lies_in_the_project_of_its_folder(read):
    facts = read({"acme-prod/buckets/acme-logs/iam.json": POLICY})
    assert facts.resources["gcp-storage:buckets/acme-logs"].parents == ("gcp-storage:projects/acme-prod",)
    assert facts.resources["gcp-storage:buckets/acme-logs"].labels == (("project", "acme-prod"),)


def test_an_empty_policy_is_told_by_its_file(read, documents):
    account = "projects/acme-prod/service-accounts/a@acme-prod.iam.gserviceaccount.com/iam.json"
    assert "service:a@acme-prod.iam.gserviceaccount.com" in read({account: {}}).resources
    assert not recognises(documents({"notes.json": {}})[0])


def test_a_policy_of_nobody_knows_what_is_reported_and_still_counts(read):
    facts = read({"policy.json": POLICY})
    assert [problem.message for problem in facts.unread] == [
        "nothing says of which resource this policy is, and it counts as one of a project without a name"
    ]
    assert ("user:ana@acme.example", "gcp:projects/unnamed") in {(g.subject, g.resource) for g in facts.grants}


def test_the_field_of_cloud_storage_tells_the_bucket(read):
    facts = read({"x.json": {"kind": "storage#policy", "resourceId": "projects/_/buckets/acme-logs", "bindings": []}})
    assert "gcp-storage:buckets/acme-logs" in facts.resources


def test_a_wrapper_tells_the_resources_of_its_policies(read):
    facts = read({"x.json": {"projects/acme-prod": POLICY, "gs://acme-logs": POLICY}})
    assert {"gcp:projects/acme-prod", "gcp-storage:buckets/acme-logs"} <= set(facts.resources)


def test_two_different_policies_of_one_resource_are_refused_with_both_places(read):
    other = {"bindings": [{"role": "roles/viewer", "members": ["user:bo@acme.example"]}]}
    with pytest.raises(SnapshotError) as error:
        read({"projects/acme-prod/iam.json": POLICY, "projects/acme-prod.json": other})
    (problem,) = error.value.problems
    assert str(problem) == (
        "given/projects/acme-prod.json:1:1: the policy of `projects/acme-prod` is given twice, with different content: "
        "first in given/projects/acme-prod/iam.json:1:1"
    )


def test_the_same_policy_may_be_given_twice_in_another_order(read):
    one = {"bindings": [{"role": "roles/viewer", "members": ["user:a@x.example", "user:b@x.example"]}]}
    two = {"bindings": [{"role": "roles/viewer", "members": [m]} for m in ("user:b@x.example", "user:a@x.example")]}
    facts = read({"projects/acme-prod/iam.json": one, "projects/acme-prod.json": two})
    assert facts.unread == ()


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ({"role": 3, "members": []}, "a binding names no role"),
        ({"role": "", "members": []}, "a binding names no role"),
        ({"role": "roles/viewer", "members": "user:ana@acme.example"}, "`members` must be a list, not text"),
        ({"role": "roles/viewer", "members": [3]}, "each entry of `members` must be a text, not a number"),
        ({"role": "roles/viewer", "members": [], "condition": "x"}, "`condition` must be a mapping, not text"),
    ],
)
def test_a_binding_of_another_form_is_refused(read, binding, message):
    with pytest.raises(SnapshotError) as error:
        read({"projects/acme-prod/iam.json": {"bindings": [binding]}})
    assert message in [problem.message for problem in error.value.problems]


def test_fields_that_nobody_knows_are_reported(read):
    binding = {"role": "roles/viewer", "members": [], "condtion": {}, "condition": {"expression": "x", "titel": ""}}
    facts = read({"projects/acme-prod/iam.json": {"bindings": [binding]}})
    assert sorted(problem.message for problem in facts.unread) == [
        "unknown field `condtion` in a binding",
        "unknown field `titel` in a condition",
    ]


def test_descriptions_that_change_no_access_are_passed_over(read, policy):
    described = {"name": "projects/1/secrets/token/versions/1", "state": "ENABLED", "value": "x"}
    facts = read({"projects/acme-prod/iam.json": policy(), "projects/acme-prod/secrets/token/versions.json": described})
    assert facts.unread == ()


def test_two_policies_of_nobody_knows_what_cannot_be_told_apart(read):
    with pytest.raises(SnapshotError) as error:
        read({"one.json": POLICY, "two.json": POLICY})
    (problem,) = error.value.problems
    assert problem.message == "nothing says of which resource this policy is, nor that in given/one.json:1:1"
    assert "projects/ID/iam.json" in problem.help
