"""Columns looked at as entities: each is made when somebody asks for it, and nothing is kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from blastradius.columns.layers import FoundGrants
from blastradius.columns.names import ABSENT, Flags, Ints, Names, distinct
from blastradius.columns.tables import KINDS, Columns, Edges
from blastradius.model.snapshot import Effect, Entry, Grant, Group, Principal, Resource, Snapshot

_CHUNK = 65_536


class PrincipalView(Mapping[str, Principal]):
    """The listed principals of one state."""

    def __init__(self, columns: Columns) -> None:
        """Look at columns."""
        self.columns = columns
        rows = columns.principals
        self._listed = rows.present & (rows.kind < len(KINDS))

    def __getitem__(self, id: str) -> Principal:
        columns, rows = self.columns, self.columns.principals
        code = rows.names.find(id)
        if code < 0 or not self._listed[code]:
            raise KeyError(id)
        return Principal(
            id,
            KINDS[rows.kind[code]],
            bool(rows.external[code]),
            entries(columns, columns.assumable, code),
            columns.source(rows.places, code),
        )

    @property
    def names(self) -> Names:
        """The ids, and some that are not present."""
        return self.columns.principals.names

    def __contains__(self, id: object) -> bool:
        code = self.columns.principals.names.find(id) if isinstance(id, str) else ABSENT
        return code >= 0 and bool(self._listed[code])

    def __iter__(self) -> Iterator[str]:
        return _present(self.columns.principals.names, self._listed)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._listed))

    def mentioning(self, id: str) -> Sequence[str]:
        """Name the principals that a subject may act as directly."""
        return _owners(self.columns, (self.columns.assumable,), id, self.columns.principals.names)


class GroupView(Mapping[str, Group]):
    """The groups of one state."""

    def __init__(self, columns: Columns) -> None:
        """Look at columns."""
        self.columns = columns

    def __getitem__(self, id: str) -> Group:
        columns, rows = self.columns, self.columns.groups
        code = rows.names.find(id)
        if code < 0 or not rows.present[code]:
            raise KeyError(id)
        return Group(
            id,
            members=entries(columns, columns.members, code),
            unlisted=bool(rows.unlisted[code]),
            size=None if rows.size[code] < 0 else int(rows.size[code]),
            external=bool(rows.external[code]),
            all_of=entries(columns, columns.all_of, code),
            but_not=entries(columns, columns.but_not, code),
            open=bool(rows.open[code]),
            source=columns.source(rows.places, code),
        )

    @property
    def names(self) -> Names:
        """The ids, and some that are not present."""
        return self.columns.groups.names

    def __contains__(self, id: object) -> bool:
        code = self.columns.groups.names.find(id) if isinstance(id, str) else ABSENT
        return code >= 0 and bool(self.columns.groups.present[code])

    def __iter__(self) -> Iterator[str]:
        return _present(self.columns.groups.names, self.columns.groups.present)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.columns.groups.present))

    def mentioning(self, id: str) -> Sequence[str]:
        """Name the groups in whose lists a subject stands."""
        columns = self.columns
        return _owners(columns, (columns.members, columns.all_of, columns.but_not), id, columns.groups.names)

    @property
    def excludes(self) -> bool:
        """Whether any group has a ``but_not``."""
        return len(self.columns.but_not) > 0


class ResourceView(Mapping[str, Resource]):
    """The resources of one state."""

    def __init__(self, columns: Columns) -> None:
        """Look at columns."""
        self.columns = columns

    def __getitem__(self, id: str) -> Resource:
        rows = self.columns.resources
        code = rows.names.find(id)
        if code < 0 or not rows.present[code]:
            raise KeyError(id)
        class_code = int(rows.class_code[code])
        interned = self.columns.interned
        return Resource(
            id,
            parents=tuple(rows.names[parent] for parent in parents(self.columns, code)),
            inherits=bool(rows.inherits[code]),
            class_name=None if class_code < 0 else interned.classes[class_code],
            labels=interned.label_sets[int(rows.labels[code])],
            items=int(rows.items[code]),
            source=self.columns.source(rows.places, code),
        )

    @property
    def names(self) -> Names:
        """The ids, and some that are not present."""
        return self.columns.resources.names

    def __contains__(self, id: object) -> bool:
        code = self.columns.resources.names.find(id) if isinstance(id, str) else ABSENT
        return code >= 0 and bool(self.columns.resources.present[code])

    def __iter__(self) -> Iterator[str]:
        return _present(self.columns.resources.names, self.columns.resources.present)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.columns.resources.present))

    def mentioning(self, id: str) -> Sequence[str]:
        """Name the resources that lie in another one directly."""
        rows = self.columns.resources
        code = rows.names.find(id)
        if code < 0:
            return ()
        more = self.columns.more_parents
        found = {*np.flatnonzero(rows.parent == code).tolist(), *more.owner[more.entry == code].tolist()}
        return [rows.names[child] for child in sorted(found) if rows.present[child]]


class GrantView(FoundGrants):
    """The grants of one state, in the order they were read."""

    def __init__(self, columns: Columns) -> None:
        """Look at columns."""
        self.columns = columns

    @overload
    def __getitem__(self, at: int) -> Grant: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Grant]: ...
    def __getitem__(self, at: int | slice) -> Grant | Sequence[Grant]:
        if isinstance(at, slice):
            return [grant_at(self.columns, row) for row in range(*at.indices(len(self)))]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return grant_at(self.columns, at)

    def __len__(self) -> int:
        return len(self.columns.grants)

    def among(self, subject: str | None, resource: str | None) -> Sequence[int]:
        """Give the positions of the grants of a subject on a resource; None stands for any."""
        grants = self.columns.grants
        fits = np.ones(len(grants), np.bool_)
        if subject is not None:
            fits &= grants.subject == self.columns.subject(subject)
        if resource is not None:
            fits &= grants.resource == self.columns.resources.names.find(resource)
        found: list[int] = np.flatnonzero(fits).tolist()
        return found


def snapshot_of(columns: Columns) -> Snapshot:
    """Look at columns as a snapshot."""
    return replace(
        columns.rest,
        principals=PrincipalView(columns),
        groups=GroupView(columns),
        resources=ResourceView(columns),
        grants=GrantView(columns),
    )


def entries(columns: Columns, edges: Edges, owner: int) -> tuple[Entry, ...]:
    """Make the entries of one owner's list."""
    rows = edges.of(owner)
    return tuple(
        Entry(
            columns.subject_name(int(edges.entry[row])),
            columns.text(int(edges.when[row])),
            columns.source(edges.places, row),
        )
        for row in range(rows.start, rows.stop)
    )


