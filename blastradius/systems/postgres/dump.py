"""The text of pg_dumpall and pg_dump, read into a `Catalog`: its statements are applied to an empty server.

Source: PostgreSQL 15 to 18, ``pg_dump.c``, ``pg_dumpall.c``; documentation, "SQL Dump" (26.1).
"""

import re
from collections.abc import Sequence

from blastradius.documents import Document, PlainText, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.catalog import (
    NEWEST,
    OLDEST,
    UNNAMED,
    Catalog,
    ObjectKey,
    SqlObject,
)
from blastradius.systems.postgres.privileges import Space
from blastradius.systems.postgres.sql.apply import apply
from blastradius.systems.postgres.sql.cursor import NotUnderstood
from blastradius.systems.postgres.sql.reading import read_statement
from blastradius.systems.postgres.sql.said import Connect
from blastradius.systems.postgres.sql.session import Session
from blastradius.systems.postgres.sql.tokens import Statement, statements

_HEAD = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|/\*[\s\S]*?\*/)*+(?P<first>\\?[A-Za-z]+)(?:\s+(?P<second>[A-Za-z]+))?")
_LOOKED_AT = 20_000
_VERSION = re.compile(r"^-- Dumped from database version (\d+)", re.MULTILINE)
_BEGINS = re.compile(r"^-- PostgreSQL database (?P<cluster>cluster )?dump\r?$", re.MULTILINE)
_ENDS = re.compile(r"^-- PostgreSQL database (?P<cluster>cluster )?dump complete\r?$", re.MULTILINE)
_ROLE_STATEMENT = re.compile(r"^\s*CREATE\s+(?:ROLE|USER|GROUP)\s", re.MULTILINE | re.IGNORECASE)
_OBJECTS = (
    "role user group table view sequence schema database function procedure policy extension type domain materialized"
)
_SECOND: dict[str, frozenset[str]] = {
    "create": frozenset({*_OBJECTS.split(), "or", "unlogged", "foreign", "server", "aggregate", "language", "index"}),
    "alter": frozenset({*_OBJECTS.split(), "default", "large", "foreign"}),
    "drop": frozenset(_OBJECTS.split()),
    "set": frozenset(
        {
            "statement",
            "session",
            "role",
            "default",
            "client",
            "lock",
            "idle",
            "search",
            "standard",
            "local",
            "transaction",
        }
    ),
}
_META = frozenset({"\\restrict", "\\connect", "\\c", "\\unrestrict"})
_UNREAD_MAX = 200
_INSTEAD = "export the catalog with the query of `blastradius collect postgres`, which holds what came of it"


def is_dump(document: Document) -> bool:
    """Tell whether a text is SQL that makes roles and things, by its beginning."""
    if not isinstance(document.value, PlainText):
        return False
    text = document.value.text[:_LOOKED_AT]
    if _BEGINS.search(text):
        return True
    match = _HEAD.match(text)
    if match is None:
        return False
    first, second = match["first"].lower(), (match["second"] or "").lower()
    if first in _META:
        return True
    # What grants and makes nothing is a change, not a state.
    if first in ("grant", "revoke"):
        return re.search(r"(?i)\bcreate\s+(?:role|user|table|schema)\b", text) is not None
    return second in _SECOND.get(first, ()) and ";" in text


def read_dumps(documents: Sequence[Document], catalog: Catalog, notes: Notes) -> None:
    """Apply the statements of dumps: first those of whole servers, then those of databases.

    Args:
        documents: Those that are dumps.
        catalog: Is added to.
        notes: Takes what was not understood.
    """
    texts = [(document, document.value.text) for document in documents if isinstance(document.value, PlainText)]
    if not texts:
        return
    versions = [int(match[1]) for _, text in texts if (match := _VERSION.search(text))]
    catalog.version = min(max([*versions, OLDEST]), NEWEST) if versions else NEWEST
    texts.sort(key=lambda item: _BEGINS.search(item[1][:_LOOKED_AT]) is not None and not _is_of_server(item[1]))
    catalog.has_roles = any(_ROLE_STATEMENT.search(text) for _, text in texts)
    if not catalog.has_roles:
        reason = "no dump holds roles, so who is a member of what is not known"
        hint = "give the output of `pg_dumpall --globals-only --no-role-passwords` as well"
        source = Source(texts[0][0].file.label)
        said = Coverage("roles and memberships", Completeness.UNKNOWN, reason, source, hint)
        catalog.coverage.append(said)
    nameless = [document for document, text in texts if _is_nameless(text)]
    for document, text in texts:
        start = UNNAMED if len(nameless) < 2 else document.file.relative.stem
        _Dump(document, text, catalog, notes).read(start if document in nameless else "")
    if not catalog.databases and not any(key.database for key in catalog.objects):
        reason = "only what belongs to the whole server was given"
        hint = "give the output of `pg_dump --schema-only -C` of every database as well"
        source = Source(texts[0][0].file.label)
        catalog.coverage.append(Coverage("the databases of the server", Completeness.UNKNOWN, reason, source, hint))


