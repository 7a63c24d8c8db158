"""What a server holds that decides about access, as its catalog keeps it.

These are the things that SQL changes: frozen values in dicts, each under what identifies it, so that one can be
replaced by another.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from blastradius.model.snapshot import Coverage
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.postgres.acl import PUBLIC, Acl, default_acl, mentioned
from blastradius.systems.postgres.privileges import PREDEFINED, Space

OLDEST = 9
NEWEST = 18
"""Major versions whose rules are known; a later one is read by the rules of the newest."""
MEMBERSHIP_OPTIONS_SINCE = 16
DATABASE_OWNER = "pg_database_owner"
UNNAMED = "database"
"""The name of a database that nothing states."""
# Everybody, and whoever a dump does not name.
_NOBODY = (PUBLIC, "")
_NO_COLUMNS: Mapping[str, Acl] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SqlRole:
    """A role: a user, a group, or both.

    Attributes:
        listed: False for one that is only mentioned, of which nothing is known.
    """

    name: str
    superuser: bool = False
    inherit: bool = True
    login: bool = False
    createrole: bool = False
    createdb: bool = False
    replication: bool = False
    bypassrls: bool = False
    listed: bool = True
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def predefined(self) -> bool:
        """Whether every server has it; names that begin so are reserved."""
        return self.name.startswith("pg_")


class MembershipKey(NamedTuple):
    """What identifies a membership; since version 16 one may be granted by several roles."""

    role: str
    member: str
    grantor: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A role that was granted to another.

    Attributes:
        admin: Whether the member may grant it on.
        inherit: Whether the member has its privileges without doing anything; None (before version 16) when the
            member's own INHERIT decides.
        set: Whether the member may SET ROLE to it; always before version 16.
    """

    key: MembershipKey
    admin: bool = False
    inherit: bool | None = None
    set: bool = True
    source: Source = field(default=NOWHERE, compare=False)


class ObjectKey(NamedTuple):
    """What identifies a thing: its namespace, and its database and schema where it has them."""

    space: Space
    database: str
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class SqlObject:
    """Something that can be granted.

    Attributes:
        kind: The word for it in ids and reports, such as ``table`` or ``view``.
        owner: Name of a role; empty when nothing states it.
        acl: None when nothing was ever granted or revoked, so that built-in defaults hold.
        columns: The lists of those columns that have one.
        row_security: Whether row-level security is on.
        forced: Whether it holds for the owner as well.
        definer: Whether a routine runs with the rights of its owner.
        callable: False for a routine that only a trigger can run.
        invoker: Whether a view runs with the rights of whoever asks.
    """

    key: ObjectKey
    kind: str
    owner: str
    acl: Acl | None = None
    columns: Mapping[str, Acl] = field(default_factory=lambda: _NO_COLUMNS)
    row_security: bool = False
    forced: bool = False
    definer: bool = False
    callable: bool = True
    invoker: bool = False
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def sequence(self) -> bool:
        """Whether it is a sequence, which has privileges of its own."""
        return self.kind == "sequence"


