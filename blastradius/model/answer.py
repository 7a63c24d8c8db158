"""Answers to single questions: may somebody do something, who may, and what may somebody do.

Source: SPEC section 2 (state, witness path) and 6 (``explain``, ``who-can``, ``what-can``).
"""

from dataclasses import dataclass

from blastradius.model.change import Change
from blastradius.model.delta import State, Witness
from blastradius.model.snapshot import Capability, Snapshot
from blastradius.model.sources import Problem


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a principal may do something to a resource in one state of access, and why.

    Attributes:
        witnesses: One way to it, the shortest; empty when the state is none.
        denials: What is denied on the way and thereby takes access away or makes it depend on a
            condition; empty when no denial matters.
    """

    state: State
    witnesses: tuple[Witness, ...] = ()
    denials: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer before a change and after it.

    Attributes:
        action: The action asked about, or the name of a capability.
        after: None when no change was given.
        unread: What in the inputs was not understood or is missing, and might change the answer.
    """

    principal: str
    action: str
    resource: str
    before: Answer
    after: Answer | None = None
    unread: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who may do what was asked.

    Attributes:
        state: Granted or conditional, never none.
        action: The action that allows it; where a capability was asked about, the first of its actions.
    """

    principal: str
    state: State
    action: str


@dataclass(frozen=True, slots=True)
class Holders:
    """Everybody who may do what was asked.

    Attributes:
        holders: Sorted by principal; may be empty.
        unread: What in the inputs was not understood or is missing: others may be able to.
    """

    action: str
    resource: str
    holders: tuple[Holder, ...]
    unread: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """Something that somebody may do.

    Attributes:
        class_name: Class of the resource.
        capability: A capability that is held; each one held is a holding of its own.
        state: Granted or conditional, never none.
    """

    resource: str
    class_name: str
    capability: Capability
    state: State


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that somebody may do.

    Attributes:
        holdings: Sorted by resource; may be empty.
        unread: What in the inputs was not understood or is missing: there may be more.
    """

    principal: str
    holdings: tuple[Holding, ...]
    unread: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Validation:
    """What valid files hold.

    Attributes:
        snapshot: All snapshots together; None when there was none.
        changes: The changes, each by itself, in the order of the files.
        policies: How many policies there were.
        warnings: What is valid and may not be what was meant.
    """

    snapshot: Snapshot | None
    changes: tuple[Change, ...]
    policies: int
    warnings: tuple[Problem, ...]
