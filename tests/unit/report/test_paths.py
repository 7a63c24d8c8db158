"""Paths are drawn so that each step can be checked."""

from dataclasses import replace

import pytest

from blastradius.model.delta import AccessChange, PathStep, State
from blastradius.model.sources import Source
from blastradius.report.paths import claim, draw
from tests.unit.report.examples import witness


@pytest.mark.parametrize(
    ("change", "verb"),
    [
        (AccessChange.GAINED, "gains read (SELECT) on"),
        (AccessChange.MAYBE_GAINED, "may gain read (SELECT) on"),
        (AccessChange.WIDENED, "gains another kind of read (SELECT) on"),
        (AccessChange.REVOKED, "loses read (SELECT) on"),
        (AccessChange.MAYBE_REVOKED, "may lose read (SELECT) on"),
    ],
)
def test_a_claim_says_what_happened(change: AccessChange, verb: str) -> None:
    assert claim(replace(witness(), change=change)) == f"user:ana {verb} warehouse:events"


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.NONE, "does not have read on"),
        (State.CONDITIONAL, "has, under conditions, read on"),
        (State.GRANTED, "has read on"),
    ],
)
def test_a_claim_about_one_state_says_what_is(state: State, verb: str) -> None:
    explained = replace(witness(), change=None, state=state, action="read")
    assert claim(explained) == f"user:ana {verb} warehouse:events"


def test_a_place_that_does_not_fit_stands_below_its_step() -> None:
    far = PathStep("user:ana", "member of", "group:" + "x" * 40, Source("a/long/path/to/a/snapshot.yaml", 7))
    assert draw(replace(witness(), steps=(far,)), 60) == [
        "user:ana",
        "  -[member of]->",
        "    group:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "                            a/long/path/to/a/snapshot.yaml:7",
    ]


def test_a_step_that_does_not_follow_the_last_names_where_it_begins() -> None:
    removed = PathStep("group:contractors", "no longer denied viewer on", "drive:x", Source("c.yaml", 3), changed=True)
    lines = draw(replace(witness(), steps=(*witness().steps[:1], removed)), 80)
    assert lines[2:] == [
        "group:contractors",
        "* -[no longer denied viewer on]-> drive:x                               c.yaml:3",
    ]


def test_a_gain_that_is_uncertain_only_because_of_what_was_before_says_so() -> None:
    said = "had it only under a condition before"
    maybe = replace(witness(), change=AccessChange.MAYBE_GAINED)
    assert draw(maybe, 80)[-1] == said
    assert draw(replace(maybe, conditions=("at work",)), 80)[-1] == "only when at work"
    assert said not in draw(replace(maybe, state=State.CONDITIONAL), 80)
    assert said not in draw(witness(), 80)


def test_what_is_built_in_has_no_place() -> None:
    built_in = PathStep("user:ana", "is in", "everyone")
    assert draw(replace(witness(), steps=(built_in,)), 80) == ["user:ana", "  -[is in]-> everyone"]


def test_a_path_ends_where_it_runs_into_one_that_was_drawn_above() -> None:
    first = witness()
    second = replace(
        first, principal="agent:bot", steps=(PathStep("agent:bot", "member of", "group:engineering"), *first.steps[1:])
    )
    assert draw(second, 80, above=(first,)) == [
        "agent:bot",
        "  -[member of]-> group:engineering",
        "  and on as above",
    ]
    assert draw(second, 80, above=(replace(first, steps=first.steps[:-1]),)) == draw(second, 80)
    assert draw(first, 80, above=(replace(first, steps=(second.steps[0], *first.steps[3:])),)) == draw(first, 80)


def test_a_very_long_path_is_cut_in_the_middle() -> None:
    steps = tuple(PathStep(f"g{n}", "in", f"g{n + 1}") for n in range(100))
    lines = draw(replace(witness(), steps=steps), 80)
    assert lines[10:14] == ["  -[in]-> g10", "  … 80 more steps", "g90", "  -[in]-> g91"]
    assert lines[-1] == "  -[in]-> g100"
