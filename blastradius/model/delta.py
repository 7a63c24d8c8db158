"""How access differs between the baseline and the simulated state, without naming every pair.

Source: SPEC section 2 (access change, novelty).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, Self

from blastradius.model.snapshot import Capability
from blastradius.model.sources import Source


class AccessChange(StrEnum):
    """What happened to one access tuple (after Google Cloud Policy Simulator)."""

    GAINED = "gained"
    MAYBE_GAINED = "maybe_gained"
    WIDENED = "widened"
    REVOKED = "revoked"
    MAYBE_REVOKED = "maybe_revoked"


GAINS = frozenset({AccessChange.GAINED, AccessChange.MAYBE_GAINED})
"""The changes that newly expose a class."""


class Novelty(StrEnum):
    """Why a tuple had no access before, beyond its grants."""

    EXISTING = "existing"
    NEW_PRINCIPAL = "new_principal"
    NEW_RESOURCE = "new_resource"


class State(StrEnum):
    """Whether a principal has an action or a capability."""

    NONE = "none"
    CONDITIONAL = "conditional"
    GRANTED = "granted"


class IdSet(Protocol):
    """An immutable set of integer ids: a bitmap in the fast engine, a frozenset elsewhere."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[int]: ...
    # `Any`: each implementation combines with its own kind only, which a protocol cannot say of an operand.
    def __contains__(self, item: Any, /) -> bool: ...
    def __or__(self, other: Any, /) -> Self: ...
    def __and__(self, other: Any, /) -> Self: ...
    def __sub__(self, other: Any, /) -> Self: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Resources whose access changes alike, and how it changes on each of them.

    Attributes:
        resources: Indices into `Delta.resources`, ascending, never empty.
        capability_changes: Who changed, per change and capability; only non-empty sets.
        action_changes: The same for single actions; never holds `AccessChange.WIDENED`.
        relaxed: Per action, who is no longer denied as much as before and is not granted now,
            although an allowed group there has unlisted members. Only non-empty sets.
    """

    resources: Collection[int]
    capability_changes: Mapping[tuple[AccessChange, Capability], IdSet]
    action_changes: Mapping[tuple[AccessChange, str], IdSet]
    relaxed: Mapping[str, IdSet]


@dataclass(frozen=True, slots=True)
class Delta:
    """Every changed access tuple, grouped.

    Attributes:
        principals: Ids of all principals of both sides, pseudo-principals included, sorted.
        resources: Ids of all resources of both sides, sorted.
        actions: Every action that either side knows, with the higher of its capabilities.
        scopes: Disjoint in their resources; only those in which something changed.
        held: Says who has each capability on a resource, granted or conditional: of the side (0 for the baseline, 1 for
            the simulated state) and the resource's index. Only capabilities that somebody has.
    """

    principals: Sequence[str]
    resources: Sequence[str]
    actions: Mapping[str, Capability]
    scopes: Sequence[Scope]
    held: Callable[[int, int], Mapping[Capability, IdSet]] = field(compare=False)


@dataclass(frozen=True, slots=True)
class AccessTuple:
    """One changed (principal, capability or action, resource).

    Attributes:
        action: The single action, or None when the tuple speaks of the whole capability.
    """

    principal: str
    capability: Capability
    resource: str
    class_name: str
    change: AccessChange
    novelty: Novelty
    action: str | None = None


@dataclass(frozen=True, slots=True)
class TupleKind:
    """What may be said of many principals alike.

    Attributes:
        action: The single action, or None when the tuple speaks of the whole capability.
    """

    capability: Capability
    action: str | None
    change: AccessChange
    novelty: Novelty


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class TupleRows:
    """Changed tuples without their resource, in integers, for all resources that change alike.

    Attributes:
        principals: Those of the delta; the same object in all rows of a delta.
        kinds: Everything that is said of anybody, so far; the same object in all rows of a delta.
        who: Indices into `principals`, row by row; ascending, and for one principal by capability and action.
        what: Indices into `kinds`, row by row.
    """

    principals: Sequence[str]
    kinds: Sequence[TupleKind]
    who: Sequence[int]
    what: Sequence[int]

    def __len__(self) -> int:
        return len(self.who)

    def first(self, number: int) -> Self:
        """Keep at most so many rows."""
        if number >= len(self):
            return self
        return type(self)(self.principals, self.kinds, self.who[:number], self.what[:number])


@dataclass(frozen=True, slots=True)
class TupleBlock:
    """Changed tuples of one resource, or some thousands of them where it has many.

    Attributes:
        resource: Its id.
        class_name: The class its tuples count in.
        rows: Shared by all resources that change alike, so that what is made of it needs to be made once; never empty.
    """

    resource: str
    class_name: str
    rows: TupleRows


@dataclass(frozen=True, slots=True)
class TupleCut:
    """Says that a list of tuples is not all of them.

    Attributes:
        written: How many the list has.
        total: How many there are; None where counting them would take too long.
    """

    written: int
    total: int | None


@dataclass(frozen=True, slots=True)
class PathStep:
    """One edge of a witness path.

    Attributes:
        start: Where the edge begins.
        relation: What it says, such as ``member of``.
        end: Where it leads.
        source: Where the fact was read; None for what is built in.
        changed: True when only one of the two states holds the fact.
    """

    start: str
    relation: str
    end: str
    source: Source | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Witness:
    """The chain of facts that makes one access tuple so.

    Attributes:
        change: What happened to the tuple, or None when a state is explained, not a change.
        state: Whether the tuple is granted or conditional in the state the path holds in.
        conditions: Condition texts met on the way, sorted; empty when it always holds.
        steps: From the principal to the resource; never empty.
    """

    principal: str
    capability: Capability
    action: str
    resource: str
    change: AccessChange | None
    state: State
    conditions: tuple[str, ...]
    steps: tuple[PathStep, ...]
