"""One side of a comparison, in the words in which paths and questions ask about it."""

from collections.abc import Mapping

from blastradius.access.conditions import NEVER, Alternatives
from blastradius.access.crowds import Crowd, alternatives_of
from blastradius.access.engine import Comparison
from blastradius.access.ways import Ways


class Solved:
    """Answers of the engine about single principals and resources of one side, by their ids."""

    def __init__(self, comparison: Comparison, number: int) -> None:
        """Take a side.

        Args:
            comparison: Both sides.
            number: 0 for the baseline, 1 for the simulated state.
        """
        self._comparison = comparison
        self._number = number
        self._side = comparison.sides[number]
        self._columns = self._side.columns
        self._codes: dict[str, int] = {}

    def number_of(self, principal: str) -> int | None:
        """Give the number of a principal of either side; None for who is none."""
        code = self._subject(principal)
        return code if 0 <= code < self._columns.first_group else None

    def _subject(self, name: str) -> int:
        if name not in self._codes:
            self._codes[name] = self._columns.subject(name)
        return self._codes[name]

    def name_of(self, principal: int) -> str:
        """Give the id of a principal."""
        return self._columns.principals.names[principal]

    def has(self, principal: int) -> bool:
        """Tell whether a principal exists on this side."""
        return principal in self._side.present

    def belongs(self, principal: str, subject: str) -> Alternatives:
        """Say under which condition sets a principal is in a subject; empty for never."""
        return self._among(self._side.members(self._subject(subject)), principal)

    def is_asked_about(self, principal: str, subject: str) -> Alternatives:
        """Say the same where ``all_of``, ``but_not`` or a deny asks."""
        return self._among(self._side.asked_about(self._subject(subject)), principal)

    def _among(self, crowd: Crowd, principal: str) -> Alternatives:
        number = self.number_of(principal)
        return NEVER if number is None else alternatives_of(crowd, number)

    @property
    def becomers(self) -> Mapping[int, Crowd]:
        """For each principal that others may act as, who they are."""
        return self._side.becomers

    def ways(self, resource: str, action: str) -> Ways:
        """Say who has an action on a resource; nobody where the resource is not."""
        code = self._columns.resources.names.find(resource)
        access_list = self._comparison.access_list(self._number, code) if code >= 0 else frozenset()
        return self._comparison.ways(self._number, access_list, action)
