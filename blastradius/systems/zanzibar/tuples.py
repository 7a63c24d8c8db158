"""Relationship tuples in the forms that people export them in.

Source: OpenFGA CLI (``fga tuple read``, ``fga tuple write --file``); SpiceDB ``pkg/tuple/parsing.go``; zed
``backup parse-relationships`` (2026).
"""

import json
import re
from collections.abc import Iterable, Iterator

from blastradius.documents import UNSAFE_CHARACTERS, Document, LinedList, LinedMap, PlainText, quoted, read_csv
from blastradius.errors import DocumentError
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.excerpt import Excerpt
from blastradius.systems.zanzibar.objects import Relationship

TUPLE_FIELDS = frozenset({"user", "relation", "object"})
CSV_COLUMNS = ("user_type", "user_id", "relation", "object_type", "object_id")
_CSV_MORE = ("user_relation", "condition_name", "condition_context")
_NEVER = UNSAFE_CHARACTERS.pattern[1:-1]
_OBJECT = re.compile(rf"[^:#@*\s{_NEVER}]+:[^#\s{_NEVER}]+")
_SUBJECT = re.compile(rf"([^:#@*\s{_NEVER}]+:[^#\s{_NEVER}]+)(?:#([^:#@*\s{_NEVER}]+))?")
_RELATION = re.compile(rf"[^:#@*\s{_NEVER}]+")
# A line of `zed backup parse-relationships` has blanks in the place of `#` and `@`.
_LINE = re.compile(
    r"([a-z0-9_/]+:[A-Za-z0-9/_|=+-]+)(?:#([a-z0-9_]+)@| ([a-z0-9_]+) )"
    r"([a-z0-9_/]+:(?:[A-Za-z0-9/_|=+-]+|\*))(?:#([a-z0-9_]+|\.\.\.))?"
    r"(?:\[(?!expiration:)([a-z0-9_/]+)(?::(\{.*\}))?\])?(?:\[expiration:([0-9TZtz:.+-]+)\])?"
)
_ELLIPSIS = "..."
_FORM = "write it as `document:1#viewer@user:ana`"


def is_line(text: str) -> bool:
    """Tell whether a line is a relationship of SpiceDB."""
    return _LINE.fullmatch(text.strip()) is not None


def read_lines(excerpt: Excerpt, lines: Iterable[str], notes: Notes) -> Iterator[Relationship]:
    """Read relationships of SpiceDB, one on each line; blank lines and ``//`` comments are left out."""
    for number, line in enumerate(lines):
        text = line.strip()
        if not text or text.startswith("//"):
            continue
        source = excerpt.source_of_line(number)
        match = _LINE.fullmatch(text)
        if match is None:
            # SECURITY: the line is not shown, since it may be anything, a password as well.
            notes.error(source, "this is no relationship", _FORM)
            continue
        resource, first, second, subject, subject_relation, caveat, context, expires = match.groups()
        if subject.endswith(":*") and subject_relation:
            notes.error(source, f"everybody of a type has no relation: {quoted(text)}", "write `user:*` alone")
            continue
        yield Relationship(
            resource,
            first or second,
            subject,
            "" if subject_relation in (None, _ELLIPSIS) else subject_relation,
            caveat or "",
            _context_of_text(context, source, notes) if context else "",
            expires or "",
            source,
        )


def read_table(document: Document, notes: Notes) -> Iterator[Relationship]:
    """Read tuples of OpenFGA from CSV."""
    assert isinstance(document.value, PlainText)
    try:
        table = read_csv(document)
    except DocumentError as error:
        notes.errors.extend(error.problems)
        return
    names = {name: at for at, name in enumerate(table.header)}
    label = document.file.label
    for name in sorted(names.keys() - {*CSV_COLUMNS, *_CSV_MORE}):
        notes.not_understood(Source(label, 1), f"the column {quoted(name)} of tuples is not known")
    columns = [names.get(name, -1) for name in (*CSV_COLUMNS, *_CSV_MORE)]
    for row, line in zip(table.rows, table.lines, strict=True):
        source = Source(label, line)
        kind, name, relation, object_kind, object_name, of, condition, context = (
            row[at].strip() if at >= 0 else "" for at in columns
        )
        user = f"{kind}:{name}" + (f"#{of}" if of else "")
        stored = _context_of_text(context, source, notes) if context else ""
        made = _relationship(user, relation, f"{object_kind}:{object_name}", (condition, stored), source, notes)
        if made is not None:
            yield made


