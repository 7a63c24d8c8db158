"""One exported item of Drive, whatever it was exported with, to an object.

Source: Google Drive API v3, resources ``files``, ``drives`` and ``permissions`` (2026).
"""

import re
from collections.abc import Callable, Iterable, Iterator

from blastradius.documents import UNSAFE_CHARACTERS, LinedList, LinedMap, quoted, type_name, visible
from blastradius.model.sources import Source
from blastradius.systems.drive.notes import DriveNotes
from blastradius.systems.drive.objects import Drive, Item, Permission, Rank, Whom
from blastradius.systems.drive.roles import RANKS

Place = Callable[[object], Source]
"""Gives the place of a mapping or a list."""
HAS_LINK = "has the link"
RESTORED = "the deleted account is restored"
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_DRIVE_ID = re.compile(r"0A[A-Za-z0-9_-]{17}")
_NAME_CHARACTERS_MAX = 300
_SUBJECT_CHARACTERS_MAX = 900
_TYPES = {
    "application/vnd.google-apps.document": "document",
    "application/vnd.google-apps.drawing": "drawing",
    "application/vnd.google-apps.drive-sdk": "shortcut",
    "application/vnd.google-apps.folder": "folder",
    "application/vnd.google-apps.form": "form",
    "application/vnd.google-apps.presentation": "presentation",
    "application/vnd.google-apps.script": "script",
    "application/vnd.google-apps.shortcut": "shortcut",
    "application/vnd.google-apps.site": "site",
    "application/vnd.google-apps.spreadsheet": "spreadsheet",
}


def read_item(value: LinedMap, place: Place, drive: Drive, notes: DriveNotes, *, is_drive: bool = False) -> Item | None:
    """Add an item with its permissions to a drive.

    Args:
        value: The item, with the names of fields of the API; values may be texts, as tables have them.
        place: Gives the place of what stands in it.
        drive: Takes the item and its permissions.
        notes: Takes what is wrong or was not understood.
        is_drive: True when it is certainly a shared drive.
    """
    source = place(value)
    number = text(value, "id") or text(value, "fileId")
    if not _ID.fullmatch(number):
        shown = quoted(number) if number else "nothing"
        notes.error(source, f"{shown} stands where the id of an item should", "export the field `id` as well")
        return None
    belongs_to = text(value, "driveId") or text(value, "teamDriveId")
    written = value.get("permissions", LinedList())
    if not isinstance(written, LinedList):
        notes.error(source, f"`permissions` of {quoted(number)} must be a list, not {type_name(written)}")
        return None
    is_drive = is_drive or belongs_to == number or _looks_like_drive(value, number)
    item = Item(
        id=number,
        name=visible((text(value, "name") or text(value, "title"))[:_NAME_CHARACTERS_MAX]).lower(),
        type="shared drive" if is_drive else _TYPES.get(text(value, "mimeType"), "file"),
        parents=() if is_drive else tuple(_parents(value)),
        drive="" if is_drive else belongs_to if _ID.fullmatch(belongs_to) else "",
        owners=tuple(_owners(value)),
        limited=truth(value, "inheritedPermissionsDisabled") is True,
        writers_share=truth(value, "writersCanShare"),
        shared=truth(value, "shared"),
        augmented=truth(value, "hasAugmentedPermissions"),
        readers_copy=truth(value, "copyRequiresWriterPermission") is not True,
        trashed=truth(value, "trashed") is True,
        is_drive=is_drive,
        has_parents=is_drive or "parents" in value,
        source=source,
    )
    drive.add_item(item)
    single = value.get("permission")
    for permission in (*maps(written), *((single,) if isinstance(single, LinedMap) else ())):
        for one in read_permission(permission, number, place(permission), notes):
            drive.add_permission(one)
    return item


def _looks_like_drive(value: LinedMap, number: str) -> bool:
    """Tell a shared drive in a list of permissions, which says nothing of its items but the id."""
    is_file = any(key in value for key in ("mimeType", "driveId", "teamDriveId", "owners", "parents"))
    return not is_file and _DRIVE_ID.fullmatch(number) is not None


def read_permission(value: LinedMap, item: str, source: Source, notes: DriveNotes) -> Iterator[Permission]:
    """Read a permission: one object for each origin, as a permission may be inherited and direct at once."""
    written = text(value, "type").lower()
    if written not in set(Whom):
        shown = quoted(written) if written else "no type"
        notes.not_understood(source, f"a permission has {shown} where user, group, domain or anyone is expected")
        return
    whom = Whom(written)
    is_deleted = truth(value, "deleted") is True
    name = _name(value, whom, source, notes)
    if name is None or (is_deleted and not name):
        return  # nobody has what a deleted account without a name had
    view = text(value, "view").lower()
    if view not in ("", "published", "metadata"):
        notes.not_understood(source, f"the view {quoted(view)} of a permission is not known, and counts as none")
        view = ""
    when = _condition(value, whom, is_deleted=is_deleted)
    pending = truth(value, "pendingOwner") is True
    for rank, inherited in _origins(value, source, notes):
        yield Permission(item, whom, name, rank, inherited, when, view, pending, source)


