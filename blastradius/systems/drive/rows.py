"""A row of a table as the API would have answered: columns such as ``permissions.0.role`` become trees again."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from blastradius.documents import File, LinedList, LinedMap, parse
from blastradius.errors import DocumentError
from blastradius.model.sources import Source
from blastradius.systems.drive.items import text
from blastradius.systems.drive.notes import DriveNotes

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
_JSON = "json"

Path = tuple[str | int, ...]
Columns = Sequence[tuple[int, Path]]
"""Positions of columns, each with where its cells stand in the tree."""


def path_of(name: str) -> Path:
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


def tree_of(columns: Columns, row: Sequence[str], source: Source, notes: DriveNotes) -> LinedMap | None:
    """Make of a row what the API would have answered."""
    tree: dict[str | int, object] = {}
    for position, path in columns:
        cell = row[position].strip()
        if path == (_JSON,):
            found = _from_json(cell, source, notes)
            if found is None:
                return None
            tree.update(found)
        elif cell:
            _put(tree, path, cell)
    counted = tree.get("permissions")
    made = _made(tree, "")
    assert isinstance(made, LinedMap)
    _spell_out(made, counted)
    if any(path[0] in ("parents", "parentsIds") for _, path in columns):
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


def _from_json(cell: str, source: Source, notes: DriveNotes) -> LinedMap | None:
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
