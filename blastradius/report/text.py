"""The report for a terminal: the verdict first, then who reaches what, why, and what to do."""

from collections.abc import Iterable

from blastradius.model.assessment import Assessment, ClassExposure, Decision, FindingLevel, Level
from blastradius.model.sources import Input, Side
from blastradius.report import basis
from blastradius.report.advice import next_steps
from blastradius.report.escaping import TEXT_LIMIT, plain
from blastradius.report.figures import by_capability, by_class, other_changes
from blastradius.report.interface import PLAIN, Style
from blastradius.report.layout import Column, Hue, columns, fit, fit_end, pad, paint, table, wrap
from blastradius.report.paths import MARK, claim, draw
from blastradius.report.phrases import Phrase, write
from blastradius.report.wording import author, band, count, decision, full_name, place

NAME = "text"

LEAST_WIDTH = 40
MOST_CLASSES = 30
MOST_EXPLAINED = 5
MOST_WITNESSES = 3
MOST_FINDINGS = 25
MOST_REASONS = 10
MOST_PROBLEMS = 10
_INDENT = "  "
_DECISION_HUES = {
    Decision.PASS: Hue.GOOD,
    Decision.WARN: Hue.CAREFUL,
    Decision.APPROVE: Hue.CAREFUL,
    Decision.BLOCK: Hue.BAD,
}
_LEVEL_HUES = {FindingLevel.ERROR: Hue.BAD, FindingLevel.WARNING: Hue.CAREFUL, FindingLevel.NOTE: Hue.HEADING}


def render(assessment: Assessment, style: Style = PLAIN) -> str:
    """Write the report; see `Reporter.render`."""
    page = _Page(style)
    _verdict(page, assessment)
    _classes(page, assessment)
    _why(page, assessment)
    _others(page, assessment)
    _findings(page, assessment)
    _unread(page, assessment)
    _next(page, assessment)
    _basis(page, assessment)
    return page.text()


class _Page:
    """Lines as they are collected."""

    def __init__(self, style: Style) -> None:
        self.width = max(style.width, LEAST_WIDTH)
        self._colour = style.colour
        self._lines: list[str] = []

    def add(self, lines: Iterable[str], hue: Hue | None = None) -> None:
        """Add lines that are laid out, all in one colour."""
        self._lines += [paint(line, hue, self._colour) if hue else line for line in lines]

    def say(self, text: str, first: str = "", rest: str | None = None, hue: Hue | None = None) -> None:
        """Add a wrapped sentence."""
        self.add(wrap(text, self.width, first, rest), hue)

    def heading(self, text: str) -> None:
        """Begin a section."""
        self.gap()
        self.say(text, hue=Hue.HEADING)

    def gap(self) -> None:
        """Leave one empty line."""
        if self._lines and self._lines[-1]:
            self._lines.append("")

    def text(self) -> str:
        """Give the page as one text."""
        return "\n".join(self._lines) + "\n"


def _plain(phrase: Phrase) -> str:
    return write(phrase, plain)


def _verdict(page: _Page, assessment: Assessment) -> None:
    verdict, severity = assessment.verdict, assessment.severity
    page.say(
        f"{decision(verdict).upper()}: severity {band(severity.score, severity.level)}",
        hue=_DECISION_HUES[verdict.decision],
    )
    if assessment.title:
        page.say(plain(assessment.title, 240), hue=Hue.HEADING)
    system = f", system {plain(assessment.system)}" if assessment.system else ""
    page.say(_plain(author(assessment)) + system, rest=_INDENT)
    for reason in verdict.reasons[:MOST_REASONS]:
        asks = count(reason.approvals, "approval") if reason.decision is Decision.APPROVE else str(reason.decision)
        page.say(f"{plain(reason.rule)}: {plain(reason.message, TEXT_LIMIT)}", f"  {asks:11}  ")
    _more(page, len(verdict.reasons) - MOST_REASONS, "rule that applies", "rules that apply")


def _classes(page: _Page, assessment: Assessment) -> None:
    shown = assessment.exposures[:MOST_CLASSES]
    if not shown:
        page.heading("NOBODY GAINS ACCESS")
        return
    page.heading("WHO NEWLY REACHES WHAT")
    names = Column("class", tuple(plain(each.class_name) for each in shown), right=False)
    parts = [names, *(Column(each.heading, each.cells, each.right) for each in by_class(shown))]
    page.add(table(parts, page.width))
    _more(page, len(assessment.exposures) - MOST_CLASSES, "class", "classes")


def _why(page: _Page, assessment: Assessment) -> None:
    explained = assessment.exposures[:MOST_EXPLAINED]
    if not explained:
        return
    page.heading(f"WHY  ({MARK} marks what this change changes)")
    for exposure in explained:
        _explain(page, exposure)
    page.gap()
    _more(page, len(assessment.exposures) - MOST_EXPLAINED, "class", "classes")
    page.say(basis.overall(assessment, plain), "overall  ")


