"""The nodes of the access graph: which there are, how they are numbered, and what they are called."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NoReturn

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Names
from blastradius.columns.tables import KINDS, Columns
from blastradius.model.snapshot import EVERYONE, OUTSIDER, PUBLIC

RESOURCE_SUFFIX = "#resource"
"""Marks the node of a resource whose id is a group or a principal as well: managing it is a right of its own."""

_RECENT_MAX = 500_000
_KINDS_MAX = 64
_CHUNK = 4096


class Attributes(dict[str, Any]):
    """What is known about a node or an edge. Made when asked for, so writing to it would be lost: it refuses."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        import networkx as nx  # already loaded by whoever holds a graph

        raise nx.NetworkXError("Frozen graph can't be modified")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)


class Nodes(Mapping[str, Attributes]):
    """Attributes by node id: the subjects in the order of their codes, then the resources.

    Attributes:
        columns: The facts.
        first_resource: The node number of resource 0; a subject's number is its code.
    """

    def __init__(self, columns: Columns) -> None:
        """Look at the facts."""
        self.columns = columns
        self.first_resource = columns.public + 1
        self._recent: dict[str, int] = {}
        self._older: dict[str, int] = {}

    # Ids

    def number(self, name: object) -> int:
        """Give the number of a node id, or `ABSENT`."""
        if not isinstance(name, str):
            return ABSENT
        found = self._recent.get(name)
        if found is None:
            found = self._older.get(name)
        return self._find(name) if found is None else found

    def name(self, number: int) -> str:
        """Give the id of a node."""
        if number < self.first_resource:
            name = self.columns.subject_name(number)
        else:
            name = self.resource_node(self.columns.resources.names[number - self.first_resource])
        self._remember(name, number)
        return name

    def _remember(self, name: str, number: int) -> None:
        """Keep an id for a while: algorithms ask about those they are given, and looking one up is slow."""
        if len(self._recent) >= _RECENT_MAX:
            self._older, self._recent = self._recent, {}
        self._recent[name] = number

    def resource_node(self, resource_id: str) -> str:
        """Name the node of a resource."""
        # What ends like a marked id is marked as well, so that no two nodes share an id.
        if resource_id.endswith(RESOURCE_SUFFIX) or self._is_subject(resource_id):
            return resource_id + RESOURCE_SUFFIX
        return resource_id

    def _is_subject(self, name: str) -> bool:
        """Tell whether an id is a group or a listed principal."""
        if self._subject_kinds is not None and _kind(name) not in self._subject_kinds:
            return False
        columns = self.columns
        group = columns.groups.names.find(name)
        if group >= 0 and columns.groups.present[group]:
            return True
        code = columns.principals.names.find(name)
        return code >= 0 and bool(columns.principals.present[code]) and columns.principals.kind[code] < len(KINDS)

    @cached_property
    def _subject_kinds(self) -> frozenset[str] | None:
        """What ids of subjects begin with; None when they are too many to be of use."""
        found: set[str] = set()
        for names in (self.columns.principals.names, self.columns.groups.names):
            for kind in _kinds(names):
                found.add(kind)
                if len(found) > _KINDS_MAX:
                    return None
        return frozenset(found)

    def _find(self, name: str) -> int:
        columns = self.columns
        code = columns.subject(name)
        if code >= 0:
            return code if self._has_subject(code) else self._resource(name)
        return self._resource(name)

    def _resource(self, name: str) -> int:
        resource_id = name.removesuffix(RESOURCE_SUFFIX)
        code = self.columns.resources.names.find(resource_id)
        if code < 0 or not self.columns.resources.present[code] or self.resource_node(resource_id) != name:
            return ABSENT
        return code + self.first_resource

    def _has_subject(self, code: int) -> bool:
        columns = self.columns
        if code < columns.first_group:
            return bool(columns.principals.present[code])
        return code >= columns.everyone or bool(columns.groups.present[code - columns.first_group])

    # As a mapping

    def __getitem__(self, name: str) -> Attributes:
        number = self.number(name)
        columns = self.columns
        if number < 0:
            raise KeyError(name)
        if number >= self.first_resource:
            return Attributes(kind="resource", id=columns.resources.names[number - self.first_resource])
        if number >= columns.everyone or name == OUTSIDER:
            return Attributes(kind="built-in", id=name)
        return Attributes(kind="principal" if number < columns.first_group else "group", id=name)

    def __contains__(self, name: object) -> bool:
        return self.number(name) >= 0

    def __iter__(self) -> Iterator[str]:
        columns = self.columns
        yield from self._present(columns.principals.names, columns.principals.present, 0)
        yield from self._present(columns.groups.names, columns.groups.present, columns.first_group)
        yield from (EVERYONE, PUBLIC)
        yield from self._present(columns.resources.names, columns.resources.present, self.first_resource)

    def _present(self, names: Names, present: Flags, first: int) -> Iterator[str]:
        for start in range(0, len(names), _CHUNK):
            rows = zip(names[start : start + _CHUNK], present[start : start + _CHUNK].tolist(), strict=True)
            for number, (name, is_there) in enumerate(rows, first + start):
                if is_there:
                    node = self.resource_node(name) if number >= self.first_resource else name
                    self._remember(node, number)
                    yield node

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        columns = self.columns
        tables = columns.principals, columns.groups, columns.resources
        return sum(int(np.count_nonzero(table.present)) for table in tables) + 2

    def copy(self) -> dict[str, dict[str, Any]]:
        """Write all of it out."""
        return {name: dict(its) for name, its in self.items()}


def _kind(name: str) -> str:
    """Give an id up to its first colon, that included."""
    kind, colon, _ = name.partition(":")
    return kind + colon


def _kinds(names: Names) -> Iterator[str]:
    """Say what names begin with, jumping over those that begin alike."""
    at = 0
    while at < len(names):
        kind = _kind(names[at])
        yield kind
        beyond = kind[:-1] + chr(ord(":") + 1)
        at = bisect_left(names, beyond, at + 1) if kind.endswith(":") else at + 1
