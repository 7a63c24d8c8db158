"""Findings about who gains what: each once when it should, and not otherwise."""

import pytest

from blastradius.model.assessment import FindingLevel
from blastradius.model.change import AddGrant, AddMember
from blastradius.model.snapshot import Capability, Effect
from blastradius.model.sources import Source
from tests.support.build import allow, group, principal, resource, snapshot

TABLE = resource("table:users", class_name="user-data")
PAGE = resource("page:home", class_name="public")
LINE = Source("change.yaml", 7)
PEOPLE = (
    principal("user:ana"),
    principal("user:guest", external=True),
    principal("agent:bot"),
    group("group:list", "user:ana"),
    group("group:crowd", unlisted=True),
    group("group:team", unlisted=True, size=4),
    group("group:vendor", unlisted=True, external=True, size=4),
)


def granting(judge, subject, actions, on, *more):
    facts = snapshot(*PEOPLE, TABLE, PAGE, *more)
    return judge(facts, AddGrant(allow(subject, actions, on), LINE)).findings


def only(findings, rule):
    (found,) = [f for f in findings if f.rule == rule]
    return found


def rules(findings):
    return {f.rule for f in findings}


def test_opening_to_the_internet_is_found_with_its_line(judge):
    found = only(granting(judge, "public", "read", "table:users"), "public-exposure")
    assert found.level is FindingLevel.ERROR
    assert found.message == "anyone on the internet gains `read` on 1 resource of class `user-data`"
    assert (found.classes, found.principals, found.resources) == (("user-data",), ("outsider",), ("table:users",))
    assert found.source == LINE


def test_data_meant_for_everybody_may_be_read_by_everybody_but_not_written(judge):
    assert "public-exposure" not in rules(granting(judge, "public", "list read", "page:home"))
    assert "public-exposure" in rules(granting(judge, "public", "read write", "page:home"))


def test_granting_to_a_colleague_is_no_public_exposure(judge):
    assert rules(granting(judge, "user:ana", "read", "table:users")) == {"undated-snapshot"}


@pytest.mark.parametrize("subject", ["user:guest", "group:vendor"])
def test_people_from_outside_are_found(judge, subject):
    found = only(granting(judge, subject, "read", "table:users"), "external-exposure")
    assert found.level is FindingLevel.WARNING
    assert "from outside the organisation" in found.message
    assert found.principal_total == 1


def test_people_from_outside_may_read_what_is_meant_for_everybody(judge):
    assert "external-exposure" not in rules(granting(judge, "user:guest", "read", "page:home"))
    assert "external-exposure" in rules(granting(judge, "user:guest", "write", "page:home"))


@pytest.mark.parametrize("action", ["write", "manage"])
def test_an_agent_that_may_change_things_is_found(judge, action):
    found = only(granting(judge, "agent:bot", f"list {action}", "page:home"), "agent-write")
    assert found.message == f"the agent `agent:bot` gains `{action}` on 1 resource of class `public`"


def test_an_agent_that_may_read_is_not(judge):
    assert "agent-write" not in rules(granting(judge, "agent:bot", "list read", "table:users"))
    assert "agent-write" not in rules(granting(judge, "user:ana", "write", "table:users"))


def test_an_agent_reached_through_a_group_is_found(judge):
    facts = snapshot(*PEOPLE, TABLE, allow("group:list", "write", "table:users"))
    found = only(judge(facts, AddMember("group:list", "agent:bot", source=LINE)).findings, "agent-write")
    assert found.source == LINE


def test_whoever_gains_manage_is_found(judge):
    found = only(granting(judge, "user:ana", "read manage", "table:users"), "manage-gained")
    assert found.message == "`user:ana` gains `manage` on 1 resource of class `user-data`, and so can let others in"
    assert "manage-gained" not in rules(granting(judge, "user:ana", "read write", "table:users"))


