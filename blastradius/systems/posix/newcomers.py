"""What stands for the files that are yet to be made in a directory.

It is there where a default access control list says something about them, on this side of a comparison or the other.
"""

from collections.abc import Iterator

from blastradius.model.snapshot import Grant, Resource
from blastradius.model.sources import Source
from blastradius.systems.posix.actions import ACL_CHANGE, FILE_EXECUTE, FILE_READ, FILE_WRITE
from blastradius.systems.posix.circles import EVERYBODY, circle_of
from blastradius.systems.posix.names import new_id
from blastradius.systems.posix.objects import Bits, Flags, Inode
from blastradius.systems.posix.subjects import Gate, Subjects

_NEEDS = ((FILE_READ, Bits.READ), (FILE_WRITE, Bits.WRITE), (FILE_EXECUTE, Bits.EXECUTE))
_LABELS = (("type", "new"),)
_BY_UMASK = "the umask of whoever makes the file leaves it"
_IN_THE_GROUP = "the file is made by somebody in the same primary group"


def newcomer(
    inode: Inode, gate: Gate | None, modifying: str, folder: str, subjects: Subjects
) -> tuple[Resource, tuple[Grant, ...]]:
    """Make a resource for what is yet to be made in a directory, and say who may do what with it.

    Args:
        inode: The directory.
        gate: Who gets through the directory.
        modifying: The group of those who may make files in it.
        folder: The id of the directory.
        subjects: Makes the groups.

    Returns:
        The resource, and grants of the most that the default list allows: a program may ask for less when it makes a
        file. The owner is whoever made it. Without a default list the umask of that process says who else may what.
    """
    made = new_id(inode.path)
    resource = Resource(made, (folder,), inherits=False, labels=_LABELS, source=inode.source)
    allowed = _Rights(inode.source)
    allowed.add(modifying, frozenset({ACL_CHANGE}))
    acl = inode.protection.default
    if acl is None:
        allowed.add(modifying, frozenset({FILE_READ, FILE_WRITE, FILE_EXECUTE}))
        everybody = subjects.within(EVERYBODY, gate, inode.source)
        allowed.add(everybody, frozenset({FILE_READ, FILE_WRITE, FILE_EXECUTE}), _BY_UMASK)
        return resource, tuple(allowed.grants(made))
    # Without the setgid bit the group is the primary one of whoever makes the file.
    group = inode.protection.group if inode.protection.flags & Flags.SETGID else None
    for action, need in _NEEDS:
        if acl.user & need:
            allowed.add(modifying, frozenset({action}))
        circle = circle_of(None, group, acl, need, subjects.accounts)
        if action != FILE_EXECUTE or acl.executable:
            allowed.add(subjects.within(circle, gate, inode.source), frozenset({action}))
        mask = Bits(7) if acl.mask is None else acl.mask
        if group is None and acl.group & mask & need and not circle.is_everybody:
            everybody = subjects.within(EVERYBODY, gate, inode.source)
            allowed.add(everybody, frozenset({action}), _IN_THE_GROUP)
    return resource, tuple(allowed.grants(made))


class _Rights:
    """Collects actions by whom they are allowed."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._actions: dict[tuple[str, str], set[str]] = {}

    def add(self, subject: str, actions: frozenset[str], when: str = "") -> None:
        self._actions.setdefault((subject, when), set()).update(actions)

    def grants(self, resource: str) -> Iterator[Grant]:
        for (subject, when), actions in sorted(self._actions.items()):
            yield Grant(subject, resource, actions=frozenset(actions), when=when or None, source=self._source)
