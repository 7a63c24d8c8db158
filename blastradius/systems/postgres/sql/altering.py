"""ALTER and DROP statements, as far as they change who may do what."""

from collections.abc import Mapping

from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.creating import invoker_option, policy_rest, role_options
from blastradius.systems.postgres.sql.cursor import Cursor, Name, NotUnderstood
from blastradius.systems.postgres.sql.granting import read_defaults, role
from blastradius.systems.postgres.sql.said import (
    Create,
    Drop,
    DropPolicy,
    GrantRoles,
    Harmless,
    Said,
    SetFlags,
    SetOwner,
    SetPolicy,
    SetRoleOptions,
)
from blastradius.systems.postgres.sql.signatures import routine_name

# Longer heads first, so that `FOREIGN TABLE` is not taken for something else.
_SPACES: Mapping[tuple[str, ...], Space] = {
    ("materialized", "view"): Space.RELATION,
    ("foreign", "table"): Space.RELATION,
    ("foreign", "data", "wrapper"): Space.WRAPPER,
    ("large", "object"): Space.LARGE_OBJECT,
    ("procedural", "language"): Space.LANGUAGE,
    ("table",): Space.RELATION,
    ("view",): Space.RELATION,
    ("sequence",): Space.RELATION,
    ("function",): Space.ROUTINE,
    ("procedure",): Space.ROUTINE,
    ("routine",): Space.ROUTINE,
    ("aggregate",): Space.ROUTINE,
    ("schema",): Space.SCHEMA,
    ("database",): Space.DATABASE,
    ("type",): Space.TYPE,
    ("domain",): Space.TYPE,
    ("language",): Space.LANGUAGE,
    ("server",): Space.SERVER,
    ("tablespace",): Space.TABLESPACE,
}
_HARMLESS = frozenset(
    {
        *("access", "cast", "collation", "constraint", "conversion", "event", "extension", "index", "operator"),
        *("publication", "rule", "statistics", "subscription", "text", "transform", "trigger"),
    }
)
# What else may be done to a thing without changing who may do what: the first word of the action.
_ACTIONS_HARMLESS = frozenset(
    {
        *(
            "add",
            "alter",
            "attach",
            "cluster",
            "cost",
            "detach",
            "disable",
            "enable",
            "immutable",
            "inherit",
            "leakproof",
        ),
        *(
            "logged",
            "no",
            "not",
            "options",
            "parallel",
            "replica",
            "reset",
            "restart",
            "rows",
            "set",
            "stable",
            "strict",
        ),
        *("support", "validate", "version", "volatile", "called", "as", "increment", "start", "minvalue", "maxvalue"),
        *("owned", "cache", "cycle", "depends", "returns", "drop", "connection", "allow_connections", "is_template"),
    }
)


def read_alter_role(cursor: Cursor) -> Said | None:
    """Read what follows ALTER when it is about a role, a policy or default privileges; None when it is not."""
    if cursor.accept("default", "privileges"):
        return read_defaults(cursor)
    if cursor.accept("policy"):
        return _read_policy(cursor)
    if cursor.accept("user", "mapping"):
        cursor.rest()
        return Harmless()
    word = cursor.one_of("role", "user", "group")
    if word is None:
        return None
    if cursor.accept("all"):
        cursor.rest()
        return Harmless()
    name = role(cursor)
    if word == "group" and (change := cursor.one_of("add", "drop")):
        cursor.expect("user")
        return GrantRoles((name,), cursor.list_of(lambda: role(cursor)), revoke=change == "drop")
    if cursor.one_of("set", "reset", "in"):
        # Settings that a session begins with; `IN DATABASE x SET …` as well.
        cursor.rest()
        return Harmless()
    if cursor.next_is("rename"):
        raise NotUnderstood("renaming is not followed")
    return SetRoleOptions(False, name, role_options(cursor))


def _read_policy(cursor: Cursor) -> Said:
    name = cursor.name()
    cursor.expect("on")
    table = cursor.qualified()
    if cursor.next_is("rename"):
        raise NotUnderstood("renaming is not followed")
    roles, using, check = policy_rest(cursor)
    return SetPolicy(False, name, table, roles=roles, using=using, check=check)


def _space(cursor: Cursor) -> Space | None:
    for words, space in _SPACES.items():
        if cursor.accept(*words):
            return space
    return None


def _name(cursor: Cursor, space: Space) -> Name:
    if space is Space.ROUTINE:
        return routine_name(cursor)
    if space is Space.LARGE_OBJECT:
        return Name("", cursor.take().text)
    return cursor.qualified()


