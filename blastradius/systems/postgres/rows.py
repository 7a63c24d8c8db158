"""Reading the rows of a catalog export field by field, with every problem met on the way."""

from collections.abc import Collection, Iterator

from blastradius.documents import Document, LinedList, LinedMap, quoted, type_name
from blastradius.errors import did_you_mean
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.acl import PUBLIC, Acl, AclItem, granted, parse_item

NAME_BYTES_MAX = 1000


class Row:
    """One row of a section, or the document itself.

    Attributes:
        source: Where it stands.
    """

    __slots__ = ("_document", "_fields", "_notes", "source")

    def __init__(self, document: Document, fields: LinedMap, notes: Notes, source: Source) -> None:
        """Read these fields."""
        self._document = document
        self._fields = fields
        self._notes = notes
        self.source = source

    def __contains__(self, key: str) -> bool:
        return self._fields.get(key) is not None

    def rows(self, key: str, known: Collection[str]) -> Iterator["Row"]:
        """Read a list of mappings; an empty one when it was left out or is null.

        Args:
            key: Name of the section.
            known: The fields that its rows have.
        """
        value = self._fields.get(key)
        if value is None:
            return
        if not isinstance(value, LinedList):
            self._wrong(key, "a list")
            return
        for index, fields in enumerate(value):
            source = self._document.at(value, index)
            if not isinstance(fields, LinedMap):
                self._notes.error(source, f"each of {quoted(key)} must be a mapping, not {type_name(fields)}")
                continue
            row = Row(self._document, fields, self._notes, source)
            row.known(known, f"a row of {quoted(key)}")
            yield row

    def known(self, fields: Collection[str], owner: str) -> None:
        """Note every field that nobody knows."""
        for key in self._fields:
            if key not in fields:
                message = f"unknown field {quoted(key)} in {owner}"
                hint = did_you_mean(key, sorted(fields))
                self._notes.not_understood(self._document.at(self._fields, key), message, hint)

    def name(self, key: str, owner: str) -> str | None:
        """Read a name that must be there; None when it is not."""
        if key not in self._fields:
            self._notes.error(self.source, f"{owner} lacks {quoted(key)}")
            return None
        text = self.text(key)
        if text == "":
            self._notes.error(self._at(key), f"{quoted(key)} of {owner} is empty")
        return text or None

    def text(self, key: str) -> str | None:
        """Read text; None when it was left out, is null, or is none."""
        value = self._fields.get(key)
        if value is None:
            return None
        text = self._document.text_of(self._fields, key)
        if text is None or isinstance(value, bool):
            self._wrong(key, "text")
            return None
        if len(text) > NAME_BYTES_MAX and key != "using" and key != "check":
            self._notes.error(self._at(key), f"{quoted(key)} has more than {NAME_BYTES_MAX} characters")
            return None
        return text

    def flag(self, key: str, default: bool = False) -> bool:
        """Read a truth value."""
        value = self._fields.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self._wrong(key, "`true` or `false`")
        return default

    def number(self, key: str) -> int | None:
        """Read a whole number; None when it was left out or is none."""
        value = self._fields.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        self._wrong(key, "a whole number")
        return None

    def names(self, key: str) -> tuple[str, ...]:
        """Read a list of names; empty when it was left out."""
        return tuple(self._texts(self._fields, key))

    def acl(self, key: str) -> Acl | None:
        """Read an access control list; None when it is null, so that defaults hold."""
        return self._acl(self._fields, key)

    def acls(self, key: str) -> dict[str, Acl]:
        """Read a mapping from names to access control lists; empty when it was left out."""
        value = self._fields.get(key)
        if value is None:
            return {}
        if not isinstance(value, LinedMap):
            self._wrong(key, "a mapping")
            return {}
        return {name: acl for name in value if (acl := self._acl(value, name)) is not None}

    def _acl(self, container: LinedMap, key: str) -> Acl | None:
        if container.get(key) is None:
            return None
        acl: Acl = ()
        source = self._document.at(container, key)
        for text in self._texts(container, key):
            item = parse_item(text, source)
            if item is None:
                hint = "expected such as `alice=r*w/postgres`; is it of a version of PostgreSQL that is not known?"
                self._notes.not_understood(source, f"the privilege {quoted(text)} is not understood", hint)
            else:
                acl = granted(acl, item) if len(acl) < _SMALL else (*acl, item)
        return acl

    def _texts(self, container: LinedMap, key: str) -> Iterator[str]:
        value = container.get(key)
        if value is None:
            return
        if not isinstance(value, LinedList):
            message = f"{quoted(key)} must be a list, not {type_name(value)}"
            self._notes.error(self._document.at(container, key), message)
            return
        for index in range(len(value)):
            text = self._document.text_of(value, index)
            if text is None or value[index] is None:
                message = f"each of {quoted(key)} must be text, not {type_name(value[index])}"
                self._notes.error(self._document.at(value, index), message)
            else:
                yield text

    def _wrong(self, key: str, wanted: str) -> None:
        message = f"{quoted(key)} must be {wanted}, not {type_name(self._fields[key])}"
        self._notes.error(self._at(key), message)

    def _at(self, key: str) -> Source:
        return self._document.at(self._fields, key)


_SMALL = 64
"""Lists up to this length are looked through for a second item of the same two roles; the server makes none."""


def known_roles_only(acl: Acl, roles: Collection[str], notes: Notes) -> Acl:
    """Leave out what was granted to a role that is gone: the server prints its number.

    Args:
        acl: The whole list.
        roles: Names of all roles.
        notes: Takes what was left out.
    """
    kept: list[AclItem] = []
    for item in acl:
        if item.grantee.isdecimal() and item.grantee not in roles and item.grantee != PUBLIC:
            message = f"{quoted(item.grantee)} is the number of a role that does not exist, and counts for nobody"
            notes.not_understood(item.source, message, "revoke what was granted to it")
        else:
            kept.append(item)
    return acl if len(kept) == len(acl) else tuple(kept)
