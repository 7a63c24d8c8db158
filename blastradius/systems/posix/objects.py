"""The things of a POSIX system as values: files with their access control lists, users, groups.

Source: acl(5), getfacl(1), passwd(5), group(5); POSIX 1003.1e draft 17, section 23.
"""

from dataclasses import dataclass, field
from enum import IntFlag

from blastradius.model.sources import NOWHERE, Source

ROOT_UID = 0


class Bits(IntFlag):
    """Permissions of one entry, as in the octal digits of chmod(1)."""

    NONE = 0
    EXECUTE = 1
    WRITE = 2
    READ = 4


class Flags(IntFlag):
    """The three further bits of a mode, as in the first octal digit of chmod(1)."""

    NONE = 0
    STICKY = 1
    SETGID = 2
    SETUID = 4


@dataclass(frozen=True, slots=True)
class Acl:
    """An access control list, or a default one. Without named entries and mask it is what a mode says.

    Attributes:
        user: What the owner may.
        group: What the owning group may, before the mask.
        other: What whoever matches nothing else may.
        users: (user, permissions) of the named users, sorted.
        groups: (group, permissions) of the named groups, sorted.
        mask: The most that named users and all groups may; None when there is no mask.
    """

    user: Bits
    group: Bits
    other: Bits
    users: tuple[tuple[str, Bits], ...] = ()
    groups: tuple[tuple[str, Bits], ...] = ()
    mask: Bits | None = None

    @property
    def extended(self) -> bool:
        """Whether it says more than a mode can."""
        return self.mask is not None or bool(self.users or self.groups)

    @property
    def executable(self) -> bool:
        """Whether the mode that goes with it holds any ``x``: without one, not even root runs the file."""
        middle = self.group if self.mask is None else self.mask
        return bool((self.user | middle | self.other) & Bits.EXECUTE)


@dataclass(frozen=True, slots=True)
class Protection:
    """Everything that says who may do what with a file; many files share one.

    Attributes:
        owner: Name of the owner, or its number in digits where nobody knows a name.
        group: The same of the owning group.
        acl: Who may what.
        default: What new files in a directory begin with; None when there is nothing of the kind.
        flags: Setuid, setgid and sticky bit.
    """

    owner: str
    group: str
    acl: Acl
    default: Acl | None = None
    flags: Flags = Flags.NONE

    @property
    def shows_directory(self) -> bool:
        """Whether hardly anything but a directory is protected like this."""
        return self.default is not None or bool(self.flags & Flags.STICKY)


@dataclass(frozen=True, slots=True)
class Inode:
    """A file or a directory under one of its paths.

    Attributes:
        path: As exported, without a trailing slash, ``./`` at its beginning and doubled slashes.
    """

    path: str
    protection: Protection
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """A line of passwd, without its password, name of a person, home and shell.

    Attributes:
        gid: Number of the primary group.
    """

    name: str
    uid: int
    gid: int
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class UserGroup:
    """A line of group, without its password.

    Attributes:
        members: Names of users in it beside those whose primary group it is, each with the place it was read from.
    """

    name: str
    gid: int
    members: tuple[tuple[str, Source], ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(slots=True)
class Machine:
    """One state of everything: a container to edit, of values to replace.

    Attributes:
        inodes: Files and directories by path.
        users: Listed users by name.
        groups: Listed groups by name.
        users_listed: Whether a listing of users was given.
        groups_listed: Whether a listing of groups was given.
        directories: Paths that are directories although nothing below them is listed.
        files: Paths that are none, although their protection looks like that of one.
        links: By path, all paths of the same file, itself included; only for files with several (hard links).
    """

    inodes: dict[str, Inode] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, UserGroup] = field(default_factory=dict)
    users_listed: bool = False
    groups_listed: bool = False
    directories: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    links: dict[str, frozenset[str]] = field(default_factory=dict)
