"""What roles are made of: those that an input defines, and Google Cloud's predefined ones as shipped."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from blastradius.systems.gcp.objects import RoleDefinition

SHIPPED_ON = date(2026, 11, 22)
"""When the predefined roles of `predefined_roles.txt` were fetched."""
LOST_CONDITION = "_withcond_"
"""Begins what replaces the condition in the name of a role where an old policy version was asked for."""


class RoleTable:
    """Knows the permissions of roles; what an input says counts more than what is shipped."""

    def __init__(self, defined: Mapping[str, RoleDefinition]) -> None:
        """Take the roles that an input defines."""
        self._defined = defined

    def permissions(self, role: str) -> frozenset[str] | None:
        """Give the permissions of a role, perhaps none; None for a role that nobody knows."""
        role = role.partition(LOST_CONDITION)[0]
        definition = self._defined.get(role)
        return shipped_permissions(role) if definition is None else definition.permissions


@cache
def shipped_permissions(role: str) -> frozenset[str] | None:
    """Give the permissions of a predefined role as shipped; None when there is no such role."""
    permissions, roles = _table()
    runs = roles.get(role)
    return None if runs is None else frozenset(permissions[at] for at in _numbers(runs))


@cache
def _table() -> tuple[Sequence[str], Mapping[str, str]]:
    """Take the table apart, except for the runs of each role."""
    text = files("blastradius.systems.gcp").joinpath("predefined_roles.txt").read_text("utf-8")
    permissions: list[str] = []
    roles: dict[str, str] = {}
    for line in text.splitlines():
        name, _, rest = line.partition(" ")
        if name.startswith("roles/"):
            roles[name] = rest
        elif name != "#":
            permissions += [f"{name}.{verb}" for verb in rest.split(",")]
    return permissions, roles


def _numbers(runs: str) -> Iterator[int]:
    last = 0
    for run in runs.split():
        step, _, more = run.partition("+")
        first = last + int(step)
        last = first + int(more or 0)
        yield from range(first, last + 1)


@cache
def shipped_services() -> frozenset[str]:
    """Name every service of which a permission is known, as permissions begin."""
    return frozenset(permission.partition(".")[0] for permission in _table()[0])


def is_shipped_permission(permission: str) -> bool:
    """Tell whether a predefined role holds a permission."""
    return permission in _permission_set()


@cache
def _permission_set() -> frozenset[str]:
    return frozenset(_table()[0])
