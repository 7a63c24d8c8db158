"""Tables that GAM prints: one row for each item, or one for each permission of an item.

Source: GAM 7, ``print filelist``, ``print drivefileacls``, ``print shareddriveacls`` (wiki "Users - Drive - Files -
Display", "Shared Drives", 2026).
"""

from collections.abc import Sequence

from blastradius.documents import Document, LinedList, LinedMap, read_csv
from blastradius.documents.comma_separated import csv_header
from blastradius.documents.tree import PlainText
from blastradius.errors import DocumentError
from blastradius.model.sources import Source
from blastradius.systems.drive.items import read_item, read_permission
from blastradius.systems.drive.notes import DriveNotes
from blastradius.systems.drive.objects import Drive
from blastradius.systems.drive.rows import path_of, tree_of

_OF_DRIVE = frozenset(
    {"owner", "mimetype", "driveid", "parents", "permissions", "json", "drivefilename", "webviewlink"}
)
_QUERY_HELP = (
    "export shared drives too (`gam print shareddriveacls`, and `gam user ORGANIZER print filelist select "
    "shareddriveid ID`), or give the empty answer of `drives.list` if there are none"
)


def recognises(value: object) -> bool:
    """Tell whether a text is a table of items of Drive."""
    if not isinstance(value, PlainText):
        return False
    words = [name.lower() for name in csv_header(value.text)]
    if any(name.startswith(("permission.role", "permissions.0.", "permission.type")) for name in words):
        return "id" in words
    return "id" in words and "owner" in words and not _OF_DRIVE.isdisjoint({*words} - {"owner"})


def read_listings(documents: Sequence[Document], drive: Drive, notes: DriveNotes, *, are_drives_listed: bool) -> None:
    """Add the rows of tables to a drive.

    Args:
        documents: Recognised ones.
        drive: Takes items and permissions.
        notes: Takes what is wrong, was not understood, or may be missing.
        are_drives_listed: Whether something else says which shared drives there are.
    """
    first: Source | None = None
    before = len(drive.items)
    for document in documents:
        place = Source(document.file.label, 1)
        what = f"items in {document.file.label}"
        try:
            table = read_csv(document)
        except DocumentError as error:
            notes.errors.extend(error.problems)
            continue
        rows = _Rows(table.header, drive, notes)
        for row, line in zip(table.rows, table.lines, strict=True):
            rows.add(row, Source(document.file.label, line))
        if table.rows:
            if not notes.breaks_off(what, document):
                notes.complete(what, place)
            is_filelist = "owner" in (name.lower() for name in table.header)
            first = first or (place if is_filelist else None)
        else:
            notes.unknown(what, place, "the table has a header and no rows", "export it again")
    of_drives = any(item.drive or item.is_drive for item in list(drive.items.values())[before:])
    if first is not None and not of_drives and not are_drives_listed:
        reason = "no item of a shared drive is listed, and by default only items that the account owns are"
        notes.unknown("shared drives", first, reason, _QUERY_HELP)


class _Rows:
    """Adds the rows of one table; rows that repeat an item for the next permission are not taken apart again."""

    def __init__(self, header: Sequence[str], drive: Drive, notes: DriveNotes) -> None:
        self._drive = drive
        self._notes = notes
        self._columns = [(at, path) for at, name in enumerate(header) if (path := path_of(name))]
        self._of_permission = [(at, path) for at, path in self._columns if path[0] == "permission"]
        self._of_item = [at for at, path in self._columns if path[0] != "permission"]
        self._last: tuple[list[str], str] | None = None

    def add(self, row: Sequence[str], source: Source) -> None:
        cells = [row[at] for at in self._of_item]
        if self._of_permission and self._last is not None and self._last[0] == cells:
            value = tree_of(self._of_permission, row, source, self._notes)
            permission = value.get("permission") if value is not None else None
            if isinstance(permission, LinedMap):
                for one in read_permission(permission, self._last[1], source, self._notes):
                    self._drive.add_permission(one)
            return
        value = tree_of(self._columns, row, source, self._notes)
        found = None if value is None else read_item(value, lambda _: source, self._drive, self._notes)
        self._last = None if found is None else (cells, found.id)
        if value is not None and found is not None:
            _are_all_there(value, found.id, source, self._notes)


def _are_all_there(value: LinedMap, item: str, source: Source, notes: DriveNotes) -> None:
    """Hold the number of permissions that a row announces against those that it has."""
    there = value.get("permissions")
    announced = value.get("permissionCount")
    if isinstance(announced, int) and announced > (len(there) if isinstance(there, LinedList) else 0):
        if "permission" in value:
            return  # the others have rows of their own
        reason = f"{announced} are announced and {len(there) if isinstance(there, LinedList) else 0} are there"
        hint = "export it again; was the number of columns limited?"
        notes.truncated(f"permissions of `{item}`", source, reason, hint)
