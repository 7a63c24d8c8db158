"""Where everything lies: organisations, folders and projects, once for each family of permissions.

Beside ``gcp:projects/ID`` there is ``gcp-storage:projects/ID`` for everything of Cloud Storage in the project, and so
on for each family; each such family has a containment of its own, so that what a role says about secrets never reaches
a bucket. What is known one by one lies below its family.
"""

from collections.abc import Iterable, Iterator

from blastradius.model.snapshot import Resource
from blastradius.systems.gcp.families import REST, SENSITIVE, SERVICE_ACCOUNTS
from blastradius.systems.gcp.names import ResourceName, collection_id, project
from blastradius.systems.gcp.objects import Node, State
from blastradius.systems.gcp.subjects import CONVENIENCE, home_of


class Places:
    """The containment of one side.

    Attributes:
        nodes: Everything that exists, by name.
    """

    def __init__(self, state: State, opposite: State) -> None:
        """Lay out what one side holds.

        Args:
            state: The side.
            opposite: The other side; organisations and folders that it names exist here too, and what lies in a project
                there is of the same family here.
        """
        self.nodes = _all_nodes(state)
        for name, node in opposite.nodes.items():
            if name.is_node and name.kind != "projects" and name not in self.nodes:
                self.nodes[name] = Node(name, node.parent, node.labels, described=False)
                self._add_missing(node.parent)
        self._break_cycles()
        self._families = self._occurring((self.nodes, _all_nodes(opposite)))

    def families_at(self, place: ResourceName) -> frozenset[str]:
        """Name the families that have a resource of their own in an organisation, folder or project."""
        return self._families.get(place, frozenset())

    def above(self, name: ResourceName) -> Iterator[ResourceName]:
        """Give a resource and all that it lies in, innermost first."""
        current: ResourceName | None = name
        while current is not None:
            yield current
            current = self.parent(current)

    def parent(self, name: ResourceName) -> ResourceName | None:
        """Name what a resource lies in: the nearest thing that exists."""
        node = self.nodes.get(name)
        if name.is_node:
            return None if node is None else node.parent
        above = name.path
        while above.count("/") > 1:
            above = above.rpartition("/")[0].rpartition("/")[0]
            outer = ResourceName(name.service, above)
            if outer in self.nodes and not outer.is_node:
                return outer
        return None if node is None else node.parent

    def home(self, name: ResourceName) -> ResourceName | None:
        """Name the organisation, folder or project that a resource lies in; None when nobody says."""
        return next((one for one in self.above(name) if one.is_node), None)

    def resources(self) -> Iterator[Resource]:
        """Give a resource for everything, and for each family in each organisation, folder and project."""
        for name in sorted(self.nodes):
            if name.is_node:
                for family in sorted({REST, *SENSITIVE, *self.families_at(name)}):
                    yield self._collection(name, family)
            else:
                yield self._single(name)

    def _collection(self, name: ResourceName, family: str) -> Resource:
        node = self.nodes[name]
        parents = () if node.parent is None else (collection_id(family, node.parent),)
        labels = node.labels if family else _with(node.labels, "type", name.kind.removesuffix("s"))
        return Resource(collection_id(family, name), parents, labels=labels, source=node.source)

    def _single(self, name: ResourceName) -> Resource:
        node, parent = self.nodes[name], self.parent(name)
        parents: tuple[str, ...] = ()
        if parent is not None:
            parents = (collection_id(name.family, parent) if parent.is_node else parent.id,)
        home = self.home(name)
        labels = _with(node.labels, "project", home.tail) if home and home.kind == "projects" else node.labels
        return Resource(name.id, tuple(p for p in parents if p != name.id), labels=labels, source=node.source)

    def _add_missing(self, name: ResourceName | None) -> None:
        if name is not None and name not in self.nodes:
            self.nodes[name] = Node(name, described=False)

    def _break_cycles(self) -> None:
        """Take away a parent that leads back to its child: no hierarchy of Google Cloud has one."""
        done: set[ResourceName] = set()
        for name in sorted(self.nodes):
            path: set[ResourceName] = set()
            current: ResourceName | None = name
            while current is not None and current not in done:
                path.add(current)
                node = self.nodes.get(current)
                if node is not None and node.parent in path:
                    self.nodes[current] = Node(current, None, node.labels, node.described, node.source)
                    break
                current = None if node is None else node.parent
            done |= path

    def _occurring(self, sides: Iterable[dict[ResourceName, Node]]) -> dict[ResourceName, frozenset[str]]:
        """Find the families, besides the usual ones, of what lies in each place."""
        found: dict[ResourceName, set[str]] = {}
        for nodes in sides:
            for name in nodes:
                if name.is_node or name.family in SENSITIVE:
                    continue
                start = self.home(name) if name in self.nodes else nodes[name].parent
                for place in self.above(start) if start is not None else ():
                    found.setdefault(place, set()).add(name.family)
        return {place: frozenset(families) for place, families in found.items()}


def _all_nodes(state: State) -> dict[ResourceName, Node]:
    """Give everything that exists, with the projects of buckets that only their policies tell."""
    nodes = dict(state.nodes)
    for name, node in state.nodes.items():
        owner = home_of(name.tail, state.aliases) if name.family == SERVICE_ACCOUNTS and node.parent is None else None
        if owner in nodes:
            nodes[name] = Node(name, owner, node.labels, node.described, node.source)
    for name, policy in state.policies.items():
        if name.is_node or name not in nodes or nodes[name].parent is not None:
            continue
        node = nodes[name]
        words = (member.text.partition(":") for binding in policy.bindings for member in binding.members)
        owners = {project(state.aliases.project(tail)) for word, _, tail in words if word in CONVENIENCE and tail}
        if len(owners) == 1:
            owner = owners.pop()
            nodes[name] = Node(name, owner, node.labels, node.described, node.source)
            nodes.setdefault(owner, Node(owner, described=False, source=node.source))
    return nodes


def _with(labels: tuple[tuple[str, str], ...], name: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({**dict(labels), name: value}.items()))
