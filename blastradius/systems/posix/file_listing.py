r"""The list that ``find -ls`` prints: what kind of thing each path is.

Source: find(1) of findutils 4.9, "-ls" and "UNUSUAL FILENAMES".
"""

import re
from dataclasses import dataclass, field

from blastradius.documents import Document, PlainText, quoted
from blastradius.model.sources import Problem, Source
from blastradius.systems.posix.paths import normal

_ROW = re.compile(
    r"\s*(?P<number>[0-9]+)\s+[0-9]+\s+"
    r"(?P<same>(?P<kind>[-bcdlpsD])[-rwxsStT]{9}[.+@]?\s+(?P<names>[0-9]+)\s+\S+\s+\S+\s+"
    r"(?:[0-9]+|[0-9]+,\s*[0-9]+)\s+\S+\s+[0-9]+\s+[0-9:]+) (?P<name>.*)"
)
_ESCAPES = re.compile(rb"\\([0-7]{3}|.)")
_LETTERS = {b"n": b"\n", b"b": b"\b", b"r": b"\r", b"t": b"\t", b"f": b"\f"}
_COMPLAINT = "find: "
_PROBLEMS_MAX = 100


@dataclass(slots=True)
class FileListing:
    """What one list holds.

    Attributes:
        directories: Paths of directories.
        files: Paths of everything else that has an access control list: all but symbolic links.
        names: Paths that may be of one file, which then has several: by its number, and by all that find says of it,
            since files of different file systems may have the same number.
        problems: What contradicts the format.
        complaints: What find itself could not read, where its messages stand among its output.
        cut: Where the text breaks off; None when its last line ends.
    """

    directories: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    names: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    complaints: list[Problem] = field(default_factory=list)
    cut: Source | None = None


def is_row(line: str) -> bool:
    """Tell whether a line is one of such a list."""
    return _ROW.fullmatch(line) is not None


def read_file_listing(document: Document) -> FileListing:
    """Read a list; a last line that breaks off is left out."""
    assert isinstance(document.value, PlainText)
    found = FileListing()
    lines = document.value.lines
    if not document.value.text.endswith("\n"):
        found.cut = Source(document.file.label, len(lines))
        lines = lines[:-1]
    for number, line in enumerate(lines, 1):
        source = Source(document.file.label, number)
        row = _ROW.fullmatch(line)
        if line.startswith(_COMPLAINT):
            found.complaints.append(Problem(line, source))
        elif row is not None:
            _take(row, source, found)
        elif line.strip() and len(found.problems) < _PROBLEMS_MAX:
            found.problems.append(Problem("the line is none of `find -ls`", source, "was it damaged?"))
    return found


def _take(row: re.Match[str], source: Source, found: FileListing) -> None:
    kind, name = row["kind"], row["name"]
    if kind == "l":
        return
    path = normal(_unescaped(name))
    if path is None:
        message = f"the path {quoted(name)} goes up, so nobody can say what it lies in"
        found.problems.append(Problem(message, source, "list it again with an absolute path"))
    elif kind == "d":
        found.directories.add(path)
    else:
        found.files.add(path)
        if kind == "-" and row["names"] != "1":
            found.names.setdefault((row["number"], row["same"]), set()).add(path)


def _unescaped(name: str) -> str:
    if "\\" not in name:
        return name
    return _ESCAPES.sub(_bytes, name.encode()).decode("utf-8", "backslashreplace")


def _bytes(found: re.Match[bytes]) -> bytes:
    code = found[1]
    if len(code) == 3:
        return bytes([int(code, 8) & 0xFF])
    return _LETTERS.get(code, code)
