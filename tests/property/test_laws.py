"""Laws that hold for every world and every change.

No change, no delta (see test_engines_agree) · a change and its inverse leave nothing · gained is disjoint from the
baseline · adding an allow never revokes · adding a deny never gains · the order of facts does not matter · renaming
entities renames the answer · every changed tuple has a witness that is valid where it must hold.
"""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access import simulate
from blastradius.access.engine import Comparison, compare
from blastradius.access.reference import Reference
from blastradius.access.witness import Witnesses
from blastradius.columns.pair import paired
from blastradius.errors import ChangeError
from blastradius.model.change import AddGrant, AddMember, Change, RemoveMember, RevokeGrant
from blastradius.model.delta import GAINS, AccessChange, Delta, State, Witness
from blastradius.model.snapshot import Capability, Effect, Entry, Grant, Group, Principal, Resource, Snapshot
from tests.support.worlds import Builder, change, world

worlds = st.integers(0, 2**64 - 1).map(Random)
LOSSES = {AccessChange.REVOKED, AccessChange.MAYBE_REVOKED}


def tuples(delta: Delta) -> set[tuple[str, Capability, str, AccessChange]]:
    """Write a delta out."""
    return {
        (delta.principals[p], capability, delta.resources[r], change)
        for scope in delta.scopes
        for (change, capability), who in scope.capability_changes.items()
        for p in who
        for r in scope.resources
    }


def changes(delta: Delta) -> set[AccessChange]:
    """Say which kinds of change occur."""
    return {change for *_, change in tuples(delta)}


def drawn_pair(rng: Random) -> tuple[Snapshot, Snapshot]:
    """Draw a baseline and what a fitting change makes of it."""
    baseline = world(rng)
    while True:
        try:
            return baseline, simulate(baseline, change(rng, baseline)).snapshot
        except ChangeError:
            continue


def builder(rng: Random, facts: Snapshot) -> Builder:
    """Draw facts that name what a snapshot already has."""
    build = Builder(rng)
    build.principals, build.groups = sorted(facts.principals), sorted(facts.groups)
    build.resources = sorted(facts.resources)
    return build


@given(worlds)
def test_going_back_changes_every_tuple_back(rng: Random) -> None:
    baseline, simulated = drawn_pair(rng)
    there, back = tuples(compare(baseline, simulated)), tuples(compare(simulated, baseline))

    gained = {(p, c, r) for p, c, r, kind in there if kind is AccessChange.GAINED}
    revoked = {(p, c, r) for p, c, r, kind in back if kind is AccessChange.REVOKED}
    assert gained == revoked


@given(worlds)
def test_a_step_and_its_inverse_leave_nothing(rng: Random) -> None:
    facts = world(rng)
    build = Builder(rng)
    build.principals, build.groups, build.resources = (
        sorted(facts.principals),
        sorted(facts.groups),
        sorted(facts.resources),
    )
    grant = build.grant()
    steps = [AddGrant(grant), RevokeGrant(grant)] if grant not in facts.grants else []
    closed = [g for g in facts.groups.values() if not g.open]
    for name in build.principals:
        if closed and name not in {e.id for e in closed[0].members}:
            steps += [AddMember(closed[0].id, name), RemoveMember(closed[0].id, name)]

    assert not compare(facts, simulate(facts, Change(steps=tuple(steps))).snapshot).scopes


@given(worlds)
def test_gained_is_disjoint_from_the_baseline_and_true_afterwards(rng: Random) -> None:
    baseline, simulated = drawn_pair(rng)
    delta = compare(baseline, simulated)
    before, after = Reference(baseline, delta.actions), Reference(simulated, delta.actions)

    for principal, capability, resource, kind in tuples(delta):
        actions = [a for a, its in delta.actions.items() if its is capability]
        if kind is AccessChange.GAINED:
            assert all(before.state(principal, a, resource) is State.NONE for a in actions)
            assert any(after.state(principal, a, resource) is State.GRANTED for a in actions)


@pytest.mark.parametrize(("effect", "never"), [(Effect.ALLOW, LOSSES), (Effect.DENY, GAINS | {AccessChange.WIDENED})])
@given(rng=worlds)
def test_an_added_allow_never_revokes_and_an_added_deny_never_gains(effect, never, rng: Random) -> None:
    facts = world(rng)
    build = Builder(rng)
    build.principals, build.groups, build.resources = (
        sorted(facts.principals),
        sorted(facts.groups),
        sorted(facts.resources),
    )
    grant = replace(build.grant(), effect=effect)

    assert not changes(compare(facts, replace(facts, grants=(*facts.grants, grant)))) & never


