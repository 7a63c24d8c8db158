"""Single lines read as a native document would be: slow, and able to say what is wrong with each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from blastradius.columns.gathering import Gathering, Listed
from blastradius.documents import Document, File, LinedMap
from blastradius.documents.json_reader import JsonSyntaxError, read_json
from blastradius.errors import DocumentError, SnapshotError, did_you_mean
from blastradius.model.snapshot import Capability, Coverage, Effect, Entry, Role, Snapshot
from blastradius.model.sources import Problem, Source
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
from blastradius.systems.native.notes import read_coverage, read_unread
from blastradius.systems.native.reading import Reading
from blastradius.systems.native.snapshot import FORMAT, read_accounts, read_actions, read_one
from blastradius.systems.tables.quick import TwiceError

KINDS = ("principal", "group", "role", "resource", "grant", "same_as", "action", "unread", "coverage")
HEADER_FIELDS = ("format", "system", "taken_at", "actions")


@dataclass(frozen=True, slots=True)
class _Line(Document):
    """A document that is one line of a file."""

    def at(self, container: object, key: object = None) -> Source:
        """Name the place of a container, or of one of its keys or items."""
        # NOTE: `super()` without arguments does not work in a dataclass with slots.
        place = Document.at(self, container, key)
        return Source(place.file, self.line, place.column)


class ExactReader:
    """Takes single lines, and keeps what was wrong with them.

    Attributes:
        roles: The roles found so far.
        same_as: Accounts that belong together, and where that stands.
        actions: Each action, its capability, and where that stands.
        unread: What was not understood when the lines were written.
        coverage: Whether the exports they were made from hold all that they should.
    """

    def __init__(self, gathering: Gathering) -> None:
        """Begin; the gathering may hold facts already."""
        self.roles: dict[str, Role] = {}
        self.same_as: list[tuple[frozenset[str], Source]] = []
        self.actions: list[tuple[str, Capability, Source]] = []
        self.unread: list[Problem] = []
        self.coverage: list[Coverage] = []
        self._gathering = gathering
        self._takers: dict[str, Callable[[Reading, LinedMap, Source], None]] = {
            "principal": self._principal,
            "group": self._group,
            "role": self._role,
            "resource": self._resource,
            "grant": self._grant,
            "same_as": self._same_as,
            "action": self._action,
            "unread": self._unread,
            "coverage": self._coverage,
            "member": self._member,
            "by": self._acting,
        }

    def header(self, line: str, label: str, number: int) -> Snapshot:
        """Read the first line of a file.

        Raises:
            SnapshotError: With what is wrong with it.
        """
        reading = Reading(_document(line, label, number), SnapshotError)
        fields = reading.document.value
        assert isinstance(fields, LinedMap)
        if fields.get("format") != FORMAT:
            message = f"unknown format version, or none; this version reads `{FORMAT}`"
            raise SnapshotError(Problem(message, reading.at(fields, "format")))
        reading.known_fields(fields, HEADER_FIELDS)
        # What is no field of a header would be read as the sections of a whole document.
        header = LinedMap(fields.place)
        for key in HEADER_FIELDS:
            if key in fields:
                header[key], header.places[key] = fields[key], fields.places[key]
        found = read_one(_reading_of(reading, header), self.actions)
        if reading.problems:
            raise SnapshotError(reading.problems)
        return found

    def take(self, line: str, label: str, number: int, kind: str | None = None) -> None:
        """Take one entity.

        Args:
            line: In JSON.
            label: Name of its file.
            number: Its number, counted from 1.
            kind: What it gives, ``member`` and ``by`` for one entry of a list; None to see from its fields.

        Raises:
            SnapshotError: With everything that is wrong with it.
            TwiceError: When another line says something else about the same id.
        """
        document = _document(line, label, number)
        reading = Reading(document, SnapshotError)
        fields = document.value
        assert isinstance(fields, LinedMap)
        kind = kind or next((key for key in fields if key in KINDS), None)
        if kind is None:
            shown = did_you_mean(next(iter(fields), ""), KINDS)
            raise SnapshotError(Problem("the line gives no entity", Source(label, number), shown))
        self._takers[kind](reading, fields, Source(label, number))
        if reading.problems:
            raise SnapshotError(reading.problems)

    def _principal(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        name = self._id(reading, fields, "principal", PRINCIPAL_FIELDS)
        found = read_principal(reading, name, fields, source) if name else None
        if found is not None and not reading.problems:
            assumable_by = _listed(found.assumable_by)
            first = self._gathering.principal(found.id, external=found.external, assumable_by=assumable_by)
            _once(found.id, first)

    def _group(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        name = self._id(reading, fields, "group", GROUP_FIELDS)
        found = read_group(reading, name, fields, source) if name else None
        if found is not None and not reading.problems:
            first = self._gathering.group(
                found.id,
                members=_listed(found.members),
                unlisted=found.unlisted,
                size=found.size,
                external=found.external,
                all_of=_listed(found.all_of),
                but_not=_listed(found.but_not),
                open=found.open,
            )
            _once(found.id, first)

    def _resource(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        name = self._id(reading, fields, "resource", RESOURCE_FIELDS)
        found = read_resource(reading, name, fields, source) if name else None
        if found is not None and not reading.problems:
            first = self._gathering.resource(
                found.id,
                found.parents,
                inherits=found.inherits,
                class_name=found.class_name,
                labels=found.labels,
                items=found.items,
            )
            _once(found.id, first)

    def _grant(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        reading.known_fields(fields, ("grant",))
        grant_fields = reading.mapping(fields, "grant")
        if grant_fields is None:
            return
        reading.known_fields(grant_fields, GRANT_FIELDS)
        grant = read_grant(reading, grant_fields, source)
        if grant is not None and not reading.problems:
            what = (grant.role, grant.actions)
            deny = grant.effect is Effect.DENY
            self._gathering.grant(grant.subject, grant.resource, what, deny=deny, when=grant.when)

    def _role(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        reading.known_fields(fields, ("role", "actions"))
        name = reading.name(fields, "role")
        if not reading.needed(fields, "actions", "the role") or name is None:
            return
        role = read_role(reading, name, fields, "actions", source)
        first = self.roles.setdefault(name, role)
        if first != role:
            raise TwiceError(name, first.source)

    def _same_as(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        reading.known_fields(fields, ("same_as",))
        names = read_accounts(reading, fields, "same_as")
        if names:
            self.same_as.append((names, source))

    def _action(self, reading: Reading, fields: LinedMap, source: Source) -> None:
        reading.known_fields(fields, ("action", "capability"))
        name = reading.text(fields, "action")
        if not reading.needed(fields, "capability", "the action") or name is None:
            return
        # As in a whole document, where the action is the key and its capability the value.
        written = LinedMap(fields.place)
        written[name], written.places[name] = fields["capability"], fields.places["action"]
        found = read_actions(reading, written)
        self.actions += [(action, capability, source) for action, (capability, _) in found.items()]

    def _unread(self, reading: Reading, fields: LinedMap, source: Source) -> None:  # noqa: ARG002 - as the others
        reading.known_fields(fields, ("unread",))
        note = reading.mapping(fields, "unread")
        found = None if note is None else read_unread(reading, note)
        self.unread += [] if found is None else [found]

    def _coverage(self, reading: Reading, fields: LinedMap, source: Source) -> None:  # noqa: ARG002 - as the others
        reading.known_fields(fields, ("coverage",))
        note = reading.mapping(fields, "coverage")
        found = None if note is None else read_coverage(reading, note)
        self.coverage += [] if found is None else [found]

    def _member(self, reading: Reading, fields: LinedMap, source: Source) -> None:  # noqa: ARG002 - as the others
        """Take one member of a group that is given elsewhere."""
        group, member = (
            self._id(reading, fields, "group", ("member", "when")),
            reading.needed_name(fields, "member", "the row"),
        )
        when = reading.text(fields, "when")
        if group and member and not reading.problems:
            self._gathering.member(group, member, when)

    def _acting(self, reading: Reading, fields: LinedMap, source: Source) -> None:  # noqa: ARG002 - as the others
        """Take somebody who may act as a principal that is given elsewhere."""
        principal, by = (
            self._id(reading, fields, "principal", ("by", "when")),
            reading.needed_name(fields, "by", "the row"),
        )
        when = reading.text(fields, "when")
        if principal and by and not reading.problems:
            self._gathering.acting_as(principal, by, when)

    def _id(self, reading: Reading, fields: LinedMap, kind: str, known: tuple[str, ...]) -> str | None:
        """Read the id, and leave the fields that a native document would have below it."""
        reading.known_fields(fields, (kind, *known))
        name = reading.text(fields, kind) if reading.needed(fields, kind, "the row") else None
        return name if name is not None and check_id(reading, fields, kind, name) else None


def _reading_of(reading: Reading, fields: LinedMap) -> Reading:
    """Look at other fields of the same line; what is wrong with them is wrong with the line."""
    document = reading.document
    other = Reading(_Line(document.file, fields, document.line), SnapshotError)
    other.problems = reading.problems
    return other


def _document(line: str, label: str, number: int) -> Document:
    file = File(label, PurePosixPath(label), line, "")
    try:
        documents = read_json(file)
    except JsonSyntaxError as error:
        raise SnapshotError(_moved(error.problem, number)) from None
    except DocumentError as error:
        raise SnapshotError(_moved(problem, number) for problem in error.problems) from None
    if len(documents) != 1 or not isinstance(documents[0].value, LinedMap):
        message = "a line holds one mapping, and nothing else"
        raise SnapshotError(Problem(message, Source(label, number), "write each entity on a line of its own"))
    return _Line(file, documents[0].value, number)


def _moved(problem: Problem, number: int) -> Problem:
    place = problem.source
    return (
        problem if place is None else Problem(problem.message, Source(place.file, number, place.column), problem.help)
    )


def _listed(entries: tuple[Entry, ...]) -> Listed:
    return [(entry.id, entry.when) for entry in entries]


def _once(id: str, first: Source | None) -> None:
    if first is not None:
        raise TwiceError(id, first)
