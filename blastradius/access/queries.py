"""Who can do something, and what somebody can do, in one state."""

from collections.abc import Iterator

from blastradius.access.engine import Comparison
from blastradius.access.holdings import Holdings
from blastradius.access.witness import Witnesses
from blastradius.errors import SnapshotError, did_you_mean
from blastradius.model.answer import Answer, Holder
from blastradius.model.delta import State, Witness
from blastradius.model.snapshot import CAPABILITIES, Capability
from blastradius.model.sources import Problem


def matching_actions(comparison: Comparison, name: str) -> tuple[str, ...]:
    """Find the actions a question means.

    Args:
        comparison: Knows the actions.
        name: A capability, for all of its actions, or a single action.

    Returns:
        The actions, sorted, never empty.

    Raises:
        SnapshotError: When nobody knows the name.
    """
    if name in CAPABILITIES:
        return tuple(action for action, its in comparison.actions.items() if its is CAPABILITIES[name])
    if name not in comparison.actions:
        raise SnapshotError(Problem(f"unknown action `{name}`", None, did_you_mean(name, comparison.actions)))
    return (name,)


def _check_principal(comparison: Comparison, name: str) -> int:
    names = comparison.pair.before.principals.names
    code = names.find(name)
    if code < 0:
        raise SnapshotError(Problem(f"unknown principal `{name}`", None, did_you_mean(name, names)))
    return code


def _check_resource(comparison: Comparison, name: str) -> int:
    names = comparison.pair.before.resources.names
    code = names.find(name)
    if code >= 0:
        return code
    near = did_you_mean(name, names)
    # A system whose resources lie in namespaces names those of all of them with a star.
    kind, _, rest = name.partition(":")
    namespace, _, below = rest.partition("/")
    wider = f"{kind}:*/{below.partition(':')[0]}"
    if namespace != "*" and names.find(wider) >= 0:
        other = "" if not near or f"`{wider}`" in near else f"; {near}"
        near = f"if the snapshot names nothing in the namespace `{namespace}`, ask about `{wider}`{other}"
    raise SnapshotError(Problem(f"unknown resource `{name}`", None, near))


def answer(witnesses: Witnesses, principal: str, action: str, resource: str, side: int) -> Answer:
    """Say whether a principal has an action on a resource, and why.

    Args:
        witnesses: Both sides, solved.
        principal: An id of either side.
        action: A capability or an action; of a capability, the action that is held most surely is shown.
        resource: An id of either side.
        side: 0 for the baseline, 1 for the simulated state.

    Raises:
        SnapshotError: When neither side knows one of the names.
    """
    comparison = witnesses.comparison
    actions = matching_actions(comparison, action)
    _check_principal(comparison, principal)
    _check_resource(comparison, resource)
    states = {a: witnesses.state(side, principal, a, resource) for a in actions}
    order = (State.GRANTED, State.CONDITIONAL, State.NONE)
    shown = min(actions, key=lambda a: (order.index(states[a]), a != action, a))
    why = witnesses.of_state(side, principal, shown, resource)
    # Where nothing is held, every denial of every action that was asked about may be the reason.
    blamed = actions if states[shown] is State.NONE else (shown,)
    denials = {
        step: Witness(principal, comparison.actions[a], a, resource, None, states[a], (), (step,))
        for a in sorted(blamed, key=lambda a: (a != action, a), reverse=True)
        for step in witnesses.denials(side, principal, a, resource)
    }
    return Answer(states[shown], (why,) if why else (), tuple(reversed(denials.values())))


def who_can_do(comparison: Comparison, side: int, action: str, resource: str) -> Iterator[Holder]:
    """Say who has an action on a resource.

    Args:
        comparison: Both sides, solved.
        side: 0 for the baseline, 1 for the simulated state.
        action: A capability or an action.
        resource: An id; nobody can do anything to one that is not on this side.

    Yields:
        Whoever can, perhaps under a condition, sorted by id, with the action held most surely.

    Raises:
        SnapshotError: When neither side knows one of the names.

    Cost: that of one access list.
    """
    actions = matching_actions(comparison, action)
    access_list = comparison.access_list(side, _check_resource(comparison, resource))
    found: dict[int, tuple[State, str]] = {}
    ways = {a: comparison.ways(side, access_list, a) for a in actions}
    for name, its in ways.items():
        for number in its.granted:
            found.setdefault(number, (State.GRANTED, name))
    for name, its in ways.items():
        for number in its.held:
            found.setdefault(number, (State.CONDITIONAL, name))
    names = comparison.pair.before.principals.names
    for number in sorted(found):
        state, name = found[number]
        yield Holder(names[number], state, name)


def what_can_do(comparison: Comparison, side: int, principal: str) -> Iterator[tuple[str, Capability, State]]:
    """Say what a principal can do.

    Args:
        comparison: Both sides, solved.
        side: 0 for the baseline, 1 for the simulated state.
        principal: An id of either side.

    Yields:
        Resource, capability and state, sorted; every capability that is held.

    Raises:
        SnapshotError: When neither side knows the principal.

    Cost: see `Holdings`.
    """
    for resource, held in Holdings(comparison, side, _check_principal(comparison, principal)):
        for capability, state in held:
            yield resource, capability, state
