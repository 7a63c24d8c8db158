"""A proposed change: steps on the facts of a snapshot, in order.

Source: SPEC section 4.
"""

from dataclasses import dataclass, field

from blastradius.model.snapshot import Grant, Group, Principal, Resource
from blastradius.model.sources import NOWHERE, Problem, Source


@dataclass(frozen=True, slots=True)
class AddMember:
    """Put a principal or a group into a group."""

    group: str
    member: str
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RemoveMember:
    """Take every entry with that id, conditional or not, out of a group."""

    group: str
    member: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AllowAssume:
    """Let a subject act as a principal."""

    principal: str
    by: str
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class DisallowAssume:
    """Take every entry with that id out of a principal's ``assumable_by``."""

    principal: str
    by: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AddGrant:
    """Add a grant."""

    grant: Grant
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RevokeGrant:
    """Take away the grant whose fields are the same."""

    grant: Grant
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SetRole:
    """Give a role a new set of actions; make the role if it is new."""

    role: str
    actions: frozenset[str]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SetInherit:
    """Make a resource inherit from its parents, or stop it."""

    resource: str
    inherit: bool
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Move:
    """Replace all parents of a resource."""

    resource: str
    parents: tuple[str, ...]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SetClass:
    """State the class of a resource."""

    resource: str
    class_name: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AddPrincipal:
    """Add a principal that does not exist yet."""

    principal: Principal
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AddGroup:
    """Add a group that does not exist yet."""

    group: Group
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AddResource:
    """Add a resource that does not exist yet."""

    resource: Resource
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an entity and every mention of it away."""

    id: str
    source: Source = field(default=NOWHERE, compare=False)


Step = (
    AddMember
    | RemoveMember
    | AllowAssume
    | DisallowAssume
    | AddGrant
    | RevokeGrant
    | SetRole
    | SetInherit
    | Move
    | SetClass
    | AddPrincipal
    | AddGroup
    | AddResource
    | Remove
)


@dataclass(frozen=True, slots=True)
class Change:
    """What somebody proposes to do.

    Attributes:
        title: One line about it; may be empty.
        author: Id of who proposes it, or None when nothing says so.
        steps: What to do, in order; may be empty.
        unread: Parts of the text that could not be understood.
        source: Where the change begins.
    """

    title: str = ""
    author: str | None = None
    steps: tuple[Step, ...] = ()
    unread: tuple[Problem, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)