def _is_of_server(text: str) -> bool:
    match = _BEGINS.search(text[:_LOOKED_AT])
    return match is not None and bool(match["cluster"])


def _is_nameless(text: str) -> bool:
    r"""Tell whether a dump makes things without saying in which database."""
    return not _is_of_server(text) and re.search(r"^\\c(?:onnect)?\s", text, re.MULTILINE) is None


class _Dump:
    """Applies one text."""

    def __init__(self, document: Document, text: str, catalog: Catalog, notes: Notes) -> None:
        self._label = document.file.label
        self._text = text
        self._catalog = catalog
        self._notes = notes
        self._session = Session(catalog, strict=False)
        self._unread = 0
        self._broken = ""

    def read(self, nameless: str) -> None:
        """Apply the statements.

        Args:
            nameless: The name of the database that they are about; empty when they say it themselves.
        """
        owned_before = set(self._catalog.objects)
        if nameless and _makes_things(self._text):
            self._session.connect(nameless, Source(self._label, 1))
            what = f"privileges on the database of {quoted(self._label)} itself"
            reason = "a dump of one database does not hold them unless it is told to make the database"
            hint = "use `pg_dump --schema-only -C`"
            place = Source(self._label)
            self._catalog.coverage.append(Coverage(what, Completeness.UNKNOWN, reason, place, hint))
        for statement in statements(self._text):
            self._apply(statement)
        if self._unread > _UNREAD_MAX:
            self._notes.not_understood(Source(self._label), f"and {self._unread - _UNREAD_MAX} more statements")
        self._judge(owned_before)

    def _apply(self, statement: Statement) -> None:
        first = statement.tokens[0]
        source = Source(self._label, first.line, first.column)
        try:
            said = read_statement(statement, self._text)
            apply(said, self._session, source)
            if isinstance(said, Connect):
                self._catalog.elsewhere.pop(said.database, None)
        except NotUnderstood as error:
            self._unread += 1
            if statement.broken:
                self._broken = statement.broken
                return
            if self._unread <= _UNREAD_MAX:
                words = [token.text.upper() for token in statement.tokens[:2] if token.is_word(token.text)]
                shown = f"the statement {quoted(' '.join(words))}" if words else "this"
                self._notes.not_understood(source, f"{shown} is not understood: {error}", _INSTEAD)

    def _judge(self, before: set[ObjectKey]) -> None:
        """Say whether the dump holds all that it should."""
        catalog, label = self._catalog, self._label
        place = Source(label)
        begins, ends = len(_BEGINS.findall(self._text)), len(_ENDS.findall(self._text))
        what = f"the dump {quoted(label)}"
        if self._broken or begins > ends:
            reason = self._broken or "the line that says that it is complete is missing"
            said = Coverage(
                what, Completeness.TRUNCATED, reason, place, "write the dump again, and look at its exit code"
            )
        else:
            said = Coverage(what, Completeness.COMPLETE, "it was read to its end", place)
        catalog.coverage.append(said)
        made = (thing for key, thing in catalog.objects.items() if key not in before)
        orphans = [thing for thing in made if not thing.owner and _needs_owner(thing)]
        if orphans:
            first = orphans[0]
            reason = f"who owns {len(orphans)} of the things in it is not said, such as {quoted(first.key.name)}"
            said = Coverage(what, Completeness.TRUNCATED, reason, first.source, "dump without `--no-owner`")
            catalog.coverage.append(said)


def _makes_things(text: str) -> bool:
    return not _is_of_server(text)


def _needs_owner(thing: SqlObject) -> bool:
    """Tell whether an owner matters: what the server made for itself a superuser owns, who needs no right to it."""
    return thing.key.space not in (Space.DATABASE, Space.PARAMETER) and thing.key.schema != "pg_catalog"