class PolicyKey(NamedTuple):
    """What identifies a policy of row-level security."""

    database: str
    schema: str
    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row-level security.

    Attributes:
        permissive: Rows that any permissive policy admits are admitted, if every restrictive one admits them too.
        roles: Names of the roles it is for; empty when it is for everybody.
        command: ``ALL``, ``SELECT``, ``INSERT``, ``UPDATE`` or ``DELETE``.
        using: The expression for rows that are there; None when there is none.
        check: The expression for rows that are written; None when `using` stands for it.
    """

    key: PolicyKey
    permissive: bool = True
    roles: tuple[str, ...] = ()
    command: str = "ALL"
    using: str | None = None
    check: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


def bare(expression: str | None) -> str | None:
    """Write an expression without the parentheses around all of it, which the server adds and people do not."""
    if expression is None:
        return None
    text = " ".join(expression.split())
    while text.startswith("(") and text.endswith(")"):
        depth = 0
        for at, character in enumerate(text):
            depth += (character == "(") - (character == ")")
            if depth == 0 and at < len(text) - 1:
                return text
        text = text[1:-1].strip()
    return text


class DefaultKey(NamedTuple):
    """What identifies default privileges: of what a role will make, anywhere (an empty schema) or in one schema."""

    database: str
    role: str
    schema: str
    letter: str


@dataclass(frozen=True, slots=True)
class DefaultAcl:
    """Privileges on things that a role will make. In a schema they come on top of those anywhere."""

    key: DefaultKey
    acl: Acl
    source: Source = field(default=NOWHERE, compare=False)


FUTURE: Mapping[str, tuple[Space, str]] = {
    "r": (Space.RELATION, "tables"),
    "S": (Space.RELATION, "sequences"),
    "f": (Space.ROUTINE, "functions"),
    "T": (Space.TYPE, "types"),
    "n": (Space.SCHEMA, "schemas"),
    "L": (Space.LARGE_OBJECT, "large-objects"),
}
"""What default privileges can be about, by the letter in the catalog."""


@dataclass(slots=True)
class Catalog:
    """Everything of one server, to be changed in place.

    Attributes:
        version: Major version of the server.
        roles: By name.
        policies: By key.
        elsewhere: Databases of the server that an export mentions.
        has_roles: False when the roles were not exported, so that there are others than those mentioned.
        databases: Names of the databases whose content is there.
        taken_at: When it was exported; None when nothing says so.
        unread: What was not understood.
        coverage: What each export was meant to hold, and whether it does.
    """

    version: int = NEWEST
    roles: dict[str, SqlRole] = field(default_factory=dict)
    memberships: dict[MembershipKey, Membership] = field(default_factory=dict)
    objects: dict[ObjectKey, SqlObject] = field(default_factory=dict)
    policies: dict[PolicyKey, Policy] = field(default_factory=dict)
    defaults: dict[DefaultKey, DefaultAcl] = field(default_factory=dict)
    has_roles: bool = True
    databases: dict[str, Source] = field(default_factory=dict)
    elsewhere: dict[str, Source] = field(default_factory=dict)
    taken_at: datetime | None = None
    unread: list[Problem] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)

    def copy(self) -> "Catalog":
        """Make one that can be changed without this one changing; the values in it are shared."""
        return Catalog(
            self.version,
            dict(self.roles),
            dict(self.memberships),
            dict(self.objects),
            dict(self.policies),
            dict(self.defaults),
            self.has_roles,
            dict(self.databases),
            dict(self.elsewhere),
            self.taken_at,
            list(self.unread),
            list(self.coverage),
        )

    def acl_of(self, thing: SqlObject) -> Acl:
        """Give what holds on a thing, built-in defaults included."""
        if thing.acl is not None:
            return thing.acl
        return default_acl(thing.key.space, thing.owner, self.version, thing.source, sequence=thing.sequence)

    def default_of(self, key: DefaultKey) -> Acl:
        """Give what will hold on things of a kind that a role makes anywhere; the schema of the key is not asked."""
        found = self.defaults.get(key._replace(schema=""))
        if found is not None:
            return found.acl
        space, what = FUTURE[key.letter]
        return default_acl(space, key.role, self.version, NOWHERE, sequence=what == "sequences")

    def inherits(self, membership: Membership) -> bool:
        """Tell whether the member has the role's privileges without doing anything."""
        if membership.inherit is not None:
            return membership.inherit
        member = self.roles.get(membership.key.member)
        return member is None or member.inherit

    def privileges_of(self, name: str) -> list[str]:
        """Name the roles whose privileges a role has without doing anything: itself first, then the nearest ones."""
        return self._above(name, (m.key for m in self.memberships.values() if self.inherits(m)))

    def members_above(self, name: str) -> list[str]:
        """Name the roles that a role is a member of, however far up: itself first, then the nearest ones."""
        return self._above(name, self.memberships)

    def _above(self, name: str, keys: Iterable[MembershipKey]) -> list[str]:
        roles_of: dict[str, list[str]] = {}
        for key in keys:
            roles_of.setdefault(key.member, []).append(key.role)
        found = dict.fromkeys([name])
        waiting = deque(found)
        while waiting:
            for role in sorted(roles_of.get(waiting.popleft(), ())):
                if role not in found:
                    found[role] = None
                    waiting.append(role)
        return list(found)

    def named_roles(self, *, memberships: bool = True) -> Iterator[tuple[str, Source]]:
        """Name every role that anything mentions, and where; some of them many times.

        Args:
            memberships: Whether it is enough to be mentioned in a membership.
        """
        for thing in self.objects.values():
            if thing.owner:
                yield thing.owner, thing.source
            for acl in (thing.acl or (), *thing.columns.values()):
                yield from ((item.grantee, item.source) for item in acl if item.grantee not in _NOBODY)
        for membership in self.memberships.values() if memberships else ():
            yield membership.key.role, membership.source
            yield membership.key.member, membership.source
        for policy in self.policies.values():
            yield from ((role, policy.source) for role in policy.roles)
        for default in self.defaults.values():
            yield default.key.role, default.source
            yield from ((name, default.source) for name in mentioned(default.acl))


def unlisted_roles(catalog: Catalog) -> Iterable[SqlRole]:
    """Make a value of every role that is mentioned and not listed, in the order of mention.

    Predefined ones exist on every server, whether or not an export lists them.
    """
    seen: set[str] = set(catalog.roles)
    for name, source in catalog.named_roles():
        if name not in seen:
            seen.add(name)
            known = name in PREDEFINED
            yield SqlRole(name, listed=known, source=source)
