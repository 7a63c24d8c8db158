"""Every changed access tuple, for whoever asks for them all.

Source: SPEC section 7, tuples.
"""

import sys
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from blastradius.access.tree import ANY_GAIN, ScopeTree
from blastradius.assess.classes import ResourceClasses
from blastradius.columns.names import ABSENT, Ints, distinct
from blastradius.model.delta import (
    AccessChange,
    AccessTuple,
    Delta,
    IdSet,
    Novelty,
    TupleBlock,
    TupleCut,
    TupleKind,
    TupleRows,
)
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Capability, Snapshot

ROWS_AT_ONCE_MAX = 65_536
"""Most rows of one block."""
_ROWS_KEPT_MAX = 500_000
_RESOURCES_AT_ONCE = 65_536
_NOVELTIES = tuple(Novelty)
_NEW_RESOURCE = _NOVELTIES.index(Novelty.NEW_RESOURCE)
_SCOPES_COUNTED_MAX = 10_000


def access_tuples(
    delta: Delta, classes: ResourceClasses, baseline: Snapshot, *, by_action: bool = False
) -> Iterator[AccessTuple]:
    """Write a delta out, tuple by tuple.

    Args:
        delta: The changes.
        classes: The class of every resource.
        baseline: Says what existed before.
        by_action: True for one tuple per action instead of one per capability.

    Yields:
        Tuples sorted by resource, principal, capability and action.

    Cost: one step per tuple; memory as `tuple_blocks`.
    """
    for block in tuple_blocks(delta, classes, baseline, by_action=by_action):
        rows = block.rows
        for who, what in zip(rows.who, rows.what, strict=True):
            kind = rows.kinds[what]
            yield AccessTuple(
                rows.principals[who],
                kind.capability,
                block.resource,
                block.class_name,
                kind.change,
                kind.novelty,
                kind.action,
            )


def tuple_blocks(
    delta: Delta,
    classes: ResourceClasses,
    baseline: Snapshot,
    *,
    by_action: bool = False,
    limit: int | None = None,
) -> Iterator[TupleBlock]:
    """Write a delta out, resource by resource.

    Args:
        delta: The changes.
        classes: The class of every resource.
        baseline: Says what existed before.
        by_action: True for one tuple per action instead of one per capability.
        limit: Write so many tuples at most, the first ones; None for all.

    Yields:
        Blocks sorted by resource, then by principal, capability and action.

    Cost: one step per resource, and one per row of those that are not kept from an alike resource. A few bytes for
    every resource and, however many tuples there are, half a million rows.
    """
    tree = ScopeTree.of(delta)
    rows_of = _RowsOfScopes(delta, tree, baseline, by_action=by_action)
    left = sys.maxsize if limit is None else limit
    if left <= 0:
        return
    for resource, class_name, is_new, scope in _changed_resources(delta, tree, classes):
        for rows in rows_of.scope(scope, is_new=is_new):
            wanted = rows.first(left)
            yield TupleBlock(resource, class_name, wanted)
            left -= len(wanted)
            if left <= 0:
                return


def tuple_total(delta: Delta, *, by_action: bool = False) -> int | None:
    """Count what `access_tuples` would yield, without doing it.

    Returns:
        The number; None where single actions are asked for in so many scopes that counting would take long.

    Cost: one step per scope.
    """
    tree = ScopeTree.of(delta)
    if not by_action:
        return sum(int(tree.size(key) @ tree.resource_counts) for key in tree.keys if key is not ANY_GAIN)
    return sum(_action_totals(tree)) if len(tree) <= _SCOPES_COUNTED_MAX else None


def tuple_cut(delta: Delta, limit: int, *, by_action: bool = False) -> TupleCut | None:
    """Say what a limit leaves of all tuples; None when it leaves all.

    Cost: as `tuple_total`; where that does not count, one step for each scope until there are more than the limit.
    """
    total = tuple_total(delta, by_action=by_action)
    if total is None:
        # INVARIANT: every scope has a change, so this looks at no more scopes than the limit has tuples.
        is_more = any(counted > limit for counted in accumulate(_action_totals(ScopeTree.of(delta))))
        return TupleCut(limit, None) if is_more else None
    return TupleCut(limit, total) if total > limit else None


def _action_totals(tree: ScopeTree) -> Iterator[int]:
    """Count the tuples of single actions in each scope."""
    for scope, resources in enumerate(tree.resource_counts.tolist()):
        yield resources * sum(map(len, tree.action_changes(scope).values()))


def _novelty(baseline: Snapshot, principal: str) -> Novelty:
    """Say whether a tuple on a resource of the baseline is of a principal that the baseline does not have."""
    if principal in baseline.principals or principal == OUTSIDER:
        return Novelty.EXISTING
    group = baseline.groups.get(principal.removesuffix(UNLISTED_SUFFIX))
    is_there = principal.endswith(UNLISTED_SUFFIX) and group is not None and group.unlisted
    return Novelty.EXISTING if is_there else Novelty.NEW_PRINCIPAL


