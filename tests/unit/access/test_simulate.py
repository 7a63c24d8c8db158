"""Every step of SPEC section 4: what it does, when it is refused, when it changes nothing."""

import pytest

from blastradius.access import simulate
from blastradius.errors import ChangeError
from blastradius.model.change import (
    AddGrant,
    AddGroup,
    AddMember,
    AddPrincipal,
    AddResource,
    AllowAssume,
    Change,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetClass,
    SetInherit,
    SetRole,
    Step,
)
from blastradius.model.snapshot import Role, Snapshot
from blastradius.model.sources import Source
from tests.support.build import allow, deny, entries, group, principal, resource, snapshot

FACTS = snapshot(
    principal("user:ana", external=False),
    principal("user:bo"),
    principal("role:admin", "user:ana", ("group:eng", "mfa")),
    group("group:eng", "user:ana", ("user:bo", "noon"), ("user:bo", "vpn")),
    group("group:staff", "group:eng", unlisted=True, size=7),
    group("group:open", all_of=["group:eng"], is_open=True),
    group("group:narrow", "user:ana", "user:bo", all_of=["group:eng"], but_not=["group:staff"]),
    Role("viewer", frozenset({"list", "read"})),
    resource("box:top", class_name="code"),
    resource("box:low", "box:top"),
    resource("group:eng"),
    allow("group:eng", "read", "box:top"),
    deny("user:bo", "read", "box:low"),
    allow("user:ana", "manage", "group:eng"),
    same_as=[["user:ana", "user:bo"]],
)
HERE = Source("change.yaml", 4)


def after(*steps: Step) -> Snapshot:
    return simulate(FACTS, Change(steps=steps)).snapshot


def ids(items) -> list[str]:
    return [item.id for item in items]


def test_a_simulation_leaves_its_baseline_alone() -> None:
    before = repr(FACTS)
    after(AddMember("group:eng", "group:staff"), Remove("user:ana"), SetInherit("box:low", False))

    assert repr(FACTS) == before


def test_a_member_is_added_with_the_line_of_the_step() -> None:
    new = after(AddMember("group:eng", "everyone", "noon", HERE)).groups["group:eng"].members[-1]

    assert (new.id, new.when, new.source) == ("everyone", "noon", HERE)


def test_removing_a_member_takes_conditional_entries_too() -> None:
    assert ids(after(RemoveMember("group:eng", "user:bo")).groups["group:eng"].members) == ["user:ana"]


def test_acting_as_is_allowed_and_disallowed() -> None:
    assert ids(after(AllowAssume("role:admin", "user:bo")).principals["role:admin"].assumable_by)[-1] == "user:bo"
    assert ids(after(DisallowAssume("role:admin", "group:eng")).principals["role:admin"].assumable_by) == ["user:ana"]


def test_a_revoke_needs_the_same_fields() -> None:
    assert allow("group:eng", "read", "box:top") not in after(RevokeGrant(allow("group:eng", "read", "box:top"))).grants
    kept = simulate(FACTS, Change(steps=(RevokeGrant(allow("group:eng", "list read", "box:top")),)))
    assert tuple(kept.snapshot.grants) == FACTS.grants
    assert "1 other there" in kept.no_effect[0].message


def test_a_role_is_set_or_made() -> None:
    assert after(SetRole("viewer", frozenset({"*"}))).roles["viewer"].actions == {"*"}
    assert after(SetRole("new", frozenset({"read"})), AddGrant(allow("user:bo", "read", "box:low"))).roles["new"]


def test_a_move_replaces_all_parents_and_may_leave_none() -> None:
    assert after(Move("box:low", ())).resources["box:low"].parents == ()
    assert after(Move("box:low", ("group:eng", "box:top"))).resources["box:low"].parents == ("group:eng", "box:top")


def test_inheritance_and_class_are_set() -> None:
    assert after(SetInherit("box:low", False)).resources["box:low"].inherits is False
    assert after(SetClass("box:low", "public")).resources["box:low"].class_name == "public"


def test_entities_are_added() -> None:
    new = after(
        AddPrincipal(principal("user:new", "group:eng", external=True)),
        AddGroup(group("group:new", "user:new", all_of=["group:eng"])),
        AddResource(resource("box:new", "box:low")),
        AddResource(resource("user:new")),
        AddGrant(allow("group:new", "read", "box:new")),
    )

    assert new.principals["user:new"].external
    assert new.groups["group:new"].members == entries("user:new")
    assert new.resources["box:new"].parents == ("box:low",)
    assert "user:new" in new.resources


def test_removing_a_group_takes_every_mention_and_empties_what_asked_about_it() -> None:
    left = after(Remove("group:eng"))

    assert "group:eng" not in left.groups
    assert "group:eng" not in left.resources
    assert left.groups["group:staff"].members == ()
    assert left.groups["group:staff"].unlisted
    assert left.groups["group:open"] == group("group:open")
    assert (left.groups["group:narrow"].members, left.groups["group:narrow"].all_of) == ((), ())
    assert ids(left.principals["role:admin"].assumable_by) == ["user:ana"]
    assert left.grants == (deny("user:bo", "read", "box:low"),)


