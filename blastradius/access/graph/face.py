"""The columns with the face of a networkx graph: mappings that read them, and copy nothing."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, cast

from blastradius.access.graph.links import Facts, Links
from blastradius.access.graph.nodes import Attributes, Nodes
from blastradius.access.indexes import Index
from blastradius.columns.tables import Columns

if TYPE_CHECKING:
    import networkx as nx


class Parallel(Mapping[int, Attributes]):
    """The edges from one node to another: attributes by key, which counts from 0."""

    def __init__(self, facts: Facts, edges: list[tuple[Links, int]]) -> None:
        """Take edges, each as a position in links."""
        self._facts = facts
        self._edges = dict(enumerate(edges))

    def __getitem__(self, key: int) -> Attributes:
        links, at = self._edges[key]
        return self._facts.attributes(links.fact, int(links.rows[at]))

    def __iter__(self) -> Iterator[int]:
        return iter(self._edges)

    def __len__(self) -> int:
        return len(self._edges)

    def copy(self) -> dict[int, dict[str, Any]]:
        """Write the edges out."""
        return {key: dict(its) for key, its in self.items()}


class Neighbours(Mapping[str, Parallel]):
    """The edges at one node, by the node at the other end."""

    def __init__(self, facts: Facts, links: list[Links]) -> None:
        """Take links, in the order in which edges are numbered."""
        self._facts = facts
        self._links = links

    def __getitem__(self, name: str) -> Parallel:
        number = self._facts.nodes.number(name)
        edges = [
            (links, at)
            for links, index in zip(self._links, self._indexes, strict=True)
            for at in index.rows(number).tolist()
        ]
        if number < 0 or not edges:
            raise KeyError(name)
        return Parallel(self._facts, edges)

    @cached_property
    def _indexes(self) -> list[Index]:
        return [Index(links.others) for links in self._links]

    @cached_property
    def _others(self) -> dict[int, None]:
        return dict.fromkeys(number for links in self._links for number in links.others.tolist())

    def __contains__(self, name: object) -> bool:
        number = self._facts.nodes.number(name)
        return number >= 0 and any((links.others == number).any() for links in self._links)

    def __iter__(self) -> Iterator[str]:
        return map(self._facts.nodes.name, self._others)

    def __len__(self) -> int:
        return len(self._others)

    def copy(self) -> dict[str, dict[int, dict[str, Any]]]:
        """Write the edges out."""
        return {name: its.copy() for name, its in self.items()}


class Adjacency(Mapping[str, Neighbours]):
    """The edges of all nodes, in one direction."""

    def __init__(self, facts: Facts, links_of: Callable[[int], list[Links]]) -> None:
        """Take a direction: `Facts.after` or `Facts.before`."""
        self._facts = facts
        self._links_of = links_of

    def __getitem__(self, name: str) -> Neighbours:
        number = self._facts.nodes.number(name)
        if number < 0:
            raise KeyError(name)
        return Neighbours(self._facts, self._links_of(number))

    def __contains__(self, name: object) -> bool:
        return name in self._facts.nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts.nodes)

    def __len__(self) -> int:
        return len(self._facts.nodes)

    def __reduce__(self) -> NoReturn:
        message = "a graph that is served from columns cannot be pickled or copied deeply: take its `copy()` first"
        raise TypeError(message)


def graph_over(columns: Columns) -> "nx.MultiDiGraph[str]":
    """Give columns the face of a frozen graph.

    Cost: none; what algorithms ask for is read when they ask.
    """
    import networkx as nx  # takes longer to load than a small check takes

    nodes = Nodes(columns)
    facts = Facts(nodes)
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    # networkx documents these as what every algorithm reads, and any mapping as good enough for them.
    face = cast(Any, graph)
    face._node = nodes
    face._adj = Adjacency(facts, facts.after)
    face._pred = Adjacency(facts, facts.before)
    nx.freeze(graph)
    everything = graph.size

    def size(weight: str | None = None) -> float:
        """Count edges; networkx itself would visit every node."""
        return facts.count if weight is None else everything(weight)

    face.size = size
    return graph
