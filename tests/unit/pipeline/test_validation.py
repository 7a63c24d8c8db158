"""Validating files of every kind at once."""

from pathlib import Path

import pytest

from blastradius.errors import BlastRadiusError
from blastradius.pipeline import validate

SNAPSHOT = """\
format: blastradius.snapshot/1
actions: {get: read}
principals: {user:ana: {}}
resources: {box:top: {}, box:low: {in: box:top}, box:other: {}}
grants:
  - {to: user:ana, actions: [get], on: box:low}
  - {to: user:ana, actions: [read], on: box:top, effect: deny}
  - {to: user:ana, actions: [read], on: box:other, effect: deny}
"""
CHANGE = """\
format: blastradius.change/1
steps:
  - grant: {to: user:ana, actions: [get], on: box:low}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snapshot.yaml").write_text(SNAPSHOT)
    (tmp_path / "change.yaml").write_text(CHANGE)
    return tmp_path


def no_stdin() -> bytes:
    raise AssertionError


def test_a_denied_capability_is_a_warning_only_where_another_of_its_actions_is_allowed(folder: Path) -> None:
    warnings = validate(["snapshot.yaml"], no_stdin).warnings

    assert [str(w.source) for w in warnings] == ["snapshot.yaml:7:5"]
    assert "`get`, which is allowed there" in warnings[0].message


def test_a_change_is_tried_on_the_snapshot_beside_it(folder: Path) -> None:
    found = validate(["."], no_stdin)

    assert [len(change.steps) for change in found.changes] == [1]
    assert any("already has this grant" in warning.message for warning in found.warnings)


def test_each_change_is_tried_by_itself(folder: Path) -> None:
    add = "format: blastradius.change/1\nsteps:\n  - add_principal: {id: user:new}\n"
    (folder / "one.yaml").write_text("author: user:ana\n" + add)
    (folder / "two.yaml").write_text("author: user:bo\n" + add)

    assert len(validate(["."], no_stdin).changes) == 3


def test_the_problems_of_all_files_come_together(folder: Path) -> None:
    (folder / "change.yaml").write_text(CHANGE.replace("user:ana", "user:anna"))
    (folder / "policy.yaml").write_text("format: blastradius.policy/1\nclassse: {}\n")
    (folder / "torn.yaml").write_text("a: [")

    with pytest.raises(BlastRadiusError) as refused:
        validate(["."], no_stdin)

    files = {problem.source.file for problem in refused.value.problems if problem.source}
    assert files == {"change.yaml", "policy.yaml", "torn.yaml"}


def test_a_change_alone_and_a_policy_alone_are_valid(folder: Path) -> None:
    assert validate(["change.yaml"], no_stdin).snapshot is None
    assert validate(["-"], SNAPSHOT.encode).changes == ()


def test_hidden_settings_of_other_tools_are_passed_over_and_hidden_ruins_are_a_warning(folder: Path) -> None:
    (folder / ".tool.yaml").write_text("repos: []\n")
    (folder / ".torn.yaml").write_text("a: [")

    found = validate(["."], no_stdin)

    assert found.snapshot is not None
    assert [w.source.file for w in found.warnings if w.source and w.source.file.startswith(".")] == [".torn.yaml"]
