"""Classes of very many resources at once are those that SPEC section 2 gives each of them."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from blastradius.access import simulate
from blastradius.assess import classes as classifying
from blastradius.assess import rulings, runs, weighing
from blastradius.assess.classes import classified, resource_classes, rules_digest
from blastradius.columns.build import columns_of
from blastradius.columns.names import GrownNames, PackedNames
from blastradius.columns.pair import paired
from blastradius.columns.tables import StoredClasses
from blastradius.columns.views import snapshot_of
from blastradius.errors import ChangeError
from blastradius.model.change import AddResource, Change, Move, Remove, SetClass, SetInherit
from blastradius.model.policy import ClassifyRule, DataClass, Match, Policy
from blastradius.model.snapshot import Resource, Snapshot
from tests.support.classes import by_definition

NAMES = ("a", "b", "unclassified", "c", "d")


class World:
    """Draws resources, rules and changes."""

    def __init__(self, seed):
        self.rng = Random(seed)

    def glob(self):
        return "".join(self.rng.choice(["x", "y", "*", "?", ":", "k", "é", "/"]) for _ in range(self.rng.randint(1, 5)))

    def match(self, depth=0):
        rng = self.rng
        kinds = [rng.choice(["k", "kk", "x", "*", "?", "k*"]) for _ in range(rng.choice([0, 0, 1, 2]))]
        labels = (("l", (rng.choice(["*", "1", "?"]),)),) if rng.random() < 0.3 else ()
        without = self.match(depth + 1) if depth < 2 and rng.random() < 0.25 else None
        return Match(tuple(self.glob() for _ in range(rng.randint(0, 3))), tuple(kinds), labels, without)

    def policy(self):
        rng = self.rng
        classes = {n: DataClass(n, rng.choice([0, 0.3, 0.6, 0.6, 1]), n, order) for order, n in enumerate(NAMES)}
        rules = (ClassifyRule(rng.choice(NAMES), self.match()) for _ in range(rng.randint(0, 5)))
        return Policy(classes, tuple(rules), None, ())

    def id(self):
        kind = self.rng.choice(["k:", "kk:", "x:", "k:", "", "é:"])
        return kind + "".join(self.rng.choice("xyé/:k-") for _ in range(self.rng.randint(1, 5)))

    def resource(self, name, others):
        rng = self.rng
        parents = rng.sample(others, min(rng.choice([0, 1, 1, 1, 1, 2, 3]), len(others)))
        labels = {rng.choice("lm"): rng.choice("12") for _ in range(rng.randint(0, 2))}
        stated = rng.choice([None] * 5 + list(NAMES))
        return Resource(name, tuple(parents), class_name=stated, labels=tuple(sorted(labels.items())))

    def snapshot(self):
        ids = list(dict.fromkeys(self.id() for _ in range(self.rng.choice([1, 3, 8, 20, 60]))))
        return Snapshot(resources={name: self.resource(name, ids[:at]) for at, name in enumerate(ids)})

    def step(self, snapshot):
        rng = self.rng
        ids = list(snapshot.resources)
        name = rng.choice(ids)
        match rng.randrange(6):
            case 0 | 1:
                return Move(name, tuple(rng.sample(ids, min(len(ids), rng.choice([0, 1, 1, 2])))))
            case 2 | 3:
                return AddResource(self.resource(self.id() + "+", ids))
            case 4:
                return rng.choice([SetClass(name, rng.choice(NAMES)), SetInherit(name, rng.random() < 0.5)])
            case _:
                return Remove(name)

    def changed(self, snapshot):
        for _ in range(self.rng.randint(1, 3)):
            try:
                snapshot = simulate(snapshot, Change(steps=(self.step(snapshot),))).snapshot
            except ChangeError:
                continue
            if not snapshot.resources:
                break
        return snapshot


def compiled(snapshot, policy=None):
    """Hold a snapshot as a compiled one is: packed, with its classes if a policy is given."""
    columns = columns_of(snapshot)
    names = PackedNames.of(list(columns.resources.names))
    columns = replace(columns, resources=replace(columns.resources, names=names))
    if policy is not None:
        kept = StoredClasses(rules_digest(policy), tuple(policy.classes), classified(policy, columns))
        columns = replace(columns, stored_classes=kept)
    return snapshot_of(columns)


def found(classes, codes):
    return {name: classes.ids[code] for name, code in zip(classes.names, codes.tolist(), strict=True) if code >= 0}


@pytest.mark.parametrize(("few", "share"), [(0, 16), (0, 1), (10**6, 10**6)])
@pytest.mark.parametrize("hold", ["as entities", "in columns", "with classes", "read twice"])
def test_random_worlds_are_classified_as_the_definition_says(monkeypatch, few, share, hold):
    monkeypatch.setattr(weighing, "_SHARE", share)
    monkeypatch.setattr(rulings, "_FEW", few)
    monkeypatch.setattr(rulings, "_FEW_OF_A_KIND", min(few, 2))
    monkeypatch.setattr(runs, "_CHUNK_BYTES", 9)
    differ = grown = 0
    for seed in range(80):
        world = World(f"{hold}{seed}")
        policy, baseline = world.policy(), world.snapshot()
        if hold in ("in columns", "with classes"):
            baseline = compiled(baseline, policy if hold == "with classes" else None)
        simulated = world.changed(baseline)
        if hold == "read twice":
            simulated = Snapshot(resources=dict(simulated.resources))
        classes = resource_classes(policy, paired(baseline, simulated))
        before, after = by_definition(policy, baseline, simulated)
        assert (found(classes, classes.before), found(classes, classes.after)) == (before, after), seed
        weight = {name: policy.classes[name].sensitivity for name in policy.classes}
        for name in classes.names:
            sides = [side[name] for side in (after, before) if name in side]
            assert classes.counted_in(name) == (max(sides, key=weight.__getitem__) if sides else "unclassified")
        differ += before != after
        grown += isinstance(classes.names, GrownNames)
    assert differ > 25
    assert grown > 5 or hold in ("as entities", "read twice")


CLASSES = {n: DataClass(n, s, n, i) for i, (n, s) in enumerate({"a": 1.0, "b": 0.9, "unclassified": 0.6}.items())}


def rules(*pairs):
    return Policy(CLASSES, tuple(ClassifyRule(name, match) for name, match in pairs), None, ())


def test_what_a_compiled_snapshot_keeps_is_used_for_its_own_rules_only():
    policy = rules(("a", Match(ids=("k:x*",))))
    snapshot = compiled(Snapshot(resources={n: Resource(n) for n in ("k:x", "k:y")}), policy)
    wrong = np.array([1, 1], np.int16)
    columns = snapshot.resources.columns
    lying = snapshot_of(replace(columns, stored_classes=replace(columns.stored_classes, codes=wrong)))
    assert resource_classes(policy, paired(lying, lying)).before is wrong
    for other in (rules(("b", Match(ids=("k:x*",)))), rules(("a", Match(ids=("k:*",)))), replace(policy, classify=())):
        classes = resource_classes(other, paired(lying, lying))
        assert found(classes, classes.before) == by_definition(other, lying, lying)[0]


def test_the_digest_changes_with_all_that_classes_depend_on_and_with_nothing_else():
    policy = rules(("a", Match(ids=("k:x*",))))
    calmer = {**CLASSES, "a": replace(CLASSES["a"], sensitivity=0.1)}
    others = [
        replace(policy, classify=()),
        replace(policy, classes=calmer),
        replace(policy, classes={"c": DataClass("c", 0.0, "c", 9), **CLASSES}),
        rules(("a", Match(ids=("k:x*",), without=Match(kinds=("k",))))),
    ]
    assert len({rules_digest(each) for each in (policy, *others)}) == 5
    assert rules_digest(replace(policy, snapshot_age_days=3)) == rules_digest(policy)


def test_a_change_that_touches_no_class_looks_at_nothing_again():
    snapshot = Snapshot(resources={"k:a": Resource("k:a"), "k:b": Resource("k:b", ("k:a",))})
    simulated = simulate(snapshot, Change(steps=(SetInherit("k:b", False),))).snapshot
    classes = resource_classes(rules(), paired(snapshot, simulated))
    assert classes.after is classes.before
    assert classes.counted is classes.before


def chain(length, *back):
    """Each resource in those that stand so many places before it, in that order."""
    made = [Resource("k:0", class_name="b"), Resource("k:1", class_name="unclassified")]
    for at in range(2, length):
        parents = dict.fromkeys(f"k:{max(at - each, 0)}" if each else "k:1" for each in back)
        made.append(Resource(f"k:{at}", tuple(parents)))
    return Snapshot(resources={each.id: each for each in made})


@pytest.mark.parametrize("back", [(2,), (2, 3), (0, 2)], ids=["one parent", "two parents", "second parents"])
def test_a_very_deep_chain_changes_from_top_to_bottom(back):
    baseline = chain(30_000, *back)
    steps = (SetClass("k:0", "a"), AddResource(Resource("k:new", ("k:29998",))))
    simulated = simulate(baseline, Change(steps=steps)).snapshot
    classes = resource_classes(rules(), paired(baseline, simulated))
    before, after = found(classes, classes.before), found(classes, classes.after)
    assert (before["k:29998"], after["k:29998"], after["k:new"]) == ("b", "a", "a")
    assert sum(name == "a" for name in after.values()) >= 15_000


def test_a_class_comes_down_through_a_second_parent_that_contains_nothing_else():
    below = Resource("k:b", ("k:a",)), Resource("k:c", ("k:x", "k:b")), Resource("k:d", ("k:c",))
    baseline = Snapshot(resources={each.id: each for each in (Resource("k:a"), Resource("k:x"), *below)})
    simulated = simulate(baseline, Change(steps=(SetClass("k:a", "a"),))).snapshot
    classes = resource_classes(rules(), paired(baseline, simulated))
    assert found(classes, classes.after) == {**dict.fromkeys(["k:a", "k:b", "k:c", "k:d"], "a"), "k:x": "unclassified"}


def test_containment_in_a_circle_does_not_hang():
    ring = {f"k:{at}": Resource(f"k:{at}", (f"k:{(at + 1) % 9}",)) for at in range(9)}
    ring["k:double"] = Resource("k:double", ("k:double2", "k:0"))
    ring["k:double2"] = Resource("k:double2", ("k:double", "k:0"))
    snapshot = Snapshot(resources=ring)
    classes = resource_classes(rules(), paired(snapshot, snapshot))
    assert set(found(classes, classes.before).values()) == {"unclassified"}


def test_only_what_lies_below_a_change_is_classified_again(monkeypatch):
    asked = []
    rank = classifying.Rulings.ranks

    def counting(self, columns, rows):
        asked.append(len(rows))
        return rank(self, columns, rows)

    tops = [Resource(f"k:{at}") for at in range(50)]
    leaves = [Resource(f"k:{at}/{leaf}", (f"k:{at}",)) for at in range(50) for leaf in range(20)]
    baseline = Snapshot(resources={each.id: each for each in [*tops, *leaves]})
    simulated = simulate(baseline, Change(steps=(SetClass("k:7", "a"),))).snapshot
    pair = paired(baseline, simulated)
    monkeypatch.setattr(classifying.Rulings, "ranks", counting)
    resource_classes(rules(), pair)
    assert asked == [1050, 21]


def test_many_kinds_of_labels_cost_no_more_than_what_rules_ask_of_them():
    labelled = {f"k:{at:06}": Resource(f"k:{at:06}", labels=(("n", str(at)),)) for at in range(30_000)}
    policy = rules(("a", Match(labels=(("n", ("*7",)),))), ("b", Match(labels=(("n", ("1*",)),))))
    snapshot = Snapshot(resources=labelled)
    classes = resource_classes(policy, paired(snapshot, snapshot))
    assert found(classes, classes.before) == by_definition(policy, snapshot, snapshot)[0]
    assert np.count_nonzero(classes.before == 0) == 3_000


def test_labels_that_only_an_exception_asks_about_are_told_apart():
    labelled = {f"k:{at:03}": Resource(f"k:{at:03}", labels=(("n", str(at)),)) for at in range(1000)}
    policy = rules(("a", Match(without=Match(labels=(("n", ("*7",)),)))))
    snapshot = Snapshot(resources=labelled)
    classes = resource_classes(policy, paired(snapshot, snapshot))
    assert np.count_nonzero(classes.before == 0) == 900
