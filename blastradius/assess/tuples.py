"""Every changed access tuple, for whoever asks for them all.

Source: SPEC section 7, tuples.
"""

import sys
from array import array
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from blastradius.access.tree import ANY_GAIN, ScopeTree
from blastradius.assess.classes import ResourceClasses
from blastradius.columns.names import ABSENT
from blastradius.model.delta import AccessChange, AccessTuple, Delta, IdSet, Novelty, TupleBlock, TupleCut, TupleRows
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Capability, Snapshot

ROWS_AT_ONCE_MAX = 65_536
"""Most rows of one block."""
_ROWS_KEPT_MAX = 500_000
_RESOURCES_AT_ONCE = 65_536
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
        for row, principal in enumerate(rows.principals):
            yield AccessTuple(
                principal,
                rows.capabilities[row],
                block.resource,
                block.class_name,
                rows.changes[row],
                rows.novelties[row],
                rows.actions[row] if rows.actions else None,
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
    action: str
    change: AccessChange
    numbers: Sequence[int]


class _RowsOfScopes:
    """Makes the rows of scopes, and keeps those used last: neighbours often change alike."""

    def __init__(self, delta: Delta, tree: ScopeTree, baseline: Snapshot, *, by_action: bool) -> None:
        """Start with none."""
        self._delta = delta
        self._tree = tree
        self._baseline = baseline
        self._by_action = by_action
        self._novelties: dict[int, Novelty] = {}
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
        found: list[tuple[Capability, str, AccessChange, IdSet]]
        if self._by_action:
            changes, actions = self._tree.action_changes(scope), self._delta.actions
            found = [(actions[action], action, change, who) for (change, action), who in changes.items()]
        else:
            # NOTE: not the whole scope, which would have to be written out with all its other sets.
            found = [(capability, "", change, who) for (change, capability), who in self._tree.sets(scope).items()]
        found.sort(key=lambda column: column[:3])
        return [
            _Column(capability, action, change, array("l", sorted(who))) for capability, action, change, who in found
        ]

    def _made(self, columns: list[_Column], total: int, *, is_new: bool) -> Iterator[TupleRows]:
        """Make rows, of some thousand principals at a time where there are many."""
        everybody = len(self._delta.principals)
        step = everybody if total <= ROWS_AT_ONCE_MAX else max(1, ROWS_AT_ONCE_MAX // len(columns))
        for start in range(0, everybody, step):
            # A number and the place of a column make one integer, which sorts much faster than a pair.
            codes: list[int] = []
            for place, column in enumerate(columns):
                first = bisect_left(column.numbers, start)
                last = bisect_left(column.numbers, start + step, first)
                codes.extend(number * len(columns) + place for number in column.numbers[first:last])
            if codes:
                codes.sort()
                yield self._rows(codes, columns, is_new=is_new)

    def _rows(self, codes: list[int], columns: list[_Column], *, is_new: bool) -> TupleRows:
        width = len(columns)
        numbers = [code // width for code in codes]
        ordered = [columns[code % width] for code in codes]
        names = {number: self._delta.principals[number] for number in dict.fromkeys(numbers)}
        return TupleRows(
            [names[number] for number in numbers],
            [column.capability for column in ordered],
            [column.change for column in ordered],
            [Novelty.NEW_RESOURCE] * len(codes) if is_new else [self._novelty(number, names) for number in numbers],
            [column.action for column in ordered] if self._by_action else None,
        )

    def _novelty(self, number: int, names: dict[int, str]) -> Novelty:
        known = self._novelties.get(number)
        if known is None:
            known = self._novelties[number] = _novelty(self._baseline, names[number])
        return known
