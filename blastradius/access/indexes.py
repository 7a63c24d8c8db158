"""Finding rows by what they hold, in columns that are not sorted by it."""

import numpy as np

from blastradius.columns.names import Ints

_LOOKS = 64
"""A look through a column costs a few hundredth of sorting it, so the first looks are done without."""
_ROW_BITS = 32


class Index:
    """Finds the rows of one column that hold a value."""

    def __init__(self, column: Ints) -> None:
        """Take a column; it is sorted when it has been asked about often."""
        self.column = column
        self._looks = 0
        self._order: Ints | None = None
        self._sorted = column

    def rows(self, value: int) -> Ints:
        """Give the rows that hold a value, in ascending order.

        Cost: one look through the column, or a binary search once it is sorted.
        """
        if self._order is None:
            self._looks += 1
            if self._looks <= _LOOKS:
                return np.flatnonzero(self.column == value)
            self._order, self._sorted = _sorted(self.column)
        # Bounds of another width would have numpy convert the whole column at every search.
        bounds = np.array((value, value + 1), self.column.dtype)
        start, stop = np.searchsorted(self._sorted, bounds)
        return self._order[start:stop]


def _sorted(column: Ints) -> tuple[Ints, Ints]:
    """Sort a column of codes: its rows in ascending order of what they hold, and what that is."""
    # Numpy sorts wide integers several times as fast as it works out in which order narrow ones would stand.
    wide = column.astype(np.int64)
    wide <<= _ROW_BITS
    wide += np.arange(len(column))
    wide.sort()
    return (wide & ((1 << _ROW_BITS) - 1)).astype(np.int32), (wide >> _ROW_BITS).astype(column.dtype)


class Indexes:
    """One index for each column that is asked about; two states that share a column share its index."""

    def __init__(self) -> None:
        """Begin with none."""
        self._made: dict[int, Index] = {}

    def of(self, column: Ints) -> Index:
        """Give the index of a column."""
        found = self._made.get(id(column))
        if found is None:
            # INVARIANT: an index holds its column, so no other one can come to have the same identity.
            found = self._made[id(column)] = Index(column)
        return found
