"""What policies mean: who is granted what on which resource, and what lies in what."""

import pytest

from blastradius.model.snapshot import PUBLIC, PrincipalKind

PROD = "projects/acme-prod/iam.json"
BUCKET = "projects/acme-prod/buckets/acme-logs/iam.json"
ANA, BO = "user:ana@acme.example", "user:bo@acme.example"


def capabilities(facts, resource, subject):
    """List what a subject may do by grants written on a resource."""
    roles = (facts.roles[g.role] for g in facts.grants if (g.resource, g.subject) == (resource, subject))
    return {facts.actions[action].label for role in roles for action in role.actions}


def test_a_role_reaches_only_the_families_it_speaks_of(read, policy, granted):
    facts = read({PROD: policy(["roles/secretmanager.secretAccessor", ANA])})
    named = {resource for resource in facts.resources if granted(facts, resource)}
    assert named == {"gcp:projects/acme-prod", "gcp-secretmanager:projects/acme-prod"}
    assert facts.roles["roles/secretmanager.secretAccessor [secretmanager]"].actions == {
        "secretmanager.versions.access"
    }


def test_what_is_granted_above_holds_below_family_by_family(read, policy):
    described = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE", "parent": "folders/3"}
    folder = {"name": "folders/3", "displayName": "Shop", "parent": "organizations/9"}
    facts = read({"a.json": described, "b.json": folder, BUCKET: policy(), "organizations/9/iam.json": policy()})
    up = {resource.id: resource.parents for resource in facts.resources.values()}
    assert up["gcp-storage:buckets/acme-logs"] == ("gcp-storage:projects/acme-prod",)
    assert up["gcp-storage:projects/acme-prod"] == ("gcp-storage:folders/3",)
    assert up["gcp-storage:folders/3"] == ("gcp-storage:organizations/9",)
    assert up["gcp:projects/acme-prod"] == ("gcp:folders/3",)
    assert up["gcp:organizations/9"] == ()


def test_an_older_description_names_the_parent_by_kind_and_id(read, policy):
    parent = {"id": "9", "type": "organization"}
    described = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE", "parent": parent}
    facts = read({"projects/acme-prod/description.json": described, PROD: policy()})
    assert facts.resources["gcp:projects/acme-prod"].parents == ("gcp:organizations/9",)


def test_whoever_may_set_the_policy_of_a_project_manages_everything_in_it(read, policy):
    facts = read({PROD: policy(["roles/resourcemanager.projectIamAdmin", ANA])})
    assert capabilities(facts, "gcp-secretmanager:projects/acme-prod", ANA) == {"manage"}
    assert "manage" in capabilities(facts, "gcp:projects/acme-prod", ANA)


@pytest.mark.parametrize("member", ["allUsers", "allAuthenticatedUsers", "principalSet://goog/public:all"])
def test_everybody_with_or_without_an_account_is_the_public(read, policy, granted, member):
    facts = read({BUCKET: policy(["roles/storage.objectViewer", member])})
    assert granted(facts, "gcp-storage:buckets/acme-logs") == {
        (PUBLIC, "roles/storage.objectViewer [storage]", None),
    }


@pytest.mark.parametrize(
    ("member", "subject"),
    [
        ("user:Ana@Acme.Example", ANA),
        ("group:Eng@acme.example", "group:eng@acme.example"),
        ("domain:Acme.Example", "domain:acme.example"),
        ("serviceAccount:a@acme-prod.iam.gserviceaccount.com", "service:a@acme-prod.iam.gserviceaccount.com"),
        ("serviceAccount:acme-prod.svc.id.goog[ns/runner]", "service:acme-prod.svc.id.goog[ns/runner]"),
        ("principal://goog/subject/ana@acme.example", ANA),
        ("principalSet://goog/group/eng@acme.example", "group:eng@acme.example"),
        (
            "principal://iam.googleapis.com/projects/-/serviceAccounts/a@acme-prod.iam.gserviceaccount.com",
            "service:a@acme-prod.iam.gserviceaccount.com",
        ),
        (
            "principal://iam.googleapis.com/locations/global/workforcePools/staff/subject/ana",
            "user:iam.googleapis.com/locations/global/workforcePools/staff/subject/ana",
        ),
        (
            "principalSet://iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/ci/attribute.repo/acme",
            "group:iam.googleapis.com/projects/7/locations/global/workloadIdentityPools/ci/attribute.repo/acme",
        ),
        (
            "principalSet://cloudresourcemanager.googleapis.com/projects/7/type/ServiceAccount",
            "group:principalSet://cloudresourcemanager.googleapis.com/projects/7/type/ServiceAccount",
        ),
        ("projectViewer:acme-prod", "projectViewer:acme-prod"),
    ],
)
def test_each_kind_of_member_is_a_subject(read, policy, granted, member, subject):
    facts = read({BUCKET: policy(["roles/storage.objectViewer", member])})
    assert {who for who, *_ in granted(facts, "gcp-storage:buckets/acme-logs")} == {subject}
    assert subject in facts.principals or subject in facts.groups
    assert facts.unread == ()


