"""Findings about denials, exclusions and control that fall, and the line that made them fall."""

from dataclasses import replace

import pytest

from blastradius.model.change import (
    AddGrant,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetInherit,
    SetRole,
)
from blastradius.model.snapshot import Effect, Grant, Role
from blastradius.model.sources import Source
from tests.support.build import allow, deny, group, principal, resource, snapshot

LINE = Source("change.yaml", 3)


def of(assessment, rule):
    return [f for f in assessment.findings if f.rule == rule]


def only(assessment, rule):
    (found,) = of(assessment, rule)
    return found


# deny-removed

DENIED = snapshot(
    group("group:g", "user:a"),
    resource("t:x", class_name="code"),
    allow("user:a", "read write", "t:x"),
    deny("group:g", "read write", "t:x"),
)


def test_a_revoked_denial_is_found_where_it_was_written(judge):
    found = only(judge(DENIED, RevokeGrant(DENIED.grants[1])), "deny-removed")
    assert found.message == "`group:g` would no longer be denied `read` and `write` on `t:x`"
    assert (found.source, found.classes) == (Source("grants.yaml", 1), ("code",))


@pytest.mark.parametrize("step", [RevokeGrant(DENIED.grants[1]), Remove("group:g")])
def test_a_fallen_denial_is_found_at_the_step_that_ended_it(judge, step):
    steps = AddGrant(allow("user:a", "list", "t:x"), source=Source("change.yaml", 2)), replace(step, source=LINE)
    assert only(judge(DENIED, *steps), "deny-removed").source == LINE


def test_a_denial_that_another_state_lacks_is_found_where_it_was_written(judge):
    found = only(judge(DENIED, replace(DENIED, grants=DENIED.grants[:1])), "deny-removed")
    assert found.source == Source("grants.yaml", 1)


def test_a_narrower_denial_is_found_with_what_it_lost(judge):
    steps = RevokeGrant(DENIED.grants[1]), AddGrant(deny("group:g", "read", "t:x"))
    assert only(judge(DENIED, *steps), "deny-removed").message == "`group:g` would no longer be denied `write` on `t:x`"


def test_a_denial_that_only_gets_wider_is_not_found(judge):
    steps = RevokeGrant(DENIED.grants[1]), AddGrant(deny("group:g", "*", "t:x"))
    assert not of(judge(DENIED, *steps), "deny-removed")


def test_a_conditional_denial_that_gets_wider_under_its_condition_is_not_found(judge):
    grant = deny("group:g", "read", "t:x", when="night")
    facts = replace(DENIED, grants=(grant,))
    wider = AddGrant(deny("group:g", "read write", "t:x", when="night"))
    assert not of(judge(facts, RevokeGrant(grant), wider), "deny-removed")
    other = AddGrant(deny("group:g", "read write", "t:x", when="noon"))
    found = only(judge(facts, RevokeGrant(grant), other), "deny-removed")
    assert found.message == "`group:g` would no longer be denied `read` on `t:x` when `night`"


def test_a_denial_that_becomes_conditional_is_found(judge):
    steps = RevokeGrant(DENIED.grants[1]), AddGrant(deny("group:g", "read write", "t:x", when="night"))
    assert of(judge(DENIED, *steps), "deny-removed")


def test_a_role_of_a_denial_that_loses_an_action_is_found(judge):
    grant = Grant("group:g", "t:x", role="nope", effect=Effect.DENY)
    facts = replace(DENIED, grants=(grant,), roles={"nope": Role("nope", frozenset({"read", "write"}))})
    found = only(judge(facts, SetRole("nope", frozenset({"write"}), LINE)), "deny-removed")
    assert "no longer be denied `read` on" in found.message
    assert found.source == LINE


def test_removing_the_denied_group_is_found_but_not_the_resource_or_a_principal(judge):
    direct = replace(DENIED, grants=(DENIED.grants[0], deny("user:a", "read", "t:x")))
    assert of(judge(DENIED, Remove("group:g")), "deny-removed")
    assert not of(judge(DENIED, Remove("t:x")), "deny-removed")
    assert not of(judge(direct, Remove("user:a")), "deny-removed")


