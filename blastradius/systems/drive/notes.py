"""What is said about exports while they are read: errors, what was not understood, what may be missing."""

from collections.abc import Iterator

from blastradius.documents import Document, PlainText
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem, Source


class Notes:
    """Collects what is said about the exports.

    Attributes:
        errors: What contradicts a format.
        unread: What may matter and was not understood.
        coverage: What each export should hold, and whether it does.
    """

    __slots__ = ("_counted", "_said", "coverage", "errors", "unread")

    def __init__(self) -> None:
        """Begin without any."""
        self.errors: list[Problem] = []
        self.unread: list[Problem] = []
        self.coverage: list[Coverage] = []
        self._said: set[str] = set()
        self._counted: dict[tuple[str, str, str], list[Source]] = {}

    def error(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that contradicts the format."""
        self.errors.append(Problem(message, source, help))

    def not_understood(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood; once for each message."""
        if message not in self._said:
            self._said.add(message)
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
        assert isinstance(document.value, PlainText)
        if document.value.text.endswith("\n"):
            return False
        source = Source(document.file.label, len(document.value.lines))
        reason = "the last line has no end, so that the text may have been cut off"
        self.unknown(what, source, reason, "export it again, or end the last line")
        return True

    def count(self, what: str, reason: str, help: str, source: Source) -> None:
        """Remember one more thing of which nobody can tell; all of one kind are told together."""
        self._counted.setdefault((what, reason, help), []).append(source)

    def counted(self) -> Iterator[Coverage]:
        """Give what was counted: how many, and where the first is."""
        for (what, reason, hint), sources in self._counted.items():
            yield Coverage(what, Completeness.UNKNOWN, f"{len(sources)} {reason}", sources[0], hint)
