"""Run by root in a process of its own: tries, as each of several users, what the kernel lets them do with files.

Takes on standard input what to ask, as JSON: the folder to stand in, the paths, the users with their numbers, and for
each user the directory in which to make a file, if any. Prints for each user what happened.
"""

# The system calls themselves are what is tried.
# ruff: noqa: PTH101, PTH104, PTH108, PTH116, PTH208
import json
import os
import stat
import sys
from collections.abc import Callable
from typing import Any

_LETTERS = (("r", os.R_OK), ("w", os.W_OK), ("x", os.X_OK))


def _letters(path: str) -> str:
    return "".join(letter if os.access(path, mode) else "-" for letter, mode in _LETTERS)


def _went_well(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except PermissionError:
        return False
    return True


def _attempts(path: str, *, is_directory: bool) -> list[str]:
    tries: dict[str, Callable[[], object]] = {
        "entry.replace": lambda: _rename(path),
        "acl.change": lambda: os.chmod(path, stat.S_IMODE(os.stat(path).st_mode)),
    }
    if is_directory:
        tries["dir.list"] = lambda: os.listdir(path)
        tries["dir.search"] = lambda: os.stat(f"{path}/.")
        tries["dir.modify"] = lambda: _make_in(path)
    else:
        tries["file.read"] = lambda: os.close(os.open(path, os.O_RDONLY))
        tries["file.write"] = lambda: os.close(os.open(path, os.O_WRONLY))
    return sorted(name for name, attempt in tries.items() if _went_well(attempt))


def _rename(path: str) -> None:
    os.rename(path, f"{path}~")
    os.rename(f"{path}~", path)


def _make_in(path: str) -> None:
    os.close(os.open(f"{path}/~new", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.unlink(f"{path}/~new")


def _answer(asked: dict[str, Any], account: dict[str, Any], kinds: dict[str, bool]) -> dict[str, Any]:
    os.umask(0)
    os.setgroups(account["groups"])
    os.setgid(account["groups"][0])
    os.setuid(account["uid"])
    made = account.get("make")
    return {
        "made": made is not None and _went_well(lambda: os.close(os.open(made, os.O_CREAT | os.O_EXCL, 0o777))),
        "letters": {path: _letters(path) for path in asked["paths"]},
        "attempts": {path: _attempts(path, is_directory=kinds[path]) for path in asked["paths"] if asked["try"]},
    }


def _as_user(asked: dict[str, Any], account: dict[str, Any], kinds: dict[str, bool]) -> Any:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as stream:
            stream.write(json.dumps(_answer(asked, account, kinds)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    return json.loads(text)


def _main() -> None:
    asked = json.load(sys.stdin)
    os.chdir(asked["folder"])
    modes = {path: os.stat(path).st_mode for path in asked["paths"]}
    kinds = {path: stat.S_ISDIR(mode) for path, mode in modes.items()}
    answers = {}
    for account in asked["accounts"]:
        answers[account["name"]] = _as_user(asked, account, kinds)
        for path, mode in modes.items():
            # A chmod by an owner who is not in the group takes the setgid bit away.
            os.chmod(path, stat.S_IMODE(mode))
    print(json.dumps(answers))


if __name__ == "__main__":
    _main()
