"""What two snapshots must share to say the same, wherever each of them was read."""

from typing import Any

from blastradius.model.snapshot import Snapshot
from blastradius.systems.coverage import coverage_problems


def facts(snapshot: Snapshot) -> dict[str, Any]:
    """Take a snapshot apart into what can be compared; nothing of it is a place of a fact."""
    return {
        "head": (snapshot.system, snapshot.taken_at, dict(snapshot.actions)),
        "principals": dict(snapshot.principals),
        "groups": dict(snapshot.groups),
        "resources": dict(snapshot.resources),
        "roles": dict(snapshot.roles),
        "grants": list(snapshot.grants),
        "same_as": snapshot.same_as,
        "unread": tuple(dict.fromkeys((*snapshot.unread, *coverage_problems(snapshot.coverage)))),
        "coverage": snapshot.coverage,
    }