def test_an_exclusion_that_is_dropped_is_found(judge):
    before = snapshot(group("group:g", "user:a", but_not=["group:out"]), group("group:out"))
    after = snapshot(group("group:g", "user:a"), group("group:out"))
    assert only(judge(before, after), "deny-removed").message == "`group:g` would no longer leave out `group:out`"
    assert not of(judge(after, before), "deny-removed")
    assert only(judge(before, Remove("group:out", LINE)), "deny-removed").source == LINE


# deny-removed-unlisted


def test_a_denial_that_falls_before_an_allowed_crowd_is_found(judge):
    facts = snapshot(
        principal("user:a"),
        group("group:crowd", unlisted=True),
        resource("t:x", class_name="code"),
        allow("group:crowd", "read", "t:x"),
        deny("user:a", "read", "t:x"),
    )
    found = only(judge(facts, RevokeGrant(facts.grants[1])), "deny-removed-unlisted")
    assert (found.principals, found.resources, found.classes) == (("user:a",), ("t:x",), ("code",))
    assert found.source == Source("grants.yaml", 1)
    assert found.message.startswith("`user:a` is no longer denied `read` on 1 resource of class `code`, and may be")
    listed = snapshot(principal("user:a"), group("group:crowd"), *facts.resources.values(), *facts.grants)
    assert not of(judge(listed, RevokeGrant(facts.grants[1])), "deny-removed-unlisted")


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (RevokeGrant(deny("group:g", "read", "d:x")), LINE),
        (RemoveMember("group:g", "user:a"), LINE),
        (SetInherit("t:x", inherit=False), LINE),
        (RemoveMember("group:sub", "group:inner"), Source("grants.yaml", 1)),
    ],
)
def test_what_let_a_denial_fall_before_a_crowd_is_found_at_its_step_if_it_names_it(judge, step, line):
    inner = step.group == "group:sub" if isinstance(step, RemoveMember) else False
    facts = snapshot(
        group("group:inner", *(["user:a"] if inner else [])),
        group("group:sub", *(["group:inner"] if inner else [])),
        group("group:g", *(["group:sub"] if inner else ["user:a"])),
        group("group:crowd", unlisted=True),
        resource("d:x"),
        resource("t:x", "d:x", class_name="code"),
        allow("group:crowd", "read", "t:x"),
        deny("group:g", "read", "d:x"),
    )
    assert only(judge(facts, replace(step, source=LINE)), "deny-removed-unlisted").source == line


def excluded(*, crowd=True, granted=True, nested=False):
    holder = group("group:inner", unlisted=crowd)
    return snapshot(
        principal("user:a"),
        holder,
        group("group:g", "group:inner", but_not=["group:out"]),
        group("group:out", "user:a"),
        group("group:outer", "group:g"),
        resource("t:x", class_name="code"),
        *([allow("group:outer" if nested else "group:g", "read", "t:x")] if granted else []),
    )


@pytest.mark.parametrize("nested", [False, True])
def test_an_exclusion_that_falls_before_an_allowed_crowd_is_found(judge, nested):
    found = only(judge(excluded(nested=nested), RemoveMember("group:out", "user:a", LINE)), "deny-removed-unlisted")
    assert found.source == LINE
    assert (found.principals, found.resources, found.classes) == (("user:a",), ("t:x",), ("code",))
    assert "no longer left out of `group:g`" in found.message


@pytest.mark.parametrize("how", [{"crowd": False}, {"granted": False}])
def test_an_exclusion_without_a_crowd_or_a_grant_behind_it_is_not_found(judge, how):
    assert not of(judge(excluded(**how), RemoveMember("group:out", "user:a")), "deny-removed-unlisted")


def test_an_exclusion_behind_which_others_are_allowed_is_not_found(judge):
    facts = excluded(granted=False)
    grants = (allow("user:a", "list", "t:x"), deny("group:g", "read", "t:x"))
    assert not of(judge(replace(facts, grants=grants), RemoveMember("group:out", "user:a")), "deny-removed-unlisted")


def test_an_exclusion_of_somebody_who_is_removed_is_not_found(judge):
    assert not of(judge(excluded(), Remove("user:a")), "deny-removed-unlisted")


