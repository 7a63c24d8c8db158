"""JUnit XML whose failures are zero exactly when the change may go in."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from hypothesis import given

from blastradius.model.assessment import Assessment, Decision, Verdict
from blastradius.report.junit import render
from tests.unit.report.examples import ALL, incident, internet
from tests.unit.report.worlds import assessments

# The elements and attributes that Jenkins, GitLab and GitHub's test reporters agree on.
ALLOWED = {
    "testsuites": ({"name", "tests", "failures", "errors", "time"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}, {"testcase"}),
    "testcase": ({"name", "classname", "time", "file", "line"}, {"failure", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}


def check(element: ET.Element) -> None:
    attributes, children = ALLOWED[element.tag]
    assert set(element.attrib) == attributes
    assert {child.tag for child in element} <= children
    for child in element:
        check(child)


@given(assessments)
def test_the_structure_is_what_ci_systems_read(assessment: Assessment) -> None:
    suites = ET.fromstring(render(assessment))
    check(suites)
    (suite,) = suites
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert suites.attrib["failures"] == suite.attrib["failures"]
    assert all(case.attrib["name"] for case in suite)


@given(assessments)
def test_there_are_failures_exactly_when_the_gate_stops_the_change(assessment: Assessment) -> None:
    failures = int(ET.fromstring(render(assessment)).attrib["failures"])
    assert (failures > 0) == (assessment.verdict.decision in {Decision.APPROVE, Decision.BLOCK})


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_without_reasons_fails_or_passes_all_the_same(decision: Decision) -> None:
    made = ET.fromstring(render(replace(incident(), verdict=Verdict(decision))))
    assert made.attrib["failures"] == ("1" if decision.rank >= Decision.APPROVE.rank else "0")


def test_there_is_a_case_for_the_verdict_each_reason_each_class_and_each_finding() -> None:
    cases = [
        (case.attrib["classname"], case.attrib["name"]) for case in ET.fromstring(render(incident())).iter("testcase")
    ]
    assert cases == [
        ("blastradius.verdict", "verdict"),
        ("blastradius.gate", "agent-user-data"),
        ("blastradius.gate", "high-needs-two"),
        ("blastradius.exposure", "user-data newly exposed: 8.6 high (SEV1) (fixtures/shop/change.yaml:5)"),
        ("blastradius.finding", "agent-write: an AI agent gains write or manage access (fixtures/shop/change.yaml:5)"),
        ("blastradius.exposure", "strategy-docs newly exposed: 6.1 medium (SEV2) (fixtures/shop/change.yaml:5)"),
        (
            "blastradius.finding",
            "unknown-membership: a group gains access whose members are not all listed"
            " (fixtures/shop/snapshot.yaml:44)",
        ),
    ]


def test_a_rule_that_only_warns_does_not_fail() -> None:
    assert "<failure" not in render(internet())


def test_the_failure_says_why() -> None:
    failures = [each.text for each in ET.fromstring(render(incident())).iter("failure")]
    assert failures == ["blocked: severity 8.7 high (SEV1)", "an agent gains `user-data`", "severity is high"]


@pytest.mark.parametrize("kind", ALL)
def test_the_path_is_in_the_output_of_its_case(kind: str) -> None:
    made = ALL[kind]()
    shown = [each.text or "" for each in ET.fromstring(render(made)).iter("system-out")]
    wanted = sum(bool(each.witnesses) for each in made.exposures)
    assert sum("]-" in text for text in shown) == wanted
