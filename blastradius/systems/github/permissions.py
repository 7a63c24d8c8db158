"""GitHub's repository roles, the actions each allows, and what an action amounts to.

Source: GitHub documentation, "Repository roles for an organization" and "Assigning the team maintainer role to
a team member" (2026); the spelling of the roles as in peribolos.
"""

from collections.abc import Mapping
from types import MappingProxyType

from blastradius.model.snapshot import CAPABILITIES, Capability, Role

LADDER: tuple[tuple[str, str, Capability], ...] = (
    ("read", "pull", Capability.READ),
    # NOTE: GitHub says of triage that it is "without write access": labels, assignees, open and closed. It counts
    # as reading, so that the step from there to pushing code is a gain and not a mere widening.
    ("triage", "triage", Capability.READ),
    ("write", "push", Capability.WRITE),
    ("maintain", "maintain", Capability.WRITE),
    ("admin", "admin", Capability.MANAGE),
)
"""Roles from the least to the most powerful, the action each adds, and what that action amounts to."""

MAINTAIN_TEAM = "maintain_team"
"""Change who is in a team: its maintainers and the organisation's admins may."""
CREATE_REPOSITORY = "create_repository"
"""Make a new repository in an organisation."""
CUSTOM_PREFIX = "custom:"
"""Begins the action that stands for a role which only the organisation itself knows."""

_OLD_NAMES = {"pull": "read", "push": "write"}
_NOTHING = "none"


def _role_id(name: str) -> str:
    return f"github/{name}"


def _ladder_roles() -> dict[str, Role]:
    roles: dict[str, Role] = {}
    held: tuple[str, ...] = ()
    for name, action, _ in LADDER:
        held = (*held, action)
        roles[_role_id(name)] = Role(_role_id(name), frozenset(held))
    return roles


ADMIN = _role_id("admin")
MAINTAINER = _role_id("maintainer")
READ = _role_id("read")
ROLES: Mapping[str, Role] = MappingProxyType(
    _ladder_roles() | {MAINTAINER: Role(MAINTAINER, frozenset({MAINTAIN_TEAM}))}
)
"""Every role by id. Each includes those below it."""

ACTIONS: Mapping[str, Capability] = MappingProxyType(
    dict(CAPABILITIES)
    | {action: capability for _, action, capability in LADDER}
    | {MAINTAIN_TEAM: Capability.MANAGE, CREATE_REPOSITORY: Capability.WRITE}
)
"""Every action that is known beforehand, the capability names included."""


def role_of(permission: str) -> str | None:
    """Find the role that a permission in a file means.

    Args:
        permission: As written; the API's older ``pull`` and ``push`` are known as well.

    Returns:
        The id of the role; the empty text for no access at all; None for a role that only the
        organisation itself knows.
    """
    name = _OLD_NAMES.get(permission, permission)
    if name == _NOTHING:
        return ""
    role = _role_id(name)
    return role if role in ROLES and role != MAINTAINER else None
