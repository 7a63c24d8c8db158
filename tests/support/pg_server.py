"""A throwaway PostgreSQL server on a socket, run by somebody who is not root: it refuses root."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")
ELSEWHERE = "BLASTRADIUS_POSTGRES_BIN"
"""Names folders with servers of other versions, separated by colons."""
NEEDED = ("initdb", "pg_ctl", "postgres", "psql", "pg_dump", "pg_dumpall")


def binaries() -> list[Path]:
    """List the folders with a whole server in them, the newest version first."""
    named = [Path(one) for one in os.environ.get(ELSEWHERE, "").split(":") if one]
    found = sorted(INSTALLED.glob("*/bin"), key=lambda path: (len(path.parent.name), path.parent.name), reverse=True)
    return [one for one in (*named, *found) if all((one / name).exists() for name in NEEDED)]


def version_of(binary: Path) -> str:
    """Give the version of a server that is not running."""
    done = subprocess.run([str(binary / "postgres"), "--version"], capture_output=True, text=True, check=False)
    return done.stdout.split()[-1] if done.stdout else "unknown"


def why_not() -> str:
    """Say why no server can be run here; empty when one can."""
    if not binaries():
        return f"no PostgreSQL server is installed below {INSTALLED} (Debian package `postgresql`)"
    if os.geteuid() == 0 and _account() is None:
        return "PostgreSQL refuses to be run by root, and there is neither `postgres` nor `nobody`"
    return ""


def _account() -> pwd.struct_passwd | None:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


class Server:
    """A running server."""

    def __init__(self, folder: Path, binary: Path) -> None:
        self._folder = folder
        self._binary = binary

    def program(self, name: str, *arguments: str) -> str:
        """Run a client program, and give what it prints."""
        command = [str(self._binary / name), "-h", str(self._folder), "-U", "root", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def psql(self, script: str, database: str = "postgres", user: str = "root") -> "subprocess.CompletedProcess[str]":
        """Run a script, going on after errors."""
        command = [str(self._binary / "psql"), "-h", str(self._folder), "-U", user, "-d", database, "-XAtq"]
        return subprocess.run(
            [*command, "-v", "VERBOSITY=terse"], input=script, capture_output=True, text=True, env=_environment()
        )

    def query(self, script: str, database: str = "postgres") -> list[list[str]]:
        """Run a script that must succeed, and give its rows."""
        done = self.psql("\\set ON_ERROR_STOP on\n" + script, database)
        assert done.returncode == 0, done.stderr
        return [line.split("|") for line in done.stdout.splitlines()]

    @property
    def version(self) -> int:
        """Its major version."""
        return int(self.query("SHOW server_version_num")[0][0]) // 10000


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGTZ": "UTC"}


@contextmanager
def running(binary: Path) -> Iterator[Server]:
    """Make a server, run it, and take it away again. Its first role is called `root`."""
    account = _account() if os.geteuid() == 0 else None
    # The path of a socket may not be longer than a hundred characters, and everybody must get there.
    folder = Path(tempfile.mkdtemp(prefix="brpg"))
    data = str(folder / "data")
    try:
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _as(account, str(binary / "initdb"), "-D", data, "-U", "root", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c shared_buffers=16MB"
        _as(account, str(binary / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Server(folder, binary)
        finally:
            _as(account, str(binary / "pg_ctl"), "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as(account: pwd.struct_passwd | None, *command: str) -> None:
    """Run a command as an account; its output goes nowhere, since a server that stays would hold it open."""
    if account is None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment())
        return
    subprocess.run(
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env=_environment(),
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )
