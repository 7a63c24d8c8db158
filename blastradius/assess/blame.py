"""Which changed fact to blame: the one that opens most, found from the paths of a spread sample of what moved.

There may be millions of tuples, and the path of each costs a search, so a few are looked at: each as likely as it
is wide. A fact that is on most of their paths is the one whose absence would close most.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

import numpy as np
from pyroaring import BitMap

from blastradius.access.tree import Key, ScopeTree
from blastradius.assess.changes import Cells, union
from blastradius.assess.people import People
from blastradius.columns.names import Ints
from blastradius.model.delta import PathStep, Witness
from blastradius.model.snapshot import OUTSIDER, Capability

FindWitness = Callable[[str, Capability, str], Witness | None]
"""Finds the path behind the change of one tuple (principal, capability, resource); None when there is none."""

PROBES = 16
"""How many tuples are looked at."""
_NONE: Ints = np.zeros(0, np.int64)
# Beyond this a sum is made of Python's own integers, which have no end.
_LARGE = 1 << 62
# How many principals that count for more than one are weighed exactly; the others count as one in the sample.
_HEAVY_MAX = 10


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """One thing that happened in some scopes: some people who gained, or lost, a capability on some resources.

    Attributes:
        cells: The resources.
        key: What happened; not `ANY_GAIN`.
        sizes: To how many, row by row of the cells; 0 where a row does not matter.
        who: To whom it happened in any of these rows.
        chosen: True when it happened to others too, who do not matter.
    """

    cells: Cells
    key: Key
    sizes: Ints
    who: BitMap
    chosen: bool = False

    @property
    def capability(self) -> Capability:
        """What was gained or lost."""
        assert self.key is not None
        return self.key[1]

    def people(self, row: int) -> BitMap:
        """Write out who matters in a row."""
        found = self.cells.tree.people(int(self.cells.scopes[row]), self.key)
        return found & self.who if self.chosen else found

    def only(self, principal: int) -> "Moved":
        """Leave everybody else out."""
        alone = BitMap([principal])
        sizes = np.where(self.sizes > 0, self.cells.sizes_within(self.key, alone), 0)
        return replace(self, sizes=sizes, who=alone, chosen=True)


@dataclass(frozen=True, slots=True)
class Blame:
    """The changed fact to look at.

    Attributes:
        step: The fact.
        witness: A path that it is on.
    """

    step: PathStep
    witness: Witness


@dataclass(frozen=True, slots=True)
class _Probe:
    """One tuple to look at, and how many votes its path has."""

    principal: int
    capability: Capability
    resource: int
    votes: int


def blame(
    moved: Collection[Moved],
    resources: Sequence[str],
    people: People,
    find: FindWitness,
    shown: Sequence[Witness] = (),
) -> Blame | None:
    """Find the changed fact that is on the most paths, preferably one with a place.

    Args:
        moved: What to explain.
        resources: Ids of resources by code.
        people: Says how much each principal counts.
        find: Finds the path of one tuple.
        shown: Paths that the report shows anyway: of facts that open the same, the first on the first of them wins.

    Cost: at most `PROBES` searches for a path, a few passes over the turns of what moved, and a pass over the
    resources.
    """
    votes: dict[PathStep, int] = {}
    of_step: dict[PathStep, Witness] = {}

    def count(witness: Witness, number: int) -> None:
        for step in dict.fromkeys(step for step in witness.steps if step.changed):
            votes[step] = votes.get(step, 0) + number
            of_step.setdefault(step, witness)

    probes = _probes(list(moved), people)
    for witness in shown:
        # One vote, so that a sample of facts that open little each does not outvote what is shown.
        count(witness, 1 if len(probes) == PROBES else 0)
    for probe in probes:
        found = find(people.name(probe.principal), probe.capability, resources[probe.resource])
        if found is not None:
            count(found, probe.votes)
    # `max` gives the first of equals.
    candidates = [step for step in votes if step.source is not None] or list(votes)
    best = max(candidates, key=votes.__getitem__, default=None)
    return None if best is None else Blame(best, of_step[best])


def _probes(moved: list[Moved], people: People) -> list[_Probe]:
    """Choose what to look at: everything if it is little, else tuples at even distances, counted by headcount."""
    internet = people.index(OUTSIDER)
    if internet is not None and any(internet in part.who for part in moved):
        # Anyone on the internet is more than any number of others.
        moved = [part.only(internet) for part in moved if internet in part.who]
    parts = _Parts(moved)
    if not len(parts.sizes):
        return []
    if int(parts.sizes @ parts.counts) < PROBES:
        return [
            _Probe(index, parts.capability(at), resource, people.account(index).weight)
            for at, there in parts.resources(range(len(parts.sizes))).items()
            for index in parts.people(at)
            for resource in there.tolist()
        ]
    return list(_spread(parts, people))


class _Parts:
    """What moved, in one row for each scope and key, in the order of resources and capabilities.

    Attributes:
        sizes: How many people, row by row; never 0.
        counts: How many resources, row by row.
    """

    def __init__(self, moved: list[Moved]) -> None:
        self.moved = moved
        numbers: list[Ints] = [_NONE]
        rows: list[Ints] = [_NONE]
        sizes: list[Ints] = [_NONE]
        for number, part in enumerate(moved):
            there = np.flatnonzero(part.sizes)
            numbers.append(np.full(len(there), number))
            rows.append(there)
            sizes.append(part.sizes[there])
        which, row = np.concatenate(numbers), np.concatenate(rows)
        counts, first, capability = (np.zeros(len(row), np.int64) for _ in range(3))
        for number, part in enumerate(moved):
            mine = which == number
            counts[mine], first[mine] = part.cells.counts[row[mine]], part.cells.first[row[mine]]
            capability[mine] = part.capability
        order = np.lexsort((which, capability, first))
        self._which, self._row = which[order], row[order]
        self.sizes, self.counts = np.concatenate(sizes)[order], counts[order]

    def _part(self, at: int) -> tuple[Moved, int]:
        return self.moved[self._which[at]], int(self._row[at])

    def capability(self, at: int) -> Capability:
        """Say what was gained or lost in a row."""
        return self._part(at)[0].capability

    def people(self, at: int) -> BitMap:
        """Write out the people of a row."""
        part, row = self._part(at)
        return part.people(row)

    def resources(self, rows: Collection[int]) -> dict[int, Ints]:
        """Write out the resources of a few rows."""
        parts = {at: self._part(at) for at in rows}
        numbers = {at: int(part.cells.scopes[row]) for at, (part, row) in parts.items()}
        there: dict[tuple[ScopeTree, int], Ints] = {}
        for tree in dict.fromkeys(part.cells.tree for part, _ in parts.values()):
            mine = {numbers[at] for at, (part, _) in parts.items() if part.cells.tree is tree}
            there |= {(tree, number): codes for number, codes in tree.resources_of(mine).items()}
        found = {at: there[part.cells.tree, numbers[at]] for at, (part, _) in parts.items()}
        return {at: codes[parts[at][0].cells.belong(codes)] for at, codes in found.items()}

    def surplus(self, weights: dict[int, int]) -> Ints:
        """Sum what some people count for beyond one, row by row."""
        total = np.zeros(len(self._row), np.int64)
        for number, part in enumerate(self.moved):
            here = {index: more for index, more in weights.items() if index in part.who}
            if here:
                found = part.cells.sizes_within(part.key, here)
                mine = self._which == number
                total = total.astype(np.result_type(total, found))
                total[mine] = found[self._row[mine]]
        return total


def _spread(parts: _Parts, people: People) -> Iterator[_Probe]:
    heavy = _heavy(parts.moved, people)
    crowds = parts.sizes + parts.surplus(dict(heavy))
    largest = int(crowds.max()) * int(parts.counts.max()) * len(crowds)
    ends = np.cumsum(crowds.astype(object if largest >= _LARGE else np.int64) * parts.counts)
    points = [(2 * number + 1) * int(ends[-1]) // (2 * PROBES) for number in range(PROBES)]
    picked: list[int] = np.searchsorted(ends, np.array(points, ends.dtype), side="right").tolist()
    there = parts.resources(set(picked))
    who = {at: _Crowd(parts.people(at), heavy) for at in set(picked)}
    for number, (at, point) in enumerate(zip(picked, points, strict=True)):
        offset = point - (int(ends[at - 1]) if at else 0)
        resource = there[at][(2 * number + 1) * len(there[at]) // (2 * PROBES)]
        yield _Probe(who[at].at(offset // len(there[at])), parts.capability(at), int(resource), 1)


def _heavy(moved: Sequence[Moved], people: People) -> list[tuple[int, int]]:
    """Find those who count for most, and for how many more than one."""
    heavy = people.heavier_than_one(union(part.who for part in moved) or BitMap())
    more = ((index, weight - 1) for index, weight in heavy)
    return nlargest(_HEAVY_MAX, more, key=lambda pair: (pair[1], -pair[0]))


class _Crowd:
    """The people of one part in a row, in which whoever counts for many stands many times."""

    def __init__(self, who: BitMap, heavy: list[tuple[int, int]]) -> None:
        self._who = who
        self._heavy = [(index, more) for index, more in heavy if index in who]

    def at(self, position: int) -> int:
        """Say who stands at a position."""
        if position < len(self._who):
            return self._who[position]
        position -= len(self._who)
        for index, more in self._heavy:
            if position < more:
                return index
            position -= more
        raise IndexError(position)
