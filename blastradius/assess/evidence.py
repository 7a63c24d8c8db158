"""Which access tuples are shown as witnesses: one for each kind of audience that gains.

There may be millions of tuples; a reader wants the path of the worst few.
"""

from collections.abc import Sequence

import numpy as np
from pyroaring import BitMap

from blastradius.assess.blame import Blame, FindWitness, Moved, blame
from blastradius.assess.changes import ClassChange
from blastradius.assess.people import EXTERNAL_KIND, OUTSIDER_KIND, UNLISTED_KIND, People
from blastradius.model.delta import GAINS, Witness
from blastradius.model.snapshot import Capability, PrincipalKind

WITNESSES_MAX = 5
_KINDS = (
    OUTSIDER_KIND,
    EXTERNAL_KIND,
    UNLISTED_KIND,
    str(PrincipalKind.AGENT),
    str(PrincipalKind.USER),
    str(PrincipalKind.SERVICE),
    str(PrincipalKind.ROLE),
)
# So many scopes are asked one by one; whoever is in none of them is looked for in all at once.
_ASKED_MAX = 1000
_NEVER = np.iinfo(np.int64).max


def witnesses(change: ClassChange, resources: Sequence[str], people: People, find: FindWitness) -> tuple[Witness, ...]:
    """Find the paths to show for one class.

    Args:
        change: What moved in the class.
        resources: Ids by code.
        people: Tells what each principal is.
        find: Finds the path of one tuple.

    Returns:
        At most `WITNESSES_MAX`, the most alarming kind of audience first, each with the highest capability that
        somebody of its kind gains; of those the first principal, and the first resource, in the order of their ids.
    """
    chosen: dict[str, tuple[int, Capability]] = {}
    for capability in sorted(Capability, reverse=True):
        ids = change.people(GAINS, [capability])
        if ids is not None:
            for kind, index in people.first_of_each_kind(ids).items():
                chosen.setdefault(kind, (index, capability))
    found: list[Witness] = []
    for kind in _KINDS:
        if kind in chosen and len(found) < WITNESSES_MAX:
            index, capability = chosen[kind]
            resource = resources[_first_resource(change, index, capability)]
            witness = find(people.name(index), capability, resource)
            if witness is not None:
                found.append(witness)
    return tuple(found)


def _first_resource(change: ClassChange, principal: int, capability: Capability) -> int:
    """Find the lowest code among the resources of a class on which somebody gained a capability."""
    cells, keys = change.cells, change.keys(GAINS, [capability])
    likely: list[int] = np.flatnonzero(cells.touched(keys))[:_ASKED_MAX].tolist()
    # Rows are in the order of their lowest resource.
    for row in likely:
        if any(cells.tree.holds(int(cells.scopes[row]), key, principal) for key in keys):
            return int(cells.first[row])
    alone = BitMap([principal])
    return min(int(cells.first[cells.sizes_within(key, alone) > 0].min(initial=_NEVER)) for key in keys)


def with_blame(
    shown: tuple[Witness, ...], change: ClassChange, resources: Sequence[str], people: People, find: FindWitness
) -> tuple[tuple[Witness, ...], Blame | None]:
    """Find the changed fact that opens most in a class, and show a path that it is on.

    Args:
        shown: The paths to show for the class.
        change: What moved in the class.
        resources: Ids by code.
        people: Tells what each principal is.
        find: Finds the path of one tuple.

    Returns:
        The paths, with one of the fact in the last place if it was on none of them; and the fact, None when none is
        known.
    """
    gained = [
        Moved(change.cells, key, change.cells.sizes(key), change.sets[key]) for key in change.keys(GAINS, Capability)
    ]
    found = blame(gained, resources, people, find, shown)
    if found is not None and found.witness not in shown:
        shown = (*shown[: WITNESSES_MAX - 1], found.witness)
    return shown, found
