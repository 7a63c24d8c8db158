"""The JSON document of our own catalog query, read into a `Catalog`.

`blastradius collect postgres` prints the query; `catalog_query.sql` is its text.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from blastradius.documents import Document, LinedMap, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.acl import Acl
from blastradius.systems.postgres.catalog import (
    FUTURE,
    MEMBERSHIP_OPTIONS_SINCE,
    NEWEST,
    OLDEST,
    Catalog,
    DefaultAcl,
    DefaultKey,
    Membership,
    MembershipKey,
    ObjectKey,
    Policy,
    PolicyKey,
    SqlObject,
    SqlRole,
    bare,
)
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.rows import Row, known_roles_only

FORMAT = "blastradius.postgres/1"
RELATION_KINDS = {
    "r": "table",
    "p": "table",
    "v": "view",
    "m": "materialized-view",
    "f": "foreign-table",
    "S": "sequence",
}
ROUTINE_KINDS = {"f": "function", "p": "procedure", "a": "function", "w": "function"}
COMMANDS = ("ALL", "SELECT", "INSERT", "UPDATE", "DELETE")
_COMMON = ("name", "owner", "acl")
_SECTIONS: dict[str, tuple[str, ...]] = {
    "roles": (*("name", "superuser", "inherit", "createrole", "createdb", "login", "replication", "bypassrls"),),
    "memberships": ("role", "member", "grantor", "admin", "inherit", "set"),
    "databases": (*_COMMON, "template", "connectable"),
    "tablespaces": _COMMON,
    "parameters": ("name", "acl"),
    "schemas": _COMMON,
    "relations": (*_COMMON, "schema", "kind", "row_security", "forced", "invoker", "columns"),
    "routines": (*_COMMON, "schema", "arguments", "kind", "definer", "trigger"),
    "types": (*_COMMON, "schema"),
    "languages": _COMMON,
    "wrappers": _COMMON,
    "servers": _COMMON,
    "large_objects": _COMMON,
    "defaults": ("role", "schema", "kind", "acl"),
    "policies": ("schema", "table", "name", "permissive", "roles", "command", "using", "check"),
}
_FIELDS = ("format", "server_version_num", "database", "taken_at", *_SECTIONS)
_CLUSTER = {"tablespaces": Space.TABLESPACE, "parameters": Space.PARAMETER}
_IN_DATABASE = {
    "languages": (Space.LANGUAGE, "language"),
    "wrappers": (Space.WRAPPER, "foreign-data-wrapper"),
    "servers": (Space.SERVER, "foreign-server"),
    "large_objects": (Space.LARGE_OBJECT, "large-object"),
    "types": (Space.TYPE, "type"),
}


def is_exported(document: Document) -> bool:
    """Tell whether a document is of our own query."""
    return isinstance(document.value, LinedMap) and document.value.get("format") == FORMAT


def read_exported(document: Document, catalog: Catalog, notes: Notes) -> None:
    """Add one database, and what belongs to the whole server, to the catalog.

    Args:
        document: One that `is_exported`.
        catalog: Is added to; what it holds of the whole server must be the same.
        notes: Takes what is wrong and what was not understood.
    """
    assert isinstance(document.value, LinedMap)
    top = Row(document, document.value, notes, document.at(document.value))
    top.known(_FIELDS, "the document")
    database = top.name("database", "the document")
    if database is None:
        return
    if database in catalog.databases:
        message = f"the database {quoted(database)} is given twice, first in {catalog.databases[database]}"
        notes.error(document.at(document.value, "database"), message, "give one export of each database")
        return
    _Exported(top, database, catalog, notes).read(document.at(document.value, "database"))


class _Exported:
    """Reads one document."""

    def __init__(self, top: Row, database: str, catalog: Catalog, notes: Notes) -> None:
        self._top = top
        self._database = database
        self._catalog = catalog
        self._notes = notes

    def read(self, source: Source) -> None:
        catalog = self._catalog
        self._times_and_version()
        catalog.databases[self._database] = source
        for section, reader in {
            "roles": self._role,
            "memberships": self._membership,
            "databases": self._of_database,
            "schemas": self._schema,
            "relations": self._relation,
            "routines": self._routine,
            "defaults": self._default,
            "policies": self._policy,
        }.items():
            self._each(section, reader)
        for section in (*_CLUSTER, *_IN_DATABASE):
            self._each(section, lambda row, section=section: self._other(row, section))  # type: ignore[misc]
        catalog.coverage.append(self._covered(source))

    def _covered(self, source: Source) -> Coverage:
        what = f"database {quoted(self._database)}"
        missing = [section for section in _SECTIONS if section not in self._top]
        hint = "run the query of `blastradius collect postgres` as it is"
        if missing:
            names = ", ".join(quoted(name) for name in missing)
            return Coverage(what, Completeness.UNKNOWN, f"the document lacks {names}", source, hint)
        if not self._catalog.roles:
            return Coverage(what, Completeness.UNKNOWN, "every server has a role, and none is listed", source, hint)
        return Coverage(what, Completeness.COMPLETE, "the catalog was asked for all of it", source)

    def _each(self, section: str, reader: Callable[[Row], None]) -> None:
        if section in ("roles", "relations") and section not in self._top:
            self._notes.error(self._top.source, f"the document lacks {quoted(section)}", "was the query changed?")
        for row in self._top.rows(section, _SECTIONS[section]):
            reader(row)

    def _times_and_version(self) -> None:
        number = self._top.number("server_version_num") or NEWEST * 10000
        version = number // 10000
        if version < OLDEST or version > NEWEST:
            known = f"versions {OLDEST} to {NEWEST}"
            message = f"PostgreSQL {version} is read by the rules of {known}, and may have others"
            self._notes.not_understood(self._top.source, message)
        version = min(max(version, OLDEST), NEWEST)
        if self._catalog.databases and version != self._catalog.version:
            self._notes.error(self._top.source, "the exports are of servers of different versions", _ONE_SERVER)
        self._catalog.version = version
        text = self._top.text("taken_at")
        if text is None:
            return
        try:
            taken = datetime.fromisoformat(text)
            taken = (taken if taken.tzinfo else taken.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self._notes.error(self._top.source, f"`taken_at` is not a time: {quoted(text)}")
            return
        self._catalog.taken_at = min(taken, self._catalog.taken_at or taken)

    def _role(self, row: Row) -> None:
        name = row.name("name", "a role")
        if name is None:
            return
        role = SqlRole(
            name,
            superuser=row.flag("superuser"),
            inherit=row.flag("inherit", default=True),
            login=row.flag("login"),
            createrole=row.flag("createrole"),
            createdb=row.flag("createdb"),
            replication=row.flag("replication"),
            bypassrls=row.flag("bypassrls"),
            source=row.source,
        )
        known = self._catalog.roles.setdefault(name, role)
        if known != role:
            self._differs(f"the role {quoted(name)}", row.source, known.source)

    def _membership(self, row: Row) -> None:
        role, member = row.name("role", "a membership"), row.name("member", "a membership")
        if role is None or member is None:
            return
        has_options = self._catalog.version >= MEMBERSHIP_OPTIONS_SINCE
        membership = Membership(
            MembershipKey(role, member, row.text("grantor") or ""),
            admin=row.flag("admin"),
            inherit=row.flag("inherit", default=True) if has_options else None,
            set=row.flag("set", default=True),
            source=row.source,
        )
        known = self._catalog.memberships.setdefault(membership.key, membership)
        if known != membership:
            self._differs(f"the membership of {quoted(member)} in {quoted(role)}", row.source, known.source)

    def _of_database(self, row: Row) -> None:
        name = row.name("name", "a database")
        is_template = row.flag("template")
        if name is None or (is_template and name != self._database):
            # What new databases are copied from; nobody keeps anything in it.
            return
        self._add(row, ObjectKey(Space.DATABASE, name, "", name), "database")
        if name != self._database and row.flag("connectable", default=True):
            self._catalog.elsewhere.setdefault(name, row.source)

    def _schema(self, row: Row) -> None:
        name = row.name("name", "a schema")
        if name is not None:
            self._add(row, ObjectKey(Space.SCHEMA, self._database, name, name), "schema")

    def _relation(self, row: Row) -> None:
        schema, name = row.name("schema", "a relation"), row.name("name", "a relation")
        letter = row.name("kind", "a relation")
        if schema is None or name is None or letter is None:
            return
        if letter not in RELATION_KINDS:
            message = f"the relation {quoted(name)} is of the kind {quoted(letter)}, which is not known"
            self._notes.not_understood(row.source, message)
        self._add(
            row,
            ObjectKey(Space.RELATION, self._database, schema, name),
            RELATION_KINDS.get(letter, "table"),
            columns=row.acls("columns"),
            row_security=row.flag("row_security"),
            forced=row.flag("forced"),
            invoker=row.flag("invoker"),
        )

    def _routine(self, row: Row) -> None:
        schema, name = row.name("schema", "a routine"), row.name("name", "a routine")
        if schema is None or name is None:
            return
        self._add(
            row,
            ObjectKey(Space.ROUTINE, self._database, schema, f"{name}({row.text('arguments') or ''})"),
            ROUTINE_KINDS.get(row.text("kind") or "f", "function"),
            definer=row.flag("definer"),
            callable=not row.flag("trigger"),
        )

    def _other(self, row: Row, section: str) -> None:
        name = row.name("name", f"a row of {quoted(section)}")
        if name is None:
            return
        if section in _CLUSTER:
            space = _CLUSTER[section]
            self._add(row, ObjectKey(space, "", "", name), space.value)
            return
        space, kind = _IN_DATABASE[section]
        self._add(row, ObjectKey(space, self._database, row.text("schema") or "", name), kind)

    def _add(
        self,
        row: Row,
        key: ObjectKey,
        kind: str,
        columns: dict[str, Acl] | None = None,
        row_security: bool = False,
        forced: bool = False,
        definer: bool = False,
        callable: bool = True,
        invoker: bool = False,
    ) -> None:
        roles = self._catalog.roles
        acl = row.acl("acl")
        thing = SqlObject(
            key,
            kind,
            row.text("owner") or "",
            acl if acl is None else known_roles_only(acl, roles, self._notes),
            columns={name: known_roles_only(acl, roles, self._notes) for name, acl in (columns or {}).items()},
            row_security=row_security,
            forced=forced,
            definer=definer,
            callable=callable,
            invoker=invoker,
            source=row.source,
        )
        known = self._catalog.objects.setdefault(key, thing)
        if known is not thing and (known != thing or key.space not in _OF_SERVER):
            self._differs(f"the {kind} {quoted(key.name)}", row.source, known.source)

    def _default(self, row: Row) -> None:
        role, letter = row.name("role", "default privileges"), row.name("kind", "default privileges")
        if role is None or letter is None:
            return
        if letter not in FUTURE:
            message = f"default privileges on things of the kind {quoted(letter)} are not known"
            self._notes.not_understood(row.source, message)
            return
        acl = row.acl("acl")
        if acl is None:
            self._notes.error(row.source, "default privileges lack `acl`")
            return
        key = DefaultKey(self._database, role, row.text("schema") or "", letter)
        self._catalog.defaults[key] = DefaultAcl(
            key, known_roles_only(acl, self._catalog.roles, self._notes), row.source
        )

    def _policy(self, row: Row) -> None:
        schema, table = row.name("schema", "a policy"), row.name("table", "a policy")
        name = row.name("name", "a policy")
        if schema is None or table is None or name is None:
            return
        command = (row.text("command") or "ALL").upper()
        if command not in COMMANDS:
            self._notes.error(
                row.source,
                f"unknown command {quoted(command)} of a policy",
                "expected ALL, SELECT, INSERT, UPDATE or DELETE",
            )
            return
        key = PolicyKey(self._database, schema, table, name)
        self._catalog.policies[key] = Policy(
            key,
            permissive=row.flag("permissive", default=True),
            roles=tuple(sorted(set(row.names("roles")))),
            command=command,
            using=bare(row.text("using")),
            check=bare(row.text("check")),
            source=row.source,
        )

    def _differs(self, what: str, here: Source, there: Source) -> None:
        message = f"{what} is given twice, first in {there}, and not the same"
        self._notes.error(here, message, _ONE_SERVER)


_ONE_SERVER = "give exports of one server, made at one time"
_OF_SERVER = (Space.DATABASE, Space.TABLESPACE, Space.PARAMETER)
