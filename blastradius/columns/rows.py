"""Rows that come one at a time, as columns of numbers that only grow."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import ABSENT, Flags, Ints, PackedNames
from blastradius.columns.tables import Edges, Places

BLOCK = 65_536
"""So many rows are made room for at once."""


class Marks:
    """Where each row of a table was read; line 0 stands for a row that was only named."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.files = array("i")
        self.lines = array("i")

    def grow(self, rows: int) -> None:
        """Make room for rows that are only named so far."""
        self.files.extend([0] * rows)
        self.lines.extend([0] * rows)

    def append(self, file: int, line: int) -> None:
        """Add a row."""
        self.files.append(file)
        self.lines.append(line)

    def places(self, rows: Ints) -> Places:
        """Give the places of rows; a row that was only named has none."""
        lines = ints(self.lines)[rows]
        files = np.where(lines > 0, ints(self.files)[rows], ABSENT).astype(np.int32)
        return Places(files, lines, np.zeros(len(rows), np.int8))


class EntryList:
    """Entries in the order they were read."""

    def __init__(self) -> None:
        """Begin without entries."""
        self.owners, self.entries, self.conditions = array("i"), array("i"), array("i")
        self.marks = Marks()

    def __len__(self) -> int:
        return len(self.owners)

    def append(self, owner: int, entry: int, condition: int, file: int, line: int) -> None:
        """Add an entry."""
        self.owners.append(owner)
        self.entries.append(entry)
        self.conditions.append(condition)
        self.marks.append(file, line)

    def content(self, rows: range) -> list[tuple[int, int]]:
        """Give entries in an order that does not depend on how they were written."""
        return sorted((self.entries[row], self.conditions[row]) for row in rows)

    def edges(self, owner_codes: Ints, entry_codes: Ints, *, distinct: bool) -> Edges:
        """Lay the entries out by owner; `distinct` leaves out those that an owner has twice."""
        owners = owner_codes[ints(self.owners)]
        entries, conditions = entry_codes[ints(self.entries)], ints(self.conditions)
        order = np.argsort(owners, kind="stable")
        if distinct:
            again = repeated(owners, entries, conditions)
            order = order[~again[order]]
        return Edges(owners[order], entries[order], conditions[order], self.marks.places(order))


def packed(texts: Sequence[str]) -> PackedNames:
    """Pack texts that are sorted and distinct, without a second object for each."""
    data = bytearray()
    lengths = np.zeros(len(texts), np.int64)
    for start in range(0, len(texts), BLOCK):
        part = texts[start : start + BLOCK]
        joined = "".join(part)
        encoded = None if joined.isascii() else [text.encode() for text in part]
        lengths[start : start + len(part)] = np.fromiter(map(len, encoded or part), np.int64, len(part))
        data += b"".join(encoded) if encoded is not None else joined.encode()
    return PackedNames(memoryview(data).toreadonly(), np.cumsum(lengths))


def repeated(*columns: Ints) -> Flags:
    """Say which rows say what an earlier one says."""
    order = np.lexsort(columns)
    again = np.zeros(len(order), np.bool_)
    if len(order):
        is_same = np.ones(len(order) - 1, np.bool_)
        for column in columns:
            is_same &= column[order[1:]] == column[order[:-1]]
        # The sort is stable: of equal ones the first that was read comes first.
        again[order[1:][is_same]] = True
    return again


def ints(column: "array[int]") -> npt.NDArray[np.int32]:
    """Look at a column as numbers; it must not grow any more."""
    return np.frombuffer(column, np.int32) if len(column) else np.zeros(0, np.int32)


def column(values: Iterable[int]) -> npt.NDArray[Any]:
    """Make a column of codes."""
    return np.fromiter(values, np.int32)
