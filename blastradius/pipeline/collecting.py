"""How each system is exported, for a person to do."""

from collections.abc import Mapping

from blastradius.systems.collecting import Collection
from blastradius.systems.registry import COLLECTED


def collections() -> Mapping[str, Collection]:
    """Give the ways of exporting systems.

    Returns:
        By the word for ``blastradius collect``, in the order of the systems.
    """
    return {one.name: one for module in COLLECTED.values() for one in module.COLLECT}
