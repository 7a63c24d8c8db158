"""Laws every set of facts must keep: containment without cycles, exclusion without cycles.

Source: SPEC section 2, membership and containment.
"""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import networkx as nx

from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Capability, Grant, Group, Resource, Role, Snapshot
from blastradius.model.sources import Problem


def check_facts(snapshot: Snapshot, error: type[BlastRadiusError]) -> None:
    """Refuse facts that have no meaning.

    Args:
        snapshot: The facts; every id that they name must exist.
        error: The error to raise.

    Raises:
        BlastRadiusError: Of the given kind, when a resource contains itself or a group excludes
            itself; holds one problem for each cycle found.
    """
    problems = [*containment_problems(snapshot.resources), *exclusion_problems(snapshot.groups)]
    if problems:
        raise error(problems)


def containment_problems(resources: Mapping[str, Resource]) -> Iterator[Problem]:
    """Find a resource that contains itself; at most one cycle is reported."""
    sorter = TopologicalSorter({r.id: r.parents for r in resources.values() if r.parents})
    try:
        sorter.prepare()
    except CycleError as cycle:
        path: list[str] = cycle.args[1]
        shown = " in ".join(f"`{name}`" for name in path[:6]) + (" in …" if len(path) > 6 else "")
        yield Problem(
            f"containment cycle: {shown}",
            resources[path[0]].source,
            "a resource cannot be inside itself; remove one of these parents",
        )


def exclusion_problems(groups: Mapping[str, Group]) -> Iterator[Problem]:
    """Find groups whose ``but_not`` leads back to themselves."""
    if not any(group.but_not for group in groups.values()):
        return
    component = {group: number for number, parts in enumerate(membership_order(groups)) for group in parts}
    for group in groups.values():
        for entry in group.but_not:
            if entry.id in component and component[entry.id] == component[group.id]:
                yield Problem(
                    f"`{group.id}` excludes `{entry.id}`, whose members depend on `{group.id}`",
                    entry.source,
                    "a group cannot be defined by leaving itself out; break the cycle",
                )


def membership_order(groups: Mapping[str, Group]) -> list[frozenset[str]]:
    """Order groups so that each stands after all that it depends on.

    Args:
        groups: All groups by id.

    Returns:
        The strongly connected components of the group graph (member, ``all_of`` and ``but_not``
        edges), dependencies first. Groups on a cycle share a component.

    Cost: linear in groups and their entries.
    """
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(sorted(groups))
    for group in groups.values():
        for entry in (*group.members, *group.all_of, *group.but_not):
            if entry.id in groups:
                graph.add_edge(group.id, entry.id)
    return [frozenset(component) for component in nx.strongly_connected_components(graph)]


def known_actions(*snapshots: Snapshot) -> dict[str, Capability]:
    """Collect every action any side knows, with the higher of its capabilities, sorted by name."""
    actions: dict[str, Capability] = {}
    for snapshot in snapshots:
        for action, capability in snapshot.actions.items():
            actions[action] = max(capability, actions.get(action, capability))
    return dict(sorted(actions.items()))


def granted_actions(grant: Grant, roles: Mapping[str, Role], actions: Iterable[str]) -> frozenset[str]:
    """Say which actions a grant names, with ``*`` written out as all known actions."""
    named = roles[grant.role].actions if grant.role is not None else grant.actions
    return frozenset(actions) if "*" in named else named
