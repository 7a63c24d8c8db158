"""Ids of users, groups and paths, whatever characters their names hold.

INVARIANT: two names never become one id, and no id holds a character that steers a terminal or cannot be seen.
"""

import hashlib
import re

from blastradius.documents import UNSAFE_CHARACTERS
from blastradius.model.snapshot import UNLISTED_SUFFIX

ALL_ACCOUNTS = "accounts:posix"
"""The group of everybody who has an account."""
_ID_CHARACTERS_MAX = 900
_ENDS = re.compile(r"^\s|\s$")
_PLAIN = re.compile(r"[A-Za-z0-9_./-]*", re.ASCII)


def written(name: str) -> str:
    r"""Write out what an id must not hold, as ``\x20`` or ``\u202e``; a backslash of the name is doubled."""
    if _PLAIN.fullmatch(name):
        return name
    shown = UNSAFE_CHARACTERS.sub(code, name.replace("\\", "\\\\"))
    shown = _ENDS.sub(code, shown)
    if shown.endswith(UNLISTED_SUFFIX):
        shown = shown.removesuffix(UNLISTED_SUFFIX) + UNLISTED_SUFFIX.replace("#", "\\x23")
    return shown


def made_id(kind: str, name: str) -> str:
    """Make an id of a kind and what `written` gave, cut short by a digest when it is very long."""
    return fitted(f"{kind}:{name}")


def fitted(id: str) -> str:
    """Cut an id short by a digest when it is very long."""
    if len(id) <= _ID_CHARACTERS_MAX:
        return id
    digest = hashlib.sha256(id.encode()).hexdigest()[:32]
    return f"{id[:_ID_CHARACTERS_MAX].rstrip()}…{digest}"


def path_id(path: str) -> str:
    """Name a file or a directory."""
    return made_id("posix", written(path))


def new_id(path: str) -> str:
    """Name what stands for the files that are yet to be made in a directory."""
    return made_id("posix-new", written(path))


def group_id(name: str) -> str:
    """Name a group of users."""
    return made_id("group", f"posix/{written(name)}")


def is_group(id: str) -> bool:
    """Tell whether `group_id` made an id."""
    return id.startswith("group:posix/")


def code(found: re.Match[str]) -> str:
    """Write out one character that was found."""
    code = ord(found[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
