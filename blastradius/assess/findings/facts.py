"""Findings about facts that were taken away or lowered, whoever gains by it: classes, attributes, breaks."""

from collections.abc import Iterator

import numpy as np

from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, listed
from blastradius.columns.names import ABSENT, Flags, Ints, Names, distinct
from blastradius.columns.tables import Places
from blastradius.model.assessment import FindingLevel


def _declassified(context: Context) -> Iterator[Draft]:
    classes, known = context.classes, context.policy.classes
    if classes.before is classes.after:
        return
    rows = np.flatnonzero(classes.before != classes.after)
    before, after = classes.before[rows], classes.after[rows]
    sensitivity = np.array([known[name].sensitivity for name in classes.ids])
    lower = (before != ABSENT) & (after != ABSENT) & (sensitivity[before] > sensitivity[after])
    rows, moves = rows[lower], before[lower].astype(np.int64) * len(classes.ids) + after[lower]
    found = {
        (classes.ids[m // len(classes.ids)], classes.ids[m % len(classes.ids)]): m for m in distinct(moves).tolist()
    }
    for (high, low), move in sorted(found.items()):
        resources = rows[moves == move]
        names = _first(context.pair.after.resources.names, resources)
        message = f"{listed(names, len(resources))} would count as `{low}` instead of the more sensitive `{high}`"
        yield Draft(
            FindingLevel.WARNING,
            message,
            (high, low),
            [high],
            resources=names,
            resource_total=len(resources),
            source=context.pair.after.source(context.pair.after.resources.places, int(resources[0])),
        )


def _attributes(context: Context) -> Iterator[Draft]:
    before, after = context.pair.before, context.pair.after
    fewer = _resources(context, before.resources.items, after.resources.items, np.greater)
    if fewer.size:
        yield _of_resources(context, fewer, "would stand for fewer items than before", ("items",))
    rows = context.pair.touched.groups
    both = before.groups.present[rows] & after.groups.present[rows]
    crowds = rows[both & before.groups.unlisted[rows] & after.groups.unlisted[rows]]
    sizes = (_sizes(side.groups.size[crowds], context.people.unknown_size) for side in (before, after))
    smaller = crowds[np.greater(*sizes)]
    if smaller.size:
        names = _first(after.groups.names, smaller)
        message = f"{listed(names, len(smaller))} would have fewer unlisted members than before"
        yield _of_subjects(context, "size", names, len(smaller), message)
    crowds = crowds[before.groups.external[crowds] & ~after.groups.external[crowds]]
    rows = context.pair.touched.principals
    both = before.principals.present[rows] & after.principals.present[rows]
    accounts = rows[both & before.principals.external[rows] & ~after.principals.external[rows]]
    insiders = sorted([*_first(after.groups.names, crowds), *_first(after.principals.names, accounts)])[:SAMPLE_MAX]
    if insiders:
        total = len(crowds) + len(accounts)
        message = f"{listed(insiders, total)} would no longer be marked `external`"
        yield _of_subjects(context, "external", insiders, total, message)


def _sizes(sizes: Ints, unknown: int) -> Ints:
    return np.where(sizes == ABSENT, unknown, sizes)


def _breaks(context: Context) -> Iterator[Draft]:
    before, after = context.pair.before.resources, context.pair.after.resources
    opened = _resources(context, after.inherits & (after.parent != ABSENT), before.inherits, np.greater)
    if opened.size:
        yield _of_resources(context, opened, "would inherit access from above, which was cut off before", ())


def _resources(context: Context, one: Ints | Flags, other: Ints | Flags, more: np.ufunc) -> Ints:
    """Give the resources that are there before and after, of which one column holds more than another."""
    rows = context.pair.touched.resources
    there = context.pair.before.resources.present[rows] & context.pair.after.resources.present[rows]
    found: Ints = rows[there & more(one[rows], other[rows])]
    return found


def _of_resources(context: Context, rows: Ints, what: str, key: tuple[str, ...]) -> Draft:
    after, classes = context.pair.after, context.classes
    names = _first(after.resources.names, rows)
    return Draft(
        FindingLevel.WARNING,
        f"{listed(names, len(rows))} {what}",
        key,
        [classes.ids[code] for code in distinct(classes.counted[rows]).tolist()],
        resources=names,
        resource_total=len(rows),
        source=after.source(after.resources.places, int(rows[0])),
    )


def _of_subjects(context: Context, attribute: str, names: list[str], total: int, message: str) -> Draft:
    after = context.pair.after
    tables: tuple[tuple[Names, Places], ...] = (
        (after.groups.names, after.groups.places),
        (after.principals.names, after.principals.places),
    )
    found = ((table, row) for table in tables if (row := table[0].find(names[0])) != ABSENT)
    (_, places), row = next(found)
    return Draft(
        FindingLevel.WARNING,
        message,
        (attribute,),
        principals=names,
        principal_total=total,
        source=after.source(places, row),
    )


def _first(names: Names, rows: Ints) -> list[str]:
    """Name the first few of some rows."""
    return [names[row] for row in rows[:SAMPLE_MAX].tolist()]


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
