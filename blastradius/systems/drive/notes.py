"""What is said about exports while they are read: errors, what was not understood, what may be missing."""

from collections.abc import Iterator

from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes


class DriveNotes(Notes):
    """Collects what is said about the exports; of what is said very often, once."""

    __slots__ = ("_counted", "_said")

    def __init__(self) -> None:
        """Begin without any."""
        super().__init__()
        self._said: set[str] = set()
        self._counted: dict[tuple[str, str, str], list[Source]] = {}

    def not_understood(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood; once for each message."""
        if message not in self._said:
            self._said.add(message)
            super().not_understood(source, message, help)

    def count(self, what: str, reason: str, help: str, source: Source) -> None:
        """Remember one more thing of which nobody can tell; all of one kind are told together."""
        self._counted.setdefault((what, reason, help), []).append(source)

    def counted(self) -> Iterator[Coverage]:
        """Give what was counted: how many, and where the first is."""
        for (what, reason, hint), sources in self._counted.items():
            yield Coverage(what, Completeness.UNKNOWN, f"{len(sources)} {reason}", sources[0], hint)
