"""Paths through one side of a comparison: every chain of facts that gives a principal an action.

The graph searched is made of three kinds of places: acting as somebody, standing in a group as
somebody, and holding the permission on a resource. Its edges are facts of the snapshot.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from blastradius.access.conditions import NEVER, Way
from blastradius.access.crowds import alternatives_of
from blastradius.access.engine import Comparison
from blastradius.access.facts import granted_actions
from blastradius.access.graph import (
    CONTAINS,
    MEMBER_OF,
    AccessGraph,
    grant_relation,
)
from blastradius.model.delta import PathStep
from blastradius.model.snapshot import (
    BUILT_IN_SUBJECTS,
    OUTSIDER,
    UNLISTED_SUFFIX,
    Effect,
    Entry,
    Grant,
    unlisted_id,
)
from blastradius.model.sources import Source

NEEDED_FOR = "in all of what is needed for"


class Fact(NamedTuple):
    """A fact as both sides can be asked about it, whatever line it stands on."""

    kind: str
    start: str
    end: str
    detail: str | None = None


class Place(NamedTuple):
    """Where a search stands.

    Attributes:
        identity: Who one acts as; empty once the permission is held.
        name: The principal, group or resource.
        held: True for a resource on which the permission is held.
    """

    identity: str
    name: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class _Move:
    end: Place
    fact: Fact
    relation: str
    source: Source | None
    when: str | None = None


class Paths:
    """Searches one side of a comparison.

    Attributes:
        graph: The facts of this side.
    """

    def __init__(self, comparison: Comparison, number: int) -> None:
        """Index the facts of one side.

        Args:
            comparison: Both sides, solved.
            number: 0 for the baseline, 1 for the simulated state.

        Cost: one pass over acting-as and grants; memberships are looked at when an identity is asked about.
        """
        self._comparison = comparison
        self._number = number
        self.side = (comparison.baseline, comparison.simulated)[number]
        self.snapshot = self.side.snapshot
        self.graph = AccessGraph(self.snapshot)
        self._acting: dict[str, list[_Move]] = {}
        for start, end, relation, more in self.graph.acting_edges():
            fact = Fact(relation, start, end, more["when"])
            move = _Move(Place(end, end), fact, relation, more["source"], more["when"])
            self._acting.setdefault(start, []).append(move)
        self._narrowed = [group for group in self.snapshot.groups.values() if group.all_of]
        self._memberships: dict[str, dict[str, list[_Move]]] = {}
        self._grants: dict[str, list[Grant]] = {}
        for grant in self.snapshot.grants:
            self._grants.setdefault(grant.resource, []).append(grant)

    def _memberships_of(self, identity: str) -> dict[str, list[_Move]]:
        """Index, by where they start, the membership facts that can bring one identity into its groups."""
        if identity not in self._memberships:
            found: dict[str, list[_Move]] = {}
            for group in self.snapshot.groups.values():
                if not self.belongs(identity, group.id):
                    continue
                for entry in group.members:
                    if entry.id == identity or entry.id in self.snapshot.groups or entry.id in BUILT_IN_SUBJECTS:
                        fact = Fact(MEMBER_OF, entry.id, group.id, entry.when)
                        move = _Move(Place(identity, group.id), fact, MEMBER_OF, entry.source, entry.when)
                        found.setdefault(entry.id, []).append(move)
                if group.unlisted and identity == unlisted_id(group.id):
                    fact = Fact(MEMBER_OF, identity, group.id)
                    move = _Move(Place(identity, group.id), fact, MEMBER_OF, group.source)
                    found.setdefault(identity, []).append(move)
            self._memberships[identity] = found
        return self._memberships[identity]

    # Facts

    def holds(self, fact: Fact) -> bool:
        """Tell whether a fact is true on this side."""
        match fact.kind:
            case "built-in":
                return bool(self.belongs(fact.start, fact.end))
            case "grant":
                subject, _, action = fact.start.partition("\n")
                return any(
                    g.subject == subject and g.when == fact.detail and action in self.actions_of(g)
                    for g in self._grants.get(fact.end, ())
                    if g.effect is Effect.ALLOW
                )
            case "contains":
                child = self.snapshot.resources.get(fact.end)
                return child is not None and child.inherits and fact.start in child.parents
            case "member of":
                group = self.snapshot.groups.get(fact.end)
                if group is None:
                    return False
                return Entry(fact.start, fact.detail) in group.members or (
                    group.unlisted and fact.start == unlisted_id(fact.end)
                )
            case "may act as":
                target = self.snapshot.principals.get(fact.end)
                return target is not None and Entry(fact.start, fact.detail) in target.assumable_by
            case _:
                return any({fact.start, fact.end} <= accounts for accounts in self.snapshot.same_as)

    def belongs(self, principal: str, subject: str) -> frozenset[frozenset[str]]:
        """Say under which condition sets a principal is in a subject; empty for never."""
        number = self._comparison.principals.number.get(principal)
        return NEVER if number is None else alternatives_of(self.side.members(subject), number)

    def actions_of(self, grant: Grant) -> frozenset[str]:
        """Say which actions a grant names, ``*`` written out."""
        return granted_actions(grant, self.snapshot.roles, self._comparison.actions)

    def grants_above(self, resource: str) -> Iterator[Grant]:
        """Yield the grants that hold on a resource, in the order of their resources' ids."""
        for name in sorted(self.graph.ancestors(resource)):
            yield from self._grants.get(name, ())

    def ways(self, principal: str, action: str, resource: str) -> frozenset[Way]:
        """Say in which ways a principal has an action on a resource."""
        number = self._comparison.principals.number.get(principal)
        access_list = self._comparison.lists[self._number].get(resource)
        if number is None or access_list is None or number not in self.side.present:
            return frozenset()
        by_way = self._comparison.ways(self._number, access_list, action).by_way
        return frozenset(way for way, who in by_way.items() if number in who)

    def denials(self, identity: str, action: str, resource: str) -> frozenset[frozenset[str]]:
        """Say under which condition sets an identity itself is denied: Deny(v)."""
        access_list = self._comparison.lists[self._number].get(resource)
        number = self._comparison.principals.number.get(identity)
        if access_list is None or number is None:
            return NEVER
        return alternatives_of(self._comparison.ways(self._number, access_list, action).denied, number)

    # Searching

    def search(
        self,
        principal: str,
        action: str,
        resource: str,
        way: Way,
        *,
        is_changed: Callable[[Fact, Place], bool] | None = None,
        through_needs: bool = False,
    ) -> tuple[PathStep, ...] | None:
        """Find a shortest chain of facts.

        Args:
            principal: Where the chain begins.
            action: What it must give.
            resource: Where it ends.
            way: What may be assumed: the conditions, and the denials that must not hold.
            is_changed: Tells which facts changed; the chain must then use one of them.
                It is also told the place that the fact leads to.
            through_needs: True to let a chain enter a narrowed group through its ``all_of``.

        Returns:
            The steps, or None when there is no such chain.

        Cost: linear in the groups the principal and its identities are in, and their entries.
        """
        graph = self._explore(principal, action, resource, way, through_needs=through_needs)
        start, goal = Place(principal, principal), Place("", resource, held=True)
        if goal not in graph:
            return None
        places = self._shortest(graph, start, goal, is_changed)
        if places is None:
            return None
        return tuple(_step(here, graph.edges[here, after]["moves"], is_changed) for here, after in pairwise(places))

    def _shortest(
        self, graph: "nx.DiGraph[Place]", start: Place, goal: Place, is_changed: Callable[[Fact, Place], bool] | None
    ) -> list[Place] | None:
        if is_changed is None:
            return list(nx.shortest_path(graph, start, goal))
        there, back = _nearest(graph, start), _nearest(graph.reverse(copy=False), goal)
        through = {
            (here, after): there[here].steps + back[after].steps
            for here, after, data in graph.edges(data=True)
            if here in there and after in back and any(is_changed(move.fact, after) for move in data["moves"])
        }
        fewest = min(through.values(), default=0)
        found = (
            [*reversed(_trail(there, here)), *_trail(back, after)]
            for (here, after), steps in through.items()
            # A path that goes on over the next changed fact is the same path; writing it out again for each
            # fact of a long chain would amount to the length of the chain squared.
            if steps == fewest and not ((there[here].toward, here) in through and back[here].toward == after)
        )
        return min(found, key=lambda places: (len(places), len(places) - len(set(places)), places), default=None)

    def _explore(
        self, principal: str, action: str, resource: str, way: Way, *, through_needs: bool
    ) -> "nx.DiGraph[Place]":
        graph: nx.DiGraph[Place] = nx.DiGraph()
        above = self.graph.ancestors(resource)
        rights = self._rights(action, above)
        below = self._below(above)
        waiting = [Place(principal, principal)]
        seen = set(waiting)
        while waiting:
            here = waiting.pop()
            if here.held:
                moves: Iterable[_Move] = below.get(here.name, ())
            else:
                moves = [
                    *self._moves(here, way, through_needs=through_needs),
                    *self._granted(here, rights, action, resource, way),
                ]
            for move in moves:
                if move.when is not None and move.when not in way[0]:
                    continue
                if graph.has_edge(here, move.end):
                    graph.edges[here, move.end]["moves"].append(move)
                else:
                    graph.add_edge(here, move.end, moves=[move])
                if move.end not in seen:
                    seen.add(move.end)
                    waiting.append(move.end)
        return graph

    def _moves(self, here: Place, way: Way, *, through_needs: bool) -> Iterator[_Move]:
        identity = here.identity
        yield from self._acting.get(here.name, ())
        for move in self._memberships_of(identity).get(here.name, ()):
            if self._stands(identity, move.end.name, way):
                yield move
        if here.name == identity:
            for built_in in sorted(BUILT_IN_SUBJECTS):
                if self.belongs(identity, built_in):
                    fact = Fact("built-in", identity, built_in)
                    yield _Move(Place(identity, built_in), fact, MEMBER_OF, self._source_of(identity))
        for group in self._narrowed:
            entered = group.open and here.name == identity
            needed = through_needs and any(entry.id == here.name for entry in group.all_of)
            if (entered or needed) and self._stands(identity, group.id, way):
                fact = Fact(NEEDED_FOR, here.name, group.id)
                yield _Move(Place(identity, group.id), fact, NEEDED_FOR, group.source)

    def _granted(
        self, here: Place, rights: Mapping[str, list[Grant]], action: str, resource: str, way: Way
    ) -> Iterator[_Move]:
        if here.name in rights and self.denials(here.identity, action, resource) == way[1]:
            for grant in rights[here.name]:
                fact = Fact("grant", f"{grant.subject}\n{action}", grant.resource, grant.when)
                end = Place("", grant.resource, held=True)
                yield _Move(end, fact, grant_relation(grant), self._source_of_grant(grant), grant.when)

    def _source_of_grant(self, grant: Grant) -> Source:
        """Name the line that makes a grant what it is: that of its role, where only the role is another one."""
        other = (self._comparison.simulated, self._comparison.baseline)[self._number].snapshot
        role, before = self.snapshot.roles.get(grant.role or ""), other.roles.get(grant.role or "")
        if role is None or before is None or role.actions == before.actions or grant not in other.grants:
            return grant.source
        return role.source

    def _rights(self, action: str, above: Collection[str]) -> dict[str, list[Grant]]:
        rights: dict[str, list[Grant]] = {}
        for name in sorted(above):
            for grant in self._grants.get(name, ()):
                if grant.effect is Effect.ALLOW and action in self.actions_of(grant):
                    rights.setdefault(grant.subject, []).append(grant)
        return rights

    def _below(self, above: Collection[str]) -> dict[str, list[_Move]]:
        below: dict[str, list[_Move]] = {}
        for name in sorted(above):
            resource = self.snapshot.resources[name]
            for parent in resource.parents if resource.inherits else ():
                move = _Move(Place("", name, held=True), Fact("contains", parent, name), CONTAINS, resource.source)
                below.setdefault(parent, []).append(move)
        return below

    def _stands(self, identity: str, group: str, way: Way) -> bool:
        return any(conditions <= way[0] for conditions in self.belongs(identity, group))

    def _source_of(self, principal: str) -> Source | None:
        if principal == OUTSIDER:
            return None
        if principal in self.snapshot.principals:
            return self.snapshot.principals[principal].source
        return self.snapshot.groups[principal.removesuffix(UNLISTED_SUFFIX)].source


class _Near(NamedTuple):
    """How far a place is from where a search began, and the next place on the way back to there."""

    steps: int
    toward: Place | None


def _nearest(graph: "nx.DiGraph[Place]", start: Place) -> dict[Place, _Near]:
    """Find the nearest way from a place to all others: one neighbour each, for whole paths are long."""
    found = {start: _Near(0, None)}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        steps = found[here].steps + 1
        for after in graph.adj[here]:
            if after not in found:
                found[after] = _Near(steps, here)
                waiting.append(after)
    return found


def _trail(found: Mapping[Place, _Near], place: Place | None) -> list[Place]:
    """Write out the way from a place back to where the search began, both ends included."""
    places = []
    while place is not None:
        places.append(place)
        place = found[place].toward
    return places


def _step(here: Place, moves: list[_Move], is_changed: Callable[[Fact, Place], bool] | None) -> PathStep:
    changed = [move for move in moves if is_changed is not None and is_changed(move.fact, move.end)]
    move = (changed or moves)[0]
    relation = f"{move.relation} (when {move.when})" if move.when else move.relation
    return PathStep(here.name, relation, move.end.name, move.source, changed=bool(changed))
