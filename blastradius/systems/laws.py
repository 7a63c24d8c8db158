"""The laws that all facts must keep, for facts in columns: without making an entity of each.

What is refused, and how it is said, is as in `references`, `merge` and `access.facts`, which look at entities.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from blastradius.access.facts import components, containment_problem_of
from blastradius.columns.checks import containment_cycle, listed_principals
from blastradius.columns.names import Flags, Ints, Names
from blastradius.columns.tables import Columns, Edges, Places
from blastradius.columns.views import ResourceView
from blastradius.documents import quoted
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import ANY_ACTION
from blastradius.model.sources import NOWHERE, Problem, Source

_PROBLEMS_MAX = 1000
_SUGGESTIONS_MAX = 20
_NEIGHBOURS = 500
_LAST_CHARACTER = "\U0010ffff"


def law_problems(columns: Columns) -> list[Problem]:
    """Find names that nothing has, ids that stand for two things, and what contains or excludes itself.

    Args:
        columns: What a fact names and nothing has is a row that is not present.

    Returns:
        One problem for each place, a thousand at most.

    Cost:
        Some passes over the columns; what stands in lists is looked at only where there are exclusions.
    """
    problems = [
        *islice(_References(columns).run(), _PROBLEMS_MAX),
        *islice(_ambiguous_ids(columns), _PROBLEMS_MAX),
    ]
    if not problems:
        cycle = containment_cycle(columns)
        if cycle:
            found = containment_problem_of(ResourceView(columns), columns.resources.names[cycle[0]])
            problems += [found] if found else []
        problems += _exclusion_problems(columns)
    return problems[:_PROBLEMS_MAX]


class _References:
    """Looks up whether what is named is there, and remembers how many suggestions were made."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._suggestions_left = _SUGGESTIONS_MAX
        built_in = np.ones(2, np.bool_)
        # Who is not listed has a row without being a principal that anything may name.
        self._subjects: Flags = np.concatenate([listed_principals(columns), columns.groups.present, built_in])

    def run(self) -> Iterator[Problem]:
        columns = self._columns
        for edges in (columns.assumable, columns.members, columns.all_of, columns.but_not):
            yield from self._subjects_in(edges.entry, edges.places)
        resources, more = columns.resources, columns.more_parents
        if not resources.present.all():
            yield from self._resources_in(resources.parent, resources.places)
            places = resources.places.at(more.owner)
            yield from self._resources_in(more.entry, places)
            yield from self._resources_in(columns.grants.resource, columns.grants.places)
        yield from self._in_roles_and_grants()
        yield from self._in_same_as()

    def _subjects_in(self, named: Ints, places: Places) -> Iterator[Problem]:
        for row in np.flatnonzero(~self._subjects[named])[:_PROBLEMS_MAX].tolist():
            name = self._columns.subject_name(int(named[row]))
            source = self._columns.source(places, row)
            yield self._unknown("principal or group", name, source, self._columns.principals.names)

    def _resources_in(self, named: Ints, places: Places) -> Iterator[Problem]:
        resources = self._columns.resources
        is_missing = (named >= 0) & ~resources.present[named]
        for row in np.flatnonzero(is_missing)[:_PROBLEMS_MAX].tolist():
            name = resources.names[int(named[row])]
            yield self._unknown("resource", name, self._columns.source(places, row), resources.names)

    def _in_roles_and_grants(self) -> Iterator[Problem]:
        columns = self._columns
        yield from self._subjects_in(columns.grants.subject, columns.grants.places)
        rest, grants = columns.rest, columns.grants
        for role in rest.roles.values():
            yield from self._unknown_actions(role.actions, role.source)
        actions = rest.actions.keys() | {ANY_ACTION}
        for code, (role_name, named) in enumerate(columns.interned.whats):
            if named <= actions and (role_name is None or role_name in rest.roles):
                continue
            for row in np.flatnonzero(grants.what == code)[:_PROBLEMS_MAX].tolist():
                source = columns.source(grants.places, row)
                if role_name is None:
                    yield from self._unknown_actions(named, source)
                else:
                    yield self._unknown("role", role_name, source, rest.roles)

    def _in_same_as(self) -> Iterator[Problem]:
        columns = self._columns
        sources = columns.rest.same_as_sources
        for index, accounts in enumerate(columns.rest.same_as):
            for account in sorted(accounts):
                code = columns.principals.names.find(account)
                if code < 0 or not self._subjects[code]:
                    source = sources[index] if index < len(sources) else NOWHERE
                    yield self._unknown("principal", account, source, columns.principals.names)

    def _unknown_actions(self, named: frozenset[str], source: Source) -> Iterator[Problem]:
        actions = self._columns.rest.actions.keys() | {ANY_ACTION}
        for action in sorted(named - actions):
            problem = self._unknown("action", action, source, dict.fromkeys(sorted(actions)))
            hint = problem.help or f"say under `actions` which capability {quoted(action)} has"
            yield Problem(problem.message, problem.source, hint)

    def _unknown(self, kind: str, name: str, source: Source, known: Names | Mapping[str, object]) -> Problem:
        self._suggestions_left -= 1
        hint = ""
        if self._suggestions_left >= 0:
            near = self._near(name, known) if isinstance(known, Names) else sorted(known)
            hint = did_you_mean(name, near)
        return Problem(f"unknown {kind} {quoted(name)}", source if source.file else None, hint)

    def _near(self, name: str, names: Names) -> list[str]:
        """Name what stands beside a name in the order of names, and is there."""
        columns = self._columns
        tables: tuple[tuple[Names, Flags], ...] = ((columns.resources.names, columns.resources.present),)
        if names is columns.principals.names:
            tables = (
                (columns.principals.names, columns.principals.present),
                (columns.groups.names, columns.groups.present),
            )
        found: list[str] = []
        for table, present in tables:
            at = bisect_left(table, name)
            around = range(max(at - _NEIGHBOURS, 0), min(at + _NEIGHBOURS, len(table)))
            found += [table[code] for code in around if present[code]]
        return found


