"""The rules of a SARIF log: one per class and level of exposure, one per kind of finding."""

from collections.abc import Callable, Sequence
from typing import Any

from blastradius.model.assessment import Level
from blastradius.report.escaping import code_span, cut, identifier, sarif_text
from blastradius.report.notices import Notice
from blastradius.report.phrases import Foreign, Phrase, write

JsonObject = dict[str, Any]
Quote = Callable[[str, int], str]

MOST_CHARACTERS = 1024
LEVELS = {
    Level.CRITICAL: "error",
    Level.HIGH: "error",
    Level.MEDIUM: "warning",
    Level.LOW: "note",
    Level.NONE: "note",
}
# Middle of each band: code hosts draw the borders differently, and GitHub calls only *over* 9.0 critical.
_SECURITY_SEVERITIES = {
    Level.CRITICAL: "9.5",
    Level.HIGH: "8.0",
    Level.MEDIUM: "5.5",
    Level.LOW: "2.0",
    Level.NONE: "0.0",
}
_PROBLEM_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}


def describe(shown: Sequence[Notice]) -> dict[str, JsonObject]:
    """Describe each kind of notice once.

    Args:
        shown: Notices, worst first, so that the first of a kind sets its level.

    Returns:
        Rules by id, sorted.
    """
    rules: dict[str, JsonObject] = {}
    for notice in shown:
        if notice.rule not in rules:
            rules[notice.rule] = _rule(notice)
    return dict(sorted(rules.items()))


def message(text: str) -> JsonObject:
    """Wrap a text, never longer than code hosts take; they hold an empty one for a missing one."""
    return {"text": cut(text, MOST_CHARACTERS) or "-"}


def _rule(notice: Notice) -> JsonObject:
    level = LEVELS[notice.level]
    classes = notice.classes[:1] if _is_exposure(notice) else ()
    return {
        "id": notice.rule,
        "shortDescription": message(_short(notice, sarif_text)),
        "fullDescription": message(_full(notice, sarif_text)),
        "help": {"text": cut(_help(notice, sarif_text), MOST_CHARACTERS), "markdown": _help(notice, code_span)},
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["security", "access-control", *(identifier(each, 60) for each in classes)],
            "precision": "high" if notice.certain else "medium",
            "problem.severity": _PROBLEM_SEVERITIES[level],
            "security-severity": _SECURITY_SEVERITIES[notice.level],
        },
    }


def _short(notice: Notice, quote: Quote) -> str:
    if _is_exposure(notice):
        return write(("New access to ", Foreign(notice.classes[0])), quote)
    return write(("Finding ", *notice.title), quote)


def _full(notice: Notice, quote: Quote) -> str:
    if not _is_exposure(notice):
        return write(("What blastradius reports as ", *notice.title, ", beside new access itself."), quote)
    name = Foreign(notice.classes[0])
    who: Phrase = ("The change gives people, services or agents access to ", name, " that they do not have now.")
    return write((*who, f" Severity {notice.level} ({notice.level.sev})."), quote)


def _help(notice: Notice, quote: Quote) -> str:
    if _is_exposure(notice):
        advice = "Follow the path of each result to the step that changes, and let in only who needs it."
    else:
        advice = "What it means, and what to do about it, stands under this name in docs/findings.md of blastradius."
    return f"{_full(notice, quote)} {advice}"


def _is_exposure(notice: Notice) -> bool:
    return notice.rule.startswith("exposure/")
