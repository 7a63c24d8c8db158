"""The gate: SPEC section 5, word by word."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from blastradius.gate import decide
from blastradius.model.assessment import (
    Assessment,
    Audience,
    AuthorKind,
    CapabilityExposure,
    ClassExposure,
    Decision,
    Extent,
    Factors,
    Finding,
    FindingLevel,
    Level,
    Movement,
    Severity,
)
from blastradius.model.delta import AccessChange
from blastradius.model.policy import GateRule, Policy, When
from blastradius.model.snapshot import Capability

GAINED, MAYBE, WIDENED, REVOKED = (
    AccessChange.GAINED,
    AccessChange.MAYBE_GAINED,
    AccessChange.WIDENED,
    AccessChange.REVOKED,
)
READ, MANAGE = Capability.READ, Capability.MANAGE


def moved(people, resources, *audiences, capabilities=(READ,), crowds=None):
    who = dict.fromkeys(capabilities, frozenset(audiences))
    return Movement(frozenset(people), frozenset(resources), who, crowds or {})


def exposed(name, level=Level.LOW, **movements):
    moves = {AccessChange(change): movement for change, movement in movements.items()}
    gains = bool({GAINED, MAYBE} & set(moves))
    factors = Factors(1.0, 0.95, "read", 0.35, 1, 1, capped=False) if gains else None
    capabilities = {READ: CapabilityExposure(0, {})}
    return ClassExposure(name, name, 1.0, 1.0, level, factors, Audience(), 1, 1, capabilities, moves)


def assessment(*exposures, level=Level.LOW, author=AuthorKind.USER, findings=()):
    return Assessment(
        title="",
        system="",
        author=None,
        author_kind=author,
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        taken_at=None,
        severity=Severity(5.0, level),
        exposures=tuple(e for e in exposures if e.gains),
        others=tuple(e for e in exposures if not e.gains),
        totals={},
        findings=tuple(findings),
        unread=(),
        inputs=(),
        extent=Extent(0, 0, 0, 0, 0),
        version="0",
    )


def found(rule, *classes):
    return Finding(rule, FindingLevel.WARNING, "something", classes=classes)


def gate(*rules):
    return Policy({}, (), None, tuple(rules))


def rule(then=Decision.BLOCK, approvals=0, id="r", **when):
    sets = {key: frozenset(value) if isinstance(value, set | tuple) else value for key, value in when.items()}
    return GateRule(id, When(**sets), then, approvals)


def applies(to, **when):
    return decide(to, gate(rule(**when))).decision is Decision.BLOCK


ONE = assessment(exposed("user-data", Level.MEDIUM, gained=moved({1, 2}, {7}, "agent")), level=Level.MEDIUM)


def test_no_rule_no_objection():
    verdict = decide(ONE, gate())
    assert (verdict.decision, verdict.approvals_needed, verdict.reasons) == (Decision.PASS, 0, ())


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ({}, True),
        ({"classes": {"user-data", "code"}}, True),
        ({"classes": {"code"}}, False),
        ({"capabilities": {READ}}, True),
        ({"capabilities": {MANAGE}}, False),
        ({"audiences": {"agent", "outsider"}}, True),
        ({"audiences": {"outsider"}}, False),
        ({"principals_over": 1}, True),
        ({"principals_over": 2}, False),
        ({"resources_over": 0}, True),
        ({"resources_over": 1}, False),
        ({"severity": Level.LOW}, True),
        ({"severity": Level.MEDIUM}, True),
        ({"severity": Level.HIGH}, False),
        ({"authors": {AuthorKind.USER}}, True),
        ({"authors": {AuthorKind.AGENT, AuthorKind.UNKNOWN}}, False),
        ({"changes": {REVOKED}, "names_change": True}, False),
        ({"classes": {"user-data"}, "audiences": {"agent"}, "principals_over": 1, "severity": Level.MEDIUM}, True),
        ({"classes": {"user-data"}, "audiences": {"external"}}, False),
    ],
)
def test_every_key_is_asked_and_all_must_hold(when, expected):
    assert applies(ONE, **when) is expected


def test_the_keys_must_hold_for_one_class_together():
    both = assessment(exposed("user-data", gained=moved({1}, {7})), exposed("code", gained=moved({2}, {8}, "outsider")))
    assert not applies(both, classes={"user-data"}, audiences={"outsider"})
    assert applies(both, classes={"code"}, audiences={"outsider"})


def test_a_change_that_gains_nothing_answers_only_rules_that_name_it():
    revoked = assessment(exposed("code", Level.NONE, revoked=moved({1, 2, 3}, {7})), level=Level.NONE)
    assert not applies(revoked, classes={"code"})
    assert applies(revoked, classes={"code"}, changes={REVOKED}, names_change=True)
    assert applies(revoked, changes={REVOKED}, names_change=True, principals_over=2)


def test_gains_named_explicitly_need_an_exposure():
    nothing = assessment()
    assert not applies(nothing, changes={GAINED, MAYBE}, names_change=True)
    assert applies(nothing)


def test_several_changes_are_counted_together_and_people_once():
    mixed = assessment(exposed("code", gained=moved({1, 2}, {7}), maybe_gained=moved({2, 3}, {8}, "agent")))
    assert applies(mixed, principals_over=2, resources_over=1, audiences={"agent"})
    assert not applies(mixed, principals_over=3)
    assert not applies(mixed, principals_over=2, changes={GAINED}, names_change=True)


def test_unlisted_members_count_as_many_as_they_are():
    crowd = assessment(
        exposed(
            "code",
            gained=moved({1, 2}, {7}, "unlisted", crowds={2: 3000}),
            maybe_gained=moved({2, 3}, {7}, "unlisted", crowds={2: 3000, 3: 0}),
        )
    )
    assert applies(crowd, principals_over=3001)
    assert not applies(crowd, principals_over=3002)


def test_anyone_on_the_internet_is_more_than_any_number():
    world = assessment(exposed("code", gained=moved({1}, {7}, "outsider")))
    assert applies(world, principals_over=10**9)
    assert not applies(world, resources_over=1)


def test_severity_is_that_of_the_class_or_of_the_whole():
    low_class = assessment(
        exposed("code", Level.LOW, gained=moved({1}, {7})),
        exposed("user-data", Level.HIGH, gained=moved({1}, {8})),
        level=Level.HIGH,
    )
    assert applies(low_class, classes={"code"}, severity=Level.HIGH)
    raised = assessment(exposed("code", Level.HIGH, gained=moved({1}, {7})), level=Level.MEDIUM)
    assert applies(raised, classes={"code"}, severity=Level.HIGH)


def test_author_severity_and_finding_are_asked_of_the_whole_without_any_exposure():
    empty = assessment(level=Level.HIGH, author=AuthorKind.AGENT, findings=[found("lockout")])
    assert applies(empty, authors={AuthorKind.AGENT}, severity=Level.HIGH, findings={"lockout", "no-effect"})
    assert not applies(empty, findings={"no-effect"})


def test_a_finding_counts_for_every_class_that_is_exposed():
    with_finding = replace(ONE, findings=(found("incomplete-evidence"),))
    assert applies(with_finding, findings={"incomplete-evidence"}, classes={"user-data"})
    assert not applies(with_finding, findings={"incomplete-evidence"}, classes={"code"})
    assert not applies(ONE, findings={"incomplete-evidence"}, classes={"user-data"})


def test_the_classes_of_a_finding_need_not_be_exposed():
    lowered = assessment(level=Level.NONE, findings=[found("declassification", "user-data"), found("lockout", "code")])
    assert applies(lowered, findings={"declassification"}, classes={"user-data"})
    assert not applies(lowered, findings={"declassification"}, classes={"code"})
    assert not applies(lowered, findings={"declassification"}, classes={"user-data"}, severity=Level.LOW)
    assert not applies(lowered, findings={"declassification"}, classes={"user-data"}, audiences={"outsider"})
    assert not applies(lowered, classes={"user-data"})


@pytest.mark.parametrize(
    ("people", "crowds", "audiences", "words"),
    [
        ({1, 2, 3}, {3: 100}, set(), "2 principals and unlisted members, who count as 100, on 1 resource"),
        ({1, 2}, {2: 1}, set(), "1 principal and unlisted members, who count as 1, on 1 resource"),
        ({2, 3}, {2: 5000, 3: 0}, set(), "unlisted members, who count as 5,001, on 1 resource"),
        ({1, 2}, {2: 100}, {"unlisted"}, "1 principal and unlisted members, who count as 100, on 1 resource"),
    ],
)
def test_a_reason_tells_unlisted_members_from_the_principals_of_the_tables(people, crowds, audiences, words):
    opened = assessment(exposed("user-data", gained=moved(people, {7}, "unlisted", crowds=crowds)))
    (reason,) = decide(opened, gate(rule(classes={"user-data"}, audiences=audiences))).reasons
    assert reason.message == f"`user-data` opens to {words}"


def test_the_strictest_rule_decides_and_the_highest_number_of_approvals_is_kept():
    verdict = decide(
        ONE,
        gate(
            rule(Decision.PASS, id="a"),
            rule(Decision.APPROVE, 1, id="b"),
            rule(Decision.WARN, id="c"),
            rule(Decision.APPROVE, 3, id="d"),
            rule(Decision.APPROVE, 1, id="e"),
            rule(Decision.BLOCK, id="f", classes={"code"}),
        ),
    )
    assert (verdict.decision, verdict.approvals_needed) == (Decision.APPROVE, 3)
    assert [reason.rule for reason in verdict.reasons] == ["d", "b", "e", "c", "a"]


def test_a_block_keeps_the_approvals_that_would_be_needed_anyway():
    verdict = decide(ONE, gate(rule(Decision.APPROVE, 2), rule(Decision.BLOCK)))
    assert (verdict.decision, verdict.approvals_needed) == (Decision.BLOCK, 2)


@pytest.mark.parametrize(
    ("level", "blocked"), [(Level.NONE, True), (Level.LOW, True), (Level.MEDIUM, True), (Level.HIGH, False)]
)
def test_fail_on_adds_a_block(level, blocked):
    verdict = decide(ONE, gate(rule(Decision.APPROVE, 1)), level)
    assert verdict.decision is (Decision.BLOCK if blocked else Decision.APPROVE)
    assert ("--fail-on" in [reason.rule for reason in verdict.reasons]) is blocked


def test_fail_on_never_removes_a_block():
    assert decide(ONE, gate(rule(Decision.BLOCK)), Level.CRITICAL).decision is Decision.BLOCK


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({}, "the rule applies to every change"),
        ({"classes": {"user-data"}}, "`user-data` opens to 2 principals on 1 resource"),
        ({"audiences": {"agent"}}, "`user-data` opens to 2 principals on 1 resource, among them agents"),
        ({"severity": Level.LOW}, "the change is medium (5.0)"),
        ({"authors": {AuthorKind.USER}}, "its author is of kind user"),
        (
            {"findings": {"lockout"}, "severity": Level.LOW},
            "there is a finding `lockout`, and the change is medium (5.0)",
        ),
    ],
)
def test_a_reason_says_what_made_the_rule_apply(when, message):
    (reason,) = decide(replace(ONE, findings=(found("lockout"),)), gate(rule(**when))).reasons
    assert reason.message == message


def test_a_reason_says_that_nobody_known_signed():
    unsigned = replace(ONE, author_kind=AuthorKind.UNKNOWN)
    (reason,) = decide(unsigned, gate(rule(authors={AuthorKind.UNKNOWN}))).reasons
    assert reason.message == "nobody known signed it"


def test_a_reason_names_a_few_classes_and_other_changes_as_such():
    many = assessment(*(exposed(f"c{i}", Level.NONE, revoked=moved({1}, {i})) for i in range(5)))
    (reason,) = decide(many, gate(rule(changes={REVOKED}, names_change=True))).reasons
    assert reason.message == (
        "`c0` changes for 1 principal on 1 resource, `c1` changes for 1 principal on 1 resource, "
        "`c2` changes for 1 principal on 1 resource, 2 more classes"
    )


def test_an_audience_must_gain_the_capability_that_a_rule_asks_about():
    who = {READ: frozenset({"outsider"}), MANAGE: frozenset()}
    mixed = exposed("code", gained=Movement(frozenset({1, 2}), frozenset({1}), who))
    writes = rule(id="w", capabilities=frozenset({MANAGE}), audiences=frozenset({"outsider"}))
    reads = rule(id="r", capabilities=frozenset({READ}), audiences=frozenset({"outsider"}))

    assert [reason.rule for reason in decide(assessment(mixed), gate(writes, reads)).reasons] == ["r"]
