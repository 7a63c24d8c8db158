"""The usual lines, taken without a tree: whatever is not clearly right is left to `exact`, which can say what is wrong.

INVARIANT: what is taken here, `exact` would take with the same meaning.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from blastradius.columns.gathering import Gathering, Listed
from blastradius.documents import COUNT_MAX
from blastradius.documents.limits import SCALAR_CHARS_MAX
from blastradius.model.snapshot import UNLISTED_SUFFIX
from blastradius.model.sources import Source
from blastradius.systems.ids import ID_CHARACTERS_MAX, PRINCIPAL_KINDS, entity_fault, name_fault
from blastradius.systems.native.entities import UNKNOWN_MEMBERS

Fields = dict[str, Any]
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*:[!-~](?:[ -~]*[!-~])?")
"""Most ids: nothing that needs a closer look."""
_LINE_KINDS = ("resource", "principal", "group", "grant")
"""Of lines; others are rare and left to `exact`."""
_EFFECTS = {"allow": False, "deny": True}


class UnusualError(Exception):
    """The line is for `exact`."""


class TwiceError(Exception):
    """The same id was given other content before.

    Attributes:
        id: The id.
        first: Where.
    """

    def __init__(self, id: str, first: Source) -> None:
        """Keep who and where."""
        super().__init__(id)
        self.id, self.first = id, first


class QuickReader:
    """Takes single lines into a gathering."""

    def __init__(self, gathering: Gathering) -> None:
        """Begin; the gathering may hold facts already."""
        self._gathering = gathering
        decoder = json.JSONDecoder(object_pairs_hook=_distinct, parse_float=_unusual, parse_constant=_unusual)
        self._scan: Callable[[str, int], tuple[Any, int]] = decoder.scan_once  # type: ignore[attr-defined]
        self._takers: dict[str, Callable[[Fields], None]] = {
            "resource": self._resource,
            "principal": self._principal,
            "group": self._group,
            "grant": self._grant,
            "member": self._member,
            "by": self._acting,
        }

    def take(self, line: str) -> None:
        """Take one entity.

        Raises:
            UnusualError: When the line is anything but what is wanted, written in the usual way; nothing was taken.
            TwiceError: When another line says something else about the same id.
        """
        try:
            fields, end = self._scan(line, 0)
        except (StopIteration, ValueError, RecursionError):
            raise UnusualError from None
        if type(fields) is not dict or len(line) > SCALAR_CHARS_MAX or "\\u" in line or line[end:].strip(" \t\r"):
            raise UnusualError
        for kind in _LINE_KINDS:
            if kind in fields:
                return self._takers[kind](fields)
        raise UnusualError

    def take_fields(self, kind: str, fields: Fields) -> None:
        """Take one entity whose fields are read already; as `take`.

        Args:
            kind: As in a line, or ``member`` or ``by`` for one entry of a list.
            fields: Without those that are left out; used up.
        """
        taker = self._takers.get(kind)
        if taker is None:
            raise UnusualError
        taker(fields)

    def _member(self, fields: Fields) -> None:
        group, member, when = self._new(fields.get("group")), self._name(fields.get("member")), fields.get("when")
        self._gathering.member(group, member, None if when is None else _text(when))

    def _acting(self, fields: Fields) -> None:
        principal, by, when = self._new(fields.get("principal")), self._name(fields.get("by")), fields.get("when")
        self._gathering.acting_as(principal, by, None if when is None else _text(when))

    def _resource(self, fields: Fields) -> None:
        name = self._new(fields.pop("resource", None))
        parents: list[str] = []
        if fields:
            given = fields.pop("in", None)
            if type(given) is str:
                parents = [self._name(given)]
            elif given is not None:
                parents = list(dict.fromkeys(map(self._name, _list(given))))
        if fields:
            inherits, items = _truth(fields, "inherit", default=True), _count(fields, "items")
            class_name = fields.pop("class", None)
            class_name = None if class_name is None else self._name(class_name)
            labels = _labels(fields)
            _nothing_else(fields)
            first = self._gathering.resource(
                name,
                parents,
                inherits=inherits,
                class_name=class_name,
                labels=labels,
                items=1 if items is None else items,
            )
        else:
            first = self._gathering.resource(name, parents)
        if first is not None:
            raise TwiceError(name, first)

    def _principal(self, fields: Fields) -> None:
        name = self._new(fields.pop("principal", None))
        if name.partition(":")[0] not in PRINCIPAL_KINDS:
            raise UnusualError
        external, assumable_by = _truth(fields, "external", default=False), self._entries(fields, "assumable_by")
        _nothing_else(fields)
        first = self._gathering.principal(name, external=external, assumable_by=assumable_by)
        if first is not None:
            raise TwiceError(name, first)

    def _group(self, fields: Fields) -> None:
        name = self._new(fields.pop("group", None))
        is_left_out = "members" not in fields
        listed = fields.get("members")
        unlisted = listed == UNKNOWN_MEMBERS
        if unlisted:
            del fields["members"]
        elif type(listed) is list and UNKNOWN_MEMBERS in listed:
            unlisted = True
            fields["members"] = [entry for entry in listed if entry != UNKNOWN_MEMBERS]
        members, size = self._entries(fields, "members"), _count(fields, "size")
        all_of, but_not = self._subjects(fields, "all_of"), self._subjects(fields, "but_not")
        external = _truth(fields, "external", default=False)
        _nothing_else(fields)
        if size is not None and not unlisted:
            raise UnusualError
        first = self._gathering.group(
            name,
            members=members,
            unlisted=unlisted,
            size=size,
            external=external,
            all_of=all_of,
            but_not=but_not,
            open=is_left_out and bool(all_of),
        )
        if first is not None:
            raise TwiceError(name, first)

    def _grant(self, fields: Fields) -> None:
        grant = fields.pop("grant")
        _nothing_else(fields)
        if type(grant) is not dict or not {"to", "on"} <= grant.keys() or ("role" in grant) == ("actions" in grant):
            raise UnusualError
        subject, resource = self._name(grant.pop("to")), self._name(grant.pop("on"))
        actions = frozenset(map(_text, _list(grant.pop("actions", []))))
        role = _text(grant.pop("role")) if "role" in grant else None
        if (role is None) is not bool(actions):
            raise UnusualError
        deny = _EFFECTS.get(_text(grant.pop("effect", "allow")))
        when = _text(grant.pop("when")) if "when" in grant else None
        _nothing_else(grant)
        if deny is None:
            raise UnusualError
        self._gathering.grant(subject, resource, (role, actions), deny=deny, when=when)

    # Names and values

    def _new(self, id: object) -> str:
        if type(id) is not str:
            raise UnusualError
        is_plain = _PLAIN.fullmatch(id) and len(id) <= ID_CHARACTERS_MAX and not id.endswith(UNLISTED_SUFFIX)
        if not is_plain and entity_fault(id) is not None:
            raise UnusualError
        return id

    def _name(self, name: object) -> str:
        if type(name) is not str:
            raise UnusualError
        if name not in self._gathering.resources and name not in self._gathering.subjects:
            is_plain = _PLAIN.fullmatch(name) and len(name) <= ID_CHARACTERS_MAX and not name.endswith(UNLISTED_SUFFIX)
            if not is_plain and name_fault(name) is not None:
                raise UnusualError
        return name

    def _entries(self, fields: Fields, key: str) -> Listed:
        if key not in fields:
            return ()
        return list(dict.fromkeys(map(self._entry, _list(fields.pop(key)))))

    def _entry(self, value: object) -> tuple[str, str | None]:
        if type(value) is dict:
            if not value.keys() <= {"id", "when"} or "id" not in value:
                raise UnusualError
            return self._name(value["id"]), _text(value["when"]) if "when" in value else None
        return self._name(value), None

    def _subjects(self, fields: Fields, key: str) -> Listed:
        if key not in fields:
            return ()
        return [(name, None) for name in dict.fromkeys(map(self._name, _list(fields.pop(key))))]


def _distinct(pairs: list[tuple[str, Any]]) -> Fields:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise UnusualError
    return fields


def _unusual(_: str) -> None:
    raise UnusualError


def _nothing_else(fields: Fields) -> None:
    if fields:
        raise UnusualError


def _list(value: object) -> list[Any]:
    if type(value) is not list:
        raise UnusualError
    return value


def _text(value: object) -> str:
    if type(value) is not str or not value.strip():
        raise UnusualError
    return value


def _truth(fields: Fields, key: str, *, default: bool) -> bool:
    value = fields.pop(key, default)
    if type(value) is not bool:
        raise UnusualError
    return value


def _count(fields: Fields, key: str) -> int | None:
    if key not in fields:
        return None
    value = fields.pop(key)
    # Nothing may be written `-0`, which cannot be seen any more.
    if type(value) is not int or not 0 < value <= COUNT_MAX:
        raise UnusualError
    return value


def _labels(fields: Fields) -> tuple[tuple[str, str], ...]:
    if "labels" not in fields:
        return ()
    labels = fields.pop("labels")
    if type(labels) is not dict or not all(type(value) is str for value in labels.values()):
        raise UnusualError
    return tuple(sorted(labels.items()))
