"""Whole checks: what a tuple opens and closes, through the same use case as the command line."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blastradius import pipeline
from blastradius.pipeline import Request
from tests.support.program import ROOT, environment

MODEL = """\
model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type doc
  relations
    define viewer: [user, user:*, group#member]
    define editor: [user]
    define blocked: [user, group#member]
    define can_view: (viewer or editor) but not blocked
    define can_edit: editor but not blocked
"""
Changed = set[tuple[str, str, str, str]]


def changed(before: list[str], after: list[str], tmp_path: Path) -> Changed:
    """Compare two states; a tuple is written as in SpiceDB."""
    paths = []
    for name, lines in (("before", before), ("after", after)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "model.fga").write_text(MODEL, "utf-8")
        items = []
        for line in lines:
            target, _, user = line.partition("@")
            where, _, relation = target.partition("#")
            items.append({"user": user, "relation": relation, "object": where})
        (folder / "tuples.json").write_text(json.dumps(items, indent=1), "utf-8")
        paths.append(str(folder))
    return tuples_of([paths[0]], [paths[1]], tmp_path)


def run(*arguments: str) -> None:
    """Call the program as users do; it must succeed."""
    command = [sys.executable, "-m", "blastradius", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert done.returncode == 0, done.stderr


def tuples_of(before: list[str], after: list[str], tmp_path: Path) -> Changed:
    out = tmp_path / "tuples.jsonl"
    run("check", *before, "--after", *after, "--exit-zero", "--tuples", str(out), "--as-of", "2026-03-18T12:00:00Z")
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    return {(one["change"], one["principal"], one["capability"], one["resource"]) for one in lines}


def test_a_tuple_that_is_added_can_take_access_away(tmp_path: Path) -> None:
    before = ["doc:1#viewer@user:ana", "doc:1#viewer@group:eng#member", "group:eng#member@user:bo"]
    after = [*before, "doc:1#blocked@user:ana", "doc:1#blocked@group:eng#member"]
    assert changed(before, after, tmp_path) == {
        ("revoked", "user:fga/ana", "read", "fga:doc:1"),
        ("revoked", "user:fga/bo", "read", "fga:doc:1"),
    }


def test_a_tuple_that_is_deleted_can_give_access(tmp_path: Path) -> None:
    before = ["doc:1#editor@user:ana", "doc:1#blocked@user:ana"]
    assert changed(before, before[:1], tmp_path) == {
        ("gained", "user:fga/ana", "read", "fga:doc:1"),
        ("gained", "user:fga/ana", "write", "fga:doc:1"),
    }


def test_one_member_more_opens_what_the_group_may_see(tmp_path: Path) -> None:
    before = ["doc:1#viewer@group:all#member", "group:all#member@group:eng#member", "group:eng#member@user:ana"]
    assert changed(before, [*before, "group:eng#member@user:bo"], tmp_path) == {
        ("gained", "user:fga/bo", "read", "fga:doc:1"),
    }


def test_a_second_way_to_the_same_access_changes_nothing(tmp_path: Path) -> None:
    before = ["doc:1#viewer@user:ana"]
    assert changed(before, [*before, "doc:1#viewer@group:eng#member", "group:eng#member@user:ana"], tmp_path) == set()


def test_naming_somebody_for_the_first_time_gives_nothing_that_everybody_has(tmp_path: Path) -> None:
    before = ["doc:1#viewer@user:*", "doc:2#viewer@user:ana"]
    assert changed(before, [*before, "doc:2#viewer@user:new"], tmp_path) == {
        ("gained", "user:fga/new", "read", "fga:doc:2"),
    }


def test_a_wildcard_opens_to_everybody_known_and_to_those_whom_nothing_lists(tmp_path: Path) -> None:
    before = ["doc:1#viewer@user:ana", "group:eng#member@user:bo"]
    assert changed(before, [*before, "doc:1#viewer@user:*"], tmp_path) == {
        ("gained", "fga:user:*#unlisted", "read", "fga:doc:1"),
        ("gained", "user:fga/bo", "read", "fga:doc:1"),
    }


def test_the_path_to_what_is_gained_goes_through_the_tuple_that_was_added() -> None:
    before, after = (str(ROOT / "fixtures" / "zanzibar" / name) for name in ("before", "after"))
    request = Request(snapshots=(before,), after=(after,), as_of=datetime(2026, 3, 18, tzinfo=UTC), stdin=lambda: b"")
    checked = pipeline.check(request)
    assert checked.assessment.unread == ()
    witness = next(w for one in checked.assessment.exposures for w in one.witnesses if w.principal == "user:fga/bo")
    (step,) = [one for one in witness.steps if one.changed]
    text = (ROOT / "fixtures" / "zanzibar" / "after" / "store.fga.yaml").read_text("utf-8").split("\n")
    assert '"group:engineering#member", relation: member, object: "group:strategy"' in text[step.source.line - 1]


@pytest.mark.parametrize("suffix", ["yaml", "jsonl", "brs"])
def test_a_converted_store_gives_the_same_answers(suffix: str, tmp_path: Path) -> None:
    before, after = (str(ROOT / "fixtures" / "zanzibar" / name) for name in ("before", "after"))
    once, again = str(tmp_path / f"before.{suffix}"), str(tmp_path / f"after.{suffix}")
    run("convert", before, "--beside", after, "-o", once)
    run("convert", after, "--beside", before, "-o", again)
    assert tuples_of([once], [again], tmp_path) == tuples_of([before], [after], tmp_path)
