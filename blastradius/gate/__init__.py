"""May it go in: the policy, and what it decides."""

from blastradius.gate.decide import decide
from blastradius.gate.policy import load_policy
from blastradius.gate.shipped import SHIPPED, shipped_policy

__all__ = ["SHIPPED", "decide", "load_policy", "shipped_policy"]
