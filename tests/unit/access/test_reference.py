"""The definitions of SPEC section 2, one by one, on the reference engine."""

import pytest

from blastradius.access.conditions import covers
from blastradius.access.reference import Reference, access_change
from blastradius.model.delta import AccessChange, State
from blastradius.model.snapshot import CAPABILITIES, Snapshot
from tests.support.build import allow, deny, group, principal, resource, snapshot


def state(facts: Snapshot, who: str, action: str, what: str) -> State:
    return Reference(facts, facts.actions).state(who, action, what)


def ways(facts: Snapshot, who: str, action: str, what: str) -> set[tuple[frozenset[str], frozenset[frozenset[str]]]]:
    return set(Reference(facts, facts.actions).ways(who, action, what))


def members(facts: Snapshot, name: str) -> dict[str, set[frozenset[str]]]:
    reference = Reference(facts, facts.actions)
    from blastradius.model.snapshot import Entry

    return {p: set(sets) for p, sets in reference.belonging(Entry(name)).items()}


ALWAYS = {frozenset()}


def test_access_flows_through_nested_groups() -> None:
    facts = snapshot(group("group:a", "user:x"), group("group:b", "group:a"), allow("group:b", "read", "box:r"))

    assert state(facts, "user:x", "read", "box:r") is State.GRANTED


def test_groups_on_a_cycle_have_the_same_members() -> None:
    facts = snapshot(
        group("group:a", "user:x", "group:c"), group("group:b", "group:a"), group("group:c", "group:b", "user:y")
    )

    assert members(facts, "group:a") == members(facts, "group:b") == members(facts, "group:c")
    assert members(facts, "group:b") == {"user:x": ALWAYS, "user:y": ALWAYS}


def test_only_minimal_condition_sets_of_a_membership_count() -> None:
    facts = snapshot(
        group("group:a", ("user:x", "noon")),
        group("group:b", ("group:a", "vpn"), ("user:x", "noon")),
        allow("group:b", "read", "box:r"),
    )

    assert members(facts, "group:b") == {"user:x": {frozenset({"noon"})}}


def test_a_narrowed_group_keeps_who_is_in_all_of_and_drops_but_not() -> None:
    facts = snapshot(
        group("group:all", "user:x", "user:y", "user:z"),
        group("group:cleared", "user:x", "user:y"),
        group("group:guests", "user:y"),
        group("group:narrow", "group:all", all_of=["group:cleared"], but_not=["group:guests"]),
    )

    assert members(facts, "group:narrow") == {"user:x": ALWAYS}


def test_conditional_exclusion_becomes_a_condition_with_sorted_texts() -> None:
    facts = snapshot(
        group("group:inner", ("user:x", "vpn")),
        group("group:guests", ("group:inner", "noon")),
        group("group:narrow", "user:x", but_not=["group:guests"]),
    )

    assert members(facts, "group:narrow") == {"user:x": {frozenset({"not (noon and vpn)"})}}


def test_without_members_a_narrowed_group_begins_with_everything_outsider_included() -> None:
    facts = snapshot(
        principal("user:guest", external=True),
        principal("user:x"),
        group("group:rest", unlisted=True),
        group("group:open", all_of=["public"], but_not=["everyone"], is_open=True),
    )

    assert members(facts, "group:open") == {"user:guest": ALWAYS, "outsider": ALWAYS}


def test_unlisted_members_flow_through_nesting_like_a_principal() -> None:
    facts = snapshot(
        group("group:all", unlisted=True), group("group:wide", "group:all"), allow("group:wide", "read", "box:r")
    )

    assert state(facts, "group:all#unlisted", "read", "box:r") is State.GRANTED


def test_anybody_may_be_among_the_unlisted_members_that_a_deny_asks_about() -> None:
    facts = snapshot(
        group("group:banned", unlisted=True), deny("group:banned", "read", "box:r"), allow("user:x", "read", "box:r")
    )

    assert ways(facts, "user:x", "read", "box:r") == {(frozenset(), frozenset({frozenset({"member of group:banned"})}))}
    assert state(facts, "user:x", "read", "box:r") is State.CONDITIONAL


def test_anybody_may_be_among_the_unlisted_members_that_all_of_asks_about() -> None:
    facts = snapshot(group("group:cleared", unlisted=True), group("group:narrow", "user:x", all_of=["group:cleared"]))

    assert members(facts, "group:narrow") == {"user:x": {frozenset({"member of group:cleared"})}}


def test_an_allow_does_not_make_others_possible_members() -> None:
    facts = snapshot(principal("user:x"), group("group:all", unlisted=True), allow("group:all", "read", "box:r"))

    assert state(facts, "user:x", "read", "box:r") is State.NONE


