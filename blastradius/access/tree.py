"""The scopes of a delta as a tree of differences: what a scope's people are, told by what its parent's are.

A scope below another one mostly has the same people but for the few whom its own grants name. Keeping only
those makes counting, joining and asking about a hundred thousand scopes a matter of small sets.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol, overload

import numpy as np
from pyroaring import BitMap

from blastradius.access.forest import Forest
from blastradius.access.turning import Turn as Turn
from blastradius.access.turning import Turning
from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.model.delta import GAINS, AccessChange, Delta, IdSet, Scope
from blastradius.model.snapshot import Capability

Key = tuple[AccessChange, Capability] | None
"""What happened to one capability; None stands for a gain of any."""
ANY_GAIN: Key = None
# Up to so many resources all are sorted by scope at once; above, those of single scopes are looked for.
_SORTED_MAX = 200_000
_SOUGHT_MAX = 200


class Holding(Protocol):
    """Knows who has what on many resources at once."""

    def had_anywhere(self, capability: Capability, resources: Ints) -> BitMap:
        """Join whoever had a capability on any of some resources in the baseline, perhaps under a condition."""
        ...

    def has_nowhere(self, capability: Capability, resources: Ints) -> Ints:
        """Pick, of some resources, those on which nobody has a capability in the simulated state."""
        ...


class _OneByOne:
    """Asks a delta about each resource."""

    def __init__(self, delta: Delta) -> None:
        self._delta = delta

    def had_anywhere(self, capability: Capability, resources: Ints) -> BitMap:
        held = (self._delta.held(0, resource).get(capability, ()) for resource in resources.tolist())
        return BitMap.union(BitMap(), *(BitMap(who) for who in held))

    def has_nowhere(self, capability: Capability, resources: Ints) -> Ints:
        held = (self._delta.held(1, resource).get(capability, ()) for resource in resources.tolist())
        empty: Flags = np.array([not len(who) for who in held], np.bool_)
        return resources[empty]


class ScopeTree(Sequence[Scope]):
    """Scopes, each after its parent; asking for one writes it out.

    Attributes:
        parent: The scope each one is told by, `ABSENT` where there is none.
        scope_of: Resource code to scope, `ABSENT` where nothing changed.
        turns: Per scope, for every key of which the people are not the parent's. An empty scope has none.
        keys: Every key that occurs, `ANY_GAIN` too if anything was gained; in a fixed order.
        relaxed_scopes: Scopes in which somebody is no longer denied as much (see `Scope.relaxed`), ascending.
    """

    def __init__(
        self,
        parent: Ints,
        scope_of: Ints,
        turns: Sequence[Mapping[Key, Turn]],
        write_out: Callable[[int, Ints], Scope],
        holding: "Holding",
        relaxed_scopes: Sequence[int] = (),
    ) -> None:
        """Take scopes as they were found.

        Args:
            parent: See above.
            scope_of: See above.
            turns: See above.
            write_out: Makes one scope whole, given its number and its resources.
            holding: Knows who has what, changed or not.
            relaxed_scopes: See above.
        """
        self.parent = parent
        self.scope_of = scope_of
        self.turns = turns
        self.relaxed_scopes = relaxed_scopes
        self._write_out = write_out
        self._holding = holding
        self._forest = Forest(parent)
        places: dict[Key, list[int]] = {}
        for scope, turn in enumerate(turns):
            for key in turn:
                places.setdefault(key, []).append(scope)
        self.keys: tuple[Key, ...] = (
            *sorted(key for key in places if key is not None),
            *(key for key in places if key is None),
        )
        self._turning: dict[Key, Turning] = {}
        for key in self.keys:
            self._turning[key] = self._alike(key, places[key]) or Turning(
                self._forest, places[key], [turns[scope][key] for scope in places[key]]
            )

    def _alike(self, key: Key, scopes: list[int]) -> Turning | None:
        """Find another key that turns exactly as this one: one grant often gives several capabilities at once."""
        if key is ANY_GAIN:
            gains = {id(its): its for other, its in self._turning.items() if other is not None and other[0] in GAINS}
            return next(iter(gains.values())) if len(gains) == 1 else None
        known = {id(its): its for its in self._turning.values() if len(its.turns) == len(scopes)}
        for its in known.values():
            if its.scopes.tolist() == scopes and all(
                self.turns[scope][key] is turn for scope, turn in zip(scopes, its.turns, strict=True)
            ):
                return its
        return None

    def __len__(self) -> int:
        return len(self.parent)

    @overload
    def __getitem__(self, scope: int) -> Scope: ...
    @overload
    def __getitem__(self, scope: slice) -> Sequence[Scope]: ...
    def __getitem__(self, scope: int | slice) -> Scope | Sequence[Scope]:
        if isinstance(scope, slice):
            return [self[number] for number in range(*scope.indices(len(self)))]
        if not 0 <= scope < len(self):
            raise IndexError(scope)
        return self._write_out(scope, self.resources(scope))

    # Resources

    def resources(self, scope: int) -> Ints:
        """Give the codes of the resources of a scope, ascending; never empty."""
        return self._by_scope[self._starts[scope] : self._starts[scope + 1]]

    def resources_of(self, scopes: Collection[int], last: int | None = None) -> dict[int, Ints]:
        """Give the codes of the resources of a few scopes, ascending.

        Args:
            scopes: Their numbers.
            last: Leave out codes above this one; None for none.

        Cost: one pass over the codes up to the last, however many the scopes have.
        """
        if "_by_scope" in self.__dict__ or len(self.scope_of) <= _SORTED_MAX or len(scopes) > _SOUGHT_MAX:
            found = {scope: self.resources(scope) for scope in scopes}
            return found if last is None else {n: codes[codes <= last] for n, codes in found.items()}
        wanted = np.zeros(len(self) + 1, np.bool_)
        wanted[list(scopes)] = True
        codes = np.flatnonzero(wanted[self.scope_of[: None if last is None else last + 1]])
        owners = self.scope_of[codes]
        return {scope: codes[owners == scope] for scope in scopes}

    @cached_property
    def _by_scope(self) -> Ints:
        """All resources in some scope, those of one scope together."""
        there = np.flatnonzero(self.scope_of != ABSENT)
        return there[np.argsort(self.scope_of[there], kind="stable")]

    @cached_property
    def _starts(self) -> Ints:
        return np.concatenate([[0], np.cumsum(self.resource_counts)])

    @cached_property
    def resource_counts(self) -> Ints:
        """How many resources each scope has."""
        return np.bincount(self.scope_of[self.scope_of != ABSENT], minlength=len(self))

    @cached_property
    def first_resources(self) -> Ints:
        """The lowest code among the resources of each scope."""
        first = np.zeros(len(self), np.int64)
        there = np.flatnonzero(self.scope_of != ABSENT)[::-1]
        # Of several values for one place the last one written stays.
        first[self.scope_of[there]] = there
        return first

    # How many people

    def size(self, key: Key) -> Ints:
        """Count the principals of a key in each scope."""
        turning = self._turning.get(key)
        return self._nobody if turning is None else turning.sizes

    @cached_property
    def sizes(self) -> Mapping[Key, Ints]:
        """How many principals each key has in each scope."""
        return {key: self.size(key) for key in self.keys}

    def sizes_within(self, key: Key, chosen: IdSet | Mapping[int, int]) -> Ints:
        """Count some principals of a key in each scope.

        Args:
            key: What happened.
            chosen: Count only these, perhaps each as so many.

        Cost: one step for every principal of every turn, in arrays.
        """
        turning = self._turning.get(key)
        if turning is None:
            return self._nobody
        return turning.sizes_within(chosen if isinstance(chosen, Mapping) else dict.fromkeys(chosen, 1))

    @cached_property
    def _nobody(self) -> Ints:
        return np.zeros(len(self), np.int64)

    # Which people

    def people(self, scope: int, key: Key) -> BitMap:
        """Give the principals of a key in a scope.

        Cost: a few set operations for each scope above it in which they turn.
        """
        turning = self._turning.get(key)
        return BitMap() if turning is None else turning.people(scope)

    def holds(self, scope: int, key: Key, principal: int) -> bool:
        """Tell whether a principal is among those of a key in a scope."""
        turning = self._turning.get(key)
        return turning is not None and turning.holds(scope, principal)

    def sets(self, scope: int) -> dict[tuple[AccessChange, Capability], BitMap]:
        """Give the principals of every key in a scope, where there are any; `ANY_GAIN` aside."""
        found = ((key, self.people(scope, key)) for key in self.keys if key is not None)
        return {key: people for key, people in found if people}

    def union(self, keys: Collection[Key], scopes: Flags | None = None) -> BitMap | None:
        """Join the principals of some keys in some scopes; None when there are none.

        Args:
            keys: What happened.
            scopes: Whether each scope counts; None for all.

        Cost: one set operation for each scope in which somebody is new, and one for each whose parent does not count.
        """
        sets = [turning.union(scopes) for key in keys if (turning := self._turning.get(key)) is not None]
        return BitMap.union(BitMap(), *sets) or None

    def unions(self, scopes: Flags) -> dict[Key, BitMap]:
        """Join the principals of every key in some scopes, where there are any."""
        joined: dict[int, BitMap] = {}
        for turning in self._turning.values():
            if id(turning) not in joined:
                joined[id(turning)] = turning.union(scopes)
        return {key: who for key, turning in self._turning.items() if (who := joined[id(turning)])}

    def totals_by_principal(self, key: Key, weights: Ints, size: int) -> Ints:
        """Sum, for every principal, the weights of the scopes in which it is among the people of a key.

        Args:
            key: What happened.
            weights: One whole number per scope, such as how many resources count in it.
            size: How many principals there are.

        Cost: one step for every principal that turns at or above a scope with a weight.
        """
        turning = self._turning.get(key)
        return np.zeros(size, np.int64) if turning is None else turning.totals(weights, size)

    # What only a scope that is written out says

    def had_anywhere(self, capability: Capability, resources: Ints) -> BitMap | None:
        """Join whoever had a capability on any of some resources in the baseline; None when nobody had."""
        return self._holding.had_anywhere(capability, resources) or None

    def has_nowhere(self, capability: Capability, resources: Ints) -> Ints:
        """Pick, of some resources, those on which nobody has a capability in the simulated state."""
        return self._holding.has_nowhere(capability, resources)

    def action_changes(self, scope: int) -> Mapping[tuple[AccessChange, str], IdSet]:
        """Say what happened to single actions in a scope."""
        return self[scope].action_changes

    def new_actions(self, capabilities: Mapping[str, Capability]) -> set[str]:
        """Name the actions that somebody newly has beside others of the same capability, in any scope.

        Args:
            capabilities: Every known action, with its capability.
        """
        widened = {key[1]: self.size(key) for key in self.keys if key is not None and key[0] is AccessChange.WIDENED}
        left = {action for action, capability in capabilities.items() if capability in widened}
        found: set[str] = set()
        for scope in np.flatnonzero(sum(sizes > 0 for sizes in widened.values())).tolist() if widened else ():
            for (change, action), who in self.action_changes(scope).items():
                if change in GAINS and action in left:
                    wider = self.people(scope, (AccessChange.WIDENED, capabilities[action]))
                    if not wider.isdisjoint(BitMap(who)):
                        left.remove(action)
                        found.add(action)
            if not left:
                break
        return found

    @staticmethod
    def of(delta: Delta) -> "ScopeTree":
        """Give the scopes of a delta as a tree; those of the reference engine become scopes without parents."""
        if isinstance(delta.scopes, ScopeTree):
            return delta.scopes
        scopes = tuple(delta.scopes)
        scope_of = np.full(len(delta.resources), ABSENT, np.int64)
        for number, scope in enumerate(scopes):
            scope_of[np.asarray(scope.resources)] = number
        parent = np.full(len(scopes), ABSENT, np.int64)
        relaxed = [number for number, scope in enumerate(scopes) if scope.relaxed]
        whole = [_whole(scope) for scope in scopes]
        return ScopeTree(parent, scope_of, whole, lambda number, _: scopes[number], _OneByOne(delta), relaxed)


def _whole(scope: Scope) -> dict[Key, Turn]:
    sets = {key: BitMap(people) for key, people in scope.capability_changes.items()}
    return turns_from_nothing(sets)


def turns_from_nothing(sets: Mapping[tuple[AccessChange, Capability], BitMap]) -> dict[Key, Turn]:
    """Tell the people of a scope without a parent."""
    turns: dict[Key, Turn] = {key: Turn(BitMap(), people) for key, people in sets.items() if people}
    gained = gained_in(sets)
    if gained:
        turns[ANY_GAIN] = Turn(BitMap(), gained)
    return turns


def gained_in(sets: Mapping[tuple[AccessChange, Capability], BitMap]) -> BitMap:
    """Join whoever gained any capability."""
    gains: Iterable[BitMap] = (people for (change, _), people in sets.items() if change in GAINS)
    return BitMap.union(BitMap(), *gains)
