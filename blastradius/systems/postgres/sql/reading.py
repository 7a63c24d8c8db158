"""A statement's tokens to what it says."""

from collections.abc import Callable, Mapping

from blastradius.documents import quoted
from blastradius.systems.postgres.sql.altering import read_alter, read_alter_role, read_drop
from blastradius.systems.postgres.sql.creating import read_create
from blastradius.systems.postgres.sql.cursor import Cursor, NotUnderstood
from blastradius.systems.postgres.sql.granting import read_grant
from blastradius.systems.postgres.sql.said import Become, Connect, Harmless, Said, SearchPath
from blastradius.systems.postgres.sql.tokens import Kind, Statement

HARMLESS = frozenset(
    {
        *("abort", "analyze", "begin", "checkpoint", "close", "cluster", "comment", "commit", "copy", "deallocate"),
        *("declare", "delete", "discard", "end", "explain", "fetch", "insert", "listen", "load", "lock", "move"),
        *("notify", "prepare", "refresh", "reindex", "release", "rollback", "savepoint", "security", "show", "start"),
        *("table", "truncate", "unlisten", "update", "vacuum", "values", "with"),
    }
)
"""First words of statements that change data or nothing, and nobody's access."""
_META_HARMLESS = frozenset(
    {"\\restrict", "\\unrestrict", "\\echo", "\\qecho", "\\set", "\\unset", "\\pset", "\\timing", "\\encoding", "\\."}
)


def read_statement(statement: Statement, text: str) -> Said:
    """Say what a statement says about access.

    Args:
        statement: The statement.
        text: The whole text it is part of.

    Returns:
        What it says.

    Raises:
        NotUnderstood: When it is of no known form. The message holds no string of the statement.
    """
    first = statement.tokens[0]
    if statement.broken:
        raise NotUnderstood(f"{statement.broken}; the text is cut off")
    if first.kind is Kind.META:
        return _read_meta(first.text)
    if first.kind is not Kind.WORD:
        raise NotUnderstood("this is no statement of SQL")
    cursor = Cursor(statement, text)
    word = cursor.take().text
    if word in HARMLESS:
        return Harmless()
    reader = _READERS.get(word)
    if reader is None:
        raise NotUnderstood(f"the statement {quoted(word.upper())} is not known")
    said = reader(cursor)
    if not cursor.done and not isinstance(said, Harmless):
        raise NotUnderstood(f"more is said than is known{cursor.place()}")
    return said


def _read_meta(line: str) -> Said:
    word, _, rest = line.partition(" ")
    if word in ("\\connect", "\\c"):
        words = [part for part in rest.split() if not part.startswith("-reuse-previous")]
        name = " ".join(words).strip()
        # How pg_dump writes a name that is not a plain word: -reuse-previous=on "dbname='a b'"
        if name.startswith('"dbname='):
            name = name.strip('"').removeprefix("dbname=").strip("'").replace("\\'", "'")
        elif name.startswith('"') and name.endswith('"') and len(name) > 1:
            name = name[1:-1].replace('""', '"')
        else:
            name = words[0] if words else ""
        if name:
            return Connect(name)
    if word in _META_HARMLESS:
        return Harmless()
    raise NotUnderstood(f"the line {quoted(word)} of psql is not known")


def _read_set(cursor: Cursor) -> Said:
    cursor.one_of("session", "local")
    if cursor.accept("authorization"):
        name = None if cursor.accept("default") else _role_or_string(cursor)
        return Become(name, session=True)
    if cursor.accept("role"):
        name = None if cursor.accept("none") else _role_or_string(cursor)
        return Become(name, session=False)
    if cursor.accept("search_path"):
        if not cursor.accept("="):
            cursor.expect("to")
        names = cursor.list_of(lambda: cursor.take().text)
        return SearchPath(tuple(name for name in names if name))
    if cursor.accept("standard_conforming_strings"):
        setting = cursor.rest()
        if setting and setting[-1].text not in ("on", "true"):
            raise NotUnderstood("strings of the old kind, with backslashes in them, are not read")
    cursor.rest()
    return Harmless()


def _role_or_string(cursor: Cursor) -> str:
    token = cursor.peek()
    return cursor.string() if token is not None and token.kind is Kind.STRING else cursor.name()


def _read_reset(cursor: Cursor) -> Said:
    if cursor.accept("session", "authorization"):
        return Become(None, session=True)
    if cursor.accept("role"):
        return Become(None, session=False)
    cursor.rest()
    return Harmless()


def _read_select(cursor: Cursor) -> Said:
    """Know the few calls with which dumps set things; whatever else is selected may call anything."""
    call = cursor.qualified()
    if call.schema in ("", "pg_catalog") and call.name in ("set_config", "setval"):
        inside = cursor.parenthesised()
        if call.name == "set_config" and inside and inside[0].text == "search_path" and len(inside) > 2:
            return SearchPath(tuple(part.strip(' "') for part in inside[2].text.split(",") if part.strip(' "')))
        cursor.rest()
        return Harmless()
    raise NotUnderstood("what a SELECT calls may change anything")


_READERS: Mapping[str, Callable[[Cursor], Said]] = {
    "grant": lambda cursor: read_grant(cursor, revoke=False),
    "revoke": lambda cursor: read_grant(cursor, revoke=True),
    "create": read_create,
    "alter": lambda cursor: read_alter_role(cursor) or read_alter(cursor),
    "drop": read_drop,
    "set": _read_set,
    "reset": _read_reset,
    "select": _read_select,
}
