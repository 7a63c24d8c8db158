"""Two states that were read separately, brought into one numbering column by column."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import ABSENT, Flags, GrownNames, Ints, Names, PackedNames
from blastradius.columns.tables import (
    UNLISTED,
    Codes,
    Columns,
    Edges,
    Grants,
    Groups,
    Interned,
    Places,
    Principals,
    Resources,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Union:
    """Names of both states, and where the codes of each go; None where they stay."""

    names: Names
    moves: tuple[Ints | None, Ints | None]


def aligned(before: Columns, after: Columns) -> tuple[Columns, Columns]:
    """Number the entities of two states alike, and name values by the same codes.

    Returns:
        The same facts; an entity that only the other state has is a row that is not present.

    Cost: where both have the same ids a pass over the columns, else also a look at every id.
    """
    unions = (
        _union(before.principals.names, after.principals.names),
        _union(before.groups.names, after.groups.names),
        _union(before.resources.names, after.resources.names),
    )
    return _moved(before, unions, 0), _moved(_recoded(after, before.interned), unions, 1)


def _union(old: Names, new: Names) -> _Union:
    if _are_same(old, new):
        return _Union(old, (None, None))
    there, here = set(old), set(new)
    names: Names = GrownNames(old, sorted(here - there)) if here - there else old
    gone = [names.find(name) for name in sorted(there - here)]
    moved = names.moved(np.arange(len(old))) if isinstance(names, GrownNames) else None
    kept = np.delete(np.arange(len(names)), gone)
    return _Union(names, (moved, kept if len(kept) < len(names) or moved is not None else None))


def _are_same(old: Names, new: Names) -> bool:
    if isinstance(old, PackedNames) and isinstance(new, PackedNames):
        return np.array_equal(old.ends, new.ends) and bytes(old.data) == bytes(new.data)
    return len(old) == len(new) and all(one == other for one, other in zip(old, new, strict=True))


# Values


def _recoded(columns: Columns, interned: Interned) -> Columns:
    """Name the values of one state by the codes of another."""
    mine = columns.interned
    if mine is interned:
        return columns
    files, texts, classes, label_sets, whats = (
        _codes(getattr(mine, name), getattr(interned, name))
        for name in ("files", "texts", "classes", "label_sets", "whats")
    )

    def places(found: Places) -> Places:
        return Places(files[found.file], found.line, found.column)

    def edges(found: Edges) -> Edges:
        return Edges(found.owner, found.entry, texts[found.when], places(found.places))

    rows, grants = columns.resources, columns.grants
    return replace(
        columns,
        principals=replace(columns.principals, places=places(columns.principals.places)),
        groups=replace(columns.groups, places=places(columns.groups.places)),
        resources=replace(
            rows,
            class_code=classes[rows.class_code],
            labels=label_sets[rows.labels],
            places=places(rows.places),
        ),
        grants=replace(grants, what=whats[grants.what], when=texts[grants.when], places=places(grants.places)),
        members=edges(columns.members),
        all_of=edges(columns.all_of),
        but_not=edges(columns.but_not),
        assumable=edges(columns.assumable),
        more_parents=edges(columns.more_parents),
        interned=interned,
    )


def _codes(mine: Codes[Any], theirs: Codes[Any]) -> Ints:
    """Give the other code of every code; the last place is that of `ABSENT`."""
    return np.array([*(theirs.code(value) for value in mine), ABSENT], np.int32)


# Numbers


def _moved(columns: Columns, unions: tuple[_Union, _Union, _Union], side: int) -> Columns:
    principals, groups, resources = (union.moves[side] for union in unions)
    sizes = [len(union.names) for union in unions]
    if principals is None and groups is None and resources is None:
        return columns
    everyone = sizes[0] + sizes[1]

    def to_subject(codes: Ints) -> Ints:
        moved = np.concatenate(
            [
                _all(principals, columns.first_group),
                _all(groups, len(columns.groups.names)) + sizes[0],
                [everyone, everyone + 1],
            ]
        )
        return moved[codes].astype(np.int32)

    def to(move: Ints | None, codes: Ints) -> Ints:
        return codes if move is None else np.append(move, ABSENT)[codes].astype(np.int32)

    def relisted(edges: Edges, owner: Ints | None) -> Edges:
        return Edges(to(owner, edges.owner), to_subject(edges.entry), edges.when, edges.places)

    p, g, r, grants, more = columns.principals, columns.groups, columns.resources, columns.grants, columns.more_parents
    people, teams, things = (_Spread(u.moves[side], size) for u, size in zip(unions, sizes, strict=True))
    return replace(
        columns,
        principals=Principals(
            unions[0].names,
            people.column(p.kind, UNLISTED),
            people.column(p.external, False),
            people.column(p.present, False),
            people.places(p.places),
        ),
        groups=Groups(
            unions[1].names,
            teams.column(g.unlisted, False),
            teams.column(g.size, ABSENT),
            teams.column(g.external, False),
            teams.column(g.open, False),
            teams.column(g.present, False),
            teams.places(g.places),
        ),
        resources=Resources(
            unions[2].names,
            things.column(to(resources, r.parent), ABSENT),
            things.column(r.inherits, True),
            things.column(r.class_code, ABSENT),
            things.column(r.labels, 0),
            things.column(r.items, 1),
            things.column(r.present, False),
            things.places(r.places),
        ),
        grants=replace(grants, subject=to_subject(grants.subject), resource=to(resources, grants.resource)),
        members=relisted(columns.members, groups),
        all_of=relisted(columns.all_of, groups),
        but_not=relisted(columns.but_not, groups),
        assumable=relisted(columns.assumable, principals),
        more_parents=Edges(to(resources, more.owner), to(resources, more.entry), more.when, more.places),
        stored_classes=None if resources is not None else columns.stored_classes,
        beginnings=None if resources is not None else columns.beginnings,
    )


def _all(move: Ints | None, size: int) -> Ints:
    return np.arange(size) if move is None else move


class _Spread:
    """Puts rows where they belong among those of both states; the others get a value that means nothing."""

    def __init__(self, move: Ints | None, size: int) -> None:
        self._move, self._size = move, size

    def column(self, column: npt.NDArray[Any], fill: int | bool) -> npt.NDArray[Any]:
        if self._move is None:
            return column
        spread = np.full(self._size, fill, column.dtype)
        spread[self._move] = column
        return spread

    def places(self, places: Places) -> Places:
        return Places(self.column(places.file, ABSENT), self.column(places.line, 0), self.column(places.column, 0))


# What both have


def matched(before: Grants, after: Grants) -> tuple[Ints, Ints]:
    """Find the grants that both states have.

    Args:
        before: The grants of one state, each once, in a shared numbering.
        after: Those of the other.

    Returns:
        The rows of ``before`` that are in both, and the rows of ``after`` that are new; both ascending.
    """
    names = ("subject", "resource", "what", "deny", "when")
    columns = [np.concatenate([getattr(before, name), getattr(after, name)]) for name in names]
    # Sorting is stable: of two equal rows the one of the first state comes first.
    order = np.lexsort(columns)
    twice = np.ones(max(0, len(order) - 1), np.bool_)
    for column in columns:
        ordered = column[order]
        twice &= ordered[1:] == ordered[:-1]
    at = np.flatnonzero(twice)
    # Should a state say the same twice, the second time is neither in both nor new.
    first, second = order[at], order[at + 1] - len(before)
    is_new = np.ones(len(after), np.bool_)
    is_new[second[second >= 0]] = False
    return np.sort(first[first < len(before)]), np.flatnonzero(is_new)


def differing_rows(tables: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any]]]) -> Flags:
    """Say in which rows any of some pairs of columns differ."""
    differs = np.zeros(len(tables[0][0]), np.bool_)
    for old, new in tables:
        if old is not new:
            differs |= old != new
    return differs


def differing_lists(before: Edges, after: Edges, owners: int) -> Flags:
    """Say which owners have other entries than before, or the same in another order."""
    old, new = (np.bincount(edges.owner, minlength=owners) for edges in (before, after))
    differs: Flags = old != new
    first, second = (edges.at(np.flatnonzero(~differs[edges.owner])) for edges in (before, after))
    rows = (first.entry != second.entry) | (first.when != second.when)
    differs[first.owner[rows]] = True
    return differs
