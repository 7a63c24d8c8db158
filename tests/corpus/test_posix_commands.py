"""Real commands, carried out on our objects: what they make is what the real commands made of real files."""

import gzip
import json

import pytest

from blastradius.systems.posix.reading import read_machine
from tests.support.posix import text
from tests.support.posix_commands import carry_out


@pytest.fixture(scope="module")
def commands(corpus):
    found = []
    for path in sorted((corpus / "posix").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found += [json.loads(line) for line in file]
    return found


def protections(machine):
    return {path: inode.protection for path, inode in machine.inodes.items()}


def test_each_command_makes_of_our_objects_what_it_made_of_the_files(commands, capsys):
    disagreements = []
    for command in commands:
        before, after = (read_machine([text(command[f"getfacl_{side}"])]).machine for side in ("before", "after"))
        if command["rc"] == 0:
            carry_out(before, command["command"])
        if protections(before) != protections(after):
            different = [path for path in after.inodes if before.inodes[path] != after.inodes[path]]
            disagreements.append((command["command"], different))
    with capsys.disabled():
        print(f"\nagreement with getfacl: {len(commands) - len(disagreements)} of {len(commands)} commands")
    assert disagreements == []
    assert commands
