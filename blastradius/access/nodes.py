"""The nodes of the walk: the cuts of the affected cone at which something is written that reaches somebody in it."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

import numpy as np
from pyroaring import BitMap

from blastradius.access.conditions import ALWAYS
from blastradius.access.cone import Affected, taking_in
from blastradius.access.crowds import anybody
from blastradius.access.ground import Ground
from blastradius.access.rules import AccessList, Rules
from blastradius.access.scopes import nearest, reached_from_above
from blastradius.access.states import States
from blastradius.access.ways import Cone
from blastradius.columns.names import ABSENT, Flags, Ints


class Own(NamedTuple):
    """A rule that is written at a node.

    Attributes:
        rule: Its number.
        held: Whether it holds before, and after.
        denies: Whether it is a denial.
        touched: The principals of the cone whom it can concern.
        identities: Whom it names, as far as they are in the cone or somebody in it may act as them.
        sure: Whether it gives whom it touches what it names on both sides, whatever else holds, denials aside.
        conducts: What it names; where it is sure, on both sides.
    """

    rule: int
    held: tuple[bool, bool]
    denies: bool
    touched: BitMap
    identities: BitMap
    sure: bool
    conducts: frozenset[int]


class _Reach(NamedTuple):
    """Whom a subject stands for, as far as it matters here; the last tells that nothing about it is conditional."""

    touched: BitMap
    identities: BitMap
    plain: bool


class Nodes:
    """The nodes, each after the one above it.

    Attributes:
        cut: Number of the cut of each.
        above: Node above each, `ABSENT` where one is told from nothing.
        own: What is written at each that reaches somebody.
        node_of: Cut to node, `ABSENT` outside the cone.
        doors: Everybody in the cone's identities whom others may act as.
    """

    def __init__(self, ground: Ground, affected: Affected, states: States, cone: Cone, dirty: Flags) -> None:
        """Find them.

        Args:
            ground: What is written where.
            affected: What can differ.
            states: Know what rules name.
            cone: Who is looked at.
            dirty: Whether each cut is in the affected cone.
        """
        self._ground, self._affected, self._states, self._cone = ground, affected, states, cone
        self._sides = affected.sides
        self._rules: Rules = ground.rules
        self._reaches: dict[tuple[int, bool], _Reach] = {}
        self._owns: dict[tuple[int, bool, bool], Own] = {}
        self._lists: dict[int, tuple[AccessList, AccessList]] = {}
        self.doors = cone.identities & (self._sides[0].doors | self._sides[1].doors)
        written = self._written(dirty)
        above = ground.cut_above[0]
        starts = dirty & self._starts(dirty)
        is_node = starts.copy()
        is_node[list(written)] = True
        self._cuts: Ints = np.flatnonzero(is_node)
        number = np.full(len(dirty), ABSENT, np.int64)
        number[self._cuts] = np.arange(len(self._cuts))
        stop = nearest(above, is_node | ~dirty)
        self.node_of: Ints = np.where(dirty, number[stop], ABSENT)
        over = above[self._cuts]
        self.cut: list[int] = self._cuts.tolist()
        self.above: list[int] = np.where(starts[self._cuts], ABSENT, self.node_of[over]).tolist()
        self.own: list[list[Own]] = [written.get(cut, []) for cut in self.cut]

    def _starts(self, dirty: Flags) -> Flags:
        """Say where nothing follows from the cut above: it is another one than before, or not in the cone."""
        before, after = self._ground.cut_above
        starts: Flags = (before != after) | (before < 0) | ~dirty[before]
        starts[self._ground.cut_of(self._ground.moved)] = True
        starts[[cut for cut, _ in self._ground.joins]] = True
        return starts

    # What is written

    def _written(self, dirty: Flags) -> dict[int, list[Own]]:
        """Find, by cut, the rules there that reach somebody."""
        ground, grants = self._ground, self._ground.pair.grants
        cut = ground.cut_of(grants.resource)
        rows = np.flatnonzero(dirty[cut] & self._may_reach[grants.subject])
        rows = rows[np.argsort(cut[rows], kind="stable")]
        held = ground.pair.held
        written: dict[int, list[Own]] = {}
        numbers = self._rules.numbered(rows)
        sides = zip(held[0][rows].tolist(), held[1][rows].tolist(), strict=True)
        for at, number, (old, new) in zip(cut[rows].tolist(), numbers, sides, strict=True):
            own = self._own(number, old, new)
            if own.touched:
                written.setdefault(at, []).append(own)
        return written

    @property
    def _may_reach(self) -> Flags:
        """Whether a subject can stand for somebody in the cone, as far as its lists say."""
        pair, columns = self._ground.pair, self._ground.pair.before
        may = np.zeros(columns.public + 1, np.bool_)
        may[np.fromiter(self._cone.identities, np.int64, len(self._cone.identities))] = True
        may[columns.everyone :] = True
        for side in self._sides:
            rows = side.columns.groups
            may[columns.first_group : columns.everyone] |= rows.unlisted | rows.open
        return taking_in(pair, may)

    def _own(self, number: int, old: bool, new: bool) -> Own:
        key = (number, old, new)
        found = self._owns.get(key)
        if found is None:
            found = self._owns[key] = self._make_own(number, old, new)
        return found

    def _make_own(self, number: int, old: bool, new: bool) -> Own:
        rule = self._rules[number]
        reach = self._reach(rule.subject, rule.deny)
        sure = (
            reach.plain
            and old
            and new
            and not rule.deny
            and rule.when < 0
            and not self._affected.dirty_subjects[rule.subject]
            and not self._rules.redefined[rule.what]
        )
        conducts = self._states.named(1, number) if sure else frozenset[int]()
        return Own(number, (old, new), rule.deny, reach.touched, reach.identities, sure, conducts)

    def _reach(self, subject: int, denies: bool) -> _Reach:
        key = (subject, denies)
        if key not in self._reaches:
            self._reaches[key] = self._find_reach(subject, denies)
        return self._reaches[key]

    def _find_reach(self, subject: int, denies: bool) -> _Reach:
        crowds = [(side.asked_about if denies else side.members)(subject) for side in self._sides]
        identities = BitMap.union(*(anybody(crowd) for crowd in crowds)) & self._cone.identities
        touched = identities & self._cone.principals
        if len(touched) == len(identities):
            # One set is enough: there are as many of these as there are subjects.
            touched = identities
        plain = all(crowd.keys() <= {ALWAYS} for crowd in crowds)
        doors = identities & self.doors
        for door in doors:
            for side in self._sides:
                through = side.becomers.get(door, {})
                touched = touched | (anybody(through) & self._cone.principals)
                plain = plain and through.keys() <= {ALWAYS}
        if self.opens(subject):
            # Who is denied less may be one of these, whoever they are.
            touched, plain = self._cone.principals, False
        return _Reach(touched, identities, plain)

    def opens(self, subject: int) -> bool:
        """Tell whether a subject has unlisted members and somebody may be denied less than before."""
        return self._eases and any(side.has_unlisted(subject) for side in self._sides)

    @cached_property
    def _eases(self) -> bool:
        """Whether any denial may fall."""
        grants = self._ground.pair.grants
        deny = grants.deny
        return bool(deny.any()) and (
            bool(deny[self._affected.dirty_rows].any())
            or bool(len(self._ground.moved))
            or bool(self._affected.restless)
        )

    # What holds

    def lists(self, node: int) -> tuple[AccessList, AccessList]:
        """Give the rules that hold at a node before and after and reach somebody; others may be missing."""
        path = []
        while node not in self._lists and self.above[node] != ABSENT:
            path.append(node)
            node = self.above[node]
        if node not in self._lists:
            resource = int(self._ground.cuts[self.cut[node]])
            first, second = (self._reaching(self._ground.access_list(side, resource)) for side in (0, 1))
            self._lists[node] = (first, second)
        old, new = self._lists[node]
        for below in reversed(path):
            old = old.union(own.rule for own in self.own[below] if own.held[0])
            new = new.union(own.rule for own in self.own[below] if own.held[1])
        return old, new

    def _reaching(self, numbers: AccessList) -> AccessList:
        return frozenset(n for n in numbers if self._own(n, True, True).touched)

    def denied_in(self, lists: Iterable[AccessList]) -> BitMap:
        """Pick whom any of some rules denies something, perhaps under a condition."""
        owns = (self._own(number, True, True) for number in frozenset[int]().union(*lists))
        return BitMap.union(BitMap(), *(own.identities for own in owns if own.denies))

    def below(self) -> Mapping[int, list[int]]:
        """Give the nodes below each, where there are any."""
        found: dict[int, list[int]] = {}
        for node, above in enumerate(self.above):
            if above != ABSENT:
                found.setdefault(above, []).append(node)
        return found


def dirty_cuts(ground: Ground, affected: Affected) -> Flags:
    """Say which cuts are in the affected cone: something there, or above it, can differ."""
    seeds = np.zeros(len(ground.cuts), np.bool_)
    seeds[ground.cut_of(ground.pair.grants.resource[affected.dirty_rows])] = True
    seeds[ground.cut_of(ground.moved)] = True
    before, after = ground.cut_above
    while True:
        dirty = reached_from_above(seeds, before)
        if after is not before:
            dirty |= reached_from_above(seeds, after)
        joined = [cut for cut, above in ground.joins if not dirty[cut] and any(dirty[side].any() for side in above)]
        if not joined:
            return dirty
        seeds = dirty
        seeds[joined] = True
