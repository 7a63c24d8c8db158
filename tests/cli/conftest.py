"""A small organisation on disk, and the program run on it as a user would."""

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.program import Run, environment

SNAPSHOT = """\
format: blastradius.snapshot/1
principals:
  user:ana: {}
  user:dana: {}
  agent:helper: {}
groups:
  group:analysts: {members: [user:ana]}
  group:everybody-else: {members: unknown, size: 3000}
resources:
  table:people: {class: user-data, items: 4000000}
  wiki:handbook: {class: public}
grants:
  - {to: group:analysts, actions: [read], on: table:people}
"""
CHANGES = {
    "harmless.yaml": "title: Read the handbook\nauthor: user:ana\nsteps:\n"
    "  - grant: {to: user:dana, actions: [read], on: wiki:handbook}\n",
    "harmful.yaml": "title: Let all in\nauthor: agent:helper\nsteps:\n"
    "  - add_member: {group: group:analysts, member: group:everybody-else}\n",
    "public.yaml": "title: Let the world in\nauthor: user:ana\nsteps:\n"
    "  - grant: {to: public, actions: [read], on: table:people}\n",
    "unknown-id.yaml": "title: Whom?\nsteps:\n  - add_member: {group: group:analyst, member: user:dana}\n",
}


@pytest.fixture
def acl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay the organisation out in a folder and go there."""
    (tmp_path / "snapshot.yaml").write_text(SNAPSHOT, "utf-8")
    for name, text in CHANGES.items():
        (tmp_path / name).write_text("format: blastradius.change/1\n" + text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(acl: Path) -> Run:
    """Run the program in the folder, as a process of its own."""

    def _run(
        *arguments: str, stdin: str | bytes = b"", extra: Mapping[str, str] | None = None, **options: object
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "blastradius", *arguments],
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            env=environment(extra),
            cwd=acl,
            timeout=120,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        out, err = ((stream or b"").decode() for stream in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    return _run


@pytest.fixture(autouse=True, scope="session")
def _interruptible() -> None:
    """Let programs started here be interrupted, even where the tests themselves run in the background of a script.

    A shell has its background jobs ignore interrupts, and what they start inherits that; what catches them it does not.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
