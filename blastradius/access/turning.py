"""One key of a scope tree: where its people turn, and what follows for sizes, unions and sums."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from blastradius.access.forest import Forest
from blastradius.columns.names import ABSENT, Flags, Ints, distinct

_AT_ONCE = 1 << 20
# So many principals of all turns together are kept as rows, in eight bytes each.
_KEPT_MAX = 1 << 24
# Beyond this a sum is made of Python's own integers, which have no end.
_LARGE = 1 << 62
_EXACT_MAX = 1 << 53
# How many scopes are written out in the hope that they hold everybody who may be in any.
_TRIED = 4


class Turn(NamedTuple):
    """How the people of a scope differ from those of its parent.

    Attributes:
        lost: In the parent's set and not in this one.
        won: In this set and not in the parent's; in a scope without a parent, everybody in it.
    """

    lost: BitMap
    won: BitMap


class _Rows(NamedTuple):
    """Principals that turn.

    Attributes:
        sign: 1 where they are won, -1 where they are lost.
        people: Who, row by row.
        places: In which turn.
    """

    sign: int
    people: Ints
    places: Ints


class _Read(NamedTuple):
    """What one look at all turns tells.

    Attributes:
        sizes: How many more are in the set of each scope than in its parent's.
        wins: Whether anybody is won.
        rows: Who turns where; None where they are too many to keep.
    """

    sizes: Ints
    wins: Flags
    rows: list[_Rows] | None


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
    def _principals(self) -> int:
        """One more than the highest code of anybody who is in a set."""
        return 1 + max((turn.won.max() for turn in self.turns if turn.won), default=-1)

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

    # Turns as rows of principals

    def _rows(self) -> Iterator[_Rows]:
        """Give who turns where, many at a time; kept where they are not too many, else made again each time."""
        if self._read.rows is not None:
            yield from self._read.rows
        else:
            yield from self._made(np.zeros_like(self._read.sizes), np.zeros_like(self._read.wins))

    @cached_property
    def _read(self) -> _Read:
        """Look at every turn once: to look at a bitmap costs more than to read what is in it."""
        sizes, wins = np.zeros(len(self.turns), np.int64), np.zeros(len(self.turns), np.bool_)
        rows: list[_Rows] | None = []
        total = 0
        for each in self._made(sizes, wins):
            total += len(each.people)
            rows = None if rows is None or total > _KEPT_MAX else [*rows, each]
        return _Read(sizes, wins, rows)

    def _made(self, sizes: Ints, wins: Flags) -> Iterator[_Rows]:
        """Make the rows, and note on the way what else `_Read` tells."""
        for sign, part in ((1, [turn.won for turn in self.turns]), (-1, [turn.lost for turn in self.turns])):
            codes, lengths, places = array("I"), list[int](), list[int]()
            for place, people in enumerate(part):
                if people:
                    found = people.to_array()
                    codes.extend(found)
                    lengths.append(len(found))
                    places.append(place)
                    if len(codes) > _AT_ONCE:
                        yield _flat(sign, codes, places, lengths, sizes, wins)
                        codes, lengths, places = array("I"), [], []
            if codes:
                yield _flat(sign, codes, places, lengths, sizes, wins)

    @cached_property
    def sizes(self) -> Ints:
        """How many people each scope has."""
        own = np.zeros(len(self._place), np.int64)
        own[self.scopes] = self._read.sizes
        return self._forest.from_above(own)

    def sizes_within(self, weights: Mapping[int, int]) -> Ints:
        """Count some people in each scope, each as so many."""
        large = sum(weights.values()) >= _LARGE
        worth: Ints = np.zeros(max(self._principals, max(weights, default=-1) + 1), object if large else np.int64)
        worth[list(weights)] = list(weights.values())
        counts = worth != 0
        own: Ints = np.zeros(len(self._place), worth.dtype)
        for sign, people, places in self._rows():
            here = np.flatnonzero(counts[people])
            np.add.at(own, self.scopes[places[here]], sign * worth[people[here]])
        return self._forest.from_above(own)

    def totals(self, weights: Ints, size: int) -> Ints:
        """Sum, for every principal, the weights of the scopes in whose sets it is.

        Args:
            weights: One number for each scope.
            size: How many principals there are.

        Cost: one step for every principal of every turn.
        """
        below = self._forest.from_below(weights)[self.scopes]
        totals = np.zeros(size, np.int64)
        # Floats hold whole numbers exactly up to here, and adding them up is much faster that way.
        exact = float(np.abs(below).sum()) < _EXACT_MAX
        for sign, people, places in self._rows():
            if exact:
                totals += sign * np.bincount(people, weights=below[places], minlength=size).astype(np.int64)
            else:
                np.add.at(totals, people, sign * below[places])
        return totals

    def union(self, scopes: Flags | None) -> BitMap:
        """Join the people of some scopes, or of all.

        Cost: one set operation for each turn that brings somebody in; where a turn is itself in none of the scopes,
        at worst one step for every principal of every turn.
        """
        if scopes is None:
            return BitMap.union(BitMap(), *(turn.won for turn in self.turns))
        wanted = np.zeros(len(self.turns) + 1, np.bool_)
        nearest = self.nearest[scopes]
        wanted[self._place[nearest[nearest >= 0]]] = True
        needed = self._with_all_above(wanted)
        joined = self._won(wanted)
        passed = self._won(needed & ~wanted)
        # Whoever is brought in above the scopes may be taken out again before each of them; few are before all.
        sizes = self.sizes[self.scopes]
        there = np.flatnonzero(wanted)
        for place in there[np.argsort(-sizes[there], kind="stable")[:_TRIED]].tolist():
            if passed <= joined:
                return joined
            joined |= self.people(int(self.scopes[place]))
        if passed <= joined:
            return joined
        totals = self.totals(scopes.astype(np.int64), self._principals)
        return joined | BitMap(array("I", np.flatnonzero(totals).astype(np.uint32).tobytes()))

    def _won(self, places: Flags) -> BitMap:
        here: list[int] = np.flatnonzero(places[:-1] & self._read.wins).tolist()
        return BitMap.union(BitMap(), *(self.turns[place].won for place in here))

    def _with_all_above(self, wanted: Flags) -> Flags:
        needed = wanted.copy()
        step: Ints = np.flatnonzero(wanted)
        while step.size:
            step = distinct(self._above[step])
            step = step[step >= 0]
            step = step[~needed[step]]
            needed[step] = True
        return needed


def _flat(sign: int, codes: "array[int]", places: list[int], lengths: list[int], sizes: Ints, wins: Flags) -> _Rows:
    where = np.array(places, np.int32)
    sizes[where] += sign * np.array(lengths)
    wins[where] |= sign > 0
    return _Rows(sign, np.frombuffer(codes, np.uint32), np.repeat(where, lengths))
