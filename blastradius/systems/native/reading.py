"""One native document being read: typed fields, and every problem met on the way."""

from collections.abc import Collection
from sys import intern

from blastradius.documents import Document, LinedList, LinedMap, quoted, shortened, type_name
from blastradius.errors import BlastRadiusError, did_you_mean
from blastradius.model.snapshot import Entry
from blastradius.model.sources import Problem, Source
from blastradius.systems.native.ids import name_fault

NUMBER_MAX = 10**15
_PROBLEMS_MAX = 1000


class Reading:
    """Access to the fields of one document.

    Every method that finds something wrong reports it and gives back a harmless value, so that all
    problems of a document come out together. Only a document with a thousand of them is given up.

    Attributes:
        document: What is read.
        problems: What was wrong, in the order it was found.
    """

    def __init__(self, document: Document, error: type[BlastRadiusError]) -> None:
        """Begin to read a document; the error is what to raise when it is given up."""
        self.document = document
        self.problems: list[Problem] = []
        self._error = error

    def report(self, container: object, key: str | int | None, message: str, help: str = "") -> None:
        """Note a problem at a key or an item."""
        self.report_at(self.document.at(container, key), message, help)

    def report_at(self, source: Source, message: str, help: str = "") -> None:
        """Note a problem at a place."""
        self.problems.append(Problem(message, source, help))
        if len(self.problems) >= _PROBLEMS_MAX:
            raise self._error(shortened(self.problems))

    def at(self, container: LinedMap | LinedList, key: str | int) -> Source:
        """Name the place of a key or an item."""
        return self.document.at(container, key)

    def wrong_type(self, container: LinedMap | LinedList, key: str | int, wanted: str) -> None:
        """Report a value of the wrong type, and how to make text of it where text is wanted."""
        value = container[key]  # type: ignore[index]
        shown = quoted(key) if isinstance(key, str) else "the item"
        hint = ""
        if wanted == "text" and isinstance(value, bool | int | float):
            hint = f'put it in quotes: `"{self.document.text_of(container, key)}"`'
        elif value is None:
            hint = "write `{}` or `[]` for nothing, or leave the field out"
        self.report(container, key, f"{shown} must be {wanted}, not {type_name(value)}", hint)

    def known_fields(self, fields: LinedMap, known: Collection[str]) -> None:
        """Report every field that the format does not have."""
        for key in fields:
            if key not in known:
                self.report(fields, key, f"unknown field {quoted(key)}", did_you_mean(key, known))

    def mapping(self, container: LinedMap | LinedList, key: str | int) -> LinedMap | None:
        """Read a field that must be a mapping."""
        value = container[key]  # type: ignore[index]
        if isinstance(value, LinedMap):
            return value
        self.wrong_type(container, key, "a mapping")
        return None

    def section(self, container: LinedMap, key: str) -> LinedMap:
        """Read a field that may be missing and is a mapping; empty when it is missing or wrong."""
        found = self.mapping(container, key) if key in container else None
        return LinedMap() if found is None else found

    def items(self, container: LinedMap, key: str) -> LinedList:
        """Read a field that may be missing and is a list; empty when it is missing or wrong."""
        if key not in container:
            return LinedList()
        value = container[key]
        if isinstance(value, LinedList):
            return value
        self.wrong_type(container, key, "a list")
        return LinedList()

    def text(self, container: LinedMap | LinedList, key: str | int) -> str | None:
        """Read a text that is not empty; None when it is missing or wrong."""
        if isinstance(container, LinedMap) and key not in container:
            return None
        value = container[key]  # type: ignore[index]
        if not isinstance(value, str):
            self.wrong_type(container, key, "text")
            return None
        if not value.strip():
            shown = quoted(key) if isinstance(key, str) else "the item"
            self.report(container, key, f"{shown} must not be empty")
            return None
        return value

    def name(self, container: LinedMap | LinedList, key: str | int) -> str | None:
        """Read the name of an entity, wherever it is defined; None when it is missing or wrong."""
        value = self.text(container, key)
        if value is None:
            return None
        fault = name_fault(value)
        if fault is not None:
            self.report(container, key, *fault)
            return None
        return intern(value)

    def key(self, container: LinedMap, key: str) -> bool:
        """Tell whether a key can be a name, and report it when it cannot."""
        fault = name_fault(key)
        if fault is not None:
            self.report(container, key, *fault)
        return fault is None

    def needed_name(self, container: LinedMap, key: str, owner: str) -> str | None:
        """Read a name that must be there."""
        if key not in container:
            self.report(container, None, f"{owner} lacks {quoted(key)}")
        return self.name(container, key)

    def texts(self, container: LinedMap, key: str) -> tuple[str, ...]:
        """Read a list of texts; empty when it is missing or wrong."""
        values = self.items(container, key)
        return tuple(text for index in range(len(values)) if (text := self.text(values, index)) is not None)

    def truth(self, container: LinedMap, key: str, *, default: bool) -> bool:
        """Read ``true`` or ``false``."""
        value = container.get(key, default)
        if isinstance(value, bool):
            return value
        self.wrong_type(container, key, "`true` or `false`")
        return default

    def count(self, container: LinedMap, key: str) -> int | None:
        """Read a number of things; None when it is missing or wrong."""
        if key not in container:
            return None
        value = container[key]
        if not isinstance(value, int) or isinstance(value, bool):
            self.wrong_type(container, key, "a whole number")
            return None
        written = self.document.text_of(container, key) or ""
        if written.replace("_", "") != str(value) and value >= 0:
            # `010` is eight to one YAML reader and ten to the next.
            self.report(container, key, f"{quoted(key)} must be a plain decimal number, not {quoted(written)}")
            return None
        if not 0 <= value <= NUMBER_MAX:
            self.report(container, key, f"{quoted(key)} is {quoted(value)}, it must be between 0 and {NUMBER_MAX}")
            return None
        return value

    def entries(self, container: LinedMap, key: str, *, passing_over: str | None = None) -> tuple[Entry, ...]:
        """Read a list of subjects, each an id or ``{id, when}``; equal entries count once.

        Args:
            container: The mapping that has the list.
            key: Its field.
            passing_over: A word that is no id, and that the caller looks for itself.
        """
        values = self.items(container, key)
        found: list[Entry] = []
        for index, value in enumerate(values):
            if isinstance(value, LinedMap):
                entry = self._conditional_entry(values, index, value)
            elif value == passing_over and passing_over is not None:
                continue
            else:
                entry = self._plain_entry(values, index)
            if entry is not None:
                found.append(entry)
        return tuple(dict.fromkeys(found))

    def subjects(self, container: LinedMap, key: str) -> tuple[Entry, ...]:
        """Read a list of ids without conditions; equal entries count once."""
        values = self.items(container, key)
        found: list[Entry] = []
        for index, value in enumerate(values):
            if isinstance(value, LinedMap):
                self.report(values, index, f"{quoted(key)} takes plain ids, without a condition")
            elif (entry := self._plain_entry(values, index)) is not None:
                found.append(entry)
        return tuple(dict.fromkeys(found))

    def _plain_entry(self, values: LinedList, index: int) -> Entry | None:
        name = self.name(values, index)
        return None if name is None else Entry(name, None, self.at(values, index))

    def _conditional_entry(self, values: LinedList, index: int, fields: LinedMap) -> Entry | None:
        self.known_fields(fields, ("id", "when"))
        name = self.needed_name(fields, "id", "the entry")
        when = self.text(fields, "when")
        return None if name is None else Entry(name, when, self.at(values, index))
