"""Which permissions reach an item from above, and which it has itself.

Source: Google Drive API, "Share files, folders, and drives" and "Manage folders with limited and expansive access",
2026.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blastradius.systems.drive.objects import Drive, Item, Permission, Rank, Subject, subject_of

Held = Mapping[Subject, Rank]
"""The highest role of each subject."""
OWN_ONLY = "the permission is the folder's own"


@dataclass(frozen=True, slots=True)
class Placed:
    """An item as it stands in the graph.

    Attributes:
        parents: The folders and the shared drive it lies in, as far as the export has them.
        inherits: Whether all that is granted above holds here.
        own: Permissions to grant on the item itself.
    """

    item: Item
    parents: tuple[str, ...]
    inherits: bool
    own: tuple[Permission, ...]


class Placing:
    """Places items, each after the folders it lies in."""

    def __init__(self, drive: Drive) -> None:
        """Begin with what was read."""
        self._drive = drive
        self._held: dict[str, Held] = {}

    def place(self, item: Item) -> Placed:
        """Tell what an item inherits and what it has itself."""
        parents = self.parents(item)
        above = self._above(item)
        listed = tuple(self._drive.permissions.get(item.id, {}).values())
        if item.limited:
            return Placed(item, parents, False, _of_limited(item, listed, above))
        if _is_restricted(item, listed, above):
            return Placed(item, parents, False, listed)
        # What is said to come from above and does come from there needs no grant of its own.
        own = tuple(one for one in listed if not (one.inherited and above.get(subject_of(one), -1) >= _below(one.rank)))
        return Placed(item, parents, True, own)

    def parents(self, item: Item) -> tuple[str, ...]:
        """Give the folders and the shared drive that an item lies in, as far as the export has them."""
        known = tuple(parent for parent in item.parents if parent in self._drive.items and parent != item.id)
        if not known and item.drive and item.drive in self._drive.items:
            return (item.drive,)
        return known

    def _above(self, item: Item) -> Held:
        """Give what reaches an item from all folders above it.

        INVARIANT: no recursion, since folders may lie in each other as deep as anybody likes; a folder that lies in
        itself counts as empty while it is looked at, and is refused later as a cycle of containment.
        """
        waiting = [parent for parent in self.parents(item) if parent not in self._held]
        begun: set[str] = set()
        while waiting:
            name = waiting[-1]
            folder = self._drive.items[name]
            missing = [parent for parent in self.parents(folder) if parent not in self._held and parent not in begun]
            begun.add(name)
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if name not in self._held:
                self._held[name] = self._held_at(folder)
        return self._joined(item)

    def _joined(self, item: Item) -> Held:
        parents = [self._held.get(parent, {}) for parent in self.parents(item)]
        if len(parents) == 1:
            return parents[0]
        joined: dict[Subject, Rank] = {}
        for held in parents:
            for subject, rank in held.items():
                joined[subject] = max(rank, joined.get(subject, rank))
        return joined

    def _held_at(self, folder: Item) -> Held:
        """Give what a folder passes on to what lies in it."""
        above = self._joined(folder)
        listed = self._drive.permissions.get(folder.id)
        if not listed and not folder.limited:
            return above
        permissions = tuple((listed or {}).values())
        if folder.limited:
            permissions = _of_limited(folder, permissions, above)
        is_alone = folder.limited or _is_restricted(folder, permissions, above)
        held: dict[Subject, Rank] = {} if is_alone else dict(above)
        for one in permissions:
            if one.rank is not Rank.METADATA and not one.view:
                rank = _below(one.rank)
                subject = subject_of(one)
                held[subject] = max(rank, held.get(subject, rank))
        return held


def _below(rank: Rank) -> Rank:
    """Give the role that a folder's role becomes on what lies in it: its owner edits what others put there."""
    return Rank.WRITER if rank is Rank.OWNER else rank


def _is_restricted(item: Item, listed: tuple[Permission, ...], above: Held) -> bool:
    """Tell whether an item of a My Drive has less than the folders above it would give.

    In a My Drive, single permissions could be taken away below a folder, and writers may share one item and not
    another. Then the list of the item, which names everybody, says it all. In a shared drive nothing can be taken away.
    A list without an owner is filtered, and says nothing about who is missing.
    """
    if not listed or item.drive or item.is_drive or not above or not any(one.rank is Rank.OWNER for one in listed):
        return False
    here: dict[Subject, Rank] = {}
    for one in listed:
        here[subject_of(one)] = max(one.rank, here.get(subject_of(one), one.rank))
    if item.writers_share is False and any(rank is Rank.WRITER for rank in above.values()):
        return True
    return any(here.get(subject, -1) < rank for subject, rank in above.items())


def _of_limited(item: Item, listed: tuple[Permission, ...], above: Held) -> tuple[Permission, ...]:
    """Give what holds on a folder with limited access.

    Whom it names itself may open it, and so may organizers and the owner; everybody else from above sees that it is
    there. Where the export does not say whether a permission is the folder's own, having it is a condition.
    """
    found: list[Permission] = []
    for one in listed:
        subject = subject_of(one)
        if one.rank >= Rank.ORGANIZER or one.inherited is False:
            found.append(one)
        elif one.inherited or one.view == "metadata":
            found.append(replace(one, rank=Rank.METADATA))
        elif above.get(subject, -1) >= one.rank:
            found.append(replace(one, when=f"{one.when} and {OWN_ONLY}" if one.when else OWN_ONLY))
            found.append(replace(one, rank=Rank.METADATA))
        else:
            found.append(one)
    named = {subject_of(one) for one in listed}
    for subject, rank in above.items():
        if subject not in named:
            whom, name, when, view = subject
            kept = rank if rank >= Rank.ORGANIZER else Rank.METADATA
            found.append(Permission(item.id, whom, name, kept, True, when, view, source=item.source))
    return tuple(found)
