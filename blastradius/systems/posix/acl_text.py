"""The text of getfacl(1): each file with its owner, its flags and its access control list.

Source: getfacl(1) and acl(5) of acl 2.3.1.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from blastradius.documents import Document, PlainText, quoted
from blastradius.model.sources import Problem, Source
from blastradius.systems.posix.objects import Acl, Bits, Flags, Inode, Protection
from blastradius.systems.posix.paths import normal, unescaped

_ENTRY = re.compile(r"(default:)?(user|group|mask|other):([^:]*):([r-])([w-])([x-])(?:\s+#effective:[r-][w-][x-])?\s*")
_COMMENT = re.compile(r"# (owner|group|flags): (.+)")
_FLAGS = re.compile(r"([s-])([s-])([t-])")
_NFS4 = re.compile(r"\s*(?:owner@|group@|everyone@|(?:user|group):[^:]+):[^:]{7,}:[^:]*:(?:allow|deny)\s*")
_FILE = "# file: "
_COMPLAINT = "getfacl: "
_HARMLESS = "getfacl: Removing leading '/' from absolute path names"
_MANDATORY = ("user:", "group:", "other:")
_PROBLEMS_MAX = 100


@dataclass(slots=True)
class AclText:
    """What one export holds.

    Attributes:
        inodes: In the order of the text.
        problems: What contradicts the format.
        complaints: What getfacl itself could not read, where its messages stand among its output.
        cut: Where the text breaks off; None when it ends as getfacl ends it.
        only_extended: Whether no file has just the three entries of a mode.
    """

    inodes: list[Inode] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complaints: list[Problem] = field(default_factory=list)
    cut: Source | None = None
    only_extended: bool = True


class _BrokenBlockError(Exception):
    """A file's entries do not make an access control list; ``short`` when some are just missing."""

    def __init__(self, line: int, message: str, help: str = "", *, short: bool = False) -> None:
        super().__init__(message)
        self.line, self.message, self.help, self.short = line, message, help, short


def read_acl_text(document: Document) -> AclText:
    """Read an export.

    Args:
        document: A document whose text begins like one.

    Returns:
        What it holds; a file whose entries break off at the end of the text is left out.

    Cost: linear in the text; what many files share is read once.
    """
    assert isinstance(document.value, PlainText)
    label = document.file.label
    found = AclText()
    known: dict[str, Protection] = {}
    blocks = list(_blocks(document.value.text, label, found))
    for number, (line, text) in enumerate(blocks):
        header, _, rest = text.partition("\n")
        source = Source(label, line)
        try:
            path = _path(header, line)
            protection = known.get(rest)
            if protection is None:
                protection = known[rest] = _protection(rest.split("\n") if rest else [], line + 1)
        except _BrokenBlockError as broken:
            if number + 1 == len(blocks) and (broken.short or not document.value.text.endswith("\n")):
                found.cut = Source(label, broken.line)
            elif len(found.problems) < _PROBLEMS_MAX:
                found.problems.append(Problem(broken.message, Source(label, broken.line), broken.help))
            continue
        if number + 1 == len(blocks) and not document.value.text.endswith("\n"):
            found.cut = Source(label, line + rest.count("\n") + 1)
        found.inodes.append(Inode(path, protection, source))
    found.only_extended = bool(known) and all(one.acl.extended or one.default for one in known.values())
    return found


def _blocks(text: str, label: str, found: AclText) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each file; getfacl writes a blank line after each, and escapes those in names."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    line = 1
    for block in text.split("\n\n"):
        start, height = line, block.count("\n") + 2
        line += height
        stripped = block.lstrip("\n")
        start += len(block) - len(stripped)
        if _COMPLAINT in stripped:
            stripped, start = _without_complaints(stripped, start, label, found)
        if stripped.strip():
            yield start, stripped.rstrip("\n")


def _without_complaints(block: str, start: int, label: str, found: AclText) -> tuple[str, int]:
    """Take out what getfacl wrote to its standard error, where both were sent to one file."""
    lines = block.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines, start):
        if not line.startswith(_COMPLAINT):
            kept.append(line)
        elif line != _HARMLESS:
            found.complaints.append(Problem(line, Source(label, number)))
    first = next((number for number, line in enumerate(lines) if not line.startswith(_COMPLAINT)), 0)
    return "\n".join(kept), start + first


