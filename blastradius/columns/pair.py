"""Two states in the same numbering, so that whatever differs is found by comparing columns."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from blastradius.columns.aligned import aligned, differing_lists, differing_rows, matched
from blastradius.columns.build import Numbering, columns_of, put_places, without_entities
from blastradius.columns.grown import grown
from blastradius.columns.layers import GrantLayer, Layer
from blastradius.columns.names import Flags, Ints, Names, distinct
from blastradius.columns.tables import UNLISTED, Columns, Edges, Grants, Groups, Places, Principals, Resources
from blastradius.columns.views import GrantView, GroupView, PrincipalView, ResourceView
from blastradius.model.snapshot import Group, Principal, Resource, Snapshot, unlisted_id

_Entity = TypeVar("_Entity", Principal, Group)


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """Codes of what may differ between two states, ascending.

    Attributes:
        principals: Their rows, or who may act as them. Unlisted members and the outsider are not among them.
        groups: Their rows or any of their lists.
        resources: Their rows or parents.
    """

    principals: Ints
    groups: Ints
    resources: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A baseline and a simulated state, row by row comparable.

    Attributes:
        before, after: Their columns; the same object when nothing is to change.
        grants: The grants of both, one row for those that both have.
        held: Which of these rows each state has.
        touched: What may differ between the two; everything else is the same.
    """

    before: Columns
    after: Columns
    grants: Grants
    held: tuple[Flags, Flags]
    touched: Touched


def paired(baseline: Snapshot, simulated: Snapshot) -> Pair:
    """Lay two states out in columns that share their numbers.

    Args:
        baseline: The facts before, already checked.
        simulated: The facts after, already checked; may be the same object.

    Cost: what a change leaves alone is shared, so a simulated state costs what the change names; two states that
    were read separately cost a pass over both.
    """
    if simulated is baseline:
        columns = own_columns(baseline)
        everywhere = np.ones(len(columns.grants), np.bool_)
        nothing = np.zeros(0, np.int64)
        return Pair(columns, columns, columns.grants, (everywhere, everywhere), Touched(nothing, nothing, nothing))
    if _is_over(simulated, baseline):
        return _patched(own_columns(baseline), simulated)
    before, after = aligned(own_columns(baseline), own_columns(simulated))
    return Pair(before, after, *_joined_grants(before.grants, after.grants), _touched(before, after))


def _touched(before: Columns, after: Columns) -> Touched:
    def rows(table: str, names: Sequence[str], lists: Sequence[str]) -> Flags:
        old, new = getattr(before, table), getattr(after, table)
        differs = differing_rows([(getattr(old, name), getattr(new, name)) for name in names])
        for name in lists:
            differs |= differing_lists(getattr(before, name), getattr(after, name), len(differs))
        return differs

    people = rows("principals", ("kind", "external", "present"), ("assumable",))
    listed = (before.principals.kind < UNLISTED) | (after.principals.kind < UNLISTED)
    groups = rows("groups", ("unlisted", "size", "external", "open", "present"), ("members", "all_of", "but_not"))
    names = ("parent", "inherits", "class_code", "labels", "items", "present")
    resources = rows("resources", names, ("more_parents",))
    return Touched(np.flatnonzero(people & listed), np.flatnonzero(groups), np.flatnonzero(resources))


def own_columns(snapshot: Snapshot) -> Columns:
    """Give the columns that a snapshot looks at, or lay it out."""
    resources, grants = snapshot.resources, snapshot.grants
    if isinstance(resources, ResourceView) and isinstance(grants, GrantView):
        columns = resources.columns
        others = (snapshot.principals, snapshot.groups)
        if grants.columns is columns and all(
            isinstance(o, PrincipalView | GroupView) and o.columns is columns for o in others
        ):
            return replace(columns, rest=without_entities(snapshot))
    return columns_of(snapshot)


def _is_over(simulated: Snapshot, baseline: Snapshot) -> bool:
    layers = (
        (simulated.principals, baseline.principals),
        (simulated.groups, baseline.groups),
        (simulated.resources, baseline.resources),
    )
    grants = simulated.grants
    return (
        all(isinstance(above, Layer) and above.base is below for above, below in layers)
        and isinstance(grants, GrantLayer)
        and grants.base is baseline.grants
    )


def _joined_grants(before: Grants, after: Grants) -> tuple[Grants, tuple[Flags, Flags]]:
    both, fresh = matched(before, after)
    size = len(before) + len(fresh)
    held = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    held[0][: len(before)] = True
    held[1][both] = True
    held[1][len(before) :] = True
    return joined_grants(before, after.at(fresh)), held


def joined_grants(first: Grants, second: Grants) -> Grants:
    """Put two tables of grants one after the other."""

    def column(name: str) -> npt.NDArray[Any]:
        return np.concatenate([getattr(first, name), getattr(second, name)])

    places = Places.joined([first.places, second.places])
    return Grants(column("subject"), column("resource"), column("what"), column("deny"), column("when"), places)


# A state that is another one with a few changes


