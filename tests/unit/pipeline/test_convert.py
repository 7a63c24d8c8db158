"""A compiled snapshot answers as its sources do."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blastradius import pipeline
from blastradius.documents import read_files
from blastradius.model.assessment import Assessment
from blastradius.pipeline import Request
from blastradius.report.registry import REPORTERS
from blastradius.systems.load import load
from tests.support.program import ROOT

FIXTURES = ROOT / "fixtures"
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)


def compiled(tmp_path: Path, *sources: str) -> str:
    converted = pipeline.convert([str(FIXTURES / source) for source in sources], lambda: b"")
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.brs"
    with path.open("wb") as stream:
        converted.write(stream)
    return str(path)


def judged(snapshots: list[str], changes: list[str], after: list[str]) -> Assessment:
    request = Request(
        snapshots=tuple(snapshots),
        changes=tuple(changes),
        after=tuple(after),
        as_of=NOW,
        stdin=lambda: b"",
    )
    assessment = pipeline.check(request).assessment
    # Which files were read, and a title made of their names, are all that may differ.
    return replace(assessment, inputs=(), title="")


CASES = {
    "acme": ("acme/snapshot.yaml", "acme/incident.yaml", ""),
    "acme to the public": ("acme/snapshot.yaml", "acme/incident-public.yaml", ""),
    "github": ("github/before", "", "github/after"),
    "kubernetes": ("kubernetes/before", "", "kubernetes/after"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_report_is_the_one_made_from_the_sources(name: str, tmp_path: Path) -> None:
    before, change, after = CASES[name]
    changes = [str(FIXTURES / change)] if change else []
    sources = judged([str(FIXTURES / before)], changes, [str(FIXTURES / after)] if after else [])
    once = judged([compiled(tmp_path, before)], changes, [compiled(tmp_path, after)] if after else [])
    assert once == sources
    for reporter in REPORTERS.values():
        assert reporter.render(once) == reporter.render(sources)


def test_what_was_not_understood_is_not_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "acl"
    folder.mkdir()
    (folder / "a.yaml").write_text("format: blastradius.snapshot/1\nprincipals: {user:ana: {}}\n", "utf-8")
    (folder / "b.yaml").write_text("what: is this\n", "utf-8")
    converted = pipeline.convert([str(folder)], lambda: b"")
    assert len(converted.unread) == 1
    with (tmp_path / "x.brs").open("wb") as stream:
        converted.write(stream)
    assert pipeline.convert([str(tmp_path / "x.brs")], lambda: b"").unread == converted.unread


def test_questions_are_answered_from_a_compiled_snapshot(tmp_path: Path) -> None:
    source = str(FIXTURES / "acme/snapshot.yaml")
    path = compiled(tmp_path, "acme/snapshot.yaml")
    first, second = (Request(snapshots=(snapshot,), as_of=NOW, stdin=lambda: b"") for snapshot in (source, path))
    resource = min(load(read_files([source])).snapshot.resources)
    holders = pipeline.who_can(first, "read", resource).holders
    assert holders
    assert holders == pipeline.who_can(second, "read", resource).holders
    someone = holders[0].principal
    assert pipeline.what_can(first, someone) == pipeline.what_can(second, someone)
    assert pipeline.explain(first, someone, "read", resource) == pipeline.explain(second, someone, "read", resource)


def test_a_compiled_snapshot_is_valid(tmp_path: Path) -> None:
    path = compiled(tmp_path, "acme/snapshot.yaml")
    found = pipeline.validate([path, str(FIXTURES / "acme/incident.yaml")], lambda: b"")
    assert found.snapshot is not None
    assert len(found.changes) == 1


def test_a_compiled_snapshot_of_compiled_ones_is_that_of_their_sources(tmp_path: Path) -> None:
    again = compiled(tmp_path, compiled(tmp_path, "github/before"))
    assert judged([again], [], [compiled(tmp_path, "github/after")]) == judged(
        [str(FIXTURES / "github/before")], [], [str(FIXTURES / "github/after")]
    )
