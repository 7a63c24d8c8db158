"""A catalog as facts: who stands in which group, may act as whom, and was granted what."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from blastradius.model.snapshot import CAPABILITIES, Entry, Identities, Resource, Snapshot
from blastradius.model.sources import NOWHERE
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.acl import NONE, Acl, granted
from blastradius.systems.postgres.catalog import FUTURE, Catalog, DefaultKey, ObjectKey, SqlObject
from blastradius.systems.postgres.gathered import Gathered
from blastradius.systems.postgres.places import Places
from blastradius.systems.postgres.privileges import (
    COLUMN_LETTERS,
    OWNER,
    Space,
    actions_of,
    all_actions,
    letters_of,
)
from blastradius.systems.postgres.row_security import RowSecurity, Share
from blastradius.systems.postgres.standing import MAINTAIN_ALL, READ_ALL, WRITE_ALL, Standing

SYSTEM = "postgres"
_EMAIL = re.compile(r"[a-z0-9._+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}", re.ASCII | re.IGNORECASE)
_IN_SCHEMA = (Space.RELATION, Space.ROUTINE, Space.TYPE)
_OF_SERVER = (Space.DATABASE, Space.TABLESPACE, Space.PARAMETER)
_ALL_DATA = {READ_ALL: "r", WRITE_ALL: "awd", MAINTAIN_ALL: "m"}
# Whoever has these holds nothing of what people wrote down; without a parent they are not taken for its class.
_HOLDS_NO_DATA = ("sequence", "type", "language")


@dataclass(frozen=True, slots=True)
class Names:
    """Names of things that exist whatever their privileges are, and that an export shows only once they have some.

    Attributes:
        columns: Columns, each with its table.
        defaults: Things that a role will make.
        parameters: Settings.
    """

    columns: frozenset[tuple[ObjectKey, str]] = frozenset()
    defaults: frozenset[DefaultKey] = frozenset()
    parameters: frozenset[ObjectKey] = frozenset()


def names_of(catalog: Catalog) -> Names:
    """Give the names that the facts of another state should have as well."""
    things = catalog.objects.values()
    return Names(
        frozenset((thing.key, column) for thing in things for column in thing.columns),
        frozenset(catalog.defaults),
        frozenset(thing.key for thing in things if thing.key.space is Space.PARAMETER),
    )


def build(catalog: Catalog, names: Names | None = None) -> Snapshot:
    """Make facts of a catalog.

    Args:
        catalog: Everything of one server.
        names: Names known from another state.

    Returns:
        A snapshot in which every id that a fact names exists. Its ``unread`` and ``coverage`` are those of the
        catalog and what was met on the way.

    Cost: linear in the catalog.
    """
    builder = _Builder(catalog, names or Names())
    builder.run()
    facts = builder.facts
    principals = {
        own: replace(principal, assumable_by=tuple(dict.fromkeys(doors)))
        if (doors := facts.doors.get(own))
        else principal
        for own, principal in facts.principals.items()
    }
    return Snapshot(
        system=SYSTEM,
        taken_at=catalog.taken_at,
        actions=dict(CAPABILITIES) | all_actions(),
        principals=principals,
        groups=facts.groups,
        resources=facts.resources,
        grants=tuple(dict.fromkeys(facts.grants)),
        unread=(*catalog.unread, *facts.unread),
        coverage=tuple(catalog.coverage),
        identities=Identities(emails=_emails(catalog, facts)),
    )


def _emails(catalog: Catalog, facts: Gathered) -> dict[str, str]:
    """Find roles that are called by an e-mail address, as managed servers call people of the organisation."""
    users = {ids.principal_id(role): role.name for role in catalog.roles.values() if role.login}
    return {own: name.lower() for own, name in users.items() if own in facts.principals and _EMAIL.fullmatch(name)}


@dataclass(slots=True)
class _Cached:
    """Sets of actions that were made before."""

    known: dict[tuple[object, ...], frozenset[str]] = field(default_factory=dict)

    def of(self, letters: frozenset[str], options: frozenset[str], space: Space, *, sequence: bool) -> frozenset[str]:
        key = (letters, options, space, sequence)
        if key not in self.known:
            self.known[key] = actions_of(letters, options, space, sequence=sequence)
        return self.known[key]


class _Builder:
    """Makes facts, thing by thing."""

    def __init__(self, catalog: Catalog, names: Names) -> None:
        self.facts = Gathered()
        self._catalog = catalog
        self._names = names
        self._standing = Standing(catalog, self.facts)
        self._places = Places(catalog, self._standing, self.facts)
        self._rows = RowSecurity(catalog, self._places, self.facts)
        self._actions = _Cached()
        self._columns: dict[ObjectKey, list[str]] = {}
        for key, column in sorted(names.columns):
            self._columns.setdefault(key, []).append(column)

    def run(self) -> None:
        for thing in self._catalog.objects.values():
            self._add(thing)
        for database in self._catalog.databases:
            self._database(database)
        for key in sorted(self._names.parameters - self._catalog.objects.keys()):
            self._add(SqlObject(key, "parameter", "", ()))
        for default in sorted(self._names.defaults | self._catalog.defaults.keys()):
            self._add_future(default)

    def _add(self, thing: SqlObject) -> None:
        own = ids.object_id(thing)
        self.facts.resources[own] = Resource(
            own, self._parents(thing), False, None, _labels(thing), source=thing.source
        )
        space, sequence = thing.key.space, thing.sequence
        acl = self._catalog.acl_of(thing)
        letters = frozenset(letters_of(space, self._catalog.version, sequence=sequence))
        everything = self._actions.of(letters, letters, space, sequence=sequence) | {OWNER}
        self.facts.grant(ids.SUPERUSERS, own, everything, thing.source)
        if thing.owner and self._standing.knows(thing.owner):
            # An owner may always pass on what it owns, even what it has revoked from itself.
            always = self._actions.of(_owned_letters(thing, acl), letters, space, sequence=sequence) | {OWNER}
            self.facts.grant(self._subject(thing, thing.owner), own, always, thing.source)
        # What the owner has is said above, unless row-level security is forced on it.
        others = acl if thing.forced else tuple(item for item in acl if item.grantee != thing.owner)
        self._add_acl(thing, own, others)
        if space is Space.RELATION:
            self._add_all_data(thing, own)
            self._add_columns(thing, own)
        if space is Space.SCHEMA:
            self._add_usage(thing, own)
        if thing.definer and thing.callable and self._standing.knows(thing.owner):
            self._add_definer(thing)

    def _parents(self, thing: SqlObject) -> tuple[str, ...]:
        key = thing.key
        if key.space in _OF_SERVER:
            return (ids.CLUSTER,)
        if thing.kind in _HOLDS_NO_DATA or (key.space is Space.ROUTINE and not thing.definer):
            return ()
        schema = ObjectKey(Space.SCHEMA, key.database, key.schema, key.schema)
        if key.space in _IN_SCHEMA and schema in self._catalog.objects:
            return (f"schema:pg/{ids.path_of(schema)}",)
        return self._database(key.database)

    def _database(self, database: str) -> tuple[str, ...]:
        own = f"database:pg/{ids.token(database)}"
        if own not in self.facts.resources:
            source = self._catalog.databases.get(database, NOWHERE)
            self.facts.resources[own] = Resource(own, (ids.CLUSTER,), False, source=source)
        return (own,)

    def _subject(self, thing: SqlObject, role: str) -> str:
        """Name those who have the privileges of a role where a thing is."""
        key = thing.key
        if key.space in _OF_SERVER:
            return self._places.subject(role, key.database)
        return self._places.reach(role, key.database, key.schema if key.space in _IN_SCHEMA else "")

    def _add_acl(self, thing: SqlObject, own: str, acl: Acl) -> None:
        space, sequence = thing.key.space, thing.sequence
        for item in acl:
            if not self._standing.knows(item.grantee):
                continue
            subject = self._subject(thing, item.grantee)
            for share in self._shares(thing, item.grantee, subject, item.letters):
                actions = self._actions.of(share.letters, NONE, space, sequence=sequence)
                self.facts.grant(share.subject, own, actions, item.source, share.when)
            # Passing a privilege on does not depend on rows.
            options = self._actions.of(NONE, item.options, space, sequence=sequence)
            self.facts.grant(subject, own, options, item.source)

    def _shares(self, thing: SqlObject, holder: str, subject: str, letters: frozenset[str]) -> Iterable[Share]:
        if thing.key.space is Space.RELATION:
            return self._rows.shares(thing, holder, subject, letters)
        return (Share(subject, letters),)

    def _add_all_data(self, thing: SqlObject, own: str) -> None:
        """Add what predefined roles, and whoever copies the files of the server, may do with every table."""
        database = thing.key.database
        for role, letters in _ALL_DATA.items():
            if role in self._standing.roles:
                source = self._standing.roles[role].source
                subject = self._places.reach(role, database)
                for share in self._rows.shares(thing, role, subject, frozenset(letters)):
                    actions = self._actions.of(share.letters, NONE, Space.RELATION, sequence=thing.sequence)
                    self.facts.grant(share.subject, own, actions, source, share.when)
        if ids.COPIERS in self.facts.groups:
            self.facts.grant(
                ids.COPIERS, own, self._actions.of(frozenset("r"), NONE, Space.RELATION, sequence=False), NOWHERE
            )

    def _add_usage(self, thing: SqlObject, own: str) -> None:
        """Add that predefined roles may use the names of every schema."""
        for role in (READ_ALL, WRITE_ALL):
            if role in self._standing.roles:
                subject = self._places.reach(role, thing.key.database)
                usage = self._actions.of(frozenset("U"), NONE, Space.SCHEMA, sequence=False)
                self.facts.grant(subject, own, usage, self._standing.roles[role].source)

    def _add_columns(self, thing: SqlObject, table: str) -> None:
        for column in dict.fromkeys((*thing.columns, *self._columns.get(thing.key, ()))):
            own = ids.column_id(thing.key, column)
            acl = thing.columns.get(column, ())
            source = acl[0].source if acl else thing.source
            # Whoever may do something with the table may do it with its columns.
            self.facts.resources[own] = Resource(own, (table,), source=source)
            kept = tuple(replace(item, letters=item.letters.intersection(COLUMN_LETTERS)) for item in acl)
            self._add_acl(thing, own, kept)

    def _add_definer(self, thing: SqlObject) -> None:
        """Let whoever runs a SECURITY DEFINER routine act as its owner, as far as the routine does it."""
        runners = [
            Entry(self._subject(thing, item.grantee), source=item.source)
            for item in self._catalog.acl_of(thing)
            if "X" in item.letters and item.grantee != thing.owner and self._standing.knows(item.grantee)
        ]
        if not runners or thing.owner not in self._standing.roles:
            return
        group = self.facts.group(ids.execute_id(thing.key), runners, thing.source)
        when = f"what a SECURITY DEFINER routine of {ids.token(thing.owner)} does"
        door = Entry(group, when, thing.source)
        self.facts.doors.setdefault(self._standing.principal(thing.owner), []).append(door)

    def _add_future(self, key: DefaultKey) -> None:
        """Add what stands for things that a role will make, with the privileges that they will have."""
        space, what = FUTURE[key.letter]
        entry = self._catalog.defaults.get(key)
        acl = self._catalog.default_of(key)
        for item in entry.acl if entry and key.schema else ():
            acl = granted(acl, item)
        source = entry.source if entry else NOWHERE
        own = ids.future_id(key, what)
        schema = ObjectKey(Space.SCHEMA, key.database, key.schema, key.schema)
        is_known = key.schema and schema in self._catalog.objects
        parents = (f"schema:pg/{ids.path_of(schema)}",) if is_known else self._database(key.database)
        self.facts.resources[own] = Resource(own, parents, False, source=source)
        sequence = what == "sequences"
        letters = frozenset(letters_of(space, self._catalog.version, sequence=sequence))
        self.facts.grant(ids.SUPERUSERS, own, self._actions.of(letters, letters, space, sequence=sequence), source)
        for item in acl:
            if self._standing.knows(item.grantee):
                subject = self._places.reach(item.grantee, key.database, key.schema)
                actions = self._actions.of(item.letters, item.options, space, sequence=sequence)
                self.facts.grant(subject, own, actions, item.source if item.source is not NOWHERE else source)


def _owned_letters(thing: SqlObject, acl: Acl) -> frozenset[str]:
    """Say what an owner was not deprived of; where row-level security is forced on it, that is said with the rest."""
    if thing.forced:
        return NONE
    return NONE.union(*(item.letters for item in acl if item.grantee == thing.owner))


def _labels(thing: SqlObject) -> tuple[tuple[str, str], ...]:
    """Say what classification rules may want to know, sorted by name."""
    labels: dict[str, str] = {}
    if thing.row_security:
        labels["row_security"] = "forced" if thing.forced else "on"
    if thing.kind == "view":
        labels["runs_as"] = "caller" if thing.invoker else "owner"
    if thing.key.space is Space.ROUTINE:
        labels["runs_as"] = "owner" if thing.definer else "caller"
    return tuple(sorted(labels.items()))
