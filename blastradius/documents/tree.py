"""Parsed documents that remember where everything stood and how it was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from blastradius.documents.bulk import Bulk
from blastradius.model.sources import Problem, Source

_COLUMN_BITS = 20
_COLUMN_MASK = (1 << _COLUMN_BITS) - 1
_NO_LITERALS: Mapping[Any, str] = MappingProxyType({})


def pack_place(line: int, column: int) -> int:
    """Fold a line and a column, both counted from 1, into one number: a *place*.

    A place needs one integer per key where a value with two fields would cost five times as much;
    a snapshot has a hundred thousand keys. 0 means that the place is unknown.
    """
    return line << _COLUMN_BITS | (column if column < _COLUMN_MASK else 0)


def unpack_place(place: int) -> tuple[int, int]:
    """Take a place apart into line and column; 0 stands for unknown."""
    return place >> _COLUMN_BITS, place & _COLUMN_MASK


class LinedMap(dict[str, Any]):
    """A mapping that knows its own place and the place of every key.

    Keys are always text, exactly as written: the key of ``on: x`` is ``"on"``, of ``1: x`` it is ``"1"``.

    Attributes:
        place: Where the mapping begins.
        places: Where each key stands.
        literals: How a value was written, for values that are not text and would not be written
            the same way again (``0x1F``, ``yes``, ``1e5``). Ask `Document.text_of`.
    """

    __slots__ = ("literals", "place", "places")

    def __init__(self, place: int = 0) -> None:
        """Make an empty mapping that began at this place."""
        super().__init__()
        self.place = place
        self.places: dict[str, int] = {}
        self.literals: Mapping[str, str] = _NO_LITERALS

    @property
    def line(self) -> int:
        """Line on which the mapping begins, counted from 1."""
        return self.place >> _COLUMN_BITS


class LinedList(list[Any]):
    """A list that knows its own place and the place of every item.

    Attributes:
        place: Where the list begins.
        places: Where each item stands, by position.
        literals: How an item was written, as in `LinedMap`, by position.
    """

    __slots__ = ("literals", "place", "places")

    def __init__(self, place: int = 0) -> None:
        """Make an empty list that began at this place."""
        super().__init__()
        self.place = place
        self.places: list[int] = []
        self.literals: Mapping[int, str] = _NO_LITERALS

    @property
    def line(self) -> int:
        """Line on which the list begins, counted from 1."""
        return self.place >> _COLUMN_BITS


class PlainText:
    """The text of a document that is neither YAML nor JSON: a listing, a dump, a table, a language of its own.

    Attributes:
        text: All of it, without a byte order mark.
    """

    __slots__ = ("_lines", "text")

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text
        self._lines: tuple[str, ...] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines without their ends; line n of the file stands at n - 1. Only line feeds end a line."""
        if self._lines is None:
            lines = self.text.split("\n")
            self._lines = tuple(line.removesuffix("\r") for line in (lines if lines[-1] else lines[:-1]))
        return self._lines


@dataclass(frozen=True, slots=True)
class File:
    """The decoded text of one input.

    Attributes:
        label: The name reports use: relative, with forward slashes, no machine path.
        relative: Path below the folder that was given; just the file name for a single file.
        text: The decoded text without a byte order mark.
        sha256: Digest of the bytes as read.
        named: True when the file itself was asked for, False when it was found in a folder.
        hidden: True when it was found in a folder under a name, or below a folder with a name, that
            begins with a dot. Such files are often configuration of other tools.
        fault: Why a file has no text: a bulk file has none, and a hidden one, or one found in a folder that is no YAML
            or JSON by its suffix, may be unreadable; of any other file that is an error at once.
        bulk: Where to read a file that is too large to be held as text; its `sha256` is known only then.
    """

    label: str
    relative: PurePosixPath
    text: str
    sha256: str
    named: bool = True
    hidden: bool = False
    fault: Problem | None = None
    bulk: Bulk | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML or JSON document of a file, or all of a file that is neither.

    Attributes:
        file: The file it stands in.
        value: `LinedMap`, `LinedList`, or a scalar (str, int, float, bool, None); a `PlainText` for all of a file.
        line: Line on which the document begins.
    """

    file: File
    value: object
    line: int = 1

    def at(self, container: object, key: object = None) -> Source:
        """Name the place of a container, or of one of its keys or items.

        Args:
            container: A `LinedMap` or `LinedList` of this document; anything else gives the
                document's own line.
            key: A key of the mapping or a position in the list; None for the container itself.

        Returns:
            The place; the container's place when the key is not there.
        """
        place = 0
        if isinstance(container, LinedMap):
            place = container.places.get(key, container.place) if isinstance(key, str) else container.place
        elif isinstance(container, LinedList):
            place = container.place
            if isinstance(key, int) and 0 <= key < len(container.places):
                place = container.places[key]
        line, column = unpack_place(place)
        return Source(self.file.label, line, column) if line else Source(self.file.label, self.line)

    def text_of(self, container: object, key: str | int) -> str | None:
        """Give a scalar as it was written, whatever YAML or JSON made of it.

        A login such as ``249043822``, ``1e5`` or ``no`` is a number or a truth value to YAML, and is
        still the name of somebody.

        Args:
            container: A `LinedMap` or `LinedList` of this document.
            key: A key of the mapping or a position in the list.

        Returns:
            The text; the empty text for a value that was left out (``name:``); None when there is no
            such key or item, or when a mapping or a list stands there.
        """
        try:
            value = container[key]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
        if isinstance(value, str):
            return value
        if isinstance(container, LinedMap | LinedList) and key in container.literals:
            return container.literals[key]  # type: ignore[index]
        return plain_text(value)


def plain_text(value: object) -> str | None:
    """Write a scalar the plainest way; None for anything else."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case str():
            return value
        case _:
            return None
