"""The networkx face of a snapshot."""

import io
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from random import Random
from typing import Any

import networkx as nx
import pytest

from blastradius.access import simulate
from blastradius.access.graph import AccessGraph
from blastradius.columns.build import columns_of
from blastradius.columns.pair import paired
from blastradius.columns.views import snapshot_of
from blastradius.errors import ChangeError
from blastradius.model.change import AddResource, Change, Remove
from blastradius.model.snapshot import Snapshot
from tests.support.build import allow, deny, group, principal, resource, snapshot
from tests.support.graphs import plain_graph
from tests.support.program import ROOT
from tests.support.worlds import change, world

FACTS = snapshot(
    principal("user:guest", external=True),
    principal("role:admin", ("group:eng", "mfa")),
    group("group:eng", "user:ana"),
    group("group:staff", "group:eng", unlisted=True),
    group("group:narrow", "everyone", all_of=["group:staff"], but_not=["group:eng"]),
    resource("box:top"),
    resource("box:low", "box:top", inherits=False),
    resource("group:eng"),
    resource("group:eng#resource"),
    allow("group:staff", "read", "box:top"),
    deny("user:ana", "read", "box:low", when="noon"),
    allow("role:admin", "manage", "group:eng"),
    same_as=[["user:ana", "user:guest"]],
)
WORLDS = [world(Random(seed), 6) for seed in range(60)]


@pytest.fixture(scope="module")
def graph() -> nx.MultiDiGraph:
    return AccessGraph(FACTS).to_networkx()


def edges(graph: nx.MultiDiGraph) -> list[tuple[str, str, int, list[tuple[str, Any]]]]:
    """Write edges out in an order of their own."""
    return sorted((u, v, key, sorted(data.items())) for u, v, key, data in graph.edges(keys=True, data=True))


# The same graph as one that is built


@pytest.mark.parametrize("number", range(len(WORLDS)))
def test_it_equals_the_graph_built_from_every_fact(number: int) -> None:
    facts = WORLDS[number]
    served, built = AccessGraph(facts).to_networkx(), plain_graph(facts)

    assert {name: dict(its) for name, its in served.nodes(data=True)} == dict(built.nodes(data=True))
    assert len(served) == len(built) == len(list(served))
    assert edges(served) == edges(built)
    assert served.number_of_edges() == built.number_of_edges()
    for name in built:
        assert sorted(served.successors(name)) == sorted(built.successors(name))
        assert sorted(served.predecessors(name)) == sorted(built.predecessors(name))
        assert (served.in_degree(name), served.out_degree(name)) == (built.in_degree(name), built.out_degree(name))
        assert len(served[name]) == len(built[name])
        for other in built:
            assert served.has_edge(name, other) == built.has_edge(name, other)
            assert served.number_of_edges(name, other) == built.number_of_edges(name, other)
            assert {k: dict(v) for k, v in served.pred[name].get(other, {}).items()} == built.pred[name].get(other, {})


def test_it_equals_the_built_graph_when_it_is_looked_at_often() -> None:
    facts = world(Random(3), 40)
    served, built = AccessGraph(facts).to_networkx(), plain_graph(facts)

    for _ in range(3):
        assert edges(served) == edges(built)
        assert edges(served.reverse(copy=False)) == edges(built.reverse(copy=False))


def test_a_simulated_state_equals_the_built_graph() -> None:
    compared = 0
    for seed in range(200):
        rng = Random(seed)
        baseline = snapshot_of(columns_of(world(rng, 4)))
        try:
            simulated = simulate(baseline, change(rng, baseline)).snapshot
        except ChangeError:
            continue
        compared += 1
        served, built = AccessGraph(paired(baseline, simulated).after).to_networkx(), plain_graph(simulated)
        assert {name: dict(its) for name, its in served.nodes(data=True)} == dict(built.nodes(data=True))
        assert edges(served) == edges(built)
        assert served.number_of_edges() == built.number_of_edges()
        assert not any(name in served for name in [*baseline.resources, *baseline.groups] if name not in built)
    assert compared > 50


# What networkx does with it

