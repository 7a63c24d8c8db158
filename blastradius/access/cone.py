"""The affected cone: which subjects, rules and principals a change can concern at all.

Everything outside it is equal on both sides and is never looked at.
"""

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from blastradius.access.crowds import Crowd, anybody
from blastradius.access.rules import Rule, Rules
from blastradius.access.sides import Side
from blastradius.access.ways import Cone
from blastradius.columns.names import Flags, Ints, distinct
from blastradius.columns.pair import Pair

_LEVELS_MAX = 32


class Affected:
    """What a change can concern.

    Attributes:
        pair: Both states.
        sides: The same, solved.
    """

    def __init__(self, pair: Pair, sides: tuple[Side, Side], rules: Rules) -> None:
        """Take both states; each question is worked out when it is asked."""
        self.pair = pair
        self.sides = sides
        self._rules = rules
        self._moved: dict[int, BitMap] = {}

    # Subjects

    @cached_property
    def restless(self) -> BitMap:
        """Whoever others may become under other conditions than before."""
        old, new = (side.becomers for side in self.sides)
        return BitMap() if old is new else BitMap(door for door in {*old, *new} if old.get(door) != new.get(door))

    @cached_property
    def dirty_subjects(self) -> Flags:
        """Whether each subject stands for others than before, or for somebody whom others may become now."""
        dirty = np.zeros(self.pair.before.public + 1, np.bool_)
        for subject in self._suspects():
            if self.moved_in(subject):
                dirty[subject] = True
        return dirty

    def _suspects(self) -> Iterable[int]:
        """Pick the subjects whose members may have moved: what was touched, and whatever takes it in."""
        before, after = self.sides
        columns = self.pair.before
        come_or_gone = before.present ^ after.present
        strangers = before.insiders ^ after.insiders
        groups = {columns.first_group + group for group in self.pair.touched.groups.tolist()}
        seeds = {*groups, *come_or_gone, *self.restless}
        if come_or_gone or strangers or self.restless:
            seeds |= {columns.everyone, columns.public}
            for side in self.sides:
                open_ended = np.flatnonzero(side.columns.groups.unlisted | side.columns.groups.open)
                seeds |= {columns.first_group + group for group in open_ended.tolist()}
        if not seeds:
            return ()
        marked = np.zeros(columns.public + 1, np.bool_)
        marked[list(seeds)] = True
        found: list[int] = np.flatnonzero(taking_in(self.pair, marked)).tolist()
        return found

    def moved_in(self, subject: int) -> BitMap:
        """Pick whoever a subject stands for on one side only or under other conditions, or whom others may become."""
        if subject not in self._moved:
            self._moved[subject] = self._find_moved_in(subject)
        return self._moved[subject]

    def _find_moved_in(self, subject: int) -> BitMap:
        before, after = self.sides
        found = BitMap()
        for old, new in (
            (before.members(subject), after.members(subject)),
            (before.asked_about(subject), after.asked_about(subject)),
        ):
            found |= _difference(old, new)
            if self.restless:
                found |= anybody(new) & self.restless
        return found

    # Rules

    @cached_property
    def dirty_rows(self) -> Ints:
        """The rows of `Pair.grants` that hold on one side only, or reach others, or name other actions than before."""
        grants, held = self.pair.grants, self.pair.held
        dirty = held[0] != held[1]
        dirty |= self.dirty_subjects[grants.subject]
        if self._rules.redefined.any():
            dirty |= self._rules.redefined[grants.what]
        return np.flatnonzero(dirty)

    def reached_by(self, rule: Rule) -> BitMap:
        """Pick whoever a rule reaches on either side."""
        found = BitMap()
        for side in self.sides:
            found |= anybody((side.asked_about if rule.deny else side.members)(rule.subject))
        return found

    # Principals

    def cone(self, swapped: Iterable[Rule]) -> Cone:
        """Pick everybody whose access can differ.

        Args:
            swapped: Rules that hold on some resources on one side only, beside those of the dirty rows.

        Returns:
            They, and whom they may act as on either side.
        """
        grants, held = self.pair.grants, self.pair.held
        rows = self.dirty_rows
        steady = held[0][rows] & held[1][rows] & ~self._rules.redefined[grants.what[rows]]
        found = BitMap()
        for subject in distinct(grants.subject[rows[steady]]).tolist():
            found |= self.moved_in(subject)
        numbers = self._rules.numbered(rows[~steady])
        for rule in {*(self._rules[number] for number in set(numbers)), *swapped}:
            found |= self.reached_by(rule)
        for side in self.sides:
            found |= side.becomers_of(found)
        doors = BitMap.union(*(side.doors_of(found) for side in self.sides))
        return Cone(found, found | doors)


def _difference(old: Crowd, new: Crowd) -> BitMap:
    found = BitMap()
    if old is not new:
        for conditions in {*old, *new}:
            found |= old.get(conditions, BitMap()) ^ new.get(conditions, BitMap())
    return found


def taking_in(pair: Pair, subjects: Flags) -> Flags:
    """Mark, beside some subjects, every group whose members depend on them on either side, however far up.

    Cost: a pass over the lists of groups for each level of nesting; of many levels, one step for each entry.
    """
    marked = subjects.copy()
    first_group = pair.before.first_group
    tables = {id(t): t for c in (pair.before, pair.after) for t in (c.members, c.all_of, c.but_not)}.values()
    entries = np.concatenate([table.entry for table in tables])
    owners = np.concatenate([table.owner for table in tables]) + first_group
    for _ in range(_LEVELS_MAX):
        reached = owners[marked[entries]]
        if marked[reached].all():
            return marked
        marked[reached] = True
    between = np.flatnonzero((entries >= first_group) & ~marked[owners])
    takers: dict[int, list[int]] = {}
    for entry, owner in zip(entries[between].tolist(), owners[between].tolist(), strict=True):
        takers.setdefault(entry, []).append(owner)
    waiting = [entry for entry in takers if marked[entry]]
    while waiting:
        for owner in takers.pop(waiting.pop(), ()):
            if not marked[owner]:
                marked[owner] = True
                waiting.append(owner)
    return marked
