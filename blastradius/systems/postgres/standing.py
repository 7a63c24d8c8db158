"""Roles as facts: who has whose privileges, who may act as whom, and who stands above all rules.

Source: PostgreSQL 15 to 18, ``acl.c`` (roles_is_member_of, has_privs_of_role, member_can_set_role) and documentation,
"Role Attributes" (22.2), "Role Membership" (22.3), "Predefined Roles" (22.5).
"""

from collections.abc import Iterable

from blastradius.model.snapshot import Entry, Principal, PrincipalKind, Resource
from blastradius.model.sources import NOWHERE
from blastradius.systems.postgres import ids
from blastradius.systems.postgres.acl import PUBLIC
from blastradius.systems.postgres.catalog import (
    DATABASE_OWNER,
    MEMBERSHIP_OPTIONS_SINCE,
    Catalog,
    Membership,
    MembershipKey,
    SqlRole,
    unlisted_roles,
)
from blastradius.systems.postgres.gathered import Gathered
from blastradius.systems.postgres.privileges import (
    ADMIN,
    CREATE_DATABASE,
    CREATE_ROLE,
    OWNER,
    PREDEFINED,
    PREDEFINED_MEMBERSHIPS,
)

READ_ALL = "pg_read_all_data"
WRITE_ALL = "pg_write_all_data"
MAINTAIN_ALL = "pg_maintain"
_READ_FILES = "pg_read_server_files"
_TAKES_OVER = ("pg_execute_server_program", "pg_write_server_files")
_LISTED = "`pg_hba.conf` lets it replicate the server"


