"""A text in a language of its own, and where each of its lines stands in the file it was found in."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from blastradius.documents import Document, LinedMap, PlainText
from blastradius.model.sources import Source

_BLOCK = re.compile(r":\s*([|>])[-+0-9]*\s*(?:#.*)?$")
_BLOCK_ALONE = re.compile(r"^\s*(?:-\s+)?([|>])[-+0-9]*\s*$")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A text and its places.

    Attributes:
        places: The line of the file for each line of the text; a single one when all stand on the same.
        starts: Where each line of the text begins.
    """

    text: str
    label: str
    places: Sequence[int]
    starts: Sequence[int]

    def source(self, at: int) -> Source:
        """Name the place of a character; the column is known where the file holds the text as it is."""
        number = bisect_right(self.starts, at) - 1
        if isinstance(self.places, range):
            return Source(self.label, self.places[number], at - self.starts[number] + 1)
        return self.source_of_line(number)

    def source_of_line(self, number: int) -> Source:
        """Name the place of a line, counted from 0."""
        return Source(self.label, self.places[number] if number < len(self.places) else self.places[-1])


def whole(document: Document) -> Excerpt:
    """Take all of a plain text."""
    assert isinstance(document.value, PlainText)
    starts = _starts(document.value.text)
    return Excerpt(document.value.text, document.file.label, range(1, len(starts) + 1), starts)


def scalar(document: Document, container: LinedMap, key: str) -> Excerpt:
    """Take a text that stands in a YAML or JSON document, which must be text."""
    text = container[key]
    assert isinstance(text, str)
    source = document.at(container, key)
    starts = _starts(text)
    lines = document.file.text.split("\n")
    places = _places(text.split("\n"), lines, source.line)
    return Excerpt(text, document.file.label, places, starts)


def _starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _places(wanted: Sequence[str], lines: Sequence[str], line: int) -> list[int]:
    """Find the lines of a scalar in its file.

    Args:
        wanted: The lines of the scalar.
        lines: All lines of the file.
        line: The line on which its key, or the scalar itself, begins.
    """
    header = next((n for n in (line, line + 1) if n <= len(lines) and _is_block(lines[n - 1])), None)
    if header is None:
        return [line]
    if ">" not in _style(lines[header - 1]):
        return [header + 1 + number for number in range(len(wanted))]
    return _folded(wanted, lines, header)


def _folded(wanted: Sequence[str], lines: Sequence[str], header: int) -> list[int]:
    """Follow folded lines: several of the file may have become one, and blank ones are left out."""
    found: list[int] = []
    at = header
    place = header
    for text in wanted:
        text = text.strip()
        while text and at < len(lines):
            written = lines[at].strip()
            if written and not text.startswith(written):
                break
            at += 1
            if written:
                place = at
                at = _joined(text, len(written), lines, at)
                break
        found.append(place)
    return found


def _joined(text: str, end: int, lines: Sequence[str], at: int) -> int:
    """Pass over the lines that folding has joined to one; give the position of the first one after them."""
    while at < len(lines) and (more := lines[at].strip()) and text.startswith(f" {more}", end):
        end += 1 + len(more)
        at += 1
    return at


def _is_block(line: str) -> bool:
    return bool(_style(line))


def _style(line: str) -> str:
    line = line.rstrip("\r")
    match = _BLOCK.search(line) or _BLOCK_ALONE.search(line)
    return match[1] if match else ""
