"""Options that several commands share, and the request they make."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from blastradius.cli.completion import complete_action, complete_change_kind, complete_system
from blastradius.errors import UsageError
from blastradius.model.sources import Problem

if TYPE_CHECKING:
    from blastradius.pipeline import Request

STDIN = "-"


class FailOn(StrEnum):
    """Levels that ``--fail-on`` can block from."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Engine(StrEnum):
    """The two ways of computing the same delta."""

    FAST = "fast"
    REFERENCE = "reference"


class AnswerFormat(StrEnum):
    """How the answer to a single question is written."""

    TEXT = "text"
    JSON = "json"


def examples(*pairs: tuple[str, str]) -> str:
    """Lay out examples for the end of a help text: what is asked, and the command that asks it."""
    # The first mark keeps the parser from filling the lines into a paragraph.
    return "\b\nExamples:\n" + "\n".join(f"  # {says}\n  {command}" for says, command in pairs)


def usage(message: str, help_text: str = "") -> UsageError:
    """Make the error for a command line that asks for something that cannot be."""
    return UsageError(Problem(message, None, help_text))


Snapshots = Annotated[
    list[str],
    typer.Argument(
        metavar="SNAPSHOT...",
        help="The state before the change: files, folders, or - for standard input.",
        show_default=False,
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--change",
        metavar="FILE...",
        help="The proposed change, applied to the snapshot; several apply in order.",
        show_default=False,
    ),
]
After = Annotated[
    list[str] | None,
    typer.Option(
        "--after",
        metavar="SNAPSHOT...",
        help="The state after the change, to compare with, in place of --change.",
        show_default=False,
    ),
]
PolicyFile = Annotated[
    str | None,
    typer.Option("--policy", metavar="FILE", help="Classes, severity and gate rules. [default: the one that ships]"),
]
Action = Annotated[
    str,
    typer.Argument(
        help="An action, or a capability: list, read, write, manage.",
        show_default=False,
        autocompletion=complete_action,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Use the stricter policy that ships, policies/strict.yaml.")]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="KIND",
        help="Read snapshots as this kind instead of recognising them by content.",
        autocompletion=complete_system,
    ),
]
ChangeFrom = Annotated[
    str | None,
    typer.Option(
        "--change-from",
        metavar="KIND",
        help="Read changes as this kind instead of recognising them.",
        autocompletion=complete_change_kind,
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="Judge everything at this time, such as 2026-03-18T09:00:00Z. [default: now]"
    ),
]
EngineChoice = Annotated[
    Engine,
    typer.Option("--engine", help="How to compute: both give the same answer, `reference` on small snapshots only."),
]
AnswerReport = Annotated[AnswerFormat, typer.Option("--report", help="How to write the answer.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The shared options of one call, as they were typed."""

    snapshots: list[str]
    changes: list[str] | None = None
    after: list[str] | None = None
    policy: str | None = None
    strict: bool = False
    system: str | None = None
    change_kind: str | None = None
    as_of: str | None = None
    author: str | None = None
    fail_on: FailOn | None = None
    engine: Engine = Engine.FAST

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything that is read, in order."""
        return (*self.snapshots, *(self.changes or ()), *(self.after or ()), *([self.policy] if self.policy else ()))

    def request(self, progress: Callable[[str, int, int], None] | None = None) -> "Request":
        """Translate the options for the use case.

        Args:
            progress: Is told how far long work is.

        Raises:
            UsageError: When two options exclude each other.
        """
        from blastradius.model.assessment import Level
        from blastradius.pipeline import Request

        if self.changes and self.after:
            raise usage("`--change` and `--after` exclude each other", "simulate a change, or compare two snapshots")
        if self.author is not None and not self.author.strip():
            raise usage("`--author` names nobody", "leave it out if the author is unknown")
        return Request(
            snapshots=tuple(self.snapshots),
            changes=tuple(self.changes or ()),
            after=tuple(self.after or ()),
            system=self.system,
            change_kind=self.change_kind,
            policy=self.policy,
            strict=self.strict,
            author=self.author,
            as_of=moment(self.as_of),
            fail_on=Level(self.fail_on) if self.fail_on else None,
            reference=self.engine is Engine.REFERENCE,
            stdin=read_stdin,
            progress=progress,
        )


def moment(text: str | None) -> datetime:
    """Read a time; without one, ask the clock: the only place that does.

    Raises:
        UsageError: When the text is no time.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise usage(f"`{text}` is no time", "write it like 2026-03-18T09:00:00Z; without a zone it is UTC") from None


def read_stdin() -> bytes:
    """Read standard input, one byte more than it may have at most.

    Raises:
        UsageError: When there is no standard input.
    """
    from blastradius.documents.bulk import HEAD_BYTES, form_of
    from blastradius.documents.files import bytes_max_of
    from blastradius.documents.limits import FILE_BYTES_MAX, TOTAL_BYTES_MAX

    if sys.stdin is None or sys.stdin.closed:
        raise usage("there is no standard input to read", "pipe the file in, or name it")
    data = sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    head = data[:HEAD_BYTES]
    if len(data) > FILE_BYTES_MAX and (form_of(head) or bytes_max_of(head) > FILE_BYTES_MAX):
        data += sys.stdin.buffer.read(TOTAL_BYTES_MAX + 1 - len(data))
    return data
