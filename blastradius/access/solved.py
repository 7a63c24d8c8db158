"""One side of a comparison, in the words in which paths and questions ask about it."""

from collections.abc import Mapping

from blastradius.access.conditions import NEVER, Alternatives
from blastradius.access.crowds import Crowd, alternatives_of
from blastradius.access.engine import Comparison
from blastradius.access.scopes import AccessList
from blastradius.access.ways import Ways
from blastradius.columns.pair import Pair, paired


class Solved:
    """Answers of the engine about single principals and resources of one side."""

    def __init__(self, comparison: Comparison, number: int) -> None:
        """Take a side.

        Args:
            comparison: Both sides, solved.
            number: 0 for the baseline, 1 for the simulated state.
        """
        self._comparison = comparison
        self._number = number
        self._side = (comparison.baseline, comparison.simulated)[number]

    def number_of(self, principal: str) -> int | None:
        """Give the number of a principal of either side."""
        return self._comparison.principals.number.get(principal)

    def name_of(self, principal: int) -> str:
        """Give the id of a principal."""
        return self._comparison.principals.ids[principal]

    def has(self, principal: int) -> bool:
        """Tell whether a principal exists on this side."""
        return principal in self._side.present

    def belongs(self, principal: str, subject: str) -> Alternatives:
        """Say under which condition sets a principal is in a subject; empty for never."""
        return self._among(self._side.members(subject), principal)

    def is_asked_about(self, principal: str, subject: str) -> Alternatives:
        """Say the same where ``all_of``, ``but_not`` or a deny asks."""
        return self._among(self._side.asked_about(subject), principal)

    def _among(self, crowd: Crowd, principal: str) -> Alternatives:
        number = self.number_of(principal)
        return NEVER if number is None else alternatives_of(crowd, number)

    @property
    def becomers(self) -> Mapping[int, Crowd]:
        """For each principal that others may act as, who they are."""
        return self._side.becomers

    def ways(self, resource: str, action: str) -> Ways | None:
        """Say who has an action on a resource; None where the resource is not."""
        access_list = self._access_list(resource)
        return None if access_list is None else self._comparison.ways(self._number, access_list, action)

    def _access_list(self, resource: str) -> AccessList | None:
        return self._comparison.lists[self._number].get(resource)


def pair_of(comparison: Comparison) -> Pair:
    """Give the columns of both sides."""
    return paired(comparison.baseline.snapshot, comparison.simulated.snapshot)
