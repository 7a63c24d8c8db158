"""Values taken out of a JSON document, whatever stands there."""

from collections.abc import Iterator

from blastradius.documents import Document, LinedList, LinedMap


def maps_in(container: object) -> Iterator[LinedMap]:
    """Give the mappings of a list; nothing when there is none."""
    if isinstance(container, LinedList):
        yield from (item for item in container if isinstance(item, LinedMap))


def text_in(container: object, *keys: str) -> str:
    """Give the first text under one of some keys; empty when there is none."""
    if isinstance(container, LinedMap):
        for key in keys:
            value = container.get(key)
            if isinstance(value, str) and value.strip():
                return value
    return ""


def items_of(document: Document, key: str) -> tuple[LinedMap, ...]:
    """Give what a document lists: its items, those under a key, or itself."""
    value = document.value
    if isinstance(value, LinedMap):
        return tuple(maps_in(value[key])) if isinstance(value.get(key), LinedList) else (value,)
    return tuple(maps_in(value))
