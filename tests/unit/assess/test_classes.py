"""The class of a resource: SPEC section 2, sentence by sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access import simulate
from blastradius.assess.classes import check_change_classes, resource_classes
from blastradius.assess.matching import RuleIndex, holds
from blastradius.columns.names import ABSENT
from blastradius.columns.pair import paired
from blastradius.errors import PolicyError
from blastradius.model.change import AddResource, Change, SetClass
from blastradius.model.policy import ClassifyRule, DataClass, Match, Policy
from blastradius.model.snapshot import Resource, Snapshot
from blastradius.model.sources import Source

CLASSES = {
    name: DataClass(name, sensitivity, name, order)
    for order, (name, sensitivity) in enumerate(
        [("user-data", 1.0), ("credentials", 1.0), ("unclassified", 0.6), ("internal", 0.4), ("public", 0.0)]
    )
}


def policy(*rules):
    return Policy(CLASSES, tuple(ClassifyRule(name, match) for name, match in rules), None, ())


def snapshot(*resources):
    return Snapshot(resources={r.id: r for r in resources})


def after(*resources, rules=(), baseline=None):
    """Give the class of every resource in the simulated state, by its id."""
    both = snapshot(*resources)
    classes = resource_classes(policy(*rules), paired(both if baseline is None else baseline, both))
    return {
        name: classes.ids[code] for name, code in zip(classes.names, classes.after.tolist(), strict=True) if code >= 0
    }


def test_a_stated_class_beats_rules_and_parents():
    found = after(
        Resource("t:a", class_name="user-data"),
        Resource("t:b", parents=("t:a",), class_name="public"),
        rules=[("credentials", Match(kinds=("t",)))],
    )
    assert found == {"t:a": "user-data", "t:b": "public"}


def test_without_a_stated_class_the_most_sensitive_rule_wins():
    rules = [("internal", Match(kinds=("t",))), ("user-data", Match(ids=("t:*pii*",)))]
    assert after(Resource("t:x"), Resource("t:pii"), rules=rules) == {"t:x": "internal", "t:pii": "user-data"}


def test_rules_that_tie_go_to_the_class_named_first_in_the_policy():
    rules = [("credentials", Match()), ("user-data", Match())]
    assert after(Resource("t:x"), rules=rules) == {"t:x": "user-data"}


def test_a_parent_counts_whether_or_not_access_is_inherited():
    found = after(Resource("t:a", class_name="user-data"), Resource("t:b", parents=("t:a",), inherits=False))
    assert found["t:b"] == "user-data"


def test_the_class_comes_down_from_grandparents():
    found = after(
        Resource("t:c", parents=("t:b",)), Resource("t:b", parents=("t:a",)), Resource("t:a", class_name="public")
    )
    assert set(found.values()) == {"public"}


def test_an_unclassified_parent_is_ignored_beside_a_classified_one():
    found = after(Resource("t:a"), Resource("t:b", class_name="internal"), Resource("t:c", parents=("t:a", "t:b")))
    assert found["t:c"] == "internal"


def test_unclassified_parents_count_when_all_are():
    found = after(Resource("d:a"), Resource("t:c", parents=("d:a",)), rules=[("internal", Match(kinds=("t",)))])
    assert found["t:c"] == "unclassified"


def test_a_less_sensitive_parent_does_not_weaken_a_rule():
    found = after(
        Resource("d:a", class_name="public"),
        Resource("t:c", parents=("d:a",)),
        rules=[("internal", Match(kinds=("t",)))],
    )
    assert found["t:c"] == "internal"


def test_without_anything_a_resource_is_unclassified():
    assert after(Resource("t:x")) == {"t:x": "unclassified"}


def test_a_new_resource_counts_at_least_as_its_parents_and_rules_make_it():
    baseline = snapshot(Resource("d:a", class_name="user-data"))
    found = after(
        Resource("d:a", class_name="user-data"),
        Resource("t:low", parents=("d:a",), class_name="public"),
        Resource("t:ruled", class_name="public"),
        Resource("t:high", class_name="credentials"),
        Resource("x:free", class_name="public"),
        rules=[("internal", Match(kinds=("t",)))],
        baseline=baseline,
    )
    assert found == {
        "d:a": "user-data",
        "t:low": "user-data",
        "t:ruled": "internal",
        "t:high": "credentials",
        "x:free": "public",
    }


def test_a_new_resource_counts_as_its_folder_did_before_the_change_lowered_it():
    baseline = snapshot(Resource("d:a", class_name="user-data"))
    found = after(
        Resource("d:a", class_name="public"),
        Resource("d:new", parents=("d:a",)),
        Resource("d:below", parents=("d:new",), class_name="public"),
        baseline=baseline,
    )
    assert found == {"d:a": "public", "d:new": "user-data", "d:below": "user-data"}


def test_a_tuple_counts_in_the_more_sensitive_class_of_the_two_sides():
    before = snapshot(
        Resource("t:a", class_name="user-data"), Resource("t:b", class_name="user-data"), Resource("t:gone")
    )
    later = snapshot(
        Resource("t:a", class_name="public"),
        Resource("t:b", class_name="credentials"),
        Resource("t:new", class_name="internal"),
    )
    classes = resource_classes(policy(), paired(before, later))
    assert {name: classes.counted_in(name) for name in ("t:a", "t:b", "t:gone", "t:new")} == {
        "t:a": "user-data",
        "t:b": "credentials",  # equally sensitive: the class after
        "t:gone": "unclassified",
        "t:new": "internal",
    }
    assert [classes.counted_of(code) for code in range(4)] == ["user-data", "credentials", "unclassified", "internal"]
    assert (classes.before[3], classes.after[2]) == (ABSENT, ABSENT)


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(labels=(("pii", ("*",)),)), {"t:yes", "t:no-kind"}),
        (Match(kinds=("t*",), labels=(("pii", ("dir*",)),)), {"t:yes"}),
        (Match(without=Match(labels=(("pii", ("*",)),))), {"t:plain", "u:x"}),
        (Match(kinds=("t",), without=Match(ids=("*plain",))), {"t:yes", "t:no-kind"}),
        (Match(ids=("t:y*", "u:?")), {"t:yes", "u:x"}),
        (Match(kinds=("u", "v")), {"u:x"}),
    ],
)
def test_all_parts_of_a_match_must_hold(match, expected):
    resources = [
        Resource("t:yes", labels=(("pii", "direct"),)),
        Resource("t:no-kind", labels=(("pii", ""),)),
        Resource("t:plain"),
        Resource("u:x"),
    ]
    found = after(*resources, rules=[("internal", match)])
    assert {name for name, class_name in found.items() if class_name == "internal"} == expected


def test_an_unknown_class_is_refused_once_with_its_place_and_a_suggestion():
    bad = snapshot(
        Resource("t:a", class_name="user-dta", source=Source("s.yaml", 4)),
        Resource("t:b", class_name="user-dta", source=Source("s.yaml", 5)),
        Resource("t:c", class_name="user-dta", source=Source("s.yaml", 6)),
        Resource("t:d", class_name="zzz", source=Source("s.yaml", 7)),
    )
    with pytest.raises(PolicyError) as caught:
        resource_classes(policy(), paired(snapshot(), bad))
    first, second = caught.value.problems
    assert (
        first.message == "`t:a` has the class `user-dta`, which the policy does not know, and so have 2 other resources"
    )
    assert (first.source, first.help) == (Source("s.yaml", 4), "did you mean `user-data`?")
    assert second.source == Source("s.yaml", 7)
    assert "`internal`" in second.help


def test_an_unknown_class_is_refused_where_it_stands_first():
    bad = snapshot(
        Resource("t:a", class_name="zzz", source=Source("s.yaml", 9)),
        Resource("t:b", class_name="zzz", source=Source("s.yaml", 2)),
    )
    with pytest.raises(PolicyError) as caught:
        resource_classes(policy(), paired(bad, bad))
    (problem,) = caught.value.problems
    assert (problem.source.line, problem.message.startswith("`t:b`")) == (2, True)


def test_a_class_that_nothing_states_any_more_is_not_refused():
    baseline = snapshot(Resource("t:a", class_name="internal"))
    steps = SetClass("t:a", "zzz"), SetClass("t:a", "public")
    later = simulate(baseline, Change(steps=steps)).snapshot
    classes = resource_classes(policy(), paired(baseline, later))
    assert classes.counted_in("t:a") == "internal"


def test_a_step_with_an_unknown_class_is_refused_even_if_a_later_one_mends_it():
    steps = (
        SetClass("t:a", "intrnal", Source("c.yaml", 3)),
        AddResource(Resource("t:n", class_name="pubic"), Source("c.yaml", 4)),
        AddResource(Resource("t:m"), Source("c.yaml", 5)),
        SetClass("t:a", "internal", Source("c.yaml", 6)),
    )
    with pytest.raises(PolicyError) as caught:
        check_change_classes(policy(), Change(steps=steps))
    assert [p.source.line for p in caught.value.problems] == [3, 4]
    check_change_classes(policy(), Change(steps=steps[2:]))


def test_deep_trees_and_cycles_do_not_exhaust_the_stack():
    chain = [Resource("t:0", class_name="internal")]
    chain += [Resource(f"t:{i}", parents=(f"t:{i - 1}",)) for i in range(1, 20_000)]
    assert set(after(*reversed(chain)).values()) == {"internal"}
    assert after(Resource("t:a", parents=("t:b",)), Resource("t:b", parents=("t:a",))) == {
        "t:a": "unclassified",
        "t:b": "unclassified",
    }


def test_a_hundred_thousand_resources_are_held_against_fifty_rules():
    rules = [("internal", Match(ids=(f"k{i}:*/x{i}*",), kinds=(f"k{i}", "k*"))) for i in range(25)]
    rules += [("public", Match(kinds=("k?",), labels=(("tier", (f"{i}",)),))) for i in range(25)]
    resources = [
        Resource(f"k{i % 30}:ns{i}/x{i % 30}", parents=("k0:root",), labels=(("tier", str(i % 40)),))
        for i in range(100_000)
    ]
    both = snapshot(Resource("k0:root", class_name="public"), *resources)
    found = after(*both.resources.values(), rules=rules)
    assert set(found.values()) == {"internal", "public"}
    # 30 kinds, of which 25 have a rule for their ids; of the others some have a tier that is public.
    assert sum(c == "internal" for c in found.values()) == sum(i % 30 < 25 for i in range(100_000))


globs = st.text(alphabet="ab:*?", min_size=1, max_size=5)
names = st.text(alphabet="ab:", min_size=1, max_size=5)
labels = st.lists(
    st.tuples(st.sampled_from("lm"), st.text(alphabet="ab", max_size=2)), max_size=2, unique_by=lambda p: p[0]
)
match_values = st.recursive(
    st.builds(
        Match,
        ids=st.lists(globs, max_size=2).map(tuple),
        kinds=st.lists(globs, max_size=2).map(tuple),
        labels=st.lists(
            st.tuples(st.sampled_from("lm"), st.lists(globs, min_size=1, max_size=2).map(tuple)), max_size=1
        ).map(tuple),
    ),
    lambda inner: st.builds(Match, ids=st.lists(globs, max_size=1).map(tuple), without=inner),
    max_leaves=3,
)


@given(st.lists(st.tuples(st.sampled_from(sorted(CLASSES)), match_values), max_size=5), names, labels)
def test_the_index_answers_as_the_definition_does(rules, name, label_list):
    rank = {n: i for i, n in enumerate(sorted(CLASSES))}
    labels = tuple(sorted(label_list))
    expected = min((n for n, match in rules if holds(match, name, labels)), key=rank.__getitem__, default=None)
    index = RuleIndex([ClassifyRule(n, match) for n, match in rules], rank)
    assert index.most_sensitive(name, labels) == expected
