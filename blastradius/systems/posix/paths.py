"""Paths as getfacl(1) writes them: taken out of their escapes, and what lies in what."""

import re
from collections.abc import Iterable

_ESCAPE = re.compile(r"\\([0-7]{3}|\\)", re.ASCII)
HERE = "."
TOP = "/"


def unescaped(written: str) -> str:
    r"""Undo the escapes of getfacl: ``\040`` for a blank, ``\\`` for a backslash.

    It escapes nothing beyond ASCII, so any other number stays as it was written.
    """
    if "\\" not in written:
        return written
    return _ESCAPE.sub(_character, written)


def _character(found: re.Match[str]) -> str:
    code = found[1]
    if code == "\\":
        return code
    number = int(code, 8)
    return chr(number) if number < 0x80 else found[0]


def normal(path: str) -> str | None:
    """Write a path the plainest way; None when it goes up, since then nobody can say what it lies in."""
    parts = [part for part in path.split("/") if part not in ("", HERE)]
    if ".." in parts:
        return None
    if path.startswith(TOP):
        return TOP + "/".join(parts)
    return "/".join(parts) or HERE


def folder_of(path: str) -> str | None:
    """Name the directory that a path lies in; None for ``/`` and for ``.``."""
    if path in (TOP, HERE):
        return None
    above, slash, _ = path.rpartition("/")
    if not slash:
        return HERE
    return above or TOP


def folders_of(paths: Iterable[str]) -> set[str]:
    """Name every directory that one of the paths shows to be one, by lying in it at any depth."""
    found: set[str] = set()
    for path in paths:
        folder = folder_of(path)
        while folder is not None and folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return found
