"""What the documents of one side hold: policies by resource, the hierarchy, roles; before any of it becomes facts.

A command or a plan changes these values, and `facts` reads them again.
"""

from dataclasses import dataclass, field
from enum import Enum

from blastradius.model.snapshot import Coverage
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.gcp.names import Aliases, ResourceName


@dataclass(frozen=True, slots=True)
class Condition:
    """When a binding holds.

    Attributes:
        expression: In the Common Expression Language; it alone decides.
        title, description: For people, and part of what tells two conditions apart in a policy.
    """

    expression: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody a binding names, as written, such as ``user:ana@acme.example``."""

    text: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Binding:
    """A role, and who has it."""

    role: str
    members: tuple[Member, ...]
    condition: Condition | None = None
    source: Source = field(default=NOWHERE, compare=False)


class Origin(Enum):
    """How a policy was exported."""

    SINGLE = "single"
    """By itself: nothing is known of the policies above and below."""
    INVENTORY = "inventory"
    """With all others in its scope, by Cloud Asset Inventory."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The allow policy of one resource.

    Attributes:
        bindings: As written; the same role may stand several times, and so may a member.
    """

    resource: ResourceName
    bindings: tuple[Binding, ...] = ()
    origin: Origin = field(default=Origin.SINGLE, compare=False)
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def content(self) -> frozenset[tuple[str, str, Condition | None]]:
        """Who has what: the order of bindings and members does not matter, nor does a binding without members."""
        return frozenset((b.role, member.text, b.condition) for b in self.bindings for member in b.members)


@dataclass(frozen=True, slots=True)
class Node:
    """A resource that exists.

    Attributes:
        parent: What it lies in; None when nobody says.
        labels: Sorted (name, value) pairs.
        described: False when it is known only because something else names it.
    """

    name: ResourceName
    parent: ResourceName | None = None
    labels: tuple[tuple[str, str], ...] = ()
    described: bool = True
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role and its permissions; a deleted one has none."""

    name: str
    permissions: frozenset[str]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DenyRule:
    """Who may not use which permissions, whatever roles they have.

    Attributes:
        denied, exceptions: Principals, as written.
        permissions, excepted: Permissions, as written, such as ``iam.googleapis.com/roles.create``.
    """

    denied: tuple[Member, ...]
    exceptions: tuple[Member, ...]
    permissions: tuple[str, ...]
    excepted: tuple[str, ...]
    condition: Condition | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DenyPolicy:
    """The rules of one deny policy.

    Attributes:
        name: The whole name, with what it is attached to.
        resource: What it is attached to.
    """

    name: str
    resource: ResourceName
    rules: tuple[DenyRule, ...]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(slots=True)
class State:
    """Everything that the documents of one side hold.

    Attributes:
        aliases: Other names of the same things.
        nodes: What exists, by name; parents that something names included.
        policies: By resource.
        roles: By name.
        denies: By name.
        domains: Mail domains of the organisations.
        uniform: Whether access to the objects of a bucket is decided by policies alone, where the input says so.
        truncated: Exports that do not hold everything.
        errors: What contradicts the format.
        unread: What was not understood.
    """

    aliases: Aliases = field(default_factory=Aliases)
    nodes: dict[ResourceName, Node] = field(default_factory=dict)
    policies: dict[ResourceName, Policy] = field(default_factory=dict)
    roles: dict[str, RoleDefinition] = field(default_factory=dict)
    denies: dict[str, DenyPolicy] = field(default_factory=dict)
    domains: set[str] = field(default_factory=set)
    uniform: dict[ResourceName, bool] = field(default_factory=dict)
    truncated: list[Coverage] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)

    def error(self, source: Source, message: str, help: str = "") -> None:
        """Remember something that contradicts the format."""
        self.errors.append(Problem(message, source, help))

    def not_understood(self, source: Source, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood."""
        self.unread.append(Problem(message, source, help))
