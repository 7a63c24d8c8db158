"""Findings about denials and exclusions that fall."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
from pyroaring import BitMap

from blastradius.access.crowds import always
from blastradius.access.facts import granted_actions
from blastradius.access.sides import Side, bitmap
from blastradius.assess.causes import line_cutting_off, line_ending_grant, line_letting_in, line_removing
from blastradius.assess.findings.interface import SAMPLE_MAX, Context, Draft, Rule, count, listed
from blastradius.columns.names import Flags, Ints, distinct
from blastradius.columns.tables import Columns, Edges
from blastradius.columns.views import grant_at
from blastradius.model.assessment import FindingLevel
from blastradius.model.change import Move, SetInherit
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, Grant, Role
from blastradius.model.sources import Source


class _Denials:
    """The deny grants of both sides.

    Attributes:
        rows: Rows of `Pair.grants` that deny in the baseline.
    """

    def __init__(self, context: Context) -> None:
        pair = context.pair
        self._context, self._held, self._grants = context, pair.held, pair.grants
        self._columns = replace(pair.before, grants=pair.grants)
        self.rows: Ints = np.flatnonzero(pair.grants.deny & pair.held[0])
        self.denied_before = cache(lambda what: self._actions(what, context.baseline.roles))
        self.denied_after = cache(lambda what: self._actions(what, context.simulated.roles))

    def _actions(self, what: int, roles: Mapping[str, Role]) -> frozenset[str]:
        role, actions = self._columns.interned.whats[what]
        return granted_actions(Grant("", "", role, actions), roles, self._context.delta.actions)

    def grant(self, row: int) -> Grant:
        """Write a grant out."""
        return grant_at(self._columns, row)

    def what(self, row: int) -> int:
        """Say what a row denies: the code of role and actions."""
        return int(self._grants.what[row])

    def fallen(self) -> list[int]:
        """Pick the rows that are gone, or of which the role has lost actions."""
        rows, held = self.rows, self._held[1]
        whats = self._grants.what[rows]
        if not len(rows) or self._context.baseline.roles == self._context.simulated.roles:
            gone: list[int] = rows[~held[rows]].tolist()
            return gone
        fewer = np.zeros(int(whats.max()) + 1, np.bool_)
        for what in distinct(whats[held[rows]]).tolist():
            fewer[what] = bool(self.denied_before(what) - self.denied_after(what))
        fallen: list[int] = rows[~held[rows] | fewer[whats]].tolist()
        return fallen

    def remaining(self, rows: list[int]) -> Mapping[tuple[int, int], list[int]]:
        """Collect the rows that still deny something, by subject and resource; only of the subjects of some rows."""
        grants = self._grants
        among = np.isin(grants.subject, distinct(grants.subject[rows])) if rows else np.zeros(len(grants), np.bool_)
        found: dict[tuple[int, int], list[int]] = {}
        for row in np.flatnonzero(grants.deny & self._held[1] & among).tolist():
            found.setdefault(self.place(row), []).append(row)
        return found

    def place(self, row: int) -> tuple[int, int]:
        """Give the codes of subject and resource of a row."""
        return int(self._grants.subject[row]), int(self._grants.resource[row])

    def covers(self, other: int, row: int) -> bool:
        """Tell whether one row holds whenever another does."""
        when = self._grants.when
        return bool(when[other] < 0 or when[other] == when[row])


def _deny_removed(context: Context) -> Iterator[Draft]:
    if context.baseline is context.simulated:
        return
    yield from _removed_denials(context)
    yield from _removed_exclusions(context)


def _removed_denials(context: Context) -> Iterator[Draft]:
    denials = _Denials(context)
    fallen = denials.fallen()
    remaining = denials.remaining(fallen)
    for row in fallen:
        grant = denials.grant(row)
        if grant.resource not in context.simulated.resources or _is_gone(grant.subject, context):
            continue
        denied = denials.denied_before(denials.what(row))
        for other in remaining.get(denials.place(row), ()):
            if denials.covers(other, row):
                denied -= denials.denied_after(denials.what(other))
        if denied:
            condition = f" when `{grant.when}`" if grant.when is not None else ""
            message = (
                f"`{grant.subject}` would no longer be denied {listed(sorted(denied))} on `{grant.resource}`{condition}"
            )
            yield Draft(
                FindingLevel.WARNING,
                message,
                (grant.subject, grant.resource, *sorted(denied)),
                [context.classes.counted_in(grant.resource)],
                principals=[grant.subject],
                resources=[grant.resource],
                source=line_ending_grant(context.steps, grant) or grant.source,
            )


def _is_gone(subject: str, context: Context) -> bool:
    """Tell whether a principal was removed: then nobody is left whom the denial could miss."""
    after = context.simulated
    known = subject in after.principals or subject in after.groups or subject in BUILT_IN_SUBJECTS
    return not known and subject in context.baseline.principals


def _removed_exclusions(context: Context) -> Iterator[Draft]:
    for code in _groups_leaving_out(context):
        name = context.pair.before.groups.names[code]
        old, new = context.baseline.groups[name], context.simulated.groups[name]
        for gone in sorted({entry.id for entry in old.but_not} - {entry.id for entry in new.but_not}):
            written = next(entry.source for entry in old.but_not if entry.id == gone)
            source = line_removing(context.steps, gone) or written
            message = f"`{name}` would no longer leave out `{gone}`"
            yield Draft(FindingLevel.WARNING, message, (name, gone), principals=[gone], source=source)


def _groups_leaving_out(context: Context) -> list[int]:
    """Give the codes of groups that leave somebody out before, and are there after."""
    before, after = context.pair.before, context.pair.after
    owners = distinct(before.but_not.owner)
    found: list[int] = owners[before.groups.present[owners] & after.groups.present[owners]].tolist()
    return found


# Whoever may be among the unlisted members of an allowed group


def _unlisted(context: Context) -> Iterator[Draft]:
    yield from _relaxed_denials(context)
    yield from _relaxed_exclusions(context)


def _relaxed_denials(context: Context) -> Iterator[Draft]:
    by_class: dict[str, tuple[BitMap, BitMap, set[str]]] = {}
    for number in context.tree.relaxed_scopes:
        scope = context.tree[number]
        who = BitMap.union(BitMap(), *(BitMap(ids) for ids in scope.relaxed.values()))
        codes = np.asarray(scope.resources)
        kinds = context.classes.counted[codes]
        for kind in distinct(kinds).tolist():
            people, resources, actions = by_class.setdefault(context.classes.ids[kind], (BitMap(), BitMap(), set()))
            people |= who
            resources |= bitmap(codes[kinds == kind])
            actions.update(scope.relaxed)
    for class_name in sorted(by_class):
        people, resources, actions = by_class[class_name]
        ids = [context.delta.principals[index] for index in people]
        place = f"{count(len(resources), 'resource')} of class `{class_name}`"
        verb = "is" if len(ids) == 1 else "are"
        message = (
            f"{listed(ids)} {verb} no longer denied {listed(sorted(actions))} on {place}, "
            "and may be among the unlisted members of a group that is allowed there"
        )
        source = _line_of_relaxing(context, ids, resources, actions)
        yield Draft(
            FindingLevel.WARNING,
            message,
            ("deny",),
            [class_name],
            ids,
            resources=[context.delta.resources[code] for code in islice(resources, SAMPLE_MAX)],
            resource_total=len(resources),
            source=source,
        )


def _line_of_relaxing(
    context: Context, people: Collection[str], resources: BitMap, actions: Collection[str]
) -> Source | None:
    """Find the line that let a denial of some actions on some resources fall, or else the denial itself."""
    pair, names = context.pair, context.pair.before.resources.names
    above = _with_ancestors(pair.before, resources)
    denials = _Denials(context)
    rows = [
        row
        for row in denials.rows[above[pair.grants.resource[denials.rows]]].tolist()
        if not denials.denied_before(denials.what(row)).isdisjoint(actions)
    ]
    grants = {row: denials.grant(row) for row in rows}
    moved = {step.resource for step in context.steps if isinstance(step, SetInherit | Move)}
    cut_off = [name for name in moved if (code := names.find(name)) >= 0 and above[code]]
    no_longer_reaches = (
        *(line_ending_grant(context.steps, grant) for grant in grants.values()),
        line_cutting_off(context.steps, people, cut_off),
        *(grant.source for row, grant in grants.items() if not pair.held[1][row]),
        *(grant.source for grant in grants.values()),
    )
    return next((source for source in no_longer_reaches if source is not None), None)


def _with_ancestors(columns: Columns, resources: BitMap) -> Flags:
    """Mark resources and everything that contains them."""
    more = columns.more_parents
    found = np.zeros(len(columns.resources.names), np.bool_)
    step: Ints = np.array(list(resources), np.int64)
    while step.size:
        found[step] = True
        up = distinct(np.concatenate([columns.resources.parent[step], more.entry[np.isin(more.owner, step)]]))
        step = up[(up >= 0) & ~found[up]]
    return found


def _relaxed_exclusions(context: Context) -> Iterator[Draft]:
    """Look at groups that leave somebody out while they do not list all their members."""
    pair = context.pair
    suspects = [] if context.baseline is context.simulated else _groups_leaving_out(context)
    if not suspects:
        return
    sides = Side(pair.before), Side(pair.after)
    for code in suspects:
        let_in = _no_longer_left_out(code, sides)
        allowed = _allowed_through(pair.after, code) if let_in else ()
        if not allowed:
            continue
        name = pair.before.groups.names[code]
        ids = [context.people.name(index) for index in let_in]
        verb = "is" if len(ids) == 1 else "are"
        yield Draft(
            FindingLevel.WARNING,
            f"{listed(ids)} {verb} no longer left out of `{name}`, "
            f"and may be among its unlisted members, who have access to {count(len(allowed), 'resource')}",
            ("but_not", name),
            [context.classes.ids[kind] for kind in distinct(context.classes.counted[allowed]).tolist()],
            ids,
            resources=[context.delta.resources[code] for code in allowed[:SAMPLE_MAX]],
            resource_total=len(allowed),
            source=line_letting_in(context.steps, context.baseline.groups[name], ids)
            or context.simulated.groups[name].source,
        )


def _no_longer_left_out(group: int, sides: tuple[Side, Side]) -> list[int]:
    """Find listed principals whom a group left out before, whom it does not now, and who may be unlisted in it."""
    before, after = sides
    subject = before.columns.first_group + group
    if not after.has_unlisted(subject):
        return []
    old, new = (
        [pair for entry in _left_out(side, group) for pair in side.asked_about(entry).items()] for side in sides
    )
    let_in = BitMap()
    for conditions, who in old:
        for still, left_out in new:
            if still <= conditions:
                who = who - left_out
        let_in |= who
    listed_twice = (before.present & after.present) - before.pseudo - after.pseudo
    return list((let_in & listed_twice) - always(after.members(subject)))


def _left_out(side: Side, group: int) -> list[int]:
    edges = side.columns.but_not
    found: list[int] = edges.entry[edges.of(group)].tolist()
    return found


def _allowed_through(columns: Columns, group: int) -> list[int]:
    """Name the resources that a group reaches by allow grants: its own, and those of groups that take it in."""
    is_open = np.flatnonzero(columns.groups.open[columns.all_of.owner])
    takes_in: list[tuple[Edges, int]] = [
        (columns.members, columns.first_group),
        (columns.all_of.at(is_open), columns.first_group),
        (columns.assumable, 0),
    ]
    found = np.zeros(columns.public + 1, np.bool_)
    step = np.array([columns.first_group + group])
    while step.size:
        found[step] = True
        reached = np.zeros(len(found), np.bool_)
        reached[step] = True
        owners = distinct(np.concatenate([edges.owner[reached[edges.entry]] + base for edges, base in takes_in]))
        step = owners[~found[owners]]
    grants = columns.grants
    allowed: list[int] = distinct(grants.resource[found[grants.subject] & ~grants.deny]).tolist()
    return allowed


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