def read_alter(cursor: Cursor) -> Said:
    """Read what follows ALTER when it is about a thing."""
    token = cursor.peek()
    if token is not None and token.is_word(*_HARMLESS):
        cursor.rest()
        return Harmless()
    space = _space(cursor)
    if space is None:
        raise NotUnderstood("what is altered is not known")
    if space is Space.RELATION and cursor.next_is("all", "in"):
        raise NotUnderstood("moving everything is not followed")
    cursor.accept("if", "exists")
    cursor.accept("only")
    name = _name(cursor, space)
    cursor.accept("*")
    if cursor.accept("owner", "to"):
        return SetOwner(space, name, role(cursor))
    if space is Space.ROUTINE:
        return _read_routine_actions(cursor, name)
    return _read_actions(cursor, space, name)


def _read_actions(cursor: Cursor, space: Space, name: Name) -> Said:
    """Read the actions of ALTER TABLE and its like, which are separated by commas."""
    flags: list[tuple[str, bool]] = []
    while not cursor.done:
        _refuse_what_moves(cursor)
        found = _row_security(cursor)
        if found is not None:
            flags.append(found)
        elif cursor.next_is("set", "("):
            cursor.take()
            options = cursor.parenthesised()
            if any(token.text == "security_invoker" for token in options):
                flags.append(("invoker", invoker_option(options)))
        elif cursor.one_of(*_ACTIONS_HARMLESS) is None:
            raise NotUnderstood(f"this action is not known{cursor.place()}")
        else:
            made = _pass_over(cursor)
            if made is not None:
                return Create(Space.RELATION, "sequence", made, beside=name)
        if not cursor.accept(","):
            break
    return SetFlags(space, name, tuple(flags)) if flags else _harmless(cursor)


def _refuse_what_moves(cursor: Cursor) -> None:
    for words, what in {
        ("rename",): "renaming",
        ("set", "schema"): "moving to another schema",
        ("owner", "to"): "a new owner among other actions",
    }.items():
        if cursor.next_is(*words):
            raise NotUnderstood(f"{what} is not followed")


def _harmless(cursor: Cursor) -> Said:
    cursor.rest()
    return Harmless()


def _row_security(cursor: Cursor) -> tuple[str, bool] | None:
    for words, flag in {
        ("enable",): ("row_security", True),
        ("disable",): ("row_security", False),
        ("force",): ("forced", True),
        ("no", "force"): ("forced", False),
    }.items():
        if cursor.accept(*words, "row", "level", "security"):
            return flag
    return None


def _pass_over(cursor: Cursor) -> Name | None:
    """Pass over an action up to the comma; gives the name of a sequence that it makes."""
    made: Name | None = None
    depth = 0
    while (token := cursor.peek()) is not None and not (depth == 0 and token.text == ","):
        if cursor.accept("sequence", "name"):
            made = cursor.qualified()
            continue
        depth += (token.text == "(") - (token.text == ")")
        cursor.take()
    return made


def _read_routine_actions(cursor: Cursor, name: Name) -> Said:
    flags: list[tuple[str, bool]] = []
    if cursor.next_is("rename") or cursor.next_is("set", "schema"):
        raise NotUnderstood("renaming is not followed")
    while not cursor.done:
        cursor.accept("external")
        if cursor.accept("security"):
            word = cursor.one_of("definer", "invoker")
            if word is None:
                raise NotUnderstood(f"`DEFINER` or `INVOKER` is expected{cursor.place()}")
            flags.append(("definer", word == "definer"))
        else:
            cursor.take()
    return SetFlags(Space.ROUTINE, name, tuple(flags)) if flags else Harmless()


def read_drop(cursor: Cursor) -> Said:
    """Read what follows DROP."""
    if cursor.accept("policy"):
        cursor.accept("if", "exists")
        name = cursor.name()
        cursor.expect("on")
        said: Said = DropPolicy(name, cursor.qualified())
    elif cursor.accept("user", "mapping"):
        return _harmless(cursor)
    elif cursor.accept("owned"):
        raise NotUnderstood("dropping all that a role owns is not followed")
    elif cursor.one_of("role", "user", "group"):
        cursor.accept("if", "exists")
        said = Drop(None, tuple(Name("", name) for name in cursor.list_of(cursor.name)))
    else:
        said = _read_drop_thing(cursor)
    if cursor.one_of("cascade") and not isinstance(said, Harmless):
        raise NotUnderstood("what else a CASCADE drops is not followed")
    cursor.one_of("restrict")
    return said


def _read_drop_thing(cursor: Cursor) -> Said:
    token = cursor.peek()
    if token is not None and token.is_word(*_HARMLESS):
        return _harmless(cursor)
    space = _space(cursor)
    if space is None:
        raise NotUnderstood("what is dropped is not known")
    cursor.accept("if", "exists")
    return Drop(space, cursor.list_of(lambda: _name(cursor, space)))
