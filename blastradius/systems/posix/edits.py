"""Changes to a machine as the commands make them, to files and everything below them.

Nothing is checked here but whether the path is known: who may make the change is no part of what it does.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.posix.objects import Machine, Protection, UserGroup
from blastradius.systems.posix.paths import TOP, folder_of, folders_of

Change = Callable[[Protection, bool], Protection]
"""Makes a new protection of an old one, told whether it is that of a directory."""


def protect(machine: Machine, path: str, change: Change, *, recursive: bool = False, source: Source = NOWHERE) -> int:
    """Change the protection of a file under all its names, and of everything below it.

    Args:
        machine: Is changed.
        path: A known path, in its plain form.
        change: What to do with each.
        recursive: Whether what lies below is meant too.
        source: Where the command stands; the place of what was changed.

    Returns:
        How many files and directories were changed.
    """
    named = [path, *(_below(machine, path) if recursive else ())]
    paths = dict.fromkeys(one for name in named for one in sorted(machine.links.get(name, (name,))))
    directories = folders_of(machine.inodes) | machine.directories
    changed = 0
    for one in paths:
        inode = machine.inodes[one]
        shows = inode.protection.shows_directory and one not in machine.files
        is_directory = shows or one in directories
        protection = change(inode.protection, is_directory)
        if protection != inode.protection:
            machine.inodes[one] = replace(inode, protection=protection, source=source if source.file else inode.source)
            changed += 1
            # What told it to be a directory may be what was taken away.
            if is_directory:
                machine.directories.add(one)
    return changed


def add_member(machine: Machine, group: str, user: str, source: Source = NOWHERE) -> bool:
    """Put a user into a listed group; False when it is in there."""
    listed = machine.groups[group]
    if any(name == user for name, _ in listed.members):
        return False
    machine.groups[group] = replace(listed, members=(*listed.members, (user, source)))
    return True


def remove_member(machine: Machine, group: str, user: str) -> bool:
    """Take a user out of a listed group; False when it is not in there. A primary group stays."""
    listed = machine.groups[group]
    kept = tuple(member for member in listed.members if member[0] != user)
    machine.groups[group] = replace(listed, members=kept)
    return len(kept) < len(listed.members)


def set_groups(machine: Machine, user: str, groups: frozenset[str], source: Source = NOWHERE) -> None:
    """Put a user into these groups and no others, as ``usermod -G`` does; the primary group stays."""
    for name in sorted(machine.groups):
        if name in groups:
            add_member(machine, name, user, source)
        else:
            remove_member(machine, name, user)


def set_primary_group(machine: Machine, user: str, group: UserGroup) -> None:
    """Give a listed user another primary group, as ``usermod -g`` does."""
    machine.users[user] = replace(machine.users[user], gid=group.gid)


def _below(machine: Machine, path: str) -> Iterator[str]:
    if folder_of(path) is None and path != TOP:
        return iter([one for one in machine.inodes if one != path and not one.startswith(TOP)])
    start = path.removesuffix("/") + "/"
    return iter([one for one in machine.inodes if one.startswith(start) and one != path])
