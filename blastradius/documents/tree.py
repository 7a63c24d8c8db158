"""Parsed documents that remember on which line everything stood."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from blastradius.model.sources import Source


class LinedMap(dict[Any, Any]):
    """A mapping that knows its own line and the line of every key.

    Attributes:
        line: Line on which the mapping begins, counted from 1.
        lines: Line of each key.
    """

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        """Make an empty mapping that began on this line."""
        super().__init__()
        self.line = line
        self.lines: dict[Hashable, int] = {}


class LinedList(list[Any]):
    """A list that knows its own line and the line of every item.

    Attributes:
        line: Line on which the list begins, counted from 1.
        lines: Line of each item, by position.
    """

    __slots__ = ("line", "lines")

    def __init__(self, line: int = 0) -> None:
        """Make an empty list that began on this line."""
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@dataclass(frozen=True, slots=True)
class File:
    """The decoded text of one input.

    Attributes:
        label: The name reports use: relative, with forward slashes, no machine path.
        relative: Path below the folder that was given; just the file name for a single file.
        text: The decoded text without a byte order mark.
        sha256: Digest of the bytes as read.
    """

    label: str
    relative: PurePosixPath
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML or JSON document of a file.

    Attributes:
        file: The file it stands in.
        value: `LinedMap`, `LinedList`, or a scalar (str, int, float, bool, None).
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
            The place; the container's line when the key is not there.
        """
        line = self.line
        if isinstance(container, LinedMap):
            line = container.lines.get(key, container.line) if key is not None else container.line
        elif isinstance(container, LinedList):
            line = container.line
            if isinstance(key, int) and 0 <= key < len(container.lines):
                line = container.lines[key]
        return Source(self.file.label, line)
