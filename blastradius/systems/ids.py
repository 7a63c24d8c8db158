"""What an id may look like, whatever system it is from."""

import re

from blastradius.documents import UNSAFE_CHARACTERS, quoted
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, OUTSIDER, UNLISTED_SUFFIX, PrincipalKind

ID_CHARACTERS_MAX = 1000
PRINCIPAL_KINDS = frozenset(PrincipalKind)

_ID = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*):(\S|\S.*\S)")


def id_fault(id: str) -> tuple[str, str] | None:
    """Say what is wrong with the id of a new entity.

    Args:
        id: The id as written.

    Returns:
        What is wrong and what to do about it; None when the id is fine.
    """
    fault = name_fault(id)
    if fault is not None:
        return fault
    if _ID.fullmatch(id) is None:
        return f"the id {quoted(id)} has the wrong form", "write it as `kind:name`, such as `user:alice`"
    return None


def name_fault(name: str) -> tuple[str, str] | None:
    """Say what no name of an entity, and no reference to one, may be.

    SECURITY: two names that look alike on a screen must not be two names, so characters that
    cannot be seen or that turn the direction of text round are refused, whatever reports do.
    """
    if name == OUTSIDER:
        return f"{quoted(name)} is reserved", "write `public` for everybody on the internet"
    if name.endswith(UNLISTED_SUFFIX):
        return f"{quoted(name)} is reserved", "name the group; its unlisted members follow it"
    if not name.strip():
        return "the name is empty", "write it as `kind:name`, such as `user:alice`"
    if len(name) > ID_CHARACTERS_MAX:
        return f"the name {quoted(name)} has more than {ID_CHARACTERS_MAX} characters", "shorten it"
    if UNSAFE_CHARACTERS.search(name):
        return f"the name {quoted(name)} holds a character that controls or hides text", "remove the character"
    return None


def entity_fault(id: str) -> tuple[str, str] | None:
    """Say what is wrong with the id of a new entity, the names that are built in included."""
    if id in BUILT_IN_SUBJECTS:
        return f"{quoted(id)} is built in", "it needs no entry; choose another id for what is meant here"
    return id_fault(id)


def principal_kind(id: str) -> PrincipalKind | None:
    """Tell the kind of a principal by its id; None when the id names no such kind."""
    kind = id.partition(":")[0]
    return PrincipalKind(kind) if kind in PRINCIPAL_KINDS else None
