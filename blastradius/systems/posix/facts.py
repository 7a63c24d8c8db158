"""A machine as facts: who may do what with every file and directory.

Source: acl(5), path_resolution(7), unlink(2), rename(2), chmod(2), capabilities(7) of Linux man-pages 6.03.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blastradius.model.snapshot import Grant, Principal, Resource, Snapshot
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.posix.accounts import Accounts
from blastradius.systems.posix.actions import (
    ACL_CHANGE,
    ACTIONS,
    DIR_LIST,
    DIR_MODIFY,
    DIR_SEARCH,
    DIR_WRITE,
    ENTRY_REPLACE,
    FILE_EXECUTE,
    FILE_READ,
    FILE_WRITE,
)
from blastradius.systems.posix.circles import Circle, circle_of
from blastradius.systems.posix.membership import add_membership
from blastradius.systems.posix.names import path_id
from blastradius.systems.posix.newcomers import newcomer
from blastradius.systems.posix.objects import Bits, Flags, Inode, Machine, Protection, User
from blastradius.systems.posix.paths import HERE, folder_of, folders_of
from blastradius.systems.posix.programs import Programs
from blastradius.systems.posix.subjects import Gate, Subjects

SYSTEM = "posix"
_FILE_NEEDS = ((FILE_READ, Bits.READ), (FILE_WRITE, Bits.WRITE), (FILE_EXECUTE, Bits.EXECUTE))
_DIRECTORY_NEEDS = (
    (DIR_LIST, Bits.READ),
    (DIR_WRITE, Bits.WRITE),
    (DIR_SEARCH, Bits.EXECUTE),
    (DIR_MODIFY, Bits.WRITE | Bits.EXECUTE),
)
_FILE_LABELS = (("type", "file"),)
_DIRECTORY_LABELS = (("type", "directory"),)

Rights = tuple[tuple[str, frozenset[str]], ...]


def build(machine: Machine, other: Iterable[Inode] = (), *, doubting: bool = False) -> Snapshot:
    """Turn a machine into facts.

    Args:
        machine: Everything that is known.
        other: The files of the other side of a comparison. They tell directories from files, and what stands for the
            files that are yet to be made in a directory stands on both sides.
        doubting: Whether there are users that no listing holds.

    Returns:
        A snapshot with nothing in ``unread`` or ``coverage``.

    Cost: linear in the files; one set of groups for each distinct access control list below the same gates.
    """
    return _Builder(machine, tuple(other), doubting=doubting or not machine.users_listed).build()


@dataclass(frozen=True, slots=True)
class Folder:
    """What a directory means for what is in it.

    Attributes:
        gate: Who gets through it; None when everybody does.
        modifying: The group of those who may make and delete entries in it.
    """

    inode: Inode
    gate: Gate | None
    modifying: str


class _Builder:
    """Walks the files, directories before what is in them."""

    def __init__(self, machine: Machine, other: Sequence[Inode], *, doubting: bool) -> None:
        self._machine = machine
        self._accounts = Accounts(machine)
        self._subjects = Subjects(self._accounts, doubting=doubting)
        self._programs = Programs(self._subjects)
        elsewhere = (inode.path for inode in other)
        self._directories = folders_of(machine.inodes) | folders_of(elsewhere) | machine.directories
        self._directories |= {inode.path for inode in other if inode.protection.shows_directory}
        both = (*machine.inodes.values(), *other)
        self._with_default = {inode.path for inode in both if inode.protection.default is not None}
        self._folders: dict[str, Folder] = {}
        self._resources: dict[str, Resource] = {}
        self._grants: list[Grant] = []
        self._circles: dict[tuple[int, Bits], Circle] = {}
        self._rights: dict[tuple[int, bool, str, str], Rights] = {}

    def build(self) -> Snapshot:
        inodes = self._machine.inodes
        for path in sorted(inodes, key=lambda path: (path != HERE, path)):
            self._add(inodes[path])
        for path in sorted(self._machine.links):
            self._add_links(inodes[path])
        add_membership(self._machine, self._subjects)
        self._programs.add_to_groups()
        self._subjects.finish(self._first_place())
        principals: dict[str, Principal] = {**self._subjects.principals, **self._programs.principals}
        self._programs.let_run(principals)
        return Snapshot(
            system=SYSTEM,
            actions=ACTIONS,
            principals=dict(sorted(principals.items())),
            groups=dict(sorted(self._subjects.groups.items())),
            resources=self._resources,
            grants=tuple(self._grants),
        )

    def _first_place(self) -> Source:
        first: Inode | User | None = next(iter(self._machine.users.values()), None)
        first = first or next(iter(self._machine.inodes.values()), None)
        return first.source if first else NOWHERE

    def _add(self, inode: Inode) -> None:
        folder = self._folder_above(inode.path)
        gate = folder.gate if folder is not None else None
        protection = inode.protection
        is_directory = self._is_directory(inode)
        name = path_id(inode.path)
        parents = (path_id(folder.inode.path),) if folder is not None else ()
        labels = _DIRECTORY_LABELS if is_directory else _FILE_LABELS
        self._resources[name] = Resource(name, parents, inherits=False, labels=labels, source=inode.source)
        replacing = self._replacing(inode, folder)
        for subject, actions in self._rights_of(inode, gate, replacing, is_directory=is_directory):
            self._grants.append(Grant(subject, name, actions=actions, source=inode.source))
        if is_directory:
            self._add_folder(inode, gate, name)
        elif protection.flags & (Flags.SETUID | Flags.SETGID) and protection.acl.executable:
            circle = self._circle(protection, Bits.EXECUTE)
            self._programs.add(inode, self._subjects.within(circle, gate, inode.source))

    def _add_links(self, inode: Inode) -> None:
        """Give those who get to a file by one of its names what they so get of it under the others."""
        folder = self._folder_above(inode.path)
        rights = self._rights_of(inode, folder.gate if folder is not None else None, "", is_directory=False)
        for other in sorted(self._machine.links[inode.path] - {inode.path}):
            self._grants += [
                Grant(subject, path_id(other), actions=actions, source=inode.source) for subject, actions in rights
            ]

    def _add_folder(self, inode: Inode, gate: Gate | None, name: str) -> None:
        circle = self._circle(inode.protection, Bits.WRITE | Bits.EXECUTE)
        modifying = self._subjects.within(circle, gate, inode.source)
        passing = self._circle(inode.protection, Bits.EXECUTE)
        inner = self._subjects.gate(inode.path, passing, gate, inode.source)
        self._folders[inode.path] = Folder(inode, inner, modifying)
        if inode.path in self._with_default:
            resource, grants = newcomer(inode, inner, modifying, name, self._subjects)
            self._resources[resource.id] = resource
            self._grants.extend(grants)

    def _folder_above(self, path: str) -> Folder | None:
        above = folder_of(path)
        while above is not None:
            folder = self._folders.get(above)
            if folder is not None:
                return folder
            above = folder_of(above)
        return None

    def _is_directory(self, inode: Inode) -> bool:
        shows = inode.protection.shows_directory and inode.path not in self._machine.files
        return shows or inode.path in self._directories

    def _circle(self, protection: Protection, need: Bits) -> Circle:
        key = (id(protection), need)
        if key not in self._circles:
            acl = protection.acl
            self._circles[key] = circle_of(protection.owner, protection.group, acl, need, self._accounts)
        return self._circles[key]

    def _replacing(self, inode: Inode, folder: Folder | None) -> str:
        """Name those who may delete or rename an entry; empty when nothing is known of the directory it is in."""
        if folder is None or folder_of(inode.path) != folder.inode.path:
            return ""
        if not folder.inode.protection.flags & Flags.STICKY:
            return folder.modifying
        accounts = self._accounts
        keys = {accounts.user_key(one.protection.owner) for one in (inode, folder.inode)}
        owners = Circle(tuple(sorted(key for key in keys if not accounts.is_root(key))))
        path = folder.inode.path
        return self._subjects.owners_within(owners, folder.modifying, path, folder.inode.source)

    def _rights_of(self, inode: Inode, gate: Gate | None, replacing: str, *, is_directory: bool) -> Rights:
        """List who may do what with a file; files with the same list in the same place share one answer."""
        protection = inode.protection
        key = (id(protection), is_directory, gate.subject if gate else "", replacing)
        rights = self._rights.get(key)
        if rights is None:
            rights = self._rights[key] = self._fresh_rights(inode, gate, replacing, is_directory=is_directory)
        return rights

    def _fresh_rights(self, inode: Inode, gate: Gate | None, replacing: str, *, is_directory: bool) -> Rights:
        protection, subjects, source = inode.protection, self._subjects, inode.source
        found: dict[str, set[str]] = {}

        def allow(circle: Circle, action: str) -> None:
            found.setdefault(subjects.within(circle, gate, source), set()).add(action)

        for action, need in _DIRECTORY_NEEDS if is_directory else _FILE_NEEDS:
            if action != FILE_EXECUTE or protection.acl.executable:
                allow(self._circle(protection, need), action)
        owner = self._accounts.user_key(protection.owner)
        allow(Circle(() if self._accounts.is_root(owner) else (owner,)), ACL_CHANGE)
        if replacing:
            found.setdefault(replacing, set()).add(ENTRY_REPLACE)
        return tuple((subject, frozenset(actions)) for subject, actions in sorted(found.items()))
