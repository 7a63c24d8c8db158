"""Very many sorted ids in one run of bytes, searched as a whole instead of one by one.

UTF-8 sorts as its characters do, and no character's bytes occur inside another's: what is found byte by byte is what
would be found character by character.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import Flags, GrownNames, Ints, Names, PackedNames, distinct
from blastradius.globs import Glob

# Read at a time: every text is looked for in it while the processor still has it at hand.
_CHUNK_BYTES = 1 << 20
# No UTF-8 holds this byte, so that a text with it sorts behind everything that begins with the text.
_BEHIND = b"\xff"


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Where a text was found.

    Attributes:
        rows: In which names, ascending; one of them more than once if it holds the text more than once.
        before: How many bytes of the name stand in front of it.
        behind: How many bytes of the name follow it.
    """

    rows: Ints
    before: Ints
    behind: Ints


class NameRun:
    """Sorted names, one after the other."""

    def __init__(self, data: memoryview, ends: Ints) -> None:
        """Take names.

        Args:
            data: Their bytes.
            ends: Where each ends, in bytes from the start.
        """
        self._data = data
        self._ends = ends

    @classmethod
    def of(cls, names: Names, rows: Ints) -> "NameRun":
        """Take some of the names, in their order.

        Args:
            names: Where they are from.
            rows: Their codes, ascending and distinct.

        Cost: nothing where all are taken and packed already; else linear in their bytes.
        """
        if isinstance(names, GrownNames):
            return _from_grown(names, rows)
        if isinstance(names, PackedNames):
            return cls(names.data, names.ends) if len(rows) == len(names) else _some(names, rows)
        texts = names[:] if len(rows) == len(names) else [names[row] for row in rows.tolist()]
        return _packed(texts)

    def __len__(self) -> int:
        return len(self._ends)

    def encoded(self, row: int) -> bytes:
        """Give the bytes of a name."""
        return bytes(self._data[self._start(row) : int(self._ends[row])])

    def text(self, row: int) -> str:
        """Give a name."""
        return self.encoded(row).decode("utf-8", "surrogatepass")

    def _start(self, row: int) -> int:
        return int(self._ends[row - 1]) if row else 0

    def with_more(self, texts: Sequence[bytes], places: Ints) -> "NameRun":
        """Sort a few names in, each in front of the row that its place names."""
        if not texts:
            return self
        parts: list[memoryview | bytes] = []
        start = 0
        for text, place in zip(texts, places.tolist(), strict=True):
            end = self._start(place)
            parts += [self._data[start:end], text]
            start = end
        parts.append(self._data[start:])
        lengths = np.insert(np.diff(self._ends, prepend=0), places, [len(text) for text in texts])
        return NameRun(memoryview(b"".join(parts)), np.cumsum(lengths, dtype=np.int64))

    # Ranges

    def span(self, prefix: bytes, low: int, high: int) -> tuple[int, int]:
        """Give the range of the names between two rows that begin with a text; empty if there are none."""
        first = self._place(prefix, low, high)
        return first, self._place(prefix + _BEHIND, first, high)

    def kinds(self) -> Iterator[tuple[str, int, int]]:
        """Give the kinds of all names, and for each a range of rows; a kind may have more than one range."""
        row = 0
        while row < len(self):
            kind, colon, _ = self.encoded(row).partition(b":")
            end = self._gallop(kind + colon + _BEHIND, row + 1) if colon else row + 1
            yield kind.decode("utf-8", "surrogatepass"), row, end
            row = end

    def _gallop(self, text: bytes, low: int) -> int:
        """Say before which row a text belongs, quickly if that is near."""
        reach = 1
        while low + reach < len(self) and self.encoded(low + reach) < text:
            reach *= 2
        return self._place(text, low, min(low + reach, len(self)))

    def _place(self, text: bytes, low: int, high: int) -> int:
        while low < high:
            middle = (low + high) // 2
            if self.encoded(middle) < text:
                low = middle + 1
            else:
                high = middle
        return low

    # Searching

    def fitting(self, globs: Sequence[Glob], low: int, high: int) -> Flags:
        """Tell for every name between two rows whether one of some globs matches it.

        Cost: one search through the bytes for each glob that is more than a beginning, and a closer look at what it
        finds.
        """
        fits = np.zeros(high - low, np.bool_)
        searched: dict[bytes, list[tuple[Glob, int, int]]] = {}
        for glob in globs:
            first, last = self.span(_encoded(glob.prefix), low, high)
            if glob.everything_after_prefix:
                fits[first - low : last - low] = True
            elif glob.literal:
                if first < last and self.text(first) == glob.prefix:
                    fits[first - low] = True
            elif glob.telling:
                searched.setdefault(_encoded(glob.telling), []).append((glob, first, last))
            else:
                fits[[row - low for row in range(first, last) if glob.matches(self.text(row))]] = True
        begin = min((first for found in searched.values() for _, first, _ in found), default=low)
        end = max((last for found in searched.values() for _, _, last in found), default=low)
        for text, hits in self._search(searched, begin, end):
            for glob, first, last in searched[text]:
                fits[self._confirmed(glob, hits, first, last) - low] = True
        return fits

    def _search(self, texts: Collection[bytes], low: int, high: int) -> Iterator[tuple[bytes, Hits]]:
        """Find texts in the names between two rows, a chunk at a time."""
        while low < high and texts:
            start = self._start(low)
            end_row = int(np.searchsorted(self._ends, start + _CHUNK_BYTES, side="right"))
            end_row = min(max(end_row, low + 1), high)
            chunk = bytes(self._data[start : int(self._ends[end_row - 1])])
            ends = self._ends[low:end_row] - start
            for text in texts:
                places = _places(chunk, text)
                if places:
                    yield text, _within(np.array(places, np.int64), len(text), ends, low)
            low = end_row

    def _confirmed(self, glob: Glob, hits: Hits, first: int, last: int) -> Ints:
        """Give the rows in a range that a glob matches, out of those that hold what it asks for."""
        there = (hits.rows >= first) & (hits.rows < last)
        prefix = len(_encoded(glob.prefix))
        match glob.pieces:
            case (begin, end) if "?" not in begin and end == glob.telling:
                there &= (hits.before >= prefix) & (hits.behind == 0)
            case (begin, middle, "") if "?" not in begin and middle == glob.telling:
                there &= hits.before >= prefix
            case _:
                rows = distinct(hits.rows[there]).tolist()
                return np.array([row for row in rows if glob.matches(self.text(row))], np.int64)
        found: Ints = hits.rows[there]
        return found


