"""Single questions about one or two states."""

from dataclasses import replace
from itertools import product
from random import Random

import pytest

from blastradius.access import simulate
from blastradius.access.engine import Comparison
from blastradius.access.queries import answer, what_can_do, who_can_do
from blastradius.access.witness import Witnesses
from blastradius.columns.build import columns_of
from blastradius.columns.names import ListedNames
from blastradius.columns.pair import paired
from blastradius.columns.views import snapshot_of
from blastradius.errors import ChangeError, SnapshotError
from blastradius.model.change import AddMember, Change
from blastradius.model.delta import State
from blastradius.model.snapshot import CAPABILITIES, Capability
from tests.support.build import allow, deny, group, principal, resource, snapshot
from tests.support.worlds import change, world

FACTS = snapshot(
    principal("user:new"),
    group("group:eng", "user:ana", ("user:bo", "noon")),
    allow("group:eng", "read", "box:r"),
    allow("user:ana", "push", "box:r"),
    deny("user:cy", "list read", "box:r"),
    actions={"SELECT": CAPABILITIES["read"], "push": CAPABILITIES["write"]},
)
BEFORE = Comparison(paired(FACTS, FACTS))
AFTER = Comparison(paired(FACTS, simulate(FACTS, Change(steps=(AddMember("group:eng", "user:new"),))).snapshot))


def test_who_can_lists_principals_with_their_state_and_the_action_they_hold() -> None:
    found = [(h.principal, h.state, h.action) for h in who_can_do(BEFORE, 0, "read", "box:r")]

    assert found == [("user:ana", State.GRANTED, "read"), ("user:bo", State.CONDITIONAL, "read")]


def test_what_can_lists_every_capability_held() -> None:
    assert list(what_can_do(BEFORE, 0, "user:ana")) == [
        ("box:r", Capability.READ, State.GRANTED),
        ("box:r", Capability.WRITE, State.GRANTED),
    ]


def test_the_denial_of_any_action_asked_about_is_named_where_nothing_is_held() -> None:
    found = answer(Witnesses(BEFORE), "user:cy", "read", "box:r", 0)

    assert found.state is State.NONE
    assert [denial.steps[0].relation for denial in found.denials] == ["denied list, read on"]


def test_a_path_is_marked_where_only_one_state_has_it() -> None:
    found = answer(Witnesses(AFTER), "user:new", "read", "box:r", 1)

    assert [(step.end, step.changed) for step in found.witnesses[0].steps] == [("group:eng", True), ("box:r", False)]
    assert answer(Witnesses(AFTER), "user:new", "read", "box:r", 0).witnesses == ()


def test_what_did_not_change_is_not_marked() -> None:
    found = answer(Witnesses(AFTER), "user:ana", "read", "box:r", 1)

    assert not any(step.changed for step in found.witnesses[0].steps)


def test_lost_access_is_marked_in_the_state_that_had_it() -> None:
    gone = replace(FACTS, grants=FACTS.grants[1:])
    found = answer(Witnesses(Comparison(paired(FACTS, gone))), "user:ana", "read", "box:r", 0)

    assert [step.changed for step in found.witnesses[0].steps] == [False, True]


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (("user:anna", "read", "box:r"), "unknown principal `user:anna`"),
        (("user:ana", "reed", "box:r"), "unknown action `reed`"),
        (("user:ana", "read", "box:q"), "unknown resource `box:q`"),
    ],
)
def test_an_unknown_name_is_refused_with_a_suggestion(question: tuple[str, str, str], message: str) -> None:
    with pytest.raises(SnapshotError) as refused:
        answer(Witnesses(BEFORE), *question, 0)

    assert refused.value.problems[0].message == message
    assert "did you mean" in refused.value.problems[0].help


def test_what_can_finds_what_asking_about_every_resource_finds() -> None:
    found = 0
    for seed in range(40):
        rng = Random(seed)
        before = world(rng, 5)
        try:
            comparison = Comparison(paired(before, simulate(before, change(rng, before)).snapshot))
        except ChangeError:
            continue
        names, witnesses = comparison.pair.before, Witnesses(comparison)
        for side, who in product((0, 1), names.principals.names):
            held = list(what_can_do(comparison, side, who))
            found += len(held)
            assert held == [
                (resource, capability, State.GRANTED if State.GRANTED in states else State.CONDITIONAL)
                for resource, capability in product(names.resources.names, Capability)
                for states in [{witnesses.state(side, who, a, resource) for a in witnesses.actions_of(capability)}]
                if states != {State.NONE}
            ]
    assert found > 200


