"""Models of OpenFGA as JSON: what ``fga model get`` and the API give.

Source: OpenFGA API, ``AuthorizationModel`` (schema 1.1 and 1.2, 2026).
"""

from collections.abc import Iterator

from blastradius.documents import Document, LinedList, LinedMap, quoted
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.fga_language import VERSIONS, Module
from blastradius.systems.zanzibar.objects import (
    Allowed,
    Arrow,
    Computed,
    Condition,
    Direct,
    Exclusion,
    Expression,
    Intersection,
    Nothing,
    Relation,
    Type,
    Union,
)
from blastradius.systems.zanzibar.scanner import even

_TYPE_PREFIX = "TYPE_NAME_"


def is_json_model(value: object) -> bool:
    """Tell whether a value is a model as JSON."""
    return isinstance(value, LinedMap) and "schema_version" in value and "type_definitions" in value


def read_json_model(document: Document, value: LinedMap, notes: Notes) -> Module:
    """Read a model.

    Args:
        document: It stands in this one.
        value: The mapping with ``schema_version`` and ``type_definitions``.
        notes: Takes everything that is wrong.
    """
    return _Reader(document, notes).module(value)


class _Reader:
    def __init__(self, document: Document, notes: Notes) -> None:
        self._document = document
        self._notes = notes

    def module(self, value: LinedMap) -> Module:
        version = self._text(value, "schema_version", "the model")
        if version and version not in VERSIONS:
            message = f"schema {quoted(version)} of an OpenFGA model is not known"
            self._error(value, "schema_version", message, f"known are {' and '.join(VERSIONS)}")
        module = Module(version)
        for container, key in self._items(value, "type_definitions", "the model"):
            described = self._map(container, key, "a type definition")
            if described is not None and (name := self._text(described, "type", "a type definition")):
                module.types.append(self._type(described, name))
        for name, condition in self._entries(value, "conditions", "the model"):
            module.conditions.append(self._condition(name, condition, self._at(value, "conditions")))
        return module

    def _type(self, value: LinedMap, name: str) -> Type:
        owner = f"the type {quoted(name)}"
        metadata: dict[str, LinedMap] = {}
        for key, inner in self._entries(value, "metadata", owner):
            if key == "relations":
                metadata = dict(self._entries_of(inner, f"`metadata` of {owner}"))
        relations: dict[str, Relation] = {}
        for relation, rewrite in self._entries(value, "relations", owner):
            direct: list[bool] = []
            whose = f"the relation {quoted(relation)} of {quoted(name)}"
            expression = self._expression(rewrite, whose, direct)
            allowed = self._allowed(metadata.get(relation), whose) if direct else ()
            relations[relation] = Relation(relation, expression, allowed, bool(direct), self._document.at(rewrite))
        return Type(name, relations, self._at(value, "type"))

    def _allowed(self, metadata: LinedMap | None, whose: str) -> tuple[Allowed, ...]:
        found: list[Allowed] = []
        for container, key in self._items(metadata or LinedMap(), "directly_related_user_types", whose):
            kind = self._map(container, key, "a kind of subject")
            if kind is not None and (name := self._text(kind, "type", "a kind of subject")):
                relation = self._text(kind, "relation", whose, needed=False)
                condition = self._text(kind, "condition", whose, needed=False)
                found.append(Allowed(name, relation, "wildcard" in kind, condition, source=self._at(kind, "type")))
        return tuple(found)

    def _expression(self, value: LinedMap, whose: str, direct: list[bool]) -> Expression:
        for key in value:
            match key:
                case "this":
                    direct.append(True)
                    return Direct()
                case "computedUserset" | "computed_userset":
                    return Computed(self._relation_in(value, key, whose))
                case "tupleToUserset" | "tuple_to_userset":
                    return self._arrow(value, key, whose)
                case "union" | "intersection":
                    parts = tuple(self._children(value, key, whose, direct))
                    return Union(parts) if key == "union" else Intersection(parts)
                case "difference":
                    return self._difference(value, whose, direct)
                case _:
                    break
        self._error(value, None, f"how {whose} is computed is not known", "expected `this`, `union` and the like")
        return Nothing()

    def _arrow(self, value: LinedMap, key: str, whose: str) -> Expression:
        inner = self._map(value, key, whose)
        if inner is None:
            return Nothing()
        target = "computedUserset" if "computedUserset" in inner else "computed_userset"
        return Arrow(self._relation_in(inner, "tupleset", whose), self._relation_in(inner, target, whose))

    def _children(self, value: LinedMap, key: str, whose: str, direct: list[bool]) -> Iterator[Expression]:
        inner = self._map(value, key, whose)
        for container, at in self._items(inner or LinedMap(), "child", whose):
            child = self._map(container, at, whose)
            if child is not None:
                yield self._expression(child, whose, direct)

    def _difference(self, value: LinedMap, whose: str, direct: list[bool]) -> Expression:
        inner = self._map(value, "difference", whose) or LinedMap()
        base = self._map(inner, "base", whose)
        without = self._map(inner, "subtract", whose)
        if base is None or without is None:
            return Nothing()
        return Exclusion(self._expression(base, whose, direct), (self._expression(without, whose, direct),))

    def _relation_in(self, value: LinedMap, key: str, whose: str) -> str:
        inner = self._map(value, key, whose)
        return "" if inner is None else self._text(inner, "relation", whose)

    def _condition(self, name: str, value: LinedMap, source: Source) -> Condition:
        whose = f"the condition {quoted(name)}"
        parameters = {
            parameter: self._parameter(kind, whose) for parameter, kind in self._entries(value, "parameters", whose)
        }
        expression = even(self._text(value, "expression", whose))
        return Condition(name, parameters, expression, source)

    def _parameter(self, value: LinedMap, whose: str) -> str:
        name = self._text(value, "type_name", whose).removeprefix(_TYPE_PREFIX).lower()
        inner = value.get("generic_types")
        if isinstance(inner, LinedList) and inner and isinstance(inner[0], LinedMap):
            return f"{name}<{self._parameter(inner[0], whose)}>"
        return name

    # What stands in a mapping

    def _at(self, container: LinedMap | LinedList, key: str | int | None) -> Source:
        return self._document.at(container, key)

    def _error(self, container: LinedMap | LinedList, key: str | int | None, message: str, help: str = "") -> None:
        self._notes.error(self._at(container, key), message, help)

    def _text(self, value: LinedMap, key: str, whose: str, *, needed: bool = True) -> str:
        text = value.get(key)
        if isinstance(text, str) and (text or not needed):
            return text
        if text is None and not needed:
            return ""
        message = f"{quoted(key)} of {whose} must be text" if key in value else f"{whose} lacks {quoted(key)}"
        self._error(value, key, message)
        return ""

    def _map(self, container: LinedMap | LinedList, key: str | int, whose: str) -> LinedMap | None:
        value = container[key] if isinstance(container, LinedList) and isinstance(key, int) else None
        if isinstance(container, LinedMap):
            value = container.get(str(key))
        if isinstance(value, LinedMap):
            return value
        shown = quoted(key) if isinstance(key, str) else "an item"
        self._error(container, key, f"{shown} of {whose} must be a mapping")
        return None

    def _items(self, value: LinedMap, key: str, whose: str) -> Iterator[tuple[LinedList, int]]:
        items = value.get(key)
        if isinstance(items, LinedList):
            for at in range(len(items)):
                yield items, at
        elif items is not None:
            self._error(value, key, f"{quoted(key)} of {whose} must be a list")

    def _entries(self, value: LinedMap, key: str, whose: str) -> Iterator[tuple[str, LinedMap]]:
        inner = value.get(key)
        if isinstance(inner, LinedMap):
            yield from self._entries_of(inner, f"{quoted(key)} of {whose}")
        elif inner is not None:
            self._error(value, key, f"{quoted(key)} of {whose} must be a mapping")

    def _entries_of(self, inner: LinedMap, whose: str) -> Iterator[tuple[str, LinedMap]]:
        for name, item in inner.items():
            if isinstance(item, LinedMap):
                yield name, item
            elif not (name == "module" or item is None):
                self._error(inner, name, f"{quoted(name)} in {whose} must be a mapping")
