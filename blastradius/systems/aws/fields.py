"""Fields of an export, taken one by one with their place, and every problem met on the way."""

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from blastradius.documents import UNSAFE_CHARACTERS, Document, File, LinedList, LinedMap, quoted, type_name
from blastradius.documents.json_reader import JsonSyntaxError, read_json
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source
from blastradius.systems.aws.objects import AwsState

_ID_CHARACTERS_MAX = 900


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping of an export.

    Attributes:
        value: The mapping.
        label: What it is, for messages.
        state: Takes the problems.
        place: Where all of it stands; None where every key has its own place.
    """

    document: Document
    value: LinedMap
    label: str
    state: AwsState
    place: Source | None = None

    def at(self, key: str | None = None) -> Source:
        """Name the place of the mapping, or of one of its keys."""
        return self.place or self.document.at(self.value, key)

    def at_item(self, items: LinedList, index: int) -> Source:
        """Name the place of an item of a list below."""
        return self.place or self.document.at(items, index)

    def error(self, key: str | None, message: str, help: str = "") -> None:
        """Report something that contradicts the format."""
        self.state.errors.append(Problem(message, self.at(key), help))

    def unread(self, key: str | None, message: str, help: str = "") -> None:
        """Report something that was not understood."""
        self.state.unread.append(Problem(message, self.at(key), help))

    def below(self, value: LinedMap, label: str) -> "Fields":
        """Give the fields of a mapping below."""
        return Fields(self.document, value, label, self.state, self.place)

    def text(self, key: str) -> str:
        """Give a text that must be there; the empty text when it is not, which is reported."""
        value = self.value.get(key)
        if isinstance(value, str) and value and is_clean(value):
            return value
        if key not in self.value:
            self.error(None, f"{self.label} lacks {quoted(key)}", "was it exported whole?")
        elif not isinstance(value, str):
            self.error(key, f"{quoted(key)} of {self.label} is {type_name(value)}, not text")
        else:
            shown = f"{quoted(value)} cannot be the {quoted(key)} of {self.label}"
            self.error(key, shown, "it is empty, too long, or holds characters that control or hide text")
        return ""

    def optional_text(self, key: str) -> str:
        """Give a text; empty when there is none."""
        return self.text(key) if self.value.get(key) is not None else ""

    def child(self, key: str, label: str = "") -> "Fields | None":
        """Give a mapping; None when there is none or something else stands there."""
        value = self.value.get(key)
        if isinstance(value, LinedMap):
            return self.below(value, label or self.label)
        if value is not None:
            self.error(key, f"{quoted(key)} of {self.label} is {type_name(value)}, not a mapping")
        return None

    def children(self, key: str, label: str) -> list["Fields"]:
        """Give a list of mappings; empty when there is none or something else stands there."""
        items = self.value.get(key)
        if items is None:
            return []
        if not isinstance(items, LinedList):
            self.error(key, f"{quoted(key)} of {self.label} is {type_name(items)}, not a list")
            return []
        found: list[Fields] = []
        for index, item in enumerate(items):
            if isinstance(item, LinedMap):
                found.append(self.below(item, label))
            else:
                message = f"an item of {quoted(key)} of {self.label} is {type_name(item)}, not a mapping"
                self.state.errors.append(Problem(message, self.at_item(items, index)))
        return found

    def known(self, keys: frozenset[str]) -> None:
        """Report every key that nobody knows."""
        for key in self.value:
            if key not in keys:
                message = f"{self.label} has the unknown field {quoted(key)}"
                self.unread(key, message, "check by hand whether it changes access; is it misspelt?")

    def embedded(self, key: str, label: str) -> "Fields | None":
        """Give a mapping that may be written as a text: as JSON, perhaps with its characters encoded for a URL.

        Returns:
            None when there is none; where it was a text, all of it stands at one place.
        """
        value = self.value.get(key)
        if isinstance(value, LinedMap):
            return self.below(value, label)
        if not isinstance(value, str):
            self.error(key, f"{label} is {type_name(value)}, not a policy", "was it exported whole?")
            return None
        text = unquote(value) if value.lstrip()[:1] == "%" else value
        found = _parsed(text)
        if found is None:
            self.error(key, f"{label} is a text that is no JSON", "was it cut short or changed by hand?")
            return None
        return Fields(found, _mapping(found), label, self.state, self.at(key))


def is_clean(text: str) -> bool:
    """Tell whether a text can be, or be part of, an id."""
    return len(text) <= _ID_CHARACTERS_MAX and not UNSAFE_CHARACTERS.search(text)


def _parsed(text: str) -> Document | None:
    """Read a mapping out of a text; None when it holds none, or not one alone."""
    try:
        found = read_json(File("embedded", PurePosixPath("embedded"), text, ""))
    except (JsonSyntaxError, DocumentError):
        return None
    return found[0] if len(found) == 1 and isinstance(found[0].value, LinedMap) else None


def _mapping(document: Document) -> LinedMap:
    assert isinstance(document.value, LinedMap)
    return document.value


def written(text: str) -> str:
    """Write a text in quotation marks, with nothing in it that cannot be seen."""
    return json.dumps(text, ensure_ascii=not text.isprintable())
