"""Trees given by the parent of each node: sums over what stands above or below, in a few passes over arrays."""

from functools import cached_property

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints


class Forest:
    """Nodes, each after its parent.

    Attributes:
        parent: The parent of each, `ABSENT` where there is none.
        is_flat: True when nobody has a parent.
    """

    def __init__(self, parent: Ints) -> None:
        """Take nodes; their places are worked out when a sum needs them."""
        self.parent: Ints = parent.astype(np.int64)
        self.is_flat = not bool((self.parent >= 0).any())

    @cached_property
    def _spans(self) -> tuple[Ints, Ints]:
        """Number the nodes so that everything below one follows it; where each one's run starts and ends."""
        parent = self.parent.tolist()
        sizes = [1] * len(parent)
        for node in range(len(parent) - 1, -1, -1):
            if parent[node] >= 0:
                sizes[parent[node]] += sizes[node]
        starts, free, top = [0] * len(parent), [0] * len(parent), 0
        for node, above in enumerate(parent):
            if above < 0:
                at, top = top, top + sizes[node]
            else:
                at = free[above]
                free[above] += sizes[node]
            starts[node], free[node] = at, at + 1
        begin = np.array(starts, np.int64)
        return begin, begin + np.array(sizes, np.int64)

    def from_above(self, own: Ints) -> Ints:
        """Add to each node's number those of all nodes above it."""
        if self.is_flat:
            return own
        start, end = self._spans
        steps = np.zeros(len(own) + 1, own.dtype)
        steps[start] = own
        np.subtract.at(steps, end, own)
        return np.cumsum(steps)[start]

    def from_below(self, own: Ints) -> Ints:
        """Add to each node's number those of all nodes below it."""
        if self.is_flat:
            return own
        start, end = self._spans
        ordered = np.zeros(len(own) + 1, own.dtype)
        ordered[start + 1] = own
        sums = np.cumsum(ordered)
        return sums[end] - sums[start]

    def nearest(self, marked: Flags) -> Ints:
        """Find, at or above each node, the nearest marked one; `ABSENT` where there is none."""
        at = np.where(marked, np.arange(len(marked)), self.parent)
        if self.is_flat:
            return at
        # Each round doubles how far up an unmarked node looks.
        while (onward := np.flatnonzero((at != ABSENT) & ~marked[at])).size:
            at[onward] = at[at[onward]]
        return at
