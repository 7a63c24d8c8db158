"""Tuples are written out whole, in order, and as many as were asked for."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access import simulate
from blastradius.access.engine import compare
from blastradius.access.reference import compare as reference_compare
from blastradius.assess import tuples
from blastradius.assess.classes import ResourceClasses
from blastradius.assess.tuples import access_tuples, tuple_blocks, tuple_cut, tuple_total
from blastradius.columns.names import ABSENT, ListedNames
from blastradius.errors import ChangeError
from blastradius.model.delta import AccessChange, AccessTuple, Delta, Novelty, Scope, TupleBlock, TupleCut
from blastradius.model.policy import DataClass
from blastradius.model.snapshot import Capability, Entry, Group, Snapshot
from tests.support.worlds import change, world
from tests.unit.assess.conftest import facts

KNOWN = {"code": DataClass("code", 0.8, "Code", 0), "public": DataClass("public", 0.0, "Public", 1)}


def nobody(side: int, resource: int) -> dict[Capability, frozenset[int]]:
    return {}


def classes_of(delta: Delta, baseline: Snapshot) -> ResourceClasses:
    """Put every other resource of the baseline into a class that is more sensitive than the one it has after."""
    names = ListedNames(delta.resources)
    before = [number % 2 if name in baseline.resources else ABSENT for number, name in enumerate(names)]
    return ResourceClasses(KNOWN, tuple(KNOWN), names, np.array(before, np.int64), np.ones(len(names), np.int64))


def class_of(delta: Delta, baseline: Snapshot, resource: str) -> str:
    is_code = delta.resources.index(resource) % 2 == 0 and resource in baseline.resources
    return "code" if is_code else "public"


def spelled_out(delta: Delta, baseline: Snapshot, *, by_action: bool) -> list[AccessTuple]:
    """Say the same as `access_tuples`, by looking at every set of every scope."""
    found = []
    for scope in delta.scopes:
        changes = scope.action_changes if by_action else scope.capability_changes
        for index in scope.resources:
            for (change_, what), who in changes.items():
                for number in who:
                    principal, resource = delta.principals[number], delta.resources[index]
                    capability, action = (delta.actions[what], what) if by_action else (what, None)
                    novelty = expected_novelty(baseline, principal, resource)
                    class_name = class_of(delta, baseline, resource)
                    found.append(AccessTuple(principal, capability, resource, class_name, change_, novelty, action))
    return sorted(found, key=lambda t: (t.resource, t.principal, t.capability, t.action or ""))


def names_in(block: TupleBlock) -> list[str]:
    return [block.rows.principals[who] for who in block.rows.who]


def expected_novelty(baseline: Snapshot, principal: str, resource: str) -> Novelty:
    unlisted = {f"{name}#unlisted" for name, group in baseline.groups.items() if group.unlisted}
    if resource not in baseline.resources:
        return Novelty.NEW_RESOURCE
    return Novelty.EXISTING if principal in {*baseline.principals, *unlisted, "outsider"} else Novelty.NEW_PRINCIPAL


@given(st.randoms(use_true_random=False), st.booleans(), st.integers(1, 12))
def test_the_tuples_are_those_of_the_delta_in_order(rng: Random, by_action: bool, limit: int) -> None:
    baseline = world(rng)
    try:
        simulated = simulate(baseline, change(rng, baseline)).snapshot
    except ChangeError:
        return
    expected = spelled_out(reference_compare(baseline, simulated), baseline, by_action=by_action)
    for delta in (compare(baseline, simulated), reference_compare(baseline, simulated)):
        assert list(access_tuples(delta, classes_of(delta, baseline), baseline, by_action=by_action)) == expected
        assert tuple_total(delta, by_action=by_action) == len(expected)
        blocks = list(tuple_blocks(delta, classes_of(delta, baseline), baseline, by_action=by_action, limit=limit))
        kept = [(block.resource, who) for block in blocks for who in names_in(block)]
        assert kept == [(t.resource, t.principal) for t in expected[:limit]]
        cut = TupleCut(limit, len(expected)) if len(expected) > limit else None
        assert tuple_cut(delta, limit, by_action=by_action) == cut


def test_a_scope_without_any_tuple_writes_none() -> None:
    lost = {(AccessChange.REVOKED, "get"): frozenset({0})}
    delta = Delta(
        ("user:a",),
        ("drive:a",),
        {"get": Capability.READ, "read": Capability.READ},
        (Scope((0,), {}, lost, {}),),
        nobody,
    )
    baseline = facts(principals=("user:a",), resources=[("drive:a", None)])
    assert list(access_tuples(delta, classes_of(delta, baseline), baseline)) == []
    assert [t.action for t in access_tuples(delta, classes_of(delta, baseline), baseline, by_action=True)] == ["get"]


def wide(people: int, resources: int) -> tuple[Delta, Snapshot]:
    """Everybody gains two capabilities by two actions on every resource but every third, where one person loses one."""
    names = tuple(f"user:{n:06}" for n in range(people))
    ids = tuple(f"drive:{n:06}" for n in range(resources))
    everybody, first = frozenset(range(people)), frozenset({0})
    gained = {(AccessChange.GAINED, c): everybody for c in (Capability.WRITE, Capability.READ)}
    actions = {(AccessChange.GAINED, a): everybody for a in ("write", "read")}
    lost = {(AccessChange.REVOKED, Capability.READ): first}
    scopes = (
        Scope(tuple(n for n in range(resources) if n % 3), gained, actions, {}),
        Scope(tuple(range(0, resources, 3)), lost, {(AccessChange.REVOKED, "read"): first}, {}),
    )
    delta = Delta(names, ids, {"read": Capability.READ, "write": Capability.WRITE}, scopes, nobody)
    return delta, facts(principals=names, resources=[(i, None) for i in ids])


@pytest.mark.parametrize("by_action", [False, True])
@pytest.mark.parametrize("kept", [0, 50, 1000])
def test_many_rows_come_in_blocks_of_bounded_size(monkeypatch: pytest.MonkeyPatch, by_action: bool, kept: int) -> None:
    monkeypatch.setattr(tuples, "ROWS_AT_ONCE_MAX", 16)
    monkeypatch.setattr(tuples, "_ROWS_KEPT_MAX", kept)
    monkeypatch.setattr(tuples, "_RESOURCES_AT_ONCE", 4)
    delta, baseline = wide(people=41, resources=10)
    blocks = list(tuple_blocks(delta, classes_of(delta, baseline), baseline, by_action=by_action))
    assert max(len(block.rows) for block in blocks) == 16
    assert list(access_tuples(delta, classes_of(delta, baseline), baseline, by_action=by_action)) == spelled_out(
        delta, baseline, by_action=by_action
    )


def test_resources_that_change_alike_share_their_rows() -> None:
    delta, baseline = wide(people=5, resources=9)
    rows = {id(block.rows) for block in tuple_blocks(delta, classes_of(delta, baseline), baseline)}
    assert len(rows) == 2


def test_a_new_resource_does_not_share_its_rows_with_an_old_one() -> None:
    delta, _ = wide(people=1, resources=3)
    baseline = facts(principals=["user:000000"], resources=[("drive:000001", None)])
    blocks = tuple_blocks(delta, classes_of(delta, baseline), baseline)
    novelties = {block.resource: {block.rows.kinds[what].novelty for what in block.rows.what} for block in blocks}
    assert novelties == {
        "drive:000000": {Novelty.NEW_RESOURCE},
        "drive:000001": {Novelty.EXISTING},
        "drive:000002": {Novelty.NEW_RESOURCE},
    }


def test_actions_in_very_many_scopes_are_not_counted_but_known_to_be_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuples, "_SCOPES_COUNTED_MAX", 1)
    delta, _ = wide(people=2, resources=3)
    assert tuple_total(delta) == tuple_total(wide(2, 3)[0]) == 9
    assert tuple_total(delta, by_action=True) is None
    assert tuple_cut(delta, 8, by_action=True) == TupleCut(8, None)
    assert tuple_cut(delta, 9, by_action=True) is None


def test_unlisted_members_are_new_when_the_group_listed_all_before() -> None:
    one = Scope((0,), {(AccessChange.GAINED, Capability.READ): frozenset({0})}, {}, {})
    delta = Delta(("group:g#unlisted",), ("drive:x",), {"read": Capability.READ}, (one,), nobody)
    for group, novelty in (
        (Group("group:g", (Entry("user:a"),)), Novelty.NEW_PRINCIPAL),
        (Group("group:g", (), unlisted=True), Novelty.EXISTING),
    ):
        baseline = facts(principals=["user:a"], groups=[group], resources=[("drive:x", None)])
        (found,) = access_tuples(delta, classes_of(delta, baseline), baseline)
        assert found.novelty is novelty
