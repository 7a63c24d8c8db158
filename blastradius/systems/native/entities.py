"""The fields of one principal, group, resource, role or grant, as snapshots and changes write them."""

from blastradius.documents import LinedList, LinedMap, quoted
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import Effect, Grant, Group, Principal, Resource, Role
from blastradius.model.sources import Source
from blastradius.systems.ids import PRINCIPAL_KINDS, entity_fault, principal_kind
from blastradius.systems.native.reading import Reading

UNKNOWN_MEMBERS = "unknown"
"""Stands for members that the snapshot does not list."""
PRINCIPAL_FIELDS = ("external", "assumable_by")
GROUP_FIELDS = ("members", "size", "external", "all_of", "but_not")
RESOURCE_FIELDS = ("class", "in", "inherit", "labels", "items")
GRANT_FIELDS = ("to", "role", "actions", "on", "effect", "when")


def check_id(reading: Reading, container: LinedMap, key: str, id: str) -> bool:
    """Report an id that no entity may have."""
    fault = entity_fault(id)
    if fault is not None:
        reading.report(container, key, *fault)
    return fault is None


def read_principal(reading: Reading, id: str, fields: LinedMap, source: Source) -> Principal | None:
    """Read a principal whose id has been checked; None when its kind is wrong."""
    kind = principal_kind(id)
    if kind is None:
        hint = did_you_mean(id.partition(":")[0], sorted(PRINCIPAL_KINDS))
        reading.report_at(source, f"{quoted(id)} names no kind of principal", hint)
        return None
    if not fields:
        return Principal(id, kind, source=source)
    return Principal(
        id,
        kind,
        external=reading.truth(fields, "external", default=False),
        assumable_by=reading.entries(fields, "assumable_by"),
        source=source,
    )


def read_group(reading: Reading, id: str, fields: LinedMap, source: Source) -> Group:
    """Read a group whose id has been checked."""
    listed = fields.get("members")
    unlisted = listed == UNKNOWN_MEMBERS or (isinstance(listed, LinedList) and UNKNOWN_MEMBERS in listed)
    if isinstance(listed, str) and not unlisted:
        reading.report(
            fields, "members", "`members` must be a list, or the word `unknown`", f"write {quoted(f'[{listed}]')}"
        )
    all_of = reading.subjects(fields, "all_of")
    size = reading.count(fields, "size")
    if "size" in fields and not unlisted:
        hint = "list `unknown` among the members, or remove the size"
        reading.report(fields, "size", "`size` counts members that are not listed, and all are", hint)
    return Group(
        id,
        members=() if isinstance(listed, str) else reading.entries(fields, "members", passing_over=UNKNOWN_MEMBERS),
        unlisted=unlisted,
        size=size if unlisted else None,
        external=reading.truth(fields, "external", default=False),
        all_of=all_of,
        but_not=reading.subjects(fields, "but_not"),
        open="members" not in fields and bool(all_of),
        source=source,
    )


def read_resource(reading: Reading, id: str, fields: LinedMap, source: Source) -> Resource:
    """Read a resource whose id has been checked."""
    if not fields:
        return Resource(id, source=source)
    items = reading.count(fields, "items")
    return Resource(
        id,
        parents=read_parents(reading, fields),
        inherits=reading.truth(fields, "inherit", default=True),
        class_name=reading.name(fields, "class"),
        labels=_labels(reading, fields),
        items=1 if items is None else items,
        source=source,
    )


def read_parents(reading: Reading, fields: LinedMap) -> tuple[str, ...]:
    """Read ``in``: one id, a list of ids, or nothing."""
    if "in" not in fields:
        return ()
    if isinstance(fields["in"], LinedList):
        return tuple(entry.id for entry in reading.subjects(fields, "in"))
    if isinstance(fields["in"], str):
        parent = reading.name(fields, "in")
        return () if parent is None else (parent,)
    reading.wrong_type(fields, "in", "text")
    return ()


def read_role(reading: Reading, id: str, container: LinedMap, key: str, source: Source) -> Role:
    """Read the actions of a role from a field."""
    return Role(id, frozenset(reading.texts(container, key)), source)


def read_grant(reading: Reading, fields: LinedMap, source: Source) -> Grant | None:
    """Read a grant; None when it says too little to be one."""
    subject = reading.needed_name(fields, "to", "the grant")
    resource = reading.needed_name(fields, "on", "the grant")
    role = reading.text(fields, "role")
    actions = reading.texts(fields, "actions")
    if ("role" in fields) == ("actions" in fields):
        which = "both `role` and `actions`" if "role" in fields else "neither `role` nor `actions`"
        reading.report(fields, None, f"the grant has {which}", "give one of the two")
    elif isinstance(fields.get("actions"), LinedList) and not fields["actions"]:
        reading.report(fields, "actions", "`actions` must not be empty", "a grant of nothing can be left out")
    effect = _effect(reading, fields)
    when = reading.text(fields, "when")
    if subject is None or resource is None or (role is None and not actions):
        return None
    return Grant(subject, resource, role, frozenset(actions), effect, when, source)


def _effect(reading: Reading, fields: LinedMap) -> Effect:
    if "effect" not in fields:
        return Effect.ALLOW
    text = reading.text(fields, "effect")
    if text is None:
        return Effect.ALLOW
    try:
        return Effect(text)
    except ValueError:
        hint = did_you_mean(text, [effect.value for effect in Effect])
        reading.report(fields, "effect", f"unknown effect {quoted(text)}", hint)
        return Effect.ALLOW


def _labels(reading: Reading, fields: LinedMap) -> tuple[tuple[str, str], ...]:
    labels = reading.section(fields, "labels")
    found: list[tuple[str, str]] = []
    for key, value in labels.items():
        if isinstance(value, str):
            found.append((key, value))
        else:
            reading.wrong_type(labels, key, "text")
    return tuple(sorted(found))
