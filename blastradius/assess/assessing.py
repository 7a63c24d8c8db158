"""From a delta to an assessment: classes weighed, findings found, the overall score."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import assert_never

import numpy as np

from blastradius.access.tree import ScopeTree
from blastradius.assess.blame import FindWitness
from blastradius.assess.changes import changes_by_class
from blastradius.assess.classes import ResourceClasses
from blastradius.assess.exposures import Measure, exposure, is_inside
from blastradius.assess.findings.interface import Context
from blastradius.assess.findings.registry import find
from blastradius.assess.people import People
from blastradius.assess.severity import overall
from blastradius.columns.pair import Pair
from blastradius.model.assessment import Assessment, AuthorKind, ClassExposure, Extent
from blastradius.model.change import Change
from blastradius.model.delta import AccessChange, Delta
from blastradius.model.policy import UNCLASSIFIED, Policy
from blastradius.model.snapshot import PrincipalKind, Snapshot
from blastradius.model.sources import Input, Problem


def assess(
    *,
    baseline: Snapshot,
    simulated: Snapshot,
    pair: Pair,
    delta: Delta,
    policy: Policy,
    classes: ResourceClasses,
    change: Change,
    no_effect: tuple[Problem, ...],
    unread: tuple[Problem, ...],
    inputs: tuple[Input, ...],
    as_of: datetime,
    version: str,
    find_witness: FindWitness,
) -> Assessment:
    """Say what a change means.

    Args:
        baseline: The facts before.
        simulated: The facts after; may be the same object.
        pair: The same in columns; principals and resources of the delta have their numbers.
        delta: How access differs.
        policy: The classes and every number.
        classes: The class of every resource of both sides.
        change: Its title and author.
        no_effect: Steps that change nothing.
        unread: What could not be understood.
        inputs: What was read.
        as_of: The time everything is judged at.
        version: Version of blastradius.
        find_witness: Finds the path behind one changed tuple.

    Returns:
        The assessment with a verdict that nobody decided yet.

    Cost: a few passes over arrays of resources and principals, and steps for what turns in the scopes of the delta.
    """
    tree = ScopeTree.of(delta)
    people = People(delta, pair, policy.severity.headcount)
    changes = changes_by_class(tree, classes, pair)
    find_witness = cache(find_witness)
    measure = Measure(policy, delta, people, find_witness)
    exposures = {name: exposure(moved, measure) for name, moved in changes.items()}
    unread = tuple(dict.fromkeys(unread))
    findings = find(
        Context(
            policy=policy,
            baseline=baseline,
            simulated=simulated,
            steps=change.steps,
            pair=pair,
            delta=delta,
            tree=tree,
            classes=classes,
            people=people,
            changes=changes,
            exposures=exposures,
            find_witness=find_witness,
            no_effect=no_effect,
            unread=unread,
            as_of=as_of,
        )
    )
    gains = [each for each in exposures.values() if each.gains]
    severity = overall(
        policy.severity,
        (each.raw_score for each in gains),
        insiders_only=all(is_inside(each.audience) for each in gains),
        findings=(finding.rule for finding in findings),
    )
    return Assessment(
        title=change.title,
        system=simulated.system or baseline.system,
        author=change.author,
        author_kind=author_kind(change.author, baseline),
        as_of=as_of,
        taken_at=baseline.taken_at,
        severity=severity,
        # Sorting is stable: classes with the same score stay in the order of the policy.
        exposures=tuple(sorted(gains, key=lambda each: -each.raw_score)),
        others=tuple(sorted((e for e in exposures.values() if not e.gains), key=lambda each: each.class_name)),
        totals=_totals(exposures.values()),
        findings=findings,
        unread=unread,
        inputs=inputs,
        extent=_extent(simulated, classes),
        coverage=tuple(dict.fromkeys((*baseline.coverage, *simulated.coverage))),
        version=version,
    )


def author_kind(author: str | None, baseline: Snapshot) -> AuthorKind:
    """Say what the author of a change is; unknown unless the baseline knows the account.

    Whoever shares a person with an agent may be that agent.
    """
    principal = baseline.principals.get(author) if author is not None else None
    if principal is None:
        return AuthorKind.UNKNOWN
    accounts = frozenset({principal.id}).union(*(same for same in baseline.same_as if principal.id in same))
    if any(baseline.principals[account].kind is PrincipalKind.AGENT for account in accounts):
        return AuthorKind.AGENT
    match principal.kind:
        case PrincipalKind.USER:
            return AuthorKind.USER
        case PrincipalKind.SERVICE:
            return AuthorKind.SERVICE
        case PrincipalKind.AGENT:
            return AuthorKind.AGENT
        case PrincipalKind.ROLE:
            # Nobody can tell who took the role on.
            return AuthorKind.UNKNOWN
        case _:
            assert_never(principal.kind)


def _totals(exposures: Iterable[ClassExposure]) -> dict[AccessChange, int]:
    totals = dict.fromkeys(AccessChange, 0)
    for each in exposures:
        for capability in each.capabilities.values():
            for change, count in capability.changes.items():
                totals[change] += count.tuples
    return totals


def _extent(simulated: Snapshot, classes: ResourceClasses) -> Extent:
    return Extent(
        principals=len(simulated.principals),
        groups=len(simulated.groups),
        resources=len(simulated.resources),
        grants=len(simulated.grants),
        unclassified=int(np.count_nonzero(classes.after == classes.ids.index(UNCLASSIFIED))),
    )
