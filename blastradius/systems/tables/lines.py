"""Snapshots in JSON Lines: a line that says what the file is, then one entity a line, read block by block."""

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from blastradius.documents import File
from blastradius.documents.bulk import Progress
from blastradius.documents.limits import FILE_BYTES_MAX
from blastradius.model.sources import Problem, Source
from blastradius.systems.tables.intake import Intake
from blastradius.systems.tables.quick import TwiceError, UnusualError

LINE_BYTES_MAX = FILE_BYTES_MAX
_BLOCK_BYTES = 1024 * 1024


class LineReader:
    """Reads files into an intake."""

    def __init__(self, intake: Intake, progress: Progress) -> None:
        """Begin; the intake may hold facts already."""
        self._intake = intake
        self._gathering = intake.gathering
        self._progress = progress

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
                self._intake.give_up(_too_long(file.label, number))
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
            self._intake.take_header(lines[0], label)
            lines, first = lines[1:], 2
        at, quick = self._gathering.at, self._intake.quick.take
        for number, line in enumerate(lines, first):
            at(number)
            try:
                quick(line)
            except (UnusualError, TwiceError):
                self._intake.take_exactly(line, number, label)

    def _take_undecoded(self, lines: Sequence[bytes], first: int, label: str) -> None:
        """Take the lines of a block of which at least one is no UTF-8."""
        for number, line in enumerate(lines, first):
            self._gathering.at(number)
            try:
                text = line.decode()
            except UnicodeDecodeError as error:
                source = Source(label, number, error.start + 1)
                self._intake.report(Problem("the line is not valid UTF-8", source, "save it as UTF-8"))
                continue
            if number == 1:
                self._intake.take_header(text, label)
            else:
                self._intake.take_exactly(text, number, label)


def _too_long(label: str, number: int) -> Problem:
    message = f"the line has more than {LINE_BYTES_MAX} bytes"
    return Problem(message, Source(label, number), "write each entity on a line of its own")
