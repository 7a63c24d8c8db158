"""Access that is written inside an object which grants nothing itself: templates, packages, bundles.

What such an object becomes in a cluster is up to somebody else (a template engine, a controller),
so it cannot be read as what it will be; that it holds access can be seen and said.
"""

from typing import NamedTuple

from blastradius.documents import LinedList, LinedMap
from blastradius.systems.kubernetes.kinds import RBAC


class Embedded(NamedTuple):
    """Where access is written.

    Attributes:
        container: The mapping it stands in.
        key: The field that gives it away.
    """

    container: LinedMap
    key: str


def embedded_access(value: LinedMap) -> Embedded | None:
    """Find an RBAC object, a reference to a role or a list of rules anywhere in an object; None without one.

    Cost: linear in the values of the object.
    """
    pending: list[object] = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, LinedMap):
            key = _giveaway(here)
            if key is not None:
                return Embedded(here, key)
            pending.extend(reversed(here.values()))
        elif isinstance(here, LinedList):
            pending.extend(reversed(here))
    return None


def _giveaway(fields: LinedMap) -> str | None:
    """Name the field of a mapping that only an object of RBAC has; schemas have such names, but no such values."""
    version, reference = fields.get("apiVersion"), fields.get("roleRef")
    if isinstance(version, str) and version.startswith(f"{RBAC}/"):
        return "apiVersion"
    if isinstance(reference, LinedMap) and isinstance(reference.get("name"), str):
        return "roleRef"
    asks = any(isinstance(fields.get(key), LinedList) for key in ("resources", "nonResourceURLs"))
    return "verbs" if asks and isinstance(fields.get("verbs"), LinedList) else None
