"""One key of a scope tree: where its people turn, and what follows for sizes, unions and sums."""

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from blastradius.access.forest import Forest
from blastradius.columns.names import ABSENT, Flags, Ints

_AT_ONCE = 1 << 20
# Beyond this a sum is made of Python's own integers, which have no end.
_LARGE = 1 << 62


class Turn(NamedTuple):
    """How the people of a scope differ from those of its parent.

    Attributes:
        lost: In the parent's set and not in this one.
        won: In this set and not in the parent's; in a scope without a parent, everybody in it.
    """

    lost: BitMap
    won: BitMap


class Turning:
    """The scopes of a tree in which the people of one key are not the parent's.

    Attributes:
        scopes: Their numbers, ascending.
        turns: How each differs, in that order.
    """

    def __init__(self, forest: Forest, scopes: Sequence[int], turns: Sequence[Turn]) -> None:
        """Take what turns."""
        self.scopes = np.array(scopes, np.int64)
        self.turns = turns
        self._forest = forest
        self._place = np.full(len(forest.parent), ABSENT, np.int64)
        self._place[self.scopes] = np.arange(len(self.scopes))

    @cached_property
    def nearest(self) -> Ints:
        """At or above each scope the nearest one that turns; `ABSENT` where nobody is in the set."""
        return self._forest.nearest(self._place >= 0)

    @cached_property
    def _above(self) -> Ints:
        """For each turn the place of the next one above it, `ABSENT` at the top."""
        parent = self._forest.parent[self.scopes]
        higher = np.where(parent >= 0, self.nearest[parent], ABSENT)
        return np.where(higher >= 0, self._place[higher], ABSENT)

    @cached_property
    def _wins(self) -> Flags:
        return np.array([bool(turn.won) for turn in self.turns], np.bool_)

    def _upwards(self, scope: int) -> Iterator[Turn]:
        """Give the turns at and above a scope, the nearest first."""
        at = int(self.nearest[scope])
        place = int(self._place[at]) if at >= 0 else ABSENT
        while place >= 0:
            yield self.turns[place]
            place = int(self._above[place])

    def people(self, scope: int) -> BitMap:
        """Write out who is in the set of a scope."""
        found = BitMap()
        for turn in reversed(list(self._upwards(scope))):
            found -= turn.lost
            found |= turn.won
        return found

    def holds(self, scope: int, principal: int) -> bool:
        """Tell whether a principal is in the set of a scope."""
        for turn in self._upwards(scope):
            if principal in turn.won:
                return True
            if principal in turn.lost:
                return False
        return False

    def _concerning(self, scopes: Flags | None) -> list[int]:
        """Pick the turns that matter to some scopes: those at or above one of them."""
        if scopes is None:
            return list(range(len(self.turns)))
        below = self._forest.from_below(scopes.astype(np.int64))
        found: list[int] = np.flatnonzero(below[self.scopes]).tolist()
        return found

    def sizes(self, weights: dict[int, int] | BitMap | None = None, scopes: Flags | None = None) -> Ints:
        """Count the people in each scope.

        Args:
            weights: Count only these, each as so many; or each as one; None for everybody.
            scopes: The only scopes of which the number is asked; None for all.
        """
        large = isinstance(weights, dict) and sum(weights.values()) >= _LARGE
        own = np.zeros(len(self._place), object if large else np.int64)
        rows, turns = self._concerning(scopes), self.turns
        if weights is None:
            counts = [len(turns[row].won) - len(turns[row].lost) for row in rows]
        elif isinstance(weights, BitMap):
            among = weights.intersection_cardinality
            counts = [among(turns[row].won) - among(turns[row].lost) for row in rows]
        else:
            some = BitMap(weights)
            counts = [
                sum(weights[i] for i in some & turns[row].won) - sum(weights[i] for i in some & turns[row].lost)
                for row in rows
            ]
        own[self.scopes[rows]] = counts
        return self._forest.from_above(own)

    def union(self, scopes: Flags | None) -> BitMap:
        """Join the people of some scopes, or of all.

        Cost: one set operation for each turn that brings somebody in, and one for each turn below one that is itself
        in none of the scopes.
        """
        if scopes is None:
            return BitMap.union(BitMap(), *(turn.won for turn in self.turns))
        wanted = np.zeros(len(self.turns) + 1, np.bool_)
        nearest = self.nearest[scopes]
        wanted[np.where(nearest >= 0, self._place[nearest], ABSENT)] = True
        wanted[-1] = False
        needed = self._with_all_above(wanted)
        direct: list[int] = np.flatnonzero(wanted[:-1] & needed[:-1] & self._wins).tolist()
        joined = BitMap.union(BitMap(), *(self.turns[place].won for place in direct))
        passed = needed & ~wanted
        if passed.any():
            joined |= self._won_on_the_way(needed, passed)
        return joined

    def _with_all_above(self, wanted: Flags) -> Flags:
        needed = wanted.copy()
        step = np.flatnonzero(wanted)
        while step.size:
            step = np.unique(self._above[step])
            step = step[step >= 0]
            step = step[~needed[step]]
            needed[step] = True
        return needed

    def _won_on_the_way(self, needed: Flags, passed: Flags) -> BitMap:
        """Join whoever is brought in by a turn that is only passed, and not taken out everywhere below it."""
        under = np.append(np.where(self._above >= 0, passed[self._above], False), False)
        taken_out: dict[int, BitMap] = {}
        joined = BitMap()
        # INVARIANT: a turn stands before all that are below it, so those are done when it is reached.
        for place in np.flatnonzero(needed & (passed | under)).tolist()[::-1]:
            lost, won = self.turns[place]
            if passed[place]:
                everywhere = taken_out.pop(place)
                joined |= won - everywhere
                lost = lost | everywhere
            if under[place]:
                above = int(self._above[place])
                others = taken_out.get(above)
                taken_out[above] = lost if others is None else others & lost
        return joined

    def totals(self, weights: Ints, size: int) -> Ints:
        """Sum, for every principal, the weights of the scopes in whose sets it is.

        Cost: one step for every principal that turns in or above a scope with a weight.
        """
        below = self._forest.from_below(weights)[self.scopes]
        totals = np.zeros(size, np.int64)
        rows: list[int] = np.flatnonzero(below).tolist()
        for sign, part in ((1, [turn.won for turn in self.turns]), (-1, [turn.lost for turn in self.turns])):
            codes, lengths, which = array("I"), [], []
            for row in rows:
                if people := part[row]:
                    codes.extend(people.to_array())
                    lengths.append(len(people))
                    which.append(row)
                if len(codes) > _AT_ONCE:
                    _add(totals, codes, lengths, sign * below[which])
                    codes, lengths, which = array("I"), [], []
            _add(totals, codes, lengths, sign * below[which] if which else below[:0])
        return totals


def _add(totals: Ints, codes: "array[int]", lengths: list[int], weights: Ints) -> None:
    if lengths:
        np.add.at(totals, np.frombuffer(codes, np.uint32).astype(np.int64), np.repeat(weights, lengths))
