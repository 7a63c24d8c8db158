"""Tuples as JSON Lines, CSV and Parquet: the same tuples in each, exact or harmless."""

import csv
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blastradius.model.delta import AccessChange, Novelty, TupleBlock, TupleCut, TupleKind, TupleRows
from blastradius.model.snapshot import Capability
from blastradius.report.escaping import csv_field, exact
from blastradius.report.tuples import csv_lines, field_names, json_lines
from tests.unit.report.examples import EVIL
from tests.unit.report.test_json import validator

TUPLE = validator("tuple")
names = st.text(st.characters(), min_size=1, max_size=12) | st.sampled_from(
    ["user:ana", "\0", "##[x]", '"', "=1", EVIL]
)


@st.composite
def several_blocks(draw: st.DrawFn, *, by_action: bool) -> list[TupleBlock]:
    """Draw blocks, some of which share their rows."""
    people = draw(st.lists(names, min_size=1, max_size=4))
    actions = names if by_action else st.none()
    each = st.builds(
        TupleKind, *map(st.sampled_from, (Capability,)), actions, *map(st.sampled_from, (AccessChange, Novelty))
    )
    kinds = draw(st.lists(each, min_size=1, max_size=4))
    pairs = st.tuples(st.integers(0, len(people) - 1), st.integers(0, len(kinds) - 1))
    drawn = draw(st.lists(st.lists(pairs, min_size=1, max_size=4), min_size=1, max_size=3))
    shared = [TupleRows(people, kinds, [who for who, _ in rows], [what for _, what in rows]) for rows in drawn]
    places = st.tuples(names, names, st.sampled_from(shared))
    return [TupleBlock(*place) for place in draw(st.lists(places, max_size=6))]


def one_row() -> TupleRows:
    kind = TupleKind(Capability.READ, None, AccessChange.GAINED, Novelty.EXISTING)
    return TupleRows(["user:a"], [kind], [0], [0])


def objects(blocks: list[TupleBlock]) -> list[dict[str, str]]:
    """Say what each line of JSON holds."""
    found = []
    for block in blocks:
        rows = block.rows
        for who, what in zip(rows.who, rows.what, strict=True):
            kind = rows.kinds[what]
            action = {} if kind.action is None else {"action": kind.action}
            found.append(
                {
                    "principal": rows.principals[who],
                    "capability": kind.capability.name.lower(),
                    **action,
                    "resource": block.resource,
                    "class": block.class_name,
                    "change": kind.change.value,
                    "novelty": kind.novelty.value,
                }
            )
    return found


def whole(value: dict[str, str]) -> dict[str, str]:
    return {key: exact(text) for key, text in value.items()}


@pytest.mark.parametrize("by_action", [False, True])
@given(st.data())
def test_each_json_line_is_one_tuple_exactly(by_action: bool, data: st.DataObject) -> None:
    blocks = data.draw(several_blocks(by_action=by_action))
    text = "".join(json_lines(blocks))
    assert text.isascii()
    assert "##[" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines == [whole(each) for each in objects(blocks)]
    for line in lines:
        assert tuple(line) == field_names(by_action=by_action)
        assert [error.message for error in TUPLE.iter_errors(line)] == []


@pytest.mark.parametrize("total", [9, None])
def test_json_lines_that_were_cut_say_so_in_the_last(total: int | None) -> None:
    *_, last = "".join(json_lines([TupleBlock("db:x", "code", one_row())], TupleCut(1, total))).splitlines()
    assert json.loads(last) == {"cut": {"written": 1, "total": total}}
    assert [error.message for error in TUPLE.iter_errors(json.loads(last))] == []


def test_a_line_is_a_tuple_or_says_that_it_is_the_last_and_nothing_else() -> None:
    assert not TUPLE.is_valid({})
    assert not TUPLE.is_valid({"cut": {"written": 1, "total": 2}, "principal": "user:a"})


@pytest.mark.parametrize("by_action", [False, True])
@given(st.data())
def test_csv_has_the_same_fields_under_a_header(by_action: bool, data: st.DataObject) -> None:
    blocks = data.draw(several_blocks(by_action=by_action))
    text = "".join(csv_lines(blocks, by_action=by_action))
    assert text.count("\r\n") == text.count("\n") == text.count("\r") == len(objects(blocks)) + 1
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == field_names(by_action=by_action)
    expected = [[next(csv.reader([csv_field(text)]))[0] for text in each.values()] for each in objects(blocks)]
    assert lines == expected


def test_a_name_without_harm_is_itself_in_csv() -> None:
    for name in ("user:ana", "drive:Plan - 2027, final.md", "user:o'neil", "team:a+b", 'x"y', "größe:ä"):
        assert next(csv.reader([csv_field(name)])) == [name]


FORMULA_STARTS = tuple("=+-@＝＋－＠")


@given(st.text(st.sampled_from([*FORMULA_STARTS, ";", ",", '"', "'", " ", "\t", "\r", "\n", "\x00", "a", "|"])))
@example('=HYPERLINK("http://x","y")')
@example("drive:a;=1+1")
@example("\t=1")
@example(' "=1')
def test_no_csv_field_is_a_formula_wherever_a_spreadsheet_splits_it(text: str) -> None:
    written = csv_field(text)
    (field,) = next(csv.reader([written], strict=True))
    # As it should be read; and split at semicolons, by one that does not heed the quotes.
    for cell in (field, *field.split(";"), *written.split(";")):
        assert not cell.strip("\"' ").startswith(FORMULA_STARTS) or cell.strip('" ').startswith("'")
    assert field.isprintable()


def test_csv_does_not_hide_what_a_name_holds() -> None:
    field = csv_field("user:\x1b[2K\u202eana\n")
    assert field == '"user:\\x1b[2K\\u202eana\\x0a"'
    assert csv_field("x" * 5000) == '"' + "x" * 5000 + '"'
