"""What GitHub and GitLab show beside a line."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given

from blastradius.model.assessment import Assessment, Decision, FindingLevel, Level, Verdict
from blastradius.model.sources import Input, Side, Source
from blastradius.report import github, gitlab
from blastradius.report.notices import notices
from tests.unit.report.examples import AGENT_FINDING, CHANGE, exposure, huge, incident, nothing, only_revoked
from tests.unit.report.worlds import assessments

COMMAND = re.compile(r"::(error|warning|notice) file=([^,:]+),line=([1-9]\d*)(?:,col=\d+)?,title=([^,:]+)::(.+)")


@given(assessments)
def test_every_line_for_github_is_one_whole_command(assessment: Assessment) -> None:
    for line in github.render(assessment).removesuffix("\n").split("\n"):
        assert COMMAND.fullmatch(line), line


@given(assessments)
def test_no_kind_of_annotation_is_more_than_github_shows(assessment: Assessment) -> None:
    kinds = [line.split(" ")[0] for line in github.render(assessment).splitlines()]
    assert max(kinds.count(kind) for kind in kinds) <= 10


def test_many_findings_are_counted_after_the_ninth() -> None:
    lines = github.render(huge()).splitlines()
    assert len(lines) == 10
    assert lines[-1].startswith("::error file=0/resource%3Averylong/")
    assert lines[-1].endswith(",line=1,title=blastradius::5,192 more, see the whole report")


@pytest.mark.parametrize(
    ("decision", "kind"),
    [
        (Decision.BLOCK, "error"),
        (Decision.APPROVE, "error"),
        (Decision.WARN, "warning"),
        (Decision.PASS, "notice"),
    ],
)
def test_the_verdict_is_the_first_annotation(decision: Decision, kind: str) -> None:
    line = github.render(replace(nothing(), verdict=Verdict(decision, 1))).splitlines()[0]
    assert line.startswith(f"::{kind} file={CHANGE},line=1,title=blastradius::")


def test_an_exposure_is_shown_on_the_changed_line() -> None:
    assert (
        f"::error file={CHANGE},line=5,title=user-data newly exposed%3A 8.6 high (SEV1)::user-data newly open to "
        "3,100 people, 40 services and 1 agent: list, read on 12 resources (4,200,000 items); "
        "severity 8.6 high (SEV1); let in only who needs it, or leave this line of the change out\n"
    ) in github.render(incident())


@given(assessments)
def test_every_issue_for_gitlab_is_complete_and_its_fingerprint_its_own(assessment: Assessment) -> None:
    issues = json.loads(gitlab.render(assessment))
    assert len(issues) == len(assessment.exposures) + len(assessment.findings)
    for issue in issues:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["description"]
        assert issue["location"]["path"]
        assert not issue["location"]["path"].startswith(("/", "./"))
        assert issue["location"]["lines"]["begin"] >= 1
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


@pytest.mark.parametrize(
    ("level", "severity"),
    [
        (Level.CRITICAL, "blocker"),
        (Level.HIGH, "critical"),
        (Level.MEDIUM, "major"),
        (Level.LOW, "minor"),
        (Level.NONE, "info"),
    ],
)
def test_levels_are_translated_for_gitlab(level: Level, severity: str) -> None:
    (issue,) = json.loads(gitlab.render(replace(nothing(), exposures=(exposure(level=level),))))
    assert issue["severity"] == severity
    assert issue["check_name"] == f"exposure/user-data/{level}"


@pytest.mark.parametrize("label", ["acl/c.yaml", "./acl/c.yaml", ".//./acl/c.yaml", "/acl/c.yaml"])
def test_gitlab_gets_paths_as_the_repository_has_them(label: str) -> None:
    made = replace(nothing(), findings=(replace(AGENT_FINDING, source=Source(label, 2)),))
    (issue,) = json.loads(gitlab.render(made))
    assert issue["location"] == {"path": "acl/c.yaml", "lines": {"begin": 2}}


def test_a_change_without_gains_or_findings_has_no_issues() -> None:
    assert gitlab.render(only_revoked()) == "[]\n"


def test_the_worst_notice_comes_first_and_exposures_before_findings() -> None:
    noted = replace(AGENT_FINDING, level=FindingLevel.NOTE, rule="quiet")
    made = replace(incident(), findings=(AGENT_FINDING, noted), exposures=(exposure(), exposure(level=Level.LOW)))
    assert [notice.rule for notice in notices(made)] == [
        "exposure/user-data/high",
        "agent-write",
        "exposure/user-data/low",
        "quiet",
    ]


@pytest.mark.parametrize(
    ("sides", "file"),
    [
        ((Side.BASELINE, Side.SIMULATED, Side.POLICY), "simulated.yaml"),
        ((Side.BASELINE, Side.SIMULATED, Side.CHANGE), "change.yaml"),
        ((Side.POLICY, Side.BASELINE), "baseline.yaml"),
        ((Side.POLICY,), "-"),
    ],
)
def test_what_has_no_place_is_shown_where_the_change_is_proposed(sides: tuple[Side, ...], file: str) -> None:
    inputs = tuple(Input(f"{side}.yaml", side, "native", "0" * 64) for side in sides)
    made = replace(nothing(), inputs=inputs, findings=(replace(AGENT_FINDING, source=Source("")),))
    (notice,) = notices(made)
    assert notice.source == Source(file, 1)
