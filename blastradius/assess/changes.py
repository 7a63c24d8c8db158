"""The delta sorted by class of data: what moved in each class, still as sets and never as pairs."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from pyroaring import BitMap

from blastradius.access.tree import ANY_GAIN, Key, ScopeTree
from blastradius.assess.classes import ResourceClasses
from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.columns.pair import Pair
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Capability

# So many bits of a number of items are summed apart from the others: floats add both parts without an error.
_LOW_BITS = 26
# A table of classes by scopes may have so many places, or so many per resource; beyond, classes are counted one by one.
_PLACES_MAX, _PLACES_EACH = 1 << 22, 2
_SMALL = 1 << 31


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Some of the resources of scopes: one row for each scope that has any, in the order of their lowest resource.

    Attributes:
        tree: What the scopes belong to.
        scopes: Number of the scope, row by row.
        counts: How many of its resources belong here.
        first: The lowest code among them.
        belong: Tells of resource codes which belong here.
    """

    tree: ScopeTree
    scopes: Ints
    counts: Ints
    first: Ints
    belong: Callable[[Ints], Flags]

    def __len__(self) -> int:
        return len(self.scopes)

    def sizes(self, key: Key) -> Ints:
        """Count the principals of a key in the scope of each row."""
        return self.tree.size(key)[self.scopes]

    def sizes_within(self, key: Key, chosen: BitMap | Mapping[int, int]) -> Ints:
        """Count some principals of a key in the scope of each row, perhaps each as so many."""
        return self.tree.sizes_within(key, chosen)[self.scopes]

    def touched(self, keys: Iterable[Key]) -> Flags:
        """Tell of each row whether any of these happened to anybody."""
        found = np.zeros(len(self), np.bool_)
        for key in keys:
            found |= self.sizes(key) > 0
        return found

    def mask(self, rows: Flags | None = None) -> Flags:
        """Mark the scopes of some rows, or of all."""
        marked = np.zeros(len(self.tree), np.bool_)
        marked[self.scopes if rows is None else self.scopes[rows]] = True
        return marked

    def resources(self, rows: Collection[int], last: int | None = None) -> dict[int, Ints]:
        """Give the codes of the resources of a few rows, ascending; up to a code, if one is given."""
        numbers = {row: int(self.scopes[row]) for row in rows}
        found = self.tree.resources_of(sorted(set(numbers.values())), last)
        return {row: codes[self.belong(codes)] for row, number in numbers.items() for codes in [found[number]]}

    def lowest(self, rows: Flags, number: int) -> list[int]:
        """Give the lowest codes among the resources of some rows."""
        # Rows are in the order of their lowest, so the rows after these have none that is lower.
        some: list[int] = np.flatnonzero(rows)[:number].tolist()
        last = int(self.first[some[-1]]) if len(some) == number else None
        codes = sorted(code for there in self.resources(some, last).values() for code in there[:number].tolist())
        return codes[:number]


