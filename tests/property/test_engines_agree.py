"""The fast engine equals the reference on random worlds that reach every construct."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access import reference, simulate
from blastradius.access.engine import compare
from blastradius.errors import ChangeError
from blastradius.model.change import Step
from blastradius.model.delta import Delta
from blastradius.model.snapshot import Snapshot
from tests.support.worlds import change, world

CASES = 400


def table(delta: Delta) -> dict[str, tuple[dict, ...]]:
    """Write a delta as plain sets per resource, so that grouping does not matter."""

    def named(sets):
        return {key: frozenset(delta.principals[i] for i in who) for key, who in sets.items()}

    return {
        delta.resources[r]: (
            named(s.capability_changes),
            named(s.action_changes),
            named(delta.held(0, r)),
            named(delta.held(1, r)),
            named(s.relaxed),
        )
        for s in delta.scopes
        for r in map(int, s.resources)
    }


def pair(rng: Random) -> tuple[Snapshot, Snapshot, tuple[Step, ...]] | None:
    """Draw a baseline and what a change, or nothing at all, makes of it."""
    baseline = world(rng)
    if rng.random() < 0.2:
        return baseline, world(rng), ()
    drawn = change(rng, baseline)
    try:
        return baseline, simulate(baseline, drawn).snapshot, drawn.steps
    except ChangeError:
        return None


@given(st.integers(0, 2**64 - 1).map(Random))
def test_engines_agree_on_drawn_worlds(rng: Random) -> None:
    drawn = pair(rng)
    if drawn is not None:
        assert table(compare(*drawn[:2])) == table(reference.compare(*drawn[:2]))


def test_engines_agree_on_seeded_worlds_and_every_construct_occurs() -> None:
    seen: Counter[str] = Counter()
    for seed in range(CASES):
        drawn = pair(Random(seed))
        if drawn is None:
            continue
        fast, slow = table(compare(*drawn[:2])), table(reference.compare(*drawn[:2]))
        assert fast == slow, f"seed {seed}"
        seen.update(type(step).__name__ for step in drawn[2])
        seen.update(str(change) for row in fast.values() for change, _ in row[0])
        seen.update(constructs(drawn[0]))
        seen["relaxed"] += any(row[4] for row in fast.values())
    missing = EXPECTED - {name for name, count in seen.items() if count}

    assert not missing


def constructs(facts: Snapshot) -> set[str]:
    """Name the constructs of SPEC 2 that a snapshot holds."""
    groups = facts.groups.values()
    found = {
        "unlisted": any(g.unlisted for g in groups),
        "unlisted external": any(g.unlisted and g.external for g in groups),
        "all_of": any(g.all_of for g in groups),
        "but_not": any(g.but_not for g in groups),
        "open": any(g.open for g in groups),
        "conditional member": any(e.when for g in groups for e in g.members),
        "built-in member": any(e.id in ("everyone", "public") for g in groups for e in g.members),
        "cycle": any(
            g.id in (e.id for e in facts.groups[m.id].members)
            for g in groups
            for m in g.members
            if m.id in facts.groups
        ),
        "assumable": any(p.assumable_by for p in facts.principals.values()),
        "external": any(p.external for p in facts.principals.values()),
        "same_as": bool(facts.same_as),
        "deny": any(g.effect == "deny" for g in facts.grants),
        "condition": any(g.when for g in facts.grants),
        "any action": any("*" in g.actions for g in facts.grants),
        "break": any(not r.inherits for r in facts.resources.values()),
        "several parents": any(len(r.parents) > 1 for r in facts.resources.values()),
    }
    return {name for name, is_there in found.items() if is_there}


EXPECTED = {
    *(step.__name__ for step in Step.__args__),
    *("gained", "maybe_gained", "widened", "revoked", "maybe_revoked", "relaxed"),
    *("unlisted", "unlisted external", "all_of", "but_not", "open", "conditional member", "built-in member", "cycle"),
    *("assumable", "external", "same_as", "deny", "condition", "any action", "break", "several parents"),
}
"""What the seeded worlds must have reached, or the comparison proves less than it says."""


@pytest.mark.parametrize("seed", range(20))
def test_no_change_makes_no_delta(seed: int) -> None:
    facts = world(Random(seed))

    assert not compare(facts, facts).scopes
