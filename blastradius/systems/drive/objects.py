"""Items of Google Drive and the permissions on them, as they were exported, before they become facts."""

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from blastradius.model.sources import NOWHERE, Source


class Whom(StrEnum):
    """The type of a permission: for whom it is."""

    USER = "user"
    GROUP = "group"
    DOMAIN = "domain"
    ANYONE = "anyone"


class Rank(IntEnum):
    """The role of a permission; a later one includes the earlier ones."""

    METADATA = 0
    READER = 1
    COMMENTER = 2
    WRITER = 3
    FILE_ORGANIZER = 4
    ORGANIZER = 5
    OWNER = 6


@dataclass(frozen=True, slots=True)
class Item:
    """A file, a folder, a shortcut or a shared drive.

    Attributes:
        parents: Ids of the folders it lies in; several only in old files.
        drive: Id of the shared drive it belongs to; empty for an item of a My Drive.
        owners: Addresses of its owners, as far as the item itself names them.
        limited: Whether only those whom it names itself, owners and organizers may open it.
        writers_share: Whether its writers may share it; None when not stated.
        shared: Whether others than the owner may reach it; None when not stated.
        augmented: Whether an item of a shared drive has permissions of its own; None when not stated.
        readers_copy: False when readers may not download, print or copy it.
        is_drive: True for a shared drive itself.
        has_parents: False when the export does not say where it lies.
    """

    id: str
    name: str = ""
    type: str = "file"
    parents: tuple[str, ...] = ()
    drive: str = ""
    owners: tuple[str, ...] = ()
    limited: bool = False
    writers_share: bool | None = None
    shared: bool | None = None
    augmented: bool | None = None
    readers_copy: bool = True
    trashed: bool = False
    is_drive: bool = False
    has_parents: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission on one item.

    Attributes:
        name: The address, the domain, or empty for anyone.
        inherited: Whether it comes from a folder or a shared drive above; None when the export does not say.
        when: Condition text, or None when it always holds.
        view: `published` or `metadata` when it is restricted to that; empty otherwise.
        pending_owner: Whether the item waits for this account to accept that it becomes the owner.
    """

    item: str
    whom: Whom
    name: str
    rank: Rank
    inherited: bool | None = None
    when: str | None = None
    view: str = ""
    pending_owner: bool = False
    source: Source = field(default=NOWHERE, compare=False)


Subject = tuple[Whom, str, str | None, str]
"""For whom a permission is: type, name, condition and view."""
Key = tuple[Subject, bool | None]


def subject_of(permission: Permission) -> Subject:
    """Give for whom a permission is, by which it is told from the others of an item."""
    return permission.whom, permission.name, permission.when, permission.view


@dataclass(slots=True)
class Drive:
    """All that was read, by natural identity; a change to sharing is a change to these.

    Attributes:
        items: By id.
        permissions: By item, then by subject and origin.
    """

    items: dict[str, Item] = field(default_factory=dict)
    permissions: dict[str, dict[Key, Permission]] = field(default_factory=dict)

    def add_item(self, item: Item) -> None:
        """Add what one listing says of an item; several accounts list the same item, each seeing a part."""
        first = self.items.setdefault(item.id, item)
        if first is not item and first != item:
            self.items[item.id] = replace(
                first,
                name=first.name or item.name,
                type=first.type if first.type != "file" else item.type,
                parents=tuple(dict.fromkeys((*first.parents, *item.parents))),
                drive=first.drive or item.drive,
                owners=tuple(dict.fromkeys((*first.owners, *item.owners))),
                limited=first.limited or item.limited,
                writers_share=first.writers_share if item.writers_share is None else item.writers_share,
                shared=_either(first.shared, item.shared),
                augmented=_either(first.augmented, item.augmented),
                readers_copy=first.readers_copy and item.readers_copy,
                trashed=first.trashed and item.trashed,
                is_drive=first.is_drive or item.is_drive,
                has_parents=first.has_parents or item.has_parents,
            )

    def add_permission(self, permission: Permission) -> None:
        """Add a permission; of two for the same subject the higher role counts."""
        of_item = self.permissions.setdefault(permission.item, {})
        key = (subject_of(permission), permission.inherited)
        first = of_item.setdefault(key, permission)
        if permission.rank > first.rank or (permission.pending_owner and not first.pending_owner):
            rank = max(first.rank, permission.rank)
            of_item[key] = replace(permission, rank=rank, pending_owner=first.pending_owner or permission.pending_owner)

    def is_listed(self, item: str) -> bool:
        """Tell whether the export lists the permissions of an item: every item has some."""
        return bool(self.permissions.get(item))


def _either(first: bool | None, second: bool | None) -> bool | None:
    return second if first is None else first or bool(second)