def _name(value: LinedMap, whom: Whom, source: Source, notes: DriveNotes) -> str | None:
    """Give the address or the domain; by number when the export leaves it out; None when nothing names it."""
    if whom is Whom.ANYONE:
        return ""
    field = "domain" if whom is Whom.DOMAIN else "emailAddress"
    name = text(value, field).strip().lower()
    if "@" not in name:
        name = name.replace("%40", "@")  # an address out of a URL
    if not name and truth(value, "deleted") is True:
        return ""
    if not name and text(value, "id"):
        message = f"a permission does not say whose it is: `{field}` is missing"
        notes.not_understood(source, message, "export `permissions(emailAddress,domain,…)`, or `basicpermissions`")
        name = f"gdrive/{text(value, 'id').lower()}"
    if not name:
        notes.not_understood(source, "a permission names nobody", "export the fields of permissions as well")
        return None
    if len(name) > _SUBJECT_CHARACTERS_MAX or UNSAFE_CHARACTERS.search(name) or " " in name or "#unlisted" in name:
        notes.error(source, f"{quoted(name)} cannot be whom a permission is for", "write it as Drive shows it")
        return None
    return name


def _condition(value: LinedMap, whom: Whom, *, is_deleted: bool) -> str | None:
    parts = []
    expires = text(value, "expirationTime") or text(value, "expirationDate")
    if expires:
        parts.append(f"before {visible(expires[:60])}")
    if whom in (Whom.ANYONE, Whom.DOMAIN) and not _is_discoverable(value):
        parts.append(HAS_LINK)
    if is_deleted:
        parts.append(RESTORED)
    return " and ".join(sorted(parts)) or None


def _is_discoverable(value: LinedMap) -> bool:
    """Tell whether a search finds the item; without that the link is needed."""
    stated = truth(value, "allowFileDiscovery")
    return stated if stated is not None else truth(value, "withLink") is False


def _origins(value: LinedMap, source: Source, notes: DriveNotes) -> Iterator[tuple[Rank, bool | None]]:
    details = [*maps(value.get("permissionDetails"))] or [*maps(value.get("teamDrivePermissionDetails"))]
    if not details:
        yield _rank(value, source, notes), None
    for detail in details:
        yield _rank(detail if text(detail, "role") else value, source, notes), truth(detail, "inherited")


def _rank(value: LinedMap, source: Source, notes: DriveNotes) -> Rank:
    written = text(value, "role")
    more = value.get("additionalRoles")
    if written.lower() == "reader" and isinstance(more, LinedList) and "commenter" in more:
        return Rank.COMMENTER
    if written.lower() not in RANKS:
        shown = quoted(written) if written else "left out"
        notes.not_understood(source, f"the role of a permission is {shown}, which is not known, and counts as owner")
    return RANKS.get(written.lower(), Rank.OWNER)


def _parents(value: LinedMap) -> Iterator[str]:
    """Give the ids of folders, as the third version of the API writes them, or the second."""
    written = value.get("parents")
    for parent in written if isinstance(written, LinedList) else ():
        number = text(parent, "id") if isinstance(parent, LinedMap) else parent
        if isinstance(number, str) and _ID.fullmatch(number):
            yield number


def _owners(value: LinedMap) -> Iterator[str]:
    for owner in maps(value.get("owners")):
        address = text(owner, "emailAddress").strip().lower()
        if address and " " not in address and not UNSAFE_CHARACTERS.search(address):
            yield address


def maps(value: object) -> Iterable[LinedMap]:
    """Give the mappings of a list; nothing when there is none."""
    return (item for item in value if isinstance(item, LinedMap)) if isinstance(value, LinedList) else ()


def text(value: LinedMap, key: str) -> str:
    """Give a text; empty when there is none."""
    found = value.get(key)
    return found if isinstance(found, str) else ""


def truth(value: LinedMap, key: str) -> bool | None:
    """Give a truth value, also one that a table writes as a word; None when there is none."""
    found = value.get(key)
    if isinstance(found, str):
        return {"true": True, "false": False}.get(found.strip().lower())
    return found if isinstance(found, bool) else None
