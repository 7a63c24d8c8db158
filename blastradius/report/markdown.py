"""The report as Markdown, for a comment on a pull request or the summary of a CI step.

It begins with a hidden line by which a later run finds its comment again, and is never longer than
code hosts take: every section has its share, and says what it left out.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from blastradius.model.assessment import Assessment, ClassExposure, Decision, Finding, Reason
from blastradius.model.sources import Input, Problem, Source
from blastradius.report import basis
from blastradius.report.advice import next_steps
from blastradius.report.escaping import NAME_LIMIT, code_fence, code_sentence, code_span, xml
from blastradius.report.figures import Figures, by_capability, by_class, other_changes
from blastradius.report.interface import PLAIN, Style
from blastradius.report.layout import wrap
from blastradius.report.paths import MARK, claim, draw
from blastradius.report.phrases import Foreign, Phrase, write
from blastradius.report.wording import author, band, count, decision, full_name, place

NAME = "markdown"

MARKER = "<!-- blastradius:report -->"
MOST_CHARACTERS = 60_000
# Characters per section; together well below the limit, since headings and notices come on top.
_VERDICT, _CLASSES, _WHY, _FINDINGS, _UNREAD, _NEXT, _BASIS = 5_000, 8_000, 16_000, 12_000, 5_000, 4_000, 6_000
_MOST_CLASSES = 30
_MOST_WITNESSES = 3
_OPEN_CLASSES = 3
_LINE = 100

Item = TypeVar("Item")


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    blocks = [
        *_verdict(assessment),
        *_classes(assessment),
        *_why(assessment),
        *_findings(assessment),
        *_unread(assessment),
        *_next(assessment),
        *_basis(assessment),
    ]
    return "\n\n".join([MARKER, *blocks]) + "\n"


def _verdict(assessment: Assessment) -> list[str]:
    severity = assessment.severity
    said = decision(assessment.verdict)
    headline = f"## {said[:1].upper()}{said[1:]}: severity {band(severity.score, severity.level)}"
    title = [code_span(assessment.title, 240)] if assessment.title else []
    system: Phrase = (", system ", Foreign(assessment.system)) if assessment.system else ()
    return [
        headline,
        *title,
        f"P{_write((*author(assessment), *system))[1:]}",
        *_list(assessment.verdict.reasons, _reason, _VERDICT, "rule", "rules"),
    ]


def _reason(reason: Reason) -> str:
    asks = count(reason.approvals, "approval") if reason.decision is Decision.APPROVE else str(reason.decision)
    return f"- **{asks}** by {code_span(reason.rule)}: {code_sentence(reason.message)}"


def _classes(assessment: Assessment) -> list[str]:
    exposures = assessment.exposures[:_MOST_CLASSES]
    if not exposures:
        return ["**Nobody gains access.**"]
    names = [code_span(each.class_name) for each in exposures]
    lines = _table("class", names, by_class(exposures))
    kept = _within(lines[2:], _CLASSES)
    more = _more(len(assessment.exposures) - len(kept), "class", "classes")
    return ["### Who newly reaches what", "\n".join([*lines[:2], *kept]), *more]


def _why(assessment: Assessment) -> list[str]:
    if not assessment.exposures:
        return []
    explained = (
        _explained(each, folded=position >= _OPEN_CLASSES)
        for position, each in enumerate(assessment.exposures[:_MOST_CLASSES])
    )
    kept = _within(explained, _WHY)
    more = _more(len(assessment.exposures) - len(kept), "class", "classes")
    overall = f"Overall {basis.overall(assessment, code_span)}"
    return [f"### Why ({'`' + MARK + '`'} marks what this change changes)", *kept, *more, overall]


def _explained(exposure: ClassExposure, folded: bool) -> str:
    score = band(exposure.score, exposure.level)
    columns = by_capability(exposure)
    blocks = ["\n".join(_table(columns[0].heading, columns[0].cells, columns[1:])), f"Score {basis.score(exposure)}"]
    lines: list[str] = []
    for position, witness in enumerate(exposure.witnesses[:_MOST_WITNESSES]):
        lines += [*wrap(claim(witness), _LINE), *draw(witness, _LINE, "  ", exposure.witnesses[:position])]
    if lines:
        fence = code_fence(lines)
        blocks.append("\n".join([f"{fence}text", *lines, fence]))
    blocks += _more(len(exposure.witnesses) - _MOST_WITNESSES, "path", "paths")
    if folded:
        return _folded(f"<code>{xml(exposure.class_name, NAME_LIMIT)}</code>: {score}", blocks)
    return "\n\n".join([f"**Class** {_write(full_name(exposure))}: **{score}**", *blocks])


def _findings(assessment: Assessment) -> list[str]:
    found = assessment.findings
    return (
        [f"### Findings ({len(found):,})", *_list(found, _finding, _FINDINGS, "finding", "findings")] if found else []
    )


def _finding(finding: Finding) -> str:
    said = f"- **{finding.level}** {code_span(finding.rule)}{_at(finding.source)}: {code_sentence(finding.message)}"
    return said + (f"; to do: {code_sentence(finding.help)}" if finding.help else "")


def _unread(assessment: Assessment) -> list[str]:
    unread = assessment.unread
    return (
        [f"### Not understood ({len(unread):,})", *_list(unread, _problem, _UNREAD, "place", "places")]
        if unread
        else []
    )


def _problem(problem: Problem) -> str:
    said = f"- {code_sentence(problem.message)}{_at(problem.source)}"
    return said + (f"; to do: {code_sentence(problem.help)}" if problem.help else "")


def _next(assessment: Assessment) -> list[str]:
    numbered = list(enumerate(next_steps(assessment), start=1))
    return ["### What to do", *_list(numbered, lambda step: f"{step[0]}. {_write(step[1])}", _NEXT, "step", "steps")]


def _basis(assessment: Assessment) -> list[str]:
    others = other_changes((*assessment.exposures, *assessment.others))
    blocks = ["**Other changes**"] if others else []
    blocks += _list(others, lambda row: f"- {code_span(row[0])}: {row[1]}", _BASIS // 2, "class", "classes")
    blocks.append("**Inputs**")
    blocks += _list(assessment.inputs, _input, _BASIS // 2, "file", "files")
    blocks.append("**Extent**")
    blocks.append("\n".join(f"- {line}" for line in basis.facts(assessment, code_span)))
    return [_folded("Other changes, inputs and extent", blocks)]


def _input(given: Input) -> str:
    kind, digest = code_span(given.kind, 30), code_span(given.sha256, 64)
    return f"- {given.side}: {code_span(given.label)}, {kind}, sha256 {digest}"


def _folded(summary: str, blocks: Sequence[str]) -> str:
    """Fold blocks away under a summary, which is HTML."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *blocks, "</details>"])


