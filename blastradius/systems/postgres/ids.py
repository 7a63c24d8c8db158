"""Ids of principals, groups and resources, made so that no two things share one.

A name stands in an id as it is, but for what would part the id, hide or pretend, which is written as ``%2E`` and so on.
"""

import hashlib

from blastradius.systems.percent import is_hidden, percent
from blastradius.systems.postgres.acl import PUBLIC
from blastradius.systems.postgres.catalog import DefaultKey, ObjectKey, PolicyKey, SqlObject, SqlRole
from blastradius.systems.postgres.privileges import Space

CLUSTER = "cluster:pg"
ROLES = "roles:pg"
NEW_ROLES = "new-roles:pg"
SUPERUSERS = "superusers:pg"
COPIERS = "copiers:pg"
UNBOUND = "bypassrls:pg"
EVERYBODY = f"group:pg/{PUBLIC}"
_PARTING = frozenset("%/.#*?")
_TOKEN_MAX = 200
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def principal_id(role: SqlRole) -> str:
    """Name the principal of a role: a user when it can log in."""
    return f"{'user' if role.login else 'role'}:pg/{token(role.name)}"


def group_id(name: str) -> str:
    """Name the group of those who have the privileges of a role."""
    return f"group:pg/{token(name)}"


def database_owner_id(database: str) -> str:
    """Name the group of those who have the privileges of the owner of a database."""
    return f"group:pg/pg_database_owner/{token(database)}"


def object_id(thing: SqlObject) -> str:
    """Name the resource of a thing."""
    return f"{thing.kind}:pg/{path_of(thing.key)}"


def path_of(key: ObjectKey) -> str:
    """Write where a thing is: ``DATABASE/SCHEMA.NAME``."""
    match key.space:
        case Space.DATABASE | Space.TABLESPACE | Space.PARAMETER:
            return token(key.name)
        case Space.RELATION | Space.TYPE:
            return f"{token(key.database)}/{token(key.schema)}.{token(key.name)}"
        case Space.ROUTINE:
            name, _, arguments = key.name.partition("(")
            return f"{token(key.database)}/{token(key.schema)}.{token(name)}({_last(arguments)}"
        case _:
            return f"{token(key.database)}/{token(key.name)}"


def column_id(key: ObjectKey, column: str) -> str:
    """Name the resource of a column."""
    return f"column:pg/{path_of(key)}.{token(column)}"


def connect_id(database: str) -> str:
    """Name the group of those who can connect to a database."""
    return f"connect:pg/{token(database)}"


def usage_id(database: str, schema: str) -> str:
    """Name the group of those who can use names in a schema."""
    return f"usage:pg/{token(database)}/{token(schema)}"


def reach_id(database: str, schema: str, role: str) -> str:
    """Name the group of those who have a role's privileges, as far as they get to a schema, or to a database."""
    return (
        f"reach:pg/{token(database)}/{token(schema)}/{token(role)}"
        if schema
        else f"reach:pg/{token(database)}/{token(role)}"
    )


def execute_id(key: ObjectKey) -> str:
    """Name the group of those who can run a routine."""
    return f"execute:pg/{path_of(key)}"


def bypass_id(key: ObjectKey, holder: str = "") -> str:
    """Name the group of those whom row-level security of a table does not concern, or of the holders among them."""
    return f"bypass:pg/{path_of(key)}" + (f"/{token(holder)}" if holder else "")


def policy_id(key: PolicyKey, holder: str = "") -> str:
    """Name the group of those whom a policy is for; or those of them who are also others."""
    table = f"{token(key.database)}/{token(key.schema)}.{token(key.table)}"
    return f"policy:pg/{table}/{token(key.name)}" + (f"/{token(holder)}" if holder else "")


def future_id(key: DefaultKey, what: str) -> str:
    """Name what stands for things that a role will make."""
    return f"future-{what}:pg/{token(key.database)}/{token(key.schema) if key.schema else '*'}/{token(key.role)}"


def token(name: str) -> str:
    """Write a name so that it can stand anywhere in an id."""
    if _PLAIN.issuperset(name) and len(name) <= _TOKEN_MAX:
        return name
    text = "".join(percent(character) if character in _PARTING else character for character in name)
    return _safe(text, _TOKEN_MAX)


def _last(text: str) -> str:
    """Write what stands last in an id, where nothing needs to be parted."""
    return _safe(text.replace("%", "%25").replace("#", "%23"), 2 * _TOKEN_MAX)


def _safe(text: str, most: int) -> str:
    if not text.isascii() or not text.isprintable():
        text = "".join(percent(one) if is_hidden(one) else one for one in text)
    if text != text.strip():
        text = "".join(percent(one) if one == " " else one for one in text)
    if len(text) > most:
        # No name of the server is that long; arguments of a routine may be.
        text = f"{text[: most - 17]}~{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    return text
