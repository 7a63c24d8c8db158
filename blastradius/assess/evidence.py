"""Which access tuples are shown as witnesses: one for each kind of audience that gains.

There may be millions of tuples; a reader wants the path of the worst few.
"""

from blastradius.assess.blame import Blame, FindWitness, Moved, blame
from blastradius.assess.changes import ClassChange
from blastradius.assess.people import EXTERNAL_KIND, OUTSIDER_KIND, UNLISTED_KIND, Account, People
from blastradius.model.delta import GAINS, Delta, IdSet, Witness
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


def witnesses(change: ClassChange, delta: Delta, people: People, find: FindWitness) -> tuple[Witness, ...]:
    """Find the paths to show for one class.

    Args:
        change: What moved in the class.
        delta: What it belongs to.
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
            for kind, index in _first_of_each_kind(ids, people).items():
                chosen.setdefault(kind, (index, capability))
    found: list[Witness] = []
    for kind in _KINDS:
        if kind in chosen and len(found) < WITNESSES_MAX:
            index, capability = chosen[kind]
            resource = delta.resources[_first_resource(change, index, capability)]
            witness = find(people.name(index), capability, resource)
            if witness is not None:
                found.append(witness)
    return tuple(found)


def _first_of_each_kind(ids: IdSet, people: People) -> dict[str, int]:
    first: dict[str, int] = {}
    for index in ids:
        kind = _kind(people.account(index))
        if index < first.get(kind, index + 1):
            first[kind] = index
    return first


def _kind(account: Account) -> str:
    return EXTERNAL_KIND if account.external else account.own_kind


def _first_resource(change: ClassChange, principal: int, capability: Capability) -> int:
    cells = (c for c in change.opened if (ids := c.gained_with([capability])) is not None and principal in ids)
    return min(cell.resources[0] for cell in cells)


def with_blame(
    shown: tuple[Witness, ...], change: ClassChange, delta: Delta, people: People, find: FindWitness
) -> tuple[tuple[Witness, ...], Blame | None]:
    """Find the changed fact that opens most in a class, and show a path that it is on.

    Args:
        shown: The paths to show for the class.
        change: What moved in the class.
        delta: What it belongs to.
        people: Tells what each principal is.
        find: Finds the path of one tuple.

    Returns:
        The paths, with one of the fact in the last place if it was on none of them; and the fact, None when none is
        known.
    """
    gained = (
        Moved(capability, ids, cell.resources)
        for cell in change.opened
        for (kind, capability), ids in sorted(cell.scope.capability_changes.items(), key=lambda entry: entry[0])
        if kind in GAINS
    )
    found = blame(gained, delta, people, find, shown)
    if found is not None and found.witness not in shown:
        shown = (*shown[: WITNESSES_MAX - 1], found.witness)
    return shown, found
