"""Whatever a system is read from, the native snapshot made of it gives the same answers."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest

from blastradius.documents import read_files
from blastradius.pipeline import Checked, NativeForm, Request, check, convert, explain, what_can, who_can
from blastradius.report import queries
from blastradius.report.values import of_assessment
from blastradius.systems.load import load
from blastradius.systems.registry import SYSTEMS
from tests.support.facts import facts

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = {
    name: ROOT / "fixtures" / ("snapshots/every-construct.yaml" if name == "native" else f"{name}/before")
    for name in SYSTEMS
}
COMPARED = [name for name in SYSTEMS if (ROOT / "fixtures" / name / "after").exists()]
ASKED = 4
EACH = pytest.mark.parametrize("name", SYSTEMS)
FORMS = pytest.mark.parametrize("form", NativeForm)


def written(folder: Path, form: NativeForm, given: Path, beside: Path | None = None) -> Path:
    """Convert files into one."""
    others = [str(beside)] if beside else []
    target = folder / f"{given.stem}.{form}"
    target.write_text("".join(convert([str(given)], bytes, beside=others).text(form)), "utf-8")
    return target


def request(snapshot: Path, after: Path | None = None, change: Path | None = None) -> Request:
    return Request(
        snapshots=(str(snapshot),),
        after=(str(after),) if after else (),
        changes=(str(change),) if change else (),
        as_of=datetime(2026, 3, 18, 12, tzinfo=UTC),
        stdin=bytes,
    )


def said(checked: Checked) -> dict[str, Any]:
    """Give the report, without what it was made from and without the places of facts."""
    report = of_assessment(checked.assessment)
    elsewhere = {key: report.pop(key) for key in ("unread", "coverage")}
    del report["inputs"], report["title"]
    placeless: dict[str, Any] = without_places(report)
    return placeless | elsewhere


def without_places(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: None if key == "source" else without_places(inner) for key, inner in value.items()}
    return [without_places(inner) for inner in value] if isinstance(value, list) else value


@FORMS
@EACH
def test_a_converted_snapshot_states_the_same_facts(name: str, form: NativeForm, tmp_path: Path) -> None:
    given = load(read_files([str(FIXTURES[name])])).snapshot
    found = load(read_files([str(written(tmp_path, form, FIXTURES[name]))])).snapshot
    assert facts(found) == facts(given)
    assert found.unread == given.unread


@EACH
def test_every_question_about_a_converted_snapshot_has_the_same_answer(name: str, tmp_path: Path) -> None:
    given = request(FIXTURES[name])
    facts = load(read_files([str(FIXTURES[name])])).snapshot
    rng = Random(name)
    pairs = [(rng.choice(sorted(facts.principals)), rng.choice(sorted(facts.resources))) for _ in range(ASKED)]
    for form in NativeForm:
        other = request(written(tmp_path, form, FIXTURES[name]))
        for principal, resource in pairs[:: 1 if form is NativeForm.YAML else ASKED]:
            assert what_can(other, principal) == what_can(given, principal)
            assert who_can(other, "read", resource) == who_can(given, "read", resource)
            answers = [queries.explanation_json(explain(one, principal, "read", resource)) for one in (given, other)]
            assert without_places(json.loads(answers[0])) == without_places(json.loads(answers[1]))


@pytest.mark.parametrize("name", COMPARED)
def test_a_comparison_of_converted_snapshots_gives_the_same_report(name: str, tmp_path: Path) -> None:
    before, after = (ROOT / "fixtures" / name / side for side in ("before", "after"))
    expected = check(request(before, after))
    assert list(expected.tuples())
    sides = [
        written(tmp_path, NativeForm.YAML, before, beside=after),
        written(tmp_path, NativeForm.LINES, after, beside=before),
    ]
    found = check(request(*sides))
    assert said(found) == said(expected)
    assert list(found.tuples(by_action=True)) == list(expected.tuples(by_action=True))


@FORMS
def test_a_change_to_a_converted_snapshot_gives_the_same_report(form: NativeForm, tmp_path: Path) -> None:
    snapshot, change = (ROOT / "fixtures/acme" / name for name in ("snapshot.yaml", "incident.yaml"))
    expected = check(request(snapshot, change=change))
    found = check(request(written(tmp_path, form, snapshot), change=change))
    assert said(found) == said(expected)
    assert list(found.tuples()) == list(expected.tuples())


def test_what_both_sides_name_exists_on_both_once_each_is_converted_beside_the_other(tmp_path: Path) -> None:
    rule = "  - {apiGroups: [acme.example], resources: [%s], verbs: [get]}\n"
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules:\n"
    bound = (
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: readers}\n"
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\n"
        "subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: ana}]\n"
    )
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(role + rule % "widgets" + bound, "utf-8")
    after.write_text(role + rule % "widgets, gadgets" + bound, "utf-8")
    expected = said(check(request(before, after)))
    apart, together = (tmp_path / folder for folder in ("apart", "together"))
    for folder in (apart, together):
        folder.mkdir()
    alone = [written(apart, NativeForm.JSON, side) for side in (before, after)]
    assert said(check(request(*alone))) != expected
    sides = ((before, after), (after, before))
    beside = [written(together, NativeForm.JSON, side, beside=other) for side, other in sides]
    assert said(check(request(*beside))) == expected


def test_no_path_of_this_machine_is_in_a_converted_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name in SYSTEMS:
        text = written(tmp_path, NativeForm.YAML, FIXTURES[name].relative_to(ROOT)).read_text("utf-8")
        assert os.fspath(ROOT) not in text
