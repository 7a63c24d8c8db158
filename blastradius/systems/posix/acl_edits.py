"""What setfacl(1) makes of the protection of a file.

Source: setfacl(1) and ``do_set.c`` of acl 2.3.1.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto

from blastradius.systems.posix.accounts import Accounts
from blastradius.systems.posix.objects import Acl, Bits, Protection

_TAGS = {"u": "user", "g": "group", "m": "mask", "o": "other"}
_LETTERS = re.compile(r"[rwxX-]*", re.ASCII)
_DIGIT = re.compile(r"[0-7]", re.ASCII)


class Tag(StrEnum):
    """What an entry is about."""

    USER = "user"
    GROUP = "group"
    MASK = "mask"
    OTHER = "other"


class Recalculation(Enum):
    """Whether the mask is made anew from the entries below it."""

    UNLESS_GIVEN = auto()
    NEVER = auto()
    ALWAYS = auto()


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """One entry to set or to take out.

    Attributes:
        tag: What it is about.
        name: A user or a group; empty for the owner, the owning group, mask and other.
        bits: What it gives; None to take the entry out.
        conditional: Whether ``X`` was asked for: ``x`` for directories and where somebody has it.
        default: Whether the default list is meant.
    """

    tag: Tag
    name: str = ""
    bits: Bits | None = None
    conditional: bool = False
    default: bool = False


class MalformedAclError(ValueError):
    """The entries make no access control list, and setfacl would refuse them."""


def entry_edits(text: str, *, removing: bool = False, default: bool = False) -> tuple[EntryEdit, ...] | None:
    """Read the entries that ``-m``, ``-x`` and ``--set`` take.

    Args:
        text: Entries separated by commas, such as ``u:bo:rX,d:g::r``.
        removing: Whether they come without permissions.
        default: Whether all of them are about the default list.

    Returns:
        None when setfacl would not take one of them.
    """
    edits = [_edit(entry.strip(), removing=removing, default=default) for entry in text.split(",") if entry.strip()]
    whole = tuple(edit for edit in edits if edit is not None)
    return whole if whole and len(whole) == len(edits) else None


def with_entries(
    protection: Protection,
    edits: Sequence[EntryEdit],
    *,
    directory: bool,
    accounts: Accounts,
    recalculation: Recalculation = Recalculation.UNLESS_GIVEN,
) -> Protection:
    """Set and take out entries.

    Args:
        protection: As it is.
        edits: In order.
        directory: Whether it is a directory: only those have default lists, and ``X`` always gives ``x`` there.
        accounts: Tells that a name and a number are one user.
        recalculation: Whether the mask follows.

    Raises:
        MalformedAclError: When the result is no list: named entries without a mask.
    """
    access = [edit for edit in edits if not edit.default]
    changed = protection.acl
    if access:
        changed = _with(protection.acl, access, accounts, recalculation, directory=directory)
    default = [edit for edit in edits if edit.default]
    inherited = protection.default
    if default and directory:
        # A default list that is not there yet begins with what the mode gives.
        begun = inherited or Acl(changed.user, changed.group, changed.other)
        wanted = any(edit.bits is not None for edit in default)
        if wanted or inherited is not None:
            inherited = _with(begun, default, accounts, recalculation, directory=directory)
    return replace(protection, acl=changed, default=inherited)


def without_entries(protection: Protection) -> Protection:
    """Take all entries out that a mode does not have (``-b``); the group keeps no more than the mask left it."""
    acl = protection.acl
    group = acl.group if acl.mask is None else acl.group & acl.mask
    return replace(protection, acl=Acl(acl.user, group, acl.other), default=None)


def without_default(protection: Protection) -> Protection:
    """Take the default list away (``-k``)."""
    return replace(protection, default=None)


def _edit(entry: str, *, removing: bool, default: bool) -> EntryEdit | None:
    parts = entry.split(":")
    if parts[0] in ("d", "default") and len(parts) > 1:
        default, parts = True, parts[1:]
    tag = next((Tag(whole) for short, whole in _TAGS.items() if parts[0] in (short, whole)), None)
    if tag is None:
        # A bare name is a user.
        tag, parts = Tag.USER, ["user", *parts]
    rest = parts[1:]
    if tag in (Tag.MASK, Tag.OTHER) and rest and rest[0] and not removing and len(rest) == 1:
        rest = ["", *rest]
    name = rest[0] if rest else ""
    if name and tag in (Tag.MASK, Tag.OTHER):
        return None
    if removing:
        return EntryEdit(tag, name, default=default) if len(rest) <= 1 or not any(rest[1:]) else None
    if len(rest) != 2:
        return None
    return _with_permissions(EntryEdit(tag, name, default=default), rest[1])


def _with_permissions(edit: EntryEdit, written: str) -> EntryEdit | None:
    if _DIGIT.fullmatch(written):
        return replace(edit, bits=Bits(int(written)))
    if not written or not _LETTERS.fullmatch(written):
        return None
    bits = sum(bit for letter, bit in (("r", Bits.READ), ("w", Bits.WRITE), ("x", Bits.EXECUTE)) if letter in written)
    return replace(edit, bits=Bits(bits), conditional="X" in written)


def _with(
    acl: Acl, edits: Sequence[EntryEdit], accounts: Accounts, recalculation: Recalculation, *, directory: bool
) -> Acl:
    entries = _Entries(acl, accounts)
    for edit in edits:
        if edit.bits is None:
            entries.remove(edit)
        else:
            entries.set(edit, edit.bits, directory=directory)
    is_mask_given = any(edit.tag is Tag.MASK for edit in edits)
    return entries.finished(recalculation, is_mask_given=is_mask_given)


class _Entries:
    """A list taken apart."""

    def __init__(self, acl: Acl, accounts: Accounts) -> None:
        self._acl = acl
        self._keys = {Tag.USER: accounts.user_key, Tag.GROUP: accounts.group_key}
        self._named = {Tag.USER: dict(acl.users), Tag.GROUP: dict(acl.groups)}

    def set(self, edit: EntryEdit, bits: Bits, *, directory: bool) -> None:
        if edit.conditional and (directory or self._anybody_executes()):
            bits |= Bits.EXECUTE
        if edit.name:
            self._named[edit.tag][self._known(edit)] = bits
            return
        match edit.tag:
            case Tag.USER:
                self._acl = replace(self._acl, user=bits)
            case Tag.GROUP:
                self._acl = replace(self._acl, group=bits)
            case Tag.MASK:
                self._acl = replace(self._acl, mask=bits)
            case Tag.OTHER:
                self._acl = replace(self._acl, other=bits)

    def remove(self, edit: EntryEdit) -> None:
        if edit.name:
            self._named[edit.tag].pop(self._known(edit), None)
        elif edit.tag is Tag.MASK:
            self._acl = replace(self._acl, mask=None)

    def finished(self, recalculation: Recalculation, *, is_mask_given: bool) -> Acl:
        acl = self._acl
        users, groups = (tuple(sorted(self._named[tag].items())) for tag in (Tag.USER, Tag.GROUP))
        acl = replace(acl, users=users, groups=groups)
        if not acl.extended:
            return acl
        if acl.mask is None and not is_mask_given:
            acl = replace(acl, mask=acl.group)
        follows = recalculation is Recalculation.ALWAYS or (
            recalculation is Recalculation.UNLESS_GIVEN and not is_mask_given
        )
        if follows:
            bits = acl.group
            for _, given in (*users, *groups):
                bits |= given
            acl = replace(acl, mask=bits)
        if acl.mask is None:
            raise MalformedAclError("named users and groups need a mask")
        return acl

    def _known(self, edit: EntryEdit) -> str:
        """Give the name under which a user or group stands in the list already; else the one it was written with."""
        key = self._keys[edit.tag]
        wanted = key(edit.name)
        return next((name for name in self._named[edit.tag] if key(name) == wanted), wanted)

    def _anybody_executes(self) -> bool:
        acl = self._acl
        given = [
            acl.user,
            acl.group,
            acl.other,
            *(bits for entries in self._named.values() for bits in entries.values()),
        ]
        return any(bits & Bits.EXECUTE for bits in given) or bool((acl.mask or Bits.NONE) & Bits.EXECUTE)
