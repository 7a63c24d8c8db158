"""Where grants hold: the nearest resource at or above each one at which something of its own begins."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.columns.tables import Columns
from blastradius.errors import SnapshotError
from blastradius.model.sources import Problem

_ROUNDS_MAX = 64


class Containment:
    """Which resources pass their grants on to which, on one side.

    Attributes:
        columns: The facts of the side.
    """

    def __init__(self, columns: Columns) -> None:
        """Look at the facts of one side."""
        self.columns = columns

    @cached_property
    def several(self) -> Flags:
        """Whether each resource inherits from more than one parent."""
        rows, more = self.columns.resources, self.columns.more_parents
        flags = np.zeros(len(rows.parent), np.bool_)
        flags[more.owner] = True
        return flags & rows.inherits

    @cached_property
    def up(self) -> Ints:
        """The only resource that each one inherits from; `ABSENT` where there is none, or more than one."""
        rows = self.columns.resources
        cut = ~rows.inherits | ~rows.present
        if len(self.columns.more_parents):
            cut |= self.several
        return np.where(cut, ABSENT, rows.parent).astype(np.int32) if cut.any() else rows.parent

    def above(self, resource: int) -> list[int]:
        """Give the resources whose grants one inherits directly."""
        rows, more = self.columns.resources, self.columns.more_parents
        parent = int(rows.parent[resource])
        if parent < 0 or not rows.inherits[resource] or not rows.present[resource]:
            return []
        return list(dict.fromkeys((parent, *(more.entry[more.of(resource)].tolist() if len(more) else ()))))

    def at_or_above(self, resource: int) -> Iterator[int]:
        """Yield a resource and all those whose grants hold on it too, each once; nothing if it is not there."""
        if not self.columns.resources.present[resource]:
            return
        seen = {resource}
        waiting = [resource]
        while waiting:
            here = waiting.pop()
            yield here
            for parent in self.above(here):
                if parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)


def beginnings(columns: Columns, containment: Containment | None = None) -> Ints:
    """Find, for every resource, the nearest at or above it at which something begins.

    That is where grants are written, or nothing is inherited, or from several parents. A compiled snapshot may hold it.

    Args:
        columns: One state.
        containment: The same state, where it is at hand.
    """
    if columns.beginnings is not None:
        return columns.beginnings
    containment = containment or Containment(columns)
    stops = np.zeros(len(containment.up), np.bool_)
    stops[columns.grants.resource] = True
    if len(columns.more_parents):
        stops |= containment.several
    return nearest(containment.up, stops)


def nearest(up: Ints, stops: Flags) -> Ints:
    """Find the nearest stop at or above every resource.

    Args:
        up: The resource above each; `ABSENT` for none.
        stops: Where to stop; a resource with nothing above it is one anyway.

    Returns:
        Codes of resources.

    Raises:
        SnapshotError: When resources contain each other.

    Cost: a few passes over the resources that others lie in, and one over all.
    """
    size = len(up)
    passing = ~stops & (up >= 0)
    inner = np.zeros(size + 1, np.bool_)
    inner[up] = True
    # Only what others lie in can be on the way from anywhere; the many leaves take one step.
    folders = np.flatnonzero(inner[:size])
    place = np.zeros(size, np.int32)
    place[folders] = np.arange(len(folders), dtype=np.int32)
    toward = np.where(passing[folders], place[up[folders]], np.arange(len(folders), dtype=np.int32))
    for _ in range(_ROUNDS_MAX):
        further = toward[toward]
        if np.array_equal(further, toward):
            break
        toward = further
    else:
        raise SnapshotError(Problem("resources contain each other", None, "mend the containment and export it again"))
    if passing[folders[toward]].any():
        raise SnapshotError(Problem("resources contain each other", None, "mend the containment and export it again"))
    found = np.arange(size, dtype=np.int32)
    found[passing] = folders[toward[place[up[passing]]]]
    return found


def reached_from_above(seeds: Flags, above: Ints) -> Flags:
    """Say which nodes are seeds, or below one.

    Args:
        seeds: Where it begins.
        above: The node above each; `ABSENT` for none.
    """
    reached, pointer = seeds.copy(), above.astype(np.int64)
    while True:
        below = np.flatnonzero((pointer >= 0) & ~reached)
        if not below.size:
            return reached
        reached[below] = reached[pointer[below]]
        pointer[below] = pointer[pointer[below]]
