"""The edges of the access graph around one node, read from the columns when somebody asks."""

from collections.abc import Iterable, Iterator
from enum import IntEnum, auto
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from blastradius.access.graph.nodes import Attributes, Nodes
from blastradius.access.indexes import Indexes
from blastradius.access.relations import CONTAINS, MAY_ACT_AS, MEMBER_OF, NARROWED_BY, SAME_PERSON, grant_relation
from blastradius.columns.names import Ints
from blastradius.columns.tables import UNLISTED, Columns, Edges, Places
from blastradius.columns.views import grant_at
from blastradius.model.snapshot import UNLISTED_SUFFIX, unlisted_id


class Fact(IntEnum):
    """Which facts an edge stands for; several between the same nodes are numbered in this order."""

    MEMBER = auto()
    UNLISTED_MEMBER = auto()
    BUILT_IN = auto()
    ALL_OF = auto()
    BUT_NOT = auto()
    ASSUMABLE = auto()
    SAME_AS = auto()
    GRANT = auto()
    PARENT = auto()
    OTHER_PARENT = auto()


class Links(NamedTuple):
    """Edges of one kind between a node and others.

    Attributes:
        fact: The kind.
        others: Numbers of the nodes at the other end.
        rows: What `Facts.attributes` wants to know about each.
    """

    fact: Fact
    others: Ints
    rows: Ints


