"""CREATE statements, as far as what they make can be granted or is a role."""

from collections.abc import Callable, Mapping
from itertools import pairwise

from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.cursor import Cursor, Name, NotUnderstood
from blastradius.systems.postgres.sql.granting import role
from blastradius.systems.postgres.sql.said import (
    PUBLIC_ROLE,
    Create,
    CreateExtension,
    Harmless,
    Said,
    SetPolicy,
    SetRoleOptions,
)
from blastradius.systems.postgres.sql.signatures import arguments
from blastradius.systems.postgres.sql.tokens import Token

_ATTRIBUTES = ("superuser", "createdb", "createrole", "inherit", "login", "replication", "bypassrls")
_ROLE_FLAGS: Mapping[str, tuple[str, bool]] = {name: (name, True) for name in _ATTRIBUTES} | {
    f"no{name}": (name, False) for name in _ATTRIBUTES
}
_HARMLESS = frozenset(
    {
        *("access", "cast", "collation", "conversion", "event", "index", "operator", "publication", "rule"),
        *("statistics", "subscription", "temp", "temporary", "text", "transform", "trigger", "unique", "constraint"),
        *("default", "user mapping"),
    }
)
_TRUE = frozenset({"true", "on", "1", "yes"})


def read_create(cursor: Cursor) -> Said:
    """Read what follows CREATE."""
    cursor.accept("or", "replace")
    for before in ("unlogged", "global", "local", "trusted", "procedural", "recursive"):
        cursor.accept(before)
    if cursor.accept("user", "mapping"):
        cursor.rest()
        return Harmless()
    word = cursor.one_of("role", "user", "group")
    if word is not None:
        return _read_role(cursor, login=word == "user")
    head = cursor.take().text
    if head in _HARMLESS:
        cursor.rest()
        return Harmless()
    reader = _READERS.get(head)
    if reader is None:
        raise NotUnderstood("what is created is not known")
    return reader(cursor)


def role_options(cursor: Cursor) -> tuple[tuple[str, bool], ...]:
    """Read attributes of a role up to the end; a password is passed over and kept nowhere."""
    cursor.accept("with")
    found: list[tuple[str, bool]] = []
    while (token := cursor.peek()) is not None:
        if token.is_word(*_ROLE_FLAGS):
            found.append(_ROLE_FLAGS[cursor.take().text])
        elif not _pass_over(cursor):
            break
    return tuple(found)


def _pass_over(cursor: Cursor) -> bool:
    """Pass over an option that says nothing about access."""
    if cursor.accept("connection", "limit"):
        cursor.accept("-")
        cursor.take()
    elif (
        cursor.accept("encrypted", "password")
        or cursor.accept("unencrypted", "password")
        or cursor.accept("password")
        or cursor.accept("valid", "until")
        or cursor.accept("sysid")
    ):
        cursor.take()
    else:
        return False
    return True


def _read_role(cursor: Cursor, *, login: bool) -> SetRoleOptions:
    name = cursor.name()
    options: list[tuple[str, bool]] = [("login", True)] if login else []
    lists: dict[str, tuple[str, ...]] = {"in": (), "role": (), "admin": ()}
    while not cursor.done:
        before = cursor.peek()
        options += role_options(cursor)
        if cursor.accept("in"):
            if cursor.one_of("role", "group") is None:
                raise NotUnderstood(f"`ROLE` is expected{cursor.place()}")
            lists["in"] = cursor.list_of(lambda: role(cursor))
        elif cursor.one_of("role", "user"):
            lists["role"] = cursor.list_of(lambda: role(cursor))
        elif cursor.accept("admin"):
            lists["admin"] = cursor.list_of(lambda: role(cursor))
        if cursor.peek() is before:
            raise NotUnderstood(f"an option of a role is not known{cursor.place()}")
    return SetRoleOptions(True, name, tuple(options), lists["in"], lists["role"], lists["admin"])


def _if_not_exists(cursor: Cursor) -> None:
    cursor.accept("if", "not", "exists")


def _read_relation(kind: str) -> Callable[[Cursor], Said]:
    def read(cursor: Cursor) -> Said:
        _if_not_exists(cursor)
        name = cursor.qualified()
        invoker = kind == "view" and _is_invoker(cursor)
        cursor.rest()
        return Create(Space.RELATION, kind, name, invoker=invoker)

    return read


def _is_invoker(cursor: Cursor) -> bool:
    """Look for ``WITH (security_invoker = true)`` before the query begins."""
    if cursor.next_is("("):
        cursor.parenthesised()
    if not cursor.accept("with"):
        return False
    return invoker_option(cursor.parenthesised())


