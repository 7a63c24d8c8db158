"""Why a tuple is as it is: a shortest chain of facts, through what changed.

Source: SPEC section 2, witness path.
"""

from collections.abc import Iterator
from functools import cached_property

from blastradius.access.chains import Fact, Place
from blastradius.access.conditions import GRANTED, Way, covers, negation, only_when
from blastradius.access.crowds import alternatives_of
from blastradius.access.engine import Comparison
from blastradius.access.indexes import Indexes
from blastradius.access.nearby import Nearby
from blastradius.access.paths import NEEDED_FOR, Paths
from blastradius.access.reference import access_change, state_of
from blastradius.access.relations import grant_relation
from blastradius.access.solved import Solved
from blastradius.model.delta import AccessChange, PathStep, State, Witness
from blastradius.model.snapshot import Capability, Grant

_LOSSES = frozenset({AccessChange.REVOKED, AccessChange.MAYBE_REVOKED})


class Witnesses:
    """Answers why, for single tuples of one comparison."""

    def __init__(self, comparison: Comparison) -> None:
        """Take a comparison; sides are indexed when first asked about."""
        self.comparison = comparison

    @cached_property
    def _sides(self) -> tuple[Paths, Paths]:
        pair, indexes = self.comparison.pair, Indexes()
        before, after = (Nearby(columns, indexes, self.comparison.actions) for columns in (pair.before, pair.after))
        return (
            Paths(Solved(self.comparison, 0), before, after),
            Paths(Solved(self.comparison, 1), after, before),
        )

    def actions_of(self, capability: Capability) -> list[str]:
        """List the known actions of a capability, sorted."""
        return [action for action, its in self.comparison.actions.items() if its is capability]

    def state(self, side: int, principal: str, action: str, resource: str) -> State:
        """Say whether a principal has an action on a resource on one side (0 or 1)."""
        return state_of(self._sides[side].ways(principal, action, resource))

    def of_change(self, principal: str, capability: Capability, resource: str) -> Witness | None:
        """Explain what changed about an access tuple.

        Args:
            principal: An id of either side.
            capability: What may have changed.
            resource: An id of either side.

        Returns:
            A chain that holds in the simulated state (in the baseline, when access was lost) and
            uses a changed fact or names the removed denial; None when the tuple did not change.
        """
        actions = self.actions_of(capability)
        before, after = self._ways(principal, actions, resource)
        change = access_change(before, after)
        if change is None:
            return None
        lost = change in _LOSSES
        here, there = (before, after) if lost else (after, before)
        action = min(actions, key=lambda a: (_rank(here[a], there[a]), a))
        return self._witness(0 if lost else 1, principal, capability, action, resource, change)

    def _ways(
        self, principal: str, actions: list[str], resource: str
    ) -> tuple[dict[str, frozenset[Way]], dict[str, frozenset[Way]]]:
        before, after = self._sides
        return (
            {action: before.ways(principal, action, resource) for action in actions},
            {action: after.ways(principal, action, resource) for action in actions},
        )

    def of_state(self, side: int, principal: str, action: str, resource: str) -> Witness | None:
        """Explain why a principal has an action on one side (0 or 1); None when it has not.

        Where this side has more of it than the other, the path is one through what makes the difference.
        """
        paths = self._sides[side]
        ways = paths.ways(principal, action, resource)
        if not ways:
            return None
        change = access_change(*self._ways(principal, [action], resource))
        if change is not None and (change in _LOSSES) == (side == 0):
            return self._witness(side, principal, self.comparison.actions[action], action, resource, change)
        way = min(ways, key=_simplest)
        steps = paths.search(principal, action, resource, way)
        if steps is None:
            steps = paths.search(principal, action, resource, way, through_needs=True)
        capability = self.comparison.actions[action]
        return Witness(principal, capability, action, resource, None, state_of(ways), _texts(way), steps or ())

    def denials(self, side: int, principal: str, action: str, resource: str) -> tuple[PathStep, ...]:
        """List the deny grants that reach a principal itself on one side, nearest resource first by id."""
        return tuple(
            PathStep(grant.subject, grant_relation(grant), grant.resource, grant.source)
            for grant in self._sides[side].denying(action, resource)
            if self._sides[side].solved.is_asked_about(principal, grant.subject)
        )

    def _witness(
        self, number: int, principal: str, capability: Capability, action: str, resource: str, change: AccessChange
    ) -> Witness:
        here, there = self._sides[number], self._sides[1 - number]
        ways = here.ways(principal, action, resource)
        others = there.ways(principal, action, resource)
        fresh = [way for way in ways if not any(covers(other, way) for other in others)]
        way = min(fresh or ways, key=_simplest)

        def is_changed(fact: Fact, end: Place) -> bool:
            if fact.kind == NEEDED_FOR:
                return here.solved.belongs(end.identity, end.name) != there.solved.belongs(end.identity, end.name)
            return not there.holds(fact)

        def is_changed_or_narrowed(fact: Fact, end: Place) -> bool:
            narrowing = (side.nearby.narrowing(end.name) for side in (here, there))
            if not end.held and any(asked is not None and any(asked) for asked in narrowing):
                return here.solved.belongs(end.identity, end.name) != there.solved.belongs(end.identity, end.name)
            return is_changed(fact, end)

        steps = (
            here.search(principal, action, resource, way, is_changed=is_changed)
            or here.search(principal, action, resource, way, is_changed=is_changed, through_needs=True)
            or here.search(principal, action, resource, way, is_changed=is_changed_or_narrowed, through_needs=True)
            or here.search(principal, action, resource, way)
            or here.search(principal, action, resource, way, through_needs=True)
            or ()
        )
        removed = (
            *self._removed_narrowing(number, steps),
            *self._removed_denials(number, principal, action, resource),
        )
        return Witness(principal, capability, action, resource, change, state_of(ways), _texts(way), (*steps, *removed))

    def _removed_narrowing(self, number: int, steps: tuple[PathStep, ...]) -> Iterator[PathStep]:
        """Name what the groups on a path asked for on the other side and do not ask for here."""
        here, there = self._sides[number], self._sides[1 - number]
        ended = "no longer" if number == 1 else "not yet"
        for name in dict.fromkeys(step.end for step in steps):
            old, new = there.nearby.narrowing(name), here.nearby.narrowing(name)
            if old is None or new is None:
                continue
            for relation, before, after in zip(("narrowed to", "leaving out"), old, new, strict=True):
                kept = {entry.id for entry in after}
                for entry in before:
                    if entry.id not in kept:
                        yield PathStep(name, f"{ended} {relation}", entry.id, entry.source, changed=True)

    def _removed_denials(self, number: int, principal: str, action: str, resource: str) -> Iterator[PathStep]:
        """Name the denials of the other side that reach neither the principal nor its identities here."""
        here, there = self._sides[number], self._sides[1 - number]
        ended = "no longer" if number == 1 else "not yet"
        denying = there.denying(action, resource)
        for identity in [principal, *self._identities(number, principal)] if denying else ():
            still = here.denials(identity, action, resource)
            for grant in denying:
                reach = self._reach(1 - number, identity, grant)
                if any(not any(s <= conditions for s in still) for conditions in reach):
                    relation = f"{ended} {grant_relation(grant)}"
                    yield PathStep(grant.subject, relation, grant.resource, grant.source, changed=True)

    def _identities(self, side: int, principal: str) -> list[str]:
        solved = self._sides[side].solved
        number = solved.number_of(principal)
        return [
            solved.name_of(door)
            for door, crowd in sorted(solved.becomers.items())
            if number is not None and door != number and alternatives_of(crowd, number)
        ]

    def _reach(self, side: int, identity: str, grant: Grant) -> Iterator[frozenset[str]]:
        asked = self._sides[side].solved.is_asked_about(identity, grant.subject)
        return (conditions | only_when(grant.when) for conditions in asked)


def _rank(here: frozenset[Way], there: frozenset[Way]) -> int:
    """Order a capability's actions by how well they show the change: granted and changed first."""
    changed = any(not any(covers(other, way) for other in there) for way in here)
    if not changed:
        return 2 if here else 3
    return 0 if GRANTED in here else 1


def _simplest(way: Way) -> tuple[int, int, list[str], list[list[str]]]:
    return len(way[0]), len(way[1]), sorted(way[0]), sorted(sorted(d) for d in way[1])


def _texts(way: Way) -> tuple[str, ...]:
    return tuple(sorted([*way[0], *(negation(denial) for denial in way[1])]))
