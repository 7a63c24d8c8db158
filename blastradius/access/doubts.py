"""What the semantics leave out because a group does not list its members.

SPEC counts whoever is unlisted as unlisted: ``GROUP#unlisted``. Where such a group is narrowed by
``all_of``, its pseudo-principal is in none of the listed groups and drops out, although a listed
principal may well be one of those it stands for. The tuples stay as SPEC has them; what they may
hide is found by comparing once more, with everybody a possible unlisted member of such groups, and
reported as evidence that is missing.
"""

from pyroaring import BitMap

from blastradius.access.crowds import anybody
from blastradius.access.engine import Comparison
from blastradius.access.sides import Side
from blastradius.model.delta import GAINS, Delta, IdSet, Scope
from blastradius.model.snapshot import Capability, Group, unlisted_id
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
    simulated = comparison.simulated
    suspects = [group for group in simulated.snapshot.groups.values() if group.all_of and _drops(simulated, group)]
    names = frozenset(group.id for group in suspects)
    if not suspects or not _hides(delta, Comparison(comparison.baseline.snapshot, simulated.snapshot, doubting=names)):
        return ()
    return tuple(
        Problem(
            f"`{group.id}` does not list all its members, and only those in all of its `all_of` count: "
            "which of them gain access is unknown",
            group.source,
            "export the members of the group",
        )
        for group in sorted(suspects, key=lambda g: g.id)
    )


def _drops(side: Side, group: Group) -> bool:
    """Tell whether a group has unlisted members that its ``all_of`` takes out."""
    unlisted = BitMap.union(BitMap(), *(anybody(side.members(entry.id)) for entry in group.members))
    if group.unlisted:
        unlisted.add(side.principals.number[unlisted_id(group.id)])
    return bool((unlisted & side.principals.unlisted) - anybody(side.members(group.id)))


def _hides(delta: Delta, doubting: Comparison) -> bool:
    told = {resource: gains for scope in delta.scopes for gains in [_gains(scope)] for resource in scope.resources}
    for scope in doubting.delta().scopes:
        for capability, who in _gains(scope).items():
            for resource in scope.resources:
                known = told.get(resource, {}).get(capability)
                if len(who if known is None else who - known):
                    return True
    return False


def _gains(scope: Scope) -> dict[Capability, IdSet]:
    gains: dict[Capability, IdSet] = {}
    for (change, capability), who in scope.capability_changes.items():
        if change in GAINS:
            gains[capability] = gains[capability] | who if capability in gains else who
    return gains
