"""Single questions about one or two states."""

from dataclasses import replace

import pytest

from blastradius.access import simulate
from blastradius.access.engine import Comparison
from blastradius.access.queries import answer, what_can_do, who_can_do
from blastradius.access.witness import Witnesses
from blastradius.errors import SnapshotError
from blastradius.model.change import AddMember, Change
from blastradius.model.delta import State
from blastradius.model.snapshot import CAPABILITIES, Capability
from tests.support.build import allow, deny, group, principal, snapshot

FACTS = snapshot(
    principal("user:new"),
    group("group:eng", "user:ana", ("user:bo", "noon")),
    allow("group:eng", "read", "box:r"),
    allow("user:ana", "push", "box:r"),
    deny("user:cy", "list read", "box:r"),
    actions={"SELECT": CAPABILITIES["read"], "push": CAPABILITIES["write"]},
)
BEFORE = Comparison(FACTS, FACTS)
AFTER = Comparison(FACTS, simulate(FACTS, Change(steps=(AddMember("group:eng", "user:new"),))).snapshot)


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
    found = answer(Witnesses(Comparison(FACTS, gone)), "user:ana", "read", "box:r", 0)

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
