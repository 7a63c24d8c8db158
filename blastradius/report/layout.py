"""Lines of text for a terminal: widths, wrapping, aligned columns, colours."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from blastradius.report.escaping import no_command_start


class Hue(Enum):
    """What a line says by its colour."""

    BAD = "1;31"
    CAREFUL = "1;33"
    GOOD = "1;32"
    HEADING = "1"
    QUIET = "2"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes:
        heading: The word above it.
        cells: One per row.
        right: True for numbers.
    """

    heading: str
    cells: tuple[str, ...]
    right: bool = True


def paint(line: str, hue: Hue, colour: bool) -> str:
    """Colour a whole line that is laid out already."""
    return f"\x1b[{hue.value}m{line}\x1b[0m" if colour and line else line


def columns(text: str) -> int:
    """Count the terminal columns of a text that is already plain: wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


def fit(text: str, room: int) -> str:
    """Shorten a text to so many columns; the middle goes, since ids differ at both ends."""
    if columns(text) <= room:
        return text
    if room < 2:
        return "…"[:room]
    tail = _take(text[::-1], (room - 1) // 3)[::-1]
    return _take(text, room - 1 - columns(tail)) + "…" + tail


def fit_end(text: str, room: int) -> str:
    """Shorten a path to so many columns; its beginning goes."""
    if columns(text) <= room:
        return text
    return ("…" + _take(text[::-1], room - 1)[::-1])[: max(room, 0)]


def pad(text: str, room: int, right: bool = False) -> str:
    """Fill a text with spaces up to so many columns."""
    blank = " " * max(room - columns(text), 0)
    return blank + text if right else text + blank


def wrap(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """Break a text into lines between words, and within a word only where it does not fit a line.

    Args:
        text: Plain text.
        width: Columns that no line exceeds.
        first: What the first line begins with.
        rest: What the other lines begin with; as many spaces as ``first`` takes when left out.

    Returns:
        At least one line.
    """
    rest = " " * columns(first) if rest is None else rest
    lines = [first]
    fresh = True
    for word in text.split(" "):
        if not fresh and columns(lines[-1]) + 1 + columns(word) <= width:
            lines[-1] += " " + word
            continue
        if not fresh:
            lines.append(rest)
        fresh = False
        piece = no_command_start(word)
        while columns(lines[-1]) + columns(piece) > width:
            # A wide character needs two columns; every line after the first has them.
            room = width - columns(lines[-1])
            head = _take(piece, room) if room > 1 else ""
            lines[-1] += head
            lines.append(rest)
            piece = no_command_start(piece[len(head) :])
        lines[-1] += piece
    return [line.rstrip(" ") for line in lines]


def table(parts: Sequence[Column], width: int, indent: str = "") -> list[str]:
    """Draw columns of numbers beside a first column of names.

    Columns stand two spaces apart; one where that is what makes them fit. What still does not fit
    continues below, under the same names.

    Args:
        parts: The names, then the rest; all with the same number of cells.
        width: Columns that no line exceeds.
        indent: What every line begins with.

    Returns:
        The lines, headings first; blocks are separated by an empty line.
    """
    room = width - columns(indent)
    names, others = parts[0], list(parts[1:])
    longest = max(room // 3, room - sum(_breadth(part) + 2 for part in others))
    names = Column(names.heading, tuple(fit(cell, longest) for cell in names.cells), right=False)
    for gap in (2, 1):
        if sum(_breadth(part) + gap for part in (names, *others)) - gap <= room:
            return _block([names, *others], gap, indent)
    blocks: list[list[Column]] = [[names]]
    for part in others:
        taken = sum(_breadth(each) + 2 for each in blocks[-1])
        if taken + _breadth(part) > room and len(blocks[-1]) > 1:
            blocks.append([names])
        blocks[-1].append(part)
    lines: list[str] = []
    for block in blocks:
        lines += [""] if lines else []
        lines += [fit(line, width) for line in _block(block, 2, indent)]
    return lines


def _block(parts: Sequence[Column], gap: int, indent: str) -> list[str]:
    widths = [_breadth(part) for part in parts]
    rows = [[part.heading for part in parts]]
    rows += [[part.cells[row] for part in parts] for row in range(len(parts[0].cells))]
    return [
        (
            indent
            + (" " * gap).join(
                pad(cell, size, part.right) for cell, size, part in zip(cells, widths, parts, strict=True)
            )
        ).rstrip(" ")
        for cells in rows
    ]


def _breadth(part: Column) -> int:
    return max(columns(text) for text in (part.heading, *part.cells))


def _columns_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _take(text: str, room: int) -> str:
    """Take as many characters from the front as fit into so many columns."""
    if text.isascii():
        return text[:room]
    used = 0
    for position, character in enumerate(text):
        used += _columns_of(character)
        if used > room:
            return text[:position]
    return text
