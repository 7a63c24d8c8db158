"""Single questions: may somebody do something, who may, what may somebody do."""

from functools import lru_cache

from blastradius.access.engine import Comparison
from blastradius.access.queries import answer, what_can_do, who_can_do
from blastradius.access.witness import Witnesses
from blastradius.assess.classes import resource_classes
from blastradius.columns.pair import paired
from blastradius.model.answer import Explanation, Holders, Holding, Holdings
from blastradius.pipeline.reading import read_policy, read_sides
from blastradius.pipeline.request import Request


def explain(request: Request, principal: str, action: str, resource: str) -> Explanation:
    """Say whether a principal may do something to a resource, before and after, and why.

    Args:
        request: The change is optional.
        principal: An id of either state.
        action: An action or a capability.
        resource: An id of either state.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows one of the names.
    """
    sides = read_sides(request)
    witnesses = Witnesses(Comparison(paired(sides.baseline, sides.simulated)))
    before = answer(witnesses, principal, action, resource, 0)
    after = answer(witnesses, principal, action, resource, 1) if request.compares else None
    return Explanation(principal, action, resource, before, after, sides.unread)


def who_can(request: Request, action: str, resource: str) -> Holders:
    """Say who may do something to a resource, after the change if one is given; sorted by id.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows one of the names.
    """
    sides = read_sides(request)
    found = who_can_do(Comparison(paired(sides.baseline, sides.simulated)), 1, action, resource)
    return Holders(action, resource, tuple(found), sides.unread)


def what_can(request: Request, principal: str) -> Holdings:
    """Say what a principal may do, after the change if one is given; sorted by resource.

    Raises:
        BlastRadiusError: When an input is unreadable, or nobody knows the principal.
    """
    policy, _ = read_policy(request)
    sides = read_sides(request)
    pair = paired(sides.baseline, sides.simulated)
    classes = resource_classes(policy, pair)
    # One resource's holdings come together, and each class costs a search for the name.
    class_of = lru_cache(maxsize=1)(classes.class_after)
    held = what_can_do(Comparison(pair), 1, principal)
    holdings = tuple(Holding(name, class_of(name), capability, state) for name, capability, state in held)
    return Holdings(principal, holdings, sides.unread)
