"""A snapshot out, in the native format: YAML for people, JSON for programs, JSON Lines for any size.

What is written gives the same answers as what it was made from; only the places of facts are those of the new file.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from blastradius.documents.bulk import HEAD_BYTES
from blastradius.documents.limits import FILE_BYTES_MAX, NODES_MAX
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem
from blastradius.systems.coverage import coverage_problems
from blastradius.systems.native.flow import block_entry, block_item, scalar
from blastradius.systems.native.snapshot import FORMAT
from blastradius.systems.native.stating import Fields, Stating

_Named = Iterator[tuple[str, Any]]
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_encode = json.JSONEncoder(ensure_ascii=False).encode


class NativeForm(StrEnum):
    """How a native snapshot is written."""

    YAML = "yaml"
    JSON = "json"
    LINES = "jsonl"


def native_text(snapshot: Snapshot, form: NativeForm) -> Iterator[str]:
    """Write a snapshot in the native format.

    Args:
        snapshot: Facts that keep all laws, as `blastradius.systems.load.load` gives them.
        form: How to write them.

    Yields:
        The text in pieces, about one for each entity, in the order of the snapshot. It is good only when nothing is
        raised until the end.

    Raises:
        SnapshotError: With everything that the native format cannot say, or because one file could not hold it all.

    Cost: one pass over the facts; no copy of them is made.
    """
    stating = Stating()
    match form:
        case NativeForm.YAML:
            yield from _within_limits(_yaml(_Sections(snapshot, stating)), "YAML")
        case NativeForm.JSON:
            yield from _within_limits(_json(_Sections(snapshot, stating)), "JSON")
        case NativeForm.LINES:
            yield from _lines(_Sections(snapshot, stating), stating)
    stating.finish()


class _Sections:
    """The sections of a snapshot, each with its entries as fields; an entry is made when it is written."""

    def __init__(self, snapshot: Snapshot, stating: Stating) -> None:
        self._snapshot = snapshot
        self._stating = stating

    def head(self) -> Fields:
        return self._stating.head(self._snapshot.system, self._snapshot.taken_at)

    def mappings(self) -> Iterator[tuple[str, _Named]]:
        snapshot, state = self._snapshot, self._stating
        yield "actions", iter(state.actions(snapshot.actions).items())
        yield "principals", ((name, state.principal(p)) for name, p in snapshot.principals.items())
        yield "groups", ((name, state.group(group)) for name, group in snapshot.groups.items())
        yield "roles", ((name, state.role(role)) for name, role in snapshot.roles.items())
        yield "resources", ((name, state.resource(resource)) for name, resource in snapshot.resources.items())

    def lists(self) -> Iterator[tuple[str, Iterator[Any]]]:
        snapshot, state = self._snapshot, self._stating
        yield "grants", map(state.grant, snapshot.grants)
        yield "same_as", map(state.accounts, snapshot.same_as)
        # What follows from exports that are not complete is said again by whoever reads that they are not.
        follows = frozenset(coverage_problems(snapshot.coverage))
        yield "unread", (state.unread(problem) for problem in snapshot.unread if problem not in follows)
        yield "coverage", map(state.coverage, snapshot.coverage)


_Piece = tuple[str, int]
"""A text, and how many values a reader will count in it."""


def _yaml(sections: _Sections) -> Iterator[_Piece]:
    yield f"format: {FORMAT}\n", 3
    for name, value in sections.head().items():
        # A time is no word that anybody takes for something else here, and people write it without quotes.
        yield f"{name}: {value if name == 'taken_at' else scalar(value)}\n", 2
    for section, entries in sections.mappings():
        for title, (name, value) in _titled(section, entries):
            begin, count = (f"{title}:\n", 3) if title else ("", 1)
            yield begin + block_entry(name, value, "  "), count + _values(value, keys=1)
    for section, items in sections.lists():
        for title, value in _titled(section, items):
            begin, count = (f"{title}:\n", 2) if title else ("", 0)
            yield begin + block_item(value, "  "), count + _values(value, keys=1)


def _json(sections: _Sections) -> Iterator[_Piece]:
    yield f'{{\n  "format": {_line(FORMAT)}', 2
    for name, value in sections.head().items():
        yield f",\n  {_line(name)}: {_line(value)}", 1
    for section, entries in sections.mappings():
        ends = ""
        for title, (name, value) in _titled(section, entries):
            begin, count = (f",\n  {_line(title)}: {{\n", 1) if title else (",\n", 0)
            yield f"{begin}    {_line(name)}: {_line(value)}", count + _values(value)
            ends = "\n  }"
        yield ends, 0
    for section, items in sections.lists():
        ends = ""
        for title, value in _titled(section, items):
            begin, count = (f",\n  {_line(title)}: [\n", 1) if title else (",\n", 0)
            yield f"{begin}    {_line(value)}", count + _values(value)
            ends = "\n  ]"
        yield ends, 0
    yield "\n}\n", 0


def _values(value: Any, keys: int = 0) -> int:
    """Count what a reader will count: of YAML keys too, of JSON only what they lead to."""
    if isinstance(value, dict):
        return 1 + keys * len(value) + sum(_values(one, keys) for one in value.values())
    return 1 + sum(_values(one, keys) for one in value) if isinstance(value, list) else 1


def _lines(sections: _Sections, stating: Stating) -> Iterator[str]:
    head = _line({"format": FORMAT, **sections.head()})
    if len(head.encode("utf-8", "replace")) > HEAD_BYTES // 2:
        stating.refuse("system", "its name is too long for the first line of a file")
    yield head + "\n"
    actions, *others = sections.mappings()
    yield from (_line({"action": name, "capability": value}) + "\n" for name, value in actions[1])
    for section, entries in others:
        kind = section.removesuffix("s")
        for name, value in entries:
            line = _line({kind: name, "actions": value} if kind == "role" else {kind: name, **value}) + "\n"
            _check_line(line, name, value, stating)
            yield line
    for section, items in sections.lists():
        kind = section.removesuffix("s") if section == "grants" else section
        yield from (_line({kind: value}) + "\n" for value in items)


def _check_line(line: str, name: str, value: Any, stating: Stating) -> None:
    # Whatever has so many values has at least as many characters.
    if len(line) < NODES_MAX:
        return
    if len(line.encode("utf-8", "replace")) > FILE_BYTES_MAX or _values(value) + 2 > NODES_MAX:
        stating.refuse(name, "it is too large for one line")


def _titled(section: str, entries: Iterator[Any]) -> Iterator[tuple[str, Any]]:
    """Put the title of a section before its first entry; a section without entries has none."""
    return ((section if at == 0 else "", entry) for at, entry in enumerate(entries))


def _line(value: Any) -> str:
    """Write JSON on one line, without characters that cannot be seen or turn the direction of text."""
    written = _encode(value)
    return written if written.isprintable() else _UNPRINTABLE.sub(_escaped, written)


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _within_limits(pieces: Iterator[_Piece], name: str) -> Iterator[str]:
    """Let through only what can be read again."""
    size = values = 0
    for text, count in pieces:
        size += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        values += count
        if size > FILE_BYTES_MAX or values > NODES_MAX:
            what = f"{FILE_BYTES_MAX} bytes" if size > FILE_BYTES_MAX else f"{NODES_MAX} values"
            message = f"the snapshot is too large for one {name} file, of which at most {what} are read"
            raise SnapshotError(Problem(message, None, "write JSON Lines (`.jsonl`) or a compiled snapshot (`.brs`)"))
        yield text
