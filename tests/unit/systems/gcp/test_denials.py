"""What deny policies take away."""

import pytest

from blastradius.model.snapshot import PUBLIC, Effect

PROD = "projects/acme-prod/iam.json"
ANA, BO = "user:ana@acme.example", "user:bo@acme.example"
NAME = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme-prod/denypolicies/no-reading"


@pytest.fixture
def denied(read, policy):
    """Give a function from a deny rule to what is denied beside a policy that grants two people the role of owner."""

    def find(**rule):
        deny = {"name": NAME, "kind": "DenyPolicy", "rules": [{"denyRule": rule}]}
        facts = read({PROD: policy(["roles/owner", ANA, BO]), "deny.json": deny})
        return facts, [grant for grant in facts.grants if grant.effect is Effect.DENY]

    return find


def test_a_permission_is_denied_where_it_acts(denied):
    facts, (grant,) = denied(
        deniedPrincipals=["principalSet://goog/public:all"],
        deniedPermissions=["secretmanager.googleapis.com/versions.access"],
    )
    assert (grant.subject, grant.resource) == (PUBLIC, "gcp-secretmanager:projects/acme-prod")
    assert grant.actions == {"secretmanager.versions.access"}
    assert facts.unread == ()


def test_exceptions_are_left_out_of_those_who_are_denied(denied):
    facts, (grant,) = denied(
        deniedPrincipals=["principalSet://goog/public:all"],
        exceptionPrincipals=["principal://goog/subject/ana@acme.example"],
        deniedPermissions=["iam.googleapis.com/roles.create"],
    )
    group = facts.groups[grant.subject]
    assert ([entry.id for entry in group.members], [entry.id for entry in group.but_not]) == ([PUBLIC], [ANA])


def test_the_service_of_projects_is_called_otherwise_in_deny_rules(denied):
    _, grants = denied(
        deniedPrincipals=["principal://goog/subject/bo@acme.example"],
        deniedPermissions=["cloudresourcemanager.googleapis.com/projects.setIamPolicy"],
    )
    assert {grant.subject for grant in grants} == {BO}
    assert {"gcp:projects/acme-prod", "gcp-storage:projects/acme-prod"} <= {grant.resource for grant in grants}


def test_patterns_are_written_out_and_permissions_may_be_excepted(denied):
    _, (grant,) = denied(
        deniedPrincipals=["principal://goog/subject/bo@acme.example"],
        deniedPermissions=["secretmanager.googleapis.com/versions.*"],
        exceptionPermissions=["secretmanager.googleapis.com/versions.list"],
    )
    assert "secretmanager.versions.access" in grant.actions
    assert "secretmanager.versions.list" not in grant.actions


def test_a_condition_makes_the_denial_conditional(denied):
    _, (grant,) = denied(
        deniedPrincipals=["principal://goog/subject/bo@acme.example"],
        deniedPermissions=["secretmanager.googleapis.com/versions.access"],
        denialCondition={"expression": "!resource.matchTag('env', 'test')"},
    )
    assert grant.when == "!resource.matchTag('env', 'test')"


def test_a_permission_that_nobody_knows_is_reported(denied):
    facts, grants = denied(
        deniedPrincipals=["principalSet://goog/public:all"], deniedPermissions=["x.googleapis.com/a.b"]
    )
    assert grants == []
    assert [problem.message for problem in facts.unread] == [
        "the permission `x.googleapis.com/a.b` of a deny rule is not known, and nothing is denied by it"
    ]


def test_a_rule_that_denies_nobody_denies_nothing(denied):
    _, grants = denied(
        deniedPrincipals=["deleted:principal://goog/subject/bo@acme.example?uid=1"],
        deniedPermissions=["secretmanager.googleapis.com/versions.access"],
    )
    assert grants == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"name": NAME}, "a deny policy is given without its rules, as lists give them"),
        ({"name": NAME, "rules": [{"other": {}}]}, "holds no `denyRule`"),
        ({"name": "policies/elsewhere/denypolicies/a", "rules": []}, "is attached to is not known"),
        ({"name": "organizations/1/locations/global/principalAccessBoundaryPolicies/a"}, "boundaries of principals"),
    ],
)
def test_what_is_not_understood_of_a_denial_is_reported(read, policy, content, message):
    facts = read({PROD: policy(["roles/owner", ANA]), "deny.json": content})
    assert any(message in problem.message for problem in facts.unread)
