"""Resources of which several classes have to be weighed against each other, before any of them hands its class down.

Source: SPEC section 2, class of a resource. Classes are ranks here, the most sensitive first.
"""

from dataclasses import dataclass

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints

# As long as a pass over all that is left settles one in so many, passes are quicker than steps.
_SHARE = 16


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """What is weighed for each of some resources, one row for each class that counts.

    Attributes:
        owner: For which resource, ascending; each resource has at least one row.
        value: A rank that counts, or is counted at least; `none` where there is none.
        needs: The resource among these whose rank is to be taken if it is lower; `ABSENT` where `value` is all.
        local: For each resource the rank it has at least, whatever is weighed; `none` where nothing says.
        unclassified: The rank that counts only if all that are weighed have it.
        none: Higher than any rank.
    """

    owner: Ints
    value: Ints
    needs: Ints
    local: Ints
    unclassified: int
    none: int


def weighed(weights: Weights) -> Ints:
    """Find the rank of each resource; `none` where nothing says.

    Cost: some passes over the rows while many resources can be settled at once; where each waits for the one before
    it, a step of Python for each row.
    """
    size = len(weights.local)
    found = np.full(size, weights.none, weights.local.dtype)
    settled = np.zeros(size + 1, np.bool_)
    # The last place is for what needs nothing.
    settled[-1] = True
    rows, left = np.arange(len(weights.owner)), size
    while left:
        waits = np.zeros(size, np.bool_)
        waits[weights.owner[rows[~settled[weights.needs[rows]]]]] = True
        ready = rows[~waits[weights.owner[rows]]]
        done = _settle(weights, ready, found, settled)
        left -= done
        rows = rows[waits[weights.owner[rows]]]
        if done * _SHARE <= left:
            break
    if left:
        _settle_one_by_one(weights, found, settled)
    return found


def _settle(weights: Weights, rows: Ints, found: Ints, settled: Flags) -> int:
    """Settle all resources whose rows are given, and say how many they are."""
    if not rows.size:
        return 0
    needs, owner = weights.needs[rows], weights.owner[rows]
    value = np.minimum(weights.value[rows], np.where(needs == ABSENT, weights.none, found[needs]))
    starts = np.flatnonzero(np.diff(owner, prepend=ABSENT))
    classified = np.minimum.reduceat(np.where(value == weights.unclassified, weights.none, value), starts)
    # Among several, an unclassified one is ignored unless all are.
    lowest = np.where(classified == weights.none, np.minimum.reduceat(value, starts), classified)
    owners = owner[starts]
    found[owners] = np.minimum(lowest, weights.local[owners])
    settled[owners] = True
    return len(owners)


def _settle_one_by_one(weights: Weights, found: Ints, settled: Flags) -> None:
    """Settle what is left, each resource after those it needs, without recursion: real trees are deep."""
    starts = np.searchsorted(weights.owner, np.arange(len(weights.local) + 1)).tolist()
    value: list[int] = weights.value.tolist()
    needs: list[int] = weights.needs.tolist()
    local: list[int] = weights.local.tolist()
    rank: list[int] = found.tolist()
    done: list[bool] = settled.tolist()

    def choose(at: int) -> int:
        those = range(starts[at], starts[at + 1])
        counted = [value[row] if needs[row] < 0 else min(value[row], rank[needs[row]]) for row in those]
        lowest = min((each for each in counted if each != weights.unclassified), default=weights.none)
        return min(lowest if lowest < weights.none else min(counted), local[at])

    for first in np.flatnonzero(~settled[:-1]).tolist():
        waiting, opened = [first], set[int]()
        while waiting:
            at = waiting[-1]
            # What is opened twice waits for itself. Such containment is refused elsewhere; here it must not hang.
            missing = [] if at in opened else [n for n in needs[starts[at] : starts[at + 1]] if not done[n]]
            opened.add(at)
            if missing and not done[at]:
                waiting.extend(missing)
                continue
            waiting.pop()
            if not done[at]:
                rank[at] = choose(at)
                done[at] = True
    found[:] = rank
