"""The advice names who has to act, and on which line less can be given."""

from dataclasses import replace

from blastradius.model.assessment import AuthorKind, Decision, Reason, Verdict
from blastradius.model.sources import Source
from blastradius.report.advice import next_steps
from blastradius.report.escaping import plain
from blastradius.report.phrases import Foreign, listed, write
from tests.unit.report.examples import (
    CHANGE,
    exposure,
    incident,
    internet,
    nothing,
    only_maybe,
    only_revoked,
    strategy,
    witness,
)


def advice(assessment: object) -> list[str]:
    return [write(step, plain) for step in next_steps(assessment)]


def test_a_blocked_change_must_not_go_in() -> None:
    assert advice(incident())[0] == "do not apply this change: the gate blocks it (agent-user-data)"


def test_approvals_are_counted_and_rules_named() -> None:
    assert advice(only_maybe())[0] == "get 1 approval before it is applied (nobody-signed)"


def test_what_an_agent_proposes_is_approved_by_people() -> None:
    rule = Reason("agent-authored", Decision.APPROVE, 2, "an agent proposes it")
    made = replace(nothing(), author_kind=AuthorKind.AGENT, verdict=Verdict(Decision.APPROVE, 2, (rule,)))
    assert advice(made) == ["get 2 approvals from people, not from an agent, before it is applied (agent-authored)"]


def test_a_change_that_passes_asks_for_nothing() -> None:
    assert advice(only_revoked()) == ["nothing is required: the gate lets it in"]


def test_the_line_that_opens_most_is_named_with_its_step_and_all_its_classes() -> None:
    assert advice(incident())[1] == (
        f"narrow {CHANGE}:5 (group:engineering -[member of]-> group:data-readers), which opens user-data and "
        "strategy-docs: let in only who needs it, or leave it out"
    )


def test_each_line_that_opens_something_is_named_worst_first() -> None:
    other = replace(strategy(), source=Source(CHANGE, 9))
    shown = advice(replace(incident(), exposures=(other, exposure())))
    assert shown[1].startswith(f"narrow {CHANGE}:5 (group:engineering")
    assert shown[2] == f"narrow {CHANGE}:9, which opens strategy-docs: let in only who needs it, or leave it out"


def test_the_internet_is_to_be_replaced_by_names() -> None:
    assert "name who needs it instead of the whole internet, or leave it out" in advice(internet())[1]


def test_unlisted_groups_conditions_and_unread_parts_are_named() -> None:
    assert advice(internet())[2:] == [
        "find out who is in group:all-staff: the snapshot does not list all members",
        "check that these conditions are enforced: business hours and not (on leave)",
        "look at what was not understood: 1 part of the input was left out of all numbers here",
    ]


def test_nobody_is_asked_to_export_the_groups_a_cluster_fills_itself() -> None:
    opened = exposure(witnesses=(witness("group:k8s/system:authenticated#unlisted"), witness("group:k8s/ops#unlisted")))
    assert advice(replace(nothing(), exposures=(opened,)))[1:] == [
        "find out who is in group:k8s/ops: the snapshot does not list all members",
        "members of group:k8s/system:authenticated are whoever the cluster lets in, which no export lists: "
        "check who can log in there, or name single subjects instead",
    ]
    only_own = replace(nothing(), exposures=(replace(opened, witnesses=opened.witnesses[:1]),))
    assert [step for step in advice(only_own) if step.startswith("find out")] == []


def test_a_change_that_passes_gets_no_advice_to_narrow_it() -> None:
    made = replace(incident(), verdict=Verdict(), unread=(), exposures=(exposure(witnesses=(witness(),)),))
    assert advice(made) == ["nothing is required: the gate lets it in"]


def test_long_lists_are_counted() -> None:
    assert listed([]) == ()
    assert write(listed([Foreign("a")]), plain) == "a"
    assert write(listed([Foreign(each) for each in "abcdefgh"], most=3), plain) == "a, b, c and 5 more"