QUESTIONS: dict[str, Callable[[nx.MultiDiGraph], Any]] = {
    "shortest path": lambda g: nx.shortest_path(g, "user:ana", "box:top"),
    "shortest path lengths": lambda g: dict(nx.single_source_shortest_path_length(g, "user:ana")),
    "all shortest paths": lambda g: sorted(nx.all_shortest_paths(g, "user:ana", "group:staff")),
    "all simple paths": lambda g: sorted(nx.all_simple_edge_paths(g, "user:ana", "group:eng#resource", cutoff=4)),
    "weighted path": lambda g: nx.dijkstra_path_length(g, "user:ana", "box:low"),
    "ancestors": lambda g: nx.ancestors(g, "box:low"),
    "descendants": lambda g: nx.descendants(g, "user:guest"),
    "has path": lambda g: [nx.has_path(g, a, b) for a, b in [("user:ana", "box:top"), ("box:top", "user:ana")]],
    "weak components": lambda g: sorted(map(sorted, nx.weakly_connected_components(g))),
    "strong components": lambda g: sorted(map(sorted, nx.strongly_connected_components(g))),
    "number of edges": lambda g: (g.number_of_edges(), g.size(weight="none"), g.number_of_nodes(), nx.density(g)),
    "degrees": lambda g: sorted(g.degree),
    "subgraph": lambda g: edges(g.subgraph(["user:ana", "group:eng", "nobody"])),
    "edge subgraph": lambda g: edges(g.edge_subgraph([("group:eng", "group:staff", 0)])),
    "size of a subgraph": lambda g: g.subgraph(["user:ana", "group:eng"]).number_of_edges(),
    "subgraph view": lambda g: edges(
        nx.subgraph_view(
            g,
            filter_node=lambda name: name != "user:guest",
            filter_edge=lambda u, v, key: g.edges[u, v, key]["relation"] == "member of",
        )
    ),
    "reversed": lambda g: nx.shortest_path(g.reverse(copy=False), "box:top", "user:ana"),
    "reversed copy": lambda g: edges(g.reverse()),
    "undirected": lambda g: sorted(map(sorted, nx.connected_components(g.to_undirected(as_view=True)))),
    "undirected copy": lambda g: sorted(g.to_undirected().degree),
    "copy": lambda g: edges(g.copy()),
    "as a simple graph": lambda g: sorted(nx.DiGraph(g).edges),
    "condensation": lambda g: nx.condensation(nx.DiGraph(g)).number_of_nodes(),
    "node link data": lambda g: sorted(sorted(its.items()) for its in nx.node_link_data(g, edges="edges")["edges"]),
    "graphml": lambda g: sorted(nx.generate_graphml(g.subgraph(["user:ana", "group:eng", "box:top"]).copy())),
    "adjacency": lambda g: {name: sorted(its) for name, its in g.adjacency()},
    "selfloops": lambda g: sorted(nx.selfloop_edges(g)),
    "isomorphic": lambda g: nx.faster_could_be_isomorphic(g, plain_graph(FACTS)),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_networkx_answers_as_it_does_for_a_graph_that_is_built(graph, question: str) -> None:
    assert QUESTIONS[question](graph) == QUESTIONS[question](nx.freeze(plain_graph(FACTS)))


@pytest.mark.parametrize(
    "part", [lambda g: g, lambda g: g.subgraph(["user:ana", "box:low", "group:eng"])], ids=["all", "part"]
)
def test_graphml_of_all_or_a_part_is_written_and_read_back(graph, part) -> None:
    written = io.BytesIO()
    nx.write_graphml(part(graph), written)
    written.seek(0)

    assert edges(nx.read_graphml(written, force_multigraph=True)) == edges(part(graph))


def test_gml_and_json_are_written_too(graph) -> None:
    assert nx.cytoscape_data(graph)["elements"]["edges"]
    assert any("narrowed by" in line for line in nx.generate_gml(graph))


# What edges and nodes say


def test_networkx_finds_the_path_from_a_person_to_a_resource(graph) -> None:
    assert nx.shortest_path(graph, "user:ana", "box:top") == ["user:ana", "group:eng", "group:staff", "box:top"]


def test_edges_say_what_they_mean(graph) -> None:
    assert graph.edges["group:eng", "role:admin", 0]["relation"] == "may act as"
    assert graph.edges["group:eng", "role:admin", 0]["when"] == "mfa"
    denied = graph.edges["user:ana", "box:low", 0]
    assert (denied["relation"], denied["effect"], denied["actions"]) == ("denied read on", "deny", "read")
    assert graph.edges["box:top", "box:low", 0]["inherits"] is False
    assert graph.edges["group:narrow", "group:eng", 0]["rule"] == "but_not"
    assert graph.edges["user:guest", "user:ana", 0]["relation"] == "same person as"


def test_what_is_not_known_of_an_edge_is_left_out(graph) -> None:
    assert dict(graph.edges["outsider", "public", 0]) == {"relation": "member of"}
    assert "when" not in graph.edges["user:ana", "group:eng", 0]


def test_built_in_groups_have_their_members(graph) -> None:
    assert set(graph.predecessors("everyone")) == {"user:ana", "role:admin", "group:staff#unlisted"}
    assert set(graph.predecessors("public")) == {*graph.predecessors("everyone"), "user:guest", "outsider"}


def test_a_group_that_is_a_resource_too_has_two_nodes(graph) -> None:
    assert graph.nodes["group:eng"]["kind"] == "group"
    assert graph.nodes["group:eng#resource"] == {"kind": "resource", "id": "group:eng"}
    assert graph.has_edge("role:admin", "group:eng#resource")


def test_a_resource_that_is_called_like_a_marked_one_is_marked_as_well(graph) -> None:
    assert graph.nodes["group:eng#resource#resource"] == {"kind": "resource", "id": "group:eng#resource"}


def test_a_resource_is_marked_only_while_the_group_of_its_id_is_there() -> None:
    without = simulate(FACTS, Change(steps=(Remove("group:narrow"), AddResource(resource("group:narrow"))))).snapshot
    graph = AccessGraph(paired(FACTS, without).after).to_networkx()

    assert graph.nodes["group:narrow"] == {"kind": "resource", "id": "group:narrow"}
    assert "group:narrow#resource" not in graph


def test_ids_of_many_kinds_are_told_apart() -> None:
    facts = snapshot(*(group(f"set{i}:g", "user:a") for i in range(200)), resource("set7:g"), resource("box:r"))
    graph = AccessGraph(facts).to_networkx()

    assert graph.nodes["set7:g#resource"] == {"kind": "resource", "id": "set7:g"}
    assert set(graph) == set(plain_graph(facts))


@pytest.mark.parametrize("name", ["nobody", "user:nobody", "box:top#resource", "group:staff#resource", "", 7, None])
def test_what_is_not_in_it_is_not_found(graph, name: Any) -> None:
    assert name not in graph
    assert not graph.has_edge("user:ana", name)
    with pytest.raises(KeyError):
        graph.nodes[name]
    with pytest.raises(KeyError):
        graph.adj[name]
    with pytest.raises(nx.NetworkXError):
        graph.successors(name)


def test_an_edge_that_is_not_there_is_not_found(graph) -> None:
    assert not graph.has_edge("user:ana", "group:eng", key=1)
    assert not graph.has_edge("user:ana", "group:eng", key="x")
    with pytest.raises(KeyError):
        graph["user:ana"]["group:staff"]


# It stays as it is

MUTATIONS: dict[str, Callable[[nx.MultiDiGraph], Any]] = {
    "a node": lambda g: g.add_node("x"),
    "nodes": lambda g: g.add_nodes_from(["x"]),
    "an edge": lambda g: g.add_edge("user:ana", "box:top"),
    "edges": lambda g: g.add_edges_from([("user:ana", "box:top")]),
    "no node": lambda g: g.remove_node("user:ana"),
    "no edge": lambda g: g.remove_edge("user:ana", "group:eng"),
    "nothing": lambda g: g.clear(),
    "no edges": lambda g: g.clear_edges(),
    "an update": lambda g: g.update(nodes=["x"]),
    "an attribute of a node": lambda g: nx.set_node_attributes(g, 1, "x"),
    "attributes of a node": lambda g: g.nodes["user:ana"].update(kind="x"),
    "no attribute": lambda g: g.nodes["user:ana"].pop("kind"),
    "an attribute of an edge": lambda g: nx.set_edge_attributes(g, 1, "x"),
    "its own edge": lambda g: g.edges["user:ana", "group:eng", 0].__setitem__("when", "never"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_graph_cannot_be_changed(graph, mutation: str) -> None:
    with pytest.raises(nx.NetworkXError, match="rozen"):
        MUTATIONS[mutation](graph)


def test_a_copy_is_an_ordinary_graph_that_can_be_changed_and_pickled(graph) -> None:
    copied = graph.copy()
    copied.add_edge("user:ana", "box:new")
    copied.nodes["user:ana"]["seen"] = True

    assert "box:new" not in graph
    assert "seen" not in graph.nodes["user:ana"]
    assert edges(pickle.loads(pickle.dumps(copied))) == edges(copied)


def test_the_graph_itself_says_why_it_cannot_be_pickled(graph) -> None:
    with pytest.raises(TypeError, match="take its `copy"):
        pickle.dumps(graph)


# What it is made from


def test_columns_and_a_snapshot_that_looks_at_them_give_the_same_graph() -> None:
    columns = columns_of(FACTS)

    assert edges(AccessGraph(columns).to_networkx()) == edges(AccessGraph(snapshot_of(columns)).to_networkx())


@pytest.mark.parametrize("facts", [FACTS, columns_of(FACTS)], ids=["snapshot", "columns"])
def test_ancestors_are_the_resources_whose_grants_hold(facts: Snapshot) -> None:
    nested = AccessGraph(facts)

    assert nested.ancestors("box:low") == {"box:low"}
    assert nested.ancestors("box:top") == {"box:top"}
    assert nested.ancestors("box:none") == frozenset()


def test_networkx_is_loaded_for_a_graph_and_for_nothing_else() -> None:
    program = "import sys, blastradius.access.witness, blastradius.access.graph; print('networkx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_the_examples_of_the_page_run(tmp_path, monkeypatch) -> None:
    page = (ROOT / "docs" / "graph.md").read_text("utf-8")
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)

    examples = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for example in examples:
        exec(example, names)

    assert len(examples) == 3
    assert nx.read_graphml("prod-admin.graphml").number_of_nodes() == 4
