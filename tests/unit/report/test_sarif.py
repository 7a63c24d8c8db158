"""SARIF that code scanning accepts, with the path of every exposure."""

import functools
import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from blastradius.model.assessment import FINDING_RULES, Assessment, Level
from blastradius.model.catalogue import FINDING_KINDS
from blastradius.model.sources import Input, Side, Source
from blastradius.report.sarif import render
from tests.unit.report.examples import AGENT_FINDING, ALL, CHANGE, exposure, huge, incident, nothing
from tests.unit.report.worlds import assessments

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "sarif" / "sarif-schema-2.1.0.json"


@functools.cache
def standard() -> Any:
    if not CORPUS.is_file():
        pytest.skip("the SARIF schema (../shared/corpus/sarif) is not on this machine")
    document = json.loads(CORPUS.read_text("utf-8"))
    return jsonschema.validators.validator_for(document)(document)


def complaints(report: str) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in standard().iter_errors(json.loads(report))]


def run(assessment: Assessment) -> dict[str, Any]:
    (only,) = json.loads(render(assessment))["runs"]
    return only


@pytest.mark.parametrize("kind", ALL.keys() - {"huge"})
def test_every_kind_of_report_fits_the_standard(kind: str) -> None:
    assert complaints(render(ALL[kind]())) == []


@settings(max_examples=20)
@given(assessments)
def test_every_report_fits_the_standard(assessment: Assessment) -> None:
    assert complaints(render(assessment)) == []


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            text
            for key, each in value.items()
            for text in ([each] if key in {"text", "uri", "id", "ruleId"} and isinstance(each, str) else texts(each))
        ]
    return [text for each in value for text in texts(each)] if isinstance(value, list) else []


@given(assessments)
def test_no_text_is_empty_or_longer_than_code_hosts_take(assessment: Assessment) -> None:
    found = texts(json.loads(render(assessment)))
    assert all(0 < len(text) <= 1024 for text in found if not text.isdigit())
    assert not any("](" in text for text in found)


@given(assessments)
def test_every_result_has_a_relative_place_a_rule_and_a_fingerprint(assessment: Assessment) -> None:
    made = run(assessment)
    rules = made["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in made["results"]})
    for result in made["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert ":" not in uri
        assert not uri.startswith(("/", "./"))
        assert location["physicalLocation"]["region"]["startLine"] >= 1
    hashes = [result["partialFingerprints"]["primaryLocationLineHash"] for result in made["results"]]
    assert len(set(hashes)) == len(hashes)


def test_there_is_one_rule_per_class_and_level_and_one_per_finding() -> None:
    rules = {rule["id"]: rule for rule in run(incident())["tool"]["driver"]["rules"]}
    assert list(rules) == [
        "agent-write",
        "exposure/strategy-docs/medium",
        "exposure/user-data/high",
        "unknown-membership",
    ]
    high = rules["exposure/user-data/high"]
    assert high["properties"]["tags"] == ["security", "access-control", "user-data"]
    assert high["properties"]["precision"] == "high"
    assert high["defaultConfiguration"] == {"level": "error"}
    assert rules["exposure/strategy-docs/medium"]["properties"]["precision"] == "medium"


@pytest.mark.parametrize(
    ("level", "security", "shown"),
    [
        (Level.CRITICAL, "9.5", "error"),
        (Level.HIGH, "8.0", "error"),
        (Level.MEDIUM, "5.5", "warning"),
        (Level.LOW, "2.0", "note"),
        (Level.NONE, "0.0", "note"),
    ],
)
def test_levels_are_given_from_the_middle_of_each_band(level: Level, security: str, shown: str) -> None:
    made = run(replace(nothing(), exposures=(exposure(level=level),)))
    assert made["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == security
    assert made["results"][0]["level"] == shown


def test_an_exposure_stands_on_the_changed_line_with_its_path_as_code_flow() -> None:
    result = run(incident())["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": CHANGE}, "region": {"startLine": 5}}
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps] == [120, 5, 301, 240]
    assert [step["importance"] for step in steps] == ["important", "essential", "important", "important"]
    assert steps[1]["location"]["message"]["text"] == ("group:engineering -[member of]-> group:data-readers (changed)")
    related = [each["physicalLocation"]["region"]["startLine"] for each in result["relatedLocations"]]
    assert related == [120, 240, 301]


def test_what_has_no_place_stands_on_the_first_line_of_the_change() -> None:
    made = run(replace(nothing(), findings=(replace(AGENT_FINDING, source=None),)))
    place = made["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": CHANGE}, "region": {"startLine": 1}}
    nowhere = run(replace(nothing(), inputs=(), findings=(replace(AGENT_FINDING, source=None),)))
    assert nowhere["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "-"


def test_between_two_states_it_stands_on_the_first_file_that_differs() -> None:
    def first(*inputs: Input) -> str:
        made = run(replace(nothing(), inputs=inputs, findings=(replace(AGENT_FINDING, source=None),)))
        uri: str = made["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        return uri

    same, old, new = "0f" * 32, "1e" * 32, "2d" * 32
    before = (
        Input("before/a.yaml", Side.BASELINE, "native", same),
        Input("before/b.yaml", Side.BASELINE, "native", old),
    )
    unchanged = Input("after/a.yaml", Side.SIMULATED, "native", same)
    assert first(*before, unchanged, Input("after/b.yaml", Side.SIMULATED, "native", new)) == "after/b.yaml"
    assert first(*before, unchanged) == "after/a.yaml"
    assert first(*before) == "before/a.yaml"


@pytest.mark.parametrize("rule", FINDING_RULES)
def test_every_finding_is_explained_to_somebody_who_knows_only_the_log(rule: str) -> None:
    (described,) = run(replace(nothing(), findings=(replace(AGENT_FINDING, rule=rule),)))["tool"]["driver"]["rules"]
    kind = FINDING_KINDS[rule]
    assert described["shortDescription"] == {"text": kind.title}
    assert described["fullDescription"] == {"text": kind.meaning}
    for text in described["help"].values():
        assert len(text) <= 1024
        assert kind.meaning in text
        assert kind.remedy in text


def test_fingerprints_do_not_move_with_the_lines() -> None:
    moved = replace(incident(), exposures=(exposure(source=Source(CHANGE, 77)),))
    before, after = run(incident())["results"][0], run(moved)["results"][0]
    assert before["locations"] != after["locations"]
    assert before["partialFingerprints"] == after["partialFingerprints"]
    assert before["partialFingerprints"] == {
        "primaryLocationLineHash": "a1b2c3d4e5f60718:1",
        "blastradiusFinding/v1": "a1b2c3d4e5f60718",
    }


def test_what_was_not_understood_is_a_notification() -> None:
    (notification,) = run(incident())["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("cannot tell what `kubectl apply -k overlays` changes")
    assert notification["locations"][0]["physicalLocation"]["region"]["startLine"] == 9


def test_a_huge_report_stays_within_the_limits_of_an_upload() -> None:
    written = render(huge())
    made = json.loads(written)["runs"][0]
    assert len(made["results"]) == 5000
    assert made["results"][-1]["message"]["text"] == "201 more results, see the JSON report"
    steps = [
        len(flow["threadFlows"][0]["locations"]) for result in made["results"] for flow in result.get("codeFlows", ())
    ]
    assert sum(steps) <= 10_000
    assert len(gzip.compress(written.encode(), 6)) < 10_000_000


def test_each_system_has_a_category_of_its_own() -> None:
    assert run(incident())["automationDetails"]["id"] == "blastradius/shop/"
    assert run(nothing())["automationDetails"]["id"] == "blastradius/access/"
