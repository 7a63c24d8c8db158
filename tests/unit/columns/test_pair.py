"""Columns hold exactly what entities say, and a change laid over them changes nothing else."""

import dataclasses
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access import simulate
from blastradius.columns.build import columns_of
from blastradius.columns.pair import Pair, own_columns, paired
from blastradius.columns.tables import Columns
from blastradius.columns.views import snapshot_of
from blastradius.errors import ChangeError
from blastradius.model.snapshot import Snapshot
from tests.support.worlds import change, world

worlds = st.integers(0, 2**64 - 1).map(Random)


def same(one: Snapshot, other: Snapshot) -> None:
    """Compare entity by entity, sources too, which equality leaves out."""
    for section in ("principals", "groups", "resources"):
        left, right = getattr(one, section), getattr(other, section)
        assert sorted(left) == sorted(right)
        assert len(left) == len(right)
        for name in right:
            assert left[name] == right[name]
            assert left[name].source == right[name].source
            assert name in left
    assert list(one.grants) == list(other.grants)
    assert [grant.source for grant in one.grants] == [grant.source for grant in other.grants]
    for name in ("system", "taken_at", "actions", "roles", "same_as", "unread"):
        assert getattr(one, name) == getattr(other, name)


@given(worlds)
def test_columns_looked_at_as_a_snapshot_are_the_snapshot(rng: Random) -> None:
    facts = world(rng)
    columns = columns_of(facts)
    same(snapshot_of(columns), facts)
    assert own_columns(snapshot_of(columns)).members is columns.members


@given(worlds, st.booleans())
def test_both_states_of_a_pair_are_what_was_given(rng: Random, compiled: bool) -> None:
    facts = world(rng)
    baseline = snapshot_of(columns_of(facts)) if compiled else facts
    try:
        simulated = simulate(baseline, change(rng, facts)).snapshot
    except ChangeError:
        return
    check(paired(baseline, simulated), baseline, simulated)


@given(worlds)
def test_states_that_were_read_separately_share_their_numbers(rng: Random) -> None:
    baseline, simulated = world(rng), world(rng)
    check(paired(baseline, simulated), baseline, simulated)


def check(pair: Pair, baseline: Snapshot, simulated: Snapshot) -> None:
    same(snapshot_of(pair.before), baseline)
    same(snapshot_of(pair.after), simulated)
    for section in ("principals", "groups", "resources"):
        assert list(getattr(pair.before, section).names) == list(getattr(pair.after, section).names)
    assert set(baseline.grants) == set(held(pair, 0))
    assert set(simulated.grants) == set(held(pair, 1))
    assert (pair.held[0] | pair.held[1]).all()
    assert len(set(held(pair, 0)) | set(held(pair, 1))) == len(pair.grants)
    for section, touched in (
        ("principals", pair.touched.principals),
        ("groups", pair.touched.groups),
        ("resources", pair.touched.resources),
    ):
        old, new = getattr(baseline, section), getattr(simulated, section)
        names = getattr(pair.before, section).names
        differing = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        assert differing <= {names[code] for code in touched.tolist()}


def held(pair: Pair, side: int) -> list[object]:
    """Write out the grants that one state has of those of both."""
    columns: Columns = dataclasses.replace(pair.before, grants=pair.grants.at(np.flatnonzero(pair.held[side])))
    return list(snapshot_of(columns).grants)


def test_nothing_is_copied_where_nothing_changes() -> None:
    facts = snapshot_of(columns_of(world(Random(3), 6)))
    pair = paired(facts, facts)
    assert pair.before is pair.after
    assert not pair.touched.groups.size