def _path(header: str, line: int) -> str:
    if not header.startswith(_FILE) or header == _FILE:
        advice = "export with `getfacl -R -P -p`, and not with `--omit-header`"
        raise _BrokenBlockError(line, f"expected `# file: ` and a path, not {_beginning(header)}", advice)
    written = header[len(_FILE) :]
    path = normal(unescaped(written))
    if path is None:
        message = f"the path {quoted(written)} goes up, so nobody can say what it lies in"
        raise _BrokenBlockError(line, message, "export with absolute paths: `getfacl -R -P -p`")
    return path


def _protection(lines: Sequence[str], first: int) -> Protection:
    comments: dict[str, str] = {}
    lists: tuple[dict[str, Bits], dict[str, Bits]] = ({}, {})
    for line, text in enumerate(lines, first):
        entry = _ENTRY.fullmatch(text)
        if entry is not None:
            _take(entry, lists[entry[1] is not None], line)
            continue
        comment = _COMMENT.fullmatch(text.rstrip())
        if comment is None:
            raise _unknown(text, line)
        if comment[1] in comments:
            raise _BrokenBlockError(line, f"a second {comment[1]}", "was a line between two files lost?")
        comments[comment[1]] = unescaped(comment[2])
    for name in ("owner", "group"):
        if name not in comments:
            last = first + len(lines) - 1
            raise _BrokenBlockError(last, f"the file has no {name}", "was the export cut off?", short=True)
    if not lists[0]:
        advice = "export without `--default` and `--access`"
        raise _BrokenBlockError(first - 1, "the file has no access control list", advice, short=True)
    access, default = lists
    end = first + len(lines) - 1
    return Protection(
        comments["owner"],
        comments["group"],
        _acl(access, end),
        _acl(default, end) if default else None,
        _flags(comments.get("flags", "---"), first),
    )


def _take(entry: re.Match[str], entries: dict[str, Bits], line: int) -> None:
    kind, name = entry[2], unescaped(entry[3])
    if name and kind in ("mask", "other"):
        raise _BrokenBlockError(line, f"{quoted(kind)} takes no name, but has {quoted(name)}")
    key = f"{kind}:{name}"
    if key in entries:
        raise _BrokenBlockError(line, f"a second entry {quoted(key)}", "was a line between two files lost?")
    bits = (Bits.READ, Bits.WRITE, Bits.EXECUTE)
    given = [bit for bit, letter in zip(bits, entry.group(4, 5, 6), strict=True) if letter != "-"]
    entries[key] = Bits(sum(given))


def _acl(entries: dict[str, Bits], line: int) -> Acl:
    for key in _MANDATORY:
        if key not in entries:
            message = f"the access control list has no entry {quoted(key + ':')}"
            raise _BrokenBlockError(line, message, "was the export cut off?", short=True)
    users, groups = _named(entries, "user:"), _named(entries, "group:")
    mask = entries.get("mask:")
    if mask is None and (users or groups):
        message = "the access control list names users or groups and has no mask"
        raise _BrokenBlockError(line, message, "was the export cut off?", short=True)
    return Acl(entries["user:"], entries["group:"], entries["other:"], users, groups, mask)


def _named(entries: dict[str, Bits], kind: str) -> tuple[tuple[str, Bits], ...]:
    return tuple(
        sorted((key.removeprefix(kind), bits) for key, bits in entries.items() if key.startswith(kind) and key != kind)
    )


def _flags(written: str, line: int) -> Flags:
    found = _FLAGS.fullmatch(written)
    if found is None:
        raise _BrokenBlockError(line, f"unknown flags {quoted(written)}", "expected three characters such as `--t`")
    flags = (Flags.SETUID, Flags.SETGID, Flags.STICKY)
    return Flags(sum(flag for flag, letter in zip(flags, found.groups(), strict=True) if letter != "-"))


def _unknown(text: str, line: int) -> _BrokenBlockError:
    if _NFS4.fullmatch(text):
        message = "this is an access control list of NFSv4, not of POSIX"
        return _BrokenBlockError(line, message, "only POSIX access control lists can be read")
    if text.startswith(_FILE):
        return _BrokenBlockError(line, "a file begins before the one above has ended", "was a line lost?")
    return _BrokenBlockError(line, f"{_beginning(text)} is no entry of an access control list", "was the line damaged?")


def _beginning(text: str) -> str:
    """Quote what a line begins with. SECURITY: of a line of shadow(5) that is no hash."""
    return f"a line that begins with {quoted(text.partition(':')[0])}"
