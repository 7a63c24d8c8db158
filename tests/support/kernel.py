"""Real files with real access control lists, and what the kernel lets real users do with them."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROBE = Path(__file__).with_name("kernel_probe.py")
_NEEDED = ("getfacl", "setfacl")
_DIRECTORY_MODES = (0o755, 0o775, 0o750, 0o711, 0o1777, 0o2770, 0o705)


@dataclass(frozen=True)
class Account:
    """A user as a process has it.

    Attributes:
        groups: Numbers of all its groups, the primary one first.
    """

    name: str
    uid: int
    groups: tuple[int, ...]


def why_not() -> str:
    """Say why nothing can be tried here; empty when it can."""
    if missing := [one for one in _NEEDED if shutil.which(one) is None]:
        return f"{' and '.join(missing)} not on this machine (Debian: `apt-get install acl`)"
    if os.geteuid() != 0:
        return "only root can act as other users"
    return ""


def run(*command: str, cwd: Path) -> str:
    """Run a command in a folder and give what it printed."""
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (command, done.stderr)
    return done.stdout


def tried(
    folder: Path,
    paths: Iterable[str],
    accounts: Iterable[Account],
    *,
    attempts: bool = False,
    make: Mapping[str, str] | None = None,
) -> Mapping[str, Any]:
    """Say what each user may do with each path, as the kernel sees it.

    Args:
        folder: Where the paths begin; every user can get there.
        paths: Relative ones.
        accounts: The users.
        attempts: Whether to try real operations beside asking access(2).
        make: The path of a file that a user makes first, by the name of the user.

    Returns:
        By user: ``made``, ``letters`` by path, ``attempts`` by path (which actions went well).
    """
    asked = {
        "folder": str(folder),
        "paths": list(paths),
        "try": attempts,
        "accounts": [
            {"name": one.name, "uid": one.uid, "groups": one.groups, "make": (make or {}).get(one.name)}
            for one in accounts
        ],
    }
    command = [sys.executable, "-I", str(_PROBE)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers: Mapping[str, Any] = json.loads(done.stdout)
    return answers


class Forest:
    """A tree made at random from a seed, by the real commands."""

    def __init__(self, folder: Path, seed: int, accounts: Iterable[Account], groups: Iterable[int]) -> None:
        """Take the users and groups that may own something or be named in a list."""
        self.folder = folder
        self.directories: list[str] = []
        self.paths: list[str] = []
        self._random = random.Random(seed)
        self._uids = [account.uid for account in accounts]
        self._gids = list(groups)

    def grow(self, directories: int, files: int) -> None:
        """Make directories and files, and change who may do what with each of them."""
        choose = self._random
        self.directories = ["tree"]
        (self.folder / "tree").mkdir()
        for number in range(directories):
            self.directories.append(f"{choose.choice(self.directories)}/d{number}")
            (self.folder / self.directories[-1]).mkdir()
        leaves = [f"{choose.choice(self.directories)}/f{number}" for number in range(files)]
        for leaf in leaves:
            (self.folder / leaf).write_text("x", encoding="utf-8")
        self.paths = [*self.directories, *leaves]
        for path in self.paths:
            self._protect(path, is_directory=path in self.directories)

    def _protect(self, path: str, *, is_directory: bool) -> None:
        choose, whole = self._random, self.folder / path
        os.chown(whole, choose.choice(self._uids), choose.choice(self._gids))
        # Mostly open directories, or nobody would ever get to what is in them.
        whole.chmod(choose.choice(_DIRECTORY_MODES) if is_directory else choose.randrange(512))
        for _ in range(choose.choice([0, 0, 1, 1, 2, 4])):
            run("setfacl", "-m", self._entry(), "--", path, cwd=self.folder)
        if choose.random() < 0.3:
            run("setfacl", "-m", f"m::{self._bits()}", "--", path, cwd=self.folder)
        if is_directory and choose.random() < 0.4:
            for _ in range(choose.choice([1, 2, 3])):
                run("setfacl", "-d", "-m", self._entry(), "--", path, cwd=self.folder)
        if choose.random() < 0.2:
            whole.chmod(choose.randrange(512) | (0o711 if is_directory else 0))

    def _entry(self) -> str:
        choose = self._random
        kind = choose.choice("uuugggo")
        name = choose.choice(self._uids if kind == "u" else self._gids)
        return f"{kind}:{'' if kind == 'o' or choose.random() < 0.2 else name}:{self._bits()}"

    def _bits(self) -> str:
        return "".join(letter if self._random.random() < 0.6 else "-" for letter in "rwx")
