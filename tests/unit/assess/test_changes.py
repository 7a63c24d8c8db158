"""How a delta is sorted by class: the same figures whichever way they are summed, exact however large."""

from random import Random

import numpy as np
import pytest
from pyroaring import BitMap

from blastradius.access import tree as trees
from blastradius.access.tree import ANY_GAIN, ScopeTree
from blastradius.assess import changes as sorting
from blastradius.assess import evidence
from blastradius.assess.changes import CellResources, changes_by_class
from blastradius.assess.classes import resource_classes
from blastradius.columns.pair import paired
from blastradius.model.delta import AccessChange, Delta, Scope
from blastradius.model.snapshot import CAPABILITIES, Capability
from tests.support.build import principal, resource, snapshot

READ, WRITE = (AccessChange.GAINED, Capability.READ), (AccessChange.REVOKED, Capability.WRITE)
LARGEST = 10**15


class World:
    """Resources of three classes in random scopes, in some of which something was gained."""

    def __init__(self, policy, seed=7):
        rng = Random(seed)
        self.class_of = [rng.choice(["code", "internal", "public"]) for _ in range(60)]
        self.items = [rng.choice([1, 1, 0, 1000, LARGEST]) for _ in range(60)]
        facts = snapshot(
            *(principal(f"user:{i}") for i in range(6)),
            *(resource(f"t:{i:02}", class_name=name, items=self.items[i]) for i, name in enumerate(self.class_of)),
        )
        self.pair = paired(facts, facts)
        self.owner = [rng.randint(-1, 8) for _ in range(60)]
        # Users follow the outsider, who is 0.
        self.gained = [frozenset(rng.sample(range(1, 7), rng.choice([0, 1, 3]))) for _ in range(9)]
        scopes = [
            Scope(
                tuple(r for r, o in enumerate(self.owner) if o == n),
                {READ: who} if who else {WRITE: frozenset({1, n % 6 + 1})},
                {},
                {},
            )
            for n, who in enumerate(self.gained)
        ]
        names = self.pair.before
        delta = Delta(names.principals.names, names.resources.names, CAPABILITIES, scopes, lambda *_: {})
        self.found = changes_by_class(ScopeTree.of(delta), resource_classes(policy, self.pair), self.pair)

    def of(self, name, *, opened=False):
        """Name the resources of a class that are in a scope."""
        return [
            r
            for r, owner in enumerate(self.owner)
            if self.class_of[r] == name and owner >= 0 and (self.gained[owner] or not opened)
        ]


@pytest.fixture(params=["table", "lists"])
def world(request, policy, monkeypatch):
    if request.param == "lists":
        monkeypatch.setattr(sorting, "_PLACES_MAX", 0)
        monkeypatch.setattr(sorting, "_PLACES_EACH", 0)
        monkeypatch.setattr(trees, "_SORTED_MAX", 0)
    return World(policy)


def test_cells_hold_the_resources_of_their_class_by_scope(world):
    assert list(world.found) == ["code", "internal", "public"]
    for name, change in world.found.items():
        cells = change.cells
        there = cells.resources(range(len(cells)))
        assert sorted(code for codes in there.values() for code in codes.tolist()) == world.of(name)
        assert cells.first.tolist() == sorted(codes[0] for codes in there.values())
        assert cells.counts.tolist() == [len(there[row]) for row in range(len(cells))]
        assert change.codes().tolist() == world.of(name)
        assert change.codes(change.opened).tolist() == world.of(name, opened=True)


def test_items_are_summed_to_the_last_one(world):
    for name, change in world.found.items():
        assert change.items == sum(world.items[r] for r in world.of(name, opened=True))
    assert max(change.items for change in world.found.values()) > LARGEST


def test_the_people_of_a_class_are_those_of_its_scopes(world):
    for name, change in world.found.items():
        owners = {world.owner[r] for r in world.of(name)}
        assert set(change.gained) == frozenset().union(*(world.gained[n] for n in owners))
        assert change.people([AccessChange.WIDENED], Capability) is None


def test_the_lowest_resources_are_found_without_looking_at_all(world):
    for name, change in world.found.items():
        assert change.cells.lowest(change.opened, 3) == world.of(name, opened=True)[:3]
        assert change.cells.lowest(change.opened, 100) == world.of(name, opened=True)


def test_resources_of_cells_are_a_set_that_can_be_combined(world):
    change = world.found["code"]
    opened, closed = CellResources(change.cells, change.opened), CellResources(change.cells, ~change.opened)
    everything = frozenset(world.of("code"))
    assert set(opened) == set(world.of("code", opened=True))
    assert (len(opened), len(opened | closed)) == (len(set(opened)), len(everything))
    assert opened | closed == everything
    assert (len(opened & closed), set((opened | closed) - opened)) == (0, set(closed))
    assert [r in opened for r in range(60)] == [r in set(opened) for r in range(60)]
    assert opened != closed
    assert "t:00" not in opened


@pytest.mark.parametrize("asked", [0, 1000])
def test_the_first_resource_that_somebody_gains_is_the_lowest(world, asked, monkeypatch):
    monkeypatch.setattr(evidence, "_ASKED_MAX", asked)
    for name, change in world.found.items():
        for person in change.gained:
            mine = [r for r in world.of(name) if person in world.gained[world.owner[r]]]
            assert evidence._first_resource(change, person, Capability.READ) == mine[0]


def test_chosen_people_are_counted_in_every_cell(world):
    change = world.found["code"]
    sizes = change.cells.sizes_within(ANY_GAIN, BitMap([1, 2]))
    owners = [world.owner[first] for first in change.cells.first.tolist()]
    assert sizes.tolist() == [len(world.gained[n] & {1, 2}) for n in owners]
    assert np.array_equal(change.cells.sizes(ANY_GAIN) > 0, change.opened)
