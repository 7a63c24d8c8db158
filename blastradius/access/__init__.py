"""Who can do what, now and after: simulation, comparison, witness paths, the graph.

The only room that knows networkx and pyroaring.
"""

from blastradius.access.facts import check_facts
from blastradius.access.simulate import Simulation, simulate

__all__ = ["Simulation", "check_facts", "simulate"]
