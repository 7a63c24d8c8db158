"""Documents to one machine: its files, its users, its groups."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from blastradius.documents import Document, quoted
from blastradius.model.sources import Problem, Source
from blastradius.systems.posix.account_text import AccountText, read_groups, read_users, shadow_problem
from blastradius.systems.posix.acl_text import AclText, read_acl_text
from blastradius.systems.posix.file_listing import FileListing, read_file_listing
from blastradius.systems.posix.objects import Inode, Machine, Protection, User, UserGroup
from blastradius.systems.posix.texts import Form, form_of

_NAMES_ARE_NUMBERS = "export names and listings from the same machine; only one of the two can count"


@dataclass(slots=True)
class Read:
    """What was read, and how much of it there was.

    Attributes:
        machine: Everything that was understood.
        acls: What each export of access control lists held, by the label of its file, in the order given.
        users, groups, files: The same of the listings.
        errors: What contradicts the format.
        unread: What was not understood.
    """

    machine: Machine = field(default_factory=Machine)
    acls: list[tuple[str, AclText]] = field(default_factory=list)
    users: list[tuple[str, AccountText]] = field(default_factory=list)
    groups: list[tuple[str, AccountText]] = field(default_factory=list)
    files: list[tuple[str, FileListing]] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)


def read_machine(documents: Iterable[Document]) -> Read:
    """Read all documents of one machine.

    Args:
        documents: Recognised ones.
    """
    found = Read()
    for document in documents:
        form = form_of(document)
        label = document.file.label
        match form:
            case Form.ACLS:
                text = read_acl_text(document)
                found.acls.append((label, text))
                found.errors += text.problems
            case Form.USERS:
                listing = read_users(document)
                found.users.append((label, listing))
                found.errors += listing.problems
            case Form.GROUPS:
                listing = read_groups(document)
                found.groups.append((label, listing))
                found.errors += listing.problems
            case Form.FILES:
                files = read_file_listing(document)
                found.files.append((label, files))
                found.errors += files.problems
            case Form.SHADOW:
                found.errors.append(shadow_problem(document))
            case Form.HEADLESS:
                message = "the access control lists do not say which files they belong to"
                advice = "export with `getfacl -R -P -p`, without `--omit-header`"
                found.errors.append(Problem(message, Source(label, document.line), advice))
            case Form.TABULAR:
                advice = "export with `getfacl -R -P -p`, without `--tabular`"
                found.errors.append(
                    Problem("this is the table for people to read", Source(label, document.line), advice)
                )
            case None:
                pass
            case _:
                assert_never(form)
    _fill(found)
    return found


def paths_in(documents: Sequence[Document]) -> Iterator[Inode]:
    """Yield the files that documents name, those that contradict their format left out."""
    for document in documents:
        if form_of(document) is Form.ACLS:
            yield from read_acl_text(document).inodes


def _fill(found: Read) -> None:
    machine = found.machine
    machine.users_listed, machine.groups_listed = bool(found.users), bool(found.groups)
    for _, text in found.acls:
        for inode in text.inodes:
            first = machine.inodes.setdefault(inode.path, inode)
            if first.protection != inode.protection:
                message = f"{quoted(inode.path)} is given twice, with different content: first in {first.source}"
                found.errors.append(Problem(message, inode.source, "keep one of the two, or make them agree"))
    machine.directories.update(*(files.directories for _, files in found.files))
    machine.files.update(*(files.files for _, files in found.files))
    for _, files in found.files:
        for paths in files.names.values():
            machine.links.update(_links(machine, paths))
    for _, listing in found.users:
        for user in listing.users:
            _add_user(found, user)
    for _, listing in found.groups:
        for group in listing.groups:
            _add_group(found, group)


def _links(machine: Machine, paths: Iterable[str]) -> dict[str, frozenset[str]]:
    """Tell which paths are of one file, as far as they are exported: those with the same protection."""
    alike: dict[Protection, set[str]] = {}
    for path in paths:
        if path in machine.inodes:
            alike.setdefault(machine.inodes[path].protection, set()).add(path)
    return {path: frozenset(same) for same in alike.values() if len(same) > 1 for path in same}


def _add_user(found: Read, user: User) -> None:
    first = found.machine.users.setdefault(user.name, user)
    if first != user:
        message = f"the user {quoted(user.name)} is listed with other numbers in {first.source}, which count"
        found.unread.append(Problem(message, user.source, _NAMES_ARE_NUMBERS))


def _add_group(found: Read, group: UserGroup) -> None:
    """Take a group; listed by several services, it has the members that any of them lists."""
    first = found.machine.groups.setdefault(group.name, group)
    if first is group:
        return
    if first.gid != group.gid:
        message = f"the group {quoted(group.name)} is listed with another number in {first.source}, which counts"
        found.unread.append(Problem(message, group.source, _NAMES_ARE_NUMBERS))
    members = dict(reversed((*first.members, *group.members)))
    found.machine.groups[group.name] = replace(first, members=tuple(sorted(members.items())))