class Standing:
    """Who is who, and the facts about it.

    Attributes:
        roles: The roles that matter, by name: all but predefined ones that nobody has and nothing is granted to.
    """

    def __init__(self, catalog: Catalog, facts: Gathered) -> None:
        """Find the roles that matter and make facts of them.

        Args:
            catalog: Everything.
            facts: Takes principals, groups, and the grants about roles themselves.
        """
        self._catalog = catalog
        self._facts = facts
        self._granted = [*catalog.memberships.values(), *_built_in(catalog)]
        everyone = {name: SqlRole(name) for pair in PREDEFINED_MEMBERSHIPS for name in pair}
        everyone |= {role.name: role for role in (*catalog.roles.values(), *unlisted_roles(catalog))}
        used = self._used_predefined()
        self.roles = {n: r for n, r in everyone.items() if n != DATABASE_OWNER and (not r.predefined or n in used)}
        self._memberships = [m for m in self._granted if {m.key.role, m.key.member} <= self.roles.keys()]
        self._with_members = {m.key.role for m in self._memberships if catalog.inherits(m)}
        self._add_principals_and_groups()
        self._add_everybody()
        self._add_above_all()
        self._add_rights_over_roles()

    def subject(self, name: str, database: str = "") -> str:
        """Name whom a grant to a role reaches.

        Args:
            name: Name of a role, or `PUBLIC`.
            database: Where the grant is; it matters for the owner of the database.
        """
        if name == PUBLIC:
            return ids.EVERYBODY
        if name == DATABASE_OWNER:
            return ids.database_owner_id(database)
        role = self.roles[name]
        return ids.group_id(name) if self._has_group(role) else ids.principal_id(role)

    def principal(self, name: str) -> str:
        """Name the principal of a role."""
        return ids.principal_id(self.roles[name])

    def knows(self, name: str) -> bool:
        """Tell whether a role, or `PUBLIC`, can be named in a fact."""
        return name in self.roles or name in (PUBLIC, DATABASE_OWNER)

    def sessions_of(self, names: Iterable[str]) -> set[str]:
        """Name the roles as which somebody may act who begins with the privileges of one of these."""
        begun = set(names)
        found = self._closure(begun, (m for m in self._memberships if self._catalog.inherits(m)), down=True)
        return self._closure(found, (m for m in self._memberships if m.set), down=False) - begun

    def _closure(self, names: set[str], memberships: Iterable[Membership], *, down: bool) -> set[str]:
        beside: dict[str, list[str]] = {}
        for membership in memberships:
            start, end = (
                (membership.key.role, membership.key.member) if down else (membership.key.member, membership.key.role)
            )
            beside.setdefault(start, []).append(end)
        found, waiting = set(names), list(names)
        while waiting:
            for name in beside.get(waiting.pop(), ()):
                if name not in found:
                    found.add(name)
                    waiting.append(name)
        return found

    def _used_predefined(self) -> set[str]:
        """Name predefined roles that somebody has, or that something is granted to."""
        above: dict[str, list[str]] = {}
        for membership in self._granted:
            above.setdefault(membership.key.member, []).append(membership.key.role)
        waiting = [name for name in above if not name.startswith("pg_")]
        used: set[str] = set()
        while waiting:
            for role in above.get(waiting.pop(), ()):
                if role not in used:
                    used.add(role)
                    waiting.append(role)
        return used | {name for name, _ in self._catalog.named_roles(memberships=False)}

    def _has_group(self, role: SqlRole) -> bool:
        # Whoever cannot log in is there for others. Who can gets a group only once others have its privileges.
        return not role.login or role.name in self._with_members

    def _add_principals_and_groups(self) -> None:
        doors: dict[str, list[Entry]] = {}
        members: dict[str, list[Entry]] = {}
        for membership in self._memberships:
            name, member = membership.key.role, membership.key.member
            if membership.set:
                doors.setdefault(name, []).append(Entry(self.principal(member), source=membership.source))
            if self._catalog.inherits(membership):
                members.setdefault(name, []).append(Entry(self.subject(member), source=membership.source))
        for role in self.roles.values():
            own = ids.principal_id(role)
            kind = PrincipalKind.USER if role.login else PrincipalKind.ROLE
            self._facts.principals[own] = Principal(own, kind, source=role.source)
            self._facts.doors.setdefault(own, []).extend(dict.fromkeys(doors.get(role.name, ())))
            if self._has_group(role):
                entries = (Entry(own, source=role.source), *dict.fromkeys(members.get(role.name, ())))
                self._facts.group(ids.group_id(role.name), entries, role.source, unlisted=not role.listed)

    def _add_everybody(self) -> None:
        roles = self.roles.values()
        entries = [Entry(ids.principal_id(role), source=role.source) for role in roles]
        # Whom another system puts into the group of a role is somebody on this server as well.
        entries += [Entry(ids.group_id(role.name), source=role.source) for role in roles if self._has_group(role)]
        self._facts.group(ids.EVERYBODY, entries, NOWHERE, unlisted=not self._catalog.has_roles)

    def _add_above_all(self) -> None:
        """Make groups of those whom privileges do not bind: superusers, who sees the files of the server, BYPASSRLS."""
        superusers = [
            Entry(ids.principal_id(role), source=role.source) for role in self.roles.values() if role.superuser
        ]
        for taker in _TAKES_OVER:
            if taker in self.roles:
                when = f"uses {taker} to take the server over"
                superusers.append(Entry(self.subject(taker), when, self.roles[taker].source))
        copiers = [
            Entry(ids.principal_id(role), _LISTED, role.source)
            for role in self.roles.values()
            if role.replication and not role.superuser
        ]
        if _READ_FILES in self.roles:
            when = f"uses {_READ_FILES} to read the files of tables"
            copiers.append(Entry(self.subject(_READ_FILES), when, self.roles[_READ_FILES].source))
        unbound = [
            Entry(ids.principal_id(role), source=role.source)
            for role in self.roles.values()
            if role.bypassrls and not role.superuser
        ]
        is_open = not self._catalog.has_roles
        self._facts.group(ids.SUPERUSERS, superusers, NOWHERE, unlisted=is_open)
        if copiers:
            self._facts.group(ids.COPIERS, copiers, NOWHERE)
        self._facts.group(ids.UNBOUND, unbound, NOWHERE)

    def _add_rights_over_roles(self) -> None:
        """Say who may give roles to whom, and make new ones.

        Until version 15 CREATEROLE is a right over every role that is no superuser; since 16 only over those that one
        made, which is an ADMIN OPTION.
        """
        facts = self._facts
        over_all = self._catalog.version < MEMBERSHIP_OPTIONS_SINCE
        facts.resources[ids.CLUSTER] = Resource(ids.CLUSTER)
        facts.resources[ids.ROLES] = Resource(ids.ROLES, (ids.CLUSTER,), inherits=False)
        facts.resources[ids.NEW_ROLES] = Resource(ids.NEW_ROLES, (ids.ROLES,), inherits=False)
        everything = frozenset({ADMIN, CREATE_ROLE})
        for where in (ids.ROLES, ids.NEW_ROLES):
            facts.grant(ids.SUPERUSERS, where, everything, NOWHERE)
        facts.grant(ids.SUPERUSERS, ids.CLUSTER, frozenset({OWNER, CREATE_DATABASE}), NOWHERE)
        for role in self.roles.values():
            own = ids.principal_id(role)
            is_apart = over_all and role.superuser
            facts.resources[own] = Resource(own, (ids.ROLES,), inherits=not is_apart, source=role.source)
            if is_apart:
                facts.grant(ids.SUPERUSERS, own, everything, role.source)
            if role.createrole:
                where = ids.ROLES if over_all else ids.NEW_ROLES
                facts.grant(own, where, frozenset({CREATE_ROLE}), role.source)
            if role.createdb:
                facts.grant(own, ids.CLUSTER, frozenset({CREATE_DATABASE}), role.source)
            if PREDEFINED.get(role.name) is not None:
                facts.grant(self.subject(role.name), ids.CLUSTER, frozenset({role.name}), role.source)
            elif role.predefined and role.name not in PREDEFINED:
                message = f"what the predefined role `{role.name}` may do is not known"
                facts.not_understood(role.source, message, "it counts for nothing but what is granted to it")
        for membership in self._memberships:
            if membership.admin:
                member, role_id = self.subject(membership.key.member), self.principal(membership.key.role)
                facts.grant(member, role_id, frozenset({ADMIN}), membership.source)


def _built_in(catalog: Catalog) -> Iterable[Membership]:
    """Give the memberships that every server has and an export may leave out, as dumps do."""
    there = {key[:2] for key in catalog.memberships}
    for role, member in PREDEFINED_MEMBERSHIPS:
        if (role, member) not in there:
            yield Membership(MembershipKey(role, member, ""), inherit=True)
