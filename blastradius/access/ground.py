"""What grants stand where, on both sides at once: cuts, the access lists above them, and what passes them on.

A cut is a resource at which something begins: it has grants of its own, or no parent, or several, or passes on
something else than before. Every other resource has the access list of the cut above it on both sides.
"""

from functools import cached_property

import numpy as np

from blastradius.access.indexes import Index
from blastradius.access.rules import AccessList, Rules
from blastradius.access.scopes import Containment, beginnings, nearest
from blastradius.columns.names import ABSENT, Ints, distinct
from blastradius.columns.pair import Pair

_SPLIT_MAX = 16
# Above so many new cuts it is quicker to look for the cuts of all resources again.


class Ground:
    """The resources of a pair.

    Attributes:
        pair: Both states.
        rules: Numbers for what is granted.
        containment: Which resources pass grants on, per side.
    """

    def __init__(self, pair: Pair, rules: Rules) -> None:
        """Take both states; each question is worked out when it is asked."""
        self.pair = pair
        self.rules = rules
        before = Containment(pair.before)
        same = pair.after.resources is pair.before.resources and pair.after.more_parents is pair.before.more_parents
        self.containment = (before, before if same else Containment(pair.after))
        self._index = Index(pair.grants.resource)
        self._lists: dict[tuple[int, int], AccessList] = {}

    # Grants by resource

    def rows_on(self, resource: int) -> Ints:
        """Give the rows of `Pair.grants` that are written on a resource, in the order they were read."""
        return self._index.rows(resource)

    def access_list(self, side: int, resource: int) -> AccessList:
        """Say which rules hold on a resource on a side; nothing if it is not there."""
        key = (side, resource)
        if key not in self._lists:
            found: set[int] = set()
            for above in self.containment[side].at_or_above(resource):
                rows = self.rows_on(above)
                found.update(self.rules.numbered(rows[self.pair.held[side][rows]]))
            self._lists[key] = frozenset(found)
        return self._lists[key]

    # Cuts

    @cached_property
    def moved(self) -> Ints:
        """The resources that inherit from something else than before, or are on one side only."""
        touched = self.pair.touched.resources
        before, after = (c.columns.resources for c in self.containment)
        old, new = (c.up[touched] for c in self.containment)
        differs = (old != new) | (before.present[touched] != after.present[touched])
        for containment in self.containment:
            differs |= containment.several[touched]
        moved: Ints = touched[differs]
        return moved

    @cached_property
    def _new_cuts(self) -> Ints:
        """The resources that are cuts though nothing begins there in the baseline."""
        added = self.pair.grants.resource[~self.pair.held[0]]
        candidates = distinct(np.concatenate([added, self.moved]))
        new: Ints = candidates[self._begins[candidates] != candidates]
        return new

    @cached_property
    def _begins(self) -> Ints:
        return beginnings(self.pair.before, self.containment[0])

    @cached_property
    def home(self) -> Ints:
        """Resource to the code of its cut."""
        new = self._new_cuts
        if not new.size:
            return self._begins
        up = self.containment[0].up
        if len(new) > _SPLIT_MAX:
            stops = self._begins == np.arange(len(up))
            stops[new] = True
            return nearest(up, stops)
        home = self._begins.copy()
        for cut in new.tolist():
            # What lies below the new cut is among what has the same one as the cut itself had.
            among = np.flatnonzero(home == home[cut])
            stops = np.zeros(len(among), np.bool_)
            stops[np.searchsorted(among, cut)] = True
            above = up[among]
            place = np.searchsorted(among, above)
            place[place == len(among)] = 0
            inside = (above >= 0) & (among[place] == above)
            below = nearest(np.where(inside, place, ABSENT), stops)
            home[among[among[below] == cut]] = cut
        return home

    @cached_property
    def cuts(self) -> Ints:
        """The codes of all cuts, ascending."""
        return np.flatnonzero(self.home == np.arange(len(self.home), dtype=self.home.dtype))

    @cached_property
    def _number(self) -> Ints:
        number = np.zeros(len(self.home), np.int32)
        number[self.cuts] = np.arange(len(self.cuts), dtype=np.int32)
        return number

    def cut_of(self, resources: Ints) -> Ints:
        """Give the numbers of the cuts of some resources."""
        return self._number[self.home[resources]]

    @cached_property
    def cut_above(self) -> tuple[Ints, Ints]:
        """Per side, cut to the number of the cut that it inherits from; `ABSENT` for none, and for several."""
        first, second = (self._cut_above(containment) for containment in self.containment)
        return first, second

    def _cut_above(self, containment: Containment) -> Ints:
        up = containment.up[self.cuts]
        above: Ints = np.where(up < 0, ABSENT, self.cut_of(up))
        return above

    @cached_property
    def joins(self) -> list[tuple[int, tuple[list[int], list[int]]]]:
        """The cuts that inherit from several parents on either side, with the cuts those belong to, per side."""
        several = self.containment[0].several | self.containment[1].several
        found = []
        for cut in np.flatnonzero(several[self.cuts]).tolist():
            resource = int(self.cuts[cut])
            first, second = (self.cut_of(np.array(c.above(resource), np.int64)).tolist() for c in self.containment)
            found.append((cut, (first, second)))
        return found