def read_items(document: Document, items: LinedList, notes: Notes) -> Iterator[Relationship]:
    """Read tuples of OpenFGA from a list of mappings, each a tuple or one with its ``key`` and time."""
    for at, item in enumerate(items):
        source = document.at(items, at)
        if isinstance(item, LinedMap) and isinstance(item.get("key"), LinedMap):
            item = item["key"]
        made = read_item(document, item, source, notes)
        if made is not None:
            yield made


def read_item(document: Document, item: object, source: Source, notes: Notes) -> Relationship | None:
    """Read a tuple of OpenFGA from a mapping; None when it is none."""
    if not isinstance(item, LinedMap):
        notes.error(source, "a tuple must be a mapping with `user`, `relation` and `object`")
        return None
    texts: list[str] = []
    for key in ("user", "relation", "object"):
        text = document.text_of(item, key)
        if not text:
            notes.error(source, f"the tuple lacks {quoted(key)}, or it is not text")
            return None
        texts.append(text)
    for key in item.keys() - TUPLE_FIELDS - {"condition"}:
        notes.not_understood(document.at(item, key), f"the field {quoted(key)} of a tuple is not known")
    condition = _condition(document, item, notes)
    return _relationship(texts[0], texts[1], texts[2], condition, document.at(item), notes)


def _relationship(
    user: str, relation: str, object: str, condition: tuple[str, str], source: Source, notes: Notes
) -> Relationship | None:
    subject = _SUBJECT.fullmatch(user)
    faults = (
        (
            "user",
            user,
            subject is None or (subject[2] and subject[1].endswith(":*")),
            "`user:ana`, `group:eng#member` or `user:*`",
        ),
        ("relation", relation, _RELATION.fullmatch(relation) is None, "`viewer`"),
        ("object", object, _OBJECT.fullmatch(object) is None or object.endswith(":*"), "`document:1`"),
    )
    for what, text, wrong, form in faults:
        if wrong:
            notes.error(source, f"the {what} {quoted(text)} of a tuple has the wrong form", f"write it as {form}")
            return None
    assert subject is not None
    return Relationship(object, relation, subject[1], subject[2] or "", *condition, source=source)


def _condition(document: Document, item: LinedMap, notes: Notes) -> tuple[str, str]:
    """Read the condition of a tuple; (name, context), both empty for none."""
    value = item.get("condition")
    if value is None or (isinstance(value, LinedMap) and not value.get("name") and not value.get("context")):
        return ("", "")
    name = value.get("name") if isinstance(value, LinedMap) else None
    if not isinstance(name, str) or not isinstance(value, LinedMap):
        notes.error(document.at(item, "condition"), "the condition of a tuple must be a mapping with a `name`")
        return ("", "")
    context = value.get("context")
    if context is not None and not isinstance(context, LinedMap):
        notes.error(document.at(value, "context"), "the `context` of a condition must be a mapping")
        context = None
    return (name, _written(context) if context else "")


def _context_of_text(text: str, source: Source, notes: Notes) -> str:
    try:
        value = json.loads(text)
        if isinstance(value, dict):
            return _written(value) if value else ""
    except (ValueError, RecursionError):
        pass
    notes.error(source, "the context of a condition must be a JSON object", "was the line cut off?")
    return ""


def _written(value: object) -> str:
    """Write values the same way whatever order they came in."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
