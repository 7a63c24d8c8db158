"""Places and literal texts of a parsed tree."""

import pytest

from blastradius.documents.tree import LinedList, LinedMap, pack_place, plain_text, unpack_place
from tests.support.texts import as_document


@pytest.mark.parametrize(("line", "column"), [(1, 1), (14, 7), (5_000_000, 1_048_574)])
def test_a_place_holds_line_and_column(line: int, column: int) -> None:
    assert unpack_place(pack_place(line, column)) == (line, column)


@pytest.mark.parametrize("column", [1_048_575, 1_048_576, 64_000_000])
def test_a_column_that_does_not_fit_is_unknown_and_leaves_the_line_alone(column: int) -> None:
    assert unpack_place(pack_place(3, column)) == (3, 0)


def test_a_container_made_by_hand_stands_where_its_document_begins() -> None:
    document = as_document("\n\na: 1")
    assert str(document.at(LinedMap(), "x")) == "given.yaml:3"
    assert str(document.at(LinedList(), 0)) == "given.yaml:3"
    assert str(document.at("no container")) == "given.yaml:3"


def test_a_key_that_is_not_there_gives_the_place_of_its_container() -> None:
    document = as_document("a:\n  b: [1]\n")
    root = document.value
    assert isinstance(root, LinedMap)
    assert str(document.at(root["a"], "x")) == "given.yaml:2:3"
    assert str(document.at(root["a"]["b"], 5)) == "given.yaml:2:6"
    assert str(document.at(root["a"]["b"], -1)) == "given.yaml:2:6"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (False, "false"), (3, "3"), (0.5, "0.5"), ("x", "x"), ([], None)],
)
def test_plain_text_is_the_plainest_way_to_write_a_scalar(value: object, text: str | None) -> None:
    assert plain_text(value) == text
