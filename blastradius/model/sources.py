"""Where something was read, and what was wrong with it there."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """The place a fact was read from.

    Attributes:
        file: Label of the input, as reports show it (never a path of this machine).
        line: Line number counted from 1; 0 when the fact has no line of its own.
        column: Column counted from 1; 0 when unknown.
    """

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place as ``file:line:column``, leaving out what is unknown."""
        parts = [self.file]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


NOWHERE = Source("")
"""The source of what no input states, such as a built-in group."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong, or that could not be understood.

    Attributes:
        message: What is wrong, lower case, without a final period, names in backticks.
        source: Where; None when there is no place to point at.
        help: What to do about it; empty when there is nothing to say.
    """

    message: str
    source: Source | None = None
    help: str = ""

    def __str__(self) -> str:
        """Write the problem on one line, without its help."""
        return f"{self.source}: {self.message}" if self.source else self.message


class Side(StrEnum):
    """Which state an input or a fact belongs to."""

    BASELINE = "baseline"
    SIMULATED = "simulated"
    CHANGE = "change"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Input:
    """One file that was read.

    Attributes:
        label: The name reports use for it.
        side: What it was read for.
        kind: The format that recognised it, such as ``native`` or ``kubernetes``.
        sha256: Digest of the bytes read, in lower-case hex.
    """

    label: str
    side: Side
    kind: str
    sha256: str
