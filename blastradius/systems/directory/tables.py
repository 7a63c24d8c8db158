"""Membership lists in CSV: one row for each member of a group.

Source: GAM 7 ``print group-members`` (wiki "Groups - Membership", 2026); exports of Okta and Entra ID by their headers.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from blastradius.documents import Document, File, LinedMap, parse, quoted, read_csv
from blastradius.documents.comma_separated import csv_header
from blastradius.documents.tree import PlainText
from blastradius.errors import DocumentError
from blastradius.model.snapshot import PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.directory.columns import (
    ACTIVE,
    NATURES,
    SUSPENDED,
    Columns,
    columns_of,
    is_list_of_members,
    letters,
)
from blastradius.systems.directory.names import name_of, names_in
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Account, Directory, ListedGroup, Management, Membership, Nature

_ROLES = {"owner": True, "manager": False}
_GUESTS = frozenset({"guest", "external", "true", "yes"})
_NEEDED = (
    "the first line must name a column `group` and a column `member`; beside them `type`, `role` and `status` are read"
)
_ROW_HELP = "if it is several members, give each a row of its own"
_KEYS = ("email", "id", "role", "type", "status")


def recognises(value: object) -> bool:
    """Tell whether a text is a table of members."""
    return isinstance(value, PlainText) and is_list_of_members(csv_header(value.text))


def read_table(document: Document, directory: Directory, notes: DirectoryNotes) -> None:
    """Add the rows of a table to a directory."""
    place = Source(document.file.label, 1)
    try:
        table = read_csv(document)
    except DocumentError as error:
        notes.errors.extend(error.problems)
        return
    columns = columns_of(table.header)
    if columns.group is None or (columns.member is None and columns.json is None):
        missing = "group" if columns.group is None else "member"
        shown = ", ".join(quoted(name) for name in table.header[:12])
        notes.error(place, f"no column says which {missing} a row is about, among {shown}", _NEEDED)
        return
    rows = _Rows(columns, directory, notes)
    for row, line in zip(table.rows, table.lines, strict=True):
        rows.add(row, Source(document.file.label, line))
    what = f"members in {document.file.label}"
    if not table.rows:
        notes.unknown(what, place, "the table has a header and no rows", "export it again; was nothing selected?")
    elif not notes.breaks_off(what, document):
        notes.complete(what, place)


class _Rows:
    """Adds rows, one by one."""

    def __init__(self, columns: Columns, directory: Directory, notes: DirectoryNotes) -> None:
        self._columns = columns
        self._directory = directory
        self._notes = notes
        self._said: set[str] = set()

    def add(self, row: tuple[str, ...], source: Source) -> None:
        cells = dict(self._cells(row, source))
        for written in names_in(cells.get("group", "")):
            group = self._notes.name(written, source, "group")
            if group is not None:
                self._directory.add_group(ListedGroup(group, source=source))
                self._members(group, cells, source)

    def _members(self, group: str, cells: dict[str, str], source: Source) -> None:
        nature = self._nature(cells.get("type", ""), source)
        written = cells.get("member", "").strip() or (cells.get("id", "").strip() if nature is Nature.CUSTOMER else "")
        if not written and nature is not Nature.CUSTOMER:
            self._without_name(cells, source)
            return
        for one in names_in(written):
            if nature is Nature.UNSAID and "," in one and "@" not in one:
                message = f"the member {quoted(one)} holds a comma, and counts as one name"
                self._say(message, source, _ROW_HELP, of="comma")
            member = self._notes.member(one or "all", source)
            if member is not None:
                self._member(group, member, nature, cells, source)

    def _member(self, group: str, member: str, nature: Nature, cells: dict[str, str], source: Source) -> None:
        role = letters(cells.get("role", ""))
        if role not in (*_ROLES, "member", ""):
            self._say(f"the role {quoted(cells['role'])} of a member is not known, and counts as owner", source)
        self._directory.add_membership(Membership(group, member, nature, source=source))
        if role not in ("member", ""):
            owner = _ROLES.get(role, True)
            self._directory.add_management(Management(group, member, nature, owner, source=source))
        external = letters(cells.get("guest", "")) in _GUESTS or "#ext#" in member
        active = self._is_active(cells.get("status", ""), source)
        if nature is not Nature.GROUP and (external or not active):
            kind = PrincipalKind.SERVICE if nature is Nature.SERVICE else PrincipalKind.USER
            self._directory.add_account(Account(member, kind, external, active, source=source))

    def _without_name(self, cells: dict[str, str], source: Source) -> None:
        """Take a row without a member for an empty group, unless something in it is about a member."""
        if any(cells.get(key, "").strip() for key in ("id", "type", "role")):
            message = "a member has neither an address nor a name, and is left out"
            self._notes.not_understood(source, message, "export the column with the address as well")

    def _nature(self, written: str, source: Source) -> Nature:
        word = letters(written).removeprefix("microsoftgraph")
        if word not in NATURES:
            self._say(f"the kind of member {quoted(written)} is not known", source)
        return NATURES.get(word, Nature.UNSAID)

    def _is_active(self, written: str, source: Source) -> bool:
        word = letters(written)
        if word not in SUSPENDED and word not in ACTIVE:
            self._say(f"the status {quoted(written)} is not known, and counts as active", source)
        return word not in SUSPENDED

    def _say(self, message: str, source: Source, help: str = "", *, of: str = "") -> None:
        """Say something once for all rows of a table; messages of one kind once for all of them."""
        if (of or message) not in self._said:
            self._said.add(of or message)
            self._notes.not_understood(source, message, help)

    def _cells(self, row: tuple[str, ...], source: Source) -> Iterator[tuple[str, str]]:
        columns = self._columns
        at = {"group": columns.group, "member": columns.member, "type": columns.type, "role": columns.role}
        at |= {"status": columns.status, "guest": columns.guest, "id": columns.id}
        for key, position in at.items():
            if position is not None:
                yield key, row[position]
        if columns.json is not None:
            yield from _cells_in_json(row[columns.json], source, self._notes)


def _cells_in_json(text: str, source: Source, notes: DirectoryNotes) -> Iterator[tuple[str, str]]:
    """Read the cell that ``formatjson`` puts all fields of a member into."""
    if not text.strip():
        return
    try:
        (document,) = parse(File(source.file, PurePosixPath("cell.json"), text, ""))
        value = document.value
    except (DocumentError, ValueError):
        value = None
    if not isinstance(value, LinedMap):
        notes.error(
            source, "the column `JSON` holds no JSON", "was it quoted with another character? use `quotechar '\"'`"
        )
        return
    for key in _KEYS:
        if isinstance(value.get(key), str):
            yield "member" if key == "email" else key, value[key]
    if isinstance(value.get("category"), str):
        yield "guest", value["category"]


def groups_in(document: Document) -> Iterator[str]:
    """Name the groups of a table of the other side, whatever is wrong with it."""
    try:
        table = read_csv(document)
    except DocumentError:
        return
    columns = columns_of(table.header)
    for row in table.rows if columns.group is not None else ():
        yield from (name for one in names_in(row[columns.group or 0]) if (name := name_of(one)) is not None)
