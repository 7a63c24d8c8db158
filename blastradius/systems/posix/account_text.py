"""The listings of users and groups that getent(1) writes, and the files they come from.

Source: passwd(5), group(5), nsswitch.conf(5).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blastradius.documents import Document, PlainText, quoted
from blastradius.model.sources import Problem, Source
from blastradius.systems.posix.objects import User, UserGroup

_ID_MAX = 2**32 - 2
_NUMBER = re.compile(r"[0-9]{1,10}", re.ASCII)
_HELP = {"user": "expected a line of `getent passwd`", "group": "expected a line of `getent group`"}
_PROBLEMS_MAX = 100


@dataclass(slots=True)
class AccountText:
    """What one listing holds.

    Attributes:
        users: In the order of the text.
        groups: In the order of the text.
        problems: What contradicts the format.
        elsewhere: Lines that take users from a service that the file does not hold.
        cut: Where the text breaks off; None when its last line ends.
    """

    users: list[User] = field(default_factory=list)
    groups: list[UserGroup] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    elsewhere: list[Source] = field(default_factory=list)
    cut: Source | None = None


def read_users(document: Document) -> AccountText:
    """Read a listing of users. SECURITY: what stands in the field of the password is looked at by nobody."""
    found = AccountText()
    for source, fields, last in _rows(document, "user", 7, found):
        uid, gid = _number(fields[2]), _number(fields[3])
        if uid is None or gid is None:
            _refuse(found, source, last, f"the user {quoted(fields[0])} has no number, or none for its group", "user")
        else:
            found.users.append(User(fields[0], uid, gid, source))
    return found


def read_groups(document: Document) -> AccountText:
    """Read a listing of groups. SECURITY: what stands in the field of the password is looked at by nobody."""
    found = AccountText()
    for source, fields, last in _rows(document, "group", 4, found):
        gid = _number(fields[2])
        if gid is None:
            _refuse(found, source, last, f"the group {quoted(fields[0])} has no number", "group")
            continue
        names = dict.fromkeys(name for name in (name.strip() for name in fields[3].split(",")) if name)
        found.groups.append(UserGroup(fields[0], gid, tuple((name, source) for name in names), source))
    return found


def shadow_problem(document: Document) -> Problem:
    """Refuse a listing of password hashes. SECURITY: no word of it is repeated."""
    advice = "give the output of `getent passwd` and `getent group`, and delete this copy"
    return Problem("this file holds password hashes, which nobody needs here", Source(document.file.label, 1), advice)


def _rows(document: Document, kind: str, width: int, found: AccountText) -> Iterator[tuple[Source, list[str], bool]]:
    """Yield the place and the fields of every line, and whether the text breaks off in it."""
    assert isinstance(document.value, PlainText)
    lines = document.value.lines
    whole = document.value.text.endswith("\n")
    for number, line in enumerate(lines, 1):
        source = Source(document.file.label, number)
        is_last = number == len(lines) and not whole
        if is_last:
            found.cut = source
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] in "+-":
            found.elsewhere.append(source)
            continue
        fields = line.split(":")
        if len(fields) != width or not fields[0].strip():
            message = f"the line has {len(fields)} fields, and {width} belong to a {kind}"
            _refuse(found, source, is_last, message, kind)
        else:
            yield source, fields, is_last


def _refuse(found: AccountText, source: Source, is_last: bool, message: str, kind: str) -> None:
    if not is_last and len(found.problems) < _PROBLEMS_MAX:
        found.problems.append(Problem(message, source, _HELP[kind]))


def _number(written: str) -> int | None:
    number = int(written) if _NUMBER.fullmatch(written) else -1
    return number if 0 <= number <= _ID_MAX else None
