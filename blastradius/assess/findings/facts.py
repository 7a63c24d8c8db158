"""Findings about facts that were taken away or lowered, whoever gains by it: classes, attributes, breaks."""

from collections.abc import Iterator

from blastradius.assess.findings.interface import Context, Draft, Rule, listed
from blastradius.model.assessment import FindingLevel
from blastradius.model.snapshot import Group, Resource


def _on_both_sides(context: Context) -> Iterator[tuple[Resource, Resource]]:
    """Give every resource that is there before and after, as it is before and after."""
    after = context.simulated.resources
    return ((old, after[name]) for name, old in context.baseline.resources.items() if name in after)


def _declassified(context: Context) -> Iterator[Draft]:
    before, after, known = context.classes.before, context.classes.after, context.policy.classes
    if before is after:
        return
    lowered: dict[tuple[str, str], list[str]] = {}
    for old, _ in _on_both_sides(context):
        classes = before[old.id], after[old.id]
        if known[classes[0]].sensitivity > known[classes[1]].sensitivity:
            lowered.setdefault(classes, []).append(old.id)
    for (high, low), resources in sorted(lowered.items()):
        names = listed(sorted(resources))
        message = f"{names} would count as `{low}` instead of the more sensitive `{high}`"
        source = context.simulated.resources[min(resources)].source
        yield Draft(FindingLevel.WARNING, message, (high, low), [high], resources=resources, source=source)


def _attributes(context: Context) -> Iterator[Draft]:
    fewer = sorted(old.id for old, new in _on_both_sides(context) if old is not new and new.items < old.items)
    if fewer:
        yield _lowered(
            context, "items", fewer, f"{listed(fewer)} would stand for fewer items than before", resources=fewer
        )
    groups = [
        (old, context.simulated.groups[name])
        for name, old in context.baseline.groups.items()
        if name in context.simulated.groups and old is not context.simulated.groups[name]
    ]
    smaller = sorted(old.id for old, new in groups if old.unlisted and new.unlisted and _is_smaller(context, old, new))
    if smaller:
        yield _lowered(context, "size", smaller, f"{listed(smaller)} would have fewer unlisted members than before")
    principals = context.simulated.principals
    insiders = [old.id for old, new in groups if old.unlisted and old.external and new.unlisted and not new.external]
    external = [p.id for p in context.baseline.principals.values() if p.external]
    insiders += [name for name in external if name in principals and not principals[name].external]
    if insiders:
        insiders.sort()
        yield _lowered(context, "external", insiders, f"{listed(insiders)} would no longer be marked `external`")


def _is_smaller(context: Context, old: Group, new: Group) -> bool:
    before, after = (context.people.unknown_size if g.size is None else g.size for g in (old, new))
    return after < before


def _lowered(
    context: Context, attribute: str, ids: list[str], message: str, *, resources: list[str] | None = None
) -> Draft:
    after = context.simulated
    entity = after.resources.get(ids[0]) if resources else after.groups.get(ids[0]) or after.principals.get(ids[0])
    return Draft(
        FindingLevel.WARNING,
        message,
        (attribute,),
        classes=[context.classes.counted(r) for r in resources or ()],
        principals=() if resources else ids,
        resources=resources or (),
        source=entity.source if entity else None,
    )


def _breaks(context: Context) -> Iterator[Draft]:
    opened = [
        new
        for old, new in _on_both_sides(context)
        if new is not old and new.inherits and not old.inherits and new.parents
    ]
    if opened:
        opened.sort(key=lambda resource: resource.id)
        names = [resource.id for resource in opened]
        message = f"{listed(names)} would inherit access from above, which was cut off before"
        classes = [context.classes.counted(name) for name in names]
        yield Draft(FindingLevel.WARNING, message, (), classes, resources=names, source=opened[0].source)


DECLASSIFICATION = Rule(
    "declassification",
    "let the owner of the data confirm the new class; this change is still counted in the more sensitive one",
    _declassified,
)
ATTRIBUTES_LOWERED = Rule(
    "attributes-lowered",
    "let somebody confirm the new figure; this change is still counted with the larger one",
    _attributes,
)
INHERITANCE_BREAK_REMOVED = Rule(
    "inheritance-break-removed",
    "check who has access above: all of them have it here too, now and whenever somebody is added there",
    _breaks,
)
