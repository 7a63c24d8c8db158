"""Tables in CSV, with the line of every row."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from blastradius.documents.limits import CELLS_MAX, DOCUMENT_PROBLEMS_MAX, SCALAR_CHARS_MAX, quoted
from blastradius.documents.tree import Document, PlainText
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

SEPARATORS = ",;\t"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table with a header.

    Attributes:
        header: Names of the columns, stripped; each occurs once.
        rows: The rows, each as long as the header; blank lines are left out.
        lines: The line of the file on which each row begins.
    """

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    lines: Sequence[int]


def csv_header(text: str) -> tuple[str, ...]:
    """Give the names in the first line of what may be a table; empty when it cannot be one.

    Args:
        text: All of the text; only its first line is looked at.
    """
    first = text.partition("\n")[0].removesuffix("\r")
    if not any(separator in first for separator in SEPARATORS) or len(first) > SCALAR_CHARS_MAX:
        return ()
    try:
        row = next(csv.reader([first], delimiter=_separator(first), strict=True), [])
    except csv.Error:
        return ()
    return tuple(name.strip() for name in row)


def read_csv(document: Document) -> CsvTable:
    """Read a table whose first line names its columns, separated by commas, semicolons or tabs.

    Args:
        document: A document of plain text.

    Raises:
        DocumentError: When a quote is never closed, a row has another number of columns than the header, a column has
            no name or the name of another, or something is beyond a limit.
    """
    assert isinstance(document.value, PlainText)
    label = document.file.label
    text = document.value.text
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(text.partition("\n")[0]), strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    problems: list[Problem] = []
    header: tuple[str, ...] = ()
    at, cells = 1, 0
    try:
        for row in reader:
            if row and not header:
                header = tuple(name.strip() for name in row)
                problems.extend(_bad_header(header, Source(label, at)))
            elif row and len(row) != len(header):
                message = f"the row has {len(row)} columns, the header has {len(header)}"
                problems.append(Problem(message, Source(label, at), "was the file cut off, or is a quote missing?"))
            elif row:
                rows.append(tuple(row))
                lines.append(at)
                cells += len(row) - row.count("")
            at = reader.line_num + 1
            if len(problems) >= DOCUMENT_PROBLEMS_MAX or cells > CELLS_MAX:
                break
    except csv.Error as error:
        message = f"this is not valid CSV: {str(error).lower()}"
        problems.append(Problem(message, Source(label, at), "was the file cut off, or is a quote missing?"))
    if cells > CELLS_MAX:
        problems.append(Problem(f"more than {CELLS_MAX} values in one file", Source(label, at), "split the file"))
    if problems:
        raise DocumentError(problems)
    return CsvTable(header, rows, lines)


def _separator(first: str) -> str:
    """Tell what separates columns: whichever occurs most in the header."""
    return max(SEPARATORS, key=first.count)


def _bad_header(header: tuple[str, ...], place: Source) -> list[Problem]:
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    problems = [Problem(f"two columns are called {quoted(name)}", place, "rename one of them") for name in twice]
    if "" in header:
        problems.append(Problem("a column has no name", place, "the first line must name every column"))
    return problems
