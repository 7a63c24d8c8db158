"""Which privileges there are, on which things, and what each amounts to.

Source: PostgreSQL documentation, "Privileges" (5.8, tables 5.1 and 5.2) and "Predefined Roles" (22.5), 15 to 18.
"""

from collections.abc import Mapping
from enum import StrEnum

from blastradius.model.snapshot import Capability


class Space(StrEnum):
    """A namespace of things that can be granted: no two things in one of them have the same name."""

    DATABASE = "database"
    SCHEMA = "schema"
    RELATION = "relation"
    ROUTINE = "routine"
    TYPE = "type"
    LANGUAGE = "language"
    WRAPPER = "wrapper"
    SERVER = "server"
    LARGE_OBJECT = "large object"
    TABLESPACE = "tablespace"
    PARAMETER = "parameter"


LETTERS: Mapping[str, str] = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "U": "USAGE",
    "C": "CREATE",
    "c": "CONNECT",
    "T": "TEMPORARY",
    "X": "EXECUTE",
    "s": "SET",
    "A": "ALTER SYSTEM",
}
"""The letters of an ``aclitem`` and the privileges they stand for."""
LETTER_OF: Mapping[str, str] = {name: letter for letter, name in LETTERS.items()} | {"TEMP": "T"}
GRANT_OPTION = " WITH GRANT OPTION"
"""What the server itself calls the right to pass a privilege on: ``SELECT WITH GRANT OPTION``."""
OWNER = "OWNER"
ADMIN = "ADMIN OPTION"
CREATE_ROLE = "CREATEROLE"
CREATE_DATABASE = "CREATEDB"
NEXT_VALUE = "nextval"
FOREIGN_TABLE = "CREATE FOREIGN TABLE"
MAINTAIN_SINCE = 17

CAPABILITY: Mapping[str, Capability] = {
    "SELECT": Capability.READ,
    "INSERT": Capability.WRITE,
    "UPDATE": Capability.WRITE,
    "DELETE": Capability.WRITE,
    "TRUNCATE": Capability.WRITE,
    # A foreign key tells whether a value is there; a trigger runs as whoever writes next.
    "REFERENCES": Capability.READ,
    "TRIGGER": Capability.WRITE,
    "MAINTAIN": Capability.WRITE,
    # Of a schema, a type, a language: names can be used. What it means elsewhere is said by an action beside it.
    "USAGE": Capability.LIST,
    NEXT_VALUE: Capability.WRITE,
    FOREIGN_TABLE: Capability.WRITE,
    "CREATE": Capability.WRITE,
    "CONNECT": Capability.LIST,
    "TEMPORARY": Capability.LIST,
    # What a function does is not looked into, so it may do anything but pass rights on.
    "EXECUTE": Capability.WRITE,
    "SET": Capability.WRITE,
    # Settings such as `archive_command` run programs as the server.
    "ALTER SYSTEM": Capability.MANAGE,
    OWNER: Capability.MANAGE,
    ADMIN: Capability.MANAGE,
    CREATE_ROLE: Capability.MANAGE,
    CREATE_DATABASE: Capability.WRITE,
}
"""What every privilege amounts to; the grant option of each is ``manage``."""

PREDEFINED: Mapping[str, Capability | None] = {
    "pg_checkpoint": Capability.WRITE,
    "pg_create_subscription": Capability.WRITE,
    "pg_database_owner": None,
    "pg_execute_server_program": None,
    "pg_maintain": None,
    "pg_monitor": Capability.LIST,
    "pg_read_all_data": None,
    "pg_read_all_settings": Capability.LIST,
    # Statistics show the text of other people's queries, and what stands in them.
    "pg_read_all_stats": Capability.READ,
    "pg_read_server_files": None,
    "pg_signal_autovacuum_worker": Capability.WRITE,
    "pg_signal_backend": Capability.WRITE,
    "pg_stat_scan_tables": Capability.LIST,
    "pg_use_reserved_connections": Capability.LIST,
    "pg_write_all_data": None,
    "pg_write_server_files": None,
}
"""Roles that every server has: what each may do to the server as a whole; None for those modelled in detail."""
PREDEFINED_MEMBERSHIPS = (
    ("pg_read_all_settings", "pg_monitor"),
    ("pg_read_all_stats", "pg_monitor"),
    ("pg_stat_scan_tables", "pg_monitor"),
)
"""Memberships that every server has: (role, member)."""

_OWNED: Mapping[Space, str] = {
    Space.DATABASE: "CTc",
    Space.SCHEMA: "UC",
    Space.RELATION: "arwdDxt",
    Space.ROUTINE: "X",
    Space.TYPE: "U",
    Space.LANGUAGE: "U",
    Space.WRAPPER: "U",
    Space.SERVER: "U",
    Space.LARGE_OBJECT: "rw",
    Space.TABLESPACE: "C",
    Space.PARAMETER: "sA",
}
_PUBLIC: Mapping[Space, str] = {
    Space.DATABASE: "Tc",
    Space.ROUTINE: "X",
    Space.TYPE: "U",
    Space.LANGUAGE: "U",
}
COLUMN_LETTERS = "arwx"
SEQUENCE_LETTERS = "rwU"
ROW_LETTERS = frozenset("arwd")
"""The privileges that row-level security looks at."""


def letters_of(space: Space, version: int, *, sequence: bool = False) -> str:
    """Name all privileges on a thing, which its owner has unless they were revoked.

    Args:
        space: What it is.
        version: Major version of the server.
        sequence: True for a relation that is a sequence.
    """
    if sequence:
        return SEQUENCE_LETTERS
    return _OWNED[space] + ("m" if space is Space.RELATION and version >= MAINTAIN_SINCE else "")


def public_letters(space: Space) -> str:
    """Name the privileges that everybody has on a thing until they are revoked; dumps do not show them."""
    return _PUBLIC.get(space, "")


def actions_of(letters: frozenset[str], options: frozenset[str], space: Space, *, sequence: bool) -> frozenset[str]:
    """Name the actions of privileges, as the server calls them.

    Args:
        letters: What may be done.
        options: What may be passed on.
        space: What it is done to.
        sequence: True for a relation that is a sequence.
    """
    actions = {LETTERS[letter] for letter in letters}
    actions |= {LETTERS[letter] + GRANT_OPTION for letter in options}
    if "U" in letters and sequence:
        actions.add(NEXT_VALUE)
    if "U" in letters and space in (Space.WRAPPER, Space.SERVER):
        actions.add(FOREIGN_TABLE)
    return frozenset(actions)


def all_actions() -> dict[str, Capability]:
    """Give what every action amounts to, grant options included."""
    actions = dict(CAPABILITY)
    actions |= {name + GRANT_OPTION: Capability.MANAGE for name in LETTERS.values()}
    actions |= {role: capability for role, capability in PREDEFINED.items() if capability is not None}
    return actions
