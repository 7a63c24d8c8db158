"""What an inventory says of what exists, and what the other side of a comparison adds."""

from blastradius.systems.gcp.snapshot import NAME

ANA = "user:ana@acme.example"
ANCESTORS = ["projects/7", "folders/3", "organizations/9"]
PROD = "projects/acme-prod/iam.json"


def described(kind, name, data):
    return {"name": name, "assetType": kind, "ancestors": ANCESTORS, "resource": {"data": data}}


def test_an_export_of_resources_tells_names_buckets_accounts_and_roles(read, policy):
    email = "a@acme-prod.iam.gserviceaccount.com"
    switch = {"uniformBucketLevelAccess": {"enabled": True}}
    resources = [
        described(
            "cloudresourcemanager.googleapis.com/Project",
            "//cloudresourcemanager.googleapis.com/projects/7",
            {"projectId": "acme-prod", "projectNumber": "7", "labels": {"team": "orchard"}, "lifecycleState": "ACTIVE"},
        ),
        described(
            "cloudresourcemanager.googleapis.com/Folder",
            "//cloudresourcemanager.googleapis.com/folders/3",
            {"name": "folders/3", "displayName": "Shop", "parent": "organizations/9"},
        ),
        described(
            "cloudresourcemanager.googleapis.com/Organization",
            "//cloudresourcemanager.googleapis.com/organizations/9",
            {"name": "organizations/9", "displayName": "acme.example"},
        ),
        described(
            "storage.googleapis.com/Bucket",
            "//storage.googleapis.com/acme-logs",
            {"name": "acme-logs", "projectNumber": "7", "labels": {"pii": "yes"}, "iamConfiguration": switch},
        ),
        described(
            "iam.googleapis.com/ServiceAccount",
            "//iam.googleapis.com/projects/acme-prod/serviceAccounts/1",
            {"email": email, "uniqueId": "1", "projectId": "acme-prod", "disabled": True},
        ),
        described(
            "iam.googleapis.com/Role",
            "//iam.googleapis.com/projects/acme-prod/roles/releaser",
            {"name": "projects/acme-prod/roles/releaser", "includedPermissions": ["run.services.update"]},
        ),
    ]
    facts = read({"r.json": resources, PROD: policy(["projects/acme-prod/roles/releaser", ANA])})
    assert facts.unread == ()
    assert facts.system == NAME
    assert facts.identities.domains == {"acme.example"}
    assert facts.resources["gcp:projects/acme-prod"].labels == (("team", "orchard"), ("type", "project"))
    assert facts.resources["gcp-storage:projects/acme-prod"].labels == (("team", "orchard"),)
    assert facts.resources["gcp-storage:buckets/acme-logs"].labels == (("pii", "yes"), ("project", "acme-prod"))
    assert facts.resources[f"service:{email}"].labels == (("disabled", "true"), ("project", "acme-prod"))
    assert facts.roles["projects/acme-prod/roles/releaser"].actions == {"run.services.update"}
    assert not any("access lists" in one.what for one in facts.coverage)


def test_a_service_account_that_is_listed_is_known_by_its_number_elsewhere(read, policy):
    email = "a@acme-prod.iam.gserviceaccount.com"
    account = described(
        "iam.googleapis.com/ServiceAccount",
        "//iam.googleapis.com/projects/acme-prod/serviceAccounts/1",
        {"email": email, "uniqueId": "1", "projectId": "acme-prod"},
    )
    wrapped = {"projects/acme-prod/serviceAccounts/1": policy(["roles/iam.serviceAccountUser", ANA])}
    facts = read({"a.json": [account], "b.json": wrapped})
    assert [entry.id for entry in facts.principals[f"service:{email}"].assumable_by] == [ANA]


def test_folders_and_organisations_of_the_other_side_exist_here_too(read, policy):
    project = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE", "parent": "folders/3"}
    folder = {"name": "folders/3", "displayName": "Shop", "parent": "organizations/9"}
    facts = read({PROD: policy()}, other={PROD: policy(), "p.json": project, "f.json": folder})
    assert {"gcp:folders/3", "gcp:organizations/9"} <= set(facts.resources)
    assert facts.resources["gcp:projects/acme-prod"].parents == ()


def test_a_project_of_the_other_side_is_not_here(read, policy):
    facts = read({PROD: policy()}, other={PROD: policy(), "projects/acme-dev/iam.json": policy()})
    assert "gcp:projects/acme-dev" not in facts.resources


def test_a_project_is_called_by_its_id_if_only_the_other_side_says_it(read, policy):
    project = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE"}
    facts = read({"x.json": {"projects/7": policy(["roles/browser", ANA])}}, other={"p.json": project})
    assert [grant.resource for grant in facts.grants] == ["gcp:projects/acme-prod"]


def test_an_organisation_may_be_called_by_its_domain_in_folders(read, policy):
    role = {"name": "organizations/9/roles/x", "includedPermissions": ["run.services.get"], "title": "X"}
    facts = read(
        {
            "audit/org_acme.example/iam.json": policy(["organizations/9/roles/x", ANA]),
            "audit/org_acme.example/roles/x.json": role,
        }
    )
    assert [grant.resource for grant in facts.grants] == ["gcp:organizations/9"]


def test_a_policy_of_a_bucket_tells_its_project_by_whom_it_lets_in(read, policy):
    members = ["projectOwner:acme-prod", "projectEditor:acme-prod"]
    facts = read({"x.json": {"gs://acme-logs": policy(["roles/storage.legacyBucketOwner", *members])}})
    assert facts.resources["gcp-storage:buckets/acme-logs"].parents == ("gcp-storage:projects/acme-prod",)
    assert "gcp:projects/acme-prod" in facts.resources


def test_an_asset_whose_name_says_nothing_is_reported(read, policy):
    asset = {"name": "//example.org/acme", "assetType": "a", "iamPolicy": policy(["roles/viewer", ANA])}
    facts = read({"x.json": [asset], PROD: policy()})
    assert [problem.message for problem in facts.unread] == [
        "`//example.org/acme` is no name of a resource, and it is left out"
    ]
