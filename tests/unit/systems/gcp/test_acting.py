"""Who may act as which service account."""

SERVICE = "a@acme-prod.iam.gserviceaccount.com"
ACCOUNT = f"projects/acme-prod/service-accounts/{SERVICE}/iam.json"
PROD = "projects/acme-prod/iam.json"
ANA = "user:ana@acme.example"


def assumers(facts, email=SERVICE):
    return [(entry.id, entry.when) for entry in facts.principals[f"service:{email}"].assumable_by]


def test_whoever_may_make_tokens_of_a_service_account_acts_as_it(read, policy):
    facts = read({ACCOUNT: policy(["roles/iam.serviceAccountTokenCreator", ANA])})
    assert assumers(facts) == [(ANA, None)]


def test_a_workload_of_a_cluster_acts_as_the_account_it_is_bound_to(read, policy):
    facts = read({ACCOUNT: policy(["roles/iam.workloadIdentityUser", "serviceAccount:acme-prod.svc.id.goog[ns/ksa]"])})
    assert assumers(facts) == [("service:acme-prod.svc.id.goog[ns/ksa]", None)]


def test_whoever_only_looks_at_a_service_account_does_not_act_as_it(read, policy):
    facts = read({ACCOUNT: policy(["roles/iam.serviceAccountViewer", ANA])})
    assert assumers(facts) == []


def test_a_role_on_a_project_reaches_every_service_account_of_it(read, policy):
    other = "serviceAccount:b@acme-dev.iam.gserviceaccount.com"
    facts = read({PROD: policy(["roles/editor", ANA], ["roles/viewer", f"serviceAccount:{SERVICE}", other])})
    assert assumers(facts) == [("gcp-act-as:projects/acme-prod", None)]
    assert [entry.id for entry in facts.groups["gcp-act-as:projects/acme-prod"].members] == [ANA]
    assert assumers(facts, "b@acme-dev.iam.gserviceaccount.com") == []


def test_the_default_accounts_belong_to_their_project(read, policy):
    described = {"projectId": "acme-prod", "projectNumber": "7", "lifecycleState": "ACTIVE"}
    emails = ("7-compute@developer.gserviceaccount.com", "acme-prod@appspot.gserviceaccount.com")
    members = [f"serviceAccount:{email}" for email in emails]
    facts = read({"d.json": described, PROD: policy(["roles/owner", ANA], ["roles/viewer", *members])})
    assert [assumers(facts, email) for email in emails] == [[("gcp-act-as:projects/acme-prod", None)]] * 2


def test_a_role_above_reaches_the_service_accounts_below(read, policy):
    described = {
        "projectId": "acme-prod",
        "projectNumber": "7",
        "lifecycleState": "ACTIVE",
        "parent": "organizations/9",
    }
    facts = read(
        {
            "d.json": described,
            PROD: policy(["roles/viewer", f"serviceAccount:{SERVICE}"]),
            "organizations/9/iam.json": policy(["roles/iam.serviceAccountUser", ANA]),
        }
    )
    assert assumers(facts) == [("gcp-act-as:organizations/9", None)]


def test_an_account_of_a_project_in_a_domain_belongs_to_it(read, policy):
    email = "a@shop.acme.example.iam.gserviceaccount.com"
    facts = read({"x.json": {"projects/acme.example:shop": policy(["roles/owner", ANA, f"serviceAccount:{email}"])}})
    assert assumers(facts, email) == [("gcp-act-as:projects/acme.example:shop", None)]


def test_a_condition_on_the_binding_is_one_on_acting(read):
    binding = {"role": "roles/iam.serviceAccountUser", "members": [ANA], "condition": {"expression": "a == 'b'"}}
    facts = read({ACCOUNT: {"bindings": [binding]}})
    assert assumers(facts) == [(ANA, "a == 'b'")]


def test_a_role_that_nobody_knows_may_let_one_act(read, policy):
    facts = read({ACCOUNT: policy(["projects/acme-prod/roles/x", ANA])})
    assert assumers(facts) == [(ANA, None)]


def test_to_manage_an_account_is_a_right_on_the_account_as_a_resource(read, policy, granted):
    facts = read({ACCOUNT: policy(["roles/iam.serviceAccountAdmin", ANA])})
    assert granted(facts, f"service:{SERVICE}") == {(ANA, "roles/iam.serviceAccountAdmin [serviceaccounts]", None)}
    assert facts.resources[f"service:{SERVICE}"].parents == ("gcp-serviceaccounts:projects/acme-prod",)


def test_an_account_that_only_has_a_number_may_be_any_of_its_project(read, policy):
    asset = {
        "name": "//iam.googleapis.com/projects/acme-prod/serviceAccounts/1234",
        "assetType": "iam.googleapis.com/ServiceAccount",
        "iamPolicy": policy(["roles/iam.serviceAccountUser", ANA]),
        "ancestors": ["projects/acme-prod", "organizations/9"],
    }
    files = {"x.json": [asset], PROD: policy(["roles/viewer", f"serviceAccount:{SERVICE}"])}
    facts = read(files)
    assert assumers(facts) == [("gcp-act-as:projects/acme-prod", None)]
    assert "the address of the service account `1234` is not known" in facts.unread[0].message
    facts = read({**files, "a.json": {"email": SERVICE, "uniqueId": "1234", "projectId": "acme-prod"}})
    assert assumers(facts) == [(ANA, None)]
    assert facts.unread == ()
