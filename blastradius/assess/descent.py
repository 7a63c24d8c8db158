"""How classes come down from containing resources: for all resources at once, however deep they stand.

Source: SPEC section 2, class of a resource. Classes are ranks here, the most sensitive first.
"""

from dataclasses import dataclass

import numpy as np

from blastradius.assess.weighing import Weights, weighed
from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.columns.tables import Columns


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is known before classes come down.

    Attributes:
        columns: The state in question.
        rows: The resources whose class is wanted, ascending.
        local: For each of them the rank it has at least by its rules, or by its own word; `none` where neither says.
        settled: Whether that is its rank, whatever its parents are.
        earlier: Ranks of all resources in the baseline, which are also those of all that are not among the rows;
            `none` where the baseline has no such resource. None while the baseline itself is looked at.
        unclassified: The rank that counts among parents only if all of them have it.
        none: Higher than any rank.
    """

    columns: Columns
    rows: Ints
    local: Ints
    settled: Flags
    earlier: Ints | None
    unclassified: int
    none: int


def settled_ranks(ground: Ground) -> Ints:
    """Find the rank of every resource.

    Returns:
        One rank for each row; never `Ground.none`.

    Cost: a few passes over the rows that contain others, one over the rest; see `weighed` for those with several
    parents, and for new ones in a parent that is not new.
    """
    rows, columns = ground.rows, ground.columns
    everything = len(rows) == len(columns.resources.parent)
    parent = columns.resources.parent if everything else columns.resources.parent[rows]
    up = parent if everything else _positions(parent, rows, len(columns.resources.parent))
    rank = ground.local.copy()
    free = ~ground.settled
    # A resource in nothing is what its rules say. In one parent it is at least what that is.
    rank[free & (parent < 0) & (rank == ground.none)] = ground.unclassified
    several = _to_weigh(ground, parent, free)
    hung = free & (up >= 0)
    outside = free & (up < 0) & (parent >= 0)
    if several.size:
        hung[several] = outside[several] = False
    if ground.earlier is not None and outside.any():
        rank[outside] = np.minimum(rank[outside], ground.earlier[parent[outside]])
    top = np.where(hung, up, np.arange(len(rows), dtype=np.int32))
    _climb(top, rank, hung)
    if several.size:
        rank[several] = weighed(_weights(ground, several, top, rank))
        rank = np.minimum(rank, rank[top])
    rank[rank == ground.none] = ground.unclassified
    return rank


def _positions(codes: Ints, rows: Ints, size: int) -> Ints:
    """Say where codes stand among the rows; -1 for those that do not, and for -1 itself."""
    place = np.full(size + 1, -1, np.int32)
    place[rows] = np.arange(len(rows))
    return place[codes]


def _climb(top: Ints, rank: Ints, hung: Flags) -> None:
    """Give every row that hangs on another the lowest rank on its way up, and where that way ends.

    Most resources contain nothing, so that the way up is made for the others first: each round doubles how far it
    reaches.
    """
    contains = np.zeros(len(top), np.bool_)
    contains[top[hung]] = True
    inner = np.flatnonzero(contains & hung)
    # Containment that goes round in circles is refused elsewhere; here it must not hang.
    for _ in range(len(top).bit_length() + 1):
        if not inner.size:
            break
        above = top[inner]
        rank[inner] = np.minimum(rank[inner], rank[above])
        top[inner] = top[above]
        inner = inner[top[above] != above]
    outer = np.flatnonzero(hung & ~contains)
    above = top[outer]
    rank[outer] = np.minimum(rank[outer], rank[above])
    top[outer] = top[above]


def _to_weigh(ground: Ground, parent: Ints, free: Flags) -> Ints:
    """Find the rows whose parents have to be weighed against each other, or against what one of them was before."""
    more, size = ground.columns.more_parents, len(ground.columns.resources.parent)
    found = np.zeros(len(ground.rows), np.bool_)
    if len(more):
        several = np.zeros(size, np.bool_)
        several[more.owner] = True
        found |= several[ground.rows]
    if ground.earlier is not None:
        was_there = np.append(ground.earlier != ground.none, False)
        found |= ~was_there[ground.rows] & was_there[parent]
    return np.flatnonzero(found & free)


def _weights(ground: Ground, chosen: Ints, top: Ints, rank: Ints) -> Weights:
    """Say which ranks are weighed for the chosen rows, as far as they are known."""
    codes = ground.rows[chosen]
    columns, earlier, size = ground.columns, ground.earlier, len(ground.columns.resources.parent)
    more = columns.more_parents
    owner = _positions(more.owner, codes, size)
    listed = owner >= 0
    owner = np.concatenate([np.arange(len(codes)), owner[listed]])
    parent = np.concatenate([columns.resources.parent[codes], more.entry[listed]])
    place = _positions(parent, ground.rows, size)
    inside = place >= 0
    value = np.where(inside, np.minimum(rank[place], rank[top[place]]), ground.none)
    number = np.full(len(ground.rows), ABSENT, np.int64)
    number[chosen] = np.arange(len(codes))
    needs = np.where(inside, number[top[place]], ABSENT)
    if earlier is not None:
        was = np.where(parent >= 0, earlier[parent], ground.none)
        value = np.where(inside, value, was)
        # NOTE: a change that lowers the class of a folder must not thereby lower what it puts into it.
        new = earlier[codes[owner]] == ground.none
        owner, value = np.concatenate([owner, owner[new]]), np.concatenate([value, was[new]])
        needs = np.concatenate([needs, np.full(np.count_nonzero(new), ABSENT)])
    order = np.argsort(owner, kind="stable")
    local = ground.local[chosen]
    return Weights(owner[order], value[order], needs[order], local, ground.unclassified, ground.none)


# After so many rounds through second parents, whatever has one counts as below.
_ROUNDS = 4


def everything_below(columns: Columns, seeds: Ints) -> Ints:
    """Give some resources and all that lie in them, however deep, ascending; where second parents are many, more.

    Cost: a few passes over the resources that contain others, one over the rest.
    """
    parent, more = columns.resources.parent, columns.more_parents
    # One place more, for the parent of what has none.
    marked = np.zeros(len(parent) + 1, np.bool_)
    marked[seeds] = True
    contains = np.zeros(len(parent) + 1, np.bool_)
    contains[parent] = contains[more.entry] = True
    contains[-1] = False
    if contains[seeds].any():
        inner = np.flatnonzero(contains)
        above = _positions(parent[inner], inner, len(parent))
        fresh, rounds = seeds, 0
        while fresh.size:
            marked[fresh] = True
            marked[inner] = _handed_down(marked[inner], above)
            reached = more.owner[marked[more.entry]] if rounds < _ROUNDS else more.owner
            fresh = reached[~marked[reached]]
            rounds += 1
    marked[:-1] |= marked[parent]
    return np.flatnonzero(marked[:-1])


def _handed_down(flag: Flags, up: Ints) -> Flags:
    """Set a flag wherever it is set somewhere above."""
    for _ in range(len(up).bit_length() + 1):
        there = up >= 0
        if not there.any():
            break
        flag = flag | (flag[up] & there)
        up = np.where(there, up[up], up)
    return flag
