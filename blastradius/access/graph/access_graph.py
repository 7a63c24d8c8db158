"""The access graph in the words of the field, as a networkx graph.

Nodes are ids; edges are facts. ``relation`` says what an edge means, ``when`` under which condition,
``source`` where it was read, both left out where there is none:

- principal or group ``-[member of]->`` group
- principal or group ``-[may act as]->`` principal, and between accounts ``-[same person as]->``
- principal or group ``-[ROLE or ACTIONS on]->`` resource (``effect`` is allow or deny, ``actions`` lists them)
- resource ``-[contains]->`` resource (``inherits`` tells whether access flows down)
- group ``-[narrowed by]->`` group (``rule`` is ``all_of`` or ``but_not``)

Built-in groups have their members too, so every path is a chain of edges. Attributes are texts and truth values, which
every writer of networkx can write.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from blastradius.model.snapshot import Snapshot

if TYPE_CHECKING:
    import networkx as nx

    from blastradius.columns.tables import Columns


class AccessGraph:
    """One state as a graph. Nothing is built until it is asked for."""

    def __init__(self, facts: "Snapshot | Columns") -> None:
        """Take a checked snapshot, or the columns of one."""
        self.facts = facts

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """Give the state as a graph.

        Returns:
            A frozen graph. Every node has ``kind`` (``principal``, ``group``, ``resource`` or ``built-in``) and
            ``id``; the edge attributes are those of the module docstring. A resource whose id is a group or a
            principal as well has a node of its own, marked ``#resource``. What it hands out is made on the way:
            ``graph.copy()`` is an ordinary graph to change or to pickle.

        Cost: none for columns and for a snapshot that looks at them; other snapshots are laid out in columns first,
        some microseconds for each fact. What an algorithm visits is read when it gets there.
        """
        # Both take longer to load than a small check takes, and none but a graph needs them.
        from blastradius.access.graph.face import graph_over
        from blastradius.columns.pair import own_columns

        return graph_over(own_columns(self.facts) if isinstance(self.facts, Snapshot) else self.facts)

    def ancestors(self, resource_id: str) -> frozenset[str]:
        """Say on which resources a grant holds here too: anc(r), the resource included.

        Returns:
            Ids; empty when the resource is not there.
        """
        resources = self._snapshot.resources
        found: set[str] = set()
        waiting = [resource_id] if resource_id in resources else []
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                resource = resources[name]
                waiting.extend(resource.parents if resource.inherits else ())
        return frozenset(found)

    @cached_property
    def _snapshot(self) -> Snapshot:
        if isinstance(self.facts, Snapshot):
            return self.facts
        from blastradius.columns.views import snapshot_of

        return snapshot_of(self.facts)
