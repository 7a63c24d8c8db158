"""Searching very many ids at once finds what matching each of them finds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.assess import runs
from blastradius.assess.matching import kind_of
from blastradius.assess.runs import NameRun
from blastradius.columns.names import GrownNames, ListedNames, PackedNames
from blastradius.globs import compile_glob

texts = st.text(alphabet="ab:/é€😀", min_size=1, max_size=6)
name_lists = st.lists(texts, min_size=1, max_size=30, unique=True).map(sorted)
globs = st.text(alphabet="ab:/é*?", min_size=1, max_size=6)


def everything(names):
    return NameRun.of(names, np.arange(len(names)))


@given(name_lists, st.lists(globs, min_size=1, max_size=3), st.integers(0, 30), st.integers(0, 30))
def test_a_search_finds_what_each_glob_matches(names, patterns, one, other):
    low, high = sorted((min(one, len(names)), min(other, len(names))))
    compiled = [compile_glob(pattern) for pattern in patterns]
    found = everything(PackedNames.of(names)).fitting(compiled, low, high)
    assert found.tolist() == [any(glob.matches(name) for glob in compiled) for name in names[low:high]]


@pytest.mark.parametrize("size", [1, 2, 7])
@given(names=name_lists, pattern=globs)
def test_nothing_is_lost_where_one_chunk_ends(size, names, pattern):
    whole, runs._CHUNK_BYTES = runs._CHUNK_BYTES, size
    try:
        found = everything(PackedNames.of(names)).fitting([compile_glob(pattern)], 0, len(names))
    finally:
        runs._CHUNK_BYTES = whole
    assert found.tolist() == [compile_glob(pattern).matches(name) for name in names]


def test_a_text_that_only_stands_where_two_names_meet_is_not_found():
    names = PackedNames.of(["a:se", "cret:a", "secret"])
    assert everything(names).fitting([compile_glob("*secret*")], 0, 3).tolist() == [False, False, True]


def test_a_text_that_overlaps_itself_is_found_behind_a_border():
    names = PackedNames.of(["a", "aa", "ba"])
    assert everything(names).fitting([compile_glob("*aa*")], 0, 3).tolist() == [False, True, False]


@pytest.mark.parametrize("pattern", ["ab*ba", "ab*ba*", "ab*b*a", "a?*b*"])
def test_what_follows_a_star_must_stand_behind_the_beginning(pattern):
    names = ["aba", "abba", "abcba", "abcbab"]
    glob = compile_glob(pattern)
    found = everything(PackedNames.of(names)).fitting([glob], 0, 4)
    assert found.tolist() == [glob.matches(name) for name in names]
    assert not found[0]


@given(name_lists)
def test_kinds_cover_all_names_in_order(names):
    told = [(kind, row) for kind, low, high in everything(ListedNames(names)).kinds() for row in range(low, high)]
    assert told == [(kind_of(name), row) for row, name in enumerate(names)]


@given(name_lists, st.data())
def test_some_names_can_be_taken_however_they_are_held(names, data):
    more = data.draw(st.lists(st.sampled_from(names), unique=True, max_size=len(names) - 1).map(sorted))
    few = [name for name in names if name not in more]
    rows = np.array(data.draw(st.lists(st.sampled_from(range(len(names))), unique=True).map(sorted)), np.int64)
    for held in (ListedNames(names), PackedNames.of(names), GrownNames(PackedNames.of(few), more)):
        run = NameRun.of(held, rows)
        assert [run.text(row) for row in range(len(run))] == [names[row] for row in rows.tolist()]


def test_half_a_pair_of_surrogates_is_kept():
    names = ListedNames(["k:x", "k:\ud800x"])
    run = everything(names)
    assert run.text(1) == "k:\ud800x"
    assert run.fitting([compile_glob("*\ud800?")], 0, 2).tolist() == [False, True]
