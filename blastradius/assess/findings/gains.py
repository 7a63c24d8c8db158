"""Findings about who gains what: the internet, people from outside, agents, managers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import nsmallest
from itertools import islice

import numpy as np
from pyroaring import BitMap

from blastradius.access.sides import bitmap
from blastradius.access.tree import Key
from blastradius.assess.blame import Moved, blame
from blastradius.assess.changes import Cells, ClassChange, union
from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, count, listed
from blastradius.columns.names import Flags, Ints
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import GAINS, AccessChange, IdSet, Witness
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Capability
from blastradius.model.sources import Source

CHANGING = frozenset({Capability.WRITE, Capability.MANAGE})
"""The capabilities with which somebody changes what is there."""
# In so many rows the chosen people are picked out to find the line; the rows with the most resources.
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
    wanted: BitMap | None = None,
    capabilities: frozenset[Capability] = _EVERY_CAPABILITY,
    changes: frozenset[AccessChange] = GAINS,
    *,
    harmless_public: bool = False,
) -> Gain | None:
    """Find what some people gain.

    Args:
        context: The change.
        wanted: Who matters; None for everybody.
        capabilities: The capabilities that matter.
        changes: The changes that matter.
        harmless_public: True when reading data that is meant for everybody does not matter.

    Cost: one step for what turns in or above the cells, for each thing that happened.
    """
    found = []
    within: dict[Key, Ints] = {}
    for change in context.changes.values():
        one = _in_class(change, wanted, change.keys(changes, capabilities), within)
        if one is not None and (not harmless_public or _matters(context, one)):
            found.append(one)
    return _joined(context, found, changes, everybody=wanted is None) if found else None


@dataclass(frozen=True, slots=True, eq=False)
class _ClassGain:
    """The part of a gain that lies in one class.

    Attributes:
        who: Who gains.
        rows: Which rows of the cells of the class it touches.
        moved: What happened to them.
    """

    class_name: str
    cells: Cells
    who: BitMap
    rows: Flags
    moved: tuple[Moved, ...]

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What they gain."""
        return frozenset(part.capability for part in self.moved)


def _in_class(
    change: ClassChange, wanted: BitMap | None, keys: list[Key], within: dict[Key, Ints]
) -> _ClassGain | None:
    cells, moved = change.cells, []
    for key in keys:
        who = change.sets[key] if wanted is None else change.sets[key] & wanted
        if who:
            if wanted is not None and key not in within:
                within[key] = cells.tree.sizes_within(key, wanted)
            sizes = cells.sizes(key) if wanted is None else within[key][cells.scopes]
            moved.append(Moved(cells, key, sizes, who, chosen=wanted is not None))
    everybody = union(part.who for part in moved)
    if everybody is None:
        return None
    rows = np.logical_or.reduce([part.sizes > 0 for part in moved])
    return _ClassGain(change.class_name, cells, everybody, rows, tuple(moved))


def _matters(context: Context, one: _ClassGain) -> bool:
    """Tell whether a class is not meant for everybody, or is changed and not only read."""
    sensitive = context.policy.classes[one.class_name].sensitivity > 0
    return sensitive or not CHANGING.isdisjoint(one.capabilities)


def _joined(context: Context, found: list[_ClassGain], changes: frozenset[AccessChange], *, everybody: bool) -> Gain:
    who = union(one.who for one in found)
    assert who is not None
    resources = nsmallest(SAMPLE_MAX, (code for one in found for code in one.cells.lowest(one.rows, SAMPLE_MAX)))
    capabilities = frozenset(c for one in found for c in one.capabilities)
    return Gain(
        classes=tuple(one.class_name for one in found),
        who=who,
        principals=tuple(context.people.name(index) for index in islice(who, SAMPLE_MAX)),
        people=context.people.count(who),
        resources=tuple(context.delta.resources[code] for code in resources),
        resource_total=sum(int(one.cells.counts[one.rows].sum()) for one in found),
        capabilities=tuple(sorted(capabilities)),
        source=_source(context, found, changes, everybody=everybody),
    )


def _source(
    context: Context, found: list[_ClassGain], changes: frozenset[AccessChange], *, everybody: bool
) -> Source | None:
    """Pick the changed line that opens most of what these people gain; everybody in a row, or only those chosen."""
    moved = [part for one in found for part in (one.moved if everybody else _largest(one))]
    shown = [
        witness
        for one in found
        for witness in context.exposures[one.class_name].witnesses
        if _is_among(context, witness, one, changes)
    ]
    blamed = blame(moved, context.delta.resources, context.people, context.find_witness, shown)
    return blamed.step.source if blamed else None


def _largest(one: _ClassGain) -> Iterator[Moved]:
    """Keep what happened in the rows with the most resources."""
    cells, rows = one.cells, np.flatnonzero(one.rows)
    if len(rows) <= _INTERSECTED_MAX:
        yield from one.moved
        return
    order = np.lexsort((cells.tree.first_resources[cells.scopes[rows]], -cells.counts[rows]))
    largest = np.zeros(len(cells), np.bool_)
    largest[rows[order[:_INTERSECTED_MAX]]] = True
    for part in one.moved:
        here = np.where(largest, part.sizes, 0)
        there = cells.tree.union([part.key], cells.mask(here > 0))
        if there:
            yield replace(part, sizes=here, who=there & part.who)


def _is_among(context: Context, witness: Witness, one: _ClassGain, changes: frozenset[AccessChange]) -> bool:
    index = context.people.index(witness.principal)
    return (
        index is not None and index in one.who and witness.capability in one.capabilities and witness.change in changes
    )


def _public(context: Context) -> Iterator[Draft]:
    internet = context.people.index(OUTSIDER)
    found = None if internet is None else gain(context, BitMap([internet]), harmless_public=True)
    if found:
        yield found.draft(FindingLevel.ERROR, f"anyone on the internet gains {found.verbs} on {found.place}")


def _external(context: Context) -> Iterator[Draft]:
    found = gain(context, bitmap(np.flatnonzero(context.people.is_external)), harmless_public=True)
    if found:
        who = f"{listed(found.principals, found.people)}, from outside the organisation,"
        yield found.draft(FindingLevel.WARNING, f"{who} {found.verb} on {found.place}")


def _agent_write(context: Context) -> Iterator[Draft]:
    found = gain(context, bitmap(np.flatnonzero(context.people.is_agent)), CHANGING)
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
        actions = listed(sorted(context.tree.new_actions(context.delta.actions)))
        who = f"{count(found.people, 'principal')} who had {found.verbs} on {found.place}"
        yield found.draft(FindingLevel.NOTE, f"{who} may do more with it: {actions}")


def _unknown_members(context: Context) -> Iterator[Draft]:
    found = gain(context, bitmap(np.flatnonzero(context.people.is_unlisted)))
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
