"""Changes in blastradius' own format, ``blastradius.change/1``.

Source: SPEC section 4.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from blastradius.documents import Document, LinedMap, quoted, shortened
from blastradius.errors import ChangeError, did_you_mean
from blastradius.model.change import (
    AddGrant,
    AddGroup,
    AddMember,
    AddPrincipal,
    AddResource,
    AllowAssume,
    Change,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetClass,
    SetInherit,
    SetRole,
    Step,
)
from blastradius.model.sources import Source
from blastradius.systems.native.entities import (
    GRANT_FIELDS,
    GROUP_FIELDS,
    PRINCIPAL_FIELDS,
    RESOURCE_FIELDS,
    check_id,
    read_grant,
    read_group,
    read_parents,
    read_principal,
    read_resource,
    read_role,
)
from blastradius.systems.native.reading import Reading

NAME = "native"
FORMAT = "blastradius.change/1"

_FIELDS = ("format", "title", "author", "steps")


def recognises(document: Document) -> bool:
    """Tell a change by its ``format``."""
    return isinstance(document.value, dict) and document.value.get("format") == FORMAT


def read(document: Document) -> Change:
    """Read a change in the native format.

    Raises:
        ChangeError: With everything in the document that does not fit the format.
    """
    reading = Reading(document, ChangeError)
    fields = document.value
    assert isinstance(fields, LinedMap)
    reading.known_fields(fields, _FIELDS)
    change = Change(
        title=_title(reading, fields),
        author=reading.name(fields, "author"),
        steps=_steps(reading, fields),
        source=document.at(fields),
    )
    if reading.problems:
        raise ChangeError(shortened(reading.problems))
    return change


def _title(reading: Reading, fields: LinedMap) -> str:
    """Read the title, on one line; a blank one is none."""
    title = fields.get("title", "")
    if not isinstance(title, str):
        reading.wrong_type(fields, "title", "text")
        return ""
    return " ".join(title.split())


def _steps(reading: Reading, fields: LinedMap) -> tuple[Step, ...]:
    if "steps" not in fields:
        reading.report(fields, None, "the change lacks `steps`", "write `steps: []` when it does nothing")
    items = reading.items(fields, "steps")
    found: list[Step] = []
    for index in range(len(items)):
        fields_of_step = reading.mapping(items, index)
        step = _step(reading, fields_of_step, reading.at(items, index)) if fields_of_step is not None else None
        if step is not None:
            found.append(step)
    return tuple(found)


def _step(reading: Reading, step: LinedMap, source: Source) -> Step | None:
    """Read one item of ``steps``: a mapping whose only key says what to do."""
    if len(step) != 1:
        message = f"a step has exactly one key, this one has {len(step)}"
        reading.report(step, None, message, "begin every step with a dash of its own")
        return None
    (kind,) = step
    if kind not in _READERS:
        reading.report(step, kind, f"unknown step {quoted(kind)}", did_you_mean(kind, _READERS))
        return None
    fields = reading.mapping(step, kind)
    if fields is None:
        return None
    known, read_step = _READERS[kind]
    reading.known_fields(fields, known)
    return read_step(reading, fields, source)


def _pair(reading: Reading, fields: LinedMap, first: str, second: str) -> tuple[str, str] | None:
    """Read two names that must both be there; None when one is not."""
    names = reading.needed_name(fields, first, "the step"), reading.needed_name(fields, second, "the step")
    return None if names[0] is None or names[1] is None else (names[0], names[1])


def _add_member(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    names, when = _pair(reading, fields, "group", "member"), reading.text(fields, "when")
    return AddMember(*names, when=when, source=source) if names else None


def _remove_member(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    names = _pair(reading, fields, "group", "member")
    return RemoveMember(*names, source=source) if names else None


def _allow_assume(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    names, when = _pair(reading, fields, "principal", "by"), reading.text(fields, "when")
    return AllowAssume(*names, when=when, source=source) if names else None


def _disallow_assume(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    names = _pair(reading, fields, "principal", "by")
    return DisallowAssume(*names, source=source) if names else None


def _grant(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    grant = read_grant(reading, fields, source)
    return AddGrant(grant, source) if grant else None


def _revoke(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    grant = read_grant(reading, fields, source)
    return RevokeGrant(grant, source) if grant else None


def _set_role(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = reading.needed_name(fields, "role", "the step")
    if "actions" not in fields:
        reading.report(fields, None, "the step lacks `actions`", "write `actions: []` for a role that may do nothing")
    role = read_role(reading, "", fields, "actions", source)
    return SetRole(name, role.actions, source) if name else None


def _set_inherit(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = reading.needed_name(fields, "resource", "the step")
    if "inherit" not in fields:
        reading.report(fields, None, "the step lacks `inherit`", "write `inherit: true` or `inherit: false`")
    inherit = reading.truth(fields, "inherit", default=True)
    return SetInherit(name, inherit, source) if name else None


def _move(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = reading.needed_name(fields, "resource", "the step")
    if "in" not in fields:
        reading.report(fields, None, "the step lacks `in`", "write `in: []` to leave it without a parent")
    parents = read_parents(reading, fields)
    return Move(name, parents, source) if name else None


def _set_class(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    names = _pair(reading, fields, "resource", "class")
    return SetClass(*names, source=source) if names else None


def _add_principal(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = _new_id(reading, fields)
    principal = read_principal(reading, name, fields, source) if name else None
    return AddPrincipal(principal, source) if principal else None


def _add_group(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = _new_id(reading, fields)
    return AddGroup(read_group(reading, name, fields, source), source) if name else None


def _add_resource(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = _new_id(reading, fields)
    return AddResource(read_resource(reading, name, fields, source), source) if name else None


def _remove(reading: Reading, fields: LinedMap, source: Source) -> Step | None:
    name = reading.needed_name(fields, "id", "the step")
    return Remove(name, source) if name else None


def _new_id(reading: Reading, fields: LinedMap) -> str | None:
    name = reading.needed_name(fields, "id", "the step")
    return name if name is not None and check_id(reading, fields, "id", name) else None


_StepReader = Callable[[Reading, LinedMap, Source], Step | None]
_READERS: Mapping[str, tuple[tuple[str, ...], _StepReader]] = MappingProxyType(
    {
        "add_member": (("group", "member", "when"), _add_member),
        "remove_member": (("group", "member"), _remove_member),
        "allow_assume": (("principal", "by", "when"), _allow_assume),
        "disallow_assume": (("principal", "by"), _disallow_assume),
        "grant": (GRANT_FIELDS, _grant),
        "revoke": (GRANT_FIELDS, _revoke),
        "set_role": (("role", "actions"), _set_role),
        "set_inherit": (("resource", "inherit"), _set_inherit),
        "move": (("resource", "in"), _move),
        "set_class": (("resource", "class"), _set_class),
        "add_principal": (("id", *PRINCIPAL_FIELDS), _add_principal),
        "add_group": (("id", *GROUP_FIELDS), _add_group),
        "add_resource": (("id", *RESOURCE_FIELDS), _add_resource),
        "remove": (("id",), _remove),
    }
)
