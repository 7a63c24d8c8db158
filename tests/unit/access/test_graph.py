"""The networkx face of a snapshot."""

import networkx as nx
import pytest

from blastradius.access.graph import AccessGraph
from tests.support.build import allow, deny, group, principal, resource, snapshot

FACTS = snapshot(
    principal("user:guest", external=True),
    principal("role:admin", ("group:eng", "mfa")),
    group("group:eng", "user:ana"),
    group("group:staff", "group:eng", unlisted=True),
    group("group:narrow", "everyone", all_of=["group:staff"], but_not=["group:eng"]),
    resource("box:top"),
    resource("box:low", "box:top", inherits=False),
    resource("group:eng"),
    allow("group:staff", "read", "box:top"),
    deny("user:ana", "read", "box:low", when="noon"),
    allow("role:admin", "manage", "group:eng"),
    same_as=[["user:ana", "user:guest"]],
)


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    return AccessGraph(FACTS).to_networkx()


def test_networkx_finds_the_path_from_a_person_to_a_resource(graph) -> None:
    assert nx.shortest_path(graph, "user:ana", "box:top") == ["user:ana", "group:eng", "group:staff", "box:top"]


def test_edges_say_what_they_mean(graph) -> None:
    assert graph.edges["group:eng", "role:admin", 0]["relation"] == "may act as"
    assert graph.edges["group:eng", "role:admin", 0]["when"] == "mfa"
    denied = graph.edges["user:ana", "box:low", 0]
    assert (denied["relation"], denied["effect"], denied["actions"]) == ("denied read on", "deny", ("read",))
    assert graph.edges["box:top", "box:low", 0]["inherits"] is False
    assert graph.edges["group:narrow", "group:eng", 0]["rule"] == "but_not"
    assert graph.edges["user:guest", "user:ana", 0]["relation"] == "same person as"


def test_built_in_groups_have_their_members(graph) -> None:
    assert set(graph.predecessors("everyone")) == {"user:ana", "role:admin", "group:staff#unlisted"}
    assert set(graph.predecessors("public")) == {*graph.predecessors("everyone"), "user:guest", "outsider"}


def test_a_group_that_is_a_resource_too_has_two_nodes(graph) -> None:
    assert graph.nodes["group:eng"]["kind"] == "group"
    assert graph.nodes["group:eng#resource"] == {"kind": "resource", "id": "group:eng"}
    assert graph.has_edge("role:admin", "group:eng#resource")


def test_the_graph_cannot_be_changed(graph) -> None:
    with pytest.raises(nx.NetworkXError):
        graph.add_node("x")
