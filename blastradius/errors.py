"""The errors users see, and what each exit code means."""

from collections.abc import Iterable
from enum import IntEnum

from blastradius.model.sources import Problem, Source


class ExitCode(IntEnum):
    """What a finished run tells the shell. Source: SPEC section 6."""

    PASS = 0
    BLOCKED = 1
    UNDECIDED = 2
    BUG = 3
    INTERRUPTED = 130


class BlastRadiusError(Exception):
    """Nothing could be decided, and the input or the call is the reason.

    Attributes:
        problems: What is wrong, in the order found; never empty.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        """Take one problem, or all problems of a document together."""
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("; ".join(str(problem) for problem in self.problems))

    @classmethod
    def at(cls, source: Source | None, message: str, help: str = "") -> "BlastRadiusError":
        """Make an error with a single problem."""
        return cls(Problem(message, source, help))


class UsageError(BlastRadiusError):
    """The command line asks for something that cannot be."""


class DocumentError(BlastRadiusError):
    """A file could not be read or is not the YAML or JSON it should be."""


class SnapshotError(BlastRadiusError):
    """A snapshot contradicts itself or its format."""


class ChangeError(BlastRadiusError):
    """A change does not fit its format or the snapshot."""


class PolicyError(BlastRadiusError):
    """A policy does not fit its format or knows too little."""
