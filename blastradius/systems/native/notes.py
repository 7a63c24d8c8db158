"""What a snapshot says of itself: what was not understood, and whether exports hold all that they should."""

import re
from collections.abc import Callable
from typing import TypeVar

from blastradius.documents import LinedMap, quoted
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source
from blastradius.systems.native.reading import Reading

UNREAD_FIELDS = ("message", "at", "help")
COVERAGE_FIELDS = ("what", "completeness", "reason", "at", "help")

_PLACE = re.compile(r"(?s:(.+?))(?::([1-9][0-9]{0,8}))?(?::([1-9][0-9]{0,8}))?", re.ASCII)
_Note = TypeVar("_Note")


def read_notes(
    reading: Reading, fields: LinedMap, section: str, read: Callable[[Reading, LinedMap], _Note | None]
) -> tuple[_Note, ...]:
    """Read a list of notes, each a mapping."""
    items = reading.items(fields, section)
    notes = (reading.mapping(items, index) for index in range(len(items)))
    found = (read(reading, note) for note in notes if note is not None)
    return tuple(note for note in found if note is not None)


def read_unread(reading: Reading, fields: LinedMap) -> Problem | None:
    """Read what was not understood when the snapshot was made; None when it does not say what."""
    reading.known_fields(fields, UNREAD_FIELDS)
    message = _needed_text(reading, fields, "message", "what was not understood")
    place, hint = _place(reading, fields), reading.text(fields, "help") or ""
    return None if message is None else Problem(message, place, hint)


def read_coverage(reading: Reading, fields: LinedMap) -> Coverage | None:
    """Read whether an export holds all that it should; None when it does not say that."""
    reading.known_fields(fields, COVERAGE_FIELDS)
    what = _needed_text(reading, fields, "what", "the export")
    completeness = _completeness(reading, fields)
    reason, hint = (reading.text(fields, key) or "" for key in ("reason", "help"))
    place = _place(reading, fields)
    return None if what is None or completeness is None else Coverage(what, completeness, reason, place, hint)


def written_place(source: Source | None) -> str:
    """Write a place as the text of ``at``; empty when there is none."""
    return str(source) if source is not None and source.file else ""


def _place(reading: Reading, fields: LinedMap) -> Source | None:
    """Read the place that something had where the snapshot was made from; nothing is looked for there."""
    text = reading.text(fields, "at")
    if text is None:
        return None
    found = _PLACE.fullmatch(text)
    assert found is not None
    return Source(found[1], int(found[2] or 0), int(found[3] or 0))


def _completeness(reading: Reading, fields: LinedMap) -> Completeness | None:
    text = _needed_text(reading, fields, "completeness", "the export")
    if text is None:
        return None
    known = [one.value for one in Completeness]
    if text not in known:
        reading.report(fields, "completeness", f"unknown completeness {quoted(text)}", did_you_mean(text, known))
        return None
    return Completeness(text)


def _needed_text(reading: Reading, fields: LinedMap, key: str, owner: str) -> str | None:
    return reading.text(fields, key) if reading.needed(fields, key, owner) else None
