"""Snapshots in blastradius' own format, ``blastradius.snapshot/1``.

Source: SPEC section 3.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from blastradius.documents import Document, LinedList, LinedMap, paused_collection, quoted, shortened
from blastradius.errors import SnapshotError, did_you_mean
from blastradius.model.snapshot import ANY_ACTION, CAPABILITIES, Capability, Grant, Role, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.systems.merge import merge
from blastradius.systems.native.entities import (
    GRANT_FIELDS,
    GROUP_FIELDS,
    PRINCIPAL_FIELDS,
    RESOURCE_FIELDS,
    check_id,
    read_grant,
    read_group,
    read_principal,
    read_resource,
    read_role,
)
from blastradius.systems.native.notes import read_coverage, read_notes, read_unread
from blastradius.systems.native.reading import Reading
from blastradius.systems.references import reference_problems

NAME = "native"
FORMAT = "blastradius.snapshot/1"

_FIELDS = (
    "format",
    "system",
    "taken_at",
    "actions",
    "principals",
    "groups",
    "roles",
    "resources",
    "grants",
    "same_as",
    "unread",
    "coverage",
)
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_Entity = TypeVar("_Entity")


def recognises(document: Document) -> bool:
    """Tell a snapshot by its ``format``."""
    return isinstance(document.value, dict) and document.value.get("format") == FORMAT


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:  # noqa: ARG001 - names its own
    """Read snapshots in the native format and lay them together.

    Args:
        documents: Recognised documents.
        other: Not needed: a native snapshot names everything that exists.

    Returns:
        The facts. They may name ids that are in no document, for another system may hold them;
        `blastradius.systems.load.load` looks for them when all systems have been read.

    Raises:
        SnapshotError: With all problems of all documents; unknown ids are among them only when
            there are others.
    """
    with paused_collection():
        problems: list[Problem] = []
        snapshots: list[Snapshot] = []
        mappings: list[tuple[str, Capability, Source]] = []
        for document in documents:
            reading = Reading(document, SnapshotError)
            snapshots.append(read_one(reading, mappings))
            problems.extend(reading.problems)
        problems.extend(conflicting_actions(mappings))
        snapshot, conflicts = merge(snapshots)
        problems.extend(conflicts)
        if problems:
            problems.extend(reference_problems(snapshot))
            raise SnapshotError(shortened(problems))
    return snapshot


def read_one(reading: Reading, mappings: list[tuple[str, Capability, Source]]) -> Snapshot:
    """Read one document, and note each action with its capability."""
    fields = reading.document.value
    assert isinstance(fields, LinedMap)
    reading.known_fields(fields, _FIELDS)
    actions = read_actions(reading, reading.section(fields, "actions"))
    mappings.extend((action, capability, source) for action, (capability, source) in actions.items())
    accounts = _same_as(reading, fields)
    return Snapshot(
        system=reading.text(fields, "system") or "",
        taken_at=_taken_at(reading, fields),
        actions=dict(CAPABILITIES) | {action: capability for action, (capability, _) in actions.items()},
        principals=_entities(reading, fields, "principals", PRINCIPAL_FIELDS, read_principal),
        groups=_entities(reading, fields, "groups", GROUP_FIELDS, read_group),
        resources=_entities(reading, fields, "resources", RESOURCE_FIELDS, read_resource),
        roles=_roles(reading, fields),
        grants=_grants(reading, fields),
        same_as=tuple(ids for ids, _ in accounts),
        same_as_sources=tuple(source for _, source in accounts),
        unread=read_notes(reading, fields, "unread", read_unread),
        coverage=read_notes(reading, fields, "coverage", read_coverage),
    )


def _entities(
    reading: Reading,
    fields: LinedMap,
    section: str,
    known: tuple[str, ...],
    read_entity: Callable[[Reading, str, LinedMap, Source], _Entity | None],
) -> dict[str, _Entity]:
    found: dict[str, _Entity] = {}
    entries = reading.section(fields, section)
    for name in entries:
        entity_fields = reading.mapping(entries, name)
        if entity_fields is None or not check_id(reading, entries, name, name):
            continue
        if entity_fields:
            reading.known_fields(entity_fields, known)
        entity = read_entity(reading, name, entity_fields, reading.at(entries, name))
        if entity is not None:
            found[name] = entity
    return found


def _roles(reading: Reading, fields: LinedMap) -> dict[str, Role]:
    entries = reading.section(fields, "roles")
    found: dict[str, Role] = {}
    for name in entries:
        if reading.key(entries, name):
            found[name] = read_role(reading, name, entries, name, reading.at(entries, name))
    return found


def _grants(reading: Reading, fields: LinedMap) -> tuple[Grant, ...]:
    found: list[Grant] = []
    items = reading.items(fields, "grants")
    for index in range(len(items)):
        grant_fields = reading.mapping(items, index)
        if grant_fields is not None:
            reading.known_fields(grant_fields, GRANT_FIELDS)
            grant = read_grant(reading, grant_fields, reading.at(items, index))
            if grant is not None:
                found.append(grant)
    return tuple(found)


def read_actions(reading: Reading, entries: LinedMap) -> dict[str, tuple[Capability, Source]]:
    """Read actions, each a key whose value is its capability."""
    found: dict[str, tuple[Capability, Source]] = {}
    for action in entries:
        label = reading.text(entries, action)
        if not reading.key(entries, action) or label is None:
            continue
        if label not in CAPABILITIES:
            hint = did_you_mean(label, CAPABILITIES)
            reading.report(entries, action, f"unknown capability {quoted(label)} of {quoted(action)}", hint)
        elif action == ANY_ACTION:
            reading.report(entries, action, "`*` stands for every action and has no capability of its own")
        elif action in CAPABILITIES and label != action:
            message = f"{quoted(action)} is a capability itself and cannot stand for {quoted(label)}"
            reading.report(entries, action, message, "use another name for the action")
        else:
            found[action] = (CAPABILITIES[label], reading.at(entries, action))
    return found


def conflicting_actions(mappings: Sequence[tuple[str, Capability, Source]]) -> list[Problem]:
    """Find actions that stand for different capabilities."""
    first: dict[str, tuple[Capability, Source]] = {}
    problems: list[Problem] = []
    for action, capability, source in mappings:
        known, place = first.setdefault(action, (capability, source))
        if known is not capability:
            message = f"action {quoted(action)} is `{capability.label}` here and `{known.label}` in {place}"
            problems.append(Problem(message, source, "make the two agree"))
    return problems


def _same_as(reading: Reading, fields: LinedMap) -> list[tuple[frozenset[str], Source]]:
    found: list[tuple[frozenset[str], Source]] = []
    items = reading.items(fields, "same_as")
    for index in range(len(items)):
        names = read_accounts(reading, items, index)
        if names:
            found.append((names, reading.at(items, index)))
    return found


def read_accounts(reading: Reading, container: LinedMap | LinedList, key: str | int) -> frozenset[str]:
    """Read a list of accounts that belong together; empty when it says nothing."""
    accounts = container[key]  # type: ignore[index]
    if not isinstance(accounts, LinedList):
        reading.wrong_type(container, key, "a list")
        return frozenset()
    names = frozenset(name for i in range(len(accounts)) if (name := reading.name(accounts, i)) is not None)
    if len(accounts) < 2:
        reading.report(container, key, "`same_as` needs at least two accounts that belong together")
    return names if len(names) > 1 else frozenset()


def _taken_at(reading: Reading, fields: LinedMap) -> datetime | None:
    text = reading.text(fields, "taken_at")
    if text is None:
        return None
    try:
        if _TIME.fullmatch(text):
            # In UTC, so that a time at the end of the calendar is refused here and not when it is shown.
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # the form is right, the date is not: said below
    hint = "write it as `2026-03-18T09:00:00Z`, with a time zone"
    reading.report(fields, "taken_at", f"{quoted(text)} is not a point in time", hint)
    return None