def _changed_resources(delta: Delta, tree: ScopeTree, classes: ResourceClasses) -> Iterator[tuple[str, str, bool, int]]:
    """Give each resource on which something changed, its class, whether the baseline has it not, and its scope."""
    for start in range(0, len(tree.scope_of), _RESOURCES_AT_ONCE):
        scopes = tree.scope_of[start : start + _RESOURCES_AT_ONCE]
        rows = np.flatnonzero(scopes != ABSENT)
        if not rows.size:
            continue
        # Names that are packed come much faster in a row than one by one.
        names = delta.resources[start : start + _RESOURCES_AT_ONCE]
        resources = [names[row] for row in rows.tolist()]
        class_names = [classes.counted_of(code) for code in (rows + start).tolist()]
        are_new = (classes.before[rows + start] == ABSENT).tolist()
        yield from zip(resources, class_names, are_new, scopes[rows].tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class _Column:
    """Everybody to whom the same thing happened; their numbers ascend."""

    capability: Capability
    action: str | None
    change: AccessChange
    numbers: Ints


class _RowsOfScopes:
    """Makes the rows of scopes, and keeps those used last: neighbours often change alike."""

    def __init__(self, delta: Delta, tree: ScopeTree, baseline: Snapshot, *, by_action: bool) -> None:
        """Start with none."""
        self._delta = delta
        self._tree = tree
        self._baseline = baseline
        self._by_action = by_action
        self._kinds: list[TupleKind] = []
        self._place_of_kind: dict[TupleKind, int] = {}
        # Positions in `_NOVELTIES`; `ABSENT` until somebody asks.
        self._novelties: Ints = np.full(len(delta.principals), ABSENT, np.int64)
        self._kept: OrderedDict[tuple[int, bool], tuple[TupleRows, ...]] = OrderedDict()
        self._kept_rows = 0

    def scope(self, number: int, *, is_new: bool) -> Iterator[TupleRows]:
        """Give the rows of a scope for its resources that the baseline has, or for those that it does not have."""
        key = number, is_new
        if (known := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            yield from known
            return
        columns = self._columns(number)
        total = sum(len(column.numbers) for column in columns)
        if total > _ROWS_KEPT_MAX:
            yield from self._made(columns, total, is_new=is_new)
            return
        self._kept[key] = made = tuple(self._made(columns, total, is_new=is_new))
        self._kept_rows += total
        while self._kept_rows > _ROWS_KEPT_MAX:
            _, oldest = self._kept.popitem(last=False)
            self._kept_rows -= sum(map(len, oldest))
        yield from made

    def _columns(self, scope: int) -> list[_Column]:
        """Put the sets of a scope in the order in which one principal's rows follow each other."""
        found: list[tuple[Capability, str | None, AccessChange, IdSet]]
        if self._by_action:
            changes, actions = self._tree.action_changes(scope), self._delta.actions
            found = [(actions[action], action, change, who) for (change, action), who in changes.items()]
        else:
            # NOTE: not the whole scope, which would have to be written out with all its other sets.
            found = [(capability, None, change, who) for (change, capability), who in self._tree.sets(scope).items()]
        found.sort(key=lambda column: (column[0], column[1] or "", column[2]))
        return [
            _Column(capability, action, change, np.sort(np.fromiter(who, np.int64, len(who))))
            for capability, action, change, who in found
        ]

    def _made(self, columns: list[_Column], total: int, *, is_new: bool) -> Iterator[TupleRows]:
        """Make rows, of some thousand principals at a time where there are many."""
        if not columns:
            # Nothing happened to a capability here, though something did to an action, or a denial fell.
            return
        everybody = len(self._delta.principals)
        step = everybody if total <= ROWS_AT_ONCE_MAX else max(1, ROWS_AT_ONCE_MAX // len(columns))
        kinds = np.array([self._kinds_of(column) for column in columns])
        for start in range(0, everybody, step):
            parts = []
            for place, column in enumerate(columns):
                first, last = np.searchsorted(column.numbers, (start, start + step))
                # A number and the place of a column make one integer, so that sorting puts both in order.
                parts.append(column.numbers[first:last] * len(columns) + place)
            codes = np.sort(np.concatenate(parts))
            if codes.size:
                numbers, places = np.divmod(codes, len(columns))
                of_novelty = np.array(_NEW_RESOURCE) if is_new else self._novelties_of(numbers)
                what = kinds[places, of_novelty]
                yield TupleRows(self._delta.principals, self._kinds, _integers(numbers), _integers(what))

    def _kinds_of(self, column: _Column) -> list[int]:
        """Give the places of the kinds that a column can be, one for each novelty."""
        places = []
        for novelty in _NOVELTIES:
            kind = TupleKind(column.capability, column.action, column.change, novelty)
            place = self._place_of_kind.setdefault(kind, len(self._kinds))
            if place == len(self._kinds):
                self._kinds.append(kind)
            places.append(place)
        return places

    def _novelties_of(self, numbers: Ints) -> Ints:
        """Tell for each principal which novelty it is on a resource that the baseline has."""
        for number in distinct(numbers[self._novelties[numbers] == ABSENT]).tolist():
            self._novelties[number] = _NOVELTIES.index(_novelty(self._baseline, self._delta.principals[number]))
        return self._novelties[numbers]


def _integers(column: Ints) -> Sequence[int]:
    """Keep integers in four bytes each, in a form that gives plain ones back quickly."""
    kept = array("i")
    kept.frombytes(column.astype(np.intc).tobytes())
    return kept
