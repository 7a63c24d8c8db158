"""Markdown that fits a comment and in which no name is anything but text."""

import re

import pytest
from hypothesis import given

from blastradius.model.assessment import Assessment
from blastradius.report.markdown import render
from tests.unit.report.examples import ALL, EVIL, hostile, huge, incident, only_revoked
from tests.unit.report.worlds import assessments

markdown_it = pytest.importorskip("markdown_it", reason="needs markdown-it-py, which comes with typer's rich")
# What GitHub and GitLab would turn into something outside of code, once the Markdown is rendered.
ALIVE = re.compile(r"@\w|#\d|https?:|www\.|<img|<script|<a |javascript:")


def rendered(report: str) -> str:
    return str(markdown_it.MarkdownIt("gfm-like", {"linkify": False}).render(report))


def outside_code(report: str) -> str:
    return re.sub(r"<pre>.*?</pre>|<code>.*?</code>", "", rendered(report), flags=re.DOTALL)


@given(assessments)
def test_nothing_foreign_comes_alive_outside_of_code(assessment: Assessment) -> None:
    assert not ALIVE.search(outside_code(render(assessment)))


@given(assessments)
def test_no_report_is_longer_than_a_comment(assessment: Assessment) -> None:
    assert len(render(assessment)) <= 60_000


def test_a_huge_report_is_cut_between_items_and_says_so() -> None:
    report = render(huge())
    assert len(report) <= 60_000
    html = rendered(report)
    assert html.count("<details>") == html.count("</details>") >= 1
    assert html.count("<table>") >= 2
    for left_out in ("rules", "classes", "findings", "places", "files"):
        assert re.search(rf"<em>[\d,]+ more {left_out} left out here: see the JSON report.</em>", html)
    assert "What to do" in report


@pytest.mark.parametrize("kind", ALL)
def test_the_first_line_is_the_hidden_marker(kind: str) -> None:
    assert render(ALL[kind]()).split("\n")[0] == "<!-- blastradius:report -->"


def test_a_hostile_name_cannot_leave_its_cell() -> None:
    rows = [line for line in render(hostile()).split("\n") if line.startswith("|")]
    assert rows
    html = rendered(render(hostile()))
    for table in re.findall(r"<table>.*?</table>", html, flags=re.DOTALL):
        sizes = {len(re.findall(r"<t[hd][ >]", row)) for row in table.split("</tr>") if "<tr>" in row}
        assert len(sizes) == 1
    assert EVIL[:5] + "\x1b" not in html


def test_verdict_classes_path_findings_and_advice_are_there_in_this_order() -> None:
    report = render(incident())
    parts = [
        "## Blocked: severity 8.7 high (SEV1)",
        "- **block** by `agent-user-data`: `an agent gains 'user-data'`",
        "- **2 approvals** by `high-needs-two`: `severity is high`",
        "| `user-data` | 8.6 high | 40 | 3,100 | 40 | 1 | 12 | 4,200,000 |",
        "  * -[member of]-> group:data-readers",
        "- **error** `agent-write` at `fixtures/shop/change.yaml:5`:",
        "### Not understood (1)",
        "1. do not apply this change: the gate blocks it (`agent-user-data`)",
        "<details><summary>Other changes, inputs and extent</summary>",
    ]
    places = [report.index(part) for part in parts]
    assert places == sorted(places)


def test_a_change_without_gains_is_short() -> None:
    report = render(only_revoked())
    assert "**Nobody gains access.**" in report
    assert "- `code`: 5 principals lose a capability on 2 resources" in report
    assert "### Why" not in report


def test_what_is_lost_or_widened_stands_under_other_changes_alone() -> None:
    before, _, after = render(incident()).partition("**Other changes**")
    assert "| read | 40 | gained |" in before
    assert "| write |" not in before
    assert "- `user-data`: 2 principals may do more with 1 resource" in after
