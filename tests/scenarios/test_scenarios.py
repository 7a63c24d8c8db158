"""Every file in fixtures/scenarios: what it says must come out, with either engine."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from blastradius.documents import parse
from blastradius.gate import SHIPPED, load_policy, shipped_policy
from blastradius.model.assessment import FINDING_RULES, Assessment, ClassExposure
from tests.support.scenarios import FIELDS, Scenario, scenarios

ALL = scenarios()


def name(scenario):
    return scenario.name


def of_class(exposure: ClassExposure) -> Mapping[str, Any]:
    audience = exposure.audience
    factors = exposure.factors
    assert factors is not None
    return {
        "score": exposure.score,
        "level": str(exposure.level),
        "capability": factors.capability_name,
        "headcount": factors.headcount,
        "items": exposure.item_total,
        "resources": exposure.resource_total,
        "people": audience.total,
        "agents": audience.agent,
        "external": audience.external,
        "unlisted": audience.unlisted,
        "outsider": audience.outsider,
        "witnesses": [w.principal for w in exposure.witnesses],
    }


def of_whole(assessment: Assessment) -> Mapping[str, Any]:
    return {
        "decision": str(assessment.verdict.decision),
        "approvals": assessment.verdict.approvals_needed,
        "rules": [reason.rule for reason in assessment.verdict.reasons],
        "level": str(assessment.severity.level),
        "score": assessment.severity.score,
        "floor": assessment.severity.floor,
        "author_kind": str(assessment.author_kind),
        "unread": len(assessment.unread),
    }


@pytest.mark.parametrize("scenario", ALL, ids=name)
def test_what_a_scenario_expects_comes_out(scenario: Scenario, tmp_path) -> None:
    assert set(scenario.fields) <= FIELDS, "the scenario has a field that nobody reads"
    assessment = scenario.judge(tmp_path)
    expect = scenario.expect
    assert expect, "a scenario that expects nothing cannot fail"
    rules = {finding.rule for finding in assessment.findings}
    assert set(expect.pop("findings", ())) <= rules
    assert not set(expect.pop("not_findings", ())) & rules
    totals = expect.pop("totals", {})
    assert {change: assessment.totals[change] for change in totals} == totals
    if "classes" in expect:
        classes = expect.pop("classes")
        exposures = {exposure.class_name: of_class(exposure) for exposure in assessment.exposures}
        assert set(exposures) == set(classes)
        assert {c: {key: exposures[c][key] for key in want} for c, want in classes.items()} == classes
    if isinstance(expect.get("rules"), dict):
        for policy, wanted in expect.pop("rules").items():
            judged = scenario.judge(tmp_path, strict=policy == "strict")
            assert {policy: [reason.rule for reason in judged.verdict.reasons]} == {policy: wanted}
    whole = of_whole(assessment)
    assert {key: whole[key] for key in expect} == expect


@pytest.mark.parametrize("scenario", ALL, ids=name)
def test_the_reference_engine_leads_to_the_same_assessment(scenario: Scenario, tmp_path) -> None:
    fast, slow = (scenario.judge(tmp_path, reference=reference) for reference in (False, True))
    assert fast.findings == slow.findings
    assert fast.severity == slow.severity
    assert fast.totals == slow.totals
    assert [plain(e) for e in fast.exposures] == [plain(e) for e in slow.exposures]
    assert fast.verdict == slow.verdict


def plain(exposure: ClassExposure) -> ClassExposure:
    """Leave out the sets, which are of another type in each engine."""
    return replace(exposure, movements={})


@pytest.mark.parametrize("rule", FINDING_RULES)
def test_every_finding_has_a_scenario_with_it_and_one_without(rule: str) -> None:
    mine = [s.expect for s in ALL if s.name.rpartition("-")[0] == f"findings/{rule}"]
    assert any(rule in expect.get("findings", ()) for expect in mine)
    assert any(rule in expect.get("not_findings", ()) for expect in mine)


@pytest.mark.parametrize("policy", SHIPPED)
def test_every_rule_of_the_shipped_gates_applies_in_a_scenario_and_not_in_another(policy: str) -> None:
    rules = {rule.id for rule in load_policy(parse(shipped_policy(policy))).gate}
    stated = [s.expect["rules"][policy] for s in ALL if policy in s.expect.get("rules", {})]
    assert rules == {rule for applied in stated for rule in applied}
    assert all(any(rule not in applied for applied in stated) for rule in rules)
