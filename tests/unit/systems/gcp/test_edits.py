"""What commands and plans do to policies."""

import pytest

from blastradius.systems.gcp import edits
from blastradius.systems.gcp.facts import build
from blastradius.systems.gcp.names import bucket, parse_name, project
from blastradius.systems.gcp.objects import Binding, Condition, Member, Policy, State

PROD = project("acme-prod")
ANA, BO = Member("user:ana@acme.example"), Member("user:bo@acme.example")
UNTIL = Condition("request.time < timestamp('2030-01-01T00:00:00Z')", "until 2030")


@pytest.fixture
def state():
    """Give a state in which Ana looks at a project, and Bo until 2030."""
    made = State()
    edits.add_member(made, PROD, "roles/viewer", ANA)
    edits.add_member(made, PROD, "roles/viewer", BO, UNTIL)
    return made


def bindings(state, resource=PROD):
    return [(b.role, [m.text for m in b.members], b.condition) for b in state.policies[resource].bindings]


def test_a_member_joins_those_with_the_same_role_and_condition(state):
    assert edits.add_member(state, PROD, "roles/viewer", BO)
    assert bindings(state) == [
        ("roles/viewer", [ANA.text, BO.text], None),
        ("roles/viewer", [BO.text], UNTIL),
    ]


def test_adding_who_is_there_changes_nothing(state):
    before = state.policies[PROD]
    assert not edits.add_member(state, PROD, "roles/viewer", ANA)
    assert not edits.add_member(state, PROD, "roles/viewer", BO, UNTIL)
    assert state.policies[PROD] == before


def test_another_title_is_another_condition(state):
    assert edits.add_member(state, PROD, "roles/viewer", BO, Condition(UNTIL.expression, "for ever"))
    assert len(bindings(state)) == 3


def test_removing_takes_member_role_and_condition_together(state):
    assert not edits.remove_member(state, PROD, "roles/viewer", BO)
    assert not edits.remove_member(state, PROD, "roles/editor", ANA)
    assert not edits.remove_member(state, bucket("acme-logs"), "roles/viewer", ANA)
    assert edits.remove_member(state, PROD, "roles/viewer", BO, UNTIL)
    assert bindings(state) == [("roles/viewer", [ANA.text], None)]


def test_removing_may_take_every_condition(state):
    edits.add_member(state, PROD, "roles/viewer", BO)
    assert edits.remove_member(state, PROD, "roles/viewer", BO, every=True)
    assert bindings(state) == [("roles/viewer", [ANA.text], None)]


def test_who_has_a_role_can_be_said_for_all(state):
    assert edits.set_members(state, PROD, "roles/viewer", [BO], None, ANA.source)
    assert bindings(state) == [("roles/viewer", [BO.text], UNTIL), ("roles/viewer", [BO.text], None)]
    assert not edits.set_members(state, PROD, "roles/viewer", [BO], None, ANA.source)
    assert edits.set_members(state, PROD, "roles/viewer", [], None, ANA.source)
    assert bindings(state) == [("roles/viewer", [BO.text], UNTIL)]


def test_a_whole_policy_can_be_replaced(state):
    policy = Policy(PROD, (Binding("roles/owner", (BO,)),))
    assert edits.set_policy(state, policy)
    assert not edits.set_policy(state, policy)
    assert bindings(state) == [("roles/owner", [BO.text], None)]


def test_a_resource_without_a_policy_is_made_known_with_its_project():
    state = State()
    name = parse_name("projects/acme-prod/secrets/token")
    edits.add_member(state, name, "roles/secretmanager.secretAccessor", ANA)
    facts = build(state, State())
    assert facts.resources["gcp-secretmanager:projects/acme-prod/secrets/token"].parents == (
        "gcp-secretmanager:projects/acme-prod",
    )
    assert [grant.subject for grant in facts.grants] == [ANA.text]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("projects/acme-prod", "gcp:projects/acme-prod"),
        ("/v1/projects/acme-prod", "gcp:projects/acme-prod"),
        ("/v2/folders/456", "gcp:folders/456"),
        ("//cloudresourcemanager.googleapis.com/organizations/9", "gcp:organizations/9"),
        ("//cloudresourcemanager.googleapis.com/tagKeys/9", "gcp-resourcemanager:tagKeys/9"),
        ("gs://acme-logs", "gcp-storage:buckets/acme-logs"),
        ("gs://acme-logs/", "gcp-storage:buckets/acme-logs"),
        ("/storage/v1/b/acme-logs", "gcp-storage:buckets/acme-logs"),
        ("//storage.googleapis.com/acme-logs", "gcp-storage:buckets/acme-logs"),
        ("//storage.googleapis.com/projects/_/buckets/acme-logs", "gcp-storage:buckets/acme-logs"),
        ("projects/_/buckets/acme-logs/managedFolders/a/", "gcp-storage:buckets/acme-logs/managedFolders/a"),
        ("projects/p/serviceAccounts/A@p.iam.gserviceaccount.com", "service:a@p.iam.gserviceaccount.com"),
        ("//iam.googleapis.com/projects/p/serviceAccounts/a@p.x", "service:a@p.x"),
        (
            "projects/p/locations/global/keyRings/r/cryptoKeys/k",
            "gcp-cloudkms:projects/p/locations/global/keyRings/r/cryptoKeys/k",
        ),
        ("//sqladmin.googleapis.com/projects/p/instances/i", "gcp-cloudsql:projects/p/instances/i"),
        ("//firestore.googleapis.com/projects/p/databases/d", "gcp-datastore:projects/p/databases/d"),
        ("projects/p/nothing/x", None),
        ("acme", None),
        ("", None),
        ("//example.com/acme", None),
        ("projects/a b", None),
    ],
)
def test_a_resource_has_one_name_however_it_is_written(written, name):
    found = parse_name(written)
    assert (found.id if found else None) == name
