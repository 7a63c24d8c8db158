"""Sorted ids that are numbered by their position, held as texts or as one long run of bytes."""

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.integer[Any]]
"""Whole numbers, one for each row of a table."""
Flags = npt.NDArray[np.bool_]
"""A truth value for each row of a table."""

ABSENT = -1
"""Stands for a code where there is none."""
_CHUNK = 4096


def rows_of(column: Ints, value: int) -> tuple[int, int]:
    """Say where, in an ascending column, a value begins and ends."""
    # A value of another type would make a copy of the whole column.
    start, end = np.searchsorted(column, np.array((value, value + 1), column.dtype))
    return int(start), int(end)


def distinct(values: npt.ArrayLike) -> Ints:
    """Give the distinct numbers of a column, ascending.

    `numpy.unique` does the same, and first loads a part of numpy that costs as much as the rest of a small check.
    """
    column = np.sort(np.asarray(values), axis=None)
    if column.size < 2:
        return column
    first = np.ones(column.size, np.bool_)
    np.not_equal(column[1:], column[:-1], out=first[1:])
    return column[first]


class Names(Sequence[str]):
    """Distinct texts in ascending order; the code of a text is its position."""

    @abstractmethod
    def find(self, text: str) -> int:
        """Give the code of a text, or `ABSENT`."""


class ListedNames(Names):
    """Names held as texts: quick to ask, a hundred bytes each."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Sort texts and drop those that stand twice."""
        self._texts = sorted(set(texts))
        self._code: dict[str, int] = {text: code for code, text in enumerate(self._texts)}

    def __len__(self) -> int:
        return len(self._texts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> Sequence[str]: ...
    def __getitem__(self, code: int | slice) -> str | Sequence[str]:
        return self._texts[code]

    def find(self, text: str) -> int:
        """Give the code of a text, or `ABSENT`."""
        return self._code.get(text, ABSENT)


class PackedNames(Names):
    """Names as UTF-8 in one run of bytes, perhaps in a mapped file: only what is asked for is read.

    UTF-8 sorts as the characters do, so looking a text up is a binary search.
    """

    def __init__(self, data: memoryview, ends: Ints) -> None:
        """Take packed names.

        Args:
            data: All names, one after the other, in ascending order.
            ends: Where each name ends, in bytes from the start.
        """
        self.data = data
        self.ends = ends

    @classmethod
    def of(cls, texts: Iterable[str]) -> "PackedNames":
        """Pack texts that are sorted and distinct already."""
        encoded = [text.encode() for text in texts]
        ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), dtype=np.int64)
        return cls(memoryview(b"".join(encoded)), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self.ends), _CHUNK):
            yield from self._texts(start, min(start + _CHUNK, len(self.ends)))

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> Sequence[str]: ...
    def __getitem__(self, code: int | slice) -> str | Sequence[str]:
        if isinstance(code, slice):
            start, stop, step = code.indices(len(self.ends))
            return (
                self._texts(start, stop) if step == 1 else [self._bytes(i).decode() for i in range(start, stop, step)]
            )
        if code < 0:
            code += len(self.ends)
        if not 0 <= code < len(self.ends):
            raise IndexError(code)
        return self._bytes(code).decode()

    def find(self, text: str) -> int:
        """Give the code of a text, or `ABSENT`."""
        wanted = text.encode("utf-8", "surrogatepass")
        low, high = 0, len(self.ends)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self.ends) and self._bytes(low) == wanted else ABSENT

    def _bytes(self, code: int) -> bytes:
        start = int(self.ends[code - 1]) if code else 0
        return bytes(self.data[start : int(self.ends[code])])

    def _texts(self, start: int, stop: int) -> list[str]:
        if stop <= start:
            return []
        first = int(self.ends[start - 1]) if start else 0
        ends = [int(end) - first for end in self.ends[start:stop]]
        run = bytes(self.data[first : first + ends[-1]])
        return [run[begin:end].decode() for begin, end in zip([0, *ends], ends, strict=False)]


class GrownNames(Names):
    """Names with a few more sorted in between; the many are not copied."""

    def __init__(self, base: Names, more: Sequence[str]) -> None:
        """Add names.

        Args:
            base: The many.
            more: Sorted, distinct, and none of them in ``base``.
        """
        self.base = base
        self.more = more
        starts = [bisect_left(base, text) for text in more]
        self.at: Ints = np.array(starts, np.int64) + np.arange(len(more))

    def moved(self, codes: Ints) -> Ints:
        """Translate codes of the many, `ABSENT` included, into codes here."""
        before = self.at - np.arange(len(self.at))
        return codes + np.searchsorted(before, codes, side="right").astype(codes.dtype) * (codes >= 0)

    def __len__(self) -> int:
        return len(self.base) + len(self.more)

    def __iter__(self) -> Iterator[str]:
        return (self[code] for code in range(len(self)))

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> Sequence[str]: ...
    def __getitem__(self, code: int | slice) -> str | Sequence[str]:
        if isinstance(code, slice):
            return [self[i] for i in range(*code.indices(len(self)))]
        if not 0 <= code < len(self):
            raise IndexError(code)
        before = int(np.searchsorted(self.at, code))
        if before < len(self.at) and int(self.at[before]) == code:
            return self.more[before]
        return self.base[code - before]

    def find(self, text: str) -> int:
        """Give the code of a text, or `ABSENT`."""
        here = bisect_left(self.more, text)
        if here < len(self.more) and self.more[here] == text:
            return int(self.at[here])
        code = self.base.find(text)
        return ABSENT if code < 0 else int(self.moved(np.array([code]))[0])
