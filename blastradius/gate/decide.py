"""May the change go in: every gate rule that applies, and the strictest of them.

Source: SPEC section 5, gate.
"""

from collections.abc import Iterable, Sequence

from blastradius.gate.reasons import Fit, reason
from blastradius.gate.rules import FAIL_ON
from blastradius.model.assessment import Assessment, ClassExposure, Decision, Level, Movement, Reason, Verdict
from blastradius.model.delta import IdSet
from blastradius.model.policy import Policy, When
from blastradius.model.snapshot import OUTSIDER


def decide(assessment: Assessment, policy: Policy, fail_on: Level | None = None) -> Verdict:
    """Ask every rule.

    Args:
        assessment: What the change means.
        policy: Holds the rules.
        fail_on: Adds a block from this level on, whatever the rules say.

    Returns:
        The strictest decision among the rules that apply, which come strictest first; pass when none applies.
    """
    reasons = []
    for rule in policy.gate:
        why = _why(rule.when, assessment)
        if why is not None:
            reasons.append(Reason(rule.id, rule.then, rule.approvals, why))
    level = assessment.severity.level
    if fail_on is not None and level.rank >= fail_on.rank:
        reasons.append(
            Reason(FAIL_ON, Decision.BLOCK, 0, f"the change is {level}, and `{FAIL_ON} {fail_on}` was given")
        )
    # Sorting is stable: rules that ask for the same stay in the order of the policy.
    reasons.sort(key=lambda each: (-each.decision.rank, -each.approvals))
    return Verdict(
        decision=reasons[0].decision if reasons else Decision.PASS,
        approvals_needed=max((each.approvals for each in reasons), default=0),
        reasons=tuple(reasons),
    )


def _why(when: When, assessment: Assessment) -> str | None:
    """Say why a rule applies; None when it does not."""
    if when.authors and assessment.author_kind not in when.authors:
        return None
    found = [finding for finding in assessment.findings if finding.rule in when.findings]
    if when.findings and not found:
        return None
    bad_enough = when.severity is None or assessment.severity.level.rank >= when.severity.rank
    if not when.classes and not _asks_how(when):
        return reason(when, assessment, (), found) if bad_enough else None
    exposures = (*assessment.exposures, *assessment.others)
    fits = [fit for each in exposures if bad_enough or _is_level(each, when) if (fit := _fit(each, when)) is not None]
    if fits:
        return reason(when, assessment, fits, found)
    # The classes that a finding concerns need not be exposed: a declassification opens nothing by itself.
    concerned = [finding for finding in found if not when.classes.isdisjoint(finding.classes)]
    if bad_enough and concerned and not _asks_how(when):
        return reason(when, assessment, (), concerned)
    return None


def _asks_how(when: When) -> bool:
    """Tell whether a rule asks how a class is exposed, so that only an exposure can answer it."""
    limited = when.principals_over is not None or when.resources_over is not None
    return bool(when.capabilities or when.audiences or when.names_change or limited)


def _is_level(exposure: ClassExposure, when: When) -> bool:
    return when.severity is not None and exposure.level.rank >= when.severity.rank


def _fit(exposure: ClassExposure, when: When) -> Fit | None:
    """Hold everything a rule asks of an exposure against one class; None when the class does not answer it."""
    if when.classes and exposure.class_name not in when.classes:
        return None
    movements = [movement for change, movement in exposure.movements.items() if change in when.changes]
    if not movements:
        return None
    people, unlisted = _people(movements)
    resources = len(_union(m.resources for m in movements))
    # A rule about outsiders who write asks about the same people: readers from outside beside writers from inside are
    # no answer to it.
    asked = [
        its for m in movements for c, its in m.audiences.items() if not when.capabilities or c in when.capabilities
    ]
    audiences = when.audiences & frozenset[str]().union(*asked)
    answers = (
        bool(asked)
        and (not when.audiences or bool(audiences))
        and (when.principals_over is None or people + unlisted > when.principals_over or _is_open_to_all(movements))
        and (when.resources_over is None or resources > when.resources_over)
    )
    return Fit(exposure, people, unlisted, resources, audiences) if answers else None


def _people(movements: Sequence[Movement]) -> tuple[int, int]:
    """Count distinct people, and apart from them the unlisted ones: as many as the score counts, at least one each."""
    crowds = {index: size for movement in movements for index, size in movement.crowds.items()}
    everybody = len(_union(m.people for m in movements))
    return everybody - len(crowds), sum(max(1, size) for size in crowds.values())


def _is_open_to_all(movements: Sequence[Movement]) -> bool:
    """Tell whether anyone on the internet is among them, who are more than any number."""
    return any(OUTSIDER in audiences for movement in movements for audiences in movement.audiences.values())


def _union(sets: Iterable[IdSet]) -> IdSet:
    first, *others = sets
    for ids in others:
        first = first | ids
    return first
