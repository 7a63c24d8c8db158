"""What is said about the lists while they are read: errors, what was not understood, what may be missing."""

from blastradius.documents import quoted
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source
from blastradius.systems.directory.names import name_of

_NAME_HELP = "write a mail address, a login or the title of a group"


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
        if name is None:
            self.error(source, f"{quoted(written)} cannot be the name of a {what}", _NAME_HELP)
        return name
