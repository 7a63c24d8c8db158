"""Items and permissions of Google Drive as facts."""

from collections.abc import Iterator
from dataclasses import replace

from blastradius.model.snapshot import (
    CAPABILITIES,
    PUBLIC,
    Grant,
    Group,
    Identities,
    Principal,
    PrincipalKind,
    Resource,
    Snapshot,
)
from blastradius.model.sources import Source
from blastradius.systems.drive.inheritance import Placed, Placing
from blastradius.systems.drive.notes import DriveNotes
from blastradius.systems.drive.objects import Drive, Item, Permission, Rank, Whom
from blastradius.systems.drive.roles import ACTIONS, EDITOR, NAMES, PUBLISHED, ROLES

SYSTEM = "drive"
KIND = "gdrive"
"""The kind of every item's id."""
PUBLISHED_ONLY = "reads the published view"
ACCEPTS = "accepts to become the owner"
_MACHINES = ".gserviceaccount.com"
_LIST_HELP = "export their permissions (`permissions.list`, or GAM with `showshareddrivepermissions`)"


def build(drive: Drive, notes: DriveNotes) -> Snapshot:
    """Turn items and permissions into facts.

    Args:
        drive: What was read.
        notes: Takes what the export leaves open about single items.

    Returns:
        A snapshot without anything unread; principals and groups are only mentioned, since Drive lists no members.
    """
    builder = _Builder(drive, notes)
    builder.run()
    return Snapshot(
        system=SYSTEM,
        actions=dict(CAPABILITIES) | dict(ACTIONS),
        principals=builder.principals,
        groups=builder.groups,
        resources=builder.resources,
        roles=ROLES,
        grants=tuple(dict.fromkeys(builder.grants)),
        identities=Identities(mentioned=frozenset((*builder.principals, *builder.groups))),
    )


class _Builder:
    """Collects facts, item by item."""

    def __init__(self, drive: Drive, notes: DriveNotes) -> None:
        self.principals: dict[str, Principal] = {}
        self.groups: dict[str, Group] = {}
        self.resources: dict[str, Resource] = {}
        self.grants: list[Grant] = []
        self._drive = drive
        self._notes = notes

    def run(self) -> None:
        for item in list(self._drive.items.values()):
            if item.drive:
                # Where nothing describes the shared drive, there are still people in it who reach all of its items.
                drive = self._drive.items.get(item.drive, Item(item.drive, source=item.source))
                if not drive.is_drive:
                    drive = replace(drive, type="shared drive", parents=(), drive="", is_drive=True, has_parents=True)
                    self._drive.items[item.drive] = drive
        placing = Placing(self._drive)
        for item in self._drive.items.values():
            self._add(placing.place(item))

    def _add(self, placed: Placed) -> None:
        item = placed.item
        resource = f"{KIND}:{item.id}"
        parents = tuple(f"{KIND}:{parent}" for parent in placed.parents)
        self.resources[resource] = Resource(
            resource, parents, placed.inherits, None, tuple(_labels(item)), 1, item.source
        )
        for permission in placed.own:
            self._grant(item, permission)
        if not self._drive.is_listed(item.id):
            self._without_list(item)
        elif not item.is_drive and not item.drive and not self._has_owner(item):
            reason = "items have permissions but no owner, so their lists were filtered"
            hint = "export all permissions, without `pm` and `pmfilter`"
            self._notes.count("permissions of items", reason, hint, item.source)
        if not item.has_parents:
            hint = "export the field `parents`, so that a change to a folder is followed to what lies in it"
            self._notes.count("folders", "items do not say in which folder they lie", hint, item.source)

    def _has_owner(self, item: Item) -> bool:
        return any(one.rank is Rank.OWNER for one in self._drive.permissions[item.id].values())

    def _grant(self, item: Item, permission: Permission) -> None:
        subject = self._subject(permission.whom, permission.name, permission.source)
        resource = f"{KIND}:{item.id}"
        role, when = _role(item, permission), permission.when
        if permission.view == "published":
            role, when = PUBLISHED, _both(when, PUBLISHED_ONLY)
        self.grants.append(Grant(subject, resource, role, when=when, source=permission.source))
        if permission.pending_owner:
            when = _both(when, ACCEPTS)
            self.grants.append(Grant(subject, resource, NAMES[Rank.OWNER], when=when, source=permission.source))

    def _subject(self, whom: Whom, name: str, source: Source) -> str:
        if whom is Whom.ANYONE:
            return PUBLIC
        if whom is Whom.USER:
            kind = PrincipalKind.SERVICE if name.endswith(_MACHINES) else PrincipalKind.USER
            subject = f"{kind}:{name}"
            self.principals.setdefault(subject, Principal(subject, kind, source=source))
        else:
            subject = f"{whom}:{name}"
            self.groups.setdefault(subject, Group(subject, unlisted=True, source=source))
        return subject

    def _without_list(self, item: Item) -> None:
        """Say that an item without a list of permissions is not private: nobody told who may reach it."""
        for owner in item.owners:
            subject = self._subject(Whom.USER, owner, item.source)
            self.grants.append(Grant(subject, f"{KIND}:{item.id}", NAMES[Rank.OWNER], source=item.source))
        if item.is_drive:
            self._notes.count(
                "members of shared drives", "shared drives do not list their members", _LIST_HELP, item.source
            )
            self._somebody(item, Rank.ORGANIZER)
        elif item.augmented or (not item.drive and item.shared):
            reason = "items are shared with somebody, and do not list with whom"
            self._notes.count("permissions of items", reason, _LIST_HELP, item.source)
            self._somebody(item, Rank.WRITER)
        elif (item.drive and item.augmented is None) or (not item.drive and item.shared is None):
            reason = "items list no permissions, and do not say whether they are shared"
            self._notes.count("permissions of items", reason, _LIST_HELP, item.source)
        if item.drive and item.parents and not any(parent in self._drive.items for parent in item.parents):
            reason = "items of shared drives lie in folders that are not in the export"
            hint = "export the folders as well: they may be shared further"
            self._notes.count("folders", reason, hint, item.source)

    def _somebody(self, item: Item, rank: Rank) -> None:
        """Let people whom nobody lists reach an item that looks private and is not."""
        group = f"group:{KIND}/{item.id}"
        self.groups[group] = Group(group, unlisted=True, source=item.source)
        self.grants.append(Grant(group, f"{KIND}:{item.id}", NAMES[rank], source=item.source))


def _role(item: Item, permission: Permission) -> str:
    if permission.rank is Rank.WRITER and item.writers_share is False and not item.drive and not item.is_drive:
        return EDITOR
    if permission.view == "metadata":
        return NAMES[Rank.METADATA]
    return NAMES[permission.rank]


def _both(first: str | None, second: str) -> str:
    return " and ".join(sorted([*first.split(" and "), second])) if first else second


def _labels(item: Item) -> Iterator[tuple[str, str]]:
    """Give what classification rules and people want to know, in the order of the names."""
    if not item.readers_copy:
        yield "copying", "writers only"
    if item.limited:
        yield "limited", "true"
    if item.name:
        yield "name", item.name
    if item.trashed:
        yield "trashed", "true"
    yield "type", item.type
