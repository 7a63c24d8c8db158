"""What is taken from lines and tables of one state of access, and what was wrong with them."""

from contextlib import suppress
from typing import NoReturn

from blastradius.columns.gathering import Gathering
from blastradius.documents import quoted, shortened
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import CAPABILITIES, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.systems.native.snapshot import conflicting_actions
from blastradius.systems.tables.exact import ExactReader
from blastradius.systems.tables.quick import QuickReader, TwiceError

_PROBLEMS_MAX = 1000


class Intake:
    """Takes entities from any number of files, which may name each other's.

    Attributes:
        gathering: Where the facts go.
        quick: Takes the usual ones.
        unread: What nobody understood and nobody named.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.gathering = Gathering()
        self.quick = QuickReader(self.gathering)
        self._exact = ExactReader(self.gathering)
        self.unread: list[Problem] = []
        self._headers: list[Snapshot] = []
        self._problems: list[Problem] = []

    def report(self, *problems: Problem) -> None:
        """Note what is wrong.

        Raises:
            SnapshotError: When it is so much that the rest is not looked at.
        """
        self._problems += problems
        if len(self._problems) >= _PROBLEMS_MAX:
            self.give_up()

    def give_up(self, *problems: Problem) -> NoReturn:
        """Stop with everything that was wrong so far."""
        self._problems += problems
        with suppress(SnapshotError):
            self.rest()
        raise SnapshotError(shortened(self._problems))

    def take_header(self, line: str, label: str) -> None:
        """Take the line that says what a file is."""
        try:
            self._headers.append(self._exact.header(line, label, 1))
        except SnapshotError as error:
            self.report(*error.problems)

    def take_exactly(self, line: str, number: int, label: str, kind: str | None = None) -> None:
        """Take an entity that the quick reader did not, or say what is wrong with it; a blank line is none.

        Args:
            line: In JSON.
            number: Of the line or row, counted from 1.
            label: Name of the file.
            kind: What the row of a table gives; None for a line. The columns of a row are not counted.
        """
        if not line.strip():
            return
        try:
            self._exact.take(line, label, number, kind)
        except TwiceError as error:
            message = f"{quoted(error.id)} is given twice, with different content: first in {error.first}"
            self.report(Problem(message, Source(label, number), "keep one of the two, or make them agree"))
        except SnapshotError as error:
            here = Source(label, number)
            self.report(*(Problem(p.message, here, p.help) if kind else p for p in error.problems))

    def rest(self) -> Snapshot:
        """Give what is no column, after the last file.

        Raises:
            SnapshotError: With everything that was wrong with any line of any file.
        """
        self._problems += conflicting_actions(self._exact.actions)
        self._problems += [
            Problem(f"unknown {kind} {quoted(name)}", source, f"give the {kind} in a table or line of its own")
            for kind, name, source in self.gathering.missing_owners()
        ]
        if self._problems:
            raise SnapshotError(shortened(self._problems))
        return Snapshot(
            system=", ".join(dict.fromkeys(header.system for header in self._headers if header.system)),
            taken_at=min((h.taken_at for h in self._headers if h.taken_at is not None), default=None),
            actions=dict(CAPABILITIES) | {action: capability for action, capability, _ in self._exact.actions},
            roles=self._exact.roles,
            same_as=tuple(names for names, _ in self._exact.same_as),
            same_as_sources=tuple(source for _, source in self._exact.same_as),
            unread=(*self._exact.unread, *self.unread),
            coverage=tuple(self._exact.coverage),
        )