def test_groups_and_domains_have_members_that_nobody_lists_here(read, policy):
    facts = read({PROD: policy(["roles/viewer", "group:eng@acme.example", "domain:acme.example", ANA])})
    assert facts.groups["group:eng@acme.example"].unlisted
    assert facts.groups["domain:acme.example"].unlisted
    assert {"group:eng@acme.example", "domain:acme.example", ANA} <= facts.identities.mentioned


def test_workloads_of_foreign_pools_are_external_and_those_of_clusters_are_not(read, policy):
    pools = "principalSet://iam.googleapis.com/projects/7/locations/global/workloadIdentityPools"
    facts = read({PROD: policy(["roles/viewer", f"{pools}/ci/*", f"{pools}/acme-prod.svc.id.goog/namespace/shop"])})
    external = {group.id.partition("workloadIdentityPools/")[2]: group.external for group in facts.groups.values()}
    assert external["ci/*"] is True
    assert external["acme-prod.svc.id.goog/namespace/shop"] is False


def test_whoever_was_deleted_has_nothing(read, policy):
    facts = read({PROD: policy(["roles/viewer", "deleted:user:ana@acme.example?uid=1"])})
    assert facts.grants == ()
    assert facts.unread == ()


def test_a_member_of_an_unknown_kind_counts_and_is_reported(read, policy, granted):
    facts = read({PROD: policy(["roles/browser", "robot:ana"])})
    assert {who for who, *_ in granted(facts, "gcp:projects/acme-prod")} == {"group:gcp/robot:ana"}
    assert facts.groups["group:gcp/robot:ana"].external
    assert [problem.source.line for problem in facts.unread] == [6]


def test_convenience_members_are_those_with_the_basic_role_here_or_above(read, policy):
    described = {
        "projectId": "acme-prod",
        "projectNumber": "7",
        "lifecycleState": "ACTIVE",
        "parent": "organizations/9",
    }
    facts = read(
        {
            "a.json": described,
            "organizations/9/iam.json": policy(["roles/viewer", BO]),
            PROD: policy(["roles/viewer", ANA], ["roles/editor", BO]),
            BUCKET: policy(["roles/storage.legacyBucketReader", "projectViewer:acme-prod"]),
        }
    )
    assert [entry.id for entry in facts.groups["projectViewer:acme-prod"].members] == [ANA, "organizationViewer:9"]
    assert [entry.id for entry in facts.groups["organizationViewer:9"].members] == [BO]


def test_buckets_that_no_export_describes_open_to_those_with_a_basic_role(read, policy, granted):
    facts = read({PROD: policy(["roles/viewer", ANA])})
    assert ("projectViewer:acme-prod", "roles/storage.legacyObjectReader [storage]", None) in granted(
        facts, "gcp-storage:projects/acme-prod"
    )
    facts = read({PROD: policy(["roles/viewer", ANA]), BUCKET: policy()})
    assert {who for who, *_ in granted(facts, "gcp-storage:projects/acme-prod")} == {ANA}


def test_a_condition_is_its_expression_and_nothing_else(read, granted):
    conditions = [
        {"title": "a", "expression": "request.time\n  < timestamp('2026')"},
        {"title": "b", "description": "c", "expression": " request.time < timestamp('2026') "},
    ]
    bindings = [{"role": "roles/browser", "members": [ANA], "condition": condition} for condition in conditions]
    facts = read({PROD: {"bindings": bindings, "version": 3}})
    assert {when for *_, when in granted(facts, "gcp:projects/acme-prod")} == {"request.time < timestamp('2026')"}


def test_blank_space_in_quotes_is_part_of_a_condition(read, granted):
    conditions = [{"expression": "a == 'x y'"}, {"expression": "a == 'x  y'"}]
    bindings = [{"role": "roles/browser", "members": [ANA], "condition": condition} for condition in conditions]
    facts = read({PROD: {"bindings": bindings}})
    assert len({when for *_, when in granted(facts, "gcp:projects/acme-prod")}) == 2


def test_a_condition_without_expression_may_hold_or_not(read, granted):
    binding = {"role": "roles/browser", "members": [ANA], "condition": {"title": "office"}}
    facts = read({PROD: {"bindings": [binding]}})
    assert {when for *_, when in granted(facts, "gcp:projects/acme-prod")} == {"office"}
    assert "has no expression" in facts.unread[0].message


def test_a_role_that_no_table_knows_counts_as_manage_of_everything(read, policy):
    facts = read({PROD: policy(["projects/acme-prod/roles/releaser", ANA])})
    assert capabilities(facts, "gcp:projects/acme-prod", ANA) == {"manage"}
    assert capabilities(facts, "gcp-secretmanager:projects/acme-prod", ANA) == {"manage"}
    (problem,) = facts.unread
    assert "`projects/acme-prod/roles/releaser` allows is not known" in problem.message
    assert "gcloud iam roles describe releaser --project=acme-prod" in problem.help


