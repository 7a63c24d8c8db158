"""A small world to assess changes in: facts by name, deltas by hand or from the reference engine."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from blastradius.access import reference, simulate
from blastradius.access.engine import Comparison
from blastradius.access.reference import compare
from blastradius.access.tree import ScopeTree
from blastradius.access.witness import Witnesses
from blastradius.assess import assess
from blastradius.assess.changes import changes_by_class
from blastradius.assess.classes import resource_classes
from blastradius.assess.exposures import Measure, exposure
from blastradius.assess.people import People
from blastradius.columns.pair import paired
from blastradius.model.assessment import Level
from blastradius.model.change import Change
from blastradius.model.delta import AccessChange, Delta, PathStep, Scope, State, Witness
from blastradius.model.policy import DataClass, Policy, SeverityModel
from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Snapshot,
)
from blastradius.model.sources import Source

SENSITIVITIES = {
    "user-data": 1.0,
    "credentials": 1.0,
    "strategy-docs": 0.9,
    "code": 0.8,
    "unclassified": 0.6,
    "internal": 0.4,
    "public": 0.0,
}
SEVERITY = SeverityModel(
    capability={Capability.LIST: 0.5, Capability.READ: 0.95, Capability.WRITE: 0.97, Capability.MANAGE: 1.0},
    headcount={"user": 1, "service": 1, "role": 1, "agent": 10, "external": 100, "unlisted": 100},
    reach_base=0.35,
    reach_per_decade_of_people=0.12,
    reach_per_decade_of_items=0.05,
    reach_insiders_max=0.9,
    breadth=0.02,
    floors={"privileged-verb": 7.0},
    bands={Level.CRITICAL: 9.0, Level.HIGH: 7.0, Level.MEDIUM: 4.0},
)
POLICY = Policy(
    classes={n: DataClass(n, s, n.title(), order) for order, (n, s) in enumerate(SENSITIVITIES.items())},
    classify=(),
    severity=SEVERITY,
    gate=(),
    snapshot_age_days=7,
)


def facts(principals=(), groups=(), resources=(), grants=(), same_as=(), external=(), actions=None):
    """Write a snapshot down shortly.

    Principals are ids; groups are `Group`s or pairs (id, members); resources are `Resource`s or pairs (id, class);
    grants are `Grant`s or triples (subject, actions, resource).
    """
    made_groups = [g if isinstance(g, Group) else Group(g[0], tuple(Entry(m) for m in g[1])) for g in groups]
    made_resources = [r if isinstance(r, Resource) else Resource(r[0], class_name=r[1]) for r in resources]
    made_grants = [g if isinstance(g, Grant) else Grant(g[0], g[2], actions=frozenset(g[1].split())) for g in grants]
    return Snapshot(
        actions={**CAPABILITIES, **(actions or {})},
        principals={i: Principal(i, PrincipalKind(i.partition(":")[0]), external=i in external) for i in principals},
        groups={g.id: g for g in made_groups},
        resources={r.id: r for r in made_resources},
        grants=tuple(made_grants),
        same_as=tuple(frozenset(accounts) for accounts in same_as),
    )


def path(principal, capability, resource):
    """Stand in for the search of a witness: one changed grant on line 7."""
    step = PathStep(principal, f"{capability.label} on", resource, Source("change.yaml", 7), changed=True)
    return Witness(principal, capability, capability.label, resource, AccessChange.GAINED, State.GRANTED, (), (step,))


class HandMade:
    """A delta written by hand: scopes by name."""

    def __init__(self, baseline, simulated=None, policy=POLICY):
        self.baseline, self.simulated, self.policy = baseline, simulated or baseline, policy
        sides = (self.baseline, self.simulated)
        principals = {"outsider", *(p for s in sides for p in s.principals)}
        principals |= {f"{g.id}#unlisted" for s in sides for g in s.groups.values() if g.unlisted}
        self.principals = tuple(sorted(principals))
        self.number = {name: i for i, name in enumerate(self.principals)}
        self.resources = tuple(sorted({r for s in sides for r in s.resources}))
        self.scopes, self.before = [], {}

    def ids(self, names):
        return frozenset(self.number[n] for n in names.split())

    def moved(self, resources, *, before=None, **changes):
        """Add a scope: ``moved("t:a t:b", gained={"read": "user:a user:b"}, before={"read": "user:z"})``."""
        by_capability = {
            (AccessChange(change), CAPABILITIES[capability]): self.ids(names)
            for change, moves in changes.items()
            for capability, names in moves.items()
        }
        held = {CAPABILITIES[c]: self.ids(names) for c, names in (before or {}).items()}
        indices = tuple(sorted(self.resources.index(r) for r in resources.split()))
        self.scopes.append(Scope(indices, by_capability, {}, {}))
        self.before |= dict.fromkeys(indices, held)
        return self

    @property
    def delta(self):
        def held(side, resource):
            assert side == 0
            return self.before[resource]

        return Delta(self.principals, self.resources, CAPABILITIES, tuple(self.scopes), held)

    def exposures(self, find=path):
        return exposures(self.baseline, self.simulated, self.delta, self.policy, find)


NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def exposures(baseline, simulated, delta, policy=POLICY, find=path):
    """Give the exposure of every class that changed, by class."""
    pair = paired(baseline, simulated)
    people = People(delta, pair, policy.severity.headcount)
    changes = changes_by_class(ScopeTree.of(delta), resource_classes(policy, pair), pair)
    return {name: exposure(change, Measure(policy, delta, people, find)) for name, change in changes.items()}


@pytest.fixture(scope="session")
def by_hand():
    return HandMade


@pytest.fixture(scope="session")
def written():
    return facts


@pytest.fixture(scope="session")
def policy():
    return POLICY


@pytest.fixture(scope="session")
def with_rules():
    return lambda *rules: replace(POLICY, classify=rules)


def assessed(baseline, after, *, policy=POLICY, change=None, no_effect=(), unread=(), as_of=NOON, reference=False):
    """Assess two states, with the engine that `check` uses and real witnesses."""
    pair = paired(baseline, after)
    comparison = Comparison(pair)
    return assess(
        baseline=baseline,
        simulated=after,
        pair=pair,
        delta=compare(baseline, after) if reference else comparison.delta(),
        policy=policy,
        classes=resource_classes(policy, pair),
        change=change or Change("a change"),
        no_effect=tuple(no_effect),
        unread=tuple(unread),
        inputs=(),
        as_of=as_of,
        version="0",
        find_witness=Witnesses(comparison).of_change,
    )


@pytest.fixture(scope="session")
def judge():
    """Assess a snapshot and what follows: another snapshot, or steps."""

    def run(baseline, *after, **how):
        if after and isinstance(after[0], Snapshot):
            return assessed(baseline, after[0], **how)
        change = Change("a change", how.pop("author", None), after)
        simulation = simulate(baseline, change)
        no_effect = (*simulation.no_effect, *how.pop("no_effect", ()))
        return assessed(baseline, simulation.snapshot, change=change, no_effect=no_effect, **how)

    return run


@pytest.fixture(scope="session")
def compared():
    def both(baseline, simulated, policy=POLICY):
        return exposures(baseline, simulated, reference.compare(baseline, simulated), policy)

    return both
