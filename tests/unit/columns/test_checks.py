"""What is found in columns at once is what looking at one row after the other finds."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.columns import checks
from blastradius.columns.build import columns_of
from blastradius.columns.checks import are_ordered, are_plain, containment_cycle
from blastradius.columns.names import PackedNames
from blastradius.columns.tables import Columns, Edges, Places
from blastradius.model.snapshot import Resource, Snapshot

# Few letters and long words, so that names begin alike for more than eight bytes.
NAMES = st.lists(st.text("ab\x00é", min_size=1, max_size=30), min_size=1, max_size=12)


def packed(texts: list[str]) -> PackedNames:
    encoded = [text.encode() for text in texts]
    return PackedNames(memoryview(b"".join(encoded)), np.cumsum([len(text) for text in encoded]))


@given(NAMES)
def test_names_are_in_order_when_each_is_less_than_the_next(texts: list[str]) -> None:
    expected = all(low < high for low, high in itertools.pairwise(texts))
    assert are_ordered(packed(texts)) is expected


@given(NAMES, st.integers(1, 5))
def test_sorted_names_are_in_order_over_the_ends_of_runs(texts: list[str], chunk: int) -> None:
    whole = checks._CHUNK
    checks._CHUNK = chunk
    try:
        assert are_ordered(packed(sorted(set(texts))))
        assert not are_ordered(packed([*sorted(set(texts)), max(texts)]))
    finally:
        checks._CHUNK = whole


@pytest.mark.parametrize(
    ("texts", "expected"), [(["a b~"], True), (["a\x1f"], False), (["a\x7f"], False), (["é"], False)]
)
def test_plain_names_are_printable_ascii(texts: list[str], expected: bool) -> None:
    assert are_plain(packed(texts)) is expected


def test_names_that_do_not_fill_their_bytes_are_not_in_order() -> None:
    assert not are_ordered(PackedNames(memoryview(b"abc"), np.array([1, 2])))
    assert not are_ordered(PackedNames(memoryview(b"abc"), np.array([1, 4])))
    assert not are_ordered(PackedNames(memoryview(b"a" * 5000), np.array([5000])))


def contained(parents: list[int], more: list[tuple[int, int]]) -> Columns:
    """Make columns of resources with a first parent each (-1: none), and some more parents."""
    columns = columns_of(Snapshot(resources={f"d:{n:03}": Resource(f"d:{n:03}") for n in range(len(parents))}))
    more = sorted(more)
    nowhere = np.zeros(len(more), np.int32)
    owner, entry = (np.array([pair[at] for pair in more], np.int32) for at in (0, 1))
    return replace(
        columns,
        resources=replace(columns.resources, parent=np.array(parents, np.int32)),
        more_parents=Edges(owner, entry, nowhere - 1, Places(nowhere - 1, nowhere, nowhere)),
    )


@st.composite
def _containments(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    size = draw(st.integers(1, 9))
    parents = draw(st.lists(st.integers(-1, size - 1), min_size=size, max_size=size))
    having = [n for n, parent in enumerate(parents) if parent >= 0]
    pairs = st.tuples(st.sampled_from(having), st.integers(0, size - 1)) if having else st.nothing()
    return parents, draw(st.lists(pairs, max_size=3)) if having else []


@given(_containments())
def test_a_cycle_is_found_exactly_when_there_is_one(drawn: tuple[list[int], list[tuple[int, int]]]) -> None:
    parents, more = drawn
    above = {n: {p for p in (parents[n], *(e for o, e in more if o == n)) if p >= 0} for n in range(len(parents))}
    reached = {n: set(above[n]) for n in above}
    for _ in above:
        reached = {n: reached[n].union(*(reached[p] for p in reached[n])) for n in above}
    cycle = containment_cycle(contained(parents, more))
    assert bool(cycle) == any(n in reached[n] for n in above)
    for low, high in itertools.pairwise(cycle):
        assert high in above[low]
    assert not cycle or cycle[0] == cycle[-1]


def test_a_chain_of_any_depth_costs_a_few_looks() -> None:
    size = 300_000
    columns = contained([-1, 0], [])
    deep = np.arange(-1, size - 1, dtype=np.int32)
    assert containment_cycle(replace(columns, resources=replace(columns.resources, parent=deep))) == []
