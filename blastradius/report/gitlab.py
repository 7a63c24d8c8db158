"""The code quality report of GitLab. Source: GitLab's documentation of code quality reports."""

from blastradius.model.assessment import Assessment, Level
from blastradius.report.escaping import cut, json_document, plain
from blastradius.report.interface import PLAIN, Style
from blastradius.report.notices import Notice, notices
from blastradius.report.phrases import write

NAME = "gitlab"

_MOST_CHARACTERS = 1000
_SEVERITIES = {
    Level.CRITICAL: "blocker",
    Level.HIGH: "critical",
    Level.MEDIUM: "major",
    Level.LOW: "minor",
    Level.NONE: "info",
}


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    return json_document([_issue(notice) for notice in notices(assessment)])


def _issue(notice: Notice) -> dict[str, object]:
    repeated = f"-{notice.occurrence}" if notice.occurrence > 1 else ""
    return {
        "description": cut(write(notice.advised, plain), _MOST_CHARACTERS),
        "check_name": notice.rule,
        "fingerprint": notice.key + repeated,
        "severity": _SEVERITIES[notice.level],
        "location": {"path": _path(notice.source.file), "lines": {"begin": notice.source.line}},
    }


def _path(label: str) -> str:
    """Write a label as GitLab compares it with the files of a repository: without a leading ``./``."""
    path = plain(label, 4096).lstrip("/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path or "-"
