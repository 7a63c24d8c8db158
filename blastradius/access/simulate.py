"""Apply a change to a snapshot, step by step, without touching the snapshot.

Source: SPEC section 4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from blastradius.access.draft import Draft
from blastradius.access.facts import containment_problem_of, exclusion_problems, needed_groups
from blastradius.columns.layers import Layer, Narrowed
from blastradius.errors import ChangeError
from blastradius.model.change import (
    AddGrant,
    AddGroup,
    AddMember,
    AddPrincipal,
    AddResource,
    AllowAssume,
    Change,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetClass,
    SetInherit,
    SetRole,
    Step,
)
from blastradius.model.snapshot import Group, Snapshot
from blastradius.model.sources import Problem


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a change makes of a snapshot.

    Attributes:
        snapshot: The simulated state.
        no_effect: Steps that change nothing, in order.
        unread: What the steps ask for that the snapshot cannot answer.
    """

    snapshot: Snapshot
    no_effect: tuple[Problem, ...] = ()
    unread: tuple[Problem, ...] = ()


def simulate(snapshot: Snapshot, change: Change) -> Simulation:
    """Apply all steps of a change in order.

    Args:
        snapshot: The baseline; it stays as it is.
        change: The steps.

    Returns:
        The simulated state with what was noticed on the way.

    Raises:
        ChangeError: With all steps that do not fit the snapshot: an unknown id, an id that exists
            already, a cycle. Steps after a refused one are still examined.

    Cost: one shallow copy of the snapshot, then the entities that the steps name.
    """
    draft = Draft(snapshot)
    for step in change.steps:
        draft.begin(step)
        before = len(draft.problems)
        _apply(draft, step)
        if len(draft.problems) == before:
            draft.problems.extend(_cycles(draft, step))
    if draft.problems:
        raise ChangeError(draft.problems)
    return Simulation(draft.snapshot(), tuple(draft.no_effect), tuple(draft.unread))


def _apply(draft: Draft, step: Step) -> None:  # noqa: C901 - one branch per kind of step
    match step:
        case AddMember():
            draft.add_member(step.group, step.member, step.when)
        case RemoveMember():
            draft.remove_member(step.group, step.member)
        case AllowAssume():
            draft.allow_assume(step.principal, step.by, step.when)
        case DisallowAssume():
            draft.disallow_assume(step.principal, step.by)
        case AddGrant():
            draft.grant(step.grant)
        case RevokeGrant():
            draft.revoke(step.grant)
        case SetRole():
            draft.set_role(step.role, step.actions)
        case SetInherit():
            draft.set_inherit(step.resource, step.inherit)
        case Move():
            draft.move(step.resource, step.parents)
        case SetClass():
            draft.set_class(step.resource, step.class_name)
        case AddPrincipal():
            draft.add_principal(step.principal)
        case AddGroup():
            draft.add_group(step.group)
        case AddResource():
            draft.add_resource(step.resource)
        case Remove():
            draft.remove(step.id)
        case _:
            assert_never(step)


def _cycles(draft: Draft, step: Step) -> list[Problem]:
    """Check what this step may have closed a circle in; nothing else can have one."""
    match step:
        case Move():
            found = containment_problem_of(draft.resources, step.resource)
            problems = [found] if found else []
        case AddMember(group=name) | AddGroup(group=Group(id=name)) if _excludes(draft.groups):
            problems = list(exclusion_problems(_needed_by(draft.groups, name)))
        case _:
            problems = []
    return [Problem(problem.message, step.source, problem.help) for problem in problems]


def _excludes(groups: Layer[Group]) -> bool:
    """Tell whether any group leaves somebody out; nothing else can make a circle of exclusions."""
    changed = any(group.but_not for group in groups.changed.values())
    if isinstance(groups.base, Narrowed):
        return changed or groups.base.excludes
    return changed or any(group.but_not for group in groups.base.values())


def _needed_by(groups: Mapping[str, Group], name: str) -> dict[str, Group]:
    """Pick a group and every group that its members depend on: a circle through it lies among these."""
    found: dict[str, Group] = {}
    waiting = [name]
    while waiting:
        here = waiting.pop()
        if here not in found and here in groups:
            found[here] = groups[here]
            waiting.extend(needed_groups(groups[here]))
    return found
