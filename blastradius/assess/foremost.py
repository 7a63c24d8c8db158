"""Some of those who gain most, and some of what opens widest, picked without looking at every pair."""

from collections import Counter
from collections.abc import Iterator, Sequence
from heapq import nsmallest

from blastradius.assess.changes import Cell
from blastradius.assess.people import People
from blastradius.model.delta import Delta

SHOWN_MAX = 10
# Up to this many (principal, cell) memberships everybody is counted; above, only a sample of candidates is.
_EXACT_MAX = 300_000
_CANDIDATES = 200


def top_principals(opened: Sequence[Cell], delta: Delta) -> tuple[tuple[str, int], ...]:
    """Pick principals with the number of resources each gains, most first, then by id.

    Args:
        opened: Cells of one class on which something was gained.
        delta: What the cells belong to.

    Cost: bounded; where too much changed for an exact answer, the candidates come from the largest cells.
    """
    everybody = sum(len(cell.gained) for cell in opened if cell.gained is not None) <= _EXACT_MAX
    candidates = None if everybody else _candidates(opened)
    counts: Counter[int] = Counter()
    for cell in opened:
        if cell.gained is None:
            continue
        # Whichever set is smaller is walked, so that a sample stays cheap beside a large audience.
        if candidates is None or len(cell.gained) < len(candidates):
            hits = [index for index in cell.gained if candidates is None or index in candidates]
        else:
            hits = [index for index in candidates if index in cell.gained]
        for index in hits:
            counts[index] += len(cell.resources)
    best = nsmallest(SHOWN_MAX, counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple((delta.principals[index], count) for index, count in best)


def _candidates(opened: Sequence[Cell]) -> frozenset[int]:
    """Pick the first principals of the cells with the most resources."""
    largest = sorted(opened, key=lambda cell: (-len(cell.resources), cell.resources[0]))[:_CANDIDATES]
    share = _CANDIDATES // len(largest)
    found: set[int] = set()
    for cell in largest:
        if cell.gained is not None:
            found.update(nsmallest(share, cell.gained))
    return frozenset(found)


def top_resources(opened: Sequence[Cell], delta: Delta, people: People) -> tuple[tuple[str, int], ...]:
    """Pick resources with the number of people each opens to, most first, then by id."""
    pairs: list[tuple[int, int]] = []
    for cell, size in sorted(_sizes(opened), key=lambda pair: (-pair[1], pair[0].resources[0])):
        # People are at most as many as accounts, and the cells come by accounts: no later one can be wider.
        if len(pairs) >= SHOWN_MAX and size < -nsmallest(SHOWN_MAX, pairs)[-1][0]:
            break
        if cell.gained is not None:
            count = people.count(cell.gained)
            pairs += ((-count, index) for index in cell.resources[:SHOWN_MAX])
    return tuple((delta.resources[index], -count) for count, index in nsmallest(SHOWN_MAX, pairs))


def _sizes(opened: Sequence[Cell]) -> Iterator[tuple[Cell, int]]:
    return ((cell, len(cell.gained)) for cell in opened if cell.gained is not None)
