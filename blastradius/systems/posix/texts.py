"""What kind of text a document is: told by its first lines, whatever the file is called."""

import re
from enum import StrEnum
from itertools import islice

from blastradius.documents import Document, PlainText
from blastradius.systems.posix.file_listing import is_row

_LOOKED_AT = 40
_LINE_CHARACTERS_MAX = 100_000


class Form(StrEnum):
    """The texts that are known, those that are refused included."""

    ACLS = "access control lists"
    HEADLESS = "access control lists without file names"
    TABULAR = "access control lists as a table"
    USERS = "users"
    GROUPS = "groups"
    SHADOW = "passwords"
    FILES = "files"


_HEADER = re.compile(r"# file: ")
_OWNER = re.compile(r"# owner: |USER  ")
_ENTRY = re.compile(r"(?:default:)?(?:user|group|mask|other):[^:]*:[r-][w-][x-](?:\s|$)")
_HEADLESS = re.compile(r"user::[r-][w-][x-]\s*(?:#|$)")
_NIS = re.compile(r"[+-]")
_ROWS = (
    (Form.USERS, re.compile(r"[^:]+:[^:]*:[0-9]+:[0-9]+:[^:]*:[^:]*:[^:]*")),
    (Form.GROUPS, re.compile(r"[^:\s][^:]*:[^:\s]*:[0-9]+:[^:\s]*")),
    # The files with the hashes: shadow(5), gshadow(5), and master.passwd of BSD.
    (Form.SHADOW, re.compile(r"[^:]+:[^:]*(?::[0-9]*){6}:[^:]*")),
    (Form.SHADOW, re.compile(r"[^:\s][^:]*:(?:[!*$][^:\s]*)?:[^:\s]*:[^:\s]*")),
    (Form.SHADOW, re.compile(r"[^:]+:[^:]*:[0-9]+:[0-9]+:[^:]*:[0-9]+:[0-9]+:[^:]*:[^:]*:[^:]*")),
)


def form_of(document: Document) -> Form | None:
    """Tell what a document is; None for what does not belong to a POSIX system.

    Args:
        document: Of any kind; only a few lines of a `PlainText` are looked at.
    """
    if not isinstance(document.value, PlainText):
        return None
    lines = [line[:_LINE_CHARACTERS_MAX] for line in islice(document.value.lines, _LOOKED_AT)]
    return _acls(lines) or _listing(lines) or _files(lines)


def _acls(lines: list[str]) -> Form | None:
    telling = [line for line in lines if line.strip() and not line.startswith("getfacl: ")]
    if not telling:
        return None
    if _HEADER.match(telling[0]):
        owner = next((line for line in telling[1:3] if _OWNER.match(line)), None)
        if owner is None:
            return Form.ACLS if any(_ENTRY.match(line) for line in telling) else None
        return Form.TABULAR if owner.startswith("USER") else Form.ACLS
    if _HEADLESS.match(telling[0]) and any(_ENTRY.match(line) for line in telling[1:4]):
        return Form.HEADLESS
    return None


def _files(lines: list[str]) -> Form | None:
    telling = [line for line in lines if line.strip() and not line.startswith("find: ")]
    fitting = sum(is_row(line) for line in telling)
    return Form.FILES if fitting and 2 * fitting >= len(telling) else None


def _listing(lines: list[str]) -> Form | None:
    """Tell by half of the lines, so that a damaged line is not a reason to pass the file over."""
    telling = [line for line in lines if line.strip() and not line.startswith("#") and not _NIS.match(line)]
    for form, row in _ROWS:
        fitting = sum(row.fullmatch(line.rstrip()) is not None for line in telling)
        if fitting and 2 * fitting >= len(telling):
            return form
    return None
