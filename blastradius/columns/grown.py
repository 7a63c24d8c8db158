"""Room for entities that a change adds: their ids are sorted in, and every code moves up accordingly."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from blastradius.columns.build import Numbering
from blastradius.columns.layers import Layer
from blastradius.columns.names import ABSENT, GrownNames, Ints, Names
from blastradius.columns.tables import UNLISTED, Columns, Edges, Groups, Places, Principals, Resources
from blastradius.model.snapshot import Group, Principal, Resource, unlisted_id

_Mover = Callable[[Ints], Ints]


def grown(
    base: Columns, principals: Layer[Principal], groups: Layer[Group], resources: Layer[Resource]
) -> tuple[Columns, Numbering]:
    """Number what a change adds.

    Returns:
        The same facts, with a row that is not present for everything new, and the numbering of both states.

    Cost: nothing where nothing is added, else one pass over the columns.
    """
    pseudo = [unlisted_id(group.id) for group in groups.changed.values() if group.unlisted]
    principal_names = _with_more(base.principals.names, [*principals.changed, *pseudo])
    group_names = _with_more(base.groups.names, groups.changed)
    resource_names = _with_more(base.resources.names, resources.changed)
    numbering = Numbering(principal_names, group_names, resource_names, base.interned)
    columns = base
    if principal_names is not base.principals.names or group_names is not base.groups.names:
        columns = _with_subjects(columns, principal_names, group_names)
    if resource_names is not base.resources.names:
        columns = _with_resources(columns, resource_names)
    return columns, numbering


def _with_more(names: Names, wanted: Iterable[str]) -> Names:
    new = sorted({name for name in wanted if names.find(name) < 0})
    return GrownNames(names, new) if new else names


def _with_subjects(base: Columns, principal_names: Names, group_names: Names) -> Columns:
    to_principal, to_group = _mover(principal_names), _mover(group_names)
    first_group, everyone = len(principal_names), len(principal_names) + len(group_names)

    def to_subject(codes: Ints) -> Ints:
        wide = codes.astype(np.int64)
        moved = np.where(
            wide < base.first_group, to_principal(wide), to_group(np.maximum(wide - base.first_group, 0)) + first_group
        )
        return np.where(wide >= base.everyone, wide - base.everyone + everyone, moved).astype(np.int32)

    def relisted(edges: Edges, to_owner: _Mover) -> Edges:
        return Edges(to_owner(edges.owner), to_subject(edges.entry), edges.when, edges.places)

    p, g = base.principals, base.groups
    return replace(
        base,
        principals=Principals(
            principal_names,
            _spread(p.kind, principal_names, UNLISTED),
            _spread(p.external, principal_names, False),
            _spread(p.present, principal_names, False),
            _spread_places(p.places, principal_names),
        ),
        groups=Groups(
            group_names,
            _spread(g.unlisted, group_names, False),
            _spread(g.size, group_names, ABSENT),
            _spread(g.external, group_names, False),
            _spread(g.open, group_names, False),
            _spread(g.present, group_names, False),
            _spread_places(g.places, group_names),
        ),
        grants=replace(base.grants, subject=to_subject(base.grants.subject)),
        members=relisted(base.members, to_group),
        all_of=relisted(base.all_of, to_group),
        but_not=relisted(base.but_not, to_group),
        assumable=relisted(base.assumable, to_principal),
    )


def _with_resources(base: Columns, names: Names) -> Columns:
    to_resource = _mover(names)
    r, more, stored = base.resources, base.more_parents, base.stored_classes
    return replace(
        base,
        resources=Resources(
            names,
            _spread(to_resource(r.parent), names, ABSENT),
            _spread(r.inherits, names, True),
            _spread(r.class_code, names, ABSENT),
            _spread(r.labels, names, 0),
            _spread(r.items, names, 1),
            _spread(r.present, names, False),
            _spread_places(r.places, names),
        ),
        grants=replace(base.grants, resource=to_resource(base.grants.resource)),
        more_parents=Edges(to_resource(more.owner), to_resource(more.entry), more.when, more.places),
        beginnings=None,
        # What is added is not present yet, so it has no class.
        stored_classes=stored and replace(stored, codes=_spread(stored.codes, names, ABSENT)),
    )


def _mover(names: Names) -> _Mover:
    return names.moved if isinstance(names, GrownNames) else lambda codes: codes


def _spread(column: npt.NDArray[Any], names: Names, fill: int | bool) -> npt.NDArray[Any]:
    """Make a row with a value that means nothing for each added name."""
    if not isinstance(names, GrownNames):
        return column
    grown_column: npt.NDArray[Any] = np.insert(column, names.at - np.arange(len(names.at)), fill)
    return grown_column


def _spread_places(places: Places, names: Names) -> Places:
    return Places(*(_spread(column, names, ABSENT) for column in (places.file, places.line, places.column)))
