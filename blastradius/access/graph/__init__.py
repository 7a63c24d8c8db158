"""The access graph that a library user can ask for, walk and export, served from the columns."""

from blastradius.access.graph.access_graph import AccessGraph

__all__ = ["AccessGraph"]
