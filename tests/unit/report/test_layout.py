"""Lines fit their width, whatever stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.report.escaping import plain
from blastradius.report.layout import Column, Hue, columns, fit, fit_end, pad, paint, table, wrap
from tests.unit.report.worlds import any_text

shown = any_text.map(plain)


def test_wide_characters_count_twice_and_marks_not_at_all() -> None:
    assert columns("ana") == 3
    assert columns("漢字") == 4
    assert columns("e\u0301") == 1


def test_words_go_to_the_next_line_whole() -> None:
    assert wrap("one two three four", 10, "- ") == ["- one two", "  three", "  four"]


def test_a_word_is_broken_only_where_no_line_holds_it() -> None:
    assert wrap("abcdefghij kl", 6, "- ") == ["- abcd", "  efgh", "  ij", "  kl"]


def test_an_empty_text_is_one_line() -> None:
    assert wrap("", 10, "- ") == ["-"]


def test_no_continuation_line_begins_with_a_command() -> None:
    assert wrap("aaaaaa ::error::x", 10)[1].startswith("\\x3a:")
    assert wrap("a" * 10 + "::error::x", 10)[1].startswith("\\x3a:")


@given(shown, st.integers(12, 90), st.sampled_from(["", "  ", "- ", "label  "]))
def test_no_wrapped_line_is_too_wide_and_no_text_is_lost(text: str, width: int, first: str) -> None:
    lines = wrap(text, width, first)
    assert all(columns(line) <= width for line in lines)
    assert not any(line.lstrip().startswith("::") for line in lines)
    if "::" not in text:
        joined = "".join([lines[0][len(first) :], *lines[1:]])
        assert joined.replace(" ", "") == text.replace(" ", "")


@given(shown, st.integers(0, 40))
def test_a_fitted_text_is_never_wider_than_its_room(text: str, room: int) -> None:
    assert columns(fit(text, room)) <= room


def test_the_middle_of_a_long_text_goes() -> None:
    assert fit("drive:strategy/2027.md", 12) == "drive:st….md"
    assert fit("short", 12) == "short"


@given(shown, st.integers(0, 40))
def test_a_fitted_path_is_never_wider_than_its_room(text: str, room: int) -> None:
    assert columns(fit_end(text, room)) <= room


def test_the_beginning_of_a_long_path_goes() -> None:
    assert fit_end("access/teams/writing.yaml:12", 16) == "…writing.yaml:12"
    assert fit_end("a.yaml", 6) == "a.yaml"


def test_padding_counts_columns() -> None:
    assert pad("漢", 4) == "漢  "
    assert pad("1", 3, right=True) == "  1"


def test_columns_are_aligned_and_numbers_stand_right() -> None:
    parts = (Column("class", ("a", "bbbbbbb"), right=False), Column("n", ("1", "1,000")))
    assert table(parts, 80) == ["class        n", "a            1", "bbbbbbb  1,000"]


def test_a_table_that_just_does_not_fit_closes_its_gaps() -> None:
    parts = (Column("class", ("abcde",), right=False), Column("n", ("12345",)), Column("m", ("12345",)))
    assert table(parts, 17) == ["class     n     m", "abcde 12345 12345"]


def test_a_table_that_is_far_too_wide_continues_below() -> None:
    parts = (Column("class", ("abcde",), right=False), *(Column(f"heading{n}", ("1",)) for n in range(4)))
    assert table(parts, 26) == [
        "class  heading0  heading1",
        "abcde         1         1",
        "",
        "class  heading2  heading3",
        "abcde         1         1",
    ]


@given(st.lists(shown, min_size=1, max_size=3), st.integers(0, 10**13), st.integers(40, 100), st.integers(1, 12))
def test_no_table_is_wider_than_its_room(names: list[str], number: int, width: int, others: int) -> None:
    cells = (f"{number:,}",) * len(names)
    parts = [Column("class", tuple(names), right=False), *(Column(f"heading {n}", cells) for n in range(others))]
    assert all(columns(line) <= width for line in table(parts, width, "  "))


@pytest.mark.parametrize(("colour", "painted"), [(True, "\x1b[1;31mx\x1b[0m"), (False, "x")])
def test_colour_comes_only_when_asked_for(colour: bool, painted: str) -> None:
    assert paint("x", Hue.BAD, colour) == painted
