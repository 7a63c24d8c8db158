"""What the numbers of a report rest on: the factors of the score, the inputs, the times, what is not known."""

from collections.abc import Callable

from blastradius.model.assessment import Assessment, ClassExposure
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Completeness
from blastradius.report.wording import CHANGE_WORDS, count, moment, share

MOST_INPUTS = 6
MOST_EXPORTS = 6
MORE = (
    ("--tuples FILE", "every changed tuple"),
    ("blastradius explain", "the path of any one of them"),
    ("--report json=FILE", "everything above, for machines"),
)


def score(exposure: ClassExposure) -> str:
    """Say how the score of a class came about, with every factor; our own words and numbers only."""
    factors = exposure.factors
    if factors is None:
        return "0.00, since nobody gains access"
    internet = "; reach is 1 since it is open to the internet" if exposure.audience.outsider else ""
    capped = "; held down since only insiders gain" if factors.capped else ""
    return (
        f"10 × S {factors.sensitivity:.3g} × K {factors.capability:.3g} ({factors.capability_name})"
        f" × reach {factors.reach:.4g} = {exposure.raw_score:.4g}"
        f", n {factors.headcount:,}, m {factors.items:,}{internet}{capped}"
    )


def overall(assessment: Assessment, quote: Callable[[str, int], str]) -> str:
    """Say how the overall score came about."""
    severity = assessment.severity
    scores = sorted((exposure.raw_score for exposure in assessment.exposures), reverse=True)
    said = f"{severity.score:.1f}"
    if scores:
        said += f": the worst class counts in full ({scores[0]:.4g})"
    if len(scores) > 1:
        said += f", {count(len(scores) - 1, 'other', 'others')} a little ({sum(scores[1:]):.4g})"
    if severity.capped:
        said += "; held down, since nobody external gains"
    if severity.floor:
        said += f"; raised by the floor of the finding {quote(severity.floor, 80)}"
    return said


def facts(assessment: Assessment, quote: Callable[[str, int], str]) -> list[str]:
    """Say when, over what, and how much of it is unclassified; one sentence each."""
    extent = assessment.extent
    taken = f"exported {moment(assessment.taken_at)}" if assessment.taken_at else "of unknown age"
    changed = [
        f"{CHANGE_WORDS[change]} {assessment.totals.get(change, 0):,}"
        for change in AccessChange
        if assessment.totals.get(change, 0)
    ]
    return [
        f"as of {moment(assessment.as_of)}; snapshot {taken}",
        f"{count(extent.principals, 'principal')}, {count(extent.groups, 'group')}, "
        f"{count(extent.resources, 'resource')}, {count(extent.grants, 'grant')}",
        f"unclassified: {extent.unclassified:,} of {count(extent.resources, 'resource')}"
        f" ({share(extent.unclassified, extent.resources)})",
        *_exports(assessment, quote),
        f"tuples: {', '.join(changed) or 'none changed'}",
        f"blastradius {quote(assessment.version, 40)}",
    ]


def _exports(assessment: Assessment, quote: Callable[[str, int], str]) -> list[str]:
    """Say which exports hold all that they should, those that do not first; nothing where no system says so."""
    ordered = sorted(assessment.coverage, key=lambda one: one.completeness is Completeness.COMPLETE)
    said = [
        f"{one.completeness}: {quote(one.what, 80)}" + (f" ({quote(one.reason, 160)})" if one.reason else "")
        for one in ordered[:MOST_EXPORTS]
    ]
    more = len(ordered) - MOST_EXPORTS
    return [*said, f"and {count(more, 'more export')}"] if more > 0 else said
