"""Every exit code, through the entry point that users call."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blastradius.cli.boundary import run as run_here
from tests.support.program import Run, environment

CHECK = ("check", "snapshot.yaml", "--change")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*CHECK, "harmless.yaml"), 0),
        ((*CHECK, "harmful.yaml"), 1),
        ((*CHECK, "public.yaml"), 1),
        (("check", "snapshot.yaml", "--after", "snapshot.yaml"), 0),
        ((*CHECK, "harmful.yaml", "--exit-zero"), 0),
        ((*CHECK, "missing.yaml"), 2),
        ((*CHECK, "missing.yaml", "--exit-zero"), 2),
        ((*CHECK, "unknown-id.yaml"), 2),
        ((*CHECK, "harmless.yaml", "--policy", "snapshot.yaml"), 2),
        ((*CHECK, "harmless.yaml", "--no-such-option"), 2),
        ((*CHECK, "harmless.yaml", "--report", "jsn"), 2),
        ((*CHECK, "harmless.yaml", "--fail-on", "none"), 2),
        ((*CHECK, "harmless.yaml", "--as-of", "tomorrow"), 2),
        ((*CHECK, "harmless.yaml", "--as-of", "9999-12-31T23:59:59-14:00"), 2),
        ((*CHECK, "harmless.yaml", "--author", " "), 2),
        ((*CHECK, "harmless.yaml", "--after", "snapshot.yaml"), 2),
        ((*CHECK, "harmless.yaml", "--strict", "--policy", "harmless.yaml"), 2),
        (("check", "snapshot.yaml"), 2),
        (("check",), 2),
        ((), 2),
        (("chek",), 2),
        (("--version", "check"), 2),
        (("--version",), 0),
        (("--help",), 0),
        (("explain", "user:ana", "read", "table:people", "snapshot.yaml"), 0),
        (("explain", "user:anna", "read", "table:people", "snapshot.yaml"), 2),
        (("who-can", "read", "table:people", "snapshot.yaml"), 0),
        (("who-can", "raed", "table:people", "snapshot.yaml"), 2),
        (("what-can", "user:ana", "snapshot.yaml"), 0),
        (("what-can", "user:nobody", "snapshot.yaml"), 2),
        (("validate", "snapshot.yaml", "harmless.yaml"), 0),
        (("validate", "missing.yaml"), 2),
        (("schema", "snapshot"), 0),
        (("schema", "snapshoot"), 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
@pytest.mark.usefixtures("acl")
def test_a_code_means_one_thing(
    arguments: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert run_here(arguments) == code
    written = capsys.readouterr()
    assert "Traceback" not in written.err
    if code == 2 and arguments:
        assert written.err.startswith("error: ")
        assert written.out == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [((*CHECK, "harmless.yaml"), 0), ((*CHECK, "harmful.yaml"), 1), ((*CHECK, "missing.yaml"), 2), (("--version",), 0)],
)
def test_the_process_ends_with_the_same_code(run: Run, arguments: tuple[str, ...], code: int) -> None:
    assert run(*arguments).returncode == code


def test_the_installed_script_is_the_same_program(acl: Path) -> None:
    script = Path(sys.executable).with_name("blastradius")
    if not script.exists():
        pytest.skip("the package is not installed here, only on the path")
    done = subprocess.run([script, *CHECK, "harmful.yaml"], cwd=acl, capture_output=True, timeout=120)
    assert done.returncode == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown", "junit", "github", "gitlab"])
@pytest.mark.parametrize(("change", "code"), [("harmless.yaml", 0), ("harmful.yaml", 1)])
@pytest.mark.usefixtures("acl", "capsys")
def test_the_code_never_depends_on_the_report(form: str, change: str, code: int) -> None:
    assert run_here((*CHECK, change, "--report", form)) == code


@pytest.mark.usefixtures("acl", "capsys")
def test_fail_on_adds_a_block_and_never_takes_one_away() -> None:
    widely = ("check", "snapshot.yaml", "--author", "user:ana", "--change")
    assert run_here((*widely, "public.yaml", "--fail-on", "critical")) == 1
    assert run_here((*widely, "harmful.yaml", "--fail-on", "critical")) == 1
    assert run_here((*widely, "harmless.yaml", "--fail-on", "low")) == 0


def test_a_crash_is_neither_a_pass_nor_a_block(run: Run, acl: Path) -> None:
    broken = acl / "broken"
    broken.mkdir()
    (broken / "pyroaring.py").write_text("raise RuntimeError('this \\x1b[31mlibrary is broken')\n", "utf-8")
    done = run(*CHECK, "harmless.yaml", extra={"PYTHONPATH": str(broken)})
    assert done.returncode == 3
    assert done.stderr.startswith("error: bug in blastradius ")
    assert "help: " in done.stderr
    assert "\x1b" not in done.stderr
    assert "Traceback" not in done.stderr
    shown = run(*CHECK, "harmless.yaml", "--exit-zero", extra={"PYTHONPATH": str(broken), "BLASTRADIUS_DEBUG": "1"})
    assert shown.returncode == 3
    assert "Traceback" in shown.stderr


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("raise ModuleNotFoundError('nothing here', name='pyroaring')", "the library `pyroaring` is not installed"),
        ("raise ImportError('no such symbol', name='pyroaring')", "`pyroaring` cannot be loaded: no such symbol"),
    ],
)
def test_a_missing_library_is_no_verdict_and_says_what_to_install(run: Run, acl: Path, failure: str, said: str) -> None:
    broken = acl / "broken"
    broken.mkdir()
    (broken / "pyroaring.py").write_text(failure, "utf-8")
    done = run(*CHECK, "harmless.yaml", extra={"PYTHONPATH": str(broken)})
    assert done.returncode == 2
    assert said in done.stderr
    assert "pip install --force-reinstall pyroaring" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals are another thing on Windows")
def test_an_interrupt_is_no_verdict(acl: Path) -> None:
    # Standard input that never ends keeps the program waiting at a known place.
    with subprocess.Popen(
        [sys.executable, "-m", "blastradius", "check", "-", "--change", "harmless.yaml"],
        cwd=acl,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out == b""
    assert b"Traceback" not in err
