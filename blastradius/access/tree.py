"""The scopes of a delta as a tree of differences: what a scope's people are, told by what its parent's are.

A scope below another one mostly has the same people but for the few whom its own grants name. Keeping only
those makes counting, joining and asking about a hundred thousand scopes a matter of small sets.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, overload

import numpy as np
from pyroaring import BitMap

from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.model.delta import GAINS, AccessChange, Delta, IdSet, Scope
from blastradius.model.snapshot import Capability

Key = tuple[AccessChange, Capability] | None
"""What happened to one capability; None stands for a gain of any."""
ANY_GAIN: Key = None


class Turn(NamedTuple):
    """How the people of a scope differ from those of its parent.

    Attributes:
        lost: In the parent's set and not in this one.
        won: In this set and not in the parent's; in a scope without a parent, everybody in it.
    """

    lost: BitMap
    won: BitMap


class ScopeTree(Sequence[Scope]):
    """Scopes, each after its parent; asking for one writes it out.

    Attributes:
        parent: The scope each one is told by, `ABSENT` where there is none.
        scope_of: Resource code to scope, `ABSENT` where nothing changed.
        turns: Per scope, for every key of which the people are not the parent's. An empty scope has none.
        keys: Every key that occurs, `ANY_GAIN` too if anything was gained; in a fixed order.
    """

    def __init__(
        self,
        parent: Ints,
        scope_of: Ints,
        turns: Sequence[Mapping[Key, Turn]],
        write_out: Callable[[int, Ints], Scope],
    ) -> None:
        """Take scopes as they were found.

        Args:
            parent: See above.
            scope_of: See above.
            turns: See above.
            write_out: Makes one scope whole, given its number and its resources.
        """
        self.parent = parent
        self.scope_of = scope_of
        self.turns = turns
        self._write_out = write_out
        found = {key for turn in turns for key in turn}
        self.keys: tuple[Key, ...] = (
            *sorted(key for key in found if key is not None),
            *(key for key in found if key is None),
        )

    def __len__(self) -> int:
        return len(self.parent)

    @overload
    def __getitem__(self, scope: int) -> Scope: ...
    @overload
    def __getitem__(self, scope: slice) -> Sequence[Scope]: ...
    def __getitem__(self, scope: int | slice) -> Scope | Sequence[Scope]:
        if isinstance(scope, slice):
            return [self[number] for number in range(*scope.indices(len(self)))]
        if not 0 <= scope < len(self):
            raise IndexError(scope)
        return self._write_out(scope, self.resources(scope))

    # Resources

    def resources(self, scope: int) -> Ints:
        """Give the codes of the resources of a scope, ascending; never empty."""
        return self._by_scope[self._starts[scope] : self._starts[scope + 1]]

    @cached_property
    def _by_scope(self) -> Ints:
        """All resources in some scope, those of one scope together."""
        there = np.flatnonzero(self.scope_of != ABSENT)
        return there[np.argsort(self.scope_of[there], kind="stable")]

    @cached_property
    def _starts(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.resource_counts)])

    @cached_property
    def resource_counts(self) -> Ints:
        """How many resources each scope has."""
        return np.bincount(self.scope_of[self.scope_of != ABSENT], minlength=len(self))

    @cached_property
    def first_resources(self) -> Ints:
        """The lowest code among the resources of each scope."""
        first = np.zeros(len(self), np.int64)
        there = np.flatnonzero(self.scope_of != ABSENT)[::-1]
        # Of several values for one place the last one written stays.
        first[self.scope_of[there]] = there
        return first

    # People

    @cached_property
    def sizes(self) -> Mapping[Key, Ints]:
        """How many principals each key has in each scope."""
        return {key: self.sizes_within(key) for key in self.keys}

    def sizes_within(self, key: Key, chosen: IdSet | None = None) -> Ints:
        """Count the principals of a key in each scope.

        Args:
            key: What happened.
            chosen: Count only these; None for all.

        Cost: one step per scope in which something turns.
        """
        sizes = np.zeros(len(self), np.int64)
        among = None if chosen is None else BitMap(chosen)
        change = [0] * len(self)
        for scope, turn in enumerate(self.turns):
            if key in turn:
                lost, won = turn[key]
                if among is None:
                    change[scope] = len(won) - len(lost)
                else:
                    change[scope] = won.intersection_cardinality(among) - lost.intersection_cardinality(among)
        sizes[:] = change
        return self.summed_from_above(sizes)

    def summed_from_above(self, own: Ints) -> Ints:
        """Add to each scope's number those of all scopes above it."""
        total, above = own.copy(), self.parent.astype(np.int64)
        # Each round doubles how far up the sum reaches.
        while (below := np.flatnonzero(above >= 0)).size:
            total[below] += total[above[below]]
            above[below] = above[above[below]]
        return total

    def summed_from_below(self, own: Ints) -> Ints:
        """Add to each scope's number those of all scopes below it."""
        total = own.tolist()
        parent = self.parent.tolist()
        for scope in range(len(self) - 1, -1, -1):
            if parent[scope] >= 0:
                total[parent[scope]] += total[scope]
        return np.array(total, own.dtype)

    def people(self, scope: int, key: Key) -> BitMap:
        """Give the principals of a key in a scope.

        Cost: a few set operations for each scope above it.
        """
        path = []
        at = scope
        while at >= 0:
            path.append(at)
            at = int(self.parent[at])
        found = BitMap()
        for at in reversed(path):
            turn = self.turns[at].get(key)
            if turn is not None:
                found -= turn.lost
                found |= turn.won
        return found

    def sets(self, scope: int) -> dict[tuple[AccessChange, Capability], BitMap]:
        """Give the principals of every key in a scope, where there are any; `ANY_GAIN` aside."""
        found = ((key, self.people(scope, key)) for key in self.keys if key is not None)
        return {key: people for key, people in found if people}

    def union(self, keys: Collection[Key], scopes: Flags | None = None) -> IdSet | None:
        """Join the principals of some keys in some scopes; None when there are none.

        Args:
            keys: What happened.
            scopes: Whether each scope counts; None for all.

        Cost: one set operation for each scope in which somebody is new, and a few for each scope whose parent does
        not count.
        """
        joined = BitMap()
        for key in keys:
            for scope in range(len(self)) if scopes is None else np.flatnonzero(scopes).tolist():
                above = int(self.parent[scope])
                if above >= 0 and (scopes is None or scopes[above]):
                    # Whoever is in the parent's set is joined already.
                    turn = self.turns[scope].get(key)
                    if turn is not None and turn.won:
                        joined |= turn.won
                else:
                    joined |= self.people(scope, key)
        return joined or None

    def totals_by_principal(self, key: Key, weights: Ints, size: int) -> Ints:
        """Sum, for every principal, the weights of the scopes in which it is among the people of a key.

        Args:
            key: What happened.
            weights: One whole number per scope, such as how many resources count in it.
            size: How many principals there are.

        Cost: one step for every principal that turns anywhere.
        """
        below = self.summed_from_below(weights).tolist()
        totals = np.zeros(size, np.int64)
        for scope, turn in enumerate(self.turns):
            if key in turn and below[scope]:
                lost, won = turn[key]
                if lost:
                    totals[np.frombuffer(lost.to_array(), np.uint32)] -= below[scope]
                if won:
                    totals[np.frombuffer(won.to_array(), np.uint32)] += below[scope]
        return totals

    @staticmethod
    def of(delta: Delta) -> "ScopeTree":
        """Give the scopes of a delta as a tree; those of the reference engine become scopes without parents."""
        if isinstance(delta.scopes, ScopeTree):
            return delta.scopes
        scopes = tuple(delta.scopes)
        scope_of = np.full(len(delta.resources), ABSENT, np.int64)
        for number, scope in enumerate(scopes):
            scope_of[np.asarray(scope.resources)] = number
        parent = np.full(len(scopes), ABSENT, np.int64)
        return ScopeTree(parent, scope_of, [_whole(scope) for scope in scopes], lambda number, _: scopes[number])


def _whole(scope: Scope) -> dict[Key, Turn]:
    sets = {key: BitMap(people) for key, people in scope.capability_changes.items()}
    return turns_from_nothing(sets)


def turns_from_nothing(sets: Mapping[tuple[AccessChange, Capability], BitMap]) -> dict[Key, Turn]:
    """Tell the people of a scope without a parent."""
    turns: dict[Key, Turn] = {key: Turn(BitMap(), people) for key, people in sets.items() if people}
    gained = gained_in(sets)
    if gained:
        turns[ANY_GAIN] = Turn(BitMap(), gained)
    return turns


def gained_in(sets: Mapping[tuple[AccessChange, Capability], BitMap]) -> BitMap:
    """Join whoever gained any capability."""
    gains: Iterable[BitMap] = (people for (change, _), people in sets.items() if change in GAINS)
    return BitMap.union(BitMap(), *gains)