def test_an_exclusion_of_a_listed_member_is_a_gain_and_nothing_to_guess(judge):
    facts = excluded()
    groups = {**facts.groups, "group:g": group("group:g", "group:inner", "user:a", but_not=["group:out"])}
    assessment = judge(replace(facts, groups=groups), RemoveMember("group:out", "user:a"))
    assert [e.class_name for e in assessment.exposures] == ["code"]
    assert not of(assessment, "deny-removed-unlisted")


def test_an_exclusion_that_stays_through_another_group_is_not_found(judge):
    facts = excluded()
    groups = {
        **facts.groups,
        "group:g": group("group:g", "group:inner", but_not=["group:out", "group:also"]),
        "group:also": group("group:also", "user:a"),
    }
    assert not of(judge(replace(facts, groups=groups), RemoveMember("group:out", "user:a")), "deny-removed-unlisted")


# lockout

MANAGED = snapshot(
    resource("t:x", class_name="code"), allow("user:a", "manage", "t:x"), allow("user:b", "manage", "t:x", when="night")
)


def test_losing_the_last_manager_is_found(judge):
    found = only(judge(MANAGED, *(RevokeGrant(grant) for grant in MANAGED.grants)), "lockout")
    assert found.message == "nobody would be left who can manage `t:x`"
    assert (found.principals, found.classes) == (("user:a", "user:b"), ("code",))


CHAIN = snapshot(
    principal("role:ops", "user:b"),
    group("group:g", "user:a"),
    group("group:top", "group:g"),
    resource("d:x"),
    resource("t:x", "d:x", class_name="code"),
    Role("boss", frozenset({"manage"})),
    Grant("group:top", "d:x", role="boss", source=Source("grants.yaml", 1)),
)


@pytest.mark.parametrize(
    "step",
    [
        RemoveMember("group:g", "user:a"),
        RemoveMember("group:top", "group:g"),
        RevokeGrant(CHAIN.grants[0]),
        SetRole("boss", frozenset({"read"})),
        SetInherit("t:x", inherit=False),
        Move("t:x", ()),
        Remove("group:g"),
        Remove("user:a"),
        AddGrant(deny("user:a", "manage", "t:x")),
    ],
)
def test_lockout_is_found_at_the_step_that_took_the_last_manager_away(judge, step):
    other = AddGrant(allow("user:b", "read", "t:x"), source=Source("change.yaml", 2))
    found = of(judge(CHAIN, other, replace(step, source=LINE)), "lockout")
    assert [each.source for each in found] == [LINE]


def test_lockout_by_ending_who_may_act_as_whom_is_found_at_its_step(judge):
    facts = snapshot(*CHAIN.principals.values(), resource("t:x"), allow("role:ops", "manage", "t:x"))
    steps = RevokeGrant(facts.grants[0], LINE), DisallowAssume("role:ops", "user:b", Source("change.yaml", 4))
    assert only(judge(facts, *steps), "lockout").source == LINE


def test_lockout_between_two_states_is_found_where_the_lost_fact_was_written(judge):
    found = only(judge(CHAIN, replace(CHAIN, grants=())), "lockout")
    assert found.source == Source("grants.yaml", 1)


def test_a_manager_who_is_left_perhaps_prevents_lockout(judge):
    assert not of(judge(MANAGED, RevokeGrant(MANAGED.grants[0])), "lockout")


def test_a_removed_resource_is_no_lockout(judge):
    assert not of(judge(MANAGED, Remove("t:x")), "lockout")


def test_a_resource_nobody_ever_managed_is_no_lockout(judge):
    facts = snapshot(resource("t:x"), allow("user:a", "read", "t:x"))
    assert not of(judge(facts, RevokeGrant(facts.grants[0])), "lockout")


def test_the_reference_engine_leads_to_the_same_findings(judge):
    for facts, steps in (
        (DENIED, [RevokeGrant(DENIED.grants[1])]),
        (MANAGED, [RevokeGrant(g) for g in MANAGED.grants]),
    ):
        assert judge(facts, *steps, reference=True).findings == judge(facts, *steps).findings
