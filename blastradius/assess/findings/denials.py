"""Findings about denials and exclusions that fall."""

from collections.abc import Collection, Iterable, Iterator

from blastradius.access.facts import granted_actions
from blastradius.access.sides import Principals, Side
from blastradius.assess.causes import line_cutting_off, line_ending_grant, line_letting_in, line_removing
from blastradius.assess.findings.interface import Context, Draft, Rule, count, listed
from blastradius.model.assessment import FindingLevel
from blastradius.model.delta import IdSet
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, Effect, Grant, Group, Snapshot
from blastradius.model.sources import Source


def _deny_removed(context: Context) -> Iterator[Draft]:
    if context.baseline is context.simulated:
        return
    yield from _removed_denials(context)
    yield from _removed_exclusions(context)


def _removed_denials(context: Context) -> Iterator[Draft]:
    remaining: dict[tuple[str, str], list[Grant]] = {}
    for grant in _denials(context.simulated):
        remaining.setdefault((grant.subject, grant.resource), []).append(grant)
    for grant in _denials(context.baseline):
        if grant.resource not in context.simulated.resources or _is_gone(grant.subject, context):
            continue
        denied = granted_actions(grant, context.baseline.roles, context.delta.actions)
        for other in remaining.get((grant.subject, grant.resource), ()):
            if other.when is None or other.when == grant.when:
                denied -= granted_actions(other, context.simulated.roles, context.delta.actions)
        if denied:
            condition = f" when `{grant.when}`" if grant.when is not None else ""
            message = (
                f"`{grant.subject}` would no longer be denied {listed(sorted(denied))} on `{grant.resource}`{condition}"
            )
            yield Draft(
                FindingLevel.WARNING,
                message,
                (grant.subject, grant.resource, *sorted(denied)),
                [context.classes.counted(grant.resource)],
                principals=[grant.subject],
                resources=[grant.resource],
                source=line_ending_grant(context.steps, grant) or grant.source,
            )


def _denials(snapshot: Snapshot) -> Iterator[Grant]:
    return (grant for grant in snapshot.grants if grant.effect is Effect.DENY)


def _is_gone(subject: str, context: Context) -> bool:
    """Tell whether a principal was removed: then nobody is left whom the denial could miss."""
    after = context.simulated
    known = subject in after.principals or subject in after.groups or subject in BUILT_IN_SUBJECTS
    return not known and subject in context.baseline.principals


def _removed_exclusions(context: Context) -> Iterator[Draft]:
    for name, old in sorted(context.baseline.groups.items()):
        new = context.simulated.groups.get(name)
        if new is None or new is old:
            continue
        for gone in sorted({entry.id for entry in old.but_not} - {entry.id for entry in new.but_not}):
            written = next(entry.source for entry in old.but_not if entry.id == gone)
            source = line_removing(context.steps, gone) or written
            message = f"`{name}` would no longer leave out `{gone}`"
            yield Draft(FindingLevel.WARNING, message, (name, gone), principals=[gone], source=source)


# Whoever may be among the unlisted members of an allowed group


def _unlisted(context: Context) -> Iterator[Draft]:
    yield from _relaxed_denials(context)
    yield from _relaxed_exclusions(context)


def _relaxed_denials(context: Context) -> Iterator[Draft]:
    names = context.delta.principals
    by_class: dict[str, tuple[set[int], set[str], set[str]]] = {}
    for scope in context.delta.scopes:
        if not scope.relaxed:
            continue
        who = {index for ids in scope.relaxed.values() for index in ids}
        places: dict[str, list[str]] = {}
        for index in scope.resources:
            resource = context.delta.resources[index]
            places.setdefault(context.classes.counted(resource), []).append(resource)
        for class_name, names_here in places.items():
            people, resources, actions = by_class.setdefault(class_name, (set(), set(), set()))
            people |= who
            resources.update(names_here)
            actions.update(scope.relaxed)
    for class_name in sorted(by_class):
        people, resources, actions = by_class[class_name]
        ids = [names[index] for index in sorted(people)]
        place = f"{count(len(resources), 'resource')} of class `{class_name}`"
        verb = "is" if len(ids) == 1 else "are"
        message = (
            f"{listed(ids)} {verb} no longer denied {listed(sorted(actions))} on {place}, "
            "and may be among the unlisted members of a group that is allowed there"
        )
        source = _line_of_relaxing(context, ids, resources, actions)
        yield Draft(
            FindingLevel.WARNING, message, ("deny",), [class_name], ids, resources=sorted(resources), source=source
        )


