"""Files too large to be held as text: compiled snapshots, JSON Lines, tables; told apart by how they begin."""

import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

HEAD_BYTES = 1024 * 1024
"""So much of a file is looked at to tell what it is."""
COMPILED_MAGIC = b"\x89BRS\r\n\x1a\n"
"""How a compiled snapshot begins: no text, and spoilt by whatever converts the ends of lines."""
SUFFIXES = frozenset({".brs", ".jsonl", ".ndjson", ".parquet"})
"""What is looked at in a folder beside YAML and JSON."""
_PARQUET_MAGIC = b"PAR1"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SNAPSHOT = "blastradius.snapshot/"
_SECTIONS = frozenset({"principals", "groups", "roles", "resources", "grants", "same_as", "unread", "coverage"})

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is, and how much there is in all."""


def unwatched(what: str, done: int, total: int) -> None:
    """Tell nobody."""


class Form(StrEnum):
    """What a bulk file is."""

    COMPILED = "compiled"
    LINES = "lines"
    TABLE = "parquet"


@dataclass(frozen=True, slots=True)
class Bulk:
    """A file that is read where it lies.

    Attributes:
        size: Its bytes when it was looked at.
        path: Where it lies; None when it came from standard input.
        data: All of standard input; empty when there is a path.
        follow_link: Whether the path may be a symbolic link.
    """

    form: Form
    size: int
    path: Path | None = None
    data: bytes = b""
    follow_link: bool = True

    def open(self, label: str) -> BinaryIO:
        """Open it for reading.

        Raises:
            DocumentError: When it is not there any more, or may not be read.
        """
        if self.path is None:
            return BytesIO(self.data)
        try:
            return open_regular(self.path, follow_link=self.follow_link)
        except (OSError, RefusedFileError) as error:
            message = "the file cannot be read any more"
            raise DocumentError(Problem(message, Source(label), "it was there when this run began")) from error


class RefusedFileError(Exception):
    """The path leads to something that is not read."""

    def __init__(self, message: str, help: str) -> None:
        """Say why, and what to do."""
        super().__init__(message)
        self.help = help


def open_regular(path: Path, *, follow_link: bool) -> BinaryIO:
    """Open a regular file.

    Raises:
        OSError: When it cannot be opened.
        RefusedFileError: When it is something else.
    """
    # SECURITY: opening a pipe must not block, and what is checked is what was opened.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if not follow_link:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags)
    stream = os.fdopen(descriptor, "rb")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        stream.close()
        raise RefusedFileError("this is no regular file", "give `-` to read from a pipe")
    return stream


def form_of(head: bytes) -> Form | None:
    """Tell by its first bytes what a file is; None for text that is read whole.

    Args:
        head: The first `HEAD_BYTES`, or all there is.
    """
    if head.startswith(COMPILED_MAGIC):
        return Form.COMPILED
    if head.startswith(_PARQUET_MAGIC):
        return Form.TABLE
    return Form.LINES if _begins_lines(head.removeprefix(_BYTE_ORDER_MARK)) else None


def fault_of(form: Form, label: str) -> Problem:
    """Say what a bulk file is where a text is wanted."""
    names = {
        Form.COMPILED: "a compiled snapshot",
        Form.LINES: "a snapshot in JSON Lines",
        Form.TABLE: "a table of a snapshot",
    }
    message = f"this is {names[form]}, and can stand for nothing else"
    return Problem(message, Source(label), "name it among the snapshots")


def _begins_lines(head: bytes) -> bool:
    """Tell JSON Lines: a mapping that says what it is but holds no entities, and a line of another kind after it."""
    first, newline, rest = head.partition(b"\n")
    if not newline or _SNAPSHOT.encode() not in first:
        return False
    try:
        header = json.loads(first)
    except (ValueError, RecursionError):
        return False
    if not isinstance(header, dict) or not str(header.get("format")).startswith(_SNAPSHOT):
        return False
    following = rest.lstrip(b" \t\r\n")
    is_header_alone = header.keys().isdisjoint(_SECTIONS)
    return is_header_alone and following.startswith(b"{") and not following[1:].lstrip(b" \t").startswith(b'"format"')
