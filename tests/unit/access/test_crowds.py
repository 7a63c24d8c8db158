"""Sets of principals with conditions, as bitmaps."""

import pytest
from pyroaring import BitMap

from blastradius.access.conditions import NEVER
from blastradius.access.crowds import COMBINATIONS_MAX, both, either, except_for, under, ways_of
from blastradius.access.engine import compare
from blastradius.errors import SnapshotError
from tests.support.build import allow, group, snapshot


def C(*conditions: str) -> frozenset[str]:  # noqa: N802
    return frozenset(conditions)


def test_a_principal_stands_only_at_its_minimal_condition_sets() -> None:
    joined = either([{C("a", "b"): BitMap([1, 2])}, {C("a"): BitMap([1])}])

    assert joined == {C("a"): BitMap([1]), C("a", "b"): BitMap([2])}


def test_conditions_of_both_crowds_must_hold() -> None:
    met = both({C(): BitMap([1, 2]), C("a"): BitMap([3])}, {C("b"): BitMap([2, 3])})

    assert met == {C("b"): BitMap([2]), C("a", "b"): BitMap([3])}


def test_whoever_is_surely_excluded_is_out_and_the_others_must_not_be() -> None:
    left = except_for({C(): BitMap([1, 2, 3])}, {C(): BitMap([1]), C("b", "a"): BitMap([2])})

    assert left == {C(): BitMap([3]), C("not (a and b)"): BitMap([2])}


def test_adding_conditions_that_are_there_changes_nothing() -> None:
    crowd = {C("a"): BitMap([1])}

    assert under(crowd, C("a")) == under(crowd, C()) == crowd


def test_ways_pair_what_allows_with_what_denies() -> None:
    ways = ways_of({C(): BitMap([1, 2, 3])}, {C(): BitMap([1]), C("night"): BitMap([2])})

    assert ways == {(C(), NEVER): BitMap([3]), (C(), frozenset({C("night")})): BitMap([2])}


def test_conditions_that_multiply_beyond_bounds_are_refused_and_not_computed_for_hours() -> None:
    levels = COMBINATIONS_MAX.bit_length() + 3
    groups = [group("group:0", "user:a")]
    for level in range(1, levels):
        below = f"group:{level - 1}"
        groups.append(group(f"group:{level}", (below, f"left {level}"), (below, f"right {level}")))
    facts = snapshot(*groups, allow(f"group:{levels - 1}", "read", "box:r"))

    with pytest.raises(SnapshotError, match="combine in more than 4096 ways"):
        compare(snapshot(), facts)
