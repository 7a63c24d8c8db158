"""Who gets to a database, and to a schema in it: without both no privilege on a table is worth anything.

Source: PostgreSQL documentation, "Schemas and Privileges" (5.10.4), "GRANT" (CONNECT is checked when a session begins).
"""

from blastradius.documents import quoted
from blastradius.model.snapshot import Entry
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.acl import PUBLIC, Acl
from blastradius.systems.postgres.catalog import (
    DATABASE_OWNER,
    MEMBERSHIP_OPTIONS_SINCE,
    Catalog,
    ObjectKey,
    SqlObject,
)
from blastradius.systems.postgres.gathered import Gathered
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.standing import READ_ALL, WRITE_ALL, Standing

_OWN_SCHEMAS = frozenset({"pg_catalog", "information_schema"})


class Places:
    """Makes groups of those who get somewhere, each when it is first asked for."""

    def __init__(self, catalog: Catalog, standing: Standing, facts: Gathered) -> None:
        """Take what there is.

        Args:
            catalog: Everything.
            standing: Who is who.
            facts: Takes the groups.
        """
        self._catalog = catalog
        self._standing = standing
        self._facts = facts
        self._reached: dict[tuple[str, str, str], str] = {}
        self._runners: dict[str, list[str]] = {}
        for thing in catalog.objects.values():
            if thing.definer and thing.owner:
                self._runners.setdefault(thing.key.database, []).append(thing.owner)

    def reach(self, role: str, database: str, schema: str = "") -> str:
        """Name those who have the privileges of a role, as far as they get to a schema, or to a database.

        Args:
            role: Name of a role that is known, or `PUBLIC`.
            database: The database.
            schema: A schema in it; empty for the database itself.
        """
        key = (role, database, schema)
        if key not in self._reached:
            self._reached[key] = self._make_reach(role, database, schema)
        return self._reached[key]

    def _make_reach(self, role: str, database: str, schema: str) -> str:
        own = ids.reach_id(database, schema, role)
        source = self._source(ObjectKey(Space.SCHEMA, database, schema, schema) if schema else _database_key(database))
        if role == DATABASE_OWNER:
            self._database_owner(database)
        needed = [self._usage(database, schema)] if schema else []
        needed.append(self._connect(database))
        entries = [Entry(self._standing.subject(role, database), source=source)]
        return self._facts.group(own, entries, source, [Entry(one, source=source) for one in needed])

    def subject(self, role: str, database: str) -> str:
        """Name those who have the privileges of a role, wherever they get."""
        if role == DATABASE_OWNER:
            self._database_owner(database)
        return self._standing.subject(role, database)

    def _usage(self, database: str, schema: str) -> str:
        own = ids.usage_id(database, schema)
        if own in self._facts.groups:
            return own
        thing = self._catalog.objects.get(ObjectKey(Space.SCHEMA, database, schema, schema))
        if thing is None:
            if schema not in _OWN_SCHEMAS:
                message = f"the schema {quoted(schema)} is not in the export, so everybody is taken to have USAGE on it"
                self._facts.not_understood(NOWHERE, message, "export the schemas as well")
            return self._facts.group(own, [Entry(ids.EVERYBODY)], NOWHERE)
        entries = self._holders(self._catalog.acl_of(thing), "U", database)
        for name in (READ_ALL, WRITE_ALL):
            if name in self._standing.roles:
                entries.append(Entry(self._standing.subject(name), source=self._standing.roles[name].source))
        return self._facts.group(own, entries, thing.source)

    def _connect(self, database: str) -> str:
        """Name those who can be in a database.

        NOTE: CONNECT is asked of whoever begins the session. Acting as another role afterwards needs none, so whoever
        can be acted as by somebody who can connect counts as well: that is more people than it should be, never fewer.
        """
        own = ids.connect_id(database)
        if own in self._facts.groups:
            return own
        thing = self._catalog.objects.get(_database_key(database))
        if thing is None:
            return self._facts.group(own, [Entry(ids.EVERYBODY)], NOWHERE)
        acl = self._catalog.acl_of(thing)
        names = [item.grantee for item in acl if "c" in item.letters]
        entries = self._holders(acl, "c", database)
        if PUBLIC not in names:
            # Superusers connect anywhere, and may act as anybody.
            superusers = [role.name for role in self._standing.roles.values() if role.superuser]
            entries.append(Entry(ids.SUPERUSERS, source=thing.source))
            reached = self._standing.sessions_of([*(n for n in names if n in self._standing.roles), *superusers])
            reached.update(owner for owner in self._runners.get(database, ()) if owner in self._standing.roles)
            entries += [Entry(self._standing.principal(name), source=thing.source) for name in sorted(reached)]
        return self._facts.group(own, entries, thing.source)

    def _holders(self, acl: Acl, letter: str, database: str) -> list[Entry]:
        return [
            Entry(self.subject(item.grantee, database), source=item.source)
            for item in acl
            if letter in item.letters and self._standing.knows(item.grantee)
        ]

    def _database_owner(self, database: str) -> None:
        """Make the group that a database's owner is the only one in."""
        own = ids.database_owner_id(database)
        if own in self._facts.groups:
            return
        thing = self._catalog.objects.get(_database_key(database))
        owner = thing.owner if thing is not None else ""
        known = owner in self._standing.roles
        entries = [Entry(self._standing.subject(owner), source=thing.source)] if known and thing is not None else []
        if known and self._catalog.version < MEMBERSHIP_OPTIONS_SINCE and not self._standing.roles[owner].inherit:
            # It does not use these privileges by itself, and may at any time by SET ROLE.
            entries = [Entry(self._standing.principal(owner), "SET ROLE pg_database_owner", self._source_of(thing))]
        self._facts.group(own, entries, self._source_of(thing))

    def _source(self, key: ObjectKey) -> Source:
        return self._source_of(self._catalog.objects.get(key))

    @staticmethod
    def _source_of(thing: SqlObject | None) -> Source:
        return NOWHERE if thing is None else thing.source


def _database_key(database: str) -> ObjectKey:
    return ObjectKey(Space.DATABASE, database, "", database)
