"""The kinds of fields that a snapshot or a change has: names, texts, entries, counts."""

from sys import intern

from blastradius.documents import COUNT_MAX, Fields, LinedList, LinedMap, quoted
from blastradius.model.snapshot import Entry
from blastradius.model.sources import Source
from blastradius.systems.ids import name_fault


class Reading(Fields):
    """Access to the fields of one snapshot or change."""

    def at(self, container: LinedMap | LinedList, key: str | int) -> Source:
        """Name the place of a key or an item."""
        return self.document.at(container, key)

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
        return self.name(container, key) if self.needed(container, key, owner) else None

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
        if not 0 <= value <= COUNT_MAX:
            self.report(container, key, f"{quoted(key)} is {quoted(value)}, it must be between 0 and {COUNT_MAX}")
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
