"""Which changed fact to blame: the one that opens most, found from the paths of a spread sample of what moved.

There may be millions of tuples, and the path of each costs a search, so a few are looked at: each as likely as it
is wide. A fact that is on most of their paths is the one whose absence would close most.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate

from blastradius.assess.changes import union
from blastradius.assess.people import People
from blastradius.model.delta import Delta, IdSet, PathStep, Witness
from blastradius.model.snapshot import OUTSIDER, Capability

FindWitness = Callable[[str, Capability, str], Witness | None]
"""Finds the path behind the change of one tuple (principal, capability, resource); None when there is none."""

PROBES = 16
"""How many tuples are looked at."""
# How many principals that count for more than one are weighed exactly; the others count as one in the sample.
_HEAVY_MAX = 10


@dataclass(frozen=True, slots=True)
class Moved:
    """Some people who gained, or lost, the same capability on some resources.

    Attributes:
        who: Indices into `Delta.principals`, never empty.
        resources: Indices into `Delta.resources`, ascending, never empty.
    """

    capability: Capability
    who: IdSet
    resources: Sequence[int]


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
    moved: Iterable[Moved], delta: Delta, people: People, find: FindWitness, shown: Sequence[Witness] = ()
) -> Blame | None:
    """Find the changed fact that is on the most paths, preferably one with a place.

    Args:
        moved: What to explain.
        delta: What it belongs to.
        people: Says how much each principal counts.
        find: Finds the path of one tuple.
        shown: Paths that the report shows anyway: of facts that open the same, the first on the first of them wins.

    Cost: at most `PROBES` searches for a path, a walk over everybody, and one over each part that is looked into.
    """
    parts = sorted(moved, key=lambda part: (part.resources[0], part.capability))
    votes: dict[PathStep, int] = {}
    of_step: dict[PathStep, Witness] = {}

    def count(witness: Witness, number: int) -> None:
        for step in dict.fromkeys(step for step in witness.steps if step.changed):
            votes[step] = votes.get(step, 0) + number
            of_step.setdefault(step, witness)

    probes = _probes(parts, people)
    for witness in shown:
        # One vote, so that a sample of facts that open little each does not outvote what is shown.
        count(witness, 1 if len(probes) == PROBES else 0)
    for probe in probes:
        found = find(people.name(probe.principal), probe.capability, delta.resources[probe.resource])
        if found is not None:
            count(found, probe.votes)
    # `max` gives the first of equals.
    candidates = [step for step in votes if step.source is not None] or list(votes)
    best = max(candidates, key=votes.__getitem__, default=None)
    return None if best is None else Blame(best, of_step[best])


def _probes(parts: list[Moved], people: People) -> list[_Probe]:
    """Choose what to look at: everything if it is little, else tuples at even distances, counted by headcount."""
    internet = people.index(OUTSIDER)
    if internet is not None and any(internet in part.who for part in parts):
        # Anyone on the internet is more than any number of others.
        alone = frozenset({internet})
        parts = [Moved(part.capability, alone, part.resources) for part in parts if internet in part.who]
    if sum(len(part.who) * len(part.resources) for part in parts) < PROBES:
        return [
            _Probe(index, part.capability, resource, people.account(index).weight)
            for part in parts
            for index in sorted(part.who)
            for resource in part.resources
        ]
    return list(_spread(parts, people))


def _spread(parts: list[Moved], people: People) -> Iterator[_Probe]:
    heavy = _heavy(parts, people)
    crowds = [_Crowd(part.who, [(index, weight) for index, weight in heavy if index in part.who]) for part in parts]
    ends = list(accumulate(crowd.size * len(part.resources) for crowd, part in zip(crowds, parts, strict=True)))
    at = 0
    for number in range(PROBES):
        point = (2 * number + 1) * ends[-1] // (2 * PROBES)
        while ends[at] <= point:
            at += 1
        part, offset = parts[at], point - (ends[at - 1] if at else 0)
        resource = part.resources[(2 * number + 1) * len(part.resources) // (2 * PROBES)]
        yield _Probe(crowds[at].at(offset // len(part.resources)), part.capability, resource, 1)


def _heavy(parts: list[Moved], people: People) -> list[tuple[int, int]]:
    """Find those who count for most, and for how many more than one."""
    more = ((index, people.account(index).weight - 1) for index in union(part.who for part in parts) or ())
    return nlargest(_HEAVY_MAX, (pair for pair in more if pair[1] > 0), key=lambda pair: (pair[1], -pair[0]))


class _Crowd:
    """The people of one part in a row, in which whoever counts for many stands many times."""

    def __init__(self, who: IdSet, heavy: list[tuple[int, int]]) -> None:
        self._who = who
        self._heavy = heavy
        self._row: list[int] | None = None
        self.size = len(who) + sum(more for _, more in heavy)

    def at(self, position: int) -> int:
        """Say who stands at a position."""
        if self._row is None:
            self._row = sorted(self._who)
        if position < len(self._row):
            return self._row[position]
        position -= len(self._row)
        for index, more in self._heavy:
            if position < more:
                return index
            position -= more
        raise IndexError(position)
