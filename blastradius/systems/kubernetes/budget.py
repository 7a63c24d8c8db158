"""A bound on what an input may amount to, however few lines it has."""

_STEPS_MAX = 2_000_000


class TooMuchError(Exception):
    """An input amounts to more than fits."""


class Budget:
    """So many steps for one reading.

    A rule is a product: a thousand groups, resources and names in three thousand lines are a
    thousand million grants.
    """

    __slots__ = ("_left",)

    def __init__(self) -> None:
        """Start with all steps left."""
        self._left = _STEPS_MAX

    def spend(self, steps: int) -> None:
        """Take steps away.

        Raises:
            TooMuchError: When none are left.
        """
        self._left -= steps
        if self._left < 0:
            raise TooMuchError
