"""GRANT, REVOKE and ALTER DEFAULT PRIVILEGES.

Source: PostgreSQL documentation 15 to 18, "GRANT", "REVOKE", "ALTER DEFAULT PRIVILEGES".
"""

from blastradius.documents import quoted
from blastradius.systems.postgres.privileges import LETTER_OF, Space
from blastradius.systems.postgres.sql.cursor import Cursor, Name, NotUnderstood
from blastradius.systems.postgres.sql.said import GrantPrivileges, GrantRoles, Privilege, SetDefaults, Targets
from blastradius.systems.postgres.sql.signatures import routine_name
from blastradius.systems.postgres.sql.tokens import Kind

_ALL_OF: dict[str, tuple[Space, tuple[str, ...]]] = {
    "tables": (Space.RELATION, ("table", "view", "materialized-view", "foreign-table")),
    "sequences": (Space.RELATION, ("sequence",)),
    "functions": (Space.ROUTINE, ("function",)),
    "procedures": (Space.ROUTINE, ("procedure",)),
    "routines": (Space.ROUTINE, ("function", "procedure")),
}
_TARGETS: dict[tuple[str, ...], Space] = {
    ("table",): Space.RELATION,
    ("sequence",): Space.RELATION,
    ("database",): Space.DATABASE,
    ("domain",): Space.TYPE,
    ("type",): Space.TYPE,
    ("foreign", "data", "wrapper"): Space.WRAPPER,
    ("foreign", "server"): Space.SERVER,
    ("function",): Space.ROUTINE,
    ("procedure",): Space.ROUTINE,
    ("routine",): Space.ROUTINE,
    ("language",): Space.LANGUAGE,
    ("large", "object"): Space.LARGE_OBJECT,
    ("parameter",): Space.PARAMETER,
    ("schema",): Space.SCHEMA,
    ("tablespace",): Space.TABLESPACE,
}
_FUTURE = {
    "tables": "r",
    "sequences": "S",
    "functions": "f",
    "routines": "f",
    "types": "T",
    "schemas": "n",
}


def read_grant(cursor: Cursor, *, revoke: bool) -> GrantPrivileges | GrantRoles:
    """Read what follows GRANT or REVOKE: privileges on things, or memberships."""
    option = revoke and cursor.accept("grant", "option", "for")
    if _is_of_roles(cursor):
        return _read_roles(cursor, revoke=revoke)
    privileges = read_privileges(cursor)
    cursor.expect("on")
    targets = _read_targets(cursor)
    cursor.expect("from" if revoke else "to")
    grantees = cursor.list_of(lambda: role(cursor))
    option = option or (not revoke and cursor.accept("with", "grant", "option"))
    grantor = role(cursor) if cursor.accept("granted", "by") else None
    cascade = revoke and cursor.accept("cascade")
    if revoke and not cascade:
        cursor.accept("restrict")
    return GrantPrivileges(revoke, privileges, targets, grantees, option, grantor, cascade)


def _is_of_roles(cursor: Cursor) -> bool:
    """Tell memberships from privileges: they have no ON, which is a word that no role may be called by."""
    ahead = depth = 0
    while (token := cursor.peek(ahead)) is not None:
        if token.kind is Kind.SYMBOL:
            depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.is_word("on"):
            return False
        if depth == 0 and token.is_word("to", "from"):
            return True
        ahead += 1
    raise NotUnderstood("neither `ON` nor `TO` is said")


def _read_roles(cursor: Cursor, *, revoke: bool) -> GrantRoles:
    options: list[tuple[str, bool]] = []
    if revoke:
        option = cursor.one_of("admin", "inherit", "set") if _has_option_for(cursor) else None
        if option:
            cursor.expect("option", "for")
            options.append((option, False))
    roles = cursor.list_of(lambda: role(cursor))
    cursor.expect("from" if revoke else "to")
    members = cursor.list_of(lambda: role(cursor))
    if not revoke and cursor.accept("with"):
        options += cursor.list_of(lambda: _read_option(cursor))
    grantor = role(cursor) if cursor.accept("granted", "by") else None
    cascade = revoke and cursor.accept("cascade")
    if revoke and not cascade:
        cursor.accept("restrict")
    return GrantRoles(roles, members, revoke, tuple(options), grantor, cascade)


def _has_option_for(cursor: Cursor) -> bool:
    """Tell an option of a membership from a role of the same name."""
    after = [token.text if token else "" for token in (cursor.peek(1), cursor.peek(2))]
    return after == ["option", "for"]


