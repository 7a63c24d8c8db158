"""The errors users see, and what each exit code means."""

from collections.abc import Iterable
from enum import IntEnum

from blastradius.model.sources import Problem, Source

_SHOWN = 12
# Comparing two names takes time that grows with the square of their length, and names come from outside.
_COMPARED_MAX = 2000
_COMPARED_SQUARES_MAX = 1_000_000


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
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
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


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest what somebody may have meant by a name that nobody knows.

    Args:
        name: What was written.
        known: What could have been written, in the order to show it.

    Returns:
        A question with the nearest name; when none is near, the first few that are known; empty when nothing is.

    Cost: bounded, however long the name is and however many are known.
    """
    import difflib  # only needed when something went wrong

    names = list(known)
    worth = _comparable(name, names)
    near = difflib.get_close_matches(name, worth, n=1) if worth else []
    if near:
        return f"did you mean `{near[0]}`?"
    shown = ", ".join(f"`{n}`" for n in names[:_SHOWN])
    more = ", …" if len(names) > _SHOWN else ""
    return f"known are {shown}{more}" if names else ""


def _comparable(name: str, names: list[str]) -> list[str]:
    """Choose the names worth comparing: all of a few; of many, those that agree with one half of the name.

    A slip of the pen spoils one half of a name and leaves the other as it was.
    """
    most = min(_COMPARED_MAX, _COMPARED_SQUARES_MAX // max(1, len(name) ** 2))
    if len(names) <= most:
        return names
    half = max(1, len(name) // 2)
    start, end = name[:half], name[-half:]
    return [known for known in names if known.startswith(start) or known.endswith(end)][:most]
