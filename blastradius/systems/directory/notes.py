"""What is said about the lists while they are read: errors, what was not understood, what may be missing."""

import re

from blastradius.documents import Document, PlainText, quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source
from blastradius.systems.directory.names import holds_addresses, is_address, name_of

_NAME_HELP = "write a mail address, a login or the title of a group"
_SEVERAL = re.compile(r"[;|]")
_MORE = re.compile(r"[\s,]")
_ONE_HELP = "give each of them an entry of its own"


class Notes:
    """Collects what is said about the lists.

    Attributes:
        errors: What contradicts a format.
        unread: What may matter and was not understood.
        coverage: What each list should hold, and whether it does.
    """

    __slots__ = ("coverage", "errors", "unread")

    def __init__(self) -> None:
        """Begin without any."""
        self.errors: list[Problem] = []
        self.unread: list[Problem] = []
        self.coverage: list[Coverage] = []

    def error(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that contradicts the format."""
        self.errors.append(Problem(message, source, help))

    def not_understood(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood."""
        self.unread.append(Problem(message, source, help))

    def complete(self, what: str, source: Source) -> None:
        """Remember that a list holds all that it should."""
        self.coverage.append(Coverage(what, Completeness.COMPLETE, "", source))

    def truncated(self, what: str, source: Source, reason: str, help: str) -> None:
        """Remember that something is missing in a list."""
        self.coverage.append(Coverage(what, Completeness.TRUNCATED, reason, source, help))

    def unknown(self, what: str, source: Source, reason: str, help: str) -> None:
        """Remember that nobody can tell whether something is missing."""
        self.coverage.append(Coverage(what, Completeness.UNKNOWN, reason, source, help))

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

    def breaks_off(self, what: str, document: Document) -> bool:
        """Tell whether the last line of a text has no end, and say so: a name in it may have been cut."""
        text = document.value.text if isinstance(document.value, PlainText) else document.file.text
        if not text or text.endswith("\n") or text.lstrip().startswith(("{", "[")):
            return False  # JSON ends where its brackets do
        source = Source(document.file.label, text.count("\n") + 1)
        reason = "the last line has no end, so that the text may have been cut off"
        self.unknown(what, source, reason, "export it again, or end the last line")
        return True
