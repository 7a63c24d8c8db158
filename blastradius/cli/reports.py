"""Which reports a run writes, in which format, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blastradius.cli import output
from blastradius.cli.files import Delivery, refuse_bad_targets
from blastradius.cli.options import usage
from blastradius.errors import did_you_mean

if TYPE_CHECKING:
    from blastradius.pipeline import Checked

STDOUT = "-"
# Other names of the same thing: a second report there would end up in the middle of the first.
_STDOUT_NAMES = frozenset({STDOUT, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
DEFAULT_FORMAT = "text"


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write.

    Attributes:
        reports: (format, target) pairs in the order asked for; the target ``-`` is standard output.
        tuples: Where the changed tuples go; None when nobody asked.
        by_action: True when they go out per action, not per capability.
    """

    reports: tuple[tuple[str, str], ...]
    tuples: str | None = None
    by_action: bool = False

    def deliver(self, checked: "Checked") -> None:
        """Write everything: the files together, then standard output.

        Raises:
            BlastRadiusError: When something cannot be written.
        """
        from blastradius.report.interface import PLAIN, Style
        from blastradius.report.queries import tuple_lines
        from blastradius.report.registry import REPORTERS

        drawn = Style(width=output.width(), colour=output.colour_wanted())
        with Delivery() as delivery:
            for name, target in self.reports:
                if target != STDOUT:
                    delivery.stage(target, (REPORTERS[name].render(checked.assessment, PLAIN),))
            if self.tuples not in {None, STDOUT}:
                delivery.stage(str(self.tuples), tuple_lines(checked.tuples(by_action=self.by_action)))
            shown = [REPORTERS[name].render(checked.assessment, drawn) for name, to in self.reports if to == STDOUT]
            delivery.commit()
        if self.tuples == STDOUT:
            output.write_all(tuple_lines(checked.tuples(by_action=self.by_action)))
        output.write_all(shown)


def plan(wanted: Sequence[str], tuples: str | None, *, by_action: bool, inputs: Sequence[str]) -> Plan:
    """Read the ``--report`` and ``--tuples`` options, and refuse what cannot be written.

    Args:
        wanted: Each ``FORMAT`` or ``FORMAT=FILE``.
        tuples: The file for the changed tuples, or None.
        by_action: True when tuples go out per action.
        inputs: Files and folders that are read.

    Returns:
        The plan. Unless something else was sent to standard output, a text report is.

    Raises:
        UsageError: When a format is unknown, or a target cannot be.
    """
    reports = [_parse(text) for text in wanted]
    tuples = STDOUT if tuples in _STDOUT_NAMES else tuples
    if tuples == "":
        raise usage("`--tuples` names no file", "write `--tuples FILE`, or `--tuples -` for standard output")
    targets = [target for _, target in reports] + ([tuples] if tuples else [])
    if targets.count(STDOUT) > 1:
        raise usage("two reports go to standard output", "give all but one a file: `--report FORMAT=FILE`")
    if STDOUT not in targets:
        reports.append((DEFAULT_FORMAT, STDOUT))
    refuse_bad_targets([target for target in targets if target != STDOUT], inputs)
    return Plan(tuple(reports), tuples, by_action)


def _parse(text: str) -> tuple[str, str]:
    from blastradius.report.registry import REPORTERS

    name, equals, target = text.partition("=")
    if name not in REPORTERS:
        raise usage(f"unknown report format `{name}`", did_you_mean(name, REPORTERS))
    if equals and not target:
        raise usage(f"`--report {text}` names no file", f"write `--report {name}=FILE`, or `--report {name}`")
    return name, target if target and target not in _STDOUT_NAMES else STDOUT
