"""Answers to single questions name every step, and let no name out of its place."""

import json

from hypothesis import given
from hypothesis import strategies as st

from blastradius.model.answer import Answer, Explanation, Holder, Holders, Holding, Holdings, Validation
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
unread = st.lists(st.builds(Problem, names, st.none(), names), max_size=7).map(tuple)
explanations = st.builds(Explanation, names, names, names, answers, st.none() | answers, unread)


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


@given(
    st.lists(st.builds(Holder, names, st.sampled_from(State), names), max_size=3).map(tuple),
    unread,
    st.integers(40, 100),
)
def test_a_list_of_holders_fits_the_screen(
    holders: tuple[Holder, ...], unread: tuple[Problem, ...], width: int
) -> None:
    found = Holders("read", "db:x", holders, unread)
    text = queries.holders_text(found, Style(width))
    assert all(columns(line) <= width for line in text.split("\n"))
    assert ("incomplete: " in text) is bool(unread)
    listed = json.loads(queries.holders_json(found))
    assert [each["principal"] for each in listed["holders"]] == [exact(each.principal) for each in holders]
    assert len(listed["unread"]) == len(unread)


@given(
    st.lists(st.builds(Holding, names, names, st.sampled_from(Capability), st.sampled_from(State)), max_size=3).map(
        tuple
    ),
    unread,
    st.integers(40, 100),
)
def test_a_list_of_holdings_fits_the_screen(
    holdings: tuple[Holding, ...], unread: tuple[Problem, ...], width: int
) -> None:
    found = Holdings("user:ana", holdings, unread)
    text = queries.holdings_text(found, Style(width))
    assert all(columns(line) <= width for line in text.split("\n"))
    assert ("incomplete: " in text) is bool(unread)
    listed = json.loads(queries.holdings_json(found))
    assert [each["resource"] for each in listed["holdings"]] == [exact(each.resource) for each in holdings]
    assert len(listed["unread"]) == len(unread)


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
    assert queries.holders_text(Holders("read", "db:x", ())) == "nobody\n"
    assert queries.holdings_text(Holdings("user:ana", ())) == "nothing\n"


def test_nobody_and_nothing_are_doubted_where_the_evidence_is_incomplete() -> None:
    unread = tuple(Problem(f"the page {number} is missing", Source("a.json", number)) for number in range(1, 8))
    assert queries.holders_text(Holders("read", "db:x", (), unread[:1])) == (
        "nobody\n\nincomplete: 1 part of the input was not understood or is missing, so there may\n"
        "be more access than this\n  a.json:1: the page 1 is missing\n"
    )
    text = queries.holdings_text(Holdings("user:ana", (), unread))
    assert text.endswith("  a.json:5: the page 5 is missing\n  and 2 more: see --report json\n")


def test_the_sum_of_holdings_counts_capabilities_and_not_resources() -> None:
    held = (
        Holding("db:a", "code", Capability.READ, State.GRANTED),
        Holding("db:a", "code", Capability.WRITE, State.CONDITIONAL),
    )
    assert queries.holdings_text(Holdings("user:ana", held)).endswith(
        "\n\n2 capabilities on 1 resource, 1 under a condition\n"
    )
