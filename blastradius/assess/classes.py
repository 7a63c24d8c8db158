"""Which class of data every resource belongs to, before and after.

Source: SPEC section 2, class of a resource.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from blastradius.assess.matching import RuleIndex
from blastradius.errors import PolicyError, did_you_mean
from blastradius.model.change import AddResource, Change, SetClass
from blastradius.model.policy import UNCLASSIFIED, DataClass, Policy
from blastradius.model.snapshot import Resource, Snapshot
from blastradius.model.sources import Problem, Source


@dataclass(frozen=True, slots=True)
class ResourceClasses:
    """The class of every resource on both sides.

    Attributes:
        known: The classes of the policy.
        before: Resource id to class in the baseline.
        after: Resource id to class in the simulated state.
    """

    known: Mapping[str, DataClass]
    before: Mapping[str, str]
    after: Mapping[str, str]

    def counted(self, resource: str) -> str:
        """Name the class a tuple on a resource counts in: the more sensitive of before and after.

        Args:
            resource: Id of a resource that exists on at least one side.
        """
        before, after = self.before.get(resource), self.after.get(resource)
        if before is None or after is None:
            return before or after or UNCLASSIFIED
        return before if self.known[before].sensitivity > self.known[after].sensitivity else after


def resource_classes(policy: Policy, baseline: Snapshot, simulated: Snapshot) -> ResourceClasses:
    """Classify all resources of both sides.

    Args:
        policy: Names the classes and how to recognise them.
        baseline: The facts before.
        simulated: The facts after; may be the same object.

    Raises:
        PolicyError: When a resource states a class that the policy does not know; one problem for each such class.

    Cost: linear in resources and their parents, with one look at the rules for every resource without a class.
    """
    check_classes(policy, baseline, simulated)
    rank = _ranks(policy.classes)
    rules = RuleIndex(policy.classify, rank)
    before = _Side(baseline.resources, rules, rank, {}, None).classes()
    # Most changes touch no resource; comparing two mappings of the same values is quick.
    if simulated.resources == baseline.resources:
        return ResourceClasses(policy.classes, before, before)
    after = _Side(simulated.resources, rules, rank, before, baseline.resources).classes()
    return ResourceClasses(policy.classes, before, after)


def check_classes(policy: Policy, *snapshots: Snapshot) -> None:
    """Refuse classes that the policy does not know.

    Raises:
        PolicyError: With one problem for each unknown class, at the first resource that states it.
    """
    stated = (
        (resource.class_name, resource.id, resource.source)
        for snapshot in snapshots
        for resource in snapshot.resources.values()
        if resource.class_name is not None
    )
    _refuse_unknown(policy, stated)


def check_change_classes(policy: Policy, change: Change) -> None:
    """Refuse steps that state a class which the policy does not know, even if a later step states another.

    Raises:
        PolicyError: With one problem for each unknown class, at the first step that states it.
    """
    stated: list[tuple[str, str, Source]] = []
    for step in change.steps:
        match step:
            case SetClass(resource=resource, class_name=name, source=source):
                stated.append((name, resource, source))
            case AddResource(resource=Resource(id=resource, class_name=str(name)), source=source):
                stated.append((name, resource, source))
            case _:
                pass
    _refuse_unknown(policy, stated)


def _refuse_unknown(policy: Policy, stated: Iterable[tuple[str, str, Source]]) -> None:
    unknown: dict[str, list[tuple[str, Source]]] = {}
    for name, resource, source in stated:
        if name not in policy.classes:
            unknown.setdefault(name, []).append((resource, source))
    problems = []
    for name, places in sorted(unknown.items()):
        resource, source = places[0]
        others = len({resource for resource, _ in places}) - 1
        more = f", and so have {others} other resources" if others > 1 else ", and so has another" if others else ""
        message = f"`{resource}` has the class `{name}`, which the policy does not know{more}"
        problems.append(Problem(message, source, did_you_mean(name, policy.classes)))
    if problems:
        raise PolicyError(problems)


def _ranks(classes: Mapping[str, DataClass]) -> dict[str, int]:
    """Order the classes, most sensitive first; of equal ones the one named first in the policy."""
    ordered = sorted(classes.values(), key=lambda c: (-c.sensitivity, c.order))
    return {c.id: position for position, c in enumerate(ordered)}


class _Side:
    """The resources of one side while their classes are found."""

    def __init__(
        self,
        resources: Mapping[str, Resource],
        rules: RuleIndex,
        rank: Mapping[str, int],
        earlier: Mapping[str, str],
        known: Collection[str] | None,
    ) -> None:
        """Start.

        Args:
            resources: All of this side.
            rules: Those of the policy.
            rank: Class to its place, most sensitive first.
            earlier: Resource id to its class on the side before; empty on the first side.
            known: Resources of the side before; None on the first side, where nothing is new.
        """
        self._resources = resources
        self._rules = rules
        self._rank = rank
        self._earlier = earlier
        self._known = resources if known is None else known
        self._found: dict[str, str] = {}

    def classes(self) -> dict[str, str]:
        """Find all, parents before children, without recursion: real trees are deep."""
        for start in self._resources:
            waiting = [start]
            opened: set[str] = set()
            while waiting:
                name = waiting[-1]
                if name in self._found:
                    waiting.pop()
                    continue
                # What is opened twice waits for itself. Such containment is refused elsewhere; here it must not hang.
                first_time = name not in opened
                opened.add(name)
                needed = self._parents_to_do(self._resources[name]) if first_time else []
                if needed:
                    waiting.extend(needed)
                else:
                    self._found[name] = self._class_of(self._resources[name])
        return self._found

    def _parents_to_do(self, resource: Resource) -> list[str]:
        if resource.class_name is not None and resource.id in self._known:
            return []
        return [p for p in resource.parents if p not in self._found and p in self._resources]

    def _class_of(self, resource: Resource) -> str:
        own = resource.class_name
        if own is not None and resource.id in self._known:
            return own
        candidates = [self._found[p] for p in resource.parents if p in self._found]
        if resource.id not in self._known:
            # NOTE: a change that lowers the class of a folder must not thereby lower what it puts into it.
            candidates += [self._earlier[p] for p in resource.parents if p in self._earlier]
        classified = [c for c in candidates if c != UNCLASSIFIED]
        if classified:
            candidates = classified
        by_rule = self._rules.most_sensitive(resource)
        if by_rule is not None:
            candidates.append(by_rule)
        if own is not None:
            candidates.append(own)
        return min(candidates, key=self._rank.__getitem__, default=UNCLASSIFIED)
