"""From entities to columns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from blastradius.columns.names import ABSENT, Flags, Ints, ListedNames, Names
from blastradius.columns.tables import (
    KINDS,
    OUTSIDE,
    UNLISTED,
    Columns,
    Edges,
    Grants,
    Groups,
    Interned,
    Places,
    Principals,
    Resources,
)
from blastradius.model.snapshot import (
    EVERYONE,
    OUTSIDER,
    PUBLIC,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Snapshot,
    unlisted_id,
)
from blastradius.model.sources import NOWHERE, Source

_KIND: Mapping[PrincipalKind, int] = {kind: code for code, kind in enumerate(KINDS)}
CODE = np.int32


class Numbering:
    """Ids and values by their codes; what is built with one numbering can be compared row by row."""

    def __init__(self, principals: Names, groups: Names, resources: Names, interned: Interned) -> None:
        """Take names that cover every state this is used for."""
        self.principals, self.groups, self.resources, self.interned = principals, groups, resources, interned
        first_group = len(principals)
        everyone = first_group + len(groups)
        self._built_in = {EVERYONE: everyone, PUBLIC: everyone + 1}
        self._first_group = first_group

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Numbering":
        """Number everything that a state has."""
        unlisted = (unlisted_id(group.id) for group in snapshot.groups.values() if group.unlisted)
        principals = ListedNames([OUTSIDER, *snapshot.principals, *unlisted])
        return cls(principals, ListedNames(snapshot.groups), ListedNames(snapshot.resources), Interned())

    def subject(self, name: str) -> int:
        """Give the subject code of an id, or `ABSENT`."""
        built_in = self._built_in.get(name)
        if built_in is not None:
            return built_in
        code = self.principals.find(name)
        if code >= 0:
            return code
        code = self.groups.find(name)
        return code if code < 0 else self._first_group + code

    # Rows of one kind of fact each

    def places(self, sources: Iterable[Source]) -> Places:
        """Make the columns of places."""
        files, lines, columns = [], [], []
        code = self.interned.files.code
        for source in sources:
            files.append(ABSENT if source is NOWHERE else code(source.file))
            lines.append(source.line)
            columns.append(source.column)
        return Places(np.array(files, CODE), np.array(lines, np.int32), np.array(columns, np.int32))

    def edges(self, lists: Iterable[tuple[int, Sequence[Entry]]]) -> Edges:
        """Make the columns of entries, given by owner."""
        rows = [(owner, entry) for owner, entries in sorted(lists, key=lambda pair: pair[0]) for entry in entries]
        code, subject = self.interned.texts.code, self.subject
        return Edges(
            _codes(owner for owner, _ in rows),
            _codes(subject(entry.id) for _, entry in rows),
            _codes(code(entry.when) for _, entry in rows),
            self.places(entry.source for _, entry in rows),
        )

    def parent_edges(self, resources: Iterable[tuple[int, Resource]]) -> Edges:
        """Make the columns of parents beyond the first."""
        rows = [(code, p, r) for code, r in sorted(resources, key=lambda pair: pair[0]) for p in r.parents[1:]]
        find = self.resources.find
        return Edges(
            _codes(code for code, _, _ in rows),
            _codes(find(parent) for _, parent, _ in rows),
            np.full(len(rows), ABSENT, CODE),
            self.places(resource.source for _, _, resource in rows),
        )

    def grants(self, grants: Sequence[Grant]) -> Grants:
        """Make the columns of grants."""
        what, text = self.interned.whats.code, self.interned.texts.code
        subject, find = self.subject, self.resources.find
        return Grants(
            _codes(subject(g.subject) for g in grants),
            _codes(find(g.resource) for g in grants),
            _codes(what((g.role, g.actions)) for g in grants),
            np.array([g.effect is Effect.DENY for g in grants], np.bool_),
            _codes(text(g.when) for g in grants),
            self.places(g.source for g in grants),
        )

    def principal_rows(self, principals: Sequence[Principal]) -> tuple[Ints, Flags, Places]:
        """Make kind, external and places of principals."""
        return (
            np.array([_KIND[p.kind] for p in principals], np.int8),
            np.array([p.external for p in principals], np.bool_),
            self.places(p.source for p in principals),
        )

    def group_rows(self, groups: Sequence[Group]) -> tuple[Flags, Ints, Flags, Flags, Places]:
        """Make unlisted, size, external, open and places of groups."""
        return (
            np.array([g.unlisted for g in groups], np.bool_),
            np.array([ABSENT if g.size is None else g.size for g in groups], np.int64),
            np.array([g.external for g in groups], np.bool_),
            np.array([g.open for g in groups], np.bool_),
            self.places(g.source for g in groups),
        )

    def resource_rows(self, resources: Sequence[Resource]) -> tuple[Ints, Flags, Ints, Ints, Ints, Places]:
        """Make first parent, inherits, class, labels, items and places of resources."""
        find, class_code, labels = self.resources.find, self.interned.classes.code, self.interned.label_sets.code
        return (
            _codes(find(r.parents[0]) if r.parents else ABSENT for r in resources),
            np.array([r.inherits for r in resources], np.bool_),
            _codes(class_code(r.class_name) for r in resources),
            _codes(labels(r.labels) for r in resources),
            np.array([r.items for r in resources], np.int64),
            self.places(r.source for r in resources),
        )


def columns_of(snapshot: Snapshot) -> Columns:
    """Lay a snapshot out in columns.

    Args:
        snapshot: Entities; every id that one of them names exists.

    Cost: one pass over the entities, some microseconds each.
    """
    numbering = Numbering.of(snapshot)
    groups = [(numbering.groups.find(group.id), group) for group in snapshot.groups.values()]
    principals = [(numbering.principals.find(p.id), p) for p in snapshot.principals.values()]
    resources = [(numbering.resources.find(r.id), r) for r in snapshot.resources.values()]
    return Columns(
        principals=_principals(numbering, principals, [group for _, group in groups if group.unlisted]),
        groups=_groups(numbering, groups),
        resources=_resources(numbering, resources),
        grants=numbering.grants(snapshot.grants),
        members=numbering.edges((code, group.members) for code, group in groups),
        all_of=numbering.edges((code, group.all_of) for code, group in groups),
        but_not=numbering.edges((code, group.but_not) for code, group in groups),
        assumable=numbering.edges((code, principal.assumable_by) for code, principal in principals),
        more_parents=numbering.parent_edges(pair for pair in resources if len(pair[1].parents) > 1),
        interned=numbering.interned,
        rest=without_entities(snapshot),
    )


def without_entities(snapshot: Snapshot) -> Snapshot:
    """Leave out everything that columns hold."""
    return replace(snapshot, principals={}, groups={}, resources={}, grants=())


def _principals(numbering: Numbering, listed: Sequence[tuple[int, Principal]], unlisted: Sequence[Group]) -> Principals:
    size = len(numbering.principals)
    kind = np.full(size, UNLISTED, np.int8)
    external, present = np.zeros(size, np.bool_), np.zeros(size, np.bool_)
    places = _nowhere(size)
    rows = _codes(code for code, _ in listed)
    kind[rows], external[rows], there = numbering.principal_rows([principal for _, principal in listed])
    put_places(places, rows, there)
    pseudo = _codes(numbering.principals.find(unlisted_id(group.id)) for group in unlisted)
    external[pseudo] = [group.external for group in unlisted]
    put_places(places, pseudo, numbering.places(group.source for group in unlisted))
    outsider = numbering.principals.find(OUTSIDER)
    kind[outsider], external[outsider] = OUTSIDE, True
    present[rows] = present[pseudo] = present[outsider] = True
    return Principals(numbering.principals, kind, external, present, places)


def _groups(numbering: Numbering, groups: Sequence[tuple[int, Group]]) -> Groups:
    size = len(numbering.groups)
    unlisted, external, open_, present = (np.zeros(size, np.bool_) for _ in range(4))
    sizes, places = np.full(size, ABSENT, np.int64), _nowhere(size)
    rows = _codes(code for code, _ in groups)
    unlisted[rows], sizes[rows], external[rows], open_[rows], there = numbering.group_rows([g for _, g in groups])
    put_places(places, rows, there)
    present[rows] = True
    return Groups(numbering.groups, unlisted, sizes, external, open_, present, places)


def _resources(numbering: Numbering, resources: Sequence[tuple[int, Resource]]) -> Resources:
    size = len(numbering.resources)
    parent, class_code = np.full(size, ABSENT, CODE), np.full(size, ABSENT, CODE)
    inherits, present = np.ones(size, np.bool_), np.zeros(size, np.bool_)
    labels, items, places = np.zeros(size, CODE), np.ones(size, np.int64), _nowhere(size)
    rows = _codes(code for code, _ in resources)
    parent[rows], inherits[rows], class_code[rows], labels[rows], items[rows], there = numbering.resource_rows(
        [resource for _, resource in resources]
    )
    put_places(places, rows, there)
    present[rows] = True
    return Resources(numbering.resources, parent, inherits, class_code, labels, items, present, places)


def _nowhere(size: int) -> Places:
    return Places(np.full(size, ABSENT, CODE), np.zeros(size, np.int32), np.zeros(size, np.int32))


def put_places(places: Places, rows: Ints, there: Places) -> None:
    """Write places into rows."""
    places.file[rows], places.line[rows], places.column[rows] = there.file, there.line, there.column


def _codes(values: Iterable[int]) -> npt.NDArray[np.int32]:
    return np.fromiter(values, CODE)
