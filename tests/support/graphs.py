"""The access graph built the plain way, an edge for every fact: what a graph over columns must be equal to."""

from collections.abc import Iterator
from typing import Any

import networkx as nx

from blastradius.access.relations import grant_relation
from blastradius.model.snapshot import EVERYONE, OUTSIDER, PUBLIC, Snapshot, unlisted_id
from blastradius.model.sources import Source

Edge = tuple[str, str, dict[str, Any]]


def plain_graph(snapshot: Snapshot) -> "nx.MultiDiGraph[str]":
    """Build the graph of a snapshot."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    pseudo = [unlisted_id(g.id) for g in snapshot.groups.values() if g.unlisted]
    graph.add_nodes_from((name, {"kind": "built-in", "id": name}) for name in (EVERYONE, OUTSIDER, PUBLIC))
    graph.add_nodes_from((p, {"kind": "principal", "id": p}) for p in (*snapshot.principals, *pseudo))
    graph.add_nodes_from((g, {"kind": "group", "id": g}) for g in snapshot.groups)
    graph.add_nodes_from((node_of(snapshot, r), {"kind": "resource", "id": r}) for r in snapshot.resources)
    for edges in (members, built_in_members, narrowing, acting, grants, containment):
        graph.add_edges_from(edges(snapshot))
    return graph


def node_of(snapshot: Snapshot, resource: str) -> str:
    """Name the node of a resource."""
    clash = resource in snapshot.groups or resource in snapshot.principals or resource.endswith("#resource")
    return f"{resource}#resource" if clash else resource


def members(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield who stands in which group."""
    for group in snapshot.groups.values():
        for entry in group.members:
            yield entry.id, group.id, attributes("member of", entry.source, entry.when)
        if group.unlisted:
            yield unlisted_id(group.id), group.id, attributes("member of", group.source)


def built_in_members(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield who belongs to ``everyone`` and ``public``."""
    listed = [(p.id, p.external, p.source) for p in snapshot.principals.values()]
    unlisted = [(unlisted_id(g.id), g.external, g.source) for g in snapshot.groups.values() if g.unlisted]
    for name, external, source in (*listed, *unlisted, (OUTSIDER, True, None)):
        yield name, PUBLIC, attributes("member of", source)
        if not external:
            yield name, EVERYONE, attributes("member of", source)


def narrowing(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield what groups ask for."""
    for group in snapshot.groups.values():
        for rule, entries in (("all_of", group.all_of), ("but_not", group.but_not)):
            for entry in entries:
                yield group.id, entry.id, attributes("narrowed by", entry.source, entry.when, rule=rule)


def acting(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield who may act as whom."""
    for principal in snapshot.principals.values():
        for entry in principal.assumable_by:
            yield entry.id, principal.id, attributes("may act as", entry.source, entry.when)
    for accounts in snapshot.same_as:
        for account in accounts:
            for other in accounts - {account}:
                yield account, other, attributes("same person as", snapshot.principals[other].source)


def grants(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield what is granted and denied."""
    for grant in snapshot.grants:
        actions = snapshot.roles[grant.role].actions if grant.role is not None else grant.actions
        more = {"effect": grant.effect.value, "actions": ", ".join(sorted(actions))}
        its = attributes(grant_relation(grant), grant.source, grant.when, **more)
        yield grant.subject, node_of(snapshot, grant.resource), its


def containment(snapshot: Snapshot) -> Iterator[Edge]:
    """Yield what contains what."""
    for resource in snapshot.resources.values():
        for parent in resource.parents:
            its = attributes("contains", resource.source, inherits=resource.inherits)
            yield node_of(snapshot, parent), node_of(snapshot, resource.id), its


def attributes(relation: str, source: Source | None, when: str | None = None, **more: str | bool) -> dict[str, Any]:
    """Say what an edge means, leaving out what there is none of."""
    its: dict[str, Any] = {"relation": relation, "when": when, "source": str(source) if source else None, **more}
    return {name: value for name, value in its.items() if value not in (None, "")}
