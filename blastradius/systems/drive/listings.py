"""Tables that GAM prints: one row for each item, or one for each permission of an item.

Source: GAM 7, ``print filelist``, ``print drivefileacls``, ``print shareddriveacls`` (wiki "Users - Drive - Files -
Display", "Shared Drives", 2026).
"""

from collections.abc import Sequence
from pathlib import PurePosixPath

from blastradius.documents import Document, File, LinedList, LinedMap, parse, read_csv
from blastradius.documents.comma_separated import csv_header
from blastradius.documents.tree import PlainText
from blastradius.errors import DocumentError
from blastradius.model.sources import Source
from blastradius.systems.drive.items import Place, read_item, text
from blastradius.systems.drive.notes import Notes
from blastradius.systems.drive.objects import Drive

_FIELDS = (
    "id",
    "name",
    "title",
    "mimeType",
    "driveId",
    "teamDriveId",
    "shared",
    "trashed",
    "writersCanShare",
    "hasAugmentedPermissions",
    "inheritedPermissionsDisabled",
    "copyRequiresWriterPermission",
    "ownedByMe",
    "parents",
    "parentsIds",
    "owners",
    "permissions",
    "permission",
    "type",
    "role",
    "emailAddress",
    "domain",
    "allowFileDiscovery",
    "withLink",
    "expirationTime",
    "expirationDate",
    "deleted",
    "pendingOwner",
    "view",
    "permissionDetails",
    "teamDrivePermissionDetails",
    "inherited",
    "inheritedFrom",
)
_CANONICAL = {name.lower(): name for name in _FIELDS}
_LISTS = frozenset({"parents", "owners", "permissions", "permissionDetails", "teamDrivePermissionDetails"})
_OF_DRIVE = frozenset(
    {"owner", "mimetype", "driveid", "parents", "permissions", "json", "drivefilename", "webviewlink"}
)
_JSON = "json"
_QUERY_HELP = (
    "export shared drives too (`gam print shareddriveacls`, and `gam user ORGANIZER print filelist select "
    "shareddriveid ID`), or give the empty answer of `drives.list` if there are none"
)

Path = tuple[str | int, ...]


def recognises(value: object) -> bool:
    """Tell whether a text is a table of items of Drive."""
    if not isinstance(value, PlainText):
        return False
    words = [name.lower() for name in csv_header(value.text)]
    if any(name.startswith(("permission.role", "permissions.0.", "permission.type")) for name in words):
        return "id" in words
    return "id" in words and "owner" in words and not _OF_DRIVE.isdisjoint({*words} - {"owner"})


def read_listings(documents: Sequence[Document], drive: Drive, notes: Notes, *, are_drives_listed: bool) -> None:
    """Add the rows of tables to a drive.

    Args:
        documents: Recognised ones.
        drive: Takes items and permissions.
        notes: Takes what is wrong, was not understood, or may be missing.
        are_drives_listed: Whether something else says which shared drives there are.
    """
    of_drives = False
    first: Source | None = None
    for document in documents:
        place = Source(document.file.label, 1)
        try:
            table = read_csv(document)
        except DocumentError as error:
            notes.errors.extend(error.problems)
            continue
        paths = [_path(name) for name in table.header]
        is_filelist = "owner" in (name.lower() for name in table.header)
        for row, line in zip(table.rows, table.lines, strict=True):
            source = Source(document.file.label, line)
            value = _tree(paths, row, source, notes)
            found = read_item(value, _always(source), drive, notes) if value is not None else None
            of_drives = of_drives or (found is not None and bool(found.drive or found.is_drive))
            if value is not None and found is not None:
                _are_all_there(value, found.id, source, notes)
        if table.rows:
            notes.complete(f"items in {document.file.label}", place)
            first = first or (place if is_filelist else None)
        else:
            notes.unknown(
                f"items in {document.file.label}", place, "the table has a header and no rows", "export it again"
            )
    if first is not None and not of_drives and not are_drives_listed:
        reason = "no item of a shared drive is listed, and by default only items that the account owns are"
        notes.unknown("shared drives", first, reason, _QUERY_HELP)