def test_a_role_is_what_its_definition_says(read, policy, granted):
    role = {"name": "projects/acme-prod/roles/releaser", "includedPermissions": ["run.services.update"], "title": "R"}
    facts = read({"role.json": role, PROD: policy(["projects/acme-prod/roles/releaser", ANA])})
    assert facts.roles["projects/acme-prod/roles/releaser"].actions == {"run.services.update"}
    assert capabilities(facts, "gcp:projects/acme-prod", ANA) == {"write"}
    assert facts.unread == ()


def test_a_deleted_role_gives_nothing(read, policy):
    role = {"name": "projects/acme-prod/roles/releaser", "deleted": True, "includedPermissions": ["run.services.get"]}
    assert read({"role.json": role, PROD: policy(["projects/acme-prod/roles/releaser", ANA])}).grants == ()


def test_an_input_that_defines_a_predefined_role_counts_more_than_the_shipped_table(read, policy):
    role = {"name": "roles/browser", "includedPermissions": ["resourcemanager.projects.get"], "stage": "GA"}
    facts = read({"role.json": [role], PROD: policy(["roles/browser", ANA])})
    assert facts.roles["roles/browser"].actions == {"resourcemanager.projects.get"}


def test_a_list_of_roles_without_permissions_defines_nothing(read, policy):
    role = {"name": "roles/browser", "title": "Browser", "stage": "GA"}
    facts = read({"roles.json": [role], PROD: policy(["roles/browser", ANA])})
    assert len(facts.roles["roles/browser"].actions) > 1


def test_a_resource_of_a_service_without_sensitive_data_has_a_family_where_it_occurs(read, policy, granted):
    topic = "projects/acme-prod/topics/orders/iam.json"
    facts = read({PROD: policy(["roles/run.admin", ANA], ["roles/pubsub.viewer", BO]), topic: policy()})
    assert facts.resources["gcp-pubsub:projects/acme-prod/topics/orders"].parents == ("gcp-pubsub:projects/acme-prod",)
    assert {who for who, *_ in granted(facts, "gcp-pubsub:projects/acme-prod")} == {BO}
    assert {who for who, *_ in granted(facts, "gcp:projects/acme-prod")} == {ANA, BO}


def test_what_lies_in_a_resource_lies_below_it(read, policy):
    data_set = "//bigquery.googleapis.com/projects/acme-prod/datasets/orders"
    assets = [
        {"name": name, "assetType": "a", "iamPolicy": policy(), "ancestors": ["projects/7", "organizations/9"]}
        for name in (data_set, f"{data_set}/tables/rows")
    ]
    facts = read({"x.json": assets})
    assert facts.resources["gcp-bigquery:projects/acme-prod/datasets/orders/tables/rows"].parents == (
        "gcp-bigquery:projects/acme-prod/datasets/orders",
    )
    assert facts.resources["gcp-bigquery:projects/acme-prod/datasets/orders"].parents == (
        "gcp-bigquery:projects/acme-prod",
    )


def test_a_project_is_one_whether_its_number_or_its_id_is_given(read, policy):
    ancestors = ["projects/7", "organizations/9"]
    lines = [
        {
            "name": "//secretmanager.googleapis.com/projects/acme-prod/secrets/token",
            "asset_type": "secretmanager.googleapis.com/Secret",
            "iam_policy": policy(["roles/secretmanager.secretAccessor", ANA]),
            "ancestors": ancestors,
        },
        {
            "name": "//cloudresourcemanager.googleapis.com/projects/7",
            "asset_type": "cloudresourcemanager.googleapis.com/Project",
            "iam_policy": policy(["roles/viewer", BO]),
            "ancestors": ancestors,
        },
    ]
    facts = read({"x.json": lines})
    assert facts.resources["gcp:projects/acme-prod"].parents == ("gcp:organizations/9",)
    assert "gcp:projects/7" not in facts.resources


def test_the_domain_of_an_organisation_is_its_own(read, policy):
    described = {"name": "organizations/9", "displayName": "acme.example", "lifecycleState": "ACTIVE"}
    facts = read(
        {"organizations/acme.example/description.json": described, "organizations/acme.example/iam.json": policy()}
    )
    assert facts.identities.domains == {"acme.example"}
    assert "gcp:organizations/9" in facts.resources
    assert "gcp:organizations/acme.example" not in facts.resources


def test_who_is_named_on_one_side_only_exists_on_both(read, policy):
    members = [ANA, "group:eng@acme.example", "serviceAccount:a@acme-prod.iam.gserviceaccount.com"]
    old = read({PROD: policy()}, other={PROD: policy(["roles/browser", *members])})
    assert {ANA, "service:a@acme-prod.iam.gserviceaccount.com"} <= set(old.principals)
    assert "group:eng@acme.example" in old.groups
    assert old.grants == ()


def test_service_accounts_are_principals_of_their_own_kind(read, policy):
    facts = read({PROD: policy(["roles/viewer", "serviceAccount:a@acme-prod.iam.gserviceaccount.com"])})
    assert facts.principals["service:a@acme-prod.iam.gserviceaccount.com"].kind is PrincipalKind.SERVICE
