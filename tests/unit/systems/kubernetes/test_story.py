"""The example that ships: an agent for metrics gets to list secrets, everywhere."""

import pytest

from blastradius.access.engine import compare
from blastradius.documents import parse, read_files
from blastradius.systems.kubernetes.snapshot import read, recognises


@pytest.fixture(scope="module")
def sides(root):
    both = [
        [one for file in read_files([str(root / "fixtures" / "kubernetes" / side)]) for one in parse(file)]
        for side in ("before", "after")
    ]
    assert all(recognises(document) for documents in both for document in documents)
    return read(both[0], both[1]), read(both[1], both[0])


def test_it_is_read_without_a_problem(sides):
    assert sides[0].unread == sides[1].unread == ()


def test_the_agent_gains_secrets_everywhere_and_nobody_else_gains_anything(sides):
    delta = compare(*sides)
    gained = {
        (delta.principals[who], delta.resources[index])
        for scope in delta.scopes
        for people in scope.action_changes.values()
        for who in people
        for index in scope.resources
    }
    agent = "service:k8s/monitoring/metrics-agent"
    places = ("*", "monitoring", "payments", "shop")
    assert gained == {(agent, f"k8s:{place}/secrets") for place in places} | {
        (agent, "k8s:payments/secrets:ledger-database")
    }


def test_the_parts_of_the_story_are_there(sides):
    baseline, _ = sides
    assert "k8s:shop/baskets.shop.example" in baseline.resources
    assert {entry.id for entry in baseline.groups["k8s-rolebinding:shop/everybody"].members} == {
        "group:k8s/system:authenticated"
    }
    assert baseline.groups["group:k8s/payments-on-call"].unlisted
