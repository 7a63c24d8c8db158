"""The demo organisation: the reconstruction of the incident, the same opened to the world, and what was asked for."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from blastradius.cli.boundary import run

OPENED = ["user-data", "strategy-docs", "code"]


def _report(root: Path, change: str, capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    acme = root / "fixtures" / "acme"
    assert run(("check", str(acme / "snapshot.yaml"), "--change", str(acme / change), "--report", "json")) == code
    return json.loads(capsys.readouterr().out)


def test_the_incident_is_one_step_below_the_top(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(root, "incident.yaml", capsys, 1)
    assert (report["severity"]["level"], report["severity"]["sev"]) == ("high", "SEV1")
    assert [exposure["class"] for exposure in report["exposures"]][:3] == OPENED
    for exposure in report["exposures"]:
        who = exposure["principals"]
        assert 2990 < who["user"] < 3010
        assert (who["agent"], who["external"], who["outsider"]) == (1, 0, False)


def test_the_incident_opens_what_the_story_says_and_no_more(root: Path, tmp_path: Path) -> None:
    acme = root / "fixtures" / "acme"
    lines = tmp_path / "tuples.jsonl"
    run(("check", str(acme / "snapshot.yaml"), "--change", str(acme / "incident.yaml"), "--tuples", str(lines)))
    tuples = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    reached = {each["resource"] for each in tuples}
    assert {"repo:acme-core/ranking", "drive:strategy/roadmap", "table:people/profiles"} <= reached
    # The inheritance break, the narrowed group and the other classes hold.
    assert not reached & {"drive:strategy/board", "secret:signing-keys", "cluster:prod", "drive:strategy"}
    principals = {each["principal"] for each in tuples}
    assert not principals & {"user:bo@vendor.example", "user:cleo@vendor.example", "group:all-staff#unlisted"}
    # Whoever drives the agent gains through it.
    assert {"agent:forum-helper", "user:ivo", "user:dana"} <= principals
    by_change = {each["resource"]: each["change"] for each in tuples if each["principal"] == "user:dana"}
    assert by_change["drive:strategy/roadmap"] == "gained"
    assert by_change["drive:strategy/pricing"] == "maybe_gained"


def test_the_same_opened_to_the_internet_is_at_the_top(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(root, "incident-public.yaml", capsys, 1)
    assert (report["severity"]["level"], report["severity"]["sev"]) == ("critical", "SEV0")
    assert report["verdict"]["decision"] == "block"
    assert all(exposure["principals"]["outsider"] for exposure in report["exposures"][:3])


def test_what_was_asked_for_passes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = _report(root, "as-asked.yaml", capsys, 0)
    assert report["severity"]["level"] == "low"
    assert report["verdict"]["decision"] == "pass"
    assert [exposure["class"] for exposure in report["exposures"]] == ["internal"]


@pytest.mark.parametrize("change", ["incident.yaml", "incident-public.yaml", "as-asked.yaml"])
def test_both_engines_see_the_same(root: Path, change: str, tmp_path: Path) -> None:
    acme = root / "fixtures" / "acme"
    generate = _generator(acme)
    # The reference engine takes minutes for 3,000 engineers who are all alike: a few will do.
    written = (acme / "snapshot.yaml").read_text("utf-8").partition(generate.FIRST_LINE)[0]
    generate.TEAMS = dict.fromkeys(generate.TEAMS, 2)
    (tmp_path / "snapshot.yaml").write_text(written + generate.generated(), "utf-8")
    check = ("check", str(tmp_path / "snapshot.yaml"), "--change", str(acme / change), "--tuples")
    run((*check, str(tmp_path / "fast"), "--engine", "fast"))
    run((*check, str(tmp_path / "reference"), "--engine", "reference"))
    assert (tmp_path / "fast").read_bytes() == (tmp_path / "reference").read_bytes() != b""


def _generator(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("acme_generate", folder / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_part_is_what_the_generator_writes(root: Path) -> None:
    folder = root / "fixtures" / "acme"
    text = (folder / "snapshot.yaml").read_text("utf-8")
    assert _generator(folder).whole(text) == text
