"""Every changed access tuple, one at a time, for whoever asks for them all.

Source: SPEC section 7, tuples.
"""

from collections.abc import Iterator

from blastradius.assess.classes import ResourceClasses
from blastradius.model.delta import AccessChange, AccessTuple, Delta, IdSet, Novelty
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Capability, Snapshot


def access_tuples(
    delta: Delta, classes: ResourceClasses, baseline: Snapshot, *, by_action: bool = False
) -> Iterator[AccessTuple]:
    """Write a delta out.

    Args:
        delta: The changes.
        classes: The class of every resource.
        baseline: Says what existed before.
        by_action: True for one tuple per action instead of one per capability.

    Yields:
        Tuples sorted by resource, principal, capability and action.

    Cost: one step per tuple; the memory of one resource's tuples at a time.
    """
    scope_of = {index: scope for scope in delta.scopes for index in scope.resources}
    for index in sorted(scope_of):
        scope = scope_of[index]
        rows: list[tuple[int, Capability, str, AccessChange]] = []
        if by_action:
            for (change, action), who in scope.action_changes.items():
                rows.extend(_rows(who, delta.actions[action], action, change))
        else:
            for (change, capability), who in scope.capability_changes.items():
                rows.extend(_rows(who, capability, "", change))
        resource = delta.resources[index]
        for number, capability, action, change in sorted(rows):
            principal = delta.principals[number]
            yield AccessTuple(
                principal,
                capability,
                resource,
                classes.counted(resource),
                change,
                novelty(baseline, principal, resource),
                action or None,
            )


def _rows(
    who: IdSet, capability: Capability, action: str, change: AccessChange
) -> Iterator[tuple[int, Capability, str, AccessChange]]:
    return ((number, capability, action, change) for number in who)


def novelty(baseline: Snapshot, principal: str, resource: str) -> Novelty:
    """Say whether a tuple is of something that the baseline does not have."""
    if resource not in baseline.resources:
        return Novelty.NEW_RESOURCE
    if principal in baseline.principals or principal == OUTSIDER:
        return Novelty.EXISTING
    group = baseline.groups.get(principal.removesuffix(UNLISTED_SUFFIX))
    is_there = principal.endswith(UNLISTED_SUFFIX) and group is not None and group.unlisted
    return Novelty.EXISTING if is_there else Novelty.NEW_PRINCIPAL
