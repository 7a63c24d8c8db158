"""Finding: nobody is left who can manage a resource."""

from collections.abc import Iterator
from itertools import islice

import numpy as np

from blastradius.access.tree import Key
from blastradius.assess.blame import Moved, blame
from blastradius.assess.causes import line_ending_fact
from blastradius.assess.changes import cells_of, union
from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, listed
from blastradius.columns.names import Flags, Ints, distinct
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Capability
from blastradius.model.sources import Source

_LOST: tuple[Key, ...] = (
    (AccessChange.REVOKED, Capability.MANAGE),
    (AccessChange.MAYBE_REVOKED, Capability.MANAGE),
)


def _lockout(context: Context) -> Iterator[Draft]:
    tree = context.tree
    lost = np.zeros(len(tree), np.int64)
    for key in _LOST:
        lost += tree.size(key)
    if not lost.any():
        return
    codes: Ints = np.flatnonzero(np.append(lost > 0, False)[tree.scope_of])
    codes = tree.has_nowhere(Capability.MANAGE, codes[_is_kept(context, codes)])
    if not len(codes):
        return
    cells = cells_of(tree, codes, lambda some: np.isin(some, codes))
    # Where nobody is left, whoever managed before has lost it.
    moved = [
        Moved(cells, key, cells.sizes(key), who)
        for key in _LOST
        if (who := tree.union([key], cells.mask())) is not None
    ]
    managers = union(part.who for part in moved)
    assert managers is not None
    some = [context.delta.resources[code] for code in codes[:SAMPLE_MAX].tolist()]
    yield Draft(
        FindingLevel.ERROR,
        f"nobody would be left who can manage {listed(some, len(codes))}",
        classes=[context.classes.ids[code] for code in distinct(context.classes.counted[codes]).tolist()],
        principals=[context.people.name(index) for index in islice(managers, SAMPLE_MAX)],
        principal_total=context.people.count(managers),
        resources=some,
        resource_total=len(codes),
        source=_source(context, moved),
    )


def _is_kept(context: Context, codes: Ints) -> Flags:
    """Tell which resources are there before and after."""
    before, after = context.pair.before.resources.present, context.pair.after.resources.present
    return before[codes] & after[codes]


def _source(context: Context, lost: list[Moved]) -> Source | None:
    """Find the line that took most of the managers away: of the change, else of what is gone or was added."""
    blamed = blame(lost, context.delta.resources, context.people, context.find_witness)
    if blamed is None:
        return None
    return line_ending_fact(context.steps, blamed.step, context.baseline) or blamed.step.source


LOCKOUT = Rule(
    "lockout",
    "leave at least one principal with `manage`: else only an administrator of the system can undo it",
    _lockout,
)