@given(worlds)
def test_the_order_of_facts_does_not_matter(rng: Random) -> None:
    baseline, simulated = drawn_pair(rng)

    def shuffled(facts: Snapshot) -> Snapshot:
        def mixed(entities):
            return dict(rng.sample(sorted(entities.items()), len(entities)))

        groups = {n: replace(g, members=tuple(rng.sample(g.members, len(g.members)))) for n, g in facts.groups.items()}
        return replace(
            facts,
            principals=mixed(facts.principals),
            groups=mixed(groups),
            resources=mixed(facts.resources),
            grants=tuple(rng.sample(facts.grants, len(facts.grants))),
        )

    assert tuples(compare(shuffled(baseline), shuffled(simulated))) == tuples(compare(baseline, simulated))


def renamed(facts: Snapshot) -> Snapshot:
    """Give every entity another name, in another sorting order."""

    def new(name: str) -> str:
        kind, _, rest = name.partition(":")
        return name if not rest else f"{kind}:{rest[::-1]}-renamed"

    def entries(items: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(replace(entry, id=new(entry.id)) for entry in items)

    def principal(its: Principal) -> Principal:
        return replace(its, id=new(its.id), assumable_by=entries(its.assumable_by))

    def group(its: Group) -> Group:
        narrowed = {"all_of": entries(its.all_of), "but_not": entries(its.but_not)}
        return replace(its, id=new(its.id), members=entries(its.members), **narrowed)

    def resource(its: Resource) -> Resource:
        return replace(its, id=new(its.id), parents=tuple(map(new, its.parents)))

    def grant(its: Grant) -> Grant:
        return replace(its, subject=new(its.subject), resource=new(its.resource))

    return replace(
        facts,
        principals={new(n): principal(p) for n, p in facts.principals.items()},
        groups={new(n): group(g) for n, g in facts.groups.items()},
        resources={new(n): resource(r) for n, r in facts.resources.items()},
        grants=tuple(map(grant, facts.grants)),
        same_as=tuple(frozenset(map(new, accounts)) for accounts in facts.same_as),
    )


@given(worlds)
def test_renaming_entities_renames_the_answer(rng: Random) -> None:
    baseline, simulated = drawn_pair(rng)
    plain, other = compare(baseline, simulated), compare(renamed(baseline), renamed(simulated))

    def new(name: str) -> str:
        kind, _, rest = name.partition(":")
        base, mark, _ = rest.partition("#unlisted")
        return name if not rest else f"{kind}:{base[::-1]}-renamed{mark}"

    assert {(new(p), c, new(r), kind) for p, c, r, kind in tuples(plain)} == tuples(other)


# Witnesses


@given(worlds)
def test_every_changed_tuple_has_a_witness_that_holds_and_uses_a_change(rng: Random) -> None:
    baseline, simulated = drawn_pair(rng)
    comparison = Comparison(paired(baseline, simulated))
    witnesses = Witnesses(comparison)

    for principal, capability, resource, kind in sorted(tuples(comparison.delta())):
        witness = witnesses.of_change(principal, capability, resource)
        assert witness is not None
        assert witness.change is kind
        assert any(step.changed for step in witness.steps)
        check_chain(witness, baseline if kind in LOSSES else simulated)


def check_chain(witness: Witness, facts: Snapshot) -> None:
    """Walk a witness, checking every step against the facts of the state it must hold in."""
    chain = [s for s in witness.steps if not s.relation.startswith(("no longer", "not yet"))]
    assert chain
    assert chain[0].start == witness.principal
    assert chain[-1].end == witness.resource
    for step, following in pairwise(chain):
        assert step.end == following.start
    for step in chain:
        assert is_fact(step.start, step.relation, step.end, witness, facts), step


def is_fact(start: str, relation: str, end: str, witness: Witness, facts: Snapshot) -> bool:
    """Tell whether one step is true."""
    said, _, condition = relation.partition(" (when ")
    when = condition.removesuffix(")") or None
    if when is not None and when not in witness.conditions:
        return False
    if said == "member of":
        if end in ("everyone", "public"):
            return start in Reference(facts, witness_actions(facts)).belonging(Entry(end))
        group = facts.groups[end]
        return Entry(start, when) in group.members or (group.unlisted and start == f"{end}#unlisted")
    if said == "may act as":
        return Entry(start, when) in facts.principals[end].assumable_by
    if said == "same person as":
        return any({start, end} <= accounts for accounts in facts.same_as)
    if said == "contains":
        return facts.resources[end].inherits and start in facts.resources[end].parents
    if said == "in all of what is needed for":
        return any(entry.id == start for entry in facts.groups[end].all_of) or facts.groups[end].open
    allowed = [g for g in facts.grants if (g.subject, g.resource, g.when, g.effect) == (start, end, when, Effect.ALLOW)]
    return any(
        {witness.action, "*"} & (facts.roles[g.role].actions if g.role is not None else g.actions) for g in allowed
    )


def witness_actions(facts: Snapshot) -> list[str]:
    """List the actions of a snapshot."""
    return sorted(facts.actions)
