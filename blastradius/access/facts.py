"""Laws every set of facts must keep: containment without cycles, exclusion without cycles.

Source: SPEC section 2, membership and containment.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Capability, Grant, Group, Resource, Role, Snapshot
from blastradius.model.sources import Problem

_Node = TypeVar("_Node", bound=Hashable)


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
        yield _containment_problem(cycle.args[1], resources)


def containment_problem_of(resources: Mapping[str, Resource], name: str) -> Problem | None:
    """Say whether one resource contains itself, looking at what it lies in and at nothing else."""
    below = {name: name}
    waiting = [name]
    while waiting:
        child = waiting.pop()
        for parent in resources[child].parents:
            if parent == name:
                path = [name, child]
                while path[-1] != name:
                    path.append(below[path[-1]])
                return _containment_problem(path, resources)
            if parent not in below:
                below[parent] = child
                waiting.append(parent)
    return None


def _containment_problem(path: list[str], resources: Mapping[str, Resource]) -> Problem:
    """Report a cycle.

    Args:
        path: Each resource contains the next one; the first is also the last.
        resources: All of them.
    """
    shown = " in ".join(f"`{name}`" for name in reversed(path[-6:])) + (" in …" if len(path) > 6 else "")
    help_text = "a resource cannot be inside itself; remove one of these parents"
    return Problem(f"containment cycle: {shown}", resources[path[0]].source, help_text)


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
    needed = {name: [e for e in needed_groups(groups[name]) if e in groups] for name in sorted(groups)}
    return [frozenset(component) for component in components(needed, needed.__getitem__)]


def needed_groups(group: Group) -> Iterator[str]:
    """Name everything that a group's members depend on, principals too."""
    return (entry.id for entry in (*group.members, *group.all_of, *group.but_not))


def components(nodes: Iterable[_Node], needs: Callable[[_Node], Iterable[_Node]]) -> Iterator[list[_Node]]:
    """Find the strongly connected components of a graph, those that others need first.

    Args:
        nodes: Where to begin; what can be reached from them is found too.
        needs: Gives the nodes that a node points at.

    Source: Tarjan, "Depth-first search and linear graph algorithms", SIAM J. Comput. 1 (2), 1972; without recursion.

    Cost: linear in nodes and edges. networkx has the same, and would be the costliest import of a small check.
    """
    number: dict[_Node, int] = {}
    lowest: dict[_Node, int] = {}
    open_nodes: list[_Node] = []
    is_open: set[_Node] = set()
    for start in nodes:
        if start in number:
            continue
        path = [(start, iter(needs(start)))]
        number[start] = lowest[start] = len(number)
        open_nodes.append(start)
        is_open.add(start)
        while path:
            node, following = path[-1]
            for other in following:
                if other not in number:
                    number[other] = lowest[other] = len(number)
                    open_nodes.append(other)
                    is_open.add(other)
                    path.append((other, iter(needs(other))))
                    break
                if other in is_open:
                    lowest[node] = min(lowest[node], number[other])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    component = [open_nodes.pop()]
                    while component[-1] != node:
                        component.append(open_nodes.pop())
                    is_open.difference_update(component)
                    yield component


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
