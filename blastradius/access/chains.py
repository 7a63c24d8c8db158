"""Chains of facts between places, and which of them are shortest."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from blastradius.model.delta import PathStep
from blastradius.model.sources import Source


class Fact(NamedTuple):
    """A fact as both sides can be asked about it, whatever line it stands on."""

    kind: str
    start: str
    end: str
    detail: str | None = None


class Place(NamedTuple):
    """Where a search stands.

    Attributes:
        identity: Who one acts as; empty once the permission is held.
        name: The principal, group or resource.
        held: True for a resource on which the permission is held.
    """

    identity: str
    name: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One fact that leads from a place to another.

    Attributes:
        end: Where it leads.
        fact: What both sides can be asked about.
        relation: How a path shows it.
        source: Where it was read; None for what is built in.
        when: Its condition.
    """

    end: Place
    fact: Fact
    relation: str
    source: Source | None
    when: str | None = None


IsChanged = Callable[[Fact, Place], bool]
"""Tells whether a fact changed; it is also told the place that the fact leads to."""
_Moves = dict[Place, dict[Place, list[Move]]]


class Chains:
    """Places, and the moves between them.

    A handful of places is searched faster than a graph library is imported.
    """

    def __init__(self) -> None:
        """Begin with no place."""
        self._after: _Moves = {}
        self._before: _Moves = {}

    def __contains__(self, place: Place) -> bool:
        return place in self._after or place in self._before

    def add(self, start: Place, move: Move) -> None:
        """Add a move; several between the same places are kept in order."""
        moves = self._after.setdefault(start, {}).setdefault(move.end, [])
        self._before.setdefault(move.end, {})[start] = moves
        moves.append(move)

    def shortest(self, start: Place, goal: Place, is_changed: IsChanged | None) -> tuple[PathStep, ...] | None:
        """Find a shortest chain.

        Args:
            start: A place.
            goal: Another one that moves lead to.
            is_changed: The chain must use a fact of which this is true; None when any chain will do.

        Returns:
            Its steps; None when there is none.
        """
        places = self._any(start, goal) if is_changed is None else self._changed(start, goal, is_changed)
        if places is None:
            return None
        return tuple(_step(here, self._after[here][after], is_changed) for here, after in pairwise(places))

    def _any(self, start: Place, goal: Place) -> list[Place] | None:
        """Search from both ends, always on from the end that has fewer places to go on from."""
        there: dict[Place, Place | None] = {start: None}
        back: dict[Place, Place | None] = {goal: None}
        ahead, behind = [start], [goal]
        while ahead and behind:
            if len(ahead) <= len(behind):
                ahead, met = _spread(ahead, self._after, there, back)
            else:
                behind, met = _spread(behind, self._before, back, there)
            if met is not None:
                return [*reversed(_trail(there, met)), *_trail(back, back[met])]
        return None

    def _changed(self, start: Place, goal: Place, is_changed: IsChanged) -> list[Place] | None:
        (there, far), (back, near) = _nearest(self._after, start), _nearest(self._before, goal)
        through = {
            (here, after): far[here] + near[after]
            for here, following in self._after.items()
            for after, moves in following.items()
            if here in there and after in back and any(is_changed(move.fact, after) for move in moves)
        }
        fewest = min(through.values(), default=0)
        found = (
            [*reversed(_trail(there, here)), *_trail(back, after)]
            for (here, after), steps in through.items()
            # A path that goes on over the next changed fact is the same path; writing it out again for each
            # fact of a long chain would amount to the length of the chain squared.
            if steps == fewest and not ((there[here], here) in through and back[here] == after)
        )
        return min(found, key=lambda places: (len(places), len(places) - len(set(places)), places), default=None)


def _spread(
    edge: list[Place], moves: _Moves, found: dict[Place, Place | None], other: Mapping[Place, Place | None]
) -> tuple[list[Place], Place | None]:
    """Go one move on from each place; stop where the search from the other end has been."""
    following = []
    for here in edge:
        for after in moves.get(here, ()):
            if after not in found:
                found[after] = here
                following.append(after)
            if after in other:
                return following, after
    return following, None


def _nearest(moves: _Moves, start: Place) -> tuple[dict[Place, Place | None], dict[Place, int]]:
    """Find the nearest way from a place to all others: the next place back, and how many moves it takes.

    One neighbour each, for whole paths are long.
    """
    toward: dict[Place, Place | None] = {start: None}
    steps = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for after in moves.get(here, ()):
            if after not in toward:
                toward[after], steps[after] = here, steps[here] + 1
                waiting.append(after)
    return toward, steps


def _trail(toward: Mapping[Place, Place | None], place: Place | None) -> list[Place]:
    """Write out the way from a place back to where the search began, both ends included."""
    places = []
    while place is not None:
        places.append(place)
        place = toward[place]
    return places


def _step(here: Place, moves: list[Move], is_changed: IsChanged | None) -> PathStep:
    changed = [move for move in moves if is_changed is not None and is_changed(move.fact, move.end)]
    move = (changed or moves)[0]
    relation = f"{move.relation} (when {move.when})" if move.when else move.relation
    return PathStep(here.name, relation, move.end.name, move.source, changed=bool(changed))