def _always(source: Source) -> Place:
    """Give the row as the place of all that stands in it."""
    return lambda _: source


def _path(name: str) -> Path:
    """Take the name of a column apart: `permissions.0.role`; empty for a column that is not read."""
    if name.lower() == _JSON:
        return (_JSON,)
    parts: list[str | int] = []
    for part in name.split("."):
        if part.isascii() and part.isdigit():
            parts.append(int(part[:6]))
        elif part.lower() in _CANONICAL:
            parts.append(_CANONICAL[part.lower()])
        else:
            return ()
    return tuple(parts)


def _tree(paths: Sequence[Path], row: Sequence[str], source: Source, notes: Notes) -> LinedMap | None:
    """Make of a row what the API would have answered."""
    tree: dict[str | int, object] = {}
    for path, cell in zip(paths, row, strict=True):
        if path == (_JSON,):
            found = _from_json(cell, source, notes)
            if found is None:
                return None
            tree.update(found)
        elif path and cell.strip():
            _put(tree, path, cell.strip())
    counted = tree.get("permissions")
    made = _made(tree, "")
    assert isinstance(made, LinedMap)
    _spell_out(made, counted)
    if any(path and path[0] in ("parents", "parentsIds") for path in paths):
        made.setdefault("parents", LinedList())
    return made


def _put(tree: dict[str | int, object], path: Path, cell: str) -> None:
    here = tree
    for part in path[:-1]:
        below = here.get(part)
        inner: dict[str | int, object] = below if isinstance(below, dict) else {}
        if below is not inner:
            # A column `permissions` with their number stands before `permissions.0.role`.
            here[part] = inner
            if below is not None:
                inner["count"] = below
        here = inner
    here[path[-1]] = cell


def _made(value: object, key: str | int) -> object:
    """Turn mappings with numbers as keys into lists, and everything into the trees of documents."""
    if not isinstance(value, dict) or isinstance(value, LinedMap):
        return value
    if key in _LISTS:
        made = LinedList()
        made.extend(
            _made(value[number], "") for number in sorted(number for number in value if isinstance(number, int))
        )
        made.places = [0] * len(made)
        return made
    tree = LinedMap()
    tree.update({str(name): _made(inner, name) for name, inner in value.items()})
    return tree


def _spell_out(value: LinedMap, counted: object) -> None:
    """Put right what tables write in another way: lists of parents, and numbers where lists are expected."""
    parents = text(value, "parentsIds") or text(value, "parents")
    if parents and not (parents.isdigit() and "parentsIds" not in value):
        made = LinedList()
        made.extend(parents.replace(",", " ").split())
        made.places = [0] * len(made)
        value["parents"] = made
    for key in _LISTS:
        if isinstance(value.get(key), str):
            del value[key]
    count = counted.get("count") if isinstance(counted, dict) else counted
    if isinstance(count, str) and count.isascii() and count.isdigit():
        value["permissionCount"] = int(count[:9])


def _are_all_there(value: LinedMap, item: str, source: Source, notes: Notes) -> None:
    """Hold the number of permissions that a row announces against those that it has."""
    there = value.get("permissions")
    announced = value.get("permissionCount")
    if isinstance(announced, int) and announced > (len(there) if isinstance(there, LinedList) else 0):
        if "permission" in value:
            return  # the others have rows of their own
        reason = f"{announced} are announced and {len(there) if isinstance(there, LinedList) else 0} are there"
        hint = "export it again; was the number of columns limited?"
        notes.truncated(f"permissions of `{item}`", source, reason, hint)


def _from_json(cell: str, source: Source, notes: Notes) -> LinedMap | None:
    """Read the cell that ``formatjson`` puts all fields into."""
    try:
        (document,) = parse(File(source.file, PurePosixPath("cell.json"), cell, ""))
        value = document.value
    except (DocumentError, ValueError):
        value = None
    if isinstance(value, LinedMap):
        return value
    notes.error(source, "the column `JSON` holds no JSON", "was it quoted with another character? use `quotechar '\"'`")
    return None
