"""The access graph in the words of the field, as a networkx graph.

Nodes are ids; edges are facts. ``relation`` says what an edge means, ``when`` under which condition,
``source`` where it was read:

- principal or group ``-[member of]->`` group
- principal or group ``-[may act as]->`` principal
- principal or group ``-[ROLE or ACTIONS on]->`` resource (``effect`` is allow or deny)
- resource ``-[contains]->`` resource (``inherits`` tells whether access flows down)
- group ``-[narrowed by]->`` group (``rule`` is ``all_of`` or ``but_not``)

Built-in groups have their members too, so every path is a chain of edges.
"""

from collections.abc import Collection, Iterator
from typing import Any

import networkx as nx

from blastradius.model.snapshot import (
    EVERYONE,
    OUTSIDER,
    PUBLIC,
    Effect,
    Entry,
    Grant,
    Snapshot,
    unlisted_id,
)

RESOURCE_SUFFIX = "#resource"
"""Marks the node of a resource whose id is a group or a principal as well: managing it is a right of its own."""

Edge = tuple[str, str, str, dict[str, Any]]
"""(from, to, relation, attributes)."""

MEMBER_OF = "member of"
MAY_ACT_AS = "may act as"
SAME_PERSON = "same person as"
CONTAINS = "contains"
NARROWED_BY = "narrowed by"


class AccessGraph:
    """One snapshot as a graph. Nothing is built until it is asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Take a checked snapshot."""
        self.snapshot = snapshot

    def resource_node(self, resource_id: str) -> str:
        """Name the node of a resource."""
        clash = resource_id in self.snapshot.groups or resource_id in self.snapshot.principals
        return resource_id + RESOURCE_SUFFIX if clash else resource_id

    # Edges

    def membership_edges(self, groups: Collection[str] | None = None) -> Iterator[Edge]:
        """Yield who stands in which group.

        Args:
            groups: Only edges into these groups; None for all.
        """
        for group in self.snapshot.groups.values():
            if groups is None or group.id in groups:
                for entry in group.members:
                    yield entry.id, group.id, MEMBER_OF, _attributes(entry)
                if group.unlisted:
                    yield unlisted_id(group.id), group.id, MEMBER_OF, {"when": None, "source": group.source}
                for rule, entries in (("all_of", group.all_of), ("but_not", group.but_not)):
                    for entry in entries:
                        yield group.id, entry.id, NARROWED_BY, {**_attributes(entry), "rule": rule}

    def built_in_edges(self, principals: Collection[str] | None = None) -> Iterator[Edge]:
        """Yield who belongs to ``everyone`` and ``public``."""
        listed = ((p.id, p.external, p.source) for p in self.snapshot.principals.values())
        pseudo = ((unlisted_id(g.id), g.external, g.source) for g in self.snapshot.groups.values() if g.unlisted)
        for name, external, source in (*listed, *pseudo, (OUTSIDER, True, None)):
            if principals is None or name in principals:
                yield name, PUBLIC, MEMBER_OF, {"when": None, "source": source}
                if not external:
                    yield name, EVERYONE, MEMBER_OF, {"when": None, "source": source}

    def acting_edges(self) -> Iterator[Edge]:
        """Yield who may act as whom."""
        for principal in self.snapshot.principals.values():
            for entry in principal.assumable_by:
                yield entry.id, principal.id, MAY_ACT_AS, _attributes(entry)
        for accounts in self.snapshot.same_as:
            for account in sorted(accounts):
                for other in sorted(accounts - {account}):
                    source = self.snapshot.principals[other].source
                    yield account, other, SAME_PERSON, {"when": None, "source": source}

    def grant_edges(self, resources: Collection[str] | None = None) -> Iterator[Edge]:
        """Yield what is granted and denied.

        Args:
            resources: Only grants written on these; None for all.
        """
        for grant in self.snapshot.grants:
            if resources is None or grant.resource in resources:
                yield (
                    grant.subject,
                    self.resource_node(grant.resource),
                    grant_relation(grant),
                    {
                        "when": grant.when,
                        "source": grant.source,
                        "effect": str(grant.effect),
                        "actions": tuple(sorted(self._actions(grant))),
                    },
                )

    def containment_edges(self, resources: Collection[str] | None = None) -> Iterator[Edge]:
        """Yield what contains what.

        Args:
            resources: Only edges into these; None for all.
        """
        names = self.snapshot.resources if resources is None else resources
        for name in names:
            resource = self.snapshot.resources[name]
            for parent in resource.parents:
                attributes = {"when": None, "source": resource.source, "inherits": resource.inherits}
                yield self.resource_node(parent), self.resource_node(name), CONTAINS, attributes

    def _actions(self, grant: Grant) -> frozenset[str]:
        return self.snapshot.roles[grant.role].actions if grant.role is not None else grant.actions

    # Whole

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """Build the whole graph.

        Returns:
            A frozen graph. Every node has ``kind`` (``principal``, ``group``, ``resource`` or
            ``built-in``) and ``id``; the edge attributes are those of the module docstring.

        Cost: linear in all facts; some microseconds for each.
        """
        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        graph.add_nodes_from((name, {"kind": "built-in", "id": name}) for name in (EVERYONE, OUTSIDER, PUBLIC))
        graph.add_nodes_from((p, {"kind": "principal", "id": p}) for p in self.snapshot.principals)
        graph.add_nodes_from((g, {"kind": "group", "id": g}) for g in self.snapshot.groups)
        unlisted = (unlisted_id(g.id) for g in self.snapshot.groups.values() if g.unlisted)
        graph.add_nodes_from((name, {"kind": "principal", "id": name}) for name in unlisted)
        graph.add_nodes_from((self.resource_node(r), {"kind": "resource", "id": r}) for r in self.snapshot.resources)
        for edges in (
            self.membership_edges(),
            self.built_in_edges(),
            self.acting_edges(),
            self.grant_edges(),
            self.containment_edges(),
        ):
            graph.add_edges_from((start, end, {**more, "relation": relation}) for start, end, relation, more in edges)
        nx.freeze(graph)
        return graph

    def ancestors(self, resource_id: str) -> frozenset[str]:
        """Say on which resources a grant holds here too: anc(r), the resource included.

        Returns:
            Ids; empty when the resource is not there.
        """
        if resource_id not in self.snapshot.resources:
            return frozenset()
        found: set[str] = set()
        waiting = [resource_id]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                resource = self.snapshot.resources[name]
                waiting.extend(resource.parents if resource.inherits else ())
        return frozenset(found)


def grant_relation(grant: Grant) -> str:
    """Write a grant as the relation of a path step, such as ``viewer on``."""
    what = grant.role if grant.role is not None else ", ".join(sorted(grant.actions))
    return f"{what} on" if grant.effect is Effect.ALLOW else f"denied {what} on"


def _attributes(entry: Entry) -> dict[str, Any]:
    return {"when": entry.when, "source": entry.source}