def _read_option(cursor: Cursor) -> tuple[str, bool]:
    option = cursor.one_of("admin", "inherit", "set")
    if option is None:
        raise NotUnderstood(f"an option of a membership is expected{cursor.place()}")
    value = cursor.one_of("option", "true", "false")
    if value is None:
        raise NotUnderstood(f"`TRUE` or `FALSE` is expected{cursor.place()}")
    return option, value != "false"


def read_privileges(cursor: Cursor) -> tuple[Privilege, ...]:
    """Read a list of privileges, or ALL."""
    if cursor.accept("all"):
        cursor.accept("privileges")
        return (Privilege("", _columns(cursor)),)
    return cursor.list_of(lambda: _read_privilege(cursor))


def _read_privilege(cursor: Cursor) -> Privilege:
    word = cursor.name().upper()
    if word == "ALTER" and cursor.accept("system"):
        word = "ALTER SYSTEM"
    if word not in LETTER_OF:
        raise NotUnderstood(f"the privilege {quoted(word)} is not known")
    return Privilege(LETTER_OF[word], _columns(cursor))


def _columns(cursor: Cursor) -> tuple[str, ...]:
    if not cursor.accept("("):
        return ()
    columns = cursor.list_of(cursor.name)
    cursor.expect(")")
    return columns


def _read_targets(cursor: Cursor) -> Targets:
    if cursor.accept("all"):
        word = cursor.one_of(*_ALL_OF)
        if word is None:
            raise NotUnderstood(f"what all is, is not known{cursor.place()}")
        cursor.expect("in", "schema")
        space, kinds = _ALL_OF[word]
        return Targets(space, schemas=cursor.list_of(cursor.name), kinds=kinds)
    for words, space in _TARGETS.items():
        # A table may be called like a kind of thing: `GRANT SELECT ON type TO x`.
        after = cursor.peek(len(words))
        if after is None or after.is_word("to", "from") or not cursor.accept(*words):
            continue
        return Targets(space, _names(cursor, space))
    return Targets(Space.RELATION, _names(cursor, Space.RELATION))


def _names(cursor: Cursor, space: Space) -> tuple[Name, ...]:
    if space is Space.ROUTINE:
        return cursor.list_of(lambda: routine_name(cursor))
    if space is Space.LARGE_OBJECT:
        return cursor.list_of(lambda: Name("", cursor.take().text))
    if space is Space.PARAMETER:
        return cursor.list_of(lambda: Name("", _setting(cursor)))
    return cursor.list_of(cursor.qualified)


def _setting(cursor: Cursor) -> str:
    parts = [cursor.name()]
    while cursor.accept("."):
        parts.append(cursor.name())
    return ".".join(parts).lower()


def role(cursor: Cursor) -> str:
    """Take the name of a role; everybody is `public`, which no role may be called."""
    if cursor.next_is("group") and (after := cursor.peek(1)) is not None and after.kind in (Kind.WORD, Kind.QUOTED):
        cursor.take()
    return cursor.name()


def read_defaults(cursor: Cursor) -> SetDefaults:
    """Read what follows ALTER DEFAULT PRIVILEGES."""
    roles: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    while True:
        if cursor.accept("for"):
            if cursor.one_of("role", "user") is None:
                raise NotUnderstood(f"`ROLE` is expected{cursor.place()}")
            roles = cursor.list_of(lambda: role(cursor))
        elif cursor.accept("in", "schema"):
            schemas = cursor.list_of(cursor.name)
        else:
            break
    revoke = cursor.one_of("grant", "revoke")
    if revoke is None:
        raise NotUnderstood(f"`GRANT` or `REVOKE` is expected{cursor.place()}")
    is_revoke = revoke == "revoke"
    option = is_revoke and cursor.accept("grant", "option", "for")
    privileges = read_privileges(cursor)
    cursor.expect("on")
    letter = "L" if cursor.accept("large", "objects") else _FUTURE.get(cursor.one_of(*_FUTURE) or "", "")
    if not letter:
        raise NotUnderstood(f"these default privileges are not known{cursor.place()}")
    cursor.expect("from" if is_revoke else "to")
    grantees = cursor.list_of(lambda: role(cursor))
    option = option or (not is_revoke and cursor.accept("with", "grant", "option"))
    if is_revoke:
        cursor.one_of("cascade", "restrict")
    return SetDefaults(roles, schemas, letter, is_revoke, privileges, grantees, option)
