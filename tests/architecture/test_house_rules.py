"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

LINES_MAX = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "misc"}
# One letter of each word stands in brackets, so that this file does not break its own rules.
UNFINISHED = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b")
MACHINE_PATHS = re.compile(r"/wor[k]/|/hom[e]/[a-z]|/roo[t]/|/User[s]/|\b[A-Z]:\\+User[s]")
PACKAGE_HOSTS = re.compile(r"py[p]i-[a-z]+|pyp[i]\.[a-z]+\.|art[i]factory|/sim[p]le/")
TEXT_SUFFIXES = {".py", ".md", ".toml", ".yaml", ".yml", ".json", ".txt", ""}


def _files(root: Path) -> Iterator[Path]:
    for folder in ("blastradius", "tests", "docs", "policies", "fixtures", "benchmarks", ".ci"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from (root / name for name in ("README.md", "pyproject.toml"))


def _python(root: Path) -> Iterator[Path]:
    return (path for path in _files(root) if path.suffix == ".py")


def _relative(paths: Iterator[Path], root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in paths]


def test_no_file_outgrows_its_room(root: Path) -> None:
    long = (path for path in _python(root) if len(path.read_text("utf-8").splitlines()) > LINES_MAX)
    assert _relative(long, root) == []


def test_no_module_is_a_drawer_for_everything(root: Path) -> None:
    assert _relative((path for path in _python(root) if path.stem in FORBIDDEN_NAMES), root) == []


def test_every_module_says_first_what_it_is_for(root: Path) -> None:
    silent = []
    for path in (root / "blastradius").rglob("*.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        if not docstring or not docstring.splitlines()[0].rstrip().endswith((".", ":")):
            silent.append(path.relative_to(root).as_posix())
    assert silent == []


def test_nothing_is_left_for_later(root: Path) -> None:
    assert [f"{path.name}: {line}" for path in _files(root) for line in _lines(path) if UNFINISHED.search(line)] == []


def test_nothing_names_a_machine_or_a_package_host(root: Path) -> None:
    found = [
        f"{path.relative_to(root).as_posix()}: {line.strip()[:100]}"
        for path in _files(root)
        for line in _lines(path)
        if MACHINE_PATHS.search(line) or PACKAGE_HOSTS.search(line)
    ]
    assert found == []


def test_only_the_boundary_catches_everything(root: Path) -> None:
    broad = []
    for path in (root / "blastradius").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            caught = ast.unparse(node.type) if isinstance(node, ast.ExceptHandler) and node.type else None
            if isinstance(node, ast.ExceptHandler) and (caught is None or caught in {"Exception", "BaseException"}):
                broad.append(path.relative_to(root).as_posix())
    assert broad == ["blastradius/cli/boundary.py"]


@pytest.mark.parametrize("text", ["see /wor" + "k/main", "# TO" + "DO later", "C:\\Us" + "ers\\ana"])
def test_the_rules_find_what_they_look_for(text: str) -> None:
    assert UNFINISHED.search(text) or MACHINE_PATHS.search(text)


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8", errors="replace").splitlines() if path.suffix in TEXT_SUFFIXES else []
