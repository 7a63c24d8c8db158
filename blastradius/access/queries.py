"""Who can do something, and what somebody can do, in one state."""

from collections.abc import Iterator

from blastradius.access.engine import Comparison
from blastradius.model.delta import State
from blastradius.model.snapshot import Capability


def matching_actions(comparison: Comparison, name: str) -> tuple[str, ...]:
    """Find the actions a question means.

    Args:
        comparison: Knows the actions.
        name: A capability name, for all of its actions, or a single action.

    Returns:
        The actions, sorted; empty when nobody knows the name.
    """
    for capability in Capability:
        if capability.label == name:
            return tuple(a for a, its in comparison.actions.items() if its is capability)
    return (name,) if name in comparison.actions else ()


def who_can(comparison: Comparison, side: int, action: str, resource: str) -> Iterator[tuple[str, State]]:
    """Say who has an action on a resource.

    Args:
        comparison: Both sides, solved.
        side: 0 for the baseline, 1 for the simulated state.
        action: A capability name or an action.
        resource: An id; nobody can do anything to one that is not there.

    Yields:
        Principal and state, sorted by id; only those who can, perhaps under a condition.

    Cost: that of one access list.
    """
    access_list = comparison.lists[side].get(resource)
    if access_list is None:
        return
    found = [comparison.ways(side, access_list, a) for a in matching_actions(comparison, action)]
    granted: set[int] = set()
    held: set[int] = set()
    for ways in found:
        granted.update(ways.granted)
        held.update(ways.held)
    for number in sorted(held):
        yield comparison.principals.ids[number], State.GRANTED if number in granted else State.CONDITIONAL


def what_can(comparison: Comparison, side: int, principal: str) -> Iterator[tuple[str, str, State]]:
    """Say what a principal can do.

    Args:
        comparison: Both sides, solved.
        side: 0 for the baseline, 1 for the simulated state.
        principal: An id; one that is not there can do nothing.

    Yields:
        Resource, action and state, sorted by resource and action.

    Cost: that of all distinct access lists, then the resources yielded.
    """
    number = comparison.principals.number.get(principal)
    known: dict[frozenset[int], tuple[tuple[str, State], ...]] = {}
    for resource in sorted(comparison.lists[side]):
        access_list = comparison.lists[side][resource]
        if access_list not in known:
            states = []
            for action in comparison.actions:
                ways = comparison.ways(side, access_list, action)
                if number is not None and number in ways.held:
                    states.append((action, State.GRANTED if number in ways.granted else State.CONDITIONAL))
            known[access_list] = tuple(states)
        for action, state in known[access_list]:
            yield resource, action, state
