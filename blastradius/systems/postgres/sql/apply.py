"""What statements do to a catalog, as the server would do it.

Source: PostgreSQL 15 to 18, ``aclchk.c``, ``user.c``, ``policy.c``, and documentation of the statements.
"""

from dataclasses import replace
from typing import assert_never

from blastradius.documents import quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.postgres.acl import PUBLIC, AclItem, granted, with_owner
from blastradius.systems.postgres.catalog import (
    FUTURE,
    Catalog,
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
from blastradius.systems.postgres.sql import said as s
from blastradius.systems.postgres.sql.cursor import Name, NotUnderstood
from blastradius.systems.postgres.sql.grants import apply_defaults, apply_grant
from blastradius.systems.postgres.sql.memberships import apply_membership, grant_membership
from blastradius.systems.postgres.sql.session import WHOEVER_RUNS_IT, Session

_IN_SCHEMA = (Space.RELATION, Space.ROUTINE, Space.TYPE)


def apply(said: s.Said, session: Session, source: Source) -> None:
    """Do to the catalog what a statement says.

    Args:
        said: The statement.
        session: Whose it is; it and its catalog are changed.
        source: Where the statement stands.

    Raises:
        NotUnderstood: When it names what is not there, or the server would refuse it; then nothing was changed.
    """
    match said:
        case s.SetRoleOptions():
            _set_role(said, session, source)
        case s.GrantRoles():
            apply_membership(said, session, source)
        case s.GrantPrivileges():
            apply_grant(said, session, source)
        case s.SetDefaults():
            apply_defaults(said, session, source)
        case s.Drop():
            _drop(said, session)
        case s.Become() | s.SearchPath() | s.Connect() | s.Harmless():
            _move(said, session, source)
        case _:
            _change_thing(said, session, source)


_OfThings = s.Create | s.CreateExtension | s.SetOwner | s.SetFlags | s.SetPolicy | s.DropPolicy


def _change_thing(said: _OfThings, session: Session, source: Source) -> None:
    match said:
        case s.Create():
            _create(said, session, source)
        case s.CreateExtension(name):
            what = f"the objects of the extension {quoted(name)} in {quoted(session.database)}"
            reason = "a dump does not hold them, and everybody may run functions unless it was revoked"
            hint = "export the catalog with the query of `blastradius collect postgres` instead"
            session.catalog.coverage.append(Coverage(what, Completeness.UNKNOWN, reason, source, hint))
        case s.SetOwner():
            _set_owner(session, said)
        case s.SetFlags():
            thing = session.find(said.space, said.name)
            session.put(replace(thing, **dict(said.flags), source=source))  # type: ignore[arg-type]
        case s.SetPolicy():
            _set_policy(said, session, source)
        case s.DropPolicy(name, table):
            key = _policy_key(session, table, name)
            if session.catalog.policies.pop(key, None) is None:
                raise NotUnderstood(f"unknown policy {quoted(name)}")
        case _:
            assert_never(said)


def _move(said: s.Become | s.SearchPath | s.Connect | s.Harmless, session: Session, source: Source) -> None:
    match said:
        case s.Become(name, whole):
            who = session.role(name) if name is not None else None
            if whole:
                session.owner_of_session = who or WHOEVER_RUNS_IT
            session.user = who or session.owner_of_session
        case s.SearchPath(schemas):
            session.path = schemas
        case s.Connect(database):
            session.connect(database, source)
        case s.Harmless():
            pass
        case _:
            assert_never(said)


def _set_role(said: s.SetRoleOptions, session: Session, source: Source) -> None:
    roles = session.catalog.roles
    if said.create:
        if said.name in roles and session.strict:
            raise NotUnderstood(f"the role {quoted(said.name)} is there already")
        if said.name in (s.PUBLIC_ROLE, "none", ""):
            raise NotUnderstood(f"no role can be called {quoted(said.name)}")
        others = [session.role(name) for name in (*said.in_roles, *said.members, *said.admins)]
        roles.setdefault(said.name, SqlRole(said.name, source=source))
        for name in others[: len(said.in_roles)]:
            grant_membership(session, MembershipKey(name, said.name, session.user_name), source)
        for name in others[len(said.in_roles) :]:
            is_admin = name in said.admins
            key = MembershipKey(said.name, name, session.user_name)
            grant_membership(session, key, source, (("admin", True),) if is_admin else ())
    role = session.known(said.name)
    roles[role.name] = replace(role, **dict(said.options), source=source)  # type: ignore[arg-type]


def _create(said: s.Create, session: Session, source: Source) -> None:
    if said.space is Space.DATABASE:
        key = session.key(said.space, said.name)
        owner = session.role(said.owner) if said.owner else session.user
        session.catalog.elsewhere.pop(said.name.name, None)
        session.put(SqlObject(key, "database", owner, source=source))
        return
    key = session.key(said.space, said.name, new=True)
    old = session.catalog.objects.get(key)
    if old is not None:
        session.put(replace(old, definer=said.definer, callable=said.callable, invoker=said.invoker))
        return
    _need_schema(key, session, source)
    if said.beside is not None:
        owner = session.find(Space.RELATION, said.beside).owner
    else:
        owner = session.role(said.owner) if said.owner else session.user
    thing = SqlObject(
        key,
        said.kind,
        owner,
        definer=said.definer,
        callable=said.callable,
        invoker=said.invoker,
        source=source,
    )
    session.put(_with_defaults(thing, session.catalog))


def _need_schema(key: ObjectKey, session: Session, source: Source) -> None:
    if key.space not in _IN_SCHEMA:
        return
    schema = session.key(Space.SCHEMA, Name("", key.schema))
    if schema in session.catalog.objects:
        return
    if session.strict:
        raise NotUnderstood(f"unknown schema {quoted(key.schema)}")
    everybody = AclItem(PUBLIC, "", frozenset("U"), source=source)
    session.put(SqlObject(schema, "schema", "", (everybody,), source=source))
    what = f"the schema {quoted(key.schema)} in {quoted(session.database)}"
    reason = "the dump holds things in it and not the schema, so everybody is taken to have USAGE"
    hint = "dump the whole database, without `--table`"
    session.catalog.coverage.append(Coverage(what, Completeness.TRUNCATED, reason, source, hint))


def _with_defaults(thing: SqlObject, catalog: Catalog) -> SqlObject:
    """Give a new thing the default privileges of whoever makes it."""
    letter = next((code for code, (space, _) in FUTURE.items() if space is thing.key.space), "")
    if thing.sequence:
        letter = "S"
    schema = "" if thing.key.space is Space.SCHEMA else thing.key.schema
    key = DefaultKey(thing.key.database, thing.owner, schema, letter)
    entries = [catalog.defaults.get(key._replace(schema="")), catalog.defaults.get(key) if schema else None]
    if not letter or not any(entries):
        return thing
    acl = catalog.default_of(key)
    for item in entries[1].acl if entries[1] else ():
        acl = granted(acl, item)
    return replace(thing, acl=acl)


def _set_owner(session: Session, said: s.SetOwner) -> None:
    thing = session.find(said.space, said.name)
    owner = session.role(said.owner)
    acl = None if thing.acl is None else with_owner(thing.acl, thing.owner, owner)
    columns = {name: with_owner(one, thing.owner, owner) for name, one in thing.columns.items()}
    session.put(replace(thing, owner=owner, acl=acl, columns=columns))


def _policy_key(session: Session, table: Name, name: str) -> PolicyKey:
    key = session.find(Space.RELATION, table).key
    return PolicyKey(key.database, key.schema, key.name, name)


def _set_policy(said: s.SetPolicy, session: Session, source: Source) -> None:
    key = _policy_key(session, said.table, said.name)
    roles = None if said.roles is None else tuple(sorted({session.role(name) for name in said.roles}))
    using, check = bare(said.using), bare(said.check)
    if said.create:
        if session.strict and key in session.catalog.policies:
            raise NotUnderstood(f"the policy {quoted(said.name)} is there already")
        policy = Policy(key, said.permissive, roles or (), said.command, using, check, source)
    else:
        old = session.catalog.policies.get(key)
        if old is None:
            raise NotUnderstood(f"unknown policy {quoted(said.name)}")
        using = old.using if using is None else using
        check = old.check if check is None else check
        roles = old.roles if roles is None else roles
        policy = replace(old, roles=roles, using=using, check=check, source=source)
    session.catalog.policies[key] = policy


def _drop(said: s.Drop, session: Session) -> None:
    if said.space is None:
        _drop_roles([session.known(name.name).name for name in said.names], session.catalog)
        return
    things = [session.find(said.space, name) for name in said.names]
    for thing in things:
        if thing.key.space is Space.SCHEMA and _is_used(thing.key, session):
            raise NotUnderstood(f"the schema {quoted(thing.key.name)} is not empty")
    for thing in things:
        session.remove(thing.key)
        key = thing.key
        if key.space is Space.RELATION:
            policies = session.catalog.policies
            for policy in [p for p in policies if (p.database, p.schema, p.table) == key[1:]]:
                del policies[policy]


def _is_used(schema: ObjectKey, session: Session) -> bool:
    return any(session.in_schema(space, schema.name) for space in _IN_SCHEMA)


def _drop_roles(names: list[str], catalog: Catalog) -> None:
    used = {name for thing in catalog.objects.values() for name in (thing.owner, *_grantees(thing))}
    used |= {name for default in catalog.defaults.values() for name in (default.key.role, *_of(default.acl))}
    for name in names:
        if name in used:
            raise NotUnderstood(f"the role {quoted(name)} owns things, or something is granted to it")
    for name in names:
        del catalog.roles[name]
    gone: list[Membership] = [
        m for m in catalog.memberships.values() if not {m.key.role, m.key.member}.isdisjoint(names)
    ]
    for membership in gone:
        del catalog.memberships[membership.key]


def _grantees(thing: SqlObject) -> list[str]:
    return [name for acl in (thing.acl or (), *thing.columns.values()) for name in _of(acl)]


def _of(acl: tuple[AclItem, ...]) -> list[str]:
    return [item.grantee for item in acl]
