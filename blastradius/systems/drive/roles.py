"""What the roles of Google Drive allow.

Source: Google Drive API, "Roles and permissions" (2026).
"""

from collections.abc import Mapping

from blastradius.model.snapshot import Capability, Role
from blastradius.systems.drive.objects import Rank

ACTIONS: Mapping[str, Capability] = {
    "drive.metadata.read": Capability.LIST,
    "drive.published.read": Capability.READ,
    "drive.content.read": Capability.READ,
    # Whoever comments changes nothing of what is there; counted as writing, a later right to edit would be no gain.
    "drive.comments.create": Capability.READ,
    "drive.revisions.read": Capability.READ,
    "drive.content.update": Capability.WRITE,
    "drive.children.add": Capability.WRITE,
    "drive.items.move": Capability.WRITE,
    "drive.items.trash": Capability.WRITE,
    "drive.items.delete": Capability.WRITE,
    "drive.settings.update": Capability.WRITE,
    "drive.permissions.update": Capability.MANAGE,
    "drive.members.update": Capability.MANAGE,
}
"""Each action with its capability; Drive has no verbs of its own, so these name the rows of its table of roles."""

_METADATA = frozenset({"drive.metadata.read"})
_READER = _METADATA | {"drive.content.read"}
_COMMENTER = _READER | {"drive.comments.create"}
_EDITOR = _COMMENTER | {"drive.revisions.read", "drive.content.update", "drive.children.add"}
_WRITER = _EDITOR | {"drive.permissions.update"}
_FILE_ORGANIZER = _WRITER | {"drive.items.move", "drive.items.trash"}
_ORGANIZER = _FILE_ORGANIZER | {"drive.items.delete", "drive.settings.update", "drive.members.update"}
_OWNER = _FILE_ORGANIZER | {"drive.items.delete"}

EDITOR = "drive.writer-who-may-not-share"
PUBLISHED = "drive.published-view"
NAMES: Mapping[Rank, str] = {
    Rank.METADATA: "drive.metadata-view",
    Rank.READER: "drive.reader",
    Rank.COMMENTER: "drive.commenter",
    Rank.WRITER: "drive.writer",
    Rank.FILE_ORGANIZER: "drive.fileOrganizer",
    Rank.ORGANIZER: "drive.organizer",
    Rank.OWNER: "drive.owner",
}
_SETS = (_METADATA, _READER, _COMMENTER, _WRITER, _FILE_ORGANIZER, _ORGANIZER, _OWNER)
ROLES: Mapping[str, Role] = {
    **{NAMES[rank]: Role(NAMES[rank], actions) for rank, actions in zip(Rank, _SETS, strict=True)},
    EDITOR: Role(EDITOR, _EDITOR),
    PUBLISHED: Role(PUBLISHED, _METADATA | {"drive.published.read"}),
}
"""Every role by its name."""

RANKS: Mapping[str, Rank] = {
    "reader": Rank.READER,
    "commenter": Rank.COMMENTER,
    "writer": Rank.WRITER,
    "fileorganizer": Rank.FILE_ORGANIZER,
    "organizer": Rank.ORGANIZER,
    "owner": Rank.OWNER,
    # What the user interface and older exports call them.
    "viewer": Rank.READER,
    "editor": Rank.WRITER,
    "contributor": Rank.WRITER,
    "contentmanager": Rank.FILE_ORGANIZER,
    "manager": Rank.ORGANIZER,
}
"""Roles as exports write them, in lower case."""