def _encoded(text: str) -> bytes:
    # Ids read from JSON may hold half of a pair of surrogates; it is kept as it is.
    return text.encode("utf-8", "surrogatepass")


def _packed(texts: Sequence[str]) -> NameRun:
    encoded = [_encoded(text) for text in texts]
    ends = np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), dtype=np.int64)
    return NameRun(memoryview(b"".join(encoded)), ends)


def _some(names: PackedNames, rows: Ints) -> NameRun:
    ends = names.ends[rows].astype(np.int64)
    starts = np.where(rows > 0, names.ends[rows - 1], 0)
    lengths = ends - starts
    packed_ends = np.cumsum(lengths, dtype=np.int64)
    data: npt.NDArray[np.uint8] = np.frombuffer(names.data, np.uint8)
    if not len(rows):
        return NameRun(memoryview(b""), packed_ends)
    # Every byte's place in the new run, moved by how much its name moves.
    picked = data[np.arange(packed_ends[-1]) + np.repeat(ends - packed_ends, lengths)]
    return NameRun(memoryview(picked.tobytes()), packed_ends)


def _from_grown(names: GrownNames, rows: Ints) -> NameRun:
    added = np.isin(rows, names.at)
    run = NameRun.of(names.base, (rows - np.searchsorted(names.at, rows))[~added])
    places = np.flatnonzero(added)
    texts = [_encoded(names[row]) for row in rows[places].tolist()]
    return run.with_more(texts, places - np.arange(len(places)))


def _places(chunk: bytes, text: bytes) -> list[int]:
    found, at = [], chunk.find(text)
    while at >= 0:
        found.append(at)
        at = chunk.find(text, at + 1)
    return found


def _within(places: Ints, length: int, ends: Ints, first_row: int) -> Hits:
    """Say in which name each place is, and leave out what only stands where two names meet."""
    rows = np.searchsorted(ends, places, side="right")
    behind = ends[rows] - places - length
    starts = np.where(rows > 0, ends[rows - 1], 0)
    inside = behind >= 0
    return Hits((rows + first_row)[inside], (places - starts)[inside], behind[inside])
