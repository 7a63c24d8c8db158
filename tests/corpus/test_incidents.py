"""Twelve public incidents as a calibration table: what comes out against what was published about each."""

import pytest

from blastradius.documents import parse, read_files
from blastradius.model.assessment import Level
from tests.support.scenarios import scenarios

META = "meta-sev1-agent-2026"


@pytest.fixture(scope="module")
def facts(corpus):
    path = corpus / "incidents" / "incidents.yaml"
    if not path.is_file():
        pytest.skip("the facts of the incidents (../shared/corpus/incidents) are not on this machine")
    (document,) = parse(read_files([str(path)])[0])
    return {incident["id"]: dict(incident) for incident in document.value}


@pytest.fixture(scope="module")
def severities(tmp_path_factory):
    return {s.fields["incident"]: s.judge(tmp_path_factory.mktemp("incident")).severity for s in scenarios("incidents")}


def reached(facts, *words):
    """Name the incidents of which one of the words is in the published audience."""
    return {name for name, its in facts.items() if any(word in its["audience_after"] for word in words)}


def test_every_incident_has_a_scenario_and_a_row_of_the_page(facts, severities, root):
    page = (root / "docs" / "severity.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")}
    assert set(severities) == set(facts)
    assert set(facts) <= rows


def test_what_reached_the_internet_is_critical_and_above_what_stayed_inside(facts, severities):
    internet = reached(facts, "internet", "anyone")
    assert len(internet) >= 7
    for name in internet:
        assert severities[name].level is Level.CRITICAL, name
        assert severities[name].score > severities[META].score, name


def test_the_one_incident_that_was_rated_is_one_step_below_the_top_as_it_was_rated(facts, severities):
    assert "second-highest level" in facts[META]["rated"]
    assert severities[META].level is Level.HIGH


def test_strangers_with_personal_data_are_above_it_and_strangers_with_some_code_below(facts, severities):
    strangers = reached(facts, "external")
    personal = {name for name in strangers if any("pii" in each for each in facts[name]["classes_exposed"])}
    assert personal
    assert strangers - personal
    assert all(severities[name].score > severities[META].score for name in personal)
    assert all(severities[name].score < severities[META].score for name in strangers - personal)


def test_a_reduction_is_nothing(facts, severities):
    reductions = {name for name, its in facts.items() if its["rated"] == "reduction"}
    assert reductions
    assert all((severities[name].level, severities[name].score) == (Level.NONE, 0.0) for name in reductions)


def test_the_table_is_printed(facts, severities, capsys):
    ranked = sorted(facts, key=lambda name: (-severities[name].score, name))
    with capsys.disabled():
        print(f"\n{'incident':<28}{'score':>5}  {'level':<9}rated by others")
        for name in ranked:
            print(f"{name:<28}{severities[name].score:>5}  {severities[name].level:<9}{facts[name]['rated']}")
    assert ranked[-1] == "supabase-demote-postgres"
