"""How bad an exposure is: the score of a class, and the overall score.

Source: SPEC section 5, severity. Every number comes from the policy; `docs/severity.md` explains them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from blastradius.model.assessment import Factors, Level, Severity
from blastradius.model.policy import SeverityModel
from blastradius.model.snapshot import Capability

SCORE_MAX = 10.0
_NOISE_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Exposed:
    """What the score of a class is made from.

    Attributes:
        sensitivity: S of the class.
        capabilities: All that are gained; never empty.
        headcount: n, the weighted number of distinct people who gain.
        items: m, the items of the distinct resources that are gained.
        outsider: True when anyone on the internet gains.
        insiders_only: True when neither the outsider nor anybody external gains.
    """

    sensitivity: float
    capabilities: frozenset[Capability]
    headcount: int
    items: int
    outsider: bool
    insiders_only: bool


def class_score(model: SeverityModel, exposed: Exposed) -> tuple[float, Factors]:
    """Score one class.

    Returns:
        The unrounded score from 0 to 10, and what it was made from.
    """
    weights = model.capability
    strongest = max(exposed.capabilities, key=lambda capability: (weights[capability], capability))
    headcount, items = max(1, exposed.headcount), max(1, exposed.items)
    unlimited = _reach(model, exposed, headcount, items)
    reach = min(unlimited, model.reach_insiders_max) if exposed.insiders_only else unlimited
    score = SCORE_MAX * exposed.sensitivity * weights[strongest] * reach
    limit = model.insider_score_max if exposed.insiders_only else SCORE_MAX
    factors = Factors(
        sensitivity=exposed.sensitivity,
        capability=weights[strongest],
        capability_name=strongest.label,
        reach=reach,
        headcount=headcount,
        items=items,
        capped=reach < unlimited or score > limit,
    )
    return min(score, limit), factors


def _reach(model: SeverityModel, exposed: Exposed, headcount: int, items: int) -> float:
    if exposed.outsider:
        return 1.0
    people = model.reach_per_decade_of_people * math.log10(headcount)
    volume = model.reach_per_decade_of_items * math.log10(items)
    return min(1.0, model.reach_base + people + volume)


def overall(
    model: SeverityModel, scores: Iterable[float], *, insiders_only: bool, findings: Iterable[str] = ()
) -> Severity:
    """Combine the scores of the classes.

    Args:
        model: The numbers.
        scores: Unrounded score of each class with a gain; may be empty.
        insiders_only: True when neither the outsider nor anybody external gains anything.
        findings: Ids of the findings; some raise the score to a floor.
    """
    worst, *others = sorted(scores, reverse=True) or [0.0]
    broad = worst + model.breadth * math.fsum(others)
    limit = model.insider_score_max if insiders_only else SCORE_MAX
    score = min(broad, limit)
    floor = max(
        (name for name in set(findings) if name in model.floors), key=lambda n: (model.floors[n], n), default=None
    )
    if floor is not None and model.floors[floor] > score:
        return _severity(model, model.floors[floor], floor=floor, capped=False)
    return _severity(model, score, floor=None, capped=insiders_only and broad > limit)


def _severity(model: SeverityModel, raw: float, *, floor: str | None, capped: bool) -> Severity:
    score = rounded(raw)
    return Severity(score, level_of(model, score), floor, capped)


def rounded(score: float) -> float:
    """Round half-even to one decimal.

    Binary noise is taken away first: 1.05 has no exact float, and must still be seen as half-way.
    """
    plain = Decimal(repr(round(score, _NOISE_DIGITS)))
    return float(plain.quantize(Decimal("0.1"), rounding=ROUND_HALF_EVEN))


def level_of(model: SeverityModel, score: float) -> Level:
    """Name the band of a rounded score."""
    for level in (Level.CRITICAL, Level.HIGH, Level.MEDIUM):
        if score >= model.bands[level]:
            return level
    return Level.LOW if score > 0 else Level.NONE
