"""Annotations for GitHub Actions, written as workflow commands.

Source: GitHub's documentation of workflow commands; a step shows ten annotations of each kind.
"""

from collections import Counter

from blastradius.model.assessment import Assessment, Decision, Level
from blastradius.model.sources import Source
from blastradius.report.escaping import command_data, command_property
from blastradius.report.interface import PLAIN, Style
from blastradius.report.notices import notices
from blastradius.report.phrases import Phrase, write
from blastradius.report.wording import band, decision, fallback_place

NAME = "github"

MOST_PER_KIND = 9
_KINDS = {
    Level.CRITICAL: "error",
    Level.HIGH: "error",
    Level.MEDIUM: "warning",
    Level.LOW: "notice",
    Level.NONE: "notice",
}
_VERDICT_KINDS = {
    Decision.BLOCK: "error",
    Decision.APPROVE: "error",
    Decision.WARN: "warning",
    Decision.PASS: "notice",
}


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    verdict, severity = assessment.verdict, assessment.severity
    place = fallback_place(assessment.inputs)
    said = f"{decision(verdict)}: severity {band(severity.score, severity.level)}"
    commands = [_command(_VERDICT_KINDS[verdict.decision], place, ("blastradius",), (said,))]
    written = Counter([_VERDICT_KINDS[verdict.decision]])
    left_out: Counter[str] = Counter()
    for notice in notices(assessment):
        kind = _KINDS[notice.level]
        if written[kind] >= MOST_PER_KIND:
            left_out[kind] += 1
            continue
        written[kind] += 1
        commands.append(_command(kind, notice.source, notice.title, notice.advised))
    for kind, number in sorted(left_out.items()):
        commands.append(_command(kind, place, ("blastradius",), (f"{number:,} more, see the whole report",)))
    return "".join(command + "\n" for command in commands)


def _command(kind: str, source: Source, title: Phrase, text: Phrase) -> str:
    # The file is a path on the runner: unlike the other properties it is not cut.
    properties = [f"file={command_property(source.file, 4096)}", f"line={source.line}"]
    if source.column:
        properties.append(f"col={source.column}")
    properties.append(f"title={_own(write(title, command_property))}")
    return f"::{kind} {','.join(properties)}::{write(text, command_data)}"


def _own(title: str) -> str:
    """Escape the colons and commas of our own words; foreign ones are escaped already."""
    return title.replace(":", "%3A").replace(",", "%2C")