def _ambiguous_ids(columns: Columns) -> Iterator[Problem]:
    principals, groups, resources = columns.principals, columns.groups, columns.resources
    for name in _shared(groups.names, principals.names):
        of_group, of_principal = groups.names.find(name), principals.names.find(name)
        if groups.present[of_group] and principals.present[of_principal]:
            first = columns.source(principals.places, of_principal)
            yield _twice(name, columns.source(groups.places, of_group), first, "group")
    for name, role in sorted(columns.rest.roles.items()):
        for table in (principals, groups, resources):
            code = table.names.find(name)
            if code >= 0 and table.present[code]:
                yield _twice(name, role.source, columns.source(table.places, code), "role")


def _shared(first: Names, second: Names) -> Iterator[str]:
    """Give the names that both have, in order; whole kinds that only one of them has are passed over."""
    at = 0
    while at < len(first):
        kind = first[at].partition(":")[0] + ":"
        stop = max(bisect_left(first, kind + _LAST_CHARACTER), at + 1)
        low, high = bisect_left(second, kind.removesuffix(":")), bisect_left(second, kind + _LAST_CHARACTER)
        if low < high:
            yield from sorted(set(first[at:stop]).intersection(second[low:high]))
        elif second.find(first[at]) >= 0:
            yield first[at]
        at = stop


def _twice(name: str, source: Source, first: Source, kind: str) -> Problem:
    message = f"{quoted(name)} is given twice, here as a {kind}: first in {first}"
    return Problem(message, source, "keep one of the two, or make them agree")


def _exclusion_problems(columns: Columns) -> Iterator[Problem]:
    """Find groups whose ``but_not`` leads back to themselves."""
    if not len(columns.but_not):
        return
    needed: dict[int, list[int]] = {}
    for edges in (columns.members, columns.all_of, columns.but_not):
        for owner, group in zip(*_between_groups(columns, edges), strict=True):
            needed.setdefault(owner, []).append(group)
    component = {
        group: number
        for number, parts in enumerate(components(sorted(needed), lambda group: needed.get(group, ())))
        for group in parts
    }
    names, edges = columns.groups.names, columns.but_not
    for row, (owner, entry) in enumerate(zip(edges.owner.tolist(), edges.entry.tolist(), strict=True)):
        other = entry - columns.first_group
        if owner in component and component.get(other) == component[owner]:
            yield Problem(
                f"`{names[owner]}` excludes `{names[other]}`, whose members depend on `{names[owner]}`",
                columns.source(edges.places, row),
                "a group cannot be defined by leaving itself out; break the cycle",
            )


def _between_groups(columns: Columns, edges: Edges) -> tuple[list[int], list[int]]:
    """Give owner and entry of the entries that are groups."""
    rows = np.flatnonzero((edges.entry >= columns.first_group) & (edges.entry < columns.everyone))
    return edges.owner[rows].tolist(), (edges.entry[rows] - columns.first_group).tolist()
