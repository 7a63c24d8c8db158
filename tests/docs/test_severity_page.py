"""The numbers in docs/severity.md are those that come out."""

import re

import pytest

from blastradius.assess.severity import Exposed, class_score, level_of, rounded
from blastradius.documents import parse
from blastradius.gate import load_policy, shipped_policy
from blastradius.model.assessment import Level
from blastradius.model.snapshot import Capability
from tests.support.scenarios import scenarios


@pytest.fixture(scope="module")
def page(root):
    return (root / "docs" / "severity.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def policy():
    return load_policy(parse(shipped_policy("default")))


def rows(page, heading):
    """Give the cells of the first table below a heading, without its head."""
    below = page.partition(f"\n{heading}\n")[2]
    lines = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE).group().splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_incident_is_in_the_table_with_its_score_worst_first(page):
    stated = [(name, float(score), level) for name, _, _, score, level in rows(page, "### Incidents")]
    expected = {s.fields["incident"]: s.expect for s in scenarios("incidents")}
    assert {name: (score, level) for name, score, level in stated} == {
        name: (expect["score"], expect["level"]) for name, expect in expected.items()
    }
    assert [score for _, score, _ in stated] == sorted((score for _, score, _ in stated), reverse=True)


def test_the_examples_are_computed_as_the_page_says(page, policy):
    table = rows(page, "## Examples")
    assert len(table) == 6
    for case, n, m, reach, score, level in table:
        outsider = not n
        exposed = Exposed(1.0, frozenset({Capability.READ}), int(n or 1), int(m or 1), outsider, not outsider)
        raw, factors = class_score(policy.severity, exposed)
        assert (rounded(raw), str(level_of(policy.severity, rounded(raw)))) == (float(score), level), case
        assert factors.reach == pytest.approx(float(reach), abs=0.0005)


def test_the_numbers_of_the_shipped_policy_are_on_the_page(page, policy):
    model = policy.severity
    sensitivities = {c.id: c.sensitivity for c in policy.classes.values()}
    assert all(f"{name} {value:g}" in page.replace(".0", "") for name, value in sensitivities.items())
    assert " · ".join(f"{c.label} {k:g}" for c, k in model.capability.items()) in page.replace("1.0", "1")
    assert f"{model.reach_base} + {model.reach_per_decade_of_people} · log10 n" in page
    assert f"{model.reach_per_decade_of_items} · log10 m" in page
    assert f"cap is {model.reach_insiders_max} for insiders" in page
    assert f"{model.breadth} · sum of the other classes" in page
    assert f"at most {model.insider_score_max}" in page
    assert all(f"{name} {floor}" in page for name, floor in model.floors.items())
    assert [f"| {level} | {model.bands[level]}" in page for level in (Level.CRITICAL, Level.HIGH, Level.MEDIUM)] == [
        True
    ] * 3