class CellResources:
    """The resources of some rows of cells as a set that nobody needs to write out to count it."""

    def __init__(self, cells: Cells, rows: Flags) -> None:
        """Take rows."""
        self._cells, self._rows = cells, rows

    def __len__(self) -> int:
        return int(self._cells.counts[self._rows].sum())

    def __iter__(self) -> Iterator[int]:
        there = self._cells.resources(np.flatnonzero(self._rows).tolist())
        return iter(sorted(code for codes in there.values() for code in codes.tolist()))

    def __contains__(self, code: object) -> bool:
        scope = self._cells.tree.scope_of[code] if isinstance(code, int) else ABSENT
        is_here = bool(scope >= 0 and (self._cells.scopes[self._rows] == scope).any())
        return is_here and bool(self._cells.belong(np.array([code]))[0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Iterable) and set(self) == set(other)

    def _with(self, rows: Flags) -> Self:
        return type(self)(self._cells, rows)

    # INVARIANT: only sets of the same cells are combined, which are those of one class.
    def __or__(self, other: "CellResources") -> Self:
        return self._with(self._rows | other._rows)

    def __and__(self, other: "CellResources") -> Self:
        return self._with(self._rows & other._rows)

    def __sub__(self, other: "CellResources") -> Self:
        return self._with(self._rows & ~other._rows)


@dataclass(frozen=True, slots=True, eq=False)
class ClassChange:
    """What moved in one class.

    Attributes:
        class_name: Id of the class.
        cells: Its resources; only scopes in which an access tuple changed, and never empty.
        sets: To whom each thing happened anywhere in the class; only where it did to somebody.
        items: How many items those resources stand for on which something was gained.
        in_class: Gives the codes of all resources of the class, changed or not, ascending.
    """

    class_name: str
    cells: Cells
    sets: Mapping[Key, BitMap]
    items: int
    in_class: Callable[[], Ints]

    @property
    def gained(self) -> BitMap | None:
        """Everybody who gained anything in the class; None when nobody did."""
        return self.sets.get(ANY_GAIN)

    @property
    def opened(self) -> Flags:
        """Tell of each row of the cells whether something was gained there."""
        return self.cells.sizes(ANY_GAIN) > 0

    def codes(self, rows: Flags | None = None) -> Ints:
        """Give the codes of the resources of some rows of the cells, or of all, ascending."""
        codes = self.in_class()
        here: Ints = codes[np.append(self.cells.mask(rows), False)[self.cells.tree.scope_of[codes]]]
        return here

    def keys(self, changes: Iterable[AccessChange], capabilities: Iterable[Capability]) -> list[Key]:
        """Name what happened of these changes of these capabilities, sorted."""
        wanted: list[Key] = [(change, capability) for change in sorted(changes) for capability in sorted(capabilities)]
        return [key for key in wanted if key in self.sets]

    def people(self, changes: Iterable[AccessChange], capabilities: Iterable[Capability]) -> BitMap | None:
        """Say to whom any of these changes of any of these capabilities happened; None when to nobody."""
        return union(self.sets[key] for key in self.keys(changes, capabilities))


def union(sets: Iterable[BitMap | None]) -> BitMap | None:
    """Join sets; None when there is nobody in any."""
    return BitMap.union(BitMap(), *(ids for ids in sets if ids is not None)) or None


def changes_by_class(tree: ScopeTree, classes: ResourceClasses, pair: Pair) -> Mapping[str, ClassChange]:
    """Sort a delta by class.

    Returns:
        Only classes in which an access tuple changed, in the order of the policy.

    Cost: one pass over the resources of the scopes, in arrays; then one union per class and kind of change.
    """
    changed, opened = np.zeros(len(tree), np.bool_), tree.size(ANY_GAIN) > 0
    for key in tree.keys:
        changed |= tree.size(key) > 0
    there = np.flatnonzero(np.append(changed, False)[tree.scope_of])
    cells_by_class = _cells(tree, classes, there)
    more = _more_items(pair, tree, classes, opened) if opened.any() else {}
    found: dict[str, ClassChange] = {}
    for code, cells in cells_by_class.items():
        items = int(cells.counts[opened[cells.scopes]].sum()) + more.get(code, 0)
        in_class = partial(_codes_of, classes.counted, code)
        found[classes.ids[code]] = ClassChange(classes.ids[code], cells, tree.unions(cells.mask()), items, in_class)
    return found


def cells_of(tree: ScopeTree, codes: Ints, belong: Callable[[Ints], Flags]) -> Cells:
    """Collect resources by scope.

    Args:
        tree: What they belong to.
        codes: The resources, ascending; each in a scope.
        belong: Tells of any codes which are among them.
    """
    owners = tree.scope_of[codes]
    counts, first = _counted(codes, owners, len(tree))
    return _in_order(tree, np.flatnonzero(counts), counts, first, belong)


def _in_order(tree: ScopeTree, scopes: Ints, counts: Ints, first: Ints, belong: Callable[[Ints], Flags]) -> Cells:
    scopes = scopes[np.argsort(first[scopes])]
    return Cells(tree, scopes, counts[scopes], first[scopes], belong)


def _counted(codes: Ints, places: Ints, size: int) -> tuple[Ints, Ints]:
    """Count the codes of each place, and give the lowest one; codes ascend."""
    counts = np.bincount(places, minlength=size)
    first = np.zeros(size, np.int64)
    # Of several values for one place the last one written stays.
    first[places[::-1]] = codes[::-1]
    return counts, first


def _cells(tree: ScopeTree, classes: ResourceClasses, there: Ints) -> dict[int, Cells]:
    """Collect resources by class and scope."""
    owners, kinds = tree.scope_of, classes.counted
    if len(there) < len(owners):
        owners, kinds = owners[there], kinds[there]
    occurring: list[int] = np.flatnonzero(np.bincount(kinds, minlength=len(classes.ids))).tolist()
    belonging = {code: partial(_is_in_class, classes.counted, code) for code in occurring}
    size = len(tree)
    if size * len(occurring) > max(_PLACES_MAX, _PLACES_EACH * len(there)):
        return {code: cells_of(tree, there[kinds == code], belong) for code, belong in belonging.items()}
    place: Ints = np.zeros(len(classes.ids), np.int32 if size * len(occurring) < _SMALL else np.int64)
    place[occurring] = size * np.arange(len(occurring))
    counts, first = _counted(there, place[kinds] + owners, size * len(occurring))
    found: dict[int, Cells] = {}
    for number, (code, belong) in enumerate(belonging.items()):
        part = slice(size * number, size * (number + 1))
        found[code] = _in_order(tree, np.flatnonzero(counts[part]), counts[part], first[part], belong)
    return found


def _is_in_class(counted: Ints, code: int, some: Ints) -> Flags:
    fits: Flags = counted[some] == code
    return fits


def _codes_of(counted: Ints, code: int) -> Ints:
    return np.flatnonzero(counted == code)


def _more_items(pair: Pair, tree: ScopeTree, classes: ResourceClasses, opened: Flags) -> dict[int, int]:
    """Sum by class what the resources in opened scopes have beyond one item each, exactly however much it is."""
    before, after = pair.before.resources, pair.after.resources
    items: Ints = before.items
    if after is not before:
        items = np.maximum(np.where(before.present, items, 0), np.where(after.present, after.items, 0))
    # Most resources stand for one item.
    codes = np.flatnonzero(items != 1)
    codes = codes[np.append(opened, False)[tree.scope_of[codes]]]
    more, kinds = items[codes].astype(np.int64) - 1, classes.counted[codes]
    low = np.bincount(kinds, weights=more & ((1 << _LOW_BITS) - 1))
    high = np.bincount(kinds, weights=more >> _LOW_BITS)
    return {code: (int(high[code]) << _LOW_BITS) + int(low[code]) for code in range(len(low))}
