"""Finding: nobody is left who can manage a resource."""

from collections.abc import Iterator

from blastradius.assess.changes import union
from blastradius.assess.findings.interface import Context, Draft, Rule, listed
from blastradius.model.assessment import FindingLevel
from blastradius.model.snapshot import Capability


def _lockout(context: Context) -> Iterator[Draft]:
    locked: list[str] = []
    managed_before = []
    sides = context.baseline.resources, context.simulated.resources
    for scope in context.delta.scopes:
        before = scope.before.get(Capability.MANAGE)
        if before is None or not len(before) or len(scope.after.get(Capability.MANAGE, ())):
            continue
        names = (context.delta.resources[index] for index in scope.resources)
        there = [name for name in names if all(name in side for side in sides)]
        if there:
            locked += there
            managed_before.append(before)
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
    )


LOCKOUT = Rule(
    "lockout",
    "leave at least one principal with `manage`: else only an administrator of the system can undo it",
    _lockout,
)