def test_who_can_agrees_with_what_can() -> None:
    comparison = Comparison(paired(*(world(Random(seed), 6) for seed in (5, 6))))
    names = comparison.pair.before

    for side in (0, 1):
        by_principal = {
            (resource, name, capability, state)
            for name in names.principals.names
            for resource, capability, state in what_can_do(comparison, side, name)
        }
        assert by_principal == {
            (resource, holder.principal, capability, holder.state)
            for resource in names.resources.names
            for capability in Capability
            for holder in who_can_do(comparison, side, capability.label, resource)
        }


def test_nobody_can_do_anything_to_what_is_on_the_other_side_only() -> None:
    without = replace(FACTS, resources={}, grants=())
    comparison = Comparison(paired(FACTS, without))

    assert list(who_can_do(comparison, 1, "read", "box:r")) == []
    assert len(list(who_can_do(comparison, 0, "read", "box:r"))) == 2


def test_the_wider_resource_is_suggested_where_a_namespace_is_not_named() -> None:
    facts = snapshot(allow("user:ana", "read", "k8s:*/pods"))

    with pytest.raises(SnapshotError) as refused:
        list(who_can_do(Comparison(paired(facts, facts)), 0, "read", "k8s:shop/pods"))

    assert "ask about `k8s:*/pods`" in refused.value.problems[0].help


class Guarded(ListedNames):
    """Names that may be asked for one by one only."""

    def __iter__(self):
        raise AssertionError("all names were gone through")

    def __getitem__(self, code):
        assert isinstance(code, int), "all names were gone through"
        return super().__getitem__(code)


def test_single_questions_go_through_no_table_of_names() -> None:
    more = {f"box:{i}": resource(f"box:{i}") for i in range(50)}
    columns = columns_of(replace(FACTS, resources={**FACTS.resources, **more}))
    guarded = replace(
        columns,
        principals=replace(columns.principals, names=Guarded(columns.principals.names)),
        groups=replace(columns.groups, names=Guarded(columns.groups.names)),
        resources=replace(columns.resources, names=Guarded(columns.resources.names)),
    )
    facts = snapshot_of(guarded)
    comparison = Comparison(paired(facts, facts))

    assert [holder.principal for holder in who_can_do(comparison, 0, "read", "box:r")] == ["user:ana", "user:bo"]
    assert answer(Witnesses(comparison), "user:ana", "read", "box:r", 0).state is State.GRANTED
    assert answer(Witnesses(comparison), "user:cy", "read", "box:r", 0).denials


def test_a_denial_of_unlisted_members_that_may_be_meant_makes_what_can_conditional() -> None:
    facts = snapshot(
        principal("user:ana"),
        group("group:banned", unlisted=True),
        group("group:most", "group:banned"),
        allow("user:ana", "read", "box:r"),
        deny("group:most", "read", "box:r"),
    )

    assert list(what_can_do(Comparison(paired(facts, facts)), 0, "user:ana")) == [
        ("box:r", Capability.READ, State.CONDITIONAL)
    ]
    assert list(what_can_do(Comparison(paired(facts, facts)), 0, "group:banned#unlisted")) == []


def test_what_can_follows_several_parents_breaks_and_assumed_identities() -> None:
    facts = snapshot(
        principal("user:ana"),
        principal("role:r", "user:ana"),
        resource("box:a"),
        resource("box:b"),
        resource("box:both", "box:a", "box:b"),
        resource("box:cut", "box:both", inherits=False),
        resource("box:under", "box:both"),
        allow("user:ana", "read", "box:a"),
        allow("role:r", "write", "box:b"),
    )

    assert [(name, held) for name, held, _ in what_can_do(Comparison(paired(facts, facts)), 0, "user:ana")] == [
        ("box:a", Capability.READ),
        ("box:b", Capability.WRITE),
        ("box:both", Capability.READ),
        ("box:both", Capability.WRITE),
        ("box:under", Capability.READ),
        ("box:under", Capability.WRITE),
    ]