class Facts:
    """Finds edges by the node they begin or end at.

    Attributes:
        nodes: Numbers the nodes.
    """

    def __init__(self, nodes: Nodes) -> None:
        """Look at the facts; indexes are made when they are first needed."""
        self.nodes = nodes
        self.columns: Columns = nodes.columns
        self._indexes = Indexes()
        self._entries: tuple[tuple[Fact, Edges], ...] = (
            (Fact.ALL_OF, self.columns.all_of),
            (Fact.BUT_NOT, self.columns.but_not),
        )

    # Outgoing

    def after(self, node: int) -> list[Links]:
        """Give the edges that begin at a node, without kinds that it has none of."""
        found = self._from_resource(node) if node >= self.nodes.first_resource else self._from_subject(node)
        return _numbered(found)

    def _from_subject(self, node: int) -> Iterator[Links]:
        columns = self.columns
        if len(columns.members):
            yield self._reverse(Fact.MEMBER, columns.members, node, columns.first_group)
        if node < columns.first_group:
            yield from self._from_principal(node)
        elif node < columns.everyone:
            for fact, edges in self._entries:
                rows = edges.of(node - columns.first_group)
                yield Links(fact, edges.entry[rows], np.arange(rows.start, rows.stop))
        if len(columns.assumable):
            yield self._reverse(Fact.ASSUMABLE, columns.assumable, node, 0)
        grants = columns.grants
        rows_of_grants = self._indexes.of(grants.subject).rows(node)
        yield Links(Fact.GRANT, grants.resource[rows_of_grants] + self.nodes.first_resource, rows_of_grants)

    def _from_principal(self, node: int) -> Iterator[Links]:
        columns = self.columns
        if columns.principals.kind[node] == UNLISTED:
            group = columns.groups.names.find(columns.principals.names[node].removesuffix(UNLISTED_SUFFIX))
            yield Links(Fact.UNLISTED_MEMBER, np.array([group + columns.first_group]), np.array([group]))
        insider = not columns.principals.external[node]
        built_in = np.array([columns.public, columns.everyone] if insider else [columns.public])
        yield Links(Fact.BUILT_IN, built_in, np.full(len(built_in), node))
        yield self._same_as_links(node, after=True)

    def _from_resource(self, node: int) -> Iterator[Links]:
        resources, code = self.columns.resources, node - self.nodes.first_resource
        children = self._indexes.of(resources.parent).rows(code)
        if len(children):
            children = children[resources.present[children]]
        yield Links(Fact.PARENT, children + self.nodes.first_resource, children)
        if len(self.columns.more_parents):
            yield self._reverse(Fact.OTHER_PARENT, self.columns.more_parents, code, self.nodes.first_resource)

    # Incoming

    def before(self, node: int) -> list[Links]:
        """Give the edges that end at a node, without kinds that it has none of."""
        columns = self.columns
        if node >= self.nodes.first_resource:
            found = self._to_resource(node)
        elif node < columns.first_group:
            found = self._to_principal(node)
        else:
            found = self._to_group(node)
        return _numbered(found)

    def _to_principal(self, node: int) -> Iterator[Links]:
        edges = self.columns.assumable
        rows = edges.of(node)
        yield Links(Fact.ASSUMABLE, edges.entry[rows], np.arange(rows.start, rows.stop))
        yield self._same_as_links(node, after=False)

    def _to_group(self, node: int) -> Iterator[Links]:
        columns, principals = self.columns, self.columns.principals
        if node >= columns.everyone:
            inside = principals.present if node == columns.public else principals.present & ~principals.external
            members = np.flatnonzero(inside)
            yield Links(Fact.BUILT_IN, members, members)
        else:
            group = node - columns.first_group
            rows = columns.members.of(group)
            yield Links(Fact.MEMBER, columns.members.entry[rows], np.arange(rows.start, rows.stop))
            if columns.groups.unlisted[group]:
                pseudo = principals.names.find(unlisted_id(columns.groups.names[group]))
                yield Links(Fact.UNLISTED_MEMBER, np.array([pseudo]), np.array([group]))
        for fact, edges in self._entries:
            if len(edges):
                yield self._reverse(fact, edges, node, columns.first_group)

    def _to_resource(self, node: int) -> Iterator[Links]:
        columns, code = self.columns, node - self.nodes.first_resource
        grants = columns.grants
        rows = self._indexes.of(grants.resource).rows(code)
        yield Links(Fact.GRANT, grants.subject[rows], rows)
        parent = columns.resources.parent[code : code + 1]
        if parent[0] >= 0:
            yield Links(Fact.PARENT, parent + self.nodes.first_resource, np.array([code]))
        if len(columns.more_parents):
            more = columns.more_parents.of(code)
            others = columns.more_parents.entry[more] + self.nodes.first_resource
            yield Links(Fact.OTHER_PARENT, others, np.arange(more.start, more.stop))

    # Both ways

    def _reverse(self, fact: Fact, edges: Edges, entry: int, first_owner: int) -> Links:
        rows = self._indexes.of(edges.entry).rows(entry)
        return Links(fact, edges.owner[rows] + first_owner, rows)

    def _same_as_links(self, node: int, *, after: bool) -> Links:
        others = np.array(self._same_as.get(node, ()), np.int64)
        return Links(Fact.SAME_AS, others, others if after else np.full(len(others), node))

    @cached_property
    def _same_as(self) -> dict[int, list[int]]:
        """Account to the other accounts of the same person or workload, once for each set that says so."""
        found: dict[int, list[int]] = {}
        find = self.columns.principals.names.find
        for accounts in self.columns.rest.same_as:
            codes = sorted(find(account) for account in accounts)
            for code in codes:
                found.setdefault(code, []).extend(other for other in codes if other != code)
        return found

    # All of them

    @cached_property
    def count(self) -> int:
        """How many edges there are."""
        columns = self.columns
        principals, groups, resources = columns.principals, columns.groups, columns.resources
        flags = (
            principals.present,
            principals.present & ~principals.external,
            groups.present & groups.unlisted,
            resources.present & (resources.parent >= 0),
        )
        tables = (columns.members, columns.all_of, columns.but_not, columns.assumable, columns.more_parents)
        accounts = sum(len(others) for others in self._same_as.values())
        listed = sum(map(len, tables)) + len(columns.grants) + accounts
        return listed + sum(int(np.count_nonzero(flag)) for flag in flags)

    def attributes(self, fact: Fact, row: int) -> Attributes:  # noqa: C901 - one branch per kind of edge
        """Say what an edge means.

        Args:
            fact: Its kind.
            row: The row of its table; of an unlisted member the group, of a built-in group the member, of the same
                person the other account, of a first parent the child.
        """
        columns = self.columns
        match fact:
            case Fact.MEMBER:
                return self._entry(columns.members, row, MEMBER_OF)
            case Fact.UNLISTED_MEMBER:
                return self._made(columns.groups.places, row, relation=MEMBER_OF)
            case Fact.BUILT_IN:
                return self._made(columns.principals.places, row, relation=MEMBER_OF)
            case Fact.ALL_OF:
                return self._entry(columns.all_of, row, NARROWED_BY, rule="all_of")
            case Fact.BUT_NOT:
                return self._entry(columns.but_not, row, NARROWED_BY, rule="but_not")
            case Fact.ASSUMABLE:
                return self._entry(columns.assumable, row, MAY_ACT_AS)
            case Fact.SAME_AS:
                return self._made(columns.principals.places, row, relation=SAME_PERSON)
            case Fact.GRANT:
                return self._grant(row)
            case Fact.PARENT:
                inherits = bool(columns.resources.inherits[row])
                return self._made(columns.resources.places, row, relation=CONTAINS, inherits=inherits)
            case Fact.OTHER_PARENT:
                inherits = bool(columns.resources.inherits[columns.more_parents.owner[row]])
                return self._entry(columns.more_parents, row, CONTAINS, inherits=inherits)

    def _entry(self, edges: Edges, row: int, relation: str, **more: str | bool) -> Attributes:
        return self._made(edges.places, row, self.columns.text(int(edges.when[row])), relation=relation, **more)

    def _grant(self, row: int) -> Attributes:
        grant = grant_at(self.columns, row)
        actions = self.columns.rest.roles[grant.role].actions if grant.role is not None else grant.actions
        return self._made(
            self.columns.grants.places,
            row,
            grant.when,
            relation=grant_relation(grant),
            effect=str(grant.effect),
            actions=", ".join(sorted(actions)),
        )

    def _made(self, places: Places, row: int, when: str | None = None, **more: str | bool) -> Attributes:
        source = str(self.columns.source(places, row))
        known = {"when": when, "source": source or None}
        return Attributes(more, **{key: value for key, value in known.items() if value is not None})


def _numbered(links: Iterable[Links]) -> list[Links]:
    """Put links into the order in which edges are numbered, which must be the same at both of their ends."""
    return sorted((its for its in links if len(its.others)), key=attrgetter("fact"))
