"""Finding: nobody is left who can manage a resource."""

from collections.abc import Iterator

from blastradius.assess.blame import Moved, blame
from blastradius.assess.causes import line_ending_fact
from blastradius.assess.changes import union
from blastradius.assess.findings.interface import Context, Draft, Rule, listed
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Capability
from blastradius.model.sources import Source

_LOSSES = (AccessChange.REVOKED, AccessChange.MAYBE_REVOKED)


def _lockout(context: Context) -> Iterator[Draft]:
    locked: list[str] = []
    managed_before = []
    lost: list[Moved] = []
    sides = context.baseline.resources, context.simulated.resources
    for scope in context.delta.scopes:
        before = scope.before.get(Capability.MANAGE)
        if before is None or not len(before) or len(scope.after.get(Capability.MANAGE, ())):
            continue
        there = [index for index in scope.resources if all(context.delta.resources[index] in side for side in sides)]
        if there:
            locked += (context.delta.resources[index] for index in there)
            managed_before.append(before)
            losses = (scope.capability_changes.get((change, Capability.MANAGE)) for change in _LOSSES)
            lost += (Moved(Capability.MANAGE, who, there) for who in losses if who is not None)
    managers = union(managed_before)
    if managers is None:
        return
    locked.sort()
    yield Draft(
        FindingLevel.ERROR,
        f"nobody would be left who can manage {listed(locked)}",
        classes=[context.classes.counted(name) for name in locked],
        principals=[context.people.name(index) for index in managers],
        principal_total=context.people.count(managers),
        resources=locked,
        source=_source(context, lost),
    )


def _source(context: Context, lost: list[Moved]) -> Source | None:
    """Find the line that took most of the managers away: of the change, else of what is gone or was added."""
    blamed = blame(lost, context.delta, context.people, context.find_witness)
    if blamed is None:
        return None
    return line_ending_fact(context.steps, blamed.step, context.baseline) or blamed.step.source


LOCKOUT = Rule(
    "lockout",
    "leave at least one principal with `manage`: else only an administrator of the system can undo it",
    _lockout,
)
