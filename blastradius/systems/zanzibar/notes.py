"""What is wrong with the documents, and what was not understood."""

from blastradius.errors import SnapshotError
from blastradius.model.sources import Problem, Source

_PROBLEMS_MAX = 1000


class Notes:
    """Problems met on the way, so that all of them come out together."""

    __slots__ = ("errors", "unread")

    def __init__(self) -> None:
        """Begin without problems."""
        self.errors: list[Problem] = []
        self.unread: list[Problem] = []

    def error(self, source: Source, message: str, help: str = "") -> None:
        """Remember something that contradicts the format.

        Raises:
            SnapshotError: After a thousand of them.
        """
        self.errors.append(Problem(message, source, help))
        if len(self.errors) >= _PROBLEMS_MAX:
            raise SnapshotError(self.errors)

    def not_understood(self, source: Source | None, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood."""
        self.unread.append(Problem(message, source, help))
