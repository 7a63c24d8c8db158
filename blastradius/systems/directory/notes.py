"""What is said about the lists while they are read: errors, what was not understood, what may be missing."""

import re

from blastradius.documents import quoted
from blastradius.model.sources import Source
from blastradius.systems.directory.names import holds_addresses, is_address, name_of
from blastradius.systems.notes import Notes

_NAME_HELP = "write a mail address, a login or the title of a group"
_SEVERAL = re.compile(r"[;|]")
_MORE = re.compile(r"[\s,]")
_ONE_HELP = "give each of them an entry of its own"


class DirectoryNotes(Notes):
    """Collects what is said about the lists, and about the names in them."""

    __slots__ = ()

    def name(self, written: str, source: Source, what: str) -> str | None:
        """Give the name for what was written; an error when it cannot be one."""
        name = name_of(written)
        if name is None and holds_addresses(written):
            self.error(source, f"{quoted(written)} holds several addresses where one {what} is expected", _ONE_HELP)
        elif name is None:
            self.error(source, f"{quoted(written)} cannot be the name of a {what}", _NAME_HELP)
        return name

    def member(self, written: str, source: Source) -> str | None:
        """Give the name for what was written by hand or by a script; an error when it may be several members."""
        name = name_of(written) or ""
        if not is_address(name) and (_SEVERAL.search(name) or ("@" in name and _MORE.search(name))):
            message = f"{quoted(written)} is neither one address nor one name"
            self.error(source, message, "if it is several members, give each an entry of its own")
            return None
        return self.name(written, source, "member")

    def one_address(self, written: str, source: Source) -> None:
        """Refuse several addresses in one value: an account that has one is known by it in other systems."""
        if holds_addresses(written):
            message = f"{quoted(written)} holds several addresses where the one of an account is expected"
            self.error(source, message, _ONE_HELP)
