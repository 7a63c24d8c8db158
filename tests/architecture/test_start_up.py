"""What a command loads, and what it leaves alone."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = {"typer", "rich", "networkx", "yaml", "jsonschema", "pyroaring", "pydantic", "numpy", "pyarrow"}


def _loaded_by(*arguments: str) -> set[str]:
    program = (
        "import sys, os\n"
        "from blastradius.cli.boundary import run\n"
        "keep = os.dup(1); os.dup2(2, 1)\n"
        f"run({list(arguments)!r})\n"
        "os.write(keep, ' '.join(name for name in sys.modules if '.' not in name).encode())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


def test_the_version_is_told_without_any_library() -> None:
    assert _loaded_by("--version") & HEAVY == set()


@pytest.mark.parametrize("arguments", [("--help",), ("check", "--help"), ("--show-completion",)])
def test_help_loads_the_parser_and_nothing_heavier(arguments: tuple[str, ...]) -> None:
    assert _loaded_by(*arguments) & HEAVY == {"typer"}


def test_a_check_of_yaml_loads_what_it_computes_with_and_nothing_else(root: Path) -> None:
    acme = root / "fixtures" / "acme"
    arguments = ("check", str(acme / "snapshot.yaml"), "--change", str(acme / "incident.yaml"))
    assert _loaded_by(*arguments) & HEAVY == {"typer", "yaml", "pyroaring", "numpy"}


def test_dependencies_have_a_lower_and_an_upper_bound(root: Path) -> None:
    with (root / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    extras = [name for extra in project["optional-dependencies"].values() for name in extra]
    loose = [name for name in (*project["dependencies"], *extras) if ">=" not in name or ",<" not in name]
    assert loose == ["acl-blastradius[parquet]", "acl-blastradius[test]"]
    assert any(name == "typer>=0.26,<0.29" for name in project["dependencies"])
