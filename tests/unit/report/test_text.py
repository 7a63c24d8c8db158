"""The report for a terminal says the worst first and fits the screen."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.model.assessment import Assessment
from blastradius.report.interface import Style
from blastradius.report.layout import columns
from blastradius.report.text import render
from tests.unit.report.examples import (
    AGENT_FINDING,
    ALL,
    capped,
    huge,
    incident,
    internet,
    nothing,
    only_maybe,
    only_revoked,
)
from tests.unit.report.worlds import assessments

COLOUR = re.compile(r"\x1b\[[0-9;]+m")


def lines(assessment: Assessment, width: int = 80) -> list[str]:
    return render(assessment, Style(width)).split("\n")


@given(assessments, st.integers(40, 120))
def test_no_line_is_wider_than_asked_for(assessment: Assessment, width: int) -> None:
    assert [line for line in lines(assessment, width) if columns(line) > width] == []


@pytest.mark.parametrize("kind", ALL)
def test_no_line_ends_in_blanks(kind: str) -> None:
    assert [line for line in lines(ALL[kind]()) if line != line.rstrip()] == []


def test_a_narrow_terminal_gets_forty_columns() -> None:
    assert max(columns(line) for line in lines(incident(), 3)) <= 40


@given(assessments)
def test_colours_change_nothing_but_the_colour(assessment: Assessment) -> None:
    coloured = render(assessment, Style(80, colour=True))
    assert "\x1b[" in coloured
    assert COLOUR.sub("", coloured) == render(assessment, Style(80))


def test_the_verdict_stands_first() -> None:
    assert lines(incident())[0] == "BLOCKED: severity 8.7 high (SEV1)"
    assert lines(only_maybe())[0] == "NEEDS 1 APPROVAL: severity 6.1 medium (SEV2)"
    assert lines(internet())[0] == "PASSES, WITH WARNINGS: severity 9.6 critical (SEV0)"
    assert lines(nothing())[0] == "PASSES: severity 0.0 none"


def test_title_author_and_reasons_follow_the_verdict() -> None:
    assert lines(incident())[1:5] == [
        "Let engineers see the events they asked about",
        "proposed by agent:helper (agent), system shop",
        "  block        agent-user-data: an agent gains `user-data`",
        "  2 approvals  high-needs-two: severity is high",
    ]


def test_each_class_has_one_line_with_who_and_how_much() -> None:
    shown = lines(incident())
    start = shown.index("WHO NEWLY REACHES WHAT")
    assert shown[start + 1 : start + 4] == [
        "class         severity   before people services agents resources     items",
        "user-data     8.6 high       40  3,100       40      1        12 4,200,000",
        "strategy-docs 6.1 medium     12    310        -      -       310       310",
    ]


def test_the_table_of_a_class_counts_only_what_is_gained() -> None:
    shown = lines(incident())
    start = next(number for number, line in enumerate(shown) if line.startswith("  capability"))
    assert [line.split()[0] for line in shown[start + 1 : start + 5]] == ["list", "read", "read", "score"]
    assert "user-data  2 principals may do more with 1 resource" in shown[shown.index("ALSO CHANGED") :]


def test_every_factor_of_the_score_is_printed() -> None:
    report = render(incident())
    assert "score  10 × S 1 × K 0.95 (read) × reach 0.9 = 8.55, n 3,150, m 4,200,000\n" in report
    assert "overall  8.7: the worst class counts in full (8.55), 1 other a little (6.128)\n" in report


def test_caps_and_floors_are_said() -> None:
    held = " ".join(render(capped()).split())
    assert "= 8.9, n 90,000, m 12; held down since only insiders gain" in held
    assert "counts in full (8.9); held down, since nobody external gains" in held
    raised = " ".join(render(internet()).split())
    assert "reach is 1 since it is open to the internet" in raised
    assert "raised by the floor of the finding public-exposure" in raised


def test_a_path_has_one_step_per_line_with_its_place_and_a_mark_on_what_changes() -> None:
    report = render(incident())
    assert (
        "    user:ana\n"
        "      -[member of]-> group:engineering           fixtures/shop/snapshot.yaml:120\n"
        "    * -[member of]-> group:data-readers              fixtures/shop/change.yaml:5\n"
        "      -[viewer on]-> warehouse:main              fixtures/shop/snapshot.yaml:301\n"
    ) in report


def test_conditions_are_named() -> None:
    report = render(only_maybe())
    assert "    only when business hours\n    only when not (on leave)\n" in report
    assert "user:ana may gain read (SELECT) on drive:strategy/2027.md" in report


def test_nothing_gained_is_said_plainly() -> None:
    for made in (nothing(), only_revoked()):
        report = render(made)
        assert "\nNOBODY GAINS ACCESS\n" in report
        assert "WHY" not in report
        assert "1. nothing is required: the gate lets it in\n" in report


def test_losses_and_wider_actions_are_listed() -> None:
    assert "ALSO CHANGED\ncode  5 principals lose a capability on 2 resources\n" in render(only_revoked())
    assert "user-data  2 principals may do more with 1 resource\n" in render(incident())


def test_findings_of_one_kind_share_their_help() -> None:
    other = replace(AGENT_FINDING, rule="other", help="look again")
    made = replace(incident(), findings=(AGENT_FINDING, AGENT_FINDING, other, other, AGENT_FINDING))
    report = render(made)
    assert report.count("help: give the agent read access only") == 2
    assert report.count("help: look again") == 1
    assert report.count("agent `agent:helper` gains write") == 5


def test_what_was_not_understood_is_shown_with_its_place() -> None:
    report = " ".join(render(incident()).split())
    assert (
        "NOT UNDERSTOOD (1) fixtures/shop/change.yaml:9: cannot tell what `kubectl apply -k overlays` changes" in report
    )


def test_the_end_says_what_it_rests_on() -> None:
    report = render(incident())
    assert "baseline   fixtures/shop/snapshot.yaml  native  sha256 0f0f0f0f0f0f\n" in report
    assert "as of 2026-03-18T09:30:00Z; snapshot exported 2026-03-18T09:00:00Z\n" in report
    assert "unclassified: 12 of 352 resources (3.4 %)\n" in report
    assert "tuples: gained 75,384, maybe gained 96,103, widened 2, revoked 10\n" in report


def test_a_huge_report_stays_readable_and_says_what_it_leaves_out() -> None:
    report = render(huge())
    assert report.count("\n") < 1500
    for left_out in (
        "70 more classes",
        "95 more classes",
        "5,075 more findings",
        "1,990 more places",
        "494 more files",
    ):
        assert f"and {left_out}: see --report json" in report


def test_the_time_is_written_in_utc() -> None:
    from datetime import datetime, timedelta, timezone

    late = datetime(2026, 3, 18, 11, 30, tzinfo=timezone(timedelta(hours=2)))
    assert "as of 2026-03-18T09:30:00Z" in render(replace(nothing(), as_of=late))
    assert "as of 2026-03-18T11:30:00Z" in render(replace(nothing(), as_of=late.replace(tzinfo=None)))
