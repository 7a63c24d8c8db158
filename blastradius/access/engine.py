"""The engine `check` uses: the same answers as the reference, without enumerating pairs.

Principals are numbered and held in bitmaps; resources with the same access lists on both sides are
one scope; a scope that nothing reaches which changed is skipped. Cost grows with the number of
distinct access lists, not with principals × resources.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap

from blastradius.access.conditions import GRANTED, only_when
from blastradius.access.crowds import (
    Crowd,
    WayMap,
    anybody,
    either,
    uncovered,
    under,
    ways_of,
)
from blastradius.access.facts import known_actions
from blastradius.access.scopes import AccessList, Rule, Rules, access_lists
from blastradius.access.sides import Principals, Side
from blastradius.model.delta import AccessChange, Delta, Scope
from blastradius.model.snapshot import Capability, Effect, Snapshot

_NOTHING: AccessList = frozenset()


class Ways:
    """Who has one action under one access list, on one side.

    Attributes:
        by_way: Way to the principals that have it.
        denied: Whom own denials reach, and when.
        opens_to_unlisted: True when an allowed group has unlisted members.
    """

    def __init__(self, side: Side, rules: Iterable[Rule]) -> None:
        """Work out the ways. All rules must name the action."""
        allows = [rule for rule in rules if rule.effect is Effect.ALLOW]
        denies = [rule for rule in rules if rule.effect is Effect.DENY]
        allowed = either(under(side.members(r.subject), only_when(r.when)) for r in allows)
        self.denied: Crowd = either(under(side.asked_about(r.subject), only_when(r.when)) for r in denies)
        self.by_way: WayMap = _acting(side, ways_of(allowed, self.denied))
        self.opens_to_unlisted = any(
            r.subject in side.snapshot.groups and anybody(side.members(r.subject)) & side.principals.unlisted
            for r in allows
        )

    @cached_property
    def granted(self) -> BitMap:
        """Who has the action unconditionally."""
        return self.by_way[GRANTED] if GRANTED in self.by_way else BitMap()

    @cached_property
    def held(self) -> BitMap:
        """Who has the action at all."""
        return anybody(self.by_way)


def _acting(side: Side, own: WayMap) -> WayMap:
    """Add what principals have through the identities they may act as."""
    if not side.becomers:
        return own
    result: dict[tuple[frozenset[str], frozenset[frozenset[str]]], BitMap] = dict(own)
    doors = BitMap(side.becomers)
    for (needed, denials), identities in own.items():
        for door in identities & doors:
            for conditions, who in side.becomers[door].items():
                key = (needed | conditions, denials)
                result[key] = result[key] | who if key in result else who
    return result


@dataclass(frozen=True, slots=True)
class _Moved:
    """What happened to one action in one scope."""

    old: Ways
    new: Ways
    up: BitMap
    down: BitMap


class Comparison:
    """Two sides with everything that is shared between the questions asked about them.

    Attributes:
        baseline, simulated: The solved sides.
        actions: Every action that either side knows, with its capability.
        lists: Per side, resource id to access list.
    """

    def __init__(self, baseline: Snapshot, simulated: Snapshot, *, doubting: bool = False) -> None:
        """Solve both sides.

        Args:
            baseline: The facts before, already checked.
            simulated: The facts after, already checked; may be the same object.
            doubting: See `Side`.
        """
        self.actions = known_actions(baseline, simulated)
        self.principals = Principals(baseline, simulated)
        self.baseline = Side(baseline, self.principals, doubting=doubting)
        self.simulated = self.baseline if simulated is baseline else Side(simulated, self.principals, doubting=doubting)
        self.rules = Rules(self.actions)
        self.lists = tuple(access_lists(s.resources, self.rules.of(s)) for s in (baseline, simulated))
        self._ways: dict[tuple[int, AccessList], Ways] = {}

    def ways(self, side: int, access_list: AccessList, action: str) -> Ways:
        """Work out who has an action under an access list.

        Args:
            side: 0 for the baseline, 1 for the simulated state.
            access_list: What holds there.
            action: A known action.
        """
        return self._ways_under(side, self._naming(access_list, action))

    def _naming(self, access_list: AccessList, action: str) -> AccessList:
        return frozenset(n for n in access_list if action in self.rules.all[n].actions)

    def _ways_under(self, side: int, access_list: AccessList) -> Ways:
        key = (side, access_list)
        if key not in self._ways:
            rules = [self.rules.all[n] for n in sorted(access_list)]
            self._ways[key] = Ways((self.baseline, self.simulated)[side], rules)
        return self._ways[key]

    # Comparing

    def delta(self) -> Delta:
        """Compare the two sides.

        Returns:
            Scopes in the order of their first resource; only those in which something changed.

        Cost: one pass over resources, then work per distinct pair of access lists in the cone.
        """
        names = sorted({*self.lists[0], *self.lists[1]})
        pairs: dict[tuple[AccessList | None, AccessList | None], list[int]] = {}
        for index, name in enumerate(names):
            pairs.setdefault((self.lists[0].get(name), self.lists[1].get(name)), []).append(index)
        dirty = self._dirty_rules()
        scopes = []
        for (old, new), resources in pairs.items():
            if old == new and not (dirty & (old or _NOTHING)):
                continue
            scope = self._scope(resources, old, new)
            if scope is not None:
                scopes.append(scope)
        return Delta(self.principals.ids, tuple(names), self.actions, tuple(scopes))

    def _dirty_rules(self) -> frozenset[int]:
        """Find the rules that reach somebody else than before, or somebody who others may become now."""
        old, new = self.baseline, self.simulated
        doors = BitMap(d for d in {*old.becomers, *new.becomers} if old.becomers.get(d) != new.becomers.get(d))
        same: dict[str, bool] = {}
        dirty = set()
        for number, rule in enumerate(self.rules.all):
            if rule.subject not in same:
                same[rule.subject] = (
                    old.asked_about(rule.subject) == new.asked_about(rule.subject)
                    and old.members(rule.subject) == new.members(rule.subject)
                    and not anybody(new.members(rule.subject)) & doors
                )
            if not same[rule.subject]:
                dirty.add(number)
        return frozenset(dirty)

    def _scope(self, resources: Sequence[int], old: AccessList | None, new: AccessList | None) -> Scope | None:
        moved = self._moved_actions(old or _NOTHING, new or _NOTHING)
        by_action: dict[tuple[AccessChange, str], BitMap] = {}
        relaxed: dict[str, BitMap] = {}
        for action, move in moved.items():
            for change, who in _changes([move]).items():
                if change is not AccessChange.WIDENED:
                    by_action[change, action] = who
            if old is not None and new is not None and (eased := self._relaxed(move)):
                relaxed[action] = eased
        by_capability: dict[tuple[AccessChange, Capability], BitMap] = {}
        before: dict[Capability, BitMap] = {}
        after: dict[Capability, BitMap] = {}
        for capability in Capability:
            moves = [move for action, move in moved.items() if self.actions[action] is capability]
            for change, who in _changes(moves).items():
                by_capability[change, capability] = who
            for held, now in ((before, [m.old.held for m in moves]), (after, [m.new.held for m in moves])):
                if now and (who := BitMap.union(*now)):
                    held[capability] = who
        if not (by_capability or by_action or relaxed):
            return None
        return Scope(tuple(resources), by_capability, by_action, before, after, relaxed)

    def _moved_actions(self, old: AccessList, new: AccessList) -> dict[str, _Moved]:
        named = frozenset[str]().union(*(self.rules.all[n].actions for n in old | new))
        known: dict[tuple[AccessList, AccessList], _Moved] = {}
        moved: dict[str, _Moved] = {}
        for action in sorted(named):
            key = self._naming(old, action), self._naming(new, action)
            if key not in known:
                before, after = self._ways_under(0, key[0]), self._ways_under(1, key[1])
                up, down = uncovered(after.by_way, before.by_way), uncovered(before.by_way, after.by_way)
                known[key] = _Moved(before, after, up, down)
            moved[action] = known[key]
        return moved

    def _relaxed(self, move: _Moved) -> BitMap:
        """Pick the listed principals whose denial fell though they may be unlisted members of who is allowed."""
        if not move.new.opens_to_unlisted:
            return BitMap()
        eased = BitMap()
        for conditions, who in move.old.denied.items():
            for still, members in move.new.denied.items():
                if still <= conditions:
                    who = who - members
            eased |= who
        exist = (self.baseline.present & self.simulated.present) - self.principals.pseudo
        return (eased & exist) - move.new.granted


def _changes(moves: Sequence[_Moved]) -> dict[AccessChange, BitMap]:
    """Apply the table of SPEC section 2 to the actions of one capability, for everybody at once."""
    if not moves:
        return {}
    old_any, new_any = (BitMap.union(*sets) for sets in ([m.old.held for m in moves], [m.new.held for m in moves]))
    old_sure, new_sure = (
        BitMap.union(*sets) for sets in ([m.old.granted for m in moves], [m.new.granted for m in moves])
    )
    old_maybe, new_maybe = old_any - old_sure, new_any - new_sure
    unsure = old_maybe & new_maybe
    up = unsure & BitMap.union(*(m.up for m in moves))
    down = (unsure & BitMap.union(*(m.down for m in moves))) - up
    changes = {
        AccessChange.GAINED: new_sure - old_any,
        AccessChange.MAYBE_GAINED: (new_maybe - old_any) | (new_sure & old_maybe) | up,
        AccessChange.WIDENED: old_sure & new_sure & BitMap.union(*(m.new.granted - m.old.granted for m in moves)),
        AccessChange.REVOKED: old_sure - new_any,
        AccessChange.MAYBE_REVOKED: (old_sure & new_maybe) | (old_maybe - new_any) | down,
    }
    return {change: who for change, who in changes.items() if who}


def compare(baseline: Snapshot, simulated: Snapshot) -> Delta:
    """Compare two states.

    Args:
        baseline: The facts before, already checked.
        simulated: The facts after, already checked.

    Returns:
        Every changed access tuple, grouped; equal to `blastradius.access.reference.compare`.
    """
    return Comparison(baseline, simulated).delta()