def test_more_actions_of_a_capability_are_wider_and_no_exposure(judge):
    actions = {"insert": Capability.WRITE, "drop": Capability.WRITE}
    before = snapshot(*PEOPLE, TABLE, allow("user:ana", "insert", "table:users"), actions=actions)
    assessment = judge(before, AddGrant(allow("user:ana", "drop", "table:users"), LINE))
    found = only(assessment.findings, "wider-actions")
    assert found.message == (
        "1 principal who had `write` on 1 resource of class `user-data` may do more with it: `drop`"
    )
    assert assessment.exposures == ()
    assert "wider-actions" not in rules(granting(judge, "user:ana", "write", "table:users"))


def test_groups_that_do_not_list_their_members_are_found(judge):
    found = only(granting(judge, "group:crowd", "read", "table:users"), "unknown-membership")
    assert found.level is FindingLevel.WARNING
    assert found.message.startswith("`group:crowd`, whose members the snapshot does not all list, gains `read`")


def test_a_group_of_known_size_is_only_noted(judge):
    assert only(granting(judge, "group:team", "read", "table:users"), "unknown-membership").level is FindingLevel.NOTE


def test_a_group_that_lists_its_members_is_not_found(judge):
    assert "unknown-membership" not in rules(granting(judge, "group:list", "read", "table:users"))


def test_all_classes_that_are_opened_are_in_one_finding(judge):
    inside = [
        resource("box:code", "box:all", class_name="code"),
        resource("box:plans", "box:all", class_name="strategy-docs"),
        resource("box:news", "box:all", class_name="public"),
    ]
    findings = granting(judge, "public", "read", "box:all", resource("box:all", class_name="internal"), *inside)
    found = only(findings, "public-exposure")
    assert found.classes == ("code", "internal", "strategy-docs")
    assert found.message.endswith("on 3 resources of the classes `strategy-docs`, `code` and `internal`")
    assert found.resource_total == 3


def test_long_lists_are_sampled_and_counted(judge):
    many = [principal(f"user:x{i:02}", external=True) for i in range(20)]
    found = only(
        granting(judge, "group:x", "read", "table:users", *many, group("group:x", *(p.id for p in many))),
        "external-exposure",
    )
    assert (len(found.principals), found.principal_total) == (5, 20)
    assert "and 15 more" in found.message


def test_a_fingerprint_ignores_counts_and_lines(judge):
    one = only(granting(judge, "user:guest", "read", "table:users"), "external-exposure")
    facts = snapshot(*PEOPLE, principal("user:guest2", external=True), TABLE)
    both = only(
        judge(
            facts,
            AddGrant(allow("user:guest", "read", "table:users"), Source("other.yaml", 90)),
            AddGrant(allow("user:guest2", "read", "table:users"), Source("other.yaml", 91)),
        ).findings,
        "external-exposure",
    )
    assert one.message != both.message
    assert one.fingerprint == both.fingerprint


def test_a_gain_under_a_condition_is_a_gain(judge):
    grant = allow("public", "read", "table:users", when="office hours")
    assert grant.effect is Effect.ALLOW
    assert "public-exposure" in rules(judge(snapshot(*PEOPLE, TABLE), AddGrant(grant, LINE)).findings)


def test_the_line_of_a_finding_is_the_one_that_opens_what_it_is_about(judge):
    steps = [
        AddGrant(allow("public", "read", "table:users"), Source("change.yaml", 3)),
        AddGrant(allow("agent:bot", "write", "table:users"), Source("change.yaml", 5)),
        AddGrant(allow("user:ana", "manage", "table:users"), Source("change.yaml", 9)),
    ]
    findings = judge(snapshot(*PEOPLE, TABLE), *steps).findings
    lines = {rule: only(findings, rule).source.line for rule in ("public-exposure", "agent-write", "manage-gained")}
    assert lines == {"public-exposure": 3, "agent-write": 5, "manage-gained": 9}
