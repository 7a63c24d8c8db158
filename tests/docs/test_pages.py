"""The pages are true: what they show is what comes out, what they name exists, what they link is there.

`BLASTRADIUS_UPDATE=1 .venv/bin/pytest tests/docs` writes the shown output anew.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from blastradius.cli.app import app
from tests.support.program import ROOT, environment

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SHOWN = re.compile(
    r"(?P<head><!-- output of: blastradius (?P<command>.*?) -->\n```text\n)(?P<output>.*?)(?P<tail>^```$)",
    re.MULTILINE | re.DOTALL,
)
FENCE = re.compile(r"^```(?:sh|yaml)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _run(command: str) -> "subprocess.CompletedProcess[str]":
    """Run a call from the root of the repository; of `… | head -9` the first nine lines are kept."""
    call, _, lines = command.partition(" | head -")
    done = subprocess.run(
        [sys.executable, "-m", "blastradius", *shlex.split(call)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    if lines:
        done.stdout = "".join(done.stdout.splitlines(keepends=True)[: int(lines)])
    return done


def _commands(text: str) -> Iterator[list[str]]:
    """Find the calls of the program in the code blocks of a page, continued lines joined."""
    for block in FENCE.finditer(text):
        body = re.sub(r"\\\n\s*", " ", block["body"])
        body = re.sub(r"(?<=yaml)\n\s+(?=--)", " ", body)
        for line in body.splitlines():
            found = re.search(r"(?:^\s*(?:- run: |- )?|/bin/)blastradius (?P<rest>[a-z-].*)$", line)
            if found:
                yield shlex.split(found["rest"].partition(" | ")[0].partition(" > ")[0], comments=True)


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_shown_output_is_what_comes_out(page: Path) -> None:
    text = page.read_text("utf-8")
    update = bool(os.environ.get("BLASTRADIUS_UPDATE"))
    for block in list(SHOWN.finditer(text)):
        done = _run(block["command"])
        assert done.returncode in {0, 1}, done.stderr
        if update:
            text = text.replace(block[0], block["head"] + done.stdout + block["tail"])
        else:
            assert block["output"] == done.stdout, f"`blastradius {block['command']}` shows something else by now"
    if update:
        page.write_text(text, "utf-8")


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_every_call_in_a_code_block_parses(page: Path) -> None:
    program = typer.main.get_command(app)
    for command in _commands(page.read_text("utf-8")):
        with program.make_context("blastradius", command[:1]) as context:
            _, found, rest = program.resolve_command(context, command)
            found.make_context(command[0], [*command[1:]], parent=context)
            assert rest == command[1:]


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in LINK.finditer(re.sub(r"`[^`\n]*`", "", page.read_text("utf-8"))):
        target, _, anchor = link["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = page if not target else (page.parent / target).resolve()
        if not file.exists() or (anchor and anchor not in _anchors(file)):
            dead.append(link["target"])
    assert dead == []


def test_every_page_is_listed_in_the_index() -> None:
    index = ROOT / "docs" / "index.md"
    linked = {(index.parent / link["target"]).resolve() for link in LINK.finditer(index.read_text("utf-8"))}
    pages = {page.resolve() for page in PAGES} - {index.resolve(), (ROOT / "README.md").resolve()}
    assert [_id(page) for page in sorted(pages - linked)] == []


def test_the_two_commands_of_the_readme_are_whole() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    demo, tests = (
        re.search(rf"<!-- command: {name} -->\n```sh\n(?P<line>[^\n]+)\n```\n", text) for name in ("demo", "tests")
    )
    assert demo
    assert tests
    assert tests["line"] == "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && .venv/bin/pytest"
    call = demo["line"].partition("&& .venv/bin/blastradius ")[2]
    done = _run(call)
    assert done.returncode == 1
    assert "user-data" in done.stdout


@pytest.mark.parametrize(
    "line", [line for line in _commands((ROOT / "README.md").read_text("utf-8")) if "fixtures" in str(line)]
)
def test_the_examples_of_the_readme_run(line: list[str]) -> None:
    done = _run(shlex.join(line))
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout


def test_the_calls_are_found() -> None:
    found = [" ".join(command[:1]) for command in _commands((ROOT / "README.md").read_text("utf-8"))]
    assert found.count("check") >= 4
    assert {"explain", "who-can", "what-can", "validate", "schema"} <= set(found)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