def _line_of_relaxing(
    context: Context, people: Collection[str], resources: Iterable[str], actions: Collection[str]
) -> Source | None:
    """Find the line that let a denial of some actions on some resources fall, or else the denial itself."""
    above = _with_ancestors(context.baseline, resources)
    roles, known = context.baseline.roles, context.delta.actions
    denials = [
        grant
        for grant in _denials(context.baseline)
        if grant.resource in above and not granted_actions(grant, roles, known).isdisjoint(actions)
    ]
    ended = (line_ending_grant(context.steps, grant) for grant in denials)
    kept = set(context.simulated.grants)
    no_longer_reaches = (
        *ended,
        line_cutting_off(context.steps, people, above),
        *(grant.source for grant in denials if grant not in kept),
        *(grant.source for grant in denials),
    )
    return next((source for source in no_longer_reaches if source is not None), None)


def _with_ancestors(snapshot: Snapshot, resources: Iterable[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(resources)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(snapshot.resources[name].parents if name in snapshot.resources else ())
    return found


def _relaxed_exclusions(context: Context) -> Iterator[Draft]:
    """Look at groups that leave somebody out while they do not list all their members."""
    before, after = context.baseline, context.simulated
    suspects = [g for g in before.groups.values() if g.but_not and g.id in after.groups and before is not after]
    if not suspects:
        return
    principals = Principals(before, after)
    sides = Side(before, principals), Side(after, principals)
    for group in sorted(suspects, key=lambda g: g.id):
        let_in = _no_longer_left_out(group, sides, principals)
        allowed = _allowed_through(after, group.id) if let_in else ()
        if not allowed:
            continue
        ids = [principals.ids[index] for index in let_in]
        verb = "is" if len(ids) == 1 else "are"
        yield Draft(
            FindingLevel.WARNING,
            f"{listed(ids)} {verb} no longer left out of `{group.id}`, "
            f"and may be among its unlisted members, who have access to {count(len(allowed), 'resource')}",
            ("but_not", group.id),
            [context.classes.counted(resource) for resource in allowed],
            ids,
            resources=allowed,
            source=line_letting_in(context.steps, before.groups[group.id], ids) or after.groups[group.id].source,
        )


def _no_longer_left_out(group: Group, sides: tuple[Side, Side], principals: Principals) -> list[int]:
    """Find listed principals whom a group left out before, whom it does not now, and who may be unlisted in it."""
    members = sides[1].members(group.id)
    if not any(len(who & principals.unlisted) for who in members.values()):
        return []
    groups = sides[0].snapshot.groups[group.id], sides[1].snapshot.groups[group.id]
    old, new = (
        [pair for entry in g.but_not for pair in side.asked_about(entry.id).items()]
        for g, side in zip(groups, sides, strict=True)
    )
    let_in: set[int] = set()
    for conditions, who in old:
        for still, left_out in new:
            if still <= conditions:
                who = who - left_out
        let_in.update(who)
    sure: IdSet | None = members.get(frozenset())
    candidates = (sides[0].present & sides[1].present) - principals.pseudo
    return sorted(i for i in let_in if i in candidates and (sure is None or i not in sure))


def _allowed_through(snapshot: Snapshot, group_id: str) -> list[str]:
    """Name the resources that a group reaches by allow grants: its own, and those of groups that take it in."""
    takes_in: dict[str, list[str]] = {}
    for group in snapshot.groups.values():
        for entry in (*group.members, *(group.all_of if group.open else ())):
            takes_in.setdefault(entry.id, []).append(group.id)
    for principal in snapshot.principals.values():
        for entry in principal.assumable_by:
            takes_in.setdefault(entry.id, []).append(principal.id)
    found: set[str] = set()
    waiting = [group_id]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(takes_in.get(name, ()))
    allowed = {g.resource for g in snapshot.grants if g.effect is Effect.ALLOW and g.subject in found}
    return sorted(allowed)


DENY_REMOVED = Rule(
    "deny-removed",
    "find out why it was denied; keep the denial, or make it narrower, unless its reason is gone",
    _deny_removed,
)
DENY_REMOVED_UNLISTED = Rule(
    "deny-removed-unlisted",
    "export the members of the group: only then can be told whether these principals gain access",
    _unlisted,
)
