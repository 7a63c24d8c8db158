"""The score: the worked examples of SPEC section 5, its caps and floors, and its laws."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.assess.severity import Exposed, class_score, level_of, overall, rounded
from blastradius.model.assessment import Level
from blastradius.model.policy import SeverityModel
from blastradius.model.snapshot import Capability

MODEL = SeverityModel(
    capability={Capability.LIST: 0.5, Capability.READ: 0.95, Capability.WRITE: 0.97, Capability.MANAGE: 1.0},
    headcount={"user": 1, "service": 1, "role": 1, "agent": 10, "external": 100, "unlisted": 100},
    reach_base=0.35,
    reach_per_decade_of_people=0.12,
    reach_per_decade_of_items=0.05,
    reach_insiders_max=0.9,
    breadth=0.02,
    floors={"privileged-verb": 7.0, "lockout": 4.5},
    bands={Level.CRITICAL: 9.0, Level.HIGH: 7.0, Level.MEDIUM: 4.0},
)


def exposed(sensitivity=1.0, capability=Capability.READ, n=1, m=1, *, outsider=False, insiders=True):
    return Exposed(sensitivity, frozenset({capability}), n, m, outsider, insiders and not outsider)


def score(*args, **kwargs):
    return class_score(MODEL, exposed(*args, **kwargs))[0]


@pytest.mark.parametrize(
    ("case", "expected", "level"),
    [
        (exposed(), 3.3, Level.LOW),
        (exposed(n=10), 4.5, Level.MEDIUM),
        (exposed(n=1000), 6.7, Level.MEDIUM),
        (exposed(n=3000), 7.3, Level.HIGH),
        (exposed(m=100_000_000), 7.1, Level.HIGH),
        (exposed(outsider=True), 9.5, Level.CRITICAL),
    ],
)
def test_the_worked_examples_of_the_specification_hold(case, expected, level):
    severity = overall(MODEL, [class_score(MODEL, case)[0]], insiders_only=case.insiders_only)
    assert (severity.score, severity.level) == (expected, level)


def test_every_factor_is_given():
    value, factors = class_score(MODEL, exposed(0.8, Capability.WRITE, 100, 1000))
    assert value == pytest.approx(10 * 0.8 * 0.97 * (0.35 + 0.24 + 0.15))
    assert (factors.sensitivity, factors.capability, factors.capability_name) == (0.8, 0.97, "write")
    assert (factors.headcount, factors.items, factors.capped) == (100, 1000, False)
    assert factors.reach == pytest.approx(0.74)


def test_insiders_alone_stay_below_the_highest_band():
    value, factors = class_score(MODEL, exposed(1.0, Capability.MANAGE, 10**9, 10**9))
    assert value == 8.9
    assert factors.capped
    assert factors.reach == 0.9
    assert overall(MODEL, [8.9, 8.9, 8.9], insiders_only=True).score == 8.9
    assert overall(MODEL, [8.9, 8.9, 8.9], insiders_only=True).capped


def test_one_external_lifts_the_caps():
    value, factors = class_score(MODEL, exposed(1.0, Capability.MANAGE, 10**9, 10**9, insiders=False))
    assert (value, factors.reach, factors.capped) == (10.0, 1.0, False)
    assert overall(MODEL, [8.9, 8.9, 8.9], insiders_only=False).score == 9.3


def test_the_cap_follows_the_band_of_the_policy():
    strict = replace(MODEL, bands={**MODEL.bands, Level.CRITICAL: 8.0})
    assert class_score(strict, exposed(1.0, Capability.MANAGE, 10**9))[0] == 7.9


def test_other_classes_add_a_little():
    assert overall(MODEL, [6.0, 5.0, 5.0], insiders_only=True).score == 6.2
    assert overall(MODEL, [10.0, 10.0], insiders_only=False).score == 10.0


def test_the_highest_floor_among_the_findings_raises_the_score():
    raised = overall(MODEL, [1.0], insiders_only=True, findings=["lockout", "privileged-verb", "no-effect"])
    assert (raised.score, raised.level, raised.floor) == (7.0, Level.HIGH, "privileged-verb")


def test_a_floor_counts_without_any_exposure_and_above_the_cap_of_insiders():
    critical = replace(MODEL, floors={"lockout": 9.5})
    assert overall(critical, [], insiders_only=True, findings=["lockout"]).score == 9.5


def test_a_floor_below_the_score_is_not_mentioned():
    assert overall(MODEL, [8.0], insiders_only=True, findings=["privileged-verb"]).floor is None


def test_no_gain_is_no_severity():
    nothing = overall(MODEL, [], insiders_only=True)
    assert (nothing.score, nothing.level) == (0.0, Level.NONE)


def test_levels_use_the_rounded_score():
    assert overall(MODEL, [6.96], insiders_only=True).level is Level.HIGH
    assert overall(MODEL, [6.94], insiders_only=True).level is Level.MEDIUM
    assert level_of(MODEL, 0.1) is Level.LOW


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (1.05, 1.0),
        (1.15, 1.2),
        (1.75, 1.8),
        (0.25, 0.2),
        (3.325, 3.3),
        (10 * 0.6 * 0.5 * 0.35, 1.0),
        (8.9, 8.9),
        (0.0, 0.0),
    ],
)
def test_halves_are_rounded_to_the_even_digit(raw, expected):
    assert rounded(raw) == expected


def test_absurd_numbers_are_scored_without_overflow():
    assert score(n=10**400, m=10**400, insiders=False) == 9.5


cases = st.builds(
    Exposed,
    sensitivity=st.sampled_from([0.0, 0.4, 0.6, 0.8, 0.9, 1.0]),
    capabilities=st.frozensets(st.sampled_from(Capability), min_size=1),
    headcount=st.integers(0, 10**7),
    items=st.integers(0, 10**10),
    outsider=st.booleans(),
    insiders_only=st.just(True),
).map(lambda e: replace(e, insiders_only=not e.outsider))


@given(cases, st.frozensets(st.sampled_from(Capability)), st.integers(0, 10**6), st.integers(0, 10**6), st.booleans())
def test_more_exposure_never_lowers_the_score(case, capabilities, people, items, external):
    more = replace(
        case,
        capabilities=case.capabilities | capabilities,
        headcount=case.headcount + people + 100 * external,
        items=case.items + items,
        insiders_only=case.insiders_only and not external,
    )
    assert class_score(MODEL, more)[0] >= class_score(MODEL, case)[0]


@given(st.lists(cases, max_size=4), cases, st.booleans())
def test_another_class_or_an_external_never_lowers_the_overall_score(before, another, external):
    def total(some, insiders):
        scores = [class_score(MODEL, e)[0] for e in some]
        return overall(MODEL, scores, insiders_only=insiders and all(e.insiders_only for e in some)).score

    assert total([*before, another], not external) >= total(before, insiders=True)


@given(st.lists(st.floats(0, 10), max_size=5))
def test_the_order_of_classes_does_not_matter(scores):
    assert overall(MODEL, scores, insiders_only=False) == overall(MODEL, reversed(scores), insiders_only=False)
