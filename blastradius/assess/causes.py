"""Which step of a change took a fact away: where to look when something was lost, not added."""

from collections.abc import Callable, Collection, Iterator, Sequence

from blastradius.columns.layers import FoundGrants
from blastradius.model.change import DisallowAssume, Move, Remove, RemoveMember, RevokeGrant, SetInherit, SetRole, Step
from blastradius.model.delta import PathStep
from blastradius.model.snapshot import Effect, Grant, Group, Snapshot
from blastradius.model.sources import NOWHERE, Source


def line_ending_grant(steps: Sequence[Step], grant: Grant) -> Source | None:
    """Find the first step that revoked a grant, changed its role, or removed whom or what it names."""
    return _first(steps, lambda step: _ends_grant(step, grant))


def line_removing(steps: Sequence[Step], name: str) -> Source | None:
    """Find the step that removed an entity."""
    return _first(steps, lambda step: isinstance(step, Remove) and step.id == name)


def line_letting_in(steps: Sequence[Step], group: Group, people: Collection[str]) -> Source | None:
    """Find the first step after which a group leaves out fewer: people or groups taken out of those it leaves out."""
    left_out = {entry.id for entry in group.but_not}

    def lets_in(step: Step) -> bool:
        match step:
            case RemoveMember():
                return step.group in left_out or step.member in people
            case Remove():
                return step.id in left_out
            case _:
                return False

    return _first(steps, lets_in)


def line_cutting_off(steps: Sequence[Step], people: Collection[str], resources: Collection[str]) -> Source | None:
    """Find the first step that took people out of groups, or resources out of what they inherited from."""

    def cuts_off(step: Step) -> bool:
        match step:
            case RemoveMember():
                return step.member in people
            case DisallowAssume():
                return step.by in people or step.principal in people
            case SetInherit() | Move():
                return step.resource in resources
            case _:
                return False

    return _first(steps, cuts_off)


def line_ending_fact(steps: Sequence[Step], fact: PathStep, before: Snapshot) -> Source | None:
    """Find the first step that took away a fact of a path.

    Args:
        steps: Those of the change; none when two states are compared.
        fact: A step of a path that held before.
        before: The facts it held in.
    """
    grants = [grant for grant in _grants(before, fact) if grant.effect is Effect.ALLOW] if steps else []
    resource = before.resources.get(fact.end)
    is_contained = resource is not None and fact.start in resource.parents

    def ends(step: Step) -> bool:
        match step:
            case RemoveMember(group=end, member=start) | DisallowAssume(principal=end, by=start):
                return (fact.start, fact.end) == (start, end)
            case SetInherit(resource=end) | Move(resource=end):
                return is_contained and fact.end == end
            case Remove(id=name):
                return name in (fact.start, fact.end)
            case _:
                return any(_ends_grant(step, grant) for grant in grants)

    return _first(steps, ends)


def _grants(snapshot: Snapshot, fact: PathStep) -> Iterator[Grant]:
    """Give the grants that a fact can stand for."""
    grants = snapshot.grants
    if isinstance(grants, FoundGrants):
        yield from (grants[at] for at in grants.among(fact.start, fact.end))
    else:
        yield from (grant for grant in grants if (grant.subject, grant.resource) == (fact.start, fact.end))


def _ends_grant(step: Step, grant: Grant) -> bool:
    match step:
        case RevokeGrant():
            return step.grant == grant
        case SetRole():
            return step.role == grant.role
        case Remove():
            return step.id in (grant.subject, grant.resource)
        case _:
            return False


def _first(steps: Sequence[Step], matches: Callable[[Step], bool]) -> Source | None:
    return next((step.source for step in steps if step.source != NOWHERE and matches(step)), None)
