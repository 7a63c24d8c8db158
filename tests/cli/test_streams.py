"""Closed pipes, full disks, terminals, standard input: nothing there may turn a verdict around."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.program import Run, environment

CHECK = ("check", "snapshot.yaml", "--change")
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")


def _shell(acl: Path, command: str) -> "subprocess.CompletedProcess[str]":
    program = f"'{sys.executable}' -m blastradius"
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command.replace('blastradius', program, 1)}"],
        cwd=acl,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize(("change", "code"), [("harmless.yaml", 0), ("harmful.yaml", 1)])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_has_seen_enough_leaves_the_verdict(acl: Path, change: str, code: int, form: str) -> None:
    closed = _shell(acl, f"blastradius check snapshot.yaml --change {change} --report {form} | head -c 1")
    assert closed.returncode == code
    assert closed.stderr == ""
    at_once = _shell(acl, f"blastradius check snapshot.yaml --change {change} --report {form} | true")
    assert at_once.returncode == code
    assert at_once.stderr == ""


@pytest.mark.parametrize(
    "arguments", ["--help", "check --help", "--version", "who-can read table:people snapshot.yaml", "schema snapshot"]
)
def test_a_closed_pipe_is_no_error_for_an_answer(acl: Path, arguments: str) -> None:
    done = _shell(acl, f"blastradius {arguments} | true")
    assert done.returncode == 0
    assert done.stderr == ""


@needs_full
@pytest.mark.parametrize(
    "arguments", [("check", "snapshot.yaml", "--change", "harmless.yaml"), ("--version",), ("--help",)]
)
def test_a_full_disk_is_no_pass(run: Run, arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        done = run(*arguments, stdout=full)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "no space left" in done.stderr
    assert "Traceback" not in done.stderr


@needs_full
def test_a_full_disk_is_no_block(run: Run) -> None:
    with FULL.open("wb") as full:
        assert run(*CHECK, "harmful.yaml", stdout=full).returncode == 2
        assert run(*CHECK, "harmful.yaml", "--report", "json", stdout=full).returncode == 2
    assert run(*CHECK, "harmful.yaml", "--report", "json=/dev/full").returncode == 2
    assert run(*CHECK, "harmful.yaml", "--tuples", "/dev/full").returncode == 2


@needs_full
def test_a_lost_message_does_not_change_the_code(run: Run) -> None:
    with FULL.open("wb") as full:
        assert run(*CHECK, "harmful.yaml", stderr=full).returncode == 1
        assert run(*CHECK, "missing.yaml", stderr=full).returncode == 2


def test_closed_streams_end_in_no_verdict(acl: Path) -> None:
    assert _shell(acl, "blastradius check snapshot.yaml --change harmless.yaml >&-").returncode == 2
    assert _shell(acl, "blastradius check snapshot.yaml --change harmful.yaml 2>&-").returncode == 1
    assert _shell(acl, "blastradius check snapshot.yaml --change missing.yaml 2>&- >&-").returncode == 2
    assert _shell(acl, "blastradius check - --change harmful.yaml <&-").returncode == 2


def test_a_snapshot_comes_from_standard_input(run: Run, acl: Path) -> None:
    text = (acl / "snapshot.yaml").read_text("utf-8")
    assert run("check", "-", "--change", "harmful.yaml", stdin=text).returncode == 1
    assert (
        run("check", "snapshot.yaml", "--change", "-", stdin=(acl / "harmful.yaml").read_text("utf-8")).returncode == 1
    )
    assert run("check", "snapshot.yaml", "--after", "-", stdin=text).returncode == 0
    assert run("validate", "-", stdin=text).returncode == 0


def test_standard_input_is_read_once(run: Run, acl: Path) -> None:
    text = (acl / "snapshot.yaml").read_text("utf-8")
    for arguments in (("check", "-", "--after", "-"), ("check", "-", "-", "--change", "x"), ("validate", "-", "-")):
        done = run(*arguments, stdin=text)
        assert done.returncode == 2
        assert "standard input" in done.stderr


def test_empty_standard_input_is_an_error(run: Run) -> None:
    done = run("check", "-", "--change", "harmless.yaml")
    assert done.returncode == 2
    assert "<stdin>" in done.stderr


def test_the_report_is_all_there_is_on_standard_output(run: Run) -> None:
    done = run(*CHECK, "harmful.yaml", "--report", "json")
    assert json.loads(done.stdout)["format"] == "blastradius.report/1"
    assert done.stderr == ""


def test_a_locale_without_unicode_does_no_harm(run: Run, acl: Path) -> None:
    text = (acl / "snapshot.yaml").read_text("utf-8").replace("user:ana", "user:ána")
    (acl / "unicode.yaml").write_text(text, "utf-8")
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = run("who-can", "read", "table:people", "unicode.yaml", extra=plain)
    assert done.returncode == 0
    assert "user:ána" in done.stdout
    missing = run("explain", "user:nobody", "read", "table:people", "unicode.yaml", extra=plain)
    assert missing.returncode == 2
    assert "`user:ána`" in missing.stderr


def _on_terminal(acl: Path, *arguments: str, extra: dict[str, str]) -> str:
    """Run with a terminal as standard output and give back all that it showed."""
    above, below = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "blastradius", *arguments], cwd=acl, env=environment(extra), stdout=below, stdin=below
    ) as process:
        os.close(below)
        seen = b""
        while True:
            try:
                piece = os.read(above, 65536)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        process.wait(60)
    os.close(above)
    return seen.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="reading a terminal to its end differs")
@pytest.mark.parametrize(
    ("extra", "coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"TERM": "xterm", "FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_only_where_they_are_wanted(acl: Path, extra: dict[str, str], coloured: bool) -> None:
    seen = _on_terminal(acl, *CHECK, "harmful.yaml", extra=extra)
    assert "user-data" in seen
    assert ("\x1b[" in seen) is coloured


def test_a_pipe_gets_no_colour_and_eighty_columns(run: Run) -> None:
    done = run(*CHECK, "harmful.yaml", extra={"COLUMNS": "200", "TERM": "xterm"})
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    assert "\x1b[" in run(*CHECK, "harmful.yaml", extra={"FORCE_COLOR": "1"}).stdout


def test_a_terminal_of_any_width_is_filled_and_not_overrun(acl: Path) -> None:
    for columns in (40, 80, 110):
        extra = {"TERM": "dumb", "COLUMNS": str(columns)}
        lines = _on_terminal(acl, *CHECK, "harmful.yaml", extra=extra).splitlines()
        assert max(len(line) for line in lines) <= columns
