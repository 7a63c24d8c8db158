"""What the semantics leave out because a group does not list its members.

SPEC counts whoever is unlisted as unlisted: ``GROUP#unlisted``. Where such a group is narrowed by
``all_of``, its pseudo-principal is in none of the listed groups and drops out, although a listed
principal may well be one of those it stands for. The tuples stay as SPEC has them; what they may
hide is found by comparing once more, with everybody a possible unlisted member of such groups, and
reported as evidence that is missing.
"""

import numpy as np
from pyroaring import BitMap

from blastradius.access.crowds import anybody
from blastradius.access.engine import Comparison
from blastradius.access.sides import Side
from blastradius.access.tree import ScopeTree
from blastradius.columns.names import ABSENT, distinct
from blastradius.columns.views import entries
from blastradius.model.delta import GAINS, Delta
from blastradius.model.snapshot import Capability, unlisted_id
from blastradius.model.sources import Problem


def doubts(comparison: Comparison, delta: Delta) -> tuple[Problem, ...]:
    """Find narrowed groups whose unlisted members may gain more than the delta says.

    Args:
        comparison: Both sides, solved.
        delta: Their difference.

    Returns:
        One problem per group, sorted; empty when no group can hide anything.

    Cost: nothing where no group is both narrowed and unlisted, else a second comparison.
    """
    simulated = comparison.sides[1]
    columns = simulated.columns
    narrowed = distinct(columns.all_of.owner).tolist()
    suspects = [group for group in narrowed if columns.groups.present[group] and _drops(simulated, group)]
    names = [columns.groups.names[group] for group in suspects]
    if not suspects or not _hides(delta, Comparison(comparison.pair, doubting=frozenset(names)).delta()):
        return ()
    return tuple(
        Problem(
            f"`{name}` does not list all its members, and only those in all of its `all_of` count: "
            "which of them gain access is unknown",
            columns.source(columns.groups.places, group),
            "export the members of the group",
        )
        for group, name in zip(suspects, names, strict=True)
    )


def _drops(side: Side, group: int) -> bool:
    """Tell whether a group has unlisted members that its ``all_of`` takes out."""
    columns = side.columns
    listed = (columns.subject(entry.id) for entry in entries(columns, columns.members, group))
    unlisted = BitMap.union(BitMap(), *(anybody(side.members(subject)) for subject in listed))
    if columns.groups.unlisted[group]:
        unlisted.add(columns.principals.names.find(unlisted_id(columns.groups.names[group])))
    return bool((unlisted & side.unlisted) - anybody(side.members(group + columns.first_group)))


def _hides(delta: Delta, doubting: Delta) -> bool:
    told, more = ScopeTree.of(delta), ScopeTree.of(doubting)
    pairs = np.unique(np.stack([told.scope_of, more.scope_of], axis=1)[more.scope_of != ABSENT], axis=0)
    return any(
        people - _gained(told, known).get(capability, BitMap())
        for known, scope in pairs.tolist()
        for capability, people in _gained(more, scope).items()
    )


def _gained(tree: ScopeTree, scope: int) -> dict[Capability, BitMap]:
    gained: dict[Capability, BitMap] = {}
    if scope != ABSENT:
        for (change, capability), people in tree.sets(scope).items():
            if change in GAINS:
                gained[capability] = gained[capability] | people if capability in gained else people
    return gained