def parents(columns: Columns, resource: int) -> tuple[int, ...]:
    """Give the codes of all parents of a resource, in order."""
    first = int(columns.resources.parent[resource])
    if first < 0:
        return ()
    more = columns.more_parents
    return (first, *(more.entry[more.of(resource)].tolist() if len(more) else ()))


def grant_at(columns: Columns, row: int) -> Grant:
    """Make the grant of a row."""
    grants = columns.grants
    role, actions = columns.interned.whats[int(grants.what[row])]
    return Grant(
        columns.subject_name(int(grants.subject[row])),
        columns.resources.names[int(grants.resource[row])],
        role,
        actions,
        Effect.DENY if grants.deny[row] else Effect.ALLOW,
        columns.text(int(grants.when[row])),
        columns.source(grants.places, row),
    )


def _present(names: Sequence[str], present: Flags) -> Iterator[str]:
    for start in range(0, len(names), _CHUNK):
        there = present[start : start + _CHUNK].tolist()
        yield from (name for name, is_there in zip(names[start : start + _CHUNK], there, strict=True) if is_there)


def _owners(columns: Columns, tables: tuple[Edges, ...], id: str, names: Sequence[str]) -> Sequence[str]:
    subject = columns.subject(id)
    if subject < 0:
        return ()
    owners: Ints = distinct(np.concatenate([table.owner[table.entry == subject] for table in tables]))
    return [names[owner] for owner in owners.tolist()]
