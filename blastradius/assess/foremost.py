"""Those who gain most, and what opens widest, found without looking at every pair."""

from bisect import insort
from collections.abc import Sequence

import numpy as np

from blastradius.access.tree import ANY_GAIN
from blastradius.assess.changes import ClassChange
from blastradius.assess.people import People
from blastradius.columns.names import Ints

SHOWN_MAX = 10


def top_principals(change: ClassChange, principals: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Pick the principals that gain most resources of a class, with how many, most first, then by id.

    Args:
        change: What moved in the class.
        principals: Ids by code.

    Cost: one step for every principal that turns in the scopes of the class.
    """
    weights = np.zeros(len(change.cells.tree), np.int64)
    weights[change.cells.scopes] = change.cells.counts
    totals = change.cells.tree.totals_by_principal(ANY_GAIN, weights, len(principals))
    return tuple((principals[index], int(totals[index])) for index in _largest(totals))


def _largest(totals: Ints) -> list[int]:
    """Give the places of the highest numbers above 0, highest first, then in order."""
    limit = max(1, int(np.partition(totals, -SHOWN_MAX)[-SHOWN_MAX])) if len(totals) > SHOWN_MAX else 1
    above = np.flatnonzero(totals > limit)
    ordered: list[int] = above[np.argsort(-totals[above], kind="stable")].tolist()
    equal: list[int] = np.flatnonzero(totals == limit)[:SHOWN_MAX].tolist()
    return [*ordered, *equal][:SHOWN_MAX]


def top_resources(change: ClassChange, resources: Sequence[str], people: People) -> tuple[tuple[str, int], ...]:
    """Pick the resources of a class that open to most people, with how many, most first, then by id.

    Args:
        change: What moved in the class.
        resources: Ids by code.
        people: Counts them.

    Cost: some sets are written out: of those scopes that could be among the widest.
    """
    cells = change.cells
    sizes = cells.sizes(ANY_GAIN)
    best: list[tuple[int, int, int]] = []
    # Rows are in the order of their lowest resource, and sorting is stable.
    for row in np.argsort(-sizes, kind="stable").tolist():
        size = int(sizes[row])
        # People are at most as many as accounts, and the rows come by accounts: no later one can be wider.
        if not size or (len(best) >= SHOWN_MAX and (-size, int(cells.first[row])) > best[SHOWN_MAX - 1][:2]):
            break
        wide = people.count(cells.tree.people(int(cells.scopes[row]), ANY_GAIN))
        insort(best, (-wide, int(cells.first[row]), row))
    del best[SHOWN_MAX:]
    there = cells.resources([row for _, _, row in best])
    pairs = sorted((count, code) for count, _, row in best for code in there[row][:SHOWN_MAX].tolist())
    return tuple((resources[code], -count) for count, code in pairs[:SHOWN_MAX])
