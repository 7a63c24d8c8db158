"""The JSON report says everything, exactly, and fits its own schema."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from blastradius.model.assessment import Assessment
from blastradius.report.escaping import exact
from blastradius.report.json import render
from tests.unit.report.examples import ALL, EVIL, hostile, incident, only_revoked
from tests.unit.report.worlds import assessments

SCHEMAS = Path(__file__).resolve().parents[3] / "blastradius" / "schemas"


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


REPORT = validator("report")


@given(assessments)
@settings(max_examples=50)
def test_every_report_fits_the_schema(assessment: Assessment) -> None:
    assert [error.message for error in REPORT.iter_errors(json.loads(render(assessment)))] == []


@pytest.mark.parametrize("kind", ALL.keys() - {"huge"})
def test_every_kind_of_report_fits_the_schema(kind: str) -> None:
    assert [error.message for error in REPORT.iter_errors(json.loads(render(ALL[kind]())))] == []


@pytest.mark.parametrize("key", ["verdict", "severity", "extent", "totals", "tool"])
def test_the_schema_refuses_unknown_and_missing_fields(key: str) -> None:
    report = json.loads(render(incident()))
    report[key]["surprise"] = 1
    assert not REPORT.is_valid(report)
    del report[key]
    assert not REPORT.is_valid(report)


def test_the_keys_are_those_of_the_specification_in_one_order() -> None:
    report = json.loads(render(incident()))
    specified = ["format", "verdict", "severity", "exposures", "totals", "findings", "unread", "inputs"]
    assert [key for key in report if key in specified] == specified
    assert report["format"] == "blastradius.report/1"
    assert report["verdict"]["decision"] == "block"
    assert report["severity"] == {"score": 8.7, "level": "high", "sev": "SEV1", "floor": None, "capped": False}
    first = report["exposures"][0]
    assert {"sensitivity": 1.0, "capability": 0.95, "reach": 0.9}.items() <= first["factors"].items()
    assert first["principals"] == {
        "total": 3141,
        "user": 3100,
        "service": 40,
        "role": 0,
        "agent": 1,
        "external": 0,
        "unlisted": 0,
        "unlisted_people": 0,
        "unlisted_unknown": False,
        "outsider": False,
    }
    assert first["resources"] == {"total": 12, "items": 4200000}
    assert first["capabilities"]["read"] == {
        "before": {"principals": 40},
        "gained": {"tuples": 37692, "principals": 3141, "resources": 12},
        "maybe_gained": {"tuples": 3, "principals": 3, "resources": 1},
    }
    assert report["totals"] == {"gained": 75384, "maybe_gained": 96103, "widened": 2, "revoked": 10, "maybe_revoked": 0}


def test_a_witness_names_every_step_with_its_place() -> None:
    witness = json.loads(render(incident()))["exposures"][0]["witnesses"][0]
    assert (witness["principal"], witness["capability"], witness["action"]) == ("user:ana", "read", "SELECT")
    assert (witness["resource"], witness["change"]) == ("warehouse:events", "gained")
    assert witness["steps"][:2] == [
        {
            "from": "user:ana",
            "relation": "member of",
            "to": "group:engineering",
            "source": {"file": "fixtures/shop/snapshot.yaml", "line": 120, "column": 5},
            "changed": False,
        },
        {
            "from": "group:engineering",
            "relation": "member of",
            "to": "group:data-readers",
            "source": {"file": "fixtures/shop/change.yaml", "line": 5},
            "changed": True,
        },
    ]


def test_scores_have_one_decimal_and_factors_four() -> None:
    exposure = json.loads(render(incident()))["exposures"][1]
    assert exposure["score"] == 6.1
    assert exposure["factors"]["reach"] == 0.7167


def test_names_are_given_back_exactly() -> None:
    name = "user:\x1b\u202e`é\\x1b"
    report = json.loads(render(replace(incident(), title=name)))
    assert report["title"] == name
    assert json.loads(render(hostile()))["title"] == exact(EVIL) != EVIL


def test_a_class_without_a_gain_stands_apart() -> None:
    report = json.loads(render(only_revoked()))
    assert report["exposures"] == []
    assert report["others"][0]["factors"] is None
    assert report["others"][0]["capabilities"] == {
        "read": {"before": {"principals": 5}, "revoked": {"tuples": 10, "principals": 5, "resources": 2}}
    }
