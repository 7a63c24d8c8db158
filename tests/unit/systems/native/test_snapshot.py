"""The native snapshot: every construct as a fact, with its place."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from blastradius.documents import parse, read_files
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import (
    Capability,
    Completeness,
    Coverage,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Snapshot,
)
from blastradius.model.sources import Problem, Source
from blastradius.systems.native import snapshot as native
from tests.support.texts import as_document

HEAD = "format: blastradius.snapshot/1\n"


def read(text: str, *more: str) -> Snapshot:
    documents = [as_document(HEAD + part, f"{name}.yaml") for name, part in zip("abc", (text, *more), strict=False)]
    assert all(native.recognises(document) for document in documents)
    return native.read(documents)


def problems(text: str, *more: str) -> list[str]:
    with pytest.raises(SnapshotError) as caught:
        read(text, *more)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def everything() -> Snapshot:
    root = Path(__file__).resolve().parents[4]
    return native.read(parse(read_files([str(root / "fixtures/snapshots/every-construct.yaml")])[0]))


def test_the_head_of_a_snapshot_is_read(everything: Snapshot) -> None:
    assert everything.system == "orchard"
    assert everything.taken_at == datetime(2026, 3, 18, 9, tzinfo=UTC)
    assert everything.actions == {
        "list": Capability.LIST,
        "read": Capability.READ,
        "write": Capability.WRITE,
        "manage": Capability.MANAGE,
        "git.push": Capability.WRITE,
        "git.pull": Capability.READ,
        "db.grant": Capability.MANAGE,
    }
    assert everything.same_as == (frozenset({"user:ben", "user:ben-admin"}),)
    assert [source.line for source in everything.same_as_sources] == [51]
    assert everything.unread == (
        Problem("a sharing rule of another product", Source("export.csv", 12, 3), "look at it by hand"),
        Problem("two folders could not be opened"),
    )
    assert everything.coverage == (
        Coverage(
            "files of the shared drive",
            Completeness.TRUNCATED,
            "page 3 of 7 is the last",
            Source("export.csv"),
            "export all pages",
        ),
        Coverage("members of groups", Completeness.COMPLETE),
    )


@pytest.mark.parametrize(
    "expected",
    [
        Principal("user:ana", PrincipalKind.USER),
        Principal("user:cleo@partner.example", PrincipalKind.USER, external=True),
        Principal(
            "service:deployer", PrincipalKind.SERVICE, assumable_by=(Entry("group:on-call", "during an incident"),)
        ),
        Principal("agent:helper", PrincipalKind.AGENT, assumable_by=(Entry("user:ana"),)),
        Principal("role:breakglass", PrincipalKind.ROLE, assumable_by=(Entry("group:on-call"), Entry("everyone"))),
    ],
)
def test_a_principal_is_read(everything: Snapshot, expected: Principal) -> None:
    assert everything.principals[expected.id] == expected


@pytest.mark.parametrize(
    "expected",
    [
        Group("group:on-call", (Entry("user:ana", "week 12"), Entry("user:ben-admin"))),
        Group("group:staff", unlisted=True, size=81000),
        Group("group:partners", (Entry("user:cleo@partner.example"),), unlisted=True, size=40, external=True),
        Group(
            "group:cleared-engineers",
            (Entry("group:engineering"),),
            all_of=(Entry("group:cleared"),),
            but_not=(Entry("group:partners"),),
        ),
        Group("group:all-cleared", all_of=(Entry("everyone"), Entry("group:cleared")), open=True),
        Group("group:nobody"),
        Group("team:open", (Entry("public"),)),
    ],
)
def test_a_group_is_read(everything: Snapshot, expected: Group) -> None:
    assert everything.groups[expected.id] == expected


@pytest.mark.parametrize(
    "expected",
    [
        Resource("drive:plans", class_name="strategy-docs"),
        Resource("drive:plans/2027.md", ("drive:plans",), inherits=False, labels=(("owner", "ana"), ("tier", "0"))),
        Resource("drive:shared"),
        Resource("drive:shared/both.md", ("drive:plans", "drive:shared")),
        Resource("warehouse:events", class_name="user-data", items=4200000),
        Resource("warehouse:empty", items=0),
        Resource("group:on-call"),
    ],
)
def test_a_resource_is_read(everything: Snapshot, expected: Resource) -> None:
    assert everything.resources[expected.id] == expected


def test_roles_and_grants_are_read(everything: Snapshot) -> None:
    assert {role.id: role.actions for role in everything.roles.values()} == {
        "viewer": {"list", "read"},
        "editor": {"list", "read", "write", "git.push"},
        "owner": {"*"},
        "idle": frozenset(),
    }
    assert everything.grants == (
        Grant("group:engineering", "drive:plans", "viewer"),
        Grant("group:partners", "drive:plans", "viewer", effect=Effect.DENY),
        Grant("public", "drive:shared", actions=frozenset({"read"})),
        Grant("everyone", "drive:shared", actions=frozenset({"list", "git.pull"})),
        Grant("agent:helper", "drive:shared", "editor", when="business hours"),
        Grant("user:cleo@partner.example", "warehouse:events", actions=frozenset("*"), effect=Effect.DENY),
        Grant("user:ben-admin", "group:on-call", actions=frozenset({"manage"})),
    )


def test_every_fact_carries_its_own_line() -> None:
    found = read(
        "principals:\n  user:ana:\n    external: true\n  role:r:\n    assumable_by:\n      - user:ana\n"
        "groups:\n  group:a:\n    members:\n      - user:ana\n      - id: everyone\n        when: at night\n"
        "    but_not:\n      - public\n"
        "roles:\n  viewer:\n    - read\nresources:\n  drive:a: {}\n"
        "grants:\n  - to: public\n    role: viewer\n    on: drive:a\n"
    )
    group = found.groups["group:a"]
    sources = [
        found.principals["user:ana"].source,
        found.principals["role:r"].assumable_by[0].source,
        group.source,
        *(entry.source for entry in (*group.members, *group.but_not)),
        found.roles["viewer"].source,
        found.resources["drive:a"].source,
        found.grants[0].source,
    ]
    assert [str(source) for source in sources] == [
        "a.yaml:3:3",
        "a.yaml:7:9",
        "a.yaml:9:3",
        "a.yaml:11:9",
        "a.yaml:12:9",
        "a.yaml:15:9",
        "a.yaml:17:3",
        "a.yaml:20:3",
        "a.yaml:22:5",
    ]


def test_an_empty_snapshot_knows_the_four_capabilities() -> None:
    found = read("")
    assert (found.principals, found.groups, found.resources, found.grants) == ({}, {}, {}, ())
    assert set(found.actions) == {"list", "read", "write", "manage"}


def test_a_group_without_members_and_narrowing_has_none() -> None:
    group = read("groups: {group:a: {}, group:b: {but_not: [everyone]}, group:c: {members: [], all_of: [everyone]}}")
    assert [each.open for each in group.groups.values()] == [False, False, False]


def test_equal_entries_and_grants_count_once() -> None:
    found = read(
        "groups: {group:a: {members: [everyone, everyone, {id: everyone, when: x}]}}\nresources: {drive:a: {}}\n"
        "grants:\n - {to: public, actions: [read, read], on: drive:a}\n - {on: drive:a, actions: [read], to: public}\n"
    )
    assert found.groups["group:a"].members == (Entry("everyone"), Entry("everyone", "x"))
    assert len(found.grants) == 1


def test_unknown_may_stand_beside_listed_members() -> None:
    group = read("groups: {group:a: {members: [everyone, unknown]}}").groups["group:a"]
    assert (group.members, group.unlisted, group.size) == ((Entry("everyone"),), True, None)


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-03-18T09:00:00Z", "2026-03-18T09:00:00+00:00"),
        ("2026-03-18t09:00:00z", "2026-03-18T09:00:00+00:00"),
        ('"2026-03-18 09:00:00.25+05:30"', "2026-03-18T03:30:00.250000+00:00"),
        ("2026-03-18T09:00:00.123456789Z", "2026-03-18T09:00:00.123456+00:00"),
        ("2026-03-18T09:00:00-00:00", "2026-03-18T09:00:00+00:00"),
    ],
)
def test_a_point_in_time_has_a_zone(written: str, utc: str) -> None:
    taken_at = read(f"taken_at: {written}").taken_at
    assert taken_at is not None
    assert taken_at.astimezone(UTC).isoformat() == utc


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-18",
        "2026-03-18T09:00:00",
        "2026-13-01T00:00:00Z",
        "now",
        "2026-W12-1T00:00:00Z",
        "20260318T090000Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_point_in_time_is_refused(written: str) -> None:
    (problem,) = problems(f"taken_at: {written}")
    assert problem == f"a.yaml:2:1: `{written}` is not a point in time"


def test_several_files_are_laid_together() -> None:
    found = read(
        "system: orchard\ntaken_at: 2026-03-18T09:00:00Z\nprincipals: {user:ana: {}}\nactions: {open: read}\n",
        "system: cellar\ntaken_at: 2026-03-17T09:00:00Z\n"
        "principals: {user:ana: {}, user:ben: {}}\nactions: {open: read}\n",
        "groups: {group:a: {members: [user:ana]}}\n",
    )
    assert found.system == "orchard, cellar"
    assert found.taken_at == datetime(2026, 3, 17, 9, tzinfo=UTC)
    assert list(found.principals) == ["user:ana", "user:ben"]
    assert found.groups["group:a"].source.file == "c.yaml"
    assert found.actions["open"] is Capability.READ


def test_the_order_of_a_list_makes_no_difference_between_files() -> None:
    text = (
        "groups: {{group:a: {{members: [{0}, {1}], but_not: [{1}, {0}]}}}}\nresources: {{drive:a: {{in: [{0}, {1}]}}}}"
    )
    assert read(text.format("everyone", "public"), text.format("public", "everyone")).groups


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("principals: {user:a: {}}", "principals: {user:a: {external: true}}", "b.yaml:2:14: `user:a` is given twice"),
        ("groups: {group:a: {}}", "groups: {group:a: {members: [public]}}", "b.yaml:2:10: `group:a` is given twice"),
        ("resources: {x:a: {}}", "resources: {x:a: {items: 2}}", "b.yaml:2:13: `x:a` is given twice"),
        ("roles: {viewer: [read]}", "roles: {viewer: [list]}", "b.yaml:2:9: `viewer` is given twice"),
        (
            "actions: {open: read}",
            "actions: {open: write}",
            "b.yaml:2:11: action `open` is `write` here and `read` in a",
        ),
        ("principals: {user:a: {}}", "groups: {user:a: {}}", "b.yaml:2:10: `user:a` is given twice, here as a group"),
    ],
)
def test_files_that_contradict_each_other_are_refused_with_both_places(first: str, second: str, said: str) -> None:
    (problem,) = problems(first, second)
    assert problem.startswith(said)
    assert "a.yaml:2:" in problem


def test_the_problems_of_all_files_come_together_in_order() -> None:
    found = problems("principals: {ana: {}}\nsystm: x", "grants: [{on: x:y}]", "resources: {x:y: {in: x:z}}")
    assert [problem.partition(": ")[0] for problem in found] == [
        "a.yaml:2:14",
        "a.yaml:3:1",
        "b.yaml:2:10",
        "b.yaml:2:10",
        "c.yaml:2:13",
    ]


@pytest.mark.parametrize(
    "value",
    ["blastradius.snapshot/1", ["format"], None, 7, {"format": "blastradius.snapshot/2"}, {"format": ["x"]}, {}],
)
def test_nothing_but_a_native_snapshot_is_recognised(value: object) -> None:
    from blastradius.documents import Document
    from tests.support.texts import as_file

    assert not native.recognises(Document(as_file(""), value))


def test_ids_of_another_system_may_be_named() -> None:
    found = read("principals: {user:ana: {}}\nsame_as: [[user:ana, user:github/ana]]\n")
    assert found.same_as == (frozenset({"user:ana", "user:github/ana"}),)


def test_a_json_file_is_read_like_a_yaml_file() -> None:
    document = as_document(
        '{"format": "blastradius.snapshot/1",\n "principals": {"user:ana": {"external": true}}}', "a.json"
    )
    found = native.read([document])
    assert found.principals["user:ana"].external
    assert str(found.principals["user:ana"].source) == "a.json:2:17"


def test_a_document_in_which_everything_is_wrong_is_given_up_early() -> None:
    text = "principals:\n" + "".join(f"  user:a{number}: {{{'x' * 300}{number}: 1}}\n" for number in range(20_000))
    found = problems(text)
    assert len(found) == 21
    assert found[-1] == "and 980 more problems"
