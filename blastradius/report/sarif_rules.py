"""The rules of a SARIF log: one per class and level of exposure, one per kind of finding."""

from collections.abc import Sequence
from typing import Any

from blastradius.model.assessment import Level
from blastradius.model.catalogue import FINDING_KINDS, Kind
from blastradius.report.escaping import code_span, cut, identifier, sarif_text
from blastradius.report.notices import Notice
from blastradius.report.phrases import Foreign, Phrase, write

JsonObject = dict[str, Any]

MOST_CHARACTERS = 1024
MORE = "more"
"""The rule of the one result that counts those left out."""
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
_MORE = Kind(
    "There are more results than code scanning takes",
    "An upload may hold only so many results. The worst are shown, the rest is counted in this one.",
    "Look at the JSON report, which holds all of them.",
)
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
    short, meaning, remedy = _exposure(notice) if _is_exposure(notice) else _finding(notice)
    return {
        "id": notice.rule,
        "shortDescription": message(write(short, sarif_text)),
        "fullDescription": message(write(meaning, sarif_text)),
        "help": {
            "text": cut(write((*meaning, " What to do: ", *remedy), sarif_text), MOST_CHARACTERS),
            "markdown": write(("**What it means.** ", *meaning, "\n\n**What to do.** ", *remedy), code_span),
        },
        "defaultConfiguration": {"level": level},
        "properties": {
            "tags": ["security", "access-control", *(identifier(each, 60) for each in classes)],
            "precision": "high" if notice.certain else "medium",
            "problem.severity": _PROBLEM_SEVERITIES[level],
            "security-severity": _SECURITY_SEVERITIES[notice.level],
        },
    }


def _exposure(notice: Notice) -> tuple[Phrase, Phrase, Phrase]:
    name = Foreign(notice.classes[0])
    who: Phrase = ("The change gives people, services or agents access to ", name, " that they do not have now.")
    return (
        ("New access to ", name),
        (*who, f" Severity {notice.level} ({notice.level.sev})."),
        ("Follow the path of each result to the step that changes, and let in only who needs it.",),
    )


def _finding(notice: Notice) -> tuple[Phrase, Phrase, Phrase]:
    if notice.rule == MORE:
        return (_MORE.title,), (_MORE.meaning,), (_MORE.remedy,)
    kind = FINDING_KINDS.get(notice.rule)
    if kind is None:
        return (
            ("Finding ", *notice.title),
            ("Something beyond new access itself that a reviewer must see.",),
            ("Follow the advice of each result.",),
        )
    more = f" `docs/findings.md` of blastradius says more, under `{notice.rule}`."
    return (kind.title,), (kind.meaning,), (kind.remedy, more)


def _is_exposure(notice: Notice) -> bool:
    return notice.rule.startswith("exposure/")
