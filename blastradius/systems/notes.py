"""What is said about documents while a system reads them: errors, what was not understood, what may be missing."""

from blastradius.documents import Document, PlainText
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source

_PROBLEMS_MAX = 1000


class Notes:
    """Collects what is said, so that all of it comes out together.

    Attributes:
        errors: What contradicts a format, a thousand at most.
        unread: What may matter and was not understood.
        coverage: What each export should hold, and whether it does.
    """

    __slots__ = ("coverage", "errors", "unread")

    def __init__(self) -> None:
        """Begin without any."""
        self.errors: list[Problem] = []
        self.unread: list[Problem] = []
        self.coverage: list[Coverage] = []

    def error(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that contradicts the format."""
        if len(self.errors) < _PROBLEMS_MAX:
            self.errors.append(Problem(message, source, help))

    def not_understood(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood."""
        self.unread.append(Problem(message, source, help))

    def complete(self, what: str, source: Source) -> None:
        """Remember that an export holds all that it should."""
        self.coverage.append(Coverage(what, Completeness.COMPLETE, "", source))

    def truncated(self, what: str, source: Source, reason: str, help: str) -> None:
        """Remember that something is missing in an export."""
        self.coverage.append(Coverage(what, Completeness.TRUNCATED, reason, source, help))

    def unknown(self, what: str, source: Source, reason: str, help: str) -> None:
        """Remember that nobody can tell whether something is missing."""
        self.coverage.append(Coverage(what, Completeness.UNKNOWN, reason, source, help))

    def breaks_off(self, what: str, document: Document) -> bool:
        """Tell whether the last line of a text has no end, and say so: a name in it may have been cut."""
        text = document.value.text if isinstance(document.value, PlainText) else document.file.text
        if not text or text.endswith("\n") or text.lstrip().startswith(("{", "[")):
            return False  # JSON ends where its brackets do
        source = Source(document.file.label, text.count("\n") + 1)
        reason = "the last line has no end, so that the text may have been cut off"
        self.unknown(what, source, reason, "export it again, or end the last line")
        return True