def test_removing_a_group_that_was_excluded_lets_its_members_back_in() -> None:
    narrow = after(Remove("group:staff")).groups["group:narrow"]

    assert (ids(narrow.members), narrow.but_not) == (["user:ana", "user:bo"], ())


def test_removing_a_person_splits_up_their_accounts() -> None:
    left = after(Remove("user:ana"))

    assert left.same_as == ()
    assert ids(left.groups["group:eng"].members) == ["user:bo", "user:bo"]


def test_children_of_a_removed_resource_stay_without_that_parent() -> None:
    left = after(Remove("box:top"))

    assert left.resources["box:low"].parents == ()
    assert all(grant.resource != "box:top" for grant in left.grants)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (AddMember("group:enf", "user:ana"), "unknown group `group:enf`"),
        (AddMember("group:eng", "user:anna"), "unknown principal or group `user:anna`"),
        (AddMember("group:eng", "outsider"), "unknown principal or group `outsider`"),
        (AddMember("group:eng", "group:staff#unlisted"), "unknown principal or group"),
        (AddMember("group:open", "user:ana"), "`group:open` has no member list of its own"),
        (RemoveMember("group:open", "user:ana"), "`group:open` has no member list of its own"),
        (AddMember("group:staff", "group:narrow"), "`group:narrow` excludes `group:staff`"),
        (AllowAssume("group:eng", "user:ana"), "unknown principal `group:eng`"),
        (DisallowAssume("role:admin", "user:nobody"), "unknown principal or group `user:nobody`"),
        (AddGrant(allow("user:ana", "read", "box:topp")), "unknown resource `box:topp`"),
        (AddGrant(allow("user:ana", "reed", "box:top")), "unknown action `reed`"),
        (RevokeGrant(allow("user:annna", "read", "box:top")), "unknown principal or group `user:annna`"),
        (SetRole("viewer", frozenset({"fly"})), "unknown action `fly`"),
        (SetInherit("box:none", True), "unknown resource `box:none`"),
        (Move("box:top", ("box:low",)), "containment cycle"),
        (Move("box:top", ("box:top",)), "containment cycle"),
        (Move("box:low", ("box:none",)), "unknown resource `box:none`"),
        (SetClass("box:none", "code"), "unknown resource `box:none`"),
        (AddPrincipal(principal("user:ana")), "`user:ana` exists already"),
        (AddGroup(group("role:admin")), "`role:admin` exists already"),
        (AddGroup(group("everyone")), "`everyone` is reserved"),
        (AddGroup(group("group:x#unlisted")), "`group:x#unlisted` is reserved"),
        (AddGroup(group("group:x", "user:none")), "unknown principal or group `user:none`"),
        (AddGroup(group("group:x", "user:ana", but_not=["group:x"])), "`group:x` excludes `group:x`"),
        (AddResource(resource("box:low")), "`box:low` exists already"),
        (AddResource(resource("box:new", "box:new")), "unknown resource `box:new`"),
        (Remove("public"), "`public` is built in"),
        (Remove("viewer"), "role `viewer` cannot be removed"),
        (Remove("group:staff#unlisted"), "is built in"),
        (Remove("box:none"), "unknown entity `box:none`"),
    ],
)
def test_a_step_that_does_not_fit_is_refused_with_its_line(step: Step, message: str) -> None:
    from dataclasses import replace

    with pytest.raises(ChangeError) as refused:
        after(replace(step, source=HERE))

    assert message in refused.value.problems[0].message
    assert refused.value.problems[0].source == HERE


def test_an_unknown_id_comes_with_a_suggestion() -> None:
    with pytest.raises(ChangeError) as refused:
        after(AddMember("group:enf", "user:ana"))

    assert "`group:eng`" in refused.value.problems[0].help


def test_all_refused_steps_are_reported_together() -> None:
    with pytest.raises(ChangeError) as refused:
        after(Remove("x:1"), AddMember("group:eng", "user:q"), AddMember("x:2", "x:3"), Remove("user:bo"))

    assert len(refused.value.problems) == 4


@pytest.mark.parametrize(
    "step",
    [
        AddMember("group:eng", "user:ana"),
        AddMember("group:eng", "user:ana", "noon"),
        AddMember("group:eng", "user:bo", "noon"),
        RemoveMember("group:eng", "role:admin"),
        AllowAssume("role:admin", "user:ana"),
        DisallowAssume("role:admin", "user:bo"),
        AddGrant(allow("group:eng", "read", "box:top")),
        RevokeGrant(allow("group:eng", "read", "box:low")),
        SetRole("viewer", frozenset({"list", "read"})),
        SetInherit("box:low", True),
        Move("box:low", ("box:top",)),
        SetClass("box:top", "code"),
    ],
)
def test_a_step_that_changes_nothing_is_noticed(step: Step) -> None:
    simulation = simulate(FACTS, Change(steps=(step,)))

    assert len(simulation.no_effect) == 1
    assert simulation.snapshot == FACTS
    assert simulation.unread == ()


def test_removing_a_possible_unlisted_member_is_missing_evidence() -> None:
    simulation = simulate(FACTS, Change(steps=(RemoveMember("group:staff", "user:bo", HERE),)))

    assert simulation.no_effect == ()
    assert simulation.unread[0].source == HERE
    assert "may be one of the unlisted members of `group:staff`" in simulation.unread[0].message
