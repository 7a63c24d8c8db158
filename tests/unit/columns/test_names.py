"""Sorted names answer alike, however they are held."""

from bisect import bisect_left
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.columns.names import ABSENT, GrownNames, ListedNames, Names, PackedNames, distinct, rows_of

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), max_size=30)


def kinds(texts: list[str]) -> list[Names]:
    ordered = sorted(set(texts))
    return [
        ListedNames(texts),
        PackedNames.of(ordered),
        GrownNames(PackedNames.of(ordered[::2]), ordered[1::2]),
        GrownNames(ListedNames(ordered[1::2]), ordered[::2]),
    ]


@given(TEXTS, st.text(st.characters(exclude_categories=["Cs"]), max_size=6))
def test_every_kind_of_names_is_a_sorted_list_of_texts(texts: list[str], other: str) -> None:
    ordered = sorted(set(texts))
    for names in kinds(texts):
        assert list(names) == ordered
        assert len(names) == len(ordered)
        assert [names[code] for code in range(len(names))] == ordered
        assert list(names[1:5]) == ordered[1:5]
        assert list(names[::2]) == ordered[::2]
        assert [names.find(text) for text in ordered] == list(range(len(ordered)))
        expected = bisect_left(ordered, other) if other in ordered else ABSENT
        assert names.find(other) == expected


@pytest.mark.parametrize("names", kinds(["a", "b", "c"]))
def test_a_code_beyond_the_last_is_refused(names: Names) -> None:
    with pytest.raises(IndexError):
        names[3]


def test_a_lone_surrogate_is_not_found_and_no_crash() -> None:
    assert PackedNames.of(["a", "b"]).find("\ud800") == ABSENT


@given(TEXTS, TEXTS)
def test_codes_move_up_where_names_are_sorted_in(old: list[str], new: list[str]) -> None:
    base = sorted(set(old))
    more = sorted(set(new) - set(old))
    grown = GrownNames(ListedNames(base), more)
    codes = np.array([*range(len(base)), ABSENT], np.int32)
    moved = grown.moved(codes)
    assert moved.dtype == codes.dtype
    assert [grown[code] for code in moved[:-1].tolist()] == base
    assert moved[-1] == ABSENT


@pytest.mark.parametrize("seed", range(20))
def test_distinct_and_rows_of_agree_with_python(seed: int) -> None:
    values = [Random(seed).randrange(8) for _ in range(seed)]
    column = np.array(sorted(values), np.int32)
    assert distinct(np.array(values, np.int32)).tolist() == sorted(set(values))
    for value in range(9):
        start, end = rows_of(column, value)
        assert column[start:end].tolist() == [value] * values.count(value)
