"""Whose statements are run, where, and what their names stand for."""

from dataclasses import dataclass, field, replace

from blastradius.documents import quoted
from blastradius.model.sources import Source
from blastradius.systems.postgres.acl import PUBLIC, AclItem
from blastradius.systems.postgres.catalog import DATABASE_OWNER, UNNAMED, Catalog, ObjectKey, SqlObject, SqlRole
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.cursor import Name, NotUnderstood
from blastradius.systems.postgres.sql.said import CURRENT_ROLES, PUBLIC_ROLE, SESSION_ROLE

WHOEVER_RUNS_IT = ""
"""The user of a session that nothing names: somebody who may do everything."""
_OWNER_OF_PUBLIC_SINCE = 15
_OF_SERVER = (Space.TABLESPACE, Space.PARAMETER)
_IN_SCHEMA = (Space.RELATION, Space.ROUTINE, Space.TYPE)


@dataclass(slots=True)
class Session:
    """One run of statements.

    Attributes:
        catalog: What they change.
        database: The database they are run in.
        owner_of_session: Whose session it is now.
        user: As whom they are run now.
        began_as: Who connects to a database.
        path: Schemas in which names without one are looked up.
        notices: What the server would only warn about.
        strict: True when a statement that the server would refuse is refused; a dump was made by the server.
    """

    catalog: Catalog
    database: str = UNNAMED
    owner_of_session: str = WHOEVER_RUNS_IT
    user: str = WHOEVER_RUNS_IT
    began_as: str = WHOEVER_RUNS_IT
    path: tuple[str, ...] = ("public",)
    strict: bool = True
    notices: list[str] = field(default_factory=list)
    _in_schema: dict[tuple[Space, str, str], dict[ObjectKey, None]] | None = field(default=None, repr=False)

    def copy(self) -> "Session":
        """Make one whose statements do not change the catalog of this one."""
        return replace(self, catalog=self.catalog.copy(), notices=[], _in_schema=None)

    def connect(self, database: str, source: Source) -> None:
        """Go to a database, which has the schema that every new one has."""
        self.database = database
        self.owner_of_session = self.user = self.began_as
        self.path = ("public",)
        self.catalog.databases.setdefault(database, source)
        key = ObjectKey(Space.DATABASE, database, "", database)
        self.catalog.objects.setdefault(key, SqlObject(key, "database", "", source=source))
        owner = DATABASE_OWNER if self.catalog.version >= _OWNER_OF_PUBLIC_SINCE else self.bootstrap
        letters = "U" if self.catalog.version >= _OWNER_OF_PUBLIC_SINCE else "UC"
        key = ObjectKey(Space.SCHEMA, database, "public", "public")
        acl = (
            AclItem(owner, owner, frozenset("UC"), source=source),
            AclItem(PUBLIC, owner, frozenset(letters), source=source),
        )
        self.catalog.objects.setdefault(key, SqlObject(key, "schema", owner, acl, source=source))

    @property
    def bootstrap(self) -> str:
        """The role that made the server, as far as anything says so."""
        catalogs = self.catalog.objects.get(ObjectKey(Space.SCHEMA, self.database, "pg_catalog", "pg_catalog"))
        if catalogs is not None:
            return catalogs.owner
        return "postgres" if "postgres" in self.catalog.roles else WHOEVER_RUNS_IT

    @property
    def is_superuser(self) -> bool:
        """Whether nothing is refused to the present user."""
        role = self.catalog.roles.get(self.user)
        return self.user == WHOEVER_RUNS_IT or (role is not None and role.superuser)

    @property
    def user_name(self) -> str:
        """The present user by name, as far as it has one."""
        return self.user or self.bootstrap

    def role(self, written: str) -> str:
        """Give the role that a name stands for, or give up when there is none."""
        if written in CURRENT_ROLES:
            return self.user_name
        if written == SESSION_ROLE:
            return self.owner_of_session or self.bootstrap
        if written not in self.catalog.roles:
            if self.strict:
                raise NotUnderstood(f"unknown role {quoted(written)}")
            if not self.catalog.has_roles or written.startswith("pg_"):
                return written
            raise NotUnderstood(f"unknown role {quoted(written)}")
        return written

    def grantee(self, written: str) -> str:
        """Give the role that a name stands for, or `PUBLIC`."""
        return PUBLIC if written == PUBLIC_ROLE else self.role(written)

    def known(self, written: str) -> SqlRole:
        """Give the role of a name that must be listed."""
        name = self.role(written)
        role = self.catalog.roles.get(name)
        if role is None:
            raise NotUnderstood(f"unknown role {quoted(written)}")
        return role

    def key(self, space: Space, name: Name, *, new: bool = False) -> ObjectKey:
        """Give the key of a thing.

        Where no schema is written, it is the first in the path that has the thing, or for a new one the first of all.
        """
        if space in _OF_SERVER:
            return ObjectKey(space, "", "", name.name)
        if space is Space.DATABASE:
            return ObjectKey(space, name.name, "", name.name)
        if space is Space.SCHEMA:
            return ObjectKey(space, self.database, name.name, name.name)
        if space not in _IN_SCHEMA:
            return ObjectKey(space, self.database, "", name.name)
        schemas = (name.schema,) if name.schema else self._path()
        keys = [ObjectKey(space, self.database, schema, name.name) for schema in schemas]
        found = next((key for key in keys if key in self.catalog.objects), None)
        if found is not None and (not new or found == keys[0]):
            return found
        if not keys:
            raise NotUnderstood(f"{quoted(name.name)} has no schema, and the search path is empty")
        return keys[0]

    def _path(self) -> list[str]:
        return [self.user_name if schema == "$user" else schema for schema in self.path]

    def find(self, space: Space, name: Name) -> SqlObject:
        """Give a thing, or give up when there is none, or when the present user may not look into its schema."""
        key = self.key(space, name)
        if space in _IN_SCHEMA:
            self.look_into(ObjectKey(Space.SCHEMA, key.database, key.schema, key.schema))
        thing = self.catalog.objects.get(key)
        if thing is None and space is Space.ROUTINE and "(" not in name.name:
            thing = self._only_routine(key)
        if thing is None:
            shown = f"{key.schema}.{key.name}" if key.schema and space is not Space.SCHEMA else key.name
            raise NotUnderstood(f"unknown {space.value} {quoted(shown)}")
        return thing

    def look_into(self, key: ObjectKey) -> None:
        """Give up when the present user may not use names in a schema."""
        schema = self.catalog.objects.get(key)
        if not self.strict or self.is_superuser or schema is None:
            return
        standing = {PUBLIC, *self.catalog.privileges_of(self.user)}
        acl = self.catalog.acl_of(schema)
        if not any("U" in item.letters and item.grantee in standing for item in acl):
            raise NotUnderstood(f"{quoted(self.user)} has no USAGE on the schema {quoted(key.name)}")

    def _only_routine(self, key: ObjectKey) -> SqlObject | None:
        """Find a routine by its bare name, when only one has it."""
        start = key.name + "("
        found = [one for one in self.in_schema(Space.ROUTINE, key.schema) if one.key.name.startswith(start)]
        return found[0] if len(found) == 1 else None

    def in_schema(self, space: Space, schema: str) -> list[SqlObject]:
        """List what is in a schema of the present database."""
        if self._in_schema is None:
            self._in_schema = {}
            for key in self.catalog.objects:
                self._in_schema.setdefault((key.space, key.database, key.schema), {})[key] = None
        keys = self._in_schema.get((space, self.database, schema), {})
        return [self.catalog.objects[key] for key in keys]

    def put(self, thing: SqlObject) -> None:
        """Keep a thing, in the place of one of the same key."""
        if self._in_schema is not None and thing.key not in self.catalog.objects:
            self._in_schema.setdefault((thing.key.space, thing.key.database, thing.key.schema), {})[thing.key] = None
        self.catalog.objects[thing.key] = thing

    def remove(self, key: ObjectKey) -> None:
        """Forget a thing."""
        del self.catalog.objects[key]
        if self._in_schema is not None:
            self._in_schema.get((key.space, key.database, key.schema), {}).pop(key, None)
