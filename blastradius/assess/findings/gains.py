"""Findings about who gains what: the internet, people from outside, agents, managers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from itertools import product

from blastradius.assess.blame import Moved, blame
from blastradius.assess.changes import Cell, ClassChange, union
from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, count, listed
from blastradius.assess.people import OUTSIDER_KIND, UNLISTED_KIND, Account, People
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import GAINS, AccessChange, IdSet, Witness
from blastradius.model.snapshot import UNLISTED_SUFFIX, Capability
from blastradius.model.sources import Source

CHANGING = frozenset({Capability.WRITE, Capability.MANAGE})
"""The capabilities with which somebody changes what is there."""
# Of so many cells the chosen people are picked out to find the line; the cells with the most resources.
_INTERSECTED_MAX = 100
_EVERY_CAPABILITY = frozenset(Capability)


@dataclass(frozen=True, slots=True)
class Gain:
    """What some of the people gain, over all classes that matter.

    Attributes:
        classes: In the order of the policy; never empty.
        who: Indices of all who gain.
        principals: The first few of their ids.
        people: How many people there are.
        resources: The first few ids.
        resource_total: How many resources there are.
        capabilities: What they gain, in ascending order.
        source: The changed line to look at.
    """

    classes: tuple[str, ...]
    who: IdSet
    principals: tuple[str, ...]
    people: int
    resources: tuple[str, ...]
    resource_total: int
    capabilities: tuple[Capability, ...]
    source: Source | None

    def draft(self, level: FindingLevel, message: str) -> Draft:
        """Say it."""
        return Draft(
            level,
            message,
            classes=self.classes,
            principals=self.principals,
            principal_total=self.people,
            resources=self.resources,
            resource_total=self.resource_total,
            source=self.source,
        )

    @property
    def verb(self) -> str:
        """The verb for a message, with what is gained."""
        return f"{'gains' if self.people == 1 else 'gain'} {self.verbs}"

    @property
    def verbs(self) -> str:
        """The capabilities, for a message."""
        return listed(c.label for c in self.capabilities)

    @property
    def place(self) -> str:
        """How much of which classes, for a message."""
        word = "class" if len(self.classes) == 1 else "the classes"
        return f"{count(self.resource_total, 'resource')} of {word} {listed(self.classes)}"


def gain(
    context: Context,
    wanted: Callable[[Account], bool] | None = None,
    capabilities: frozenset[Capability] = _EVERY_CAPABILITY,
    changes: frozenset[AccessChange] = GAINS,
    *,
    harmless_public: bool = False,
) -> Gain | None:
    """Find what some people gain.

    Args:
        context: The change.
        wanted: Tells who matters; None for everybody.
        capabilities: The capabilities that matter.
        changes: The changes that matter.
        harmless_public: True when reading data that is meant for everybody does not matter.

    Cost: linear in the people who gain, and in the cells times the people who matter in the worst case.
    """
    found = []
    for change in context.changes.values():
        who = change.people(changes, capabilities)
        chosen = who if who is None or wanted is None else _pick(who, context.people, wanted)
        if chosen is None or not len(chosen):
            continue
        one = _in_class(change, chosen, capabilities, changes)
        if not harmless_public or _matters(context, one):
            found.append(one)
    return _joined(context, found, changes, everybody=wanted is None) if found else None


@dataclass(frozen=True, slots=True)
class _ClassGain:
    """The part of a gain that lies in one class."""

    class_name: str
    who: IdSet
    cells: tuple[Cell, ...]
    capabilities: frozenset[Capability]


def _in_class(
    change: ClassChange,
    chosen: IdSet,
    capabilities: frozenset[Capability],
    changes: frozenset[AccessChange],
) -> _ClassGain:
    cells = tuple(cell for cell in change.cells if _touches(cell, chosen, capabilities, changes))
    present = frozenset(c for c in capabilities if any(_touches(cell, chosen, {c}, changes) for cell in cells))
    return _ClassGain(change.class_name, chosen, cells, present)


def _matters(context: Context, one: _ClassGain) -> bool:
    """Tell whether a class is not meant for everybody, or is changed and not only read."""
    sensitive = context.policy.classes[one.class_name].sensitivity > 0
    return sensitive or not CHANGING.isdisjoint(one.capabilities)


def _joined(context: Context, found: list[_ClassGain], changes: frozenset[AccessChange], *, everybody: bool) -> Gain:
    who = union(one.who for one in found)
    assert who is not None
    cells = [cell for one in found for cell in one.cells]
    resources = nsmallest(SAMPLE_MAX, (index for cell in cells for index in cell.resources[:SAMPLE_MAX]))
    capabilities = frozenset(c for one in found for c in one.capabilities)
    return Gain(
        classes=tuple(one.class_name for one in found),
        who=who,
        principals=tuple(context.people.name(i) for i in nsmallest(SAMPLE_MAX, who)),
        people=context.people.count(who),
        resources=tuple(context.delta.resources[index] for index in resources),
        resource_total=sum(len(cell.resources) for cell in cells),
        capabilities=tuple(sorted(capabilities)),
        source=_source(context, found, changes, everybody=everybody),
    )


def _pick(who: IdSet, people: People, wanted: Callable[[Account], bool]) -> IdSet:
    picked: frozenset[int] = frozenset(index for index in who if wanted(people.account(index)))
    return picked


def _touches(cell: Cell, chosen: IdSet, capabilities: Iterable[Capability], changes: Iterable[AccessChange]) -> bool:
    sets = (cell.changed(change, capability) for change in changes for capability in capabilities)
    return any(ids is not None and _overlap(ids, chosen) for ids in sets)


def _overlap(one: IdSet, other: IdSet) -> bool:
    few, many = (one, other) if len(one) < len(other) else (other, one)
    return any(index in many for index in few)


def _source(
    context: Context, found: list[_ClassGain], changes: frozenset[AccessChange], *, everybody: bool
) -> Source | None:
    """Pick the changed line that opens most of what these people gain; everybody in a cell, or only those chosen."""
    moved = []
    for one in found:
        keys = [(change, capability) for change in sorted(changes) for capability in sorted(one.capabilities)]
        cells = one.cells if everybody else nlargest(_INTERSECTED_MAX, one.cells, key=lambda c: len(c.resources))
        for cell, (change, capability) in product(cells, keys):
            ids = cell.changed(change, capability)
            who = ids if ids is None or everybody else _common(ids, one.who)
            if who is not None and len(who):
                moved.append(Moved(capability, who, cell.resources))
    shown = [
        witness
        for one in found
        for witness in context.exposures[one.class_name].witnesses
        if _is_among(context, witness, one, changes)
    ]
    blamed = blame(moved, context.delta, context.people, context.find_witness, shown)
    return blamed.step.source if blamed else None


def _common(ids: IdSet, chosen: IdSet) -> IdSet:
    """Name those of some people who are chosen, as a frozenset, whatever kind of set the others are."""
    few, many = (ids, chosen) if len(ids) < len(chosen) else (chosen, ids)
    common: frozenset[int] = frozenset(index for index in few if index in many)
    return common


def _is_among(context: Context, witness: Witness, one: _ClassGain, changes: frozenset[AccessChange]) -> bool:
    index = context.people.index(witness.principal)
    return (
        index is not None and index in one.who and witness.capability in one.capabilities and witness.change in changes
    )


def _public(context: Context) -> Iterator[Draft]:
    found = gain(context, lambda account: account.kind == OUTSIDER_KIND, harmless_public=True)
    if found:
        yield found.draft(FindingLevel.ERROR, f"anyone on the internet gains {found.verbs} on {found.place}")


def _external(context: Context) -> Iterator[Draft]:
    found = gain(context, lambda account: account.external, harmless_public=True)
    if found:
        who = f"{listed(found.principals, found.people)}, from outside the organisation,"
        yield found.draft(FindingLevel.WARNING, f"{who} {found.verb} on {found.place}")


def _agent_write(context: Context) -> Iterator[Draft]:
    found = gain(context, lambda account: account.agent, CHANGING)
    if found:
        who = f"the {'agent' if found.people == 1 else 'agents'} {listed(found.principals, found.people)}"
        yield found.draft(FindingLevel.WARNING, f"{who} {found.verb} on {found.place}")


def _manage(context: Context) -> Iterator[Draft]:
    found = gain(context, None, frozenset({Capability.MANAGE}))
    if found:
        who = listed(found.principals, found.people)
        yield found.draft(FindingLevel.WARNING, f"{who} {found.verb} on {found.place}, and so can let others in")


def _wider(context: Context) -> Iterator[Draft]:
    found = gain(context, None, _EVERY_CAPABILITY, frozenset({AccessChange.WIDENED}))
    if found:
        actions = listed(_new_actions(context))
        who = f"{count(found.people, 'principal')} who had {found.verbs} on {found.place}"
        yield found.draft(FindingLevel.NOTE, f"{who} may do more with it: {actions}")


def _new_actions(context: Context) -> list[str]:
    """Name the actions that somebody newly has beside others of the same capability."""
    found: set[str] = set()
    for scope in context.delta.scopes:
        for (kind, action), ids in scope.action_changes.items():
            wider = scope.capability_changes.get((AccessChange.WIDENED, context.delta.actions[action]))
            if kind in GAINS and wider is not None and action not in found and _overlap(ids, wider):
                found.add(action)
    return sorted(found)


def _unknown_members(context: Context) -> Iterator[Draft]:
    found = gain(context, lambda account: account.kind == UNLISTED_KIND)
    if found:
        guessed = any(context.people.account(index).guessed for index in found.who)
        groups = listed([name.removesuffix(UNLISTED_SUFFIX) for name in found.principals], found.people)
        message = f"{groups}, whose members the snapshot does not all list, {found.verb} on {found.place}"
        yield found.draft(FindingLevel.WARNING if guessed else FindingLevel.NOTE, message)


PUBLIC_EXPOSURE = Rule(
    "public-exposure",
    "grant it to the people who need it; if everybody is meant to see it, give it a class of sensitivity 0",
    _public,
)
EXTERNAL_EXPOSURE = Rule(
    "external-exposure",
    "check that a contract covers this data, and that the access ends when the contract does",
    _external,
)
AGENT_WRITE = Rule(
    "agent-write", "let the agent propose changes and a person make them, or narrow what it can write to", _agent_write
)
MANAGE_GAINED = Rule(
    "manage-gained", "give `write` instead where that is enough: whoever manages access can widen it alone", _manage
)
WIDER_ACTIONS = Rule(
    "wider-actions",
    "check that each new action is needed; their capability was there before, so no score counts them",
    _wider,
)
UNKNOWN_MEMBERSHIP = Rule(
    "unknown-membership",
    "export the members of the group, or state its `size`, so that they are counted",
    _unknown_members,
)
