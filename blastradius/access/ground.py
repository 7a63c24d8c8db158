"""What grants stand where, on both sides at once: cuts, the access lists above them, and what passes them on.

A cut is a resource at which something begins: it has grants of its own, or no parent, or several, or passes on
something else than before. Every other resource has the access list of the cut above it on both sides.
"""

from functools import cached_property

import numpy as np

from blastradius.access.rules import AccessList, Rules
from blastradius.access.scopes import Containment, nearest
from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.columns.pair import Pair


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
        self._lists: dict[tuple[int, int], AccessList] = {}

    # Grants by resource

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self.pair.grants.resource, kind="stable")

    @cached_property
    def _ordered(self) -> Ints:
        return self.pair.grants.resource[self._order]

    def rows_on(self, resource: int) -> Ints:
        """Give the rows of `Pair.grants` that are written on a resource, in the order they were read."""
        start, end = np.searchsorted(self._ordered, (resource, resource + 1))
        return self._order[start:end]

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
        return touched[differs]

    @cached_property
    def is_cut(self) -> Flags:
        """Whether each resource is a cut."""
        cuts = np.zeros(len(self.containment[0].up), np.bool_)
        cuts[self.pair.grants.resource] = True
        cuts[self.moved] = True
        for containment in dict.fromkeys(self.containment):
            if len(containment.columns.more_parents):
                cuts |= containment.several
        return cuts | (self.containment[0].up < 0)

    @cached_property
    def cuts(self) -> Ints:
        """The codes of all cuts, ascending."""
        return np.flatnonzero(self.is_cut)

    @cached_property
    def cut_of(self) -> Ints:
        """Resource to the number of its cut."""
        number = np.zeros(len(self.is_cut), np.int32)
        number[self.cuts] = np.arange(len(self.cuts), dtype=np.int32)
        return number[nearest(self.containment[0].up, self.is_cut)]

    @cached_property
    def cut_above(self) -> tuple[Ints, Ints]:
        """Per side, cut to the number of the cut that it inherits from; `ABSENT` for none, and where there are several."""
        first, second = (self._cut_above(containment) for containment in self.containment)
        return first, second

    def _cut_above(self, containment: Containment) -> Ints:
        up = containment.up[self.cuts]
        return np.where(up < 0, ABSENT, self.cut_of[up])

    @cached_property
    def joins(self) -> list[tuple[int, tuple[list[int], list[int]]]]:
        """The cuts that inherit from several parents on either side, with the cuts those belong to, per side."""
        several = self.containment[0].several | self.containment[1].several
        found = []
        for cut in np.flatnonzero(several[self.cuts]).tolist():
            resource = int(self.cuts[cut])
            above = ([int(self.cut_of[p]) for p in c.above(resource)] for c in self.containment)
            first, second = above
            found.append((cut, (first, second)))
        return found
