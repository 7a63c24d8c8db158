"""Where ``--tuples`` goes, as what, and how many of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING

from blastradius.cli import output
from blastradius.cli.options import usage
from blastradius.report.escaping import plain

if TYPE_CHECKING:
    from blastradius.cli.files import Delivery
    from blastradius.model.delta import TupleBlock
    from blastradius.pipeline import Checked

STDOUT = "-"
_ROWS_BETWEEN_REPORTS = 1 << 16


class Form(StrEnum):
    """What a file of tuples is written as."""

    JSON_LINES = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True)
class TuplesPlan:
    """Which tuples to write, and where.

    Attributes:
        target: A file, or ``-`` for standard output.
        by_action: True when they go out per action, not per capability.
        limit: How many at most; None for all.
    """

    target: str
    by_action: bool = False
    limit: int | None = None

    @property
    def form(self) -> Form:
        """What the name of the file asks for; JSON Lines when it asks for nothing else."""
        suffix = PurePath(self.target).suffix.lower()
        return {".csv": Form.CSV, ".parquet": Form.PARQUET}.get(suffix, Form.JSON_LINES)

    def refuse_what_cannot_be(self) -> None:
        """Refuse before anything is computed what could not be written in the end.

        Raises:
            UsageError: When the form needs a library that is not there.
        """
        if self.form is not Form.PARQUET:
            return
        from blastradius.report.parquet import parquet_is_there

        if not parquet_is_there():
            help_text = "install `acl-blastradius[parquet]`, or name a file that ends in .jsonl or .csv"
            raise usage(f"`{self.target}` needs pyarrow, which is not installed", help_text)

    def stage(self, checked: "Checked", delivery: "Delivery", progress: Callable[[str, int, int], None]) -> None:
        """Write the file aside.

        Args:
            checked: Has the tuples.
            delivery: Puts the file in place later.
            progress: Is told how far the writing is.

        Raises:
            BlastRadiusError: When it cannot be written.
        """
        blocks, cut = self._watched(checked, progress), checked.tuple_cut(self.limit, by_action=self.by_action)
        match self.form:
            case Form.PARQUET:
                from blastradius.report.parquet import write_parquet

                delivery.stage_with(
                    self.target, lambda stream: write_parquet(blocks, stream, by_action=self.by_action, cut=cut)
                )
            case Form.CSV:
                from blastradius.report.tuples import csv_lines

                delivery.stage(self.target, csv_lines(blocks, by_action=self.by_action))
            case Form.JSON_LINES:
                from blastradius.report.tuples import json_lines

                delivery.stage(self.target, json_lines(blocks, cut))

    def print(self, checked: "Checked") -> None:
        """Write to standard output.

        Raises:
            BlastRadiusError: When it cannot be written.
        """
        from blastradius.report.tuples import json_lines

        blocks = checked.tuple_blocks(by_action=self.by_action, limit=self.limit)
        output.write_all(json_lines(blocks, checked.tuple_cut(self.limit, by_action=self.by_action)))

    def say_what_is_missing(self, checked: "Checked") -> None:
        """Tell standard error when there are more tuples than were written."""
        cut = checked.tuple_cut(self.limit, by_action=self.by_action)
        if cut is not None:
            where = "standard output" if self.target == STDOUT else f"`{plain(self.target)}`"
            all_of_them = "many more" if cut.total is None else f"{cut.total:,}"
            output.complain(
                f"note: {where} has {cut.written:,} of {all_of_them} changed tuples, as `--tuples-limit` asks\n"
            )

    def _watched(self, checked: "Checked", progress: Callable[[str, int, int], None]) -> Iterator["TupleBlock"]:
        what, total = f"writing {self.target}", checked.tuple_total(by_action=self.by_action) or 0
        total = total if self.limit is None else min(total, self.limit)
        done = told = 0
        for block in checked.tuple_blocks(by_action=self.by_action, limit=self.limit):
            yield block
            done += len(block.rows)
            if done - told >= _ROWS_BETWEEN_REPORTS:
                told = done
                progress(what, done, total)
