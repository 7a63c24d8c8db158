"""What is said of exports that do not hold everything."""

from collections.abc import Iterable

from blastradius.model.snapshot import Completeness, Coverage
from blastradius.model.sources import Problem


def coverage_problems(coverage: Iterable[Coverage]) -> tuple[Problem, ...]:
    """Make a problem of each export that is cut short, or of which nobody can tell.

    Args:
        coverage: What the systems say of their exports.

    Returns:
        In the same order; what is missing may grant access, so each is evidence that is incomplete.
    """
    return tuple(dict.fromkeys(_problem(one) for one in coverage if one.completeness is not Completeness.COMPLETE))


def _problem(one: Coverage) -> Problem:
    said = "cut short" if one.completeness is Completeness.TRUNCATED else "perhaps not all there is"
    return Problem(f"{one.what}: {said}: {one.reason}", one.source, one.help)
