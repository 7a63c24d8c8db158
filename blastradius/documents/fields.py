"""The fields of a document of our own formats, taken one by one, with every problem met on the way."""

from collections.abc import Collection

from blastradius.documents.limits import quoted
from blastradius.documents.schema import shortened, type_name
from blastradius.documents.tree import Document, LinedList, LinedMap
from blastradius.errors import BlastRadiusError, did_you_mean
from blastradius.model.sources import Problem, Source

_PROBLEMS_MAX = 1000


class Fields:
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
        """Note a problem at a key or an item; at the container itself when the key is None."""
        self.report_at(self.document.at(container, key), message, help)

    def report_at(self, source: Source, message: str, help: str = "") -> None:
        """Note a problem at a place."""
        self.problems.append(Problem(message, source, help))
        if len(self.problems) >= _PROBLEMS_MAX:
            raise self._error(shortened(self.problems))

    def wrong_type(self, container: LinedMap | LinedList, key: str | int, wanted: str) -> None:
        """Report a value of the wrong type, and how to make text of it where text is wanted."""
        value = container[key]  # type: ignore[index]
        shown = quoted(key) if isinstance(key, str) else "the item"
        hint = ""
        if wanted.startswith("text") and isinstance(value, bool | int | float):
            hint = f'put it in quotes: `"{self.document.text_of(container, key)}"`'
        elif value is None:
            hint = "write `{}` or `[]` for nothing, or leave the field out"
        self.report(container, key, f"{shown} must be {wanted}, not {type_name(value)}", hint)

    def known_fields(self, fields: LinedMap, known: Collection[str]) -> None:
        """Report every field that the format does not have."""
        for key in fields:
            if key not in known:
                self.report(fields, key, f"unknown field {quoted(key)}", did_you_mean(key, known))

    def needed(self, container: LinedMap, key: str, owner: str) -> bool:
        """Report a field that must be there and is not; tell whether it is there."""
        if key not in container:
            self.report(container, None, f"{owner} lacks {quoted(key)}")
        return key in container

    def mapping(self, container: LinedMap | LinedList, key: str | int) -> LinedMap | None:
        """Read a field that must be a mapping; None when it is not."""
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