def invoker_option(tokens: tuple[Token, ...]) -> bool:
    """Tell whether options of a view make it run with the rights of whoever asks."""
    for at, token in enumerate(tokens):
        if token.text == "security_invoker":
            value = tokens[at + 2].text if tokens[at + 1 : at + 2] and tokens[at + 1].text == "=" else "true"
            return value.lower() in _TRUE
    return False


def _read_routine(kind: str) -> Callable[[Cursor], Said]:
    def read(cursor: Cursor) -> Said:
        name = cursor.qualified()
        signature = arguments(cursor.parenthesised()) if cursor.next_is("(") else ""
        rest = cursor.rest()
        return Create(
            Space.ROUTINE,
            kind,
            Name(name.schema, f"{name.name}({signature})"),
            definer=any(a.is_word("security") and b.is_word("definer") for a, b in pairwise(rest)),
            callable=not (len(rest) > 1 and rest[0].is_word("returns") and _is_trigger(rest[1:4])),
        )

    return read


def _is_trigger(tokens: tuple[Token, ...]) -> bool:
    words = [token.text for token in tokens]
    if words[:2] == ["pg_catalog", "."]:
        words = words[2:]
    return words[:1] in (["trigger"], ["event_trigger"])


def _read_schema(cursor: Cursor) -> Said:
    _if_not_exists(cursor)
    name = "" if cursor.next_is("authorization") else cursor.name()
    owner = role(cursor) if cursor.accept("authorization") else None
    return Create(Space.SCHEMA, "schema", Name("", name or owner or ""), owner)


def _read_database(cursor: Cursor) -> Said:
    name = cursor.name()
    owner = None
    for at, token in enumerate(rest := cursor.rest()):
        if token.is_word("owner"):
            after = [one for one in rest[at + 1 : at + 3] if one.text != "="]
            owner = after[0].text if after else None
    return Create(Space.DATABASE, "database", Name("", name), owner)


def _read_named(space: Space, kind: str) -> Callable[[Cursor], Said]:
    def read(cursor: Cursor) -> Said:
        _if_not_exists(cursor)
        name = cursor.qualified()
        cursor.rest()
        return Create(space, kind, name)

    return read


def _read_foreign(cursor: Cursor) -> Said:
    if cursor.accept("data", "wrapper"):
        return _read_named(Space.WRAPPER, "foreign-data-wrapper")(cursor)
    cursor.expect("table")
    return _read_relation("foreign-table")(cursor)


def _read_materialized(cursor: Cursor) -> Said:
    cursor.expect("view")
    return _read_relation("materialized-view")(cursor)


def _read_tablespace(cursor: Cursor) -> Said:
    name = cursor.name()
    owner = role(cursor) if cursor.accept("owner") else None
    cursor.rest()
    return Create(Space.TABLESPACE, "tablespace", Name("", name), owner)


def _read_extension(cursor: Cursor) -> Said:
    _if_not_exists(cursor)
    name = cursor.name()
    cursor.rest()
    return CreateExtension(name)


def _read_policy(cursor: Cursor) -> Said:
    name = cursor.name()
    cursor.expect("on")
    table = cursor.qualified()
    permissive, command = True, "ALL"
    if cursor.accept("as"):
        permissive = cursor.name() != "restrictive"
    if cursor.accept("for"):
        command = cursor.name().upper()
    roles, using, check = policy_rest(cursor)
    return SetPolicy(True, name, table, permissive, command, roles or (), using, check)


def policy_rest(cursor: Cursor) -> tuple[tuple[str, ...] | None, str | None, str | None]:
    """Read roles and expressions of a policy; no roles means everybody, None that nothing is said of them."""
    roles: tuple[str, ...] | None = None
    using = check = None
    if cursor.accept("to"):
        named = cursor.list_of(lambda: role(cursor))
        roles = () if PUBLIC_ROLE in named else named
    if cursor.accept("using"):
        using = cursor.written(cursor.parenthesised())
    if cursor.accept("with", "check"):
        check = cursor.written(cursor.parenthesised())
    return roles, using, check


_READERS: Mapping[str, Callable[[Cursor], Said]] = {
    "table": _read_relation("table"),
    "view": _read_relation("view"),
    "sequence": _read_relation("sequence"),
    "materialized": _read_materialized,
    "foreign": _read_foreign,
    "function": _read_routine("function"),
    "procedure": _read_routine("procedure"),
    "aggregate": _read_routine("function"),
    "schema": _read_schema,
    "database": _read_database,
    "type": _read_named(Space.TYPE, "type"),
    "domain": _read_named(Space.TYPE, "type"),
    "language": _read_named(Space.LANGUAGE, "language"),
    "server": _read_named(Space.SERVER, "foreign-server"),
    "tablespace": _read_tablespace,
    "extension": _read_extension,
    "policy": _read_policy,
}
