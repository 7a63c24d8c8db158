"""Snapshots in JSON Lines: a line that says what the file is, then one entity a line, read block by block."""

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NoReturn

from blastradius.columns.gathering import Gathering
from blastradius.documents import File, quoted, shortened
from blastradius.documents.bulk import Progress
from blastradius.documents.limits import FILE_BYTES_MAX
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import CAPABILITIES, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.systems.native.snapshot import conflicting_actions
from blastradius.systems.tables.exact import ExactReader
from blastradius.systems.tables.quick import QuickReader, TwiceError, UnusualError

LINE_BYTES_MAX = FILE_BYTES_MAX
_BLOCK_BYTES = 1024 * 1024
_PROBLEMS_MAX = 1000


class LineReader:
    """Reads files of one state of access into one gathering."""

    def __init__(self, gathering: Gathering, progress: Progress) -> None:
        """Begin; the gathering may hold facts already."""
        self._gathering = gathering
        self._progress = progress
        self._quick, self._exact = QuickReader(gathering), ExactReader(gathering)
        self._headers: list[Snapshot] = []
        self._problems: list[Problem] = []

    def read(self, file: File) -> str:
        """Read one file, and give the digest of its bytes.

        Raises:
            DocumentError: When it cannot be read any more.
            SnapshotError: When it has so many problems that it is given up.
        """
        assert file.bulk is not None
        self._gathering.file(file.label)
        digest = hashlib.sha256()
        with file.bulk.open(file.label) as stream:
            for first, block in self._blocks(stream, file, digest):
                self._take_block(block, first, file.label)
        return digest.hexdigest()

    def rest(self) -> Snapshot:
        """Give what is no column.

        Raises:
            SnapshotError: With everything that was wrong with any line of any file.
        """
        self._problems += conflicting_actions(self._exact.actions)
        if self._problems:
            raise SnapshotError(shortened(self._problems))
        return Snapshot(
            system=", ".join(dict.fromkeys(header.system for header in self._headers if header.system)),
            taken_at=min((h.taken_at for h in self._headers if h.taken_at is not None), default=None),
            actions=dict(CAPABILITIES) | {action: capability for action, capability, _ in self._exact.actions},
            roles=self._exact.roles,
            same_as=tuple(names for names, _ in self._exact.same_as),
            same_as_sources=tuple(source for _, source in self._exact.same_as),
        )

    def _blocks(self, stream: BinaryIO, file: File, digest: "hashlib._Hash") -> Iterator[tuple[int, bytes]]:
        """Give whole lines, many together, with the number of the first; all but the last end with a line feed."""
        assert file.bulk is not None
        number, done = 1, 0
        parts: list[bytes] = []
        while data := stream.read(_BLOCK_BYTES):
            digest.update(data)
            done += len(data)
            self._progress(f"reading {file.label}", done, file.bulk.size)
            end = data.rfind(b"\n") + 1
            if end:
                block = b"".join([*parts, data[:end]])
                yield number, block
                number += block.count(b"\n")
                parts = []
            parts.append(data[end:])
            if sum(map(len, parts)) > LINE_BYTES_MAX:
                self._problems.append(_too_long(file.label, number))
                self._give_up()
        yield number, b"".join(parts)

    def _take_block(self, block: bytes, first: int, label: str) -> None:
        if first == 1:
            block = block.removeprefix(codecs.BOM_UTF8)
        try:
            lines = block.decode().split("\n")
        except UnicodeDecodeError:
            self._take_undecoded(block.split(b"\n"), first, label)
            return
        if first == 1:
            self._take_header(lines[0], label)
            lines, first = lines[1:], 2
        at, quick = self._gathering.at, self._quick.take
        for number, line in enumerate(lines, first):
            at(number)
            try:
                quick(line)
            except (UnusualError, TwiceError):
                self._take_unusual(line, number, label)

    def _take_undecoded(self, lines: Sequence[bytes], first: int, label: str) -> None:
        """Take the lines of a block of which at least one is no UTF-8."""
        for number, line in enumerate(lines, first):
            self._gathering.at(number)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                source = Source(label, number, error.start + 1)
                self._problems.append(Problem("the line is not valid UTF-8", source, "save it as UTF-8"))
                continue
            if number == 1:
                self._take_header(text, label)
            else:
                self._take_unusual(text, number, label)

    def _take_header(self, line: str, label: str) -> None:
        try:
            self._headers.append(self._exact.header(line, label, 1))
        except SnapshotError as error:
            self._problems += error.problems

    def _take_unusual(self, line: str, number: int, label: str) -> None:
        if not line.strip():
            return
        try:
            self._exact.take(line, label, number)
        except TwiceError as error:
            message = f"{quoted(error.id)} is given twice, with different content: first in {error.first}"
            self._problems.append(Problem(message, Source(label, number), "keep one of the two, or make them agree"))
        except SnapshotError as error:
            self._problems += error.problems
        if len(self._problems) >= _PROBLEMS_MAX:
            self._give_up()

    def _give_up(self) -> NoReturn:
        with suppress(SnapshotError):
            self.rest()
        raise SnapshotError(shortened(self._problems))


def _too_long(label: str, number: int) -> Problem:
    message = f"the line has more than {LINE_BYTES_MAX} bytes"
    return Problem(message, Source(label, number), "write each entity on a line of its own")
