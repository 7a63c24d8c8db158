"""Lists of raw ``aclitem`` texts by catalog (``relacl``, ``nspacl`` …), as people export them with own queries.

A list that is null means that nothing was ever granted or revoked, so that the server's defaults hold.
"""

from dataclasses import replace

from blastradius.documents import Document, LinedMap, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.acl import Acl
from blastradius.systems.postgres.catalog import (
    UNNAMED,
    Catalog,
    Membership,
    MembershipKey,
    ObjectKey,
    SqlObject,
    SqlRole,
)
from blastradius.systems.postgres.exported import RELATION_KINDS
from blastradius.systems.postgres.privileges import MAINTAIN_SINCE, Space
from blastradius.systems.postgres.rows import Row, known_roles_only

_ROLE_FIELDS = {
    "super": "superuser",
    "superuser": "superuser",
    "inherit": "inherit",
    "login": "login",
    "createrole": "createrole",
    "createdb": "createdb",
    "replication": "replication",
    "bypassrls": "bypassrls",
}
_SECTIONS: dict[str, tuple[str, ...]] = {
    "roles": ("role", "name", *_ROLE_FIELDS),
    "members": ("role", "member", "grantor", "admin", "inherit", "set"),
    "relacl": ("rel", "kind", "owner", "acl"),
    "nspacl": ("schema", "owner", "acl"),
    "attacl": ("rel", "column", "col", "acl"),
    "proacl": ("function", "func", "proc", "owner", "acl", "definer", "secdef"),
    "datacl": ("database", "db", "owner", "acl"),
}
_MISSING = {
    "attacl": "privileges on columns",
    "proacl": "privileges on functions",
    "datacl": "privileges on databases",
}


def is_listed(document: Document) -> bool:
    """Tell whether a document holds lists of ``aclitem`` texts beside roles."""
    value = document.value
    return isinstance(value, LinedMap) and "roles" in value and ("relacl" in value or "nspacl" in value)


def read_listed(document: Document, catalog: Catalog, notes: Notes) -> None:
    """Add what a document lists to the catalog.

    Args:
        document: One that `is_listed`.
        catalog: Is added to.
        notes: Takes what is wrong and what was not understood.
    """
    assert isinstance(document.value, LinedMap)
    top = Row(document, document.value, notes, document.at(document.value))
    top.known(("database", "server_version_num", "version", *_SECTIONS), "the document")
    database = top.text("database") or UNNAMED
    if database in catalog.databases:
        message = f"the database {quoted(database)} is given twice, first in {catalog.databases[database]}"
        notes.error(top.source, message, "say under `database` which one each document is of")
        return
    catalog.databases[database] = top.source
    number = top.number("server_version_num") or top.number("version")
    # The privilege of a later version shows in the lists; without one, the rules of the last version before it hold.
    catalog.version = min(max(number // 10000 if number > 1000 else number, 9), 18) if number else MAINTAIN_SINCE - 2
    _Listed(top, database, catalog, notes).read()
    for section, what in _MISSING.items():
        if section not in document.value:
            reason = f"the document has no {quoted(section)}"
            hint = "export the catalog with the query of `blastradius collect postgres`"
            said = Coverage(f"{what} of {quoted(database)}", Completeness.UNKNOWN, reason, top.source, hint)
            catalog.coverage.append(said)


class _Listed:
    """Reads one document."""

    def __init__(self, top: Row, database: str, catalog: Catalog, notes: Notes) -> None:
        self._top = top
        self._database = database
        self._catalog = catalog
        self._notes = notes

    def read(self) -> None:
        for row in self._rows("roles"):
            self._role(row)
        for row in self._rows("members"):
            self._member(row)
        for row in self._rows("datacl"):
            name = row.text("database") or row.text("db") or self._database
            self._add(row, ObjectKey(Space.DATABASE, name, "", name), "database")
        for row in self._rows("nspacl"):
            name = row.name("schema", "a schema") or ""
            self._add(row, ObjectKey(Space.SCHEMA, self._database, name, name), "schema")
        for row in self._rows("relacl"):
            kind = RELATION_KINDS.get(row.text("kind") or "r", "table")
            self._add(row, self._key(Space.RELATION, row.name("rel", "a relation")), kind)
        for row in self._rows("proacl"):
            routine = row.text("function") or row.text("func") or row.name("proc", "a function")
            self._add(row, self._key(Space.ROUTINE, routine), "function")
        for row in self._rows("attacl"):
            self._column(row)

    def _rows(self, section: str) -> list[Row]:
        return list(self._top.rows(section, _SECTIONS[section]))

    def _role(self, row: Row) -> None:
        name = row.text("name") or row.name("role", "a role")
        if name is None:
            return
        flags = {field: row.flag(key, default=field == "inherit") for key, field in _ROLE_FIELDS.items() if key in row}
        role = SqlRole(name, **flags, source=row.source)
        known = self._catalog.roles.setdefault(name, role)
        if known != role:
            message = f"the role {quoted(name)} is given twice, first in {known.source}, and not the same"
            self._notes.error(row.source, message)

    def _member(self, row: Row) -> None:
        role, member = row.name("role", "a membership"), row.name("member", "a membership")
        if role is not None and member is not None:
            key = MembershipKey(role, member, row.text("grantor") or "")
            inherit = row.flag("inherit") if "inherit" in row else None
            admin, may_set = row.flag("admin"), row.flag("set", default=True)
            self._catalog.memberships[key] = Membership(key, admin, inherit, may_set, row.source)

    def _key(self, space: Space, text: str | None) -> ObjectKey:
        schema, name = _split(text or "")
        return ObjectKey(space, self._database, schema, name)

    def _add(self, row: Row, key: ObjectKey, kind: str) -> None:
        if not key.name:
            return
        definer = row.flag("definer") or row.flag("secdef")
        thing = SqlObject(key, kind, row.text("owner") or "", self._acl(row), definer=definer, source=row.source)
        known = self._catalog.objects.setdefault(key, thing)
        if known is not thing:
            message = f"the {kind} {quoted(key.name)} is given twice, first in {known.source}"
            self._notes.error(row.source, message)

    def _acl(self, row: Row) -> Acl | None:
        acl = row.acl("acl")
        return acl if acl is None else known_roles_only(acl, self._catalog.roles, self._notes)

    def _column(self, row: Row) -> None:
        key = self._key(Space.RELATION, row.name("rel", "a column"))
        column = row.text("column") or row.name("col", "a column")
        thing = self._catalog.objects.get(key)
        if column is None or thing is None:
            self._notes.error(row.source, f"a column of the relation {quoted(key.name)}, which is not listed")
            return
        acl = self._acl(row)
        if acl:
            self._catalog.objects[key] = replace(thing, columns={**thing.columns, column: acl})


def _split(text: str) -> tuple[str, str]:
    """Part ``schema.name``, in quotes where a name needs them; without a schema it is in `public`."""
    if text.startswith('"') and '".' in text:
        schema, _, name = text[1:].partition('".')
    else:
        schema, dot, name = text.partition(".")
        if not dot or "(" in schema:
            schema, name = "public", text
    if name.startswith('"') and name.endswith('"') and len(name) > 1:
        name = name[1:-1]
    return schema.replace('""', '"'), name.replace('""', '"')
