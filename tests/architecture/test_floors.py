"""The floors of the house, as `pyproject.toml` draws them, hold."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def contracts(root: Path) -> list[dict[str, object]]:
    with (root / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["tool"]["importlinter"]["contracts"]


def test_no_import_goes_against_the_floors(root: Path) -> None:
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_system_is_kept_apart_from_the_others(root: Path, contracts: list[dict[str, object]]) -> None:
    listed = next(contract["modules"] for contract in contracts if contract["type"] == "independence")
    folders = sorted(path.parent.name for path in (root / "blastradius" / "systems").glob("*/snapshot.py"))
    assert folders, "there are no systems"
    assert listed == [f"blastradius.systems.{name}" for name in folders]


def test_the_floors_leave_no_room_out(contracts: list[dict[str, object]]) -> None:
    layers = next(contract for contract in contracts if contract["type"] == "layers")
    assert layers["exhaustive"] is True
