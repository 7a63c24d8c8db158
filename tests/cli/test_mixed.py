"""One edit of one group, checked over the exports of four systems."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import environment

MIXED = ("fixtures/mixed/exports", "--as-of", "2026-03-18T09:00:00Z")
EDIT = "fixtures/mixed/change.yaml"


def blastradius(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "blastradius", *arguments], cwd=root, capture_output=True, text=True, env=environment()
    )


@pytest.fixture(scope="module")
def report(root: Path) -> dict[str, object]:
    done = blastradius(root, "check", *MIXED, "--change", EDIT, "--report", "json")
    assert done.returncode == 1, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_four_systems_are_recognised_and_complete(report: dict[str, object]) -> None:
    kinds = {given["kind"] for given in report["inputs"] if given["side"] == "baseline"}  # type: ignore[attr-defined]
    assert kinds == {"aws", "directory", "github", "postgres"}
    assert {one["completeness"] for one in report["coverage"]} == {"complete"}  # type: ignore[attr-defined]
    assert report["unread"] == []


def test_one_group_edit_opens_a_bucket_a_table_and_a_repository(root: Path, tmp_path: Path) -> None:
    tuples = tmp_path / "tuples.jsonl"
    blastradius(root, "check", *MIXED, "--change", EDIT, "--tuples", str(tuples))
    gained = [json.loads(line) for line in tuples.read_text("utf-8").splitlines()]
    assert {line["change"] for line in gained} == {"gained"}
    read = {line["resource"] for line in gained if line["capability"] == "read"}
    assert {"aws:arn:aws:s3:::acme-events/*", "table:pg/warehouse/sales.customers", "repo:acme/forecasts"} <= read
    assert {line["principal"] for line in gained} == {
        "user:cleo@acme.example",
        "user:dario@helpdesk.example",
        "user:emre@acme.example",
        "user:github/cleo-m",
    }


@pytest.mark.parametrize(
    ("action", "resource", "through"),
    [
        ("s3:GetObject", "aws:arn:aws:s3:::acme-events/*", "role:aws/111122223333/analyst"),
        ("read", "table:pg/warehouse/sales.customers", "user:pg/analyst"),
        ("push", "repo:acme/forecasts", "team:acme/data"),
    ],
)
def test_a_path_leads_from_a_person_through_the_group_into_each_system(
    root: Path, action: str, resource: str, through: str
) -> None:
    arguments = ("explain", "user:cleo@acme.example", action, resource, MIXED[0], "--change", EDIT)
    answer = json.loads(blastradius(root, *arguments, "--report", "json").stdout)
    assert answer["before"]["state"] == "none"
    steps = answer["after"]["witnesses"][0]["steps"]
    names = [steps[0]["from"], *(step["to"] for step in steps)]
    assert names[:3] == ["user:cleo@acme.example", "group:support@acme.example", "group:data@acme.example"]
    assert through in names
    assert [step["to"] for step in steps if step["changed"]] == ["group:data@acme.example"]
    assert all(step["source"] for step in steps if step["relation"] != "contains")


def test_people_with_two_accounts_count_once_and_strangers_are_external(report: dict[str, object]) -> None:
    worst = report["exposures"][0]["principals"]  # type: ignore[index]
    assert (worst["total"], worst["external"]) == (3, 1)
