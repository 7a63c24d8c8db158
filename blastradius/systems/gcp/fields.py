"""How the values below known fields are read, and what is said of those that do not fit."""

from collections.abc import Iterable, Iterator

from blastradius.documents import Document, LinedList, LinedMap, quoted, type_name
from blastradius.errors import did_you_mean
from blastradius.model.sources import Source
from blastradius.systems.gcp.objects import Member, State


class Reader:
    """Reads the values of one document and notes what does not fit."""

    __slots__ = ("document", "state")

    def __init__(self, document: Document, state: State) -> None:
        """Read this document into that state."""
        self.document = document
        self.state = state

    def at(self, container: object, key: object = None) -> Source:
        """Name a place in the document."""
        return self.document.at(container, key)

    def text(self, container: LinedMap, key: str) -> str:
        """Read a text or a number as it was written; empty when there is none."""
        value = container.get(key)
        return "" if value is None else self.document.text_of(container, key) or ""

    def mapping(self, container: LinedMap, *keys: str) -> LinedMap | None:
        """Read the first of some fields that holds a mapping."""
        for key in keys:
            value = container.get(key)
            if isinstance(value, LinedMap):
                return value
            if value is not None:
                self.wrong(container, key, "a mapping")
        return None

    def items(self, container: LinedMap, key: str) -> Iterator[LinedMap]:
        """Read a list of mappings; nothing when it was left out."""
        value = container.get(key)
        if value is not None and not isinstance(value, LinedList):
            self.wrong(container, key, "a list")
            return
        for position, item in enumerate(value or ()):
            if isinstance(item, LinedMap):
                yield item
            else:
                self.wrong_item(value, position, key, "a mapping")

    def members(self, container: LinedMap, key: str) -> tuple[Member, ...]:
        """Read a list of texts with their places; empty when it was left out."""
        value = container.get(key)
        if value is None:
            return ()
        if not isinstance(value, LinedList):
            self.wrong(container, key, "a list")
            return ()
        found: list[Member] = []
        for position, item in enumerate(value):
            if isinstance(item, str) and item.strip():
                found.append(Member(item, self.at(value, position)))
            else:
                self.wrong_item(value, position, key, "a text")
        return tuple(found)

    def texts(self, container: LinedMap, key: str) -> tuple[str, ...]:
        """Read a list of texts; empty when it was left out."""
        return tuple(member.text for member in self.members(container, key))

    def known(self, container: LinedMap, fields: Iterable[str], owner: str) -> None:
        """Note every field that nobody knows."""
        fields = frozenset(fields)
        for key in container:
            if key not in fields:
                message = f"unknown field {quoted(key)} in {owner}"
                self.state.not_understood(self.at(container, key), message, did_you_mean(key, sorted(fields)))

    def wrong(self, container: LinedMap, key: str, expected: str) -> None:
        """Note a field that holds something else than it must."""
        message = f"{quoted(key)} must be {expected}, not {type_name(container[key])}"
        self.state.error(self.at(container, key), message)

    def wrong_item(self, container: LinedList | None, position: int, key: str, expected: str) -> None:
        """Note an item that is something else than it must be."""
        if container is not None:
            message = f"each entry of {quoted(key)} must be {expected}, not {type_name(container[position])}"
            self.state.error(self.at(container, position), message)
