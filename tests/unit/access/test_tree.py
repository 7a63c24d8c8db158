from random import Random

import numpy as np
import pytest
from pyroaring import BitMap

from blastradius.access import tree as trees
from blastradius.access import turning
from blastradius.access.forest import Forest
from blastradius.access.tree import ANY_GAIN, ScopeTree, Turn
from blastradius.model.delta import AccessChange, Delta, Scope
from blastradius.model.snapshot import Capability

READ = (AccessChange.GAINED, Capability.READ)
LIST = (AccessChange.GAINED, Capability.LIST)
WIDENED = (AccessChange.WIDENED, Capability.READ)
PEOPLE, RESOURCES = 12, 60


def no_scope(number, resources):
    raise AssertionError(number)


class Unasked:
    """What these trees need not know."""


class World:
    """A random tree, and the set of every scope written out."""

    def __init__(self, seed, keys=(READ, WIDENED)):
        rng = Random(seed)
        count = rng.randint(1, 14)
        self.parent = np.array([rng.randint(-1, n - 1) for n in range(count)])
        if seed % 4 == 0:
            self.parent[:] = -1
        self.sets, turns = [], []
        for above in self.parent.tolist():
            turn, whole = {}, {}
            for key in keys:
                old = self.sets[above][key] if above >= 0 else frozenset()
                moved = frozenset(rng.sample(range(PEOPLE), rng.choice([0, 0, 1, 3, 8])))
                whole[key] = old ^ moved if above >= 0 or rng.random() < 0.7 else frozenset()
                if whole[key] != old:
                    turn[key] = Turn(BitMap(old - whole[key]), BitMap(whole[key] - old))
            self.sets.append(whole)
            turns.append(turn)
        owners = [*range(count), *(rng.randint(-1, count - 1) for _ in range(RESOURCES - count))]
        rng.shuffle(owners)
        self.scope_of = np.array(owners)
        self.tree = ScopeTree(self.parent, self.scope_of, turns, no_scope, Unasked())
        self.asked = np.array([rng.random() < 0.5 for _ in range(count)])

    def below(self, scope, whose):
        """Whether one scope is another or lies below it."""
        while whose >= 0 and whose != scope:
            whose = int(self.parent[whose])
        return whose == scope


@pytest.fixture(params=range(60))
def world(request):
    return World(request.param)


def test_people_of_every_scope_are_those_that_were_written_out(world):
    for scope, sets in enumerate(world.sets):
        for key, people in sets.items():
            assert set(world.tree.people(scope, key)) == people
            assert [i for i in range(PEOPLE) if world.tree.holds(scope, key, i)] == sorted(people)
        assert world.tree.sets(scope).keys() == {key for key, people in sets.items() if people}


@pytest.mark.usefixtures("rows_kept")
def test_sizes_count_everybody_or_only_those_chosen_or_each_as_so_many(world):
    chosen, weights = frozenset({0, 3, 7}), {1: 5, 3: 10**30, 9: 2}
    for key in (READ, WIDENED):
        sets = [whole[key] for whole in world.sets]
        assert world.tree.size(key).tolist() == [len(s) for s in sets]
        assert world.tree.sizes_within(key, chosen).tolist() == [len(s & chosen) for s in sets]
        assert world.tree.sizes_within(key, weights).tolist() == [sum(weights.get(i, 0) for i in s) for s in sets]


@pytest.mark.parametrize("tried", [0, 4], ids=["summed", "guessed"])
def test_a_union_joins_the_scopes_that_are_asked_about(world, tried, monkeypatch):
    monkeypatch.setattr(turning, "_TRIED", tried)

    def expected(keys, scopes):
        return frozenset().union(*(world.sets[n][key] for n in scopes for key in keys))

    everywhere = range(len(world.sets))
    asked = np.flatnonzero(world.asked).tolist()
    for keys in ([READ], [READ, WIDENED]):
        assert frozenset(world.tree.union(keys) or ()) == expected(keys, everywhere)
        assert frozenset(world.tree.union(keys, world.asked) or ()) == expected(keys, asked)
    assert world.tree.union([(AccessChange.REVOKED, Capability.LIST)]) is None
    every = {key: expected([key], asked) for key in (READ, WIDENED)}
    assert {key: frozenset(who) for key, who in world.tree.unions(world.asked).items()} == {
        key: who for key, who in every.items() if who
    }


@pytest.fixture(params=["kept", "made again"])
def rows_kept(request, monkeypatch):
    """Whether the people of turns stay written out; they come a few at a time either way."""
    monkeypatch.setattr(turning, "_AT_ONCE", 5)
    monkeypatch.setattr(turning, "_KEPT_MAX", 10**6 if request.param == "kept" else 0)


