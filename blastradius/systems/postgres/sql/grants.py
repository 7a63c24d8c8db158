"""What GRANT and REVOKE of privileges, and ALTER DEFAULT PRIVILEGES, do.

Source: PostgreSQL 15 to 18, ``aclchk.c`` (ExecGrant_Relation, SetDefaultACL, restrict_and_check_grant), ``acl.c``
(select_best_grantor).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from blastradius.documents import quoted
from blastradius.model.sources import Source
from blastradius.systems.postgres.acl import NONE, PUBLIC, Acl, AclItem, Owned, Revocation, default_acl, granted
from blastradius.systems.postgres.catalog import FUTURE, DefaultAcl, DefaultKey, SqlObject
from blastradius.systems.postgres.privileges import COLUMN_LETTERS, Space, letters_of
from blastradius.systems.postgres.sql.cursor import Name, NotUnderstood
from blastradius.systems.postgres.sql.said import GrantPrivileges, Privilege, SetDefaults, Targets
from blastradius.systems.postgres.sql.session import Session


@dataclass(frozen=True, slots=True)
class _Change:
    """What is granted or revoked, to or from whom."""

    revoke: bool
    grantees: tuple[str, ...]
    option: bool
    cascade: bool
    source: Source


def apply_grant(said: GrantPrivileges, session: Session, source: Source) -> None:
    """Grant or revoke privileges.

    Raises:
        NotUnderstood: When a name is unknown, or the server would refuse it; then nothing was changed.
    """
    grantees = tuple(session.grantee(name) for name in said.grantees)
    if said.option and not said.revoke and PUBLIC in grantees:
        raise NotUnderstood("grant options cannot be given to everybody")
    if said.grantor is not None and session.strict and session.role(said.grantor) != session.user_name:
        raise NotUnderstood("the grantor must be the current user")
    change = _Change(said.revoke, grantees, said.option, said.cascade, source)
    changed = [_changed(thing, said.privileges, change, session) for thing in _things(said.targets, session, source)]
    for thing in changed:
        session.put(thing)


def _things(targets: Targets, session: Session, source: Source) -> list[SqlObject]:
    things = [_thing(targets.space, name, session, source) for name in targets.names]
    for schema in targets.schemas:
        session.look_into(session.find(Space.SCHEMA, Name("", schema)).key)
        things += [thing for thing in session.in_schema(targets.space, schema) if thing.kind in targets.kinds]
    return things


def _thing(space: Space, name: Name, session: Session, source: Source) -> SqlObject:
    """Find a thing; a setting is there once something is granted on it."""
    key = session.key(space, name)
    if space is Space.PARAMETER and key not in session.catalog.objects:
        return SqlObject(key, "parameter", session.bootstrap, (), source=source)
    if not session.strict and key not in session.catalog.objects and name.schema == "pg_catalog":
        # Dumps hold what was granted on the server's own things, and not the things.
        return SqlObject(key, _OWN_KINDS.get(space, space.value), session.bootstrap, (), source=source)
    return session.find(space, name)


_OWN_KINDS = {Space.RELATION: "table", Space.ROUTINE: "function"}


def _changed(thing: SqlObject, privileges: Iterable[Privilege], change: _Change, session: Session) -> SqlObject:
    valid = letters_of(thing.key.space, session.catalog.version, sequence=thing.sequence)
    whole: set[str] = set()
    of_columns: dict[str, set[str]] = {}
    for privilege in privileges:
        for column in privilege.columns:
            of_columns.setdefault(column, set()).update(privilege.letter or COLUMN_LETTERS)
        if not privilege.columns:
            whole.update(privilege.letter or valid)
    if not whole.issubset(valid) and thing.key.space is not Space.RELATION:
        raise NotUnderstood(f"{quoted(thing.key.name)} has no such privilege")
    whole.intersection_update(valid)
    columns = dict(thing.columns)
    if change.revoke:
        # Who loses a privilege on the table loses it on every column as well.
        for column in columns:
            of_columns.setdefault(column, set()).update(whole.intersection(COLUMN_LETTERS))
    acl, start = thing.acl, session.catalog.acl_of(thing)
    if whole:
        acl = _applied(start, frozenset(whole), change, _Grantor(thing.owner, start, session))
    if change.revoke and thing.key.space is Space.RELATION and not whole.isdisjoint(COLUMN_LETTERS):
        # Every column is asked about, also those on which nothing was granted.
        _Grantor(thing.owner, start, session, COLUMN_LETTERS).name_and_letters(
            frozenset(whole.intersection(COLUMN_LETTERS))
        )
    for column, letters in of_columns.items():
        of_column = columns.get(column, ())
        grantor = _Grantor(thing.owner, (*start, *of_column), session, COLUMN_LETTERS)
        columns[column] = _applied(of_column, frozenset(letters), change, grantor)
    return replace(thing, acl=acl, columns={name: one for name, one in columns.items() if one})


@dataclass(frozen=True, slots=True)
class _Grantor:
    """In whose name something is granted.

    Attributes:
        acl: All that can hold grant options.
        mask: The privileges that count as having some; empty for all of them.
    """

    owner: str
    acl: Acl
    session: Session
    mask: str = ""

    @property
    def owned(self) -> Owned:
        """Whose the thing is, and who stands for whom."""
        return Owned(self.owner, self.session.catalog.privileges_of)

    def name_and_letters(self, letters: frozenset[str]) -> tuple[str, frozenset[str]]:
        """Give who grants, and what of it that one may grant."""
        session = self.session
        if session.is_superuser or session.user == self.owner:
            return self.owner, letters
        if not session.strict:
            return session.user, letters
        standing = session.catalog.privileges_of(session.user)
        best, may = session.user, NONE
        for role in standing:
            own = letters if role == self.owner else _options_of(self.acl, role) & letters
            if len(own) > len(may):
                best, may = role, own
        if may:
            return best, may
        if not any(self._counts(item) and item.grantee in (PUBLIC, *standing) for item in self.acl):
            raise NotUnderstood(f"{quoted(session.user)} has no privilege on it")
        # The server goes on with a warning, perhaps to other things.
        session.notices.append(f"{quoted(session.user)} may not pass it on")
        return best, NONE

    def _counts(self, item: AclItem) -> bool:
        return bool(item.letters.intersection(self.mask) if self.mask else item.letters)


def _options_of(acl: Acl, role: str) -> frozenset[str]:
    return NONE.union(*(item.options for item in acl if item.grantee == role))


def _applied(acl: Acl, letters: frozenset[str], change: _Change, grantor: _Grantor) -> Acl:
    name, letters = grantor.name_and_letters(letters)
    if not letters:
        return acl
    owned = grantor.owned
    for grantee in change.grantees:
        if not change.revoke:
            item = AclItem(grantee, name, letters, letters if change.option else NONE, change.source)
            if grantor.session.strict and owned.is_circular(acl, item):
                raise NotUnderstood(f"{quoted(name)} has these grant options from {quoted(grantee)}")
            acl = granted(acl, item)
            continue
        left = owned.revoked(acl, Revocation(grantee, name, letters, change.option, change.cascade))
        if left is None:
            raise NotUnderstood(f"{quoted(grantee)} has granted it on, and CASCADE is not said")
        acl = left
    return acl


def apply_defaults(said: SetDefaults, session: Session, source: Source) -> None:
    """Change default privileges.

    Raises:
        NotUnderstood: When a name is unknown.
    """
    roles = [session.role(name) for name in said.roles] or [session.user_name]
    grantees = tuple(session.grantee(name) for name in said.grantees)
    change = _Change(said.revoke, grantees, said.option, True, source)
    space, what = FUTURE[said.letter]
    is_sequence = what == "sequences"
    version = session.catalog.version
    for role in roles:
        built_in = default_acl(space, role, version, source, sequence=is_sequence)
        letters: set[str] = set()
        for privilege in said.privileges:
            letters.update(privilege.letter or letters_of(space, version, sequence=is_sequence))
        for schema in said.schemas or ("",):
            key = DefaultKey(session.database, role, schema, said.letter)
            old = session.catalog.defaults.get(key)
            start = old.acl if old else (() if schema else built_in)
            # They are always changed in the name of the role itself.
            acl = _applied(start, frozenset(letters), change, _Grantor(role, start, _as_owner(session)))
            if set(acl) == set(() if schema else built_in):
                session.catalog.defaults.pop(key, None)
            else:
                session.catalog.defaults[key] = DefaultAcl(key, acl, source)


def _as_owner(session: Session) -> Session:
    """Give the same session as somebody to whom nothing is refused."""
    return replace(session, user="")
