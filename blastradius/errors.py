"""The errors users see, and what each exit code means."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import Protocol, overload, runtime_checkable

from blastradius.model.sources import Problem, Source

_SHOWN = 12
# Comparing two names takes time that grows with the square of their length, and names come from outside.
_COMPARED_MAX = 2000
_COMPARED_SQUARES_MAX = 1_000_000
_SCANNED_MAX = 50_000
_BESIDE_MAX = 400
_SLIPS_LENGTH_MAX = 80
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-_./:@"


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


@runtime_checkable
class SortedNames(Protocol):
    """Very many names in ascending order, any of which is found without going through the others."""

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]: ...
    def find(self, text: str) -> int:
        """Give the position of a name; negative when it is not there."""
        ...


def did_you_mean(name: str, *known: Iterable[str]) -> str:
    """Suggest what somebody may have meant by a name that nobody knows.

    Args:
        name: What was written.
        known: What could have been written, in the order to show it.

    Returns:
        A question with the nearest name; when none is near, the first few that are known; empty when nothing is.

    Cost: bounded, however long the name is; and however many are known, where they are `SortedNames`.
    """
    import difflib  # only needed when something went wrong

    most = min(_COMPARED_MAX, _COMPARED_SQUARES_MAX // max(1, len(name) ** 2))
    names: list[str] = []
    worth: list[str] = []
    for some in known:
        if isinstance(some, SortedNames) and len(some) > _SCANNED_MAX:
            names += some[: _SHOWN + 1]
            worth += [*_neighbours(name, some, most), *_slips(name, some)]
        else:
            names += some
            worth += some
    near = difflib.get_close_matches(name, _comparable(name, worth, most), n=1)
    if near:
        return f"did you mean `{near[0]}`?"
    shown = ", ".join(f"`{n}`" for n in names[:_SHOWN])
    more = ", …" if len(names) > _SHOWN else ""
    return f"known are {shown}{more}" if names else ""


def _comparable(name: str, names: list[str], most: int) -> list[str]:
    """Choose the names worth comparing: all of a few; of many, those that agree with one half of the name.

    A slip of the pen spoils one half of a name and leaves the other as it was.
    """
    if len(names) <= most:
        return names
    half = max(1, len(name) // 2)
    start, end = name[:half], name[-half:]
    return [known for known in names if known.startswith(start) or known.endswith(end)][:most]


def _neighbours(name: str, names: SortedNames, most: int) -> Iterable[str]:
    """Give the names that stand beside this one: they agree with it in how they begin."""
    at = bisect_left(names, name)
    start = name[: max(1, len(name) // 2)]
    beside = min(most, _BESIDE_MAX) // 2
    return (known for known in names[max(0, at - beside) : at + beside] if known.startswith(start))


def _slips(name: str, names: SortedNames) -> Iterator[str]:
    """Find the names of which this one is a slip: one character missing, added or wrong, or two changed over.

    Source: P. Norvig, "How to write a spelling corrector", 2007.
    """
    if len(name) > _SLIPS_LENGTH_MAX:
        return
    letters = dict.fromkeys(_LETTERS + name)
    for at in range(len(name) + 1):
        before, after = name[:at], name[at:]
        slips = [before + after[1:], before + after[1:2] + after[:1] + after[2:]]
        slips += [before + letter + rest for letter in letters for rest in (after, after[1:])]
        yield from (slip for slip in slips if names.find(slip) >= 0)
