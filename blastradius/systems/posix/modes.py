"""What chmod(1) and chown(1) make of the protection of a file.

Source: chmod(1) and chown(1) of GNU coreutils 9.1; ``posix_acl_chmod`` and ``setattr_prepare`` of Linux 6.18.
"""

import re
from dataclasses import dataclass, replace

from blastradius.systems.posix.objects import Acl, Bits, Flags, Protection

_NUMBER = re.compile(r"[0-7]{1,5}", re.ASCII)
_CLAUSE = re.compile(r"(?P<who>[ugoa]*)(?P<steps>(?:[-+=](?:[ugo]|[rwxXst]*))+)", re.ASCII)
_STEP = re.compile(r"([-+=])([ugo]|[rwxXst]*)", re.ASCII)
_SHIFTS = {"u": 6, "g": 3, "o": 0}
_AFFECTED = {"u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000}
_ALL = 0o7777
_UMASK = 0o022
"""What `chmod +w` without saying who leaves out: the usual setting, since nobody knows that of the shell."""


@dataclass(frozen=True, slots=True)
class ModeChange:
    """What was asked of chmod, checked.

    Attributes:
        text: Digits, or clauses such as ``g+w,o=``.
    """

    text: str


def mode_change(text: str) -> ModeChange | None:
    """Check a mode; None for what chmod would not take."""
    if _NUMBER.fullmatch(text) or (text and all(_CLAUSE.fullmatch(clause) for clause in text.split(","))):
        return ModeChange(text)
    return None


def mode_of(protection: Protection) -> int:
    """Give the mode as ls(1) and stat(2) show it: the mask stands in for the group where there is one."""
    acl = protection.acl
    middle = acl.group if acl.mask is None else acl.mask
    return int(protection.flags) << 9 | int(acl.user) << 6 | int(middle) << 3 | int(acl.other)


def with_mode(protection: Protection, change: ModeChange, *, directory: bool) -> Protection:
    """Change the mode.

    Args:
        protection: As it is.
        change: What to change.
        directory: Whether it is a directory: ``X`` always gives ``x`` there, and digits keep setuid and setgid.
    """
    before = mode_of(protection)
    if _NUMBER.fullmatch(change.text):
        mode = int(change.text, 8) & 0o7777
        if directory and len(change.text) < 5:
            mode |= before & 0o6000
    else:
        mode = before
        for clause in change.text.split(","):
            mode = _with_clause(mode, clause, directory=directory)
    return _with_bits(protection, mode)


def with_owner(protection: Protection, owner: str | None, group: str | None, *, directory: bool) -> Protection:
    """Give a file to another owner or group, or both; Linux then takes the setuid and setgid bits of programs away."""
    changed = replace(protection, owner=owner or protection.owner, group=group or protection.group)
    if directory:
        return changed
    flags = changed.flags & ~Flags.SETUID
    # Without `x` of the group the bit means mandatory locking, and stays.
    if mode_of(changed) & 0o010:
        flags &= ~Flags.SETGID
    return replace(changed, flags=flags)


def _with_clause(mode: int, clause: str, *, directory: bool) -> int:
    found = _CLAUSE.fullmatch(clause)
    assert found is not None
    affected = 0
    for who in found["who"]:
        affected |= _AFFECTED[who]
    # Without saying who, the umask holds some back.
    limit = affected or ~_UMASK
    for operator, letters in _STEP.findall(found["steps"]):
        asked = _asked(letters)
        # The setuid and setgid bits of a directory stay, unless they are named.
        kept = 0o6000 & ~((affected or _ALL) & asked) if directory else 0
        value = _value(mode, letters, directory=directory) & limit & ~kept
        match operator:
            case "+":
                mode |= value
            case "-":
                mode &= ~value
            case _:
                mode = mode & (~affected & _ALL if affected else 0) | mode & kept | value
    return mode


def _asked(letters: str) -> int:
    """Give the bits that letters stand for, whoever is meant."""
    return sum(bits for letter, bits in _BITS.items() if letter in letters) if letters not in _SHIFTS else 0


def _value(mode: int, letters: str, *, directory: bool) -> int:
    if letters in _SHIFTS:
        return (mode >> _SHIFTS[letters] & 0o7) * 0o111
    value = _asked(letters)
    if "X" in letters and (directory or mode & 0o111):
        value |= 0o111
    return value


def _with_bits(protection: Protection, mode: int) -> Protection:
    acl = protection.acl
    user, middle, other = (Bits(mode >> shift & 0o7) for shift in (6, 3, 0))
    if acl.mask is None:
        changed = Acl(user, middle, other)
    else:
        # What chmod calls the group is the mask here: the group itself keeps its entry.
        changed = replace(acl, user=user, mask=middle, other=other)
    return replace(protection, acl=changed, flags=Flags(mode >> 9))