@pytest.mark.usefixtures("rows_kept")
def test_totals_sum_the_weights_of_the_scopes_that_hold_a_principal(world):
    weights = np.array([7 * n % 5 for n in range(len(world.sets))])
    totals = world.tree.totals_by_principal(READ, weights, PEOPLE)
    assert totals.tolist() == [
        sum(int(weights[n]) for n, sets in enumerate(world.sets) if i in sets[READ]) for i in range(PEOPLE)
    ]


def test_sums_reach_up_and_down_the_whole_tree(world):
    own = np.array([n + 1 for n in range(len(world.sets))])
    scopes = range(len(own))
    above = [sum(n + 1 for n in scopes if world.below(n, scope)) for scope in scopes]
    below = [sum(n + 1 for n in scopes if world.below(scope, n)) for scope in scopes]
    forest = Forest(world.tree.parent)
    assert forest.from_above(own).tolist() == above
    assert forest.from_below(own).tolist() == below


@pytest.mark.parametrize("sorted_max", [0, 10**6], ids=["looked for", "sorted"])
def test_resources_of_scopes_ascend_however_they_are_found(world, sorted_max, monkeypatch):
    monkeypatch.setattr(trees, "_SORTED_MAX", sorted_max)
    scopes = np.flatnonzero(world.asked).tolist()
    found = world.tree.resources_of(scopes)
    assert {n: codes.tolist() for n, codes in found.items()} == {
        n: np.flatnonzero(world.scope_of == n).tolist() for n in scopes
    }
    first = world.tree.resources_of(scopes, 20)
    assert {n: codes.tolist() for n, codes in first.items()} == {
        n: [code for code in codes.tolist() if code <= 20] for n, codes in found.items()
    }


@pytest.mark.parametrize("with_write", [False, True])
def test_keys_that_turn_alike_have_the_same_people(with_write):
    shared, alone = Turn(BitMap(), BitMap([1, 2])), Turn(BitMap(), BitMap([2, 5]))
    turns = {READ: shared, LIST: shared, ANY_GAIN: Turn(BitMap(), BitMap([1, 2, 5] if with_write else [1, 2]))}
    if with_write:
        turns[AccessChange.GAINED, Capability.WRITE] = alone
    tree = ScopeTree(np.array([-1]), np.zeros(3, np.int64), [turns], no_scope, Unasked())
    for key, turn in turns.items():
        assert set(tree.people(0, key)) == set(turn.won)
        assert tree.size(key).tolist() == [len(turn.won)]


def scope(resources, changes, actions=None, relaxed=None):
    return Scope(resources, changes, actions or {}, relaxed or {})


MANAGERS = {0: {0: {5}, 2: {5}, 3: {6}}, 1: {0: {5}, 2: {5}}}


def held(side, resource):
    """Say who manages; who has anything else is nobody's question here."""
    managers = MANAGERS[side].get(resource)
    return {Capability.MANAGE: frozenset(managers)} if managers else {}


def listed():
    scopes = (
        scope((0, 2), {READ: frozenset({1})}),
        scope((1,), {}, relaxed={"get": frozenset({4})}),
        scope(
            (3,),
            {WIDENED: frozenset({2, 3})},
            {(AccessChange.GAINED, "get"): frozenset({2}), (AccessChange.GAINED, "push"): frozenset({2})},
        ),
    )
    actions = {"get": Capability.READ, "list": Capability.READ, "push": Capability.WRITE}
    return Delta(tuple("abcdefgh"), tuple("rstuv"), actions, scopes, held)


def test_scopes_that_were_listed_become_a_tree_without_parents():
    tree = ScopeTree.of(listed())
    assert (len(tree), tree.scope_of.tolist(), tree.keys) == (3, [0, 1, 0, 2, -1], (READ, WIDENED, ANY_GAIN))
    assert (set(tree.people(0, ANY_GAIN)), set(tree.people(2, ANY_GAIN))) == ({1}, set())
    assert tree[0].resources == (0, 2)
    assert list(tree.relaxed_scopes) == [1]


def test_a_tree_of_listed_scopes_asks_the_delta_who_has_what():
    tree = ScopeTree.of(listed())
    everything = np.arange(5)
    assert set(tree.had_anywhere(Capability.MANAGE, everything)) == {5, 6}
    assert set(tree.had_anywhere(Capability.MANAGE, everything[3:])) == {6}
    assert tree.had_anywhere(Capability.LIST, everything) is None
    assert tree.has_nowhere(Capability.MANAGE, np.array([0, 2, 3])).tolist() == [3]


def test_new_actions_are_those_that_somebody_has_beside_others_of_the_capability():
    assert ScopeTree.of(listed()).new_actions(listed().actions) == {"get"}
