"""The fixture of a company's Drive: what one afternoon of sharing opens, and to whom."""

from pathlib import Path

import pytest

from blastradius.access.reference import compare
from blastradius.assess.matching import holds
from blastradius.documents import parse, read_files
from blastradius.gate.policy import load_policy
from blastradius.gate.shipped import shipped_policy
from blastradius.systems.load import load

FIXTURES = Path(__file__).resolve().parents[4] / "fixtures" / "drive"


@pytest.fixture(scope="module")
def sides():
    return tuple(load(read_files([str(FIXTURES / side)])).snapshot for side in ("before", "after"))


def test_nothing_of_the_fixture_is_left_unread(sides):
    assert [snapshot.unread for snapshot in sides] == [(), ()]


def test_a_link_and_an_opened_folder_are_all_that_is_gained(sides):
    delta = compare(*sides)
    gained = {
        (delta.principals[p], delta.resources[r], key[0].value, key[1].label)
        for scope in delta.scopes
        for key, people in scope.capability_changes.items()
        for p in people
        for r in scope.resources
    }
    assert {one for one in gained if one[1] == "gdrive:1Salaries"} == {
        ("group:board@acme.example#unlisted", "gdrive:1Salaries", "gained", "read")
    }
    assert ("outsider", "gdrive:1Customers", "maybe_gained", "read") in gained
    assert {one[1] for one in gained} == {"gdrive:1Salaries", "gdrive:1Customers"}


def test_names_tell_the_default_policy_what_items_hold(sides):
    policy = load_policy(parse(shipped_policy("default")))
    classes = {
        name: {rule.class_name for rule in policy.classify if holds(rule.match, name, resource.labels)}
        for name, resource in sides[0].resources.items()
    }
    assert classes["gdrive:1Strategy2027"] == {"strategy-docs", "internal"}
    assert classes["gdrive:1Roadmap"] == {"strategy-docs", "internal"}
    assert classes["gdrive:1Customers"] == {"user-data", "internal"}
    assert classes["gdrive:1Lunch"] == {"internal"}
