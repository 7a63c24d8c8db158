"""What a role says about each family, since a permission acts only on what it is about."""

from collections import defaultdict
from functools import lru_cache

from blastradius.documents import quoted
from blastradius.model.snapshot import CAPABILITIES, Capability, Role
from blastradius.model.sources import Source
from blastradius.systems.gcp.capabilities import ACTS_AS, capability_of
from blastradius.systems.gcp.families import MANAGES_ALL, REST, SENSITIVE, SERVICE_ACCOUNTS, family_of, service_of
from blastradius.systems.gcp.objects import State
from blastradius.systems.gcp.role_table import LOST_CONDITION, RoleTable, shipped_services

_CACHE_SIZE = 512
_EVERYWHERE = "*"
"""The part of a role that counts in every family."""


class RoleParts:
    """Takes roles apart as they are met.

    Attributes:
        actions: Every action of the parts that were asked for, with its capability.
        roles: The parts as roles of their own, by id.
    """

    def __init__(self, state: State) -> None:
        """Begin with the roles that an input defines, and those that are shipped."""
        self.actions: dict[str, Capability] = dict(CAPABILITIES)
        self.roles: dict[str, Role] = {}
        self._state = state
        self._table = RoleTable(state.roles)
        self._split: dict[str, dict[str, frozenset[str]] | None] = {}
        self._ids: dict[tuple[str, str], str | None] = {}

    def part(self, role: str, family: str, source: Source) -> str | None:
        """Give the id of what a role says about a family; None when it says nothing."""
        role = role.partition(LOST_CONDITION)[0]
        if (role, family) not in self._ids:
            self._ids[role, family] = self._make(role, family, source)
        return self._ids[role, family]

    def acts_as(self, role: str, source: Source) -> bool:
        """Tell whether a role lets one act as service accounts; one that nobody knows may."""
        split = self._taken_apart(role.partition(LOST_CONDITION)[0], source)
        return split is None or not ACTS_AS.isdisjoint(split.get(SERVICE_ACCOUNTS, ()))

    def _make(self, role: str, family: str, source: Source) -> str | None:
        split = self._taken_apart(role, source)
        if split is None:
            self.actions[role] = Capability.MANAGE
            self.roles[role] = Role(role, frozenset({role}), source)
            return role
        permissions = split.get(family, frozenset()) | split.get(_EVERYWHERE, frozenset())
        if family not in SENSITIVE and family not in shipped_services():
            # Nobody knows how the permissions of such a service begin, so it may be any of the rest.
            permissions |= split.get(REST, frozenset())
        if not permissions:
            return None
        self.actions.update((permission, capability_of(permission)) for permission in permissions)
        definition = self._state.roles.get(role)
        name = f"{role} [{family}]" if family else role
        self.roles[name] = Role(name, permissions, definition.source if definition else source)
        return name

    def _taken_apart(self, role: str, source: Source) -> dict[str, frozenset[str]] | None:
        if role not in self._split:
            permissions = self._table.permissions(role)
            self._split[role] = None if permissions is None else _split(permissions)
            if permissions is None:
                message = f"what the role {quoted(role)} allows is not known, and it counts as `manage` of everything"
                advice = f"give it as well: `gcloud iam roles describe {_describe(role)} --format=json`"
                self._state.not_understood(source, message, advice)
        return self._split[role]


@lru_cache(maxsize=_CACHE_SIZE)
def _split(permissions: frozenset[str]) -> dict[str, frozenset[str]]:
    """Sort permissions by family; what has none of its own is sorted by its service besides."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for permission in permissions:
        family = family_of(permission)
        found[family].add(permission)
        if family == REST:
            found[service_of(permission)].add(permission)
    found[_EVERYWHERE] = set(MANAGES_ALL & permissions)
    return {family: frozenset(named) for family, named in found.items()}


def _describe(role: str) -> str:
    """Write the arguments that name a role on a command line."""
    kind, _, rest = role.partition("/")
    owner, _, name = rest.partition("/roles/")
    if kind in ("projects", "organizations") and name:
        return f"{name} --{kind.removesuffix('s')}={owner}"
    return role