def _table(first: str, names: Sequence[str], columns: Sequence[Figures]) -> list[str]:
    lines = [
        f"| {' | '.join([first, *(column.heading for column in columns)])} |",
        f"| {' | '.join(['---', *('---:' if column.right else '---' for column in columns)])} |",
    ]
    for row, name in enumerate(names):
        lines.append(f"| {' | '.join([name, *(column.cells[row] for column in columns)])} |")
    return lines


def _list(items: Sequence[Item], line: Callable[[Item], str], budget: int, one: str, many: str) -> list[str]:
    """Make a list of as many items as fit, and say how many do not."""
    kept = _within(map(line, items), budget)
    return [*(["\n".join(kept)] if kept else []), *_more(len(items) - len(kept), one, many)]


def _within(blocks: Iterable[str], budget: int) -> list[str]:
    kept: list[str] = []
    for block in blocks:
        budget -= len(block) + 2
        if budget < 0:
            break
        kept.append(block)
    return kept


def _more(number: int, one: str, many: str) -> list[str]:
    return (
        [f"*{count(number, f'more {one}', f'more {many}')} left out here: see the JSON report.*"] if number > 0 else []
    )


def _at(source: Source | None) -> str:
    where = place(source)
    return f" at {_write(where)}" if where else ""


def _write(phrase: Phrase) -> str:
    return write(phrase, code_span)
