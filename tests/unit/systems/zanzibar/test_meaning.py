"""What relations amount to, which types are principals, and what a file of relations changes."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Capability, PrincipalKind, Snapshot
from blastradius.systems.zanzibar.capabilities import kind_of, worded
from tests.support.zanzibar import facts

HEAD = "model\n  schema 1.1\ntype user\n"
TEAM = "type team\n  relations\n    define member: [user]\n"


def read(relations: str, tuples: str, settings: str = "", head: str = HEAD) -> Snapshot:
    """Read a type ``doc`` with these relations; a tuple is written as in SpiceDB."""
    body = "".join(f"    define {line}\n" for line in relations.split("; "))
    rows = "user_type,user_id,user_relation,relation,object_type,object_id\n"
    for line in tuples.split():
        target, _, subject = line.partition("@")
        place, _, relation = target.partition("#")
        who, _, of = subject.partition("#")
        rows += ",".join([*who.split(":"), of, relation, *place.split(":")]) + "\n"
    texts = [f"{head}type doc\n  relations\n{body}", rows]
    return facts(*texts, *([f"format: blastradius.relations/1\n{settings}"] if settings else []))


def granted(snapshot: Snapshot) -> dict[str, set[str]]:
    """Give every action by who has it."""
    found: dict[str, set[str]] = {}
    for grant in snapshot.grants:
        found.setdefault(grant.subject, set()).update(grant.actions)
    return found


@pytest.mark.parametrize(
    ("relation", "capability"),
    [
        ("viewer", Capability.READ),
        ("can_view_live_video", Capability.READ),
        ("canReadHistory", Capability.READ),
        ("list-entries", Capability.LIST),
        ("editor", Capability.WRITE),
        ("can_view_and_delete", Capability.WRITE),
        ("can_change_owner", Capability.MANAGE),
        ("superadmin", Capability.MANAGE),
        ("IT_ADMIN", Capability.MANAGE),
        ("member", None),
        ("parent", None),
        ("blocked_viewer", None),
        ("banned_admin", None),
        ("member_viewer", Capability.READ),
    ],
)
def test_the_words_of_a_relation_tell_what_it_amounts_to(relation: str, capability: Capability | None) -> None:
    assert worded(relation) == (True, capability)


@pytest.mark.parametrize("relation", ["steward", "is_valid", "x", "_", "has_feature"])
def test_other_words_tell_nothing(relation: str) -> None:
    assert not worded(relation)[0]


def test_an_unknown_relation_counts_as_manage_and_is_said_once() -> None:
    snapshot = read("steward: [user]; curator: [user]; viewer: [user]", "doc:1#steward@user:ana")
    assert snapshot.actions["steward"] is snapshot.actions["curator"] is Capability.MANAGE
    (problem,) = snapshot.unread
    assert problem.message == "what the 2 relations allow is not known, and counts as `manage`: `curator`, `steward`"
    assert problem.help.endswith("such as `relations: {curator: read}`")


def test_a_file_says_what_relations_amount_to() -> None:
    settings = 'relations: {steward: read, "can_*": none, "doc#can_go": list, viewer: write}\n'
    relations = "steward: [user]; can_go: [user]; can_do: [user]; viewer: [user]"
    tuples = "doc:1#steward@user:ana doc:1#can_go@user:bo doc:1#can_do@user:cy doc:1#viewer@user:dee"
    snapshot = read(relations, tuples, settings)
    assert snapshot.unread == ()
    assert granted(snapshot) == {"user:fga/ana": {"steward"}, "user:fga/bo": {"doc#can_go"}, "user:fga/dee": {"viewer"}}
    assert snapshot.actions["steward"] is Capability.READ
    assert snapshot.actions["doc#can_go"] is Capability.LIST
    assert snapshot.actions["viewer"] is Capability.WRITE


def test_what_is_called_like_a_capability_keeps_its_meaning() -> None:
    snapshot = read("read: [user]", "doc:1#read@user:ana", "relations: {read: manage}\n")
    assert snapshot.actions["read"] is Capability.READ
    assert snapshot.actions["doc#read"] is Capability.MANAGE
    assert granted(snapshot) == {"user:fga/ana": {"doc#read"}}


def test_a_name_in_the_file_that_fits_nothing_is_reported() -> None:
    settings = "relations: {vewer: read}\nprincipals: {usr: user}\nwildcards: {usre: external}\n"
    snapshot = read("viewer: [user]", "doc:1#viewer@user:ana", settings)
    assert [str(problem) for problem in snapshot.unread] == [
        "file-2.txt:2:13: no relation is called `vewer`",
        "no type is called `usr`",
        "no type is called `usre`",
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("relations: {viewer: raed}\n", "`relations.viewer` is `raed`, which is not known"),
        ("principals: {user: human}\n", "`principals.user` is `human`, which is not known"),
        ("wildcards: {user: everyone}\n", "`wildcards.user` is `everyone`, which is not known"),
        ("relation: {}\n", "unknown field `relation`"),
        ("relations: []\n", "`relations` must be a mapping, not a list"),
        ("relations: null\n", "`relations` must be a mapping, not empty"),
    ],
)
def test_a_wrong_file_of_relations_is_an_error(settings: str, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        read("viewer: [user]", "doc:1#viewer@user:ana", settings)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.source is not None
    assert str(problem.source).startswith("file-2.txt:2:")


def test_a_relation_that_only_links_objects_allows_nothing() -> None:
    head = f"{HEAD}type repo_owner\n  relations\n    define admin: [user]\n"
    relations = "owner: [repo_owner]; admin: admin from owner"
    snapshot = read(relations, "doc:1#owner@repo_owner:acme repo_owner:acme#admin@user:ana", head=head)
    assert list(snapshot.principals) == ["user:fga/ana"]
    assert granted(snapshot) == {"user:fga/ana": {"admin"}, "fga:repo_owner:acme#admin": {"admin"}}
    assert snapshot.resources["fga:doc:1"].parents == ("fga:repo_owner:acme",)
    assert not snapshot.resources["fga:doc:1"].inherits


def test_links_in_a_circle_contain_nothing() -> None:
    relations = "parent: [doc]; viewer: [user] or viewer from parent"
    snapshot = read(relations, "doc:1#parent@doc:2 doc:2#parent@doc:1 doc:3#parent@doc:1 doc:4#parent@doc:4")
    assert {name: one.parents for name, one in snapshot.resources.items()} == {
        "fga:doc:1": (),
        "fga:doc:2": (),
        "fga:doc:3": ("fga:doc:1",),
        "fga:doc:4": (),
    }


def test_whoever_stands_in_a_relation_that_people_stand_in_is_a_principal_whatever_its_type_has() -> None:
    head = f"{HEAD}type colleague\n  relations\n    define chief: [colleague]\n    define can_manage: chief\n"
    snapshot = read("viewer: [colleague]", "doc:1#viewer@colleague:cleo", head=head)
    assert granted(snapshot) == {"user:fga/colleague:cleo": {"viewer"}}


@pytest.mark.parametrize(
    ("type_name", "kind"),
    [
        ("user", PrincipalKind.USER),
        ("org/employee", PrincipalKind.USER),
        ("service_account", PrincipalKind.SERVICE),
        ("application", PrincipalKind.SERVICE),
        ("ci-bot", PrincipalKind.SERVICE),
        ("support_agent", PrincipalKind.AGENT),
        ("martian", PrincipalKind.USER),
    ],
)
def test_the_words_of_a_type_tell_what_its_principals_are(type_name: str, kind: PrincipalKind) -> None:
    assert kind_of(type_name) is kind


def test_a_file_says_which_types_are_principals() -> None:
    head = f"{HEAD}type crawler\ntype device\n"
    settings = "principals: {crawler: agent, device: none}\n"
    tuples = "doc:1#viewer@crawler:c doc:1#viewer@device:d doc:1#viewer@user:u"
    snapshot = read("viewer: [user, crawler, device]", tuples, settings, head)
    assert sorted(snapshot.principals) == ["agent:fga/crawler:c", "user:fga/u"]
    assert snapshot.principals["agent:fga/crawler:c"].kind is PrincipalKind.AGENT


@pytest.mark.parametrize(
    ("relations", "counting"),
    [
        # The one that leaves somebody out counts, and stands for the other.
        ("viewer: [user]; blocked: [user]; can_view: viewer but not blocked", {"can_view"}),
        ("viewer: [user]; cleared: [user]; view: viewer and cleared", {"view"}),
        ("viewer: [user]; any_viewer: viewer; blocked: [user]; can_view: any_viewer but not blocked", {"can_view"}),
        # A union leaves nobody out.
        ("viewer: [user]; owner: [user]; can_view: viewer or owner", {"viewer", "owner", "can_view"}),
        # Another word or another capability is another thing.
        ("reader: [user]; blocked: [user]; can_download: reader but not blocked", {"reader", "can_download"}),
        ("owner: [user]; blocked: [user]; can_view: owner but not blocked", {"owner", "can_view"}),
        # Whoever is left out is not narrowed.
        ("viewer: [user]; reader: [user]; can_view: reader but not viewer", {"viewer", "reader", "can_view"}),
        # In a circle each would stand for the other.
        ("viewer: [user] or (view and cleared); cleared: [user]; view: viewer and cleared", {"viewer", "view"}),
    ],
)
def test_what_another_relation_narrows_counts_through_that_one(relations: str, counting: set[str]) -> None:
    settings = "relations: {cleared: none}\n" if "cleared" in relations else ""
    tuples = " ".join(
        f"doc:1#{name}@user:ana" for name in ("viewer", "reader", "owner", "cleared") if f"{name}: [" in relations
    )
    snapshot = read(relations, tuples, settings)
    assert set(snapshot.actions) - {c.label for c in Capability} == counting


def test_a_file_lets_a_narrowed_relation_count_by_itself() -> None:
    relations = "viewer: [user]; blocked: [user]; can_view: viewer but not blocked"
    snapshot = read(relations, "doc:1#viewer@user:ana doc:1#blocked@user:ana", "relations: {viewer: read}\n")
    assert granted(snapshot)["user:fga/ana"] == {"viewer"}
