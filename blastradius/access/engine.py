"""The engine `check` uses: the same answers as the reference, without enumerating pairs.

Principals are numbered and held in bitmaps; resources with the same access lists on both sides are
one scope; a scope that nothing reaches which changed is skipped. Cost grows with the number of
distinct access lists, not with principals × resources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from pyroaring import BitMap

from blastradius.access.crowds import anybody, uncovered
from blastradius.access.facts import known_actions
from blastradius.access.scopes import AccessList, Rules, access_lists
from blastradius.access.sides import Principals, Side
from blastradius.access.ways import Cone, Ways
from blastradius.model.delta import AccessChange, Delta, Scope
from blastradius.model.snapshot import Capability, Effect, Snapshot

_NOTHING: AccessList = frozenset()


class _Cause(NamedTuple):
    """Why access may differ in a scope.

    Attributes:
        swapped: Rules that hold on one side only.
        shifted: Rules that hold on both sides and reach others than before.
    """

    swapped: AccessList
    shifted: AccessList


@dataclass(frozen=True, slots=True)
class _Move:
    """What happened to one action in one scope."""

    old: Ways
    new: Ways

    @property
    def still(self) -> bool:
        """Whether nothing happened at all."""
        return self.old.by_way == self.new.by_way and self.old.denied == self.new.denied

    @property
    def up(self) -> BitMap:
        """Who has a way that no way of before covers."""
        return uncovered(self.new.by_way, self.old.by_way)

    @property
    def down(self) -> BitMap:
        """Who had a way that no way of now covers."""
        return uncovered(self.old.by_way, self.new.by_way)


class Comparison:
    """Two sides with everything that is shared between the questions asked about them.

    Attributes:
        baseline, simulated: The solved sides.
        actions: Every action that either side knows, with its capability.
        lists: Per side, resource id to access list.
    """

    def __init__(self, baseline: Snapshot, simulated: Snapshot, *, doubting: frozenset[str] = frozenset()) -> None:
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
        self._ways: dict[tuple[int, AccessList, _Cause | None], Ways] = {}
        self._moved: dict[str, BitMap] = {}
        self._cones: dict[_Cause, tuple[Cone, Cone]] = {}

    def ways(self, side: int, access_list: AccessList, action: str) -> Ways:
        """Work out who has an action under an access list.

        Args:
            side: 0 for the baseline, 1 for the simulated state.
            access_list: What holds there.
            action: A known action.
        """
        return self._ways_under(side, self._naming(access_list, action), None)

    def _naming(self, access_list: AccessList, action: str) -> AccessList:
        return frozenset(n for n in access_list if action in self.rules.all[n].actions)

    def _ways_under(self, side: int, access_list: AccessList, cause: _Cause | None) -> Ways:
        """Work out the ways, once; of those in the cone of a cause only, unless that is None."""
        cone = None if cause is None else self._cone(cause)[side]
        if cone is not None and 2 * len(cone.principals) > len(self.principals.ids):
            # What everybody has is needed anyway where most are concerned, and worked out once.
            cone, cause = None, None
        key = (side, access_list, cause)
        if key not in self._ways:
            rules = (self.rules.all[n] for n in sorted(access_list))
            self._ways[key] = Ways((self.baseline, self.simulated)[side], rules, cone)
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
        scopes = []
        for (old, new), resources in pairs.items():
            before, after = old or _NOTHING, new or _NOTHING
            cause = _Cause(before ^ after, self._dirty_rules & before & after)
            scope = self._scope(resources, old, new, cause) if self._cone(cause)[0].principals else None
            if scope is not None:
                scopes.append(scope)
        return Delta(self.principals.ids, tuple(names), self.actions, tuple(scopes))

    # Who can be concerned

    @cached_property
    def _restless(self) -> BitMap:
        """Whoever others may become under other conditions than before."""
        old, new = self.baseline.becomers, self.simulated.becomers
        return BitMap(door for door in {*old, *new} if old.get(door) != new.get(door))

    @cached_property
    def _dirty_rules(self) -> AccessList:
        """The rules that reach somebody else than before, or somebody whom others may become now."""
        return frozenset(number for number, rule in enumerate(self.rules.all) if self._moved_in(rule.subject))

    def _moved_in(self, subject: str) -> BitMap:
        """Pick whoever a subject stands for on one side only or under other conditions, or whom others may become."""
        if subject not in self._moved:
            self._moved[subject] = self._find_moved_in(subject)
        return self._moved[subject]

    def _find_moved_in(self, subject: str) -> BitMap:
        found = BitMap()
        for old, new in (
            (self.baseline.members(subject), self.simulated.members(subject)),
            (self.baseline.asked_about(subject), self.simulated.asked_about(subject)),
        ):
            if old is not new:
                for conditions in {*old, *new}:
                    found |= old.get(conditions, BitMap()) ^ new.get(conditions, BitMap())
            found |= anybody(new) & self._restless
        return found

    def _cone(self, cause: _Cause) -> tuple[Cone, Cone]:
        """Pick everybody whose access a cause can concern, for the baseline and the simulated state."""
        if cause not in self._cones:
            found = BitMap()
            for number in cause.shifted:
                found |= self._moved_in(self.rules.all[number].subject)
            for number in cause.swapped:
                rule = self.rules.all[number]
                for side in (self.baseline, self.simulated):
                    reached = side.asked_about if rule.effect is Effect.DENY else side.members
                    found |= anybody(reached(rule.subject))
            for side in (self.baseline, self.simulated):
                found |= side.becomers_of(found)
            self._cones[cause] = Cone(self.baseline, found), Cone(self.simulated, found)
        return self._cones[cause]

    # What happened to them

    def _scope(
        self, resources: Sequence[int], old: AccessList | None, new: AccessList | None, cause: _Cause
    ) -> Scope | None:
        moves = self._moves(old or _NOTHING, new or _NOTHING, cause)
        if all(move.still for move in moves.values()):
            return None
        by_action: dict[tuple[AccessChange, str], BitMap] = {}
        relaxed: dict[str, BitMap] = {}
        for action, move in moves.items():
            for change, who in _changes([move]).items():
                if change is not AccessChange.WIDENED:
                    by_action[change, action] = who
            if old is not None and new is not None and (eased := self._relaxed(move)):
                relaxed[action] = eased
        by_capability = {
            (change, capability): who
            for capability in Capability
            for change, who in _changes([m for a, m in moves.items() if self.actions[a] is capability]).items()
        }
        if not (by_capability or by_action or relaxed):
            return None
        before, after = (self._held(side, held or _NOTHING) for side, held in enumerate((old, new)))
        return Scope(tuple(resources), by_capability, by_action, before, after, relaxed)

    def _held(self, side: int, access_list: AccessList) -> dict[Capability, BitMap]:
        """Say who has each capability, in the cone or not."""
        held: dict[Capability, BitMap] = {}
        for action in self._named(access_list):
            capability = self.actions[action]
            who = self.ways(side, access_list, action).held
            held[capability] = held[capability] | who if capability in held else who
        return {capability: who for capability, who in sorted(held.items()) if who}

    def _named(self, *access_lists: AccessList) -> list[str]:
        numbers = frozenset[int]().union(*access_lists)
        return sorted(frozenset[str]().union(*(self.rules.all[n].actions for n in numbers)))

    def _moves(self, old: AccessList, new: AccessList, cause: _Cause) -> dict[str, _Move]:
        known: dict[tuple[AccessList, AccessList], _Move] = {}
        moves: dict[str, _Move] = {}
        for action in self._named(old, new):
            key = self._naming(old, action), self._naming(new, action)
            if key not in known:
                before, after = (self._ways_under(side, rules, cause) for side, rules in enumerate(key))
                known[key] = _Move(before, after)
            moves[action] = known[key]
        return moves

    def _relaxed(self, move: _Move) -> BitMap:
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


def _changes(moves: Sequence[_Move]) -> dict[AccessChange, BitMap]:
    """Apply the table of SPEC section 2 to the actions of one capability, for everybody at once."""
    if not moves:
        return {}
    old_any, new_any = (BitMap.union(*sets) for sets in ([m.old.held for m in moves], [m.new.held for m in moves]))
    old_sure, new_sure = (
        BitMap.union(*sets) for sets in ([m.old.granted for m in moves], [m.new.granted for m in moves])
    )
    old_maybe, new_maybe = old_any - old_sure, new_any - new_sure
    unsure = old_maybe & new_maybe
    up = unsure & BitMap.union(*(m.up for m in moves)) if unsure else unsure
    down = unsure & BitMap.union(*(m.down for m in moves)) - up if unsure else unsure
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
