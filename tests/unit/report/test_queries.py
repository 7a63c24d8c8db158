"""Answers to single questions name every step, and let no name out of its place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from blastradius.model.answer import Answer, Explanation, Holder, Holding, Validation
from blastradius.model.change import Change
from blastradius.model.delta import State
from blastradius.model.snapshot import Capability, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.report import queries
from blastradius.report.escaping import exact
from blastradius.report.interface import Style
from blastradius.report.layout import columns
from tests.unit.report.examples import witness
from tests.unit.report.worlds import names, witnesses

answers = st.builds(
    Answer,
    st.sampled_from(State),
    st.lists(witnesses, max_size=1).map(tuple),
    st.lists(witnesses, max_size=1).map(tuple),
)
explanations = st.builds(Explanation, names, names, names, answers, st.none() | answers)


@given(explanations, st.integers(40, 100))
def test_an_explanation_fits_the_screen_and_hides_nothing(explanation: Explanation, width: int) -> None:
    text = queries.explanation_text(explanation, Style(width))
    assert all(columns(line) <= width for line in text.split("\n"))
    assert text.replace("\n", "").isprintable()
    assert json.loads(queries.explanation_json(explanation))["principal"] == exact(explanation.principal)


def test_an_explanation_says_before_and_after_with_the_path() -> None:
    after = Answer(State.GRANTED, (witness(),))
    text = queries.explanation_text(Explanation("user:ana", "read", "warehouse:events", Answer(State.NONE), after))
    assert text.startswith("user:ana read warehouse:events\n\nbefore: none\n\nafter: granted\n  user:ana\n")
    assert "  * -[member of]-> group:data-readers " in text
    assert text.endswith("* only one of the two states holds this\n")


@given(st.lists(st.builds(Holder, names, st.sampled_from(State), names), max_size=3), st.integers(40, 100))
def test_a_list_of_holders_fits_the_screen(holders: list[Holder], width: int) -> None:
    text = queries.holders_text(holders, Style(width))
    assert all(columns(line) <= width for line in text.split("\n"))
    listed = json.loads(queries.holders_json("read", "db:x", holders))["holders"]
    assert [each["principal"] for each in listed] == [exact(each.principal) for each in holders]


@given(
    st.lists(st.builds(Holding, names, names, st.sampled_from(Capability), st.sampled_from(State)), max_size=3),
    st.integers(40, 100),
)
def test_a_list_of_holdings_fits_the_screen(holdings: list[Holding], width: int) -> None:
    text = queries.holdings_text(holdings, Style(width))
    assert all(columns(line) <= width for line in text.split("\n"))
    listed = json.loads(queries.holdings_json("user:ana", holdings))["holdings"]
    assert [each["resource"] for each in listed] == [exact(each.resource) for each in holdings]


def test_validation_says_what_was_found_and_warns_with_its_place() -> None:
    warning = Problem("group `g` \x1b is empty", Source("a.yaml", 3), "add somebody")
    assert queries.validation_text(Validation(Snapshot(), (Change(),), 2, (warning,))) == (
        "valid\n"
        "  snapshot: 0 principals, 0 groups, 0 resources, 0 grants\n"
        "  1 change: 0 steps, each fits the snapshot\n"
        "  2 policies\n"
        "warning: a.yaml:3: group `g` \\x1b is empty\n"
        "  help: add somebody\n"
    )
    assert queries.validation_text(Validation(None, (Change(),), 0, ())) == "valid\n  1 change: 0 steps\n"


def test_nobody_and_nothing_are_said() -> None:
    assert queries.holders_text([]) == "nobody\n"
    assert queries.holdings_text([]) == "nothing\n"


def test_the_sum_of_holdings_counts_capabilities_and_not_resources() -> None:
    held = [
        Holding("db:a", "code", Capability.READ, State.GRANTED),
        Holding("db:a", "code", Capability.WRITE, State.CONDITIONAL),
    ]
    assert queries.holdings_text(held).endswith("\n\n2 capabilities on 1 resource, 1 under a condition\n")
