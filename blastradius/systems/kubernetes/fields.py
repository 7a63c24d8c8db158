"""Fields of one object, taken with their type checked and their place kept."""

from dataclasses import dataclass, field
from typing import NamedTuple

from blastradius.documents import Document, LinedList, LinedMap, quoted, type_name
from blastradius.model.sources import Problem, Source


@dataclass(slots=True)
class Findings:
    """What is wrong with the documents, while they are read.

    Attributes:
        errors: Contradictions of the format; any of them stops the reading.
        unread: What was not understood, or what an API server would refuse.
    """

    errors: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)


class Text(NamedTuple):
    """A text and where it stands."""

    value: str
    source: Source


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of a document.

    A key that is absent and a key without a value are the same, as they are to an API server.

    Attributes:
        value: The mapping.
        label: What it is, for messages, such as ``RoleBinding `devs```.
    """

    document: Document
    value: LinedMap
    findings: Findings
    label: str

    def at(self, key: str | None = None) -> Source:
        """Name the place of the mapping, or of one of its keys."""
        return self.document.at(self.value, key)

    def text(self, key: str) -> str:
        """Give a text; the empty text when there is none or something else stands there."""
        value = self.value.get(key)
        if value is None or isinstance(value, str):
            return value or ""
        self._wrong(key, value, "text", "put quotation marks around it" if _is_scalar(value) else "")
        return ""

    def texts(self, key: str) -> tuple[Text, ...]:
        """Give a list of texts; empty when there is none or something else stands there."""
        found: list[Text] = []
        for index, value in self._items(key):
            source = self.document.at(self.value[key], index)
            if isinstance(value, str):
                found.append(Text(value, source))
            else:
                self._wrong_item(key, value, source, "text")
        return tuple(found)

    def child(self, key: str) -> "Fields | None":
        """Give a mapping; None when there is none or something else stands there."""
        value = self.value.get(key)
        if isinstance(value, LinedMap):
            return self._below(value)
        if value is not None:
            self._wrong(key, value, "a mapping")
        return None

    def children(self, key: str) -> tuple["Fields", ...]:
        """Give a list of mappings; empty when there is none or something else stands there."""
        found: list[Fields] = []
        for index, value in self._items(key):
            if isinstance(value, LinedMap):
                found.append(self._below(value))
            else:
                self._wrong_item(key, value, self.document.at(self.value[key], index), "a mapping")
        return tuple(found)

    def unknown_keys(self, known: frozenset[str], where: str) -> None:
        """Report every key that is not known: an API server would refuse it, or drop what it says."""
        for key in self.value:
            if key not in known:
                self.unread(
                    key,
                    f"{self.label} has the unknown field {quoted(key)} in {where}",
                    "an API server refuses or ignores it; is it misspelt",
                )

    def unread(self, key: str | None, message: str, help: str = "") -> None:
        """Report something that was not understood."""
        self.findings.unread.append(Problem(message, self.at(key), help))

    def error(self, key: str | None, message: str, help: str = "") -> None:
        """Report something that contradicts the format."""
        self.findings.errors.append(Problem(message, self.at(key), help))

    def _items(self, key: str) -> list[tuple[int, object]]:
        value = self.value.get(key)
        if isinstance(value, LinedList):
            return list(enumerate(value))
        if value is not None:
            self._wrong(key, value, "a list")
        return []

    def _below(self, value: LinedMap) -> "Fields":
        return Fields(self.document, value, self.findings, self.label)

    def _wrong(self, key: str, value: object, wanted: str, help: str = "") -> None:
        self.error(key, f"{quoted(key)} of {self.label} is {type_name(value)}, not {wanted}", help)

    def _wrong_item(self, key: str, value: object, source: Source, wanted: str) -> None:
        message = f"an item of {quoted(key)} of {self.label} is {type_name(value)}, not {wanted}"
        self.findings.errors.append(
            Problem(message, source, "put quotation marks around it" if wanted == "text" and _is_scalar(value) else "")
        )


def _is_scalar(value: object) -> bool:
    return isinstance(value, bool | int | float)
