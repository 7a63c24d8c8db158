"""Which reports a run writes, in which format, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from blastradius.cli import output
from blastradius.cli.files import Delivery, refuse_bad_targets
from blastradius.cli.options import usage
from blastradius.cli.progress import Progress
from blastradius.cli.tuples import STDOUT, TuplesPlan
from blastradius.errors import did_you_mean

if TYPE_CHECKING:
    from blastradius.pipeline import Checked

# Other names of the same thing: a second report there would end up in the middle of the first.
_STDOUT_NAMES = frozenset({STDOUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
DEFAULT_FORMAT = "text"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write.

    Attributes:
        reports: (format, target) pairs in the order asked for; the target ``-`` is standard output.
        tuples: Which changed tuples to write, and where; None when nobody asked.
    """

    reports: tuple[tuple[str, str], ...]
    tuples: TuplesPlan | None = None

    def deliver(self, checked: "Checked", progress: Progress) -> None:
        """Write everything: the files together, then standard output.

        Args:
            checked: What to write of.
            progress: Shows how far the writing of files is.

        Raises:
            BlastRadiusError: When something cannot be written.
        """
        from blastradius.report.interface import PLAIN, Style
        from blastradius.report.registry import REPORTERS

        drawn = Style(width=output.width(), colour=output.colour_wanted())
        with Delivery() as delivery:
            for name, target in self.reports:
                if target != STDOUT:
                    delivery.stage(target, (REPORTERS[name].render(checked.assessment, PLAIN),))
            if self.tuples is not None and self.tuples.target != STDOUT:
                self.tuples.stage(checked, delivery, progress.report)
            shown = [REPORTERS[name].render(checked.assessment, drawn) for name, to in self.reports if to == STDOUT]
            delivery.commit()
        progress.clear()
        if self.tuples is not None and self.tuples.target == STDOUT:
            self.tuples.print(checked)
        output.write_all(shown)
        if self.tuples is not None:
            self.tuples.say_what_is_missing(checked)


def plan(wanted: Sequence[str], tuples: TuplesPlan | None, inputs: Sequence[str]) -> Plan:
    """Read the ``--report`` and ``--tuples`` options, and refuse what cannot be written.

    Args:
        wanted: Each ``FORMAT`` or ``FORMAT=FILE``.
        tuples: What was asked for of the changed tuples, or None.
        inputs: Files and folders that are read.

    Returns:
        The plan. Unless something else was sent to standard output, a text report is.

    Raises:
        UsageError: When a format is unknown, or a target cannot be.
    """
    reports = [_parse(text) for text in wanted]
    targets = [target for _, target in reports]
    if tuples is not None:
        if not tuples.target:
            raise usage("`--tuples` names no file", "write `--tuples FILE`, or `--tuples -` for standard output")
        tuples = replace(tuples, target=STDOUT) if tuples.target in _STDOUT_NAMES else tuples
        tuples.refuse_what_cannot_be()
        targets.append(tuples.target)
    if targets.count(STDOUT) > 1:
        raise usage("two reports go to standard output", "give all but one a file: `--report FORMAT=FILE`")
    if STDOUT not in targets:
        reports.append((DEFAULT_FORMAT, STDOUT))
    refuse_bad_targets([target for target in targets if target != STDOUT], inputs)
    return Plan(tuple(reports), tuples)


def _parse(text: str) -> tuple[str, str]:
    from blastradius.report.registry import REPORTERS

    name, equals, target = text.partition("=")
    if name not in REPORTERS:
        raise usage(f"unknown report format `{name}`", did_you_mean(name, REPORTERS))
    if equals and not target:
        raise usage(f"`--report {text}` names no file", f"write `--report {name}=FILE`, or `--report {name}`")
    return name, target if target and target not in _STDOUT_NAMES else STDOUT
