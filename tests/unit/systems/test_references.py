"""Names that nothing has."""

import pytest

from blastradius.model.snapshot import Entry, Group, Principal, PrincipalKind, Resource, Snapshot
from blastradius.systems.references import reference_problems
from tests.support.build import allow, group, principal, resource, snapshot


def facts(**sections: object) -> Snapshot:
    """Make a snapshot as it is, without adding what is missing."""
    return Snapshot(**{"principals": {"user:ana": Principal("user:ana", PrincipalKind.USER)}, **sections})


def test_facts_that_name_only_what_exists_have_no_problem() -> None:
    found = snapshot(
        principal("user:ana", "group:a", "everyone"),
        group("group:a", "user:ana", "public", all_of=["everyone"], but_not=["user:ana"]),
        resource("drive:a"),
        resource("drive:b", "drive:a"),
        allow("public", "read *", "drive:a"),
    )
    assert reference_problems(found) == []


@pytest.mark.parametrize(
    ("found", "message", "help"),
    [
        (facts(groups={"group:a": group("group:a", "user:anna")}), "principal or group `user:anna`", "`user:ana`?"),
        (facts(groups={"group:a": group("group:a", all_of=["grp:a"])}), "principal or group `grp:a`", "`group:a`?"),
        (
            facts(groups={"group:a": group("group:a", but_not=["evryone"])}),
            "principal or group `evryone`",
            "`everyone`?",
        ),
        (facts(resources={"x:a": resource("x:a", "x:aa")}), "resource `x:aa`", "`x:a`?"),
        (
            facts(resources={"x:a": resource("x:a")}, grants=(allow("usr:ana", "read", "x:a"),)),
            "`usr:ana`",
            "`user:ana`?",
        ),
        (
            facts(resources={"x:a": resource("x:a")}, grants=(allow("public", "raed", "x:a"),)),
            "action `raed`",
            "`read`?",
        ),
        (facts(same_as=(frozenset({"user:ana", "user:anb"}),)), "principal `user:anb`", "`user:ana`?"),
    ],
)
def test_a_name_that_nothing_has_is_found_with_a_suggestion(found: Snapshot, message: str, help: str) -> None:
    (problem,) = reference_problems(found)
    assert problem.message.startswith("unknown ")
    assert problem.message.endswith(message)
    assert problem.help == f"did you mean {help}"


def test_a_group_is_no_account() -> None:
    found = facts(groups={"group:a": Group("group:a")}, same_as=(frozenset({"user:ana", "group:a"}),))
    assert [problem.message for problem in reference_problems(found)] == ["unknown principal `group:a`"]


def test_a_nearby_name_is_found_among_very_many() -> None:
    names = [f"drive:area-{number % 500:03d}/document-{number:06d}.md" for number in range(200_000)]
    resources = {name: Resource(name) for name in names}
    resources["drive:wrong"] = Resource("drive:wrong", ("drive:area-123/docment-100123.md",))
    (problem,) = reference_problems(Snapshot(resources=resources))
    assert problem.help == "did you mean `drive:area-123/document-100123.md`?"


@pytest.mark.parametrize("length", [1, 180, 1000])
def test_of_very_many_unknown_names_a_thousand_are_reported(length: int) -> None:
    known = {f"user:{'b' * length}{number}": Group("group:x") for number in range(2_000)}
    members = tuple(Entry(f"user:{'b' * length}-{number}") for number in range(2_000))
    found = reference_problems(facts(groups={**known, "group:a": Group("group:a", members)}))
    assert len(found) == 1000
