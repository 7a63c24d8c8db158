"""What a witness names beside the chain."""

import tracemalloc
from dataclasses import replace

from blastradius.access import simulate
from blastradius.access.engine import Comparison
from blastradius.access.witness import Witnesses
from blastradius.columns.pair import paired
from blastradius.model.change import Change, Remove, RemoveMember, RevokeGrant, SetRole
from blastradius.model.delta import Witness
from blastradius.model.snapshot import Capability, Grant, Role, Snapshot
from blastradius.model.sources import Source
from tests.support.build import allow, deny, group, principal, snapshot


def shown(before: Snapshot, after: Snapshot, who: str = "user:a") -> list[tuple[str, str, str, bool]]:
    witness = Witnesses(Comparison(paired(before, after))).of_change(who, Capability.READ, "box:r")
    assert isinstance(witness, Witness)
    return [(step.start, step.relation, step.end, step.changed) for step in witness.steps]


NARROWED = snapshot(
    principal("user:a"),
    group("group:b", "user:a"),
    group("group:g", "user:a", but_not=["group:b"]),
    allow("group:g", "read", "box:r"),
)


def test_a_removed_exclusion_is_named_and_marks_the_step_into_its_group() -> None:
    after = simulate(NARROWED, Change(steps=(Remove("group:b"),))).snapshot

    assert shown(NARROWED, after) == [
        ("user:a", "member of", "group:g", True),
        ("group:g", "read on", "box:r", False),
        ("group:g", "no longer leaving out", "group:b", True),
    ]


def test_a_member_taken_out_of_an_excluded_group_marks_the_step_into_the_narrowed_one() -> None:
    after = simulate(NARROWED, Change(steps=(RemoveMember("group:b", "user:a"),))).snapshot

    assert shown(NARROWED, after)[0] == ("user:a", "member of", "group:g", True)


def test_a_dropped_all_of_is_named() -> None:
    strict = group("group:g", "user:a", all_of=["group:b"])
    before = replace(NARROWED, groups={"group:b": group("group:b"), "group:g": strict})
    after = replace(before, groups={"group:b": group("group:b"), "group:g": group("group:g", "user:a")})

    assert ("group:g", "no longer narrowed to", "group:b", True) in shown(before, after)


def test_a_removed_denial_is_named_after_the_chain() -> None:
    before = snapshot(group("group:g", "user:a"), allow("group:g", "read", "box:r"), deny("user:a", "read", "box:r"))
    after = simulate(before, Change(steps=(RevokeGrant(deny("user:a", "read", "box:r")),))).snapshot

    assert shown(before, after)[-1] == ("user:a", "no longer denied read on", "box:r", True)


def test_lost_access_is_explained_by_the_chain_that_held_before() -> None:
    before = snapshot(group("group:g", "user:a"), allow("group:g", "read", "box:r"))
    after = simulate(before, Change(steps=(RemoveMember("group:g", "user:a"),))).snapshot

    assert shown(before, after) == [("user:a", "member of", "group:g", True), ("group:g", "read on", "box:r", False)]


def test_a_long_chain_that_is_new_throughout_is_written_out_once() -> None:
    length = 3000
    groups = [group(f"group:{i:04}", f"group:{i + 1:04}" if i < length else "user:a") for i in range(length + 1)]
    before = snapshot(principal("user:a"), allow("group:z", "read", "box:r"), group("group:z"))
    after = snapshot(principal("user:a"), allow("group:z", "read", "box:r"), group("group:z", "group:0000"), *groups)
    comparison = Comparison(paired(before, after))
    tracemalloc.start()

    witness = Witnesses(comparison).of_change("user:a", Capability.READ, "box:r")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(witness, Witness)
    assert len(witness.steps) == length + 3
    # Each step costs some hundred bytes; a path for each step costs each step thousands of places.
    assert peak < 10_000 * length


def test_a_grant_whose_role_was_widened_points_at_the_role() -> None:
    at = Source("change.yaml", 4)
    grant = Grant("user:a", "box:r", role="viewer", source=Source("snapshot.yaml", 9))
    before = snapshot(Role("viewer", frozenset({"list"})), grant)
    after = simulate(before, Change(steps=(SetRole("viewer", frozenset({"list", "read"}), at),))).snapshot

    witness = Witnesses(Comparison(paired(before, after))).of_change("user:a", Capability.READ, "box:r")

    assert witness is not None
    assert [(step.source, step.changed) for step in witness.steps] == [(at, True)]


def test_a_group_that_leaves_somebody_out_is_no_way_for_them() -> None:
    facts = snapshot(
        principal("user:a"),
        group("group:out", "user:a"),
        group("group:short", "user:a", but_not=["group:out"]),
        group("group:far", "group:near"),
        group("group:near", "user:a"),
        allow("group:short", "read", "box:r"),
        allow("group:far", "read", "box:r"),
    )
    witness = Witnesses(Comparison(paired(facts, facts))).of_state(0, "user:a", "read", "box:r")

    assert isinstance(witness, Witness)
    assert [step.end for step in witness.steps] == ["group:near", "group:far", "box:r"]


def test_which_of_two_shortest_paths_is_shown_does_not_depend_on_the_order_of_facts() -> None:
    groups = [group("group:b", "user:a"), group("group:c", "user:a"), group("group:a", "user:a")]
    grants = [allow(g.id, "read", "box:r") for g in groups]

    found = [
        Witnesses(Comparison(paired(facts, facts))).of_state(0, "user:a", "read", "box:r")
        for facts in (
            snapshot(principal("user:a"), *groups, *grants),
            snapshot(*reversed(grants), *reversed(groups)),
            snapshot(*sorted(groups, key=lambda g: g.id), *grants),
        )
    ]

    assert found[0] is not None
    assert found[0] == found[1] == found[2]
