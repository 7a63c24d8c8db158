"""Who holds a capability at some places, looked at one after the other on one way down."""

from collections.abc import Sequence

import numpy as np
from pyroaring import BitMap

from blastradius.access.conditions import ALWAYS
from blastradius.access.cone import taking_in
from blastradius.access.crowds import anybody
from blastradius.access.ground import Ground
from blastradius.access.scopes import nearest
from blastradius.access.sides import Side
from blastradius.columns.names import ABSENT, Flags, Ints, distinct

_Added = list[tuple[BitMap, BitMap]]


class Places:
    """The cuts of one side at which a rule is written that concerns some people, as a forest."""

    def __init__(
        self, ground: Ground, side: Side, number: int, conducts: Sequence[frozenset[int]], who: BitMap
    ) -> None:
        """Take the question.

        Args:
            ground: What is written where.
            side: The side, solved.
            number: 0 for the baseline, 1 for the simulated state.
            conducts: For each way of having the capability, the codes of (role, actions) that name it.
            who: The people in question.
        """
        self._ground, self._side, self._number = ground, side, number
        self._conducts = conducts
        self._who = who
        self._identities = who | side.doors_of(who)
        self._allowed = [BitMap() for _ in conducts]
        self._denied = [BitMap() for _ in conducts]
        self._reach: dict[tuple[int, bool], BitMap] = {}

    def anywhere(self, cuts: Ints, rows: Ints, joins: Sequence[int], above: Ints) -> BitMap:
        """Join those who have it at any of some cuts.

        Args:
            cuts: Numbers of the cuts.
            rows: Rows of `Pair.grants` that hold on this side and name the capability.
            joins: Cuts that inherit from several others.
            above: The cut above each, `ABSENT` for none, and for several.

        Cost: one step for each row at or above the cuts that concerns these people.
        """
        rows = rows[self._concerns[self._ground.pair.grants.subject[rows]]]
        place_of = self._ground.cut_of(self._ground.pair.grants.resource[rows])
        stops = np.zeros(len(above), np.bool_)
        stops[place_of] = True
        stops[list(joins)] = True
        stop_of = nearest(above, stops)
        wanted: set[int] = set(distinct(stop_of[cuts]).tolist())
        below = self._below(wanted, stop_of, above)
        written: dict[int, list[int]] = {}
        for place, row in zip(place_of.tolist(), rows.tolist(), strict=True):
            written.setdefault(place, []).append(row)
        return self._walk(wanted, below, written)

    @property
    def _concerns(self) -> Flags:
        """Whether a subject may stand for one of the people, or be meant by it where a denial asks."""
        columns = self._side.columns
        concerns = np.zeros(columns.public + 1, np.bool_)
        concerns[np.fromiter(self._identities, np.int64, len(self._identities))] = True
        concerns[columns.everyone :] = True
        concerns[columns.first_group : columns.everyone] = columns.groups.unlisted | columns.groups.open
        return taking_in(self._ground.pair, concerns)

    def _below(self, wanted: set[int], stop_of: Ints, above: Ints) -> dict[int, list[int]]:
        """Give what is below each place on the way to one that is wanted; below `ABSENT` what nothing is above."""
        below: dict[int, list[int]] = {}
        seen = set(wanted)
        waiting = list(wanted)
        while waiting:
            place = waiting.pop()
            higher = int(above[place])
            over = ABSENT if higher < 0 else int(stop_of[higher])
            below.setdefault(over, []).append(place)
            if over != ABSENT and over not in seen:
                seen.add(over)
                waiting.append(over)
        return below

    def _walk(self, wanted: set[int], below: dict[int, list[int]], written: dict[int, list[int]]) -> BitMap:
        found = BitMap()
        for root in below.get(ABSENT, ()):
            undo: list[_Added] = []
            waiting = [root]
            while waiting and len(found) < len(self._who):
                place = waiting.pop()
                if place < 0:
                    _take_back(undo.pop())
                    continue
                # What nothing is above may inherit from several places, and so is looked up whole.
                undo.append(self._add(self._rows_at_or_above(place) if place == root else written.get(place, ())))
                if place in wanted:
                    found |= self._held() & self._who
                waiting.append(~place)
                waiting.extend(below.get(place, ()))
            while undo:
                _take_back(undo.pop())
        return found

    def _rows_at_or_above(self, cut: int) -> list[int]:
        resource = int(self._ground.cuts[cut])
        held = self._ground.pair.held[self._number]
        rows = (self._ground.rows_on(r) for r in self._ground.containment[self._number].at_or_above(resource))
        return [row for some in rows for row in some.tolist() if held[row]]

    def _add(self, rows: Sequence[int]) -> _Added:
        """Let rules hold; gives what each set grew by."""
        grants = self._ground.pair.grants
        added: _Added = []
        for row in rows:
            denies = bool(grants.deny[row])
            if denies and grants.when[row] >= 0:
                continue
            reach = self._reached(int(grants.subject[row]), denies)
            what = int(grants.what[row])
            for number, naming in enumerate(self._conducts):
                if what in naming:
                    people = (self._denied if denies else self._allowed)[number]
                    more = reach - people
                    if more:
                        people.update(more)
                        added.append((people, more))
        return added

    def _reached(self, subject: int, denies: bool) -> BitMap:
        key = (subject, denies)
        if key not in self._reach:
            side = self._side
            people = side.asked_about(subject).get(ALWAYS, BitMap()) if denies else anybody(side.members(subject))
            self._reach[key] = people & self._identities
        return self._reach[key]

    def _held(self) -> BitMap:
        own = BitMap()
        for allowed, denied in zip(self._allowed, self._denied, strict=True):
            own |= allowed - denied
        return own if own.isdisjoint(self._side.doors) else own | self._side.becomers_of(own)


def _take_back(added: _Added) -> None:
    for people, more in reversed(added):
        people.difference_update(more)