def _explain(page: _Page, exposure: ClassExposure) -> None:
    page.gap()
    loud = exposure.level.rank >= Level.HIGH.rank
    page.say(
        f"{_plain(full_name(exposure))}: {band(exposure.score, exposure.level)}",
        rest=_INDENT,
        hue=Hue.BAD if loud else Hue.CAREFUL,
    )
    parts = [Column(each.heading, each.cells, each.right) for each in by_capability(exposure)]
    page.add(table(parts, page.width, _INDENT))
    page.say(basis.score(exposure), "  score  ")
    _some(page, "  who    ", exposure.top_principals, count(exposure.resource_total, "resource"))
    _some(page, "  what   ", exposure.top_resources, count(exposure.audience.total, "principal"))
    for position, witness in enumerate(exposure.witnesses[:MOST_WITNESSES]):
        page.say(claim(witness), "  path   ")
        page.add(draw(witness, page.width, _INDENT * 2, exposure.witnesses[:position]))
    _more(page, len(exposure.witnesses) - MOST_WITNESSES, "path", "paths", _INDENT)


def _some(page: _Page, first: str, ranked: tuple[tuple[str, int], ...], whole: str) -> None:
    if ranked:
        page.say(", ".join(f"{plain(name)} ({number:,})" for name, number in ranked[:3]) + f" of {whole}", first)


def _others(page: _Page, assessment: Assessment) -> None:
    rows = other_changes((*assessment.exposures, *assessment.others))
    if not rows:
        return
    page.heading("ALSO CHANGED")
    size = min(max(columns(plain(name)) for name, _ in rows), page.width // 3)
    for name, words in rows[:MOST_CLASSES]:
        page.say(words, pad(fit(plain(name), size), size) + "  ")
    _more(page, len(rows) - MOST_CLASSES, "line", "lines")


def _findings(page: _Page, assessment: Assessment) -> None:
    if not assessment.findings:
        return
    page.heading(f"FINDINGS  ({len(assessment.findings):,})")
    said = ""
    for finding in assessment.findings[:MOST_FINDINGS]:
        where = _plain(place(finding.source))
        title = f"{finding.level}  {plain(finding.rule)}" + (f"  {where}" if where else "")
        page.say(title, rest=_INDENT, hue=_LEVEL_HUES[finding.level])
        page.say(plain(finding.message, TEXT_LIMIT), _INDENT)
        # Findings of one kind come together: what to do about them is said once.
        if finding.help and finding.help != said:
            page.say(plain(finding.help, TEXT_LIMIT), "  help: ", _INDENT * 2)
        said = finding.help
    _more(page, len(assessment.findings) - MOST_FINDINGS, "finding", "findings")


def _unread(page: _Page, assessment: Assessment) -> None:
    if not assessment.unread:
        return
    page.heading(f"NOT UNDERSTOOD  ({len(assessment.unread):,})")
    for problem in assessment.unread[:MOST_PROBLEMS]:
        where = _plain(place(problem.source))
        page.say((f"{where}: " if where else "") + plain(problem.message, TEXT_LIMIT), rest=_INDENT)
        if problem.help:
            page.say(plain(problem.help, TEXT_LIMIT), "  help: ", _INDENT * 2)
    _more(page, len(assessment.unread) - MOST_PROBLEMS, "place", "places")


def _next(page: _Page, assessment: Assessment) -> None:
    verdict = assessment.verdict
    blocked = "is " if verdict.decision is Decision.BLOCK else ""
    page.heading(f"WHAT TO DO  (the change {blocked}{decision(verdict)})")
    for number, step in enumerate(next_steps(assessment), start=1):
        page.say(_plain(step), f"{number}. ")
    for position, (option, use) in enumerate(basis.MORE):
        page.say(use, pad("see more:" if not position else "", 11) + pad(option, 21))


def _basis(page: _Page, assessment: Assessment) -> None:
    page.heading("THIS RESTS ON")
    size = max((columns(plain(each.label)) for each in assessment.inputs), default=0)
    kind = max((columns(plain(each.kind, 20)) for each in assessment.inputs), default=0)
    for side in Side:
        given = [each for each in assessment.inputs if each.side is side]
        page.add(
            _input(each, "" if number else str(side), size, kind, page.width)
            for number, each in enumerate(given[: basis.MOST_INPUTS])
        )
        _more(page, len(given) - basis.MOST_INPUTS, "file", "files", " " * 11)
    for line in basis.facts(assessment, plain):
        page.say(line, rest=_INDENT)


def _input(given: Input, side: str, size: int, kind: int, width: int) -> str:
    rest = f"  {pad(plain(given.kind, 20), kind)}  sha256 {plain(given.sha256[:12])}"
    room = min(size, max(width - 11 - columns(rest), 8))
    return fit(pad(side, 11) + pad(fit_end(plain(given.label), room), room) + rest, width)


def _more(page: _Page, number: int, one: str, many: str, indent: str = "") -> None:
    if number > 0:
        page.say(f"and {count(number, f'more {one}', f'more {many}')}: see --report json", indent, hue=Hue.QUIET)