def _patched(base: Columns, simulated: Snapshot) -> Pair:
    principals = cast("Layer[Principal]", simulated.principals)
    groups = cast("Layer[Group]", simulated.groups)
    resources = cast("Layer[Resource]", simulated.resources)
    before, numbering = grown(base, principals, groups, resources)
    layer = cast(GrantLayer, simulated.grants)
    old = before.grants
    rows = joined_grants(old, numbering.grants(list(layer.added))) if layer.added else old
    held = np.ones(len(rows), np.bool_), np.ones(len(rows), np.bool_)
    held[0][len(old) :] = False
    held[1][list(layer.removed)] = False
    after = replace(
        before,
        principals=_principals_after(before, numbering, principals, groups),
        groups=_groups_after(before, numbering, groups),
        resources=_resources_after(before, numbering, resources),
        grants=rows if held[1].all() else rows.at(np.flatnonzero(held[1])),
        members=_relisted(before.members, groups, numbering.groups, numbering, "members"),
        all_of=_relisted(before.all_of, groups, numbering.groups, numbering, "all_of"),
        but_not=_relisted(before.but_not, groups, numbering.groups, numbering, "but_not"),
        assumable=_relisted(before.assumable, principals, numbering.principals, numbering, "assumable_by"),
        more_parents=_more_parents_after(before, numbering, resources),
        rest=without_entities(simulated),
        stored_classes=None,
        beginnings=None,
    )
    touched = Touched(
        _layered(numbering.principals, principals),
        _layered(numbering.groups, groups),
        _layered(numbering.resources, resources),
    )
    return Pair(before, after, rows, held, touched)


def _layered(names: Names, layer: Layer[Any]) -> Ints:
    return distinct(_found(names, [*layer.changed, *layer.removed]))


def _relisted(edges: Edges, layer: Layer[_Entity], names: Names, numbering: Numbering, attribute: str) -> Edges:
    """Replace the lists of the owners that a layer touches."""
    touched = [*layer.changed, *layer.removed]
    if not touched:
        return edges
    owners = np.array([names.find(name) for name in touched])
    lists = ((names.find(name), getattr(entity, attribute)) for name, entity in layer.changed.items())
    return with_lists(edges, owners, numbering.edges(lists))


def with_lists(edges: Edges, owners: Ints, new: Edges) -> Edges:
    """Replace the lists of some owners; every owner in ``new`` must be among them."""
    kept = edges.at(np.flatnonzero(~np.isin(edges.owner, owners)))
    order = np.argsort(np.concatenate([kept.owner, new.owner]), kind="stable")
    return Edges(
        np.concatenate([kept.owner, new.owner]),
        np.concatenate([kept.entry, new.entry]),
        np.concatenate([kept.when, new.when]),
        Places.joined([kept.places, new.places]),
    ).at(order)


def _principals_after(
    before: Columns, numbering: Numbering, principals: Layer[Principal], groups: Layer[Group]
) -> Principals:
    rows = before.principals
    if not (principals.changed or principals.removed or groups.changed or groups.removed):
        return rows
    kind, external, present = rows.kind.copy(), rows.external.copy(), rows.present.copy()
    places = _copied(rows.places)
    changed = _found(rows.names, principals.changed)
    kind[changed], external[changed], there = numbering.principal_rows(list(principals.changed.values()))
    put_places(places, changed, there)
    present[changed] = True
    present[_found(rows.names, principals.removed)] = False
    for name, group in [*((name, None) for name in groups.removed), *groups.changed.items()]:
        code = rows.names.find(unlisted_id(name))
        if code >= 0:
            is_there = group is not None and group.unlisted
            present[code] = is_there
            if group is not None and is_there:
                external[code] = group.external
                put_places(places, np.array([code]), numbering.places([group.source]))
    return Principals(rows.names, kind, external, present, places)


def _groups_after(before: Columns, numbering: Numbering, groups: Layer[Group]) -> Groups:
    rows = before.groups
    if not (groups.changed or groups.removed):
        return rows
    unlisted, size, external = rows.unlisted.copy(), rows.size.copy(), rows.external.copy()
    open_, present, places = rows.open.copy(), rows.present.copy(), _copied(rows.places)
    at = _found(rows.names, groups.changed)
    unlisted[at], size[at], external[at], open_[at], there = numbering.group_rows(list(groups.changed.values()))
    put_places(places, at, there)
    present[at] = True
    present[_found(rows.names, groups.removed)] = False
    return Groups(rows.names, unlisted, size, external, open_, present, places)


def _resources_after(before: Columns, numbering: Numbering, resources: Layer[Resource]) -> Resources:
    rows = before.resources
    if not (resources.changed or resources.removed):
        return rows
    at = _found(rows.names, resources.changed)
    parent, inherits, class_code, labels, items, there = numbering.resource_rows(list(resources.changed.values()))
    places = _copied(rows.places)
    put_places(places, at, there)
    present = _with(rows.present, at, True)
    present[_found(rows.names, resources.removed)] = False
    return Resources(
        rows.names,
        _with(rows.parent, at, parent),
        _with(rows.inherits, at, inherits),
        _with(rows.class_code, at, class_code),
        _with(rows.labels, at, labels),
        _with(rows.items, at, items),
        present,
        places,
    )


def _more_parents_after(before: Columns, numbering: Numbering, resources: Layer[Resource]) -> Edges:
    touched = [*resources.changed, *resources.removed]
    if not touched:
        return before.more_parents
    find = numbering.resources.find
    changed = ((find(name), resource) for name, resource in resources.changed.items())
    new = numbering.parent_edges(pair for pair in changed if len(pair[1].parents) > 1)
    return with_lists(before.more_parents, np.array([find(name) for name in touched]), new)


def _found(names: Names, ids: Collection[str]) -> Ints:
    return np.array([names.find(name) for name in ids], np.int64)


def _with(column: npt.NDArray[Any], at: Ints, values: Any) -> npt.NDArray[Any]:
    """Copy a column, with some rows replaced; wide enough for what is put in."""
    wide = np.result_type(column.dtype, np.asarray(values).dtype) if column.dtype != np.bool_ else column.dtype
    copied = column.astype(wide)
    copied[at] = values
    return copied


def _copied(places: Places) -> Places:
    return Places(*(np.array(column, np.int32) for column in (places.file, places.line, places.column)))
