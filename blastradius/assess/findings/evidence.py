"""Findings about the evidence itself: what could not be read, how old it is, what had no effect."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from blastradius.assess.findings.interface import Context, Draft, Rule, count
from blastradius.model.assessment import FindingLevel

# Clocks differ, and a date may be written in another time zone than it was meant in.
_AHEAD_MAX = timedelta(days=1)
_DAY = timedelta(days=1)


def _incomplete(context: Context) -> Iterator[Draft]:
    if not context.unread:
        return
    first = context.unread[0]
    others = len(context.unread) - 1
    more = f", and {count(others, 'more problem')} of this kind" if others else ""
    place = next((p.source for p in context.unread if p.source is not None), None)
    yield Draft(FindingLevel.WARNING, f"not everything could be understood: {first.message}{more}", source=place)


def _no_effect(context: Context) -> Iterator[Draft]:
    for problem in context.no_effect:
        yield Draft(FindingLevel.NOTE, problem.message, (problem.message,), source=problem.source, help=problem.help)


def _stale(context: Context) -> Iterator[Draft]:
    limit, taken_at = context.policy.snapshot_age_days, context.baseline.taken_at
    if taken_at is None:
        return
    age = _aware(context.as_of) - _aware(taken_at)
    if -age > _AHEAD_MAX:
        message = f"the snapshot is dated {taken_at:%Y-%m-%d}, after the time of this check"
        yield Draft(FindingLevel.WARNING, message, ("ahead",), help="export it again, or correct `taken_at`")
    elif limit is not None and age > timedelta(days=limit):
        message = f"the snapshot is {count(age // _DAY, 'day')} old; the policy accepts {limit:g}"
        yield Draft(FindingLevel.WARNING, message, ("old",))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _undated(context: Context) -> Iterator[Draft]:
    if context.policy.snapshot_age_days is not None and context.baseline.taken_at is None:
        yield Draft(FindingLevel.NOTE, "the snapshot does not say when it was taken, so its age cannot be judged")


INCOMPLETE_EVIDENCE = Rule(
    "incomplete-evidence",
    "look at each part that was left out, mend it or have somebody confirm that it grants nothing",
    _incomplete,
)
NO_EFFECT = Rule("no-effect", "leave the step out, or check whether it names what was meant", _no_effect)
STALE_SNAPSHOT = Rule("stale-snapshot", "export the snapshot again: access may have changed since", _stale)
UNDATED_SNAPSHOT = Rule(
    "undated-snapshot",
    "write the time of the export into `taken_at`, for other systems in a native file beside theirs",
    _undated,
)
