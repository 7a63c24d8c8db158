"""What is no column: system, time, actions, roles, accounts of one person, what was not understood, interned values."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from blastradius.columns.tables import Codes, Interned
from blastradius.model.snapshot import ANY_ACTION, CAPABILITIES, Capability, Completeness, Coverage, Role, Snapshot
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.coverage import coverage_problems
from blastradius.systems.ids import name_fault

_Value = TypeVar("_Value")
Json = dict[str, Any]


def written(rest: Snapshot, interned: Interned) -> Json:
    """Write it as JSON values; `read_meanings` makes the same of them again.

    Problems that follow from what exports hold are left out: whoever loads the file draws them again.
    """
    follows = frozenset(coverage_problems(rest.coverage))
    return {
        "system": rest.system,
        "taken_at": None if rest.taken_at is None else rest.taken_at.isoformat(),
        "actions": {action: capability.label for action, capability in rest.actions.items()},
        "roles": {name: [sorted(role.actions), _place(role.source)] for name, role in rest.roles.items()},
        "same_as": [sorted(accounts) for accounts in rest.same_as],
        "same_as_places": [_place(source) for source in rest.same_as_sources],
        "unread": [[p.message, _maybe_place(p.source), p.help] for p in rest.unread if p not in follows],
        "coverage": [
            [one.what, str(one.completeness), one.reason, _maybe_place(one.source), one.help] for one in rest.coverage
        ],
        "files": list(interned.files),
        "texts": list(interned.texts),
        "classes": list(interned.classes),
        "label_sets": list(interned.label_sets),
        "whats": [[role, sorted(actions)] for role, actions in interned.whats],
    }


def read_meanings(found: Json) -> tuple[Snapshot, Interned]:
    """Read what `written` wrote.

    Raises:
        ValueError, TypeError, KeyError: When something else stands there.
    """
    taken_at = found["taken_at"]
    rest = Snapshot(
        system=_text(found["system"]),
        taken_at=None if taken_at is None else datetime.fromisoformat(_text(taken_at)),
        actions={_text(action): Capability[_text(label).upper()] for action, label in found["actions"].items()},
        roles={
            _text(name): Role(name, frozenset(map(_text, actions)), _source(place))
            for name, (actions, place) in found["roles"].items()
        },
        same_as=tuple(frozenset(map(_text, accounts)) for accounts in found["same_as"]),
        same_as_sources=tuple(map(_source, found["same_as_places"])),
        unread=tuple(
            Problem(_text(message), None if place is None else _source(place), _text(hint))
            for message, place, hint in found["unread"]
        ),
        coverage=tuple(
            Coverage(
                _text(what),
                Completeness(_text(completeness)),
                _text(reason),
                None if place is None else _source(place),
                _text(hint),
            )
            for what, completeness, reason, place, hint in found["coverage"]
        ),
    )
    if rest.taken_at is not None and rest.taken_at.tzinfo is None:
        raise ValueError("a time without a zone")
    interned = Interned(
        files=_codes(found["files"], _text),
        texts=_codes(found["texts"], _text),
        classes=_codes(found["classes"], _text),
        label_sets=_codes(found["label_sets"], _labels),
        whats=_codes(found["whats"], _what),
    )
    if not len(interned.label_sets) or interned.label_sets[0]:
        raise ValueError("the first labels are none")
    _check_names(rest, interned)
    return rest, interned


def _check_names(rest: Snapshot, interned: Interned) -> None:
    actions = rest.actions.keys() | {ANY_ACTION}
    if not CAPABILITIES.items() <= rest.actions.items():
        raise ValueError("a capability stands for another")
    for role, named in (*((None, r.actions) for r in rest.roles.values()), *interned.whats):
        if not named <= actions or (role is not None and role not in rest.roles):
            raise ValueError("a role or an action that is not there")
    for name in (*rest.roles, *rest.actions, *interned.classes):
        fault = name_fault(name)
        if fault is not None:
            raise ValueError(fault[0])


def _codes(values: Iterable[Any], read: Callable[[Any], _Value]) -> Codes[_Value]:
    found = [read(value) for value in values]
    if len(set(found)) < len(found):
        raise ValueError("a value stands twice")
    return Codes(found)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    value.encode()  # half a surrogate pair is none either
    return value


def _labels(value: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((_text(key), _text(text)) for key, text in value)


def _what(value: tuple[str | None, list[str]]) -> tuple[str | None, frozenset[str]]:
    role, actions = value
    if (role is None) is not bool(actions):
        raise ValueError("a grant of a role or of actions")
    return None if role is None else _text(role), frozenset(map(_text, actions))


def _maybe_place(source: Source | None) -> list[str | int] | None:
    return None if source is None else _place(source)


def _place(source: Source) -> list[str | int]:
    return [source.file, source.line, source.column]


def _source(place: list[Any]) -> Source:
    file, line, column = place
    if not (type(line) is int and type(column) is int and line >= 0 and column >= 0):
        raise TypeError("no place")
    return Source(_text(file), line, column) if file else NOWHERE
