"""Tables in CSV."""

import pytest

from blastradius.documents import CsvTable, Document, PlainText, read_csv
from blastradius.documents.comma_separated import csv_header
from blastradius.errors import DocumentError
from tests.support.texts import as_file


def table(text: str) -> CsvTable:
    return read_csv(Document(as_file("", "people.csv"), PlainText(text)))


def problems(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        table(text)
    return [str(problem) for problem in caught.value.problems]


def test_rows_keep_their_lines_over_blank_ones_and_breaks_in_quotes() -> None:
    found = table('group, member\r\na,"x\r\ny"\r\n\r\nb,"z ""q"""\r\n')
    assert found.header == ("group", "member")
    assert list(found.rows) == [("a", "x\r\ny"), ("b", 'z "q"')]
    assert list(found.lines) == [2, 5]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_told_by_the_header(separator: str) -> None:
    found = table(f"group{separator}member\na{separator}b\n")
    assert (found.header, list(found.rows)) == (("group", "member"), [("a", "b")])


def test_only_line_feeds_and_carriage_returns_end_a_row() -> None:
    assert list(table("group,member\na\x0bb\u2028c\x1cd,e\n").rows) == [("a\x0bb\u2028c\x1cd", "e")]


def test_a_row_of_another_length_is_refused_with_its_line() -> None:
    assert problems("a,b\n1,2\n1\n1,2,3\n") == [
        "people.csv:3: the row has 1 columns, the header has 2",
        "people.csv:4: the row has 3 columns, the header has 2",
    ]


def test_a_quote_that_is_never_closed_is_refused_where_it_began() -> None:
    assert problems('a,b\n1,2\n"1,2\n3,4\n') == ["people.csv:3: this is not valid CSV: unexpected end of data"]


def test_columns_need_names_of_their_own() -> None:
    assert problems("a,a,\n1,2,3\n") == [
        "people.csv:1: two columns are called `a`",
        "people.csv:1: a column has no name",
    ]


def test_a_header_is_looked_at_without_reading_the_table() -> None:
    assert csv_header('"a b";c\n"') == ("a b", "c")
    assert csv_header("no table\na,b") == ()
    assert csv_header('"a,b') == ()
