"""Findings about classes, attributes, breaks and evidence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from blastradius.assess.findings.registry import RULES
from blastradius.model.assessment import FINDING_RULES, FindingLevel
from blastradius.model.change import (
    AddGrant,
    AddResource,
    Move,
    RevokeGrant,
    SetClass,
    SetInherit,
)
from blastradius.model.policy import ClassifyRule, Match
from blastradius.model.sources import Problem, Source
from tests.support.build import allow, deny, group, principal, resource, snapshot

LINE = Source("change.yaml", 3)
NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def of(assessment, rule):
    return [f for f in assessment.findings if f.rule == rule]


def only(assessment, rule):
    (found,) = of(assessment, rule)
    return found


def test_the_registry_has_every_finding_in_the_order_reports_show():
    assert tuple(RULES) == FINDING_RULES


@pytest.mark.parametrize("rule", FINDING_RULES)
def test_every_finding_is_documented_and_says_what_to_do(root, rule):
    assert f"\n## {rule}\n" in (root / "docs" / "findings.md").read_text(encoding="utf-8")
    assert RULES[rule].help
    assert not RULES[rule].help.endswith(".")


# declassification


def test_a_lower_class_is_declassification(judge):
    facts = snapshot(resource("t:a", class_name="user-data"), resource("t:b", class_name="user-data"))
    found = only(judge(facts, SetClass("t:a", "public", LINE), SetClass("t:b", "public", LINE)), "declassification")
    assert found.message == "`t:a` and `t:b` would count as `public` instead of the more sensitive `user-data`"
    assert (found.classes, found.source) == (("user-data",), LINE)


def test_moving_out_of_a_sensitive_place_is_declassification(judge):
    facts = snapshot(resource("d:a", class_name="code"), resource("d:b", class_name="internal"), resource("t:x", "d:a"))
    assert only(judge(facts, Move("t:x", ("d:b",), LINE)), "declassification").classes == ("code",)


def test_taking_a_label_off_is_declassification(judge, with_rules):
    policy = with_rules(ClassifyRule("user-data", Match(labels=(("pii", ("*",)),))))
    before, after = snapshot(resource("t:a", labels={"pii": "yes"})), snapshot(resource("t:a"))
    assert only(judge(before, after, policy=policy), "declassification").classes == ("user-data",)


@pytest.mark.parametrize("name", ["user-data", "credentials"])
def test_an_equal_or_higher_class_is_no_declassification(judge, name):
    facts = snapshot(resource("t:a", class_name="credentials"), resource("t:b", class_name="public"))
    assert not of(judge(facts, SetClass("t:b", name), SetClass("t:a", "user-data")), "declassification")


# attributes-lowered


def test_fewer_items_are_found(judge):
    before, after = snapshot(resource("t:a", class_name="code", items=9)), snapshot(resource("t:a", class_name="code"))
    found = only(judge(before, after), "attributes-lowered")
    assert (found.message, found.resources) == ("`t:a` would stand for fewer items than before", ("t:a",))
    assert not of(judge(after, before), "attributes-lowered")


@pytest.mark.parametrize(("before", "after"), [(9, 8), (None, 99), (200, None)])
def test_a_smaller_crowd_is_found(judge, before, after):
    sides = [snapshot(group("group:g", unlisted=True, size=size)) for size in (before, after)]
    assert (
        only(judge(*sides), "attributes-lowered").message == "`group:g` would have fewer unlisted members than before"
    )
    assert not of(judge(*reversed(sides)), "attributes-lowered")


def test_a_size_that_becomes_known_and_is_larger_is_not_found(judge):
    sides = [snapshot(group("group:g", unlisted=True, size=size)) for size in (None, 101)]
    assert not of(judge(*sides), "attributes-lowered")


def test_of_many_lowered_things_a_few_are_named_and_all_are_counted(judge):
    ids = [f"t:{number}" for number in range(7)]
    before = snapshot(*(resource(i, class_name="code" if i != "t:6" else "user-data", items=9) for i in ids))
    after = snapshot(*(resource(i, class_name="internal") for i in ids))
    assessment = judge(before, after)
    fewer = only(assessment, "attributes-lowered")
    shown = "`t:0`, `t:1`, `t:2`, `t:3`, `t:4` and 2 more"
    assert fewer.message == f"{shown} would stand for fewer items than before"
    assert (fewer.resources, fewer.resource_total) == (tuple(ids[:5]), 7)
    assert fewer.classes == ("code", "user-data")
    lowered = {found.classes: found.resource_total for found in of(assessment, "declassification")}
    assert lowered == {("code",): 6, ("user-data",): 1}


def test_of_many_who_lose_the_mark_a_few_are_named_and_all_are_counted(judge):
    crowds = [f"group:{number}" for number in range(4)]
    accounts = [f"user:{number}" for number in range(4)]

    def side(external):
        groups = (group(name, unlisted=True, external=external) for name in crowds)
        return snapshot(*groups, *(principal(name, external=external) for name in accounts))

    found = only(judge(side(True), side(False)), "attributes-lowered")
    assert (found.principals, found.principal_total) == ((*crowds, "user:0"), 8)
    assert found.message.endswith("`user:0` and 3 more would no longer be marked `external`")


def test_losing_the_mark_of_an_external_is_found(judge):
    before = snapshot(principal("user:a", external=True), group("group:g", unlisted=True, external=True))
    after = snapshot(principal("user:a"), group("group:g", unlisted=True))
    found = only(judge(before, after), "attributes-lowered")
    assert found.principals == ("group:g", "user:a")
    assert not of(judge(after, before), "attributes-lowered")


def test_a_crowd_that_changes_and_stays_external_is_not_found(judge):
    sides = [snapshot(group("group:g", unlisted=True, external=True, size=size)) for size in (5, 6)]
    assert not of(judge(*sides), "attributes-lowered")


# inheritance-break-removed


def test_a_break_that_is_mended_is_found(judge):
    facts = snapshot(
        resource("d:a"), resource("t:x", "d:a", inherits=False, class_name="code"), resource("t:y", inherits=False)
    )
    found = only(
        judge(facts, SetInherit("t:x", True, LINE), SetInherit("t:y", True, LINE)), "inheritance-break-removed"
    )
    assert (found.resources, found.classes, found.source) == (("t:x",), ("code",), LINE)


def test_a_break_that_is_made_is_not_found(judge):
    facts = snapshot(resource("d:a"), resource("t:x", "d:a"))
    assert not of(judge(facts, SetInherit("t:x", False)), "inheritance-break-removed")


# evidence


def test_unread_evidence_is_one_finding_with_the_first_place(judge):
    unread = [Problem("unknown kind `Foo`", Source("a.yaml", 2)), Problem("second"), Problem("second")]
    found = only(judge(snapshot(), unread=unread), "incomplete-evidence")
    assert found.message == "not everything could be understood: unknown kind `Foo`, and 1 more problem of this kind"
    assert found.source == Source("a.yaml", 2)
    assert not of(judge(snapshot()), "incomplete-evidence")


def test_steps_without_effect_are_noted(judge):
    facts = snapshot(resource("t:x", class_name="code"))
    assert only(judge(facts, SetClass("t:x", "code", LINE)), "no-effect").source == LINE
    assert not of(judge(facts, SetClass("t:x", "internal")), "no-effect")


def test_of_very_many_findings_of_one_rule_the_rest_is_counted(judge):
    many = [Problem(f"step {i}", Source("c.yaml", i)) for i in range(1, 40)]
    found = of(judge(snapshot(), no_effect=many), "no-effect")
    assert len(found) == 21
    assert (found[-1].message, found[-1].source) == ("19 more findings of this kind", Source("c.yaml", 21))
    assert len(of(judge(snapshot(), no_effect=many[:20]), "no-effect")) == 20


def test_the_classes_of_findings_that_are_only_counted_are_kept(judge):
    boxes = [resource(f"t:{i:02}", class_name="user-data" if i == 29 else "code") for i in range(30)]
    facts = snapshot(group("group:g"), *boxes, *(deny("group:g", "read", box.id) for box in boxes))
    found = of(judge(facts, *(RevokeGrant(grant) for grant in facts.grants)), "deny-removed")
    assert len(found) == 21
    assert found[-1].classes == ("code", "user-data")
    assert found[-1].level is FindingLevel.WARNING


@pytest.mark.parametrize(
    ("age", "message"),
    [
        (timedelta(days=7), None),
        (timedelta(days=7, minutes=1), "the snapshot is 7 days old; the policy accepts 7"),
        (timedelta(days=40), "the snapshot is 40 days old; the policy accepts 7"),
        (timedelta(hours=-20), None),
        (timedelta(days=-400), "the snapshot is dated 2027-04-22, after the time of this check"),
    ],
)
def test_the_age_of_the_snapshot_is_judged(judge, age, message):
    for moment in (NOON - age, (NOON - age).replace(tzinfo=None)):
        found = of(judge(replace(snapshot(), taken_at=moment)), "stale-snapshot")
        assert [f.message for f in found] == ([message] if message else [])


def test_a_snapshot_without_a_date_is_noted_when_the_policy_has_a_limit(judge, policy):
    dated = replace(snapshot(), taken_at=NOON)
    assert only(judge(snapshot()), "undated-snapshot").level is FindingLevel.NOTE
    assert not of(judge(dated), "undated-snapshot")
    assert not of(judge(snapshot(), policy=replace(policy, snapshot_age_days=None)), "undated-snapshot")


def test_the_loudest_findings_come_first(judge):
    facts = snapshot(resource("t:x", class_name="code"))
    steps = AddResource(resource("t:y", class_name="code")), AddGrant(allow("public", "read", "t:x"))
    levels = [f.level for f in judge(facts, *steps, SetClass("t:x", "internal")).findings]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert len(set(levels)) == 3
