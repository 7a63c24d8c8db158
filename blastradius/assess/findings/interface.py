"""What a rule is given, and what it must offer."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest

from blastradius.access.tree import ScopeTree
from blastradius.assess.blame import FindWitness
from blastradius.assess.changes import ClassChange
from blastradius.assess.classes import ResourceClasses
from blastradius.assess.fingerprints import fingerprint
from blastradius.assess.people import People
from blastradius.columns.pair import Pair
from blastradius.model.assessment import ClassExposure, Finding, FindingLevel
from blastradius.model.change import Step
from blastradius.model.delta import Delta
from blastradius.model.policy import Policy
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem, Source

SAMPLE_MAX = 5
"""How many principals and resources a finding names."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that is known about a change while findings are looked for.

    Attributes:
        baseline, simulated: The facts of both sides.
        steps: The steps of the change; empty when two states are compared.
        pair: The same, in columns.
        delta: How access differs.
        tree: Its scopes.
        classes: The class of every resource.
        people: Says who the principals of the delta are.
        changes: What moved, by class; only classes in which something did.
        exposures: The same classes, weighed.
        find_witness: Finds the path behind one changed tuple.
        no_effect: Steps that change nothing.
        unread: What could not be understood.
        as_of: The time everything is judged at.
    """

    policy: Policy
    baseline: Snapshot
    simulated: Snapshot
    steps: tuple[Step, ...]
    pair: Pair
    delta: Delta
    tree: ScopeTree
    classes: ResourceClasses
    people: People
    changes: Mapping[str, ClassChange]
    exposures: Mapping[str, ClassExposure]
    find_witness: FindWitness
    no_effect: tuple[Problem, ...]
    unread: tuple[Problem, ...]
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What a rule says about one thing it noticed.

    Attributes:
        level: How loudly it is shown.
        message: One sentence, lower case, names in backticks, no final period.
        key: What makes this finding differ from others of the rule on the same classes: no line, no count.
        classes: Classes it concerns.
        principals, resources: Ids it concerns; the totals say how many there are where only some are given.
        source: Where to look.
        help: What to do, when the rule's own advice does not fit.
    """

    level: FindingLevel
    message: str
    key: tuple[str, ...] = ()
    classes: Iterable[str] = ()
    principals: Sequence[str] = ()
    principal_total: int | None = None
    resources: Sequence[str] = ()
    resource_total: int | None = None
    source: Source | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: One of `FINDING_RULES`.
        help: What to do about its findings.
        find: Looks for what the rule is about; yields nothing when there is nothing.
    """

    id: str
    help: str
    find: Callable[[Context], Iterator[Draft]]


def finished(rule: Rule, draft: Draft) -> Finding:
    """Make a finding of what a rule noticed: sorted, sampled, with a fingerprint."""
    classes = tuple(sorted(set(draft.classes)))
    return Finding(
        rule=rule.id,
        level=draft.level,
        message=draft.message,
        classes=classes,
        principals=_sample(draft.principals),
        principal_total=len(draft.principals) if draft.principal_total is None else draft.principal_total,
        resources=_sample(draft.resources),
        resource_total=len(draft.resources) if draft.resource_total is None else draft.resource_total,
        source=draft.source,
        help=draft.help or rule.help,
        fingerprint=fingerprint("finding", rule.id, *classes, "key", *draft.key),
    )


def _sample(ids: Sequence[str]) -> tuple[str, ...]:
    return tuple(nsmallest(SAMPLE_MAX, ids))


def count(number: int, one: str, many: str = "") -> str:
    """Say a number of things, with thousands separators: ``1 resource``, ``3,141 resources``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Iterable[str], total: int = 0) -> str:
    """Name some things in backticks, and say how many more there are.

    Args:
        names: The names, in the order to show them; the first `SAMPLE_MAX` are shown.
        total: How many there are, when more than the given names.
    """
    everything = list(names)
    shown = [f"`{name}`" for name in everything[:SAMPLE_MAX]]
    left = max(total, len(everything)) - len(shown)
    if left > 0:
        return f"{', '.join(shown)} and {left:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
