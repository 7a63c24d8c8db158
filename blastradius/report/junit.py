"""JUnit XML, which CI systems list test by test: what the gate asks for is what fails.

The number of failures is zero exactly when the change may go in.
"""

from blastradius.model.assessment import Assessment, Decision, Reason
from blastradius.model.sources import Source
from blastradius.report.escaping import TEXT_LIMIT, xml, xml_markup
from blastradius.report.interface import PLAIN, Style
from blastradius.report.layout import wrap
from blastradius.report.notices import Notice, notices
from blastradius.report.paths import claim, draw
from blastradius.report.phrases import write
from blastradius.report.wording import band, decision, fallback_place, moment

NAME = "junit"

_LINE = 100
_MOST_WITNESSES = 3


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    stopped = assessment.verdict.decision.rank >= Decision.APPROVE.rank
    cases = [_verdict(assessment, stopped)]
    cases += [_reason(each, assessment, stopped) for each in assessment.verdict.reasons]
    cases += [_notice(each) for each in notices(assessment)]
    failures = sum("<failure" in case for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    time = moment(assessment.as_of).removesuffix("Z")
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="blastradius" {counts} time="0">',
            f'  <testsuite name="blastradius" {counts} skipped="0" time="0" timestamp="{time}">',
            *cases,
            "  </testsuite>",
            "</testsuites>",
            "",
        ]
    )


def _verdict(assessment: Assessment, stopped: bool) -> str:
    severity = assessment.severity
    said = f"{decision(assessment.verdict)}: severity {band(severity.score, severity.level)}"
    body = _failure(str(severity.level), said, said) if stopped else _output(said)
    return _case("verdict", "blastradius.verdict", fallback_place(assessment.inputs), body)


def _reason(reason: Reason, assessment: Assessment, stopped: bool) -> str:
    said = xml(reason.message)
    fails = stopped and reason.decision.rank >= Decision.APPROVE.rank
    body = _failure(str(reason.decision), said, said) if fails else _output(said)
    return _case(xml(reason.rule), "blastradius.gate", fallback_place(assessment.inputs), body)


def _notice(notice: Notice) -> str:
    said = write(notice.text, xml)
    lines = [said, *([f"help: {write(notice.help, xml)}"] if notice.help else [])]
    for witness in notice.witnesses[:_MOST_WITNESSES]:
        lines += [xml_markup(line) for line in (*wrap(claim(witness), _LINE), *draw(witness, _LINE, "  "))]
    kind = "exposure" if notice.witnesses or notice.rule.startswith("exposure/") else "finding"
    where = xml(notice.source.file)
    name = f"{write(notice.title, xml)} ({where}:{notice.source.line})"
    return _case(name, f"blastradius.{kind}", notice.source, _output("\n".join(lines)))


def _case(name: str, suite: str, source: Source, body: str) -> str:
    file = xml(source.file, TEXT_LIMIT)
    return (
        f'    <testcase name="{name}" classname="{suite}" time="0" file="{file}" line="{source.line}">\n'
        f"{body}\n    </testcase>"
    )


def _failure(kind: str, said: str, text: str) -> str:
    return f'      <failure type="{kind}" message="{said}">{text}</failure>'


def _output(text: str) -> str:
    return f"      <system-out>{text}</system-out>"