def test_everyone_leaves_out_externals_and_external_unlisted_members() -> None:
    facts = snapshot(
        principal("user:guest", external=True),
        principal("agent:bot"),
        group("group:staff", unlisted=True),
        group("group:partners", unlisted=True, external=True),
    )

    assert set(members(facts, "everyone")) == {"agent:bot", "group:staff#unlisted"}
    assert set(members(facts, "public")) == {
        *members(facts, "everyone"),
        "user:guest",
        "group:partners#unlisted",
        "outsider",
    }


def test_acting_as_another_uses_only_that_identitys_grants_and_denials() -> None:
    facts = snapshot(
        principal("role:admin", "group:sre"),
        group("group:sre", "user:x"),
        allow("role:admin", "write", "box:r"),
        deny("user:x", "write", "box:r"),
    )

    assert state(facts, "user:x", "write", "box:r") is State.GRANTED


def test_identities_are_transitive_and_collect_conditions() -> None:
    facts = snapshot(
        principal("role:a", ("user:x", "mfa")),
        principal("role:b", ("role:a", "noon")),
        allow("role:b", "read", "box:r", when="vpn"),
    )

    assert ways(facts, "user:x", "read", "box:r") == {(frozenset({"mfa", "noon", "vpn"}), frozenset())}


def test_accounts_of_one_person_may_act_as_each_other() -> None:
    facts = snapshot(allow("user:x", "read", "box:r"), same_as=[["user:x", "user:y"]])

    assert state(facts, "user:y", "read", "box:r") is State.GRANTED


def test_a_certain_denial_closes_the_identity_whatever_allows() -> None:
    facts = snapshot(allow("public", "*", "box:r"), deny("user:x", "read", "box:r"))

    assert state(facts, "user:x", "read", "box:r") is State.NONE
    assert state(facts, "user:x", "write", "box:r") is State.GRANTED
    assert state(facts, "outsider", "read", "box:r") is State.GRANTED


def test_denying_read_does_not_deny_another_action_of_that_capability() -> None:
    facts = snapshot(
        allow("user:x", "get read", "box:r"), deny("user:x", "read", "box:r"), actions={"get": CAPABILITIES["read"]}
    )

    assert state(facts, "user:x", "get", "box:r") is State.GRANTED


def test_inheritance_stops_at_a_break_for_allows_and_denies_alike() -> None:
    facts = snapshot(
        resource("box:top"),
        resource("box:mid", "box:top", inherits=False),
        resource("box:low", "box:mid", "box:other"),
        resource("box:other"),
        allow("user:x", "read", "box:top"),
        allow("user:y", "read", "box:other"),
        deny("user:y", "read", "box:top"),
    )

    assert state(facts, "user:x", "read", "box:mid") is State.NONE
    assert state(facts, "user:y", "read", "box:low") is State.GRANTED


def W(condition: str = "", *denials: str) -> tuple[frozenset[str], frozenset[frozenset[str]]]:  # noqa: N802
    return frozenset(condition.split()), frozenset(frozenset(d.split()) for d in denials)


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        (W(), W("a"), True),
        (W("a"), W(), False),
        (W("", "d"), W("", "d"), True),
        (W("", "d"), W(""), False),
        (W(""), W("", "d"), True),
        (W("", "d e"), W("", "d"), True),
        (W("", "d"), W("", "d e"), False),
    ],
)
def test_a_way_is_covered_by_one_that_asks_for_less(wide, narrow, expected) -> None:
    assert covers(wide, narrow) is expected


NONE: frozenset = frozenset()
MAYBE = frozenset({W("a")})
OTHER = frozenset({W("b")})
SURE = frozenset({W()})


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (NONE, NONE, None),
        (NONE, MAYBE, AccessChange.MAYBE_GAINED),
        (NONE, SURE, AccessChange.GAINED),
        (MAYBE, NONE, AccessChange.MAYBE_REVOKED),
        (MAYBE, MAYBE, None),
        (MAYBE, OTHER, AccessChange.MAYBE_GAINED),
        (MAYBE | OTHER, MAYBE, AccessChange.MAYBE_REVOKED),
        (MAYBE, MAYBE | OTHER, AccessChange.MAYBE_GAINED),
        (MAYBE, SURE, AccessChange.MAYBE_GAINED),
        (SURE, NONE, AccessChange.REVOKED),
        (SURE, MAYBE, AccessChange.MAYBE_REVOKED),
        (SURE, SURE, None),
    ],
)
def test_the_table_of_access_changes(before, after, expected) -> None:
    assert access_change({"read": before}, {"read": after}) is expected


def test_a_further_granted_action_of_a_held_capability_widens() -> None:
    before = {"push": SURE, "delete": MAYBE}

    assert access_change(before, {"push": SURE, "delete": SURE}) is AccessChange.WIDENED
    assert access_change(before, {"push": SURE, "delete": MAYBE | OTHER}) is None
