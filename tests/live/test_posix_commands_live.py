"""Random commands on real files: our objects come out as the files do."""

import random
import shlex
import subprocess

import pytest

from blastradius.systems.posix.acl_edits import MalformedAclError
from blastradius.systems.posix.reading import read_machine
from tests.support.kernel import run, why_not
from tests.support.posix import text
from tests.support.posix_commands import carry_out

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "everything is here")

SEEDS = range(6)
COMMANDS = 60
PATHS = ("tree", "tree/d", "tree/d/f", "tree/g")
NUMBERS = (3001, 3002, 4001, 4002)


def machine_of(folder):
    documents = [text(run("getfacl", "-R", "-P", "-n", "tree", cwd=folder))]
    documents.append(text(run("find", "-P", "tree", "-ls", cwd=folder), "files.txt"))
    return read_machine(documents).machine


def bits(choose):
    if choose.random() < 0.1:
        return str(choose.randrange(8))
    return "".join(letter for letter in "rwx" if choose.random() < 0.5) + choose.choice(["", "", "X"]) or "-"


def entry(choose, *, removing):
    tag = choose.choice(["u", "u", "g", "g", "o", "m", "user", "default:u", "d:g", "d", "d:m", "d:o"])
    if removing:
        tag = choose.choice(["u", "g", "d:u", "d:g", "u", "g", "m"])
        return tag if tag == "m" else f"{tag}:{choose.choice(NUMBERS)}"
    if tag == "d":
        return f"d:u::{bits(choose)}"
    name = "" if tag[-1] in "om" or choose.random() < 0.3 else choose.choice(NUMBERS)
    return f"{tag}:{name}:{bits(choose)}"


def clause(choose):
    who = "".join(letter for letter in "ugo" if choose.random() < 0.5) or choose.choice(["a", ""])
    letters = choose.choice(["u", "g", "o", "s", "t", "X", "rX"]) if choose.random() < 0.4 else bits(choose)
    letters = "" if letters == "-" or letters.isdigit() else letters
    return f"{who}{choose.choice('+-=')}{letters}"


def mode(choose):
    if choose.random() < 0.3:
        return choose.choice(["755", "640", "2770", "4755", "1777", "00755", "7", "0600", "2711"])
    return ",".join(clause(choose) for _ in range(choose.choice([1, 1, 2])))


def command(choose):
    recursive = ["-R"] if choose.random() < 0.2 else []
    path = choose.choice(PATHS)
    kind = choose.random()
    if kind < 0.3:
        words = ["chmod", *recursive, "--", mode(choose)]
    elif kind < 0.4:
        words = ["chown", *recursive, choose.choice(["3001", "3002:4001", ":4002"])]
    elif kind < 0.5:
        words = ["setfacl", *recursive, choose.choice(["-b", "-k"])]
    elif kind < 0.65:
        words = ["setfacl", *recursive, "-x", entry(choose, removing=True)]
    else:
        options = [*(["-n"] if choose.random() < 0.2 else []), *(["-d"] if choose.random() < 0.15 else [])]
        many = ",".join(dict.fromkeys(entry(choose, removing=False) for _ in range(choose.choice([1, 1, 2]))))
        words = ["setfacl", *recursive, *options, "-m", many]
    return [*words, path]


def protections(machine):
    return {path: inode.protection for path, inode in machine.inodes.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_random_commands_make_of_our_objects_what_they_make_of_files(seed, tmp_path, capsys):
    choose = random.Random(seed)
    (tmp_path / "tree" / "d").mkdir(parents=True)
    for path in ("tree/d/f", "tree/g"):
        (tmp_path / path).write_text("x", encoding="utf-8")
    disagreements, tried, refused = [], 0, 0
    for _ in range(COMMANDS):
        words = command(choose)
        line = shlex.join(words)
        ours = machine_of(tmp_path)
        before = protections(ours)
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, umask=0o022, check=False)
        if done.returncode != 0:
            # What the real command refuses in part or whole is not ours to carry out.
            refused += 1
            continue
        try:
            carry_out(ours, line)
        except MalformedAclError:
            disagreements.append((line, "refused"))
            continue
        tried += 1
        theirs = protections(machine_of(tmp_path))
        mine = protections(ours)
        wrong = [path for path in PATHS if mine[path] != theirs[path]]
        disagreements += [(line, path, before[path], mine[path], theirs[path]) for path in wrong]
    with capsys.disabled():
        print(
            f"\nagreement with the real commands: {tried - len(disagreements)} of {tried} ({refused} refused by them)"
        )
    assert disagreements == []
    assert tried > COMMANDS // 3
