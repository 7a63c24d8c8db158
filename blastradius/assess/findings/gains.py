"""Findings about who gains what: the internet, people from outside, agents, managers."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest

from blastradius.assess.changes import Cell, ClassChange
from blastradius.assess.evidence import changed_step
from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, count, listed
from blastradius.assess.people import OUTSIDER_KIND, UNLISTED_KIND, Account, People
from blastradius.model.assessment import ClassExposure, FindingLevel
from blastradius.model.delta import GAINS, AccessChange, IdSet
from blastradius.model.snapshot import UNLISTED_SUFFIX, Capability
from blastradius.model.sources import Source

CHANGING = frozenset({Capability.WRITE, Capability.MANAGE})
"""The capabilities with which somebody changes what is there."""
_EVERY_CAPABILITY = frozenset(Capability)


@dataclass(frozen=True, slots=True)
class Gain:
    """What some of the people gain in one class.

    Attributes:
        who: Indices of all who gain.
        principals: The first few of their ids.
        people: How many people there are.
        resources: The first few ids.
        resource_total: How many resources there are.
        capabilities: What they gain, in ascending order.
        source: The changed line to look at.
    """

    class_name: str
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
            classes=[self.class_name],
            principals=self.principals,
            principal_total=self.people,
            resources=self.resources,
            resource_total=self.resource_total,
            source=self.source,
        )

    @property
    def verbs(self) -> str:
        """The capabilities, for a message."""
        return listed(c.label for c in self.capabilities)

    @property
    def place(self) -> str:
        """How much of which class, for a message."""
        return f"{count(self.resource_total, 'resource')} of class `{self.class_name}`"


def gains(
    context: Context,
    wanted: Callable[[Account], bool] | None = None,
    capabilities: frozenset[Capability] = _EVERY_CAPABILITY,
    changes: frozenset[AccessChange] = GAINS,
) -> Iterator[Gain]:
    """Find what some people gain, class by class in the order of the policy.

    Args:
        context: The change.
        wanted: Tells who matters; None for everybody.
        capabilities: The capabilities that matter.
        changes: The changes that matter.

    Cost: linear in the people who gain, and in the cells times the people who matter in the worst case.
    """
    for change in context.changes.values():
        found = _gain(context, change, wanted, capabilities, changes)
        if found is not None:
            yield found


def _gain(
    context: Context,
    change: ClassChange,
    wanted: Callable[[Account], bool] | None,
    capabilities: frozenset[Capability],
    changes: frozenset[AccessChange],
) -> Gain | None:
    who = change.people(changes, capabilities)
    if who is None:
        return None
    people = context.people
    chosen = who if wanted is None else _pick(who, people, wanted)
    if not len(chosen):
        return None
    cells = [cell for cell in change.cells if _touches(cell, chosen, capabilities, changes)]
    resources = nsmallest(SAMPLE_MAX, (index for cell in cells for index in cell.resources[:SAMPLE_MAX]))
    present = tuple(c for c in sorted(capabilities) if any(_touches(cell, chosen, {c}, changes) for cell in cells))
    return Gain(
        class_name=change.class_name,
        who=chosen,
        principals=tuple(people.name(i) for i in nsmallest(SAMPLE_MAX, chosen)),
        people=people.count(chosen),
        resources=tuple(context.delta.resources[index] for index in resources),
        resource_total=sum(len(cell.resources) for cell in cells),
        capabilities=present,
        source=_source(context, context.exposures[change.class_name], wanted, capabilities),
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
    context: Context,
    exposure: ClassExposure,
    wanted: Callable[[Account], bool] | None,
    capabilities: frozenset[Capability],
) -> Source | None:
    """Pick the changed line of the path that shows this gain, or else of the class."""
    for witness in exposure.witnesses:
        index = context.people.index(witness.principal)
        if index is None or witness.capability not in capabilities:
            continue
        step = changed_step((witness,))
        if step is not None and (wanted is None or wanted(context.people.account(index))):
            return step.source
    return exposure.source


def _matters(context: Context, gain: Gain) -> bool:
    """Tell whether a class is not meant for everybody, or is changed and not only read."""
    sensitive = context.policy.classes[gain.class_name].sensitivity > 0
    return sensitive or not CHANGING.isdisjoint(gain.capabilities)


def _public(context: Context) -> Iterator[Draft]:
    for gain in gains(context, lambda account: account.kind == OUTSIDER_KIND):
        if _matters(context, gain):
            yield gain.draft(FindingLevel.ERROR, f"anyone on the internet gains {gain.verbs} on {gain.place}")


def _external(context: Context) -> Iterator[Draft]:
    for gain in gains(context, lambda account: account.external):
        if _matters(context, gain):
            who = f"{listed(gain.principals, gain.people)}, from outside the organisation,"
            verb = "gains" if gain.people == 1 else "gain"
            yield gain.draft(FindingLevel.WARNING, f"{who} {verb} {gain.verbs} on {gain.place}")


def _agent_write(context: Context) -> Iterator[Draft]:
    for gain in gains(context, lambda account: account.agent, CHANGING):
        agents = "the agent " if gain.people == 1 else "the agents "
        verb = "gains" if gain.people == 1 else "gain"
        message = f"{agents}{listed(gain.principals, gain.people)} {verb} {gain.verbs} on {gain.place}"
        yield gain.draft(FindingLevel.WARNING, message)


def _manage(context: Context) -> Iterator[Draft]:
    for gain in gains(context, None, frozenset({Capability.MANAGE})):
        verb = "gains" if gain.people == 1 else "gain"
        message = f"{listed(gain.principals, gain.people)} {verb} `manage` on {gain.place}"
        yield gain.draft(FindingLevel.WARNING, f"{message}, and so can let others in")


def _wider(context: Context) -> Iterator[Draft]:
    for gain in gains(context, None, _EVERY_CAPABILITY, frozenset({AccessChange.WIDENED})):
        actions = listed(_new_actions(context, context.changes[gain.class_name]))
        who = count(gain.people, "principal")
        message = f"{who} who had {gain.verbs} on {gain.place} may do more with it: {actions}"
        yield gain.draft(FindingLevel.NOTE, message)


def _new_actions(context: Context, change: ClassChange) -> list[str]:
    """Name the actions that somebody newly has beside others of the same capability."""
    found: set[str] = set()
    for cell in change.cells:
        for (kind, action), ids in cell.scope.action_changes.items():
            wider = cell.changed(AccessChange.WIDENED, context.delta.actions[action])
            if kind in GAINS and wider is not None and action not in found and _overlap(ids, wider):
                found.add(action)
    return sorted(found)


def _unknown_members(context: Context) -> Iterator[Draft]:
    for gain in gains(context, lambda account: account.kind == UNLISTED_KIND):
        groups = [name.removesuffix(UNLISTED_SUFFIX) for name in gain.principals]
        unknown = any(context.people.account(index).guessed for index in gain.who)
        level = FindingLevel.WARNING if unknown else FindingLevel.NOTE
        whose = "whose members the snapshot does not all list"
        verb = "gains" if gain.people == 1 else "gain"
        yield gain.draft(level, f"{listed(groups, gain.people)}, {whose}, {verb} {gain.verbs} on {gain.place}")


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
