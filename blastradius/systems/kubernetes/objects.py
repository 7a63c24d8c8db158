"""The objects of a cluster that say who may do what, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.kubernetes.identity_maps import IdentityMap
from blastradius.systems.kubernetes.patterns import Kind
from blastradius.systems.kubernetes.selectors import Selector


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a role.

    Attributes:
        source: Where it stands.
    """

    verbs: tuple[str, ...]
    groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    source: Source = NOWHERE

    @property
    def meaning(self) -> tuple[frozenset[str], ...]:
        """What it says, whatever the order."""
        return tuple(map(frozenset, (self.verbs, self.groups, self.resources, self.names, self.urls)))

    @property
    def size(self) -> int:
        """On how many sets of requests it grants its verbs."""
        return len(self.groups) * len(self.resources) * max(1, len(self.names)) + len(self.urls)


@dataclass(frozen=True, slots=True)
class Role:
    """A Role or a ClusterRole.

    Attributes:
        namespace: Token of its namespace; None for a ClusterRole.
        rules: The rules as they stand; of an aggregated role the controller replaces them.
        selectors: Which roles it is put together from; None when it is not.
        labels: What the selectors of other roles look at.
    """

    namespace: str | None
    name: str
    rules: tuple[Rule, ...] = ()
    selectors: tuple[Selector, ...] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    source: Source = NOWHERE

    @property
    def meaning(self) -> object:
        """What it says, whatever the order; labels aside."""
        return frozenset(rule.meaning for rule in self.rules), None if self.selectors is None else {*self.selectors}


class Subject(NamedTuple):
    """Whom a binding names.

    Attributes:
        kind: ``User``, ``Group`` or ``ServiceAccount``.
        namespace: Token of the namespace of a service account; empty for the others.
    """

    kind: str
    name: str
    namespace: str = ""
    source: Source = NOWHERE


@dataclass(frozen=True, slots=True)
class Binding:
    """A RoleBinding or a ClusterRoleBinding.

    Attributes:
        namespace: Token of its namespace; None for a ClusterRoleBinding.
        role_is_cluster: Whether it refers to a ClusterRole.
        role_name: Name of the role; empty when it refers to none that can be.
        role_source: Where the reference stands.
    """

    namespace: str | None
    name: str
    role_is_cluster: bool
    role_name: str
    subjects: tuple[Subject, ...] = ()
    source: Source = NOWHERE
    role_source: Source = NOWHERE

    @property
    def meaning(self) -> object:
        """What it says, whatever the order."""
        return self.role_is_cluster, self.role_name, {subject[:3] for subject in self.subjects}


@dataclass(slots=True)
class Cluster:
    """Everything that was read of one side.

    Attributes:
        roles: By namespace token (None for a ClusterRole) and name.
        bindings: By namespace token (None for a ClusterRoleBinding) and name.
        service_accounts: Namespace token and name to where the object stands.
        namespaces: Tokens of all namespaces that anything names.
        custom_kinds: Types of custom resources to whether they lie in namespaces.
        identity_maps: Objects other than those of RBAC that put somebody into groups.
        errors: Contradictions; none when the values may be used.
        unread: What was not understood.
    """

    roles: dict[tuple[str | None, str], Role] = field(default_factory=dict)
    bindings: dict[tuple[str | None, str], Binding] = field(default_factory=dict)
    service_accounts: dict[tuple[str, str], Source] = field(default_factory=dict)
    namespaces: set[str] = field(default_factory=set)
    custom_kinds: dict[Kind, bool] = field(default_factory=dict)
    identity_maps: list[IdentityMap] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
