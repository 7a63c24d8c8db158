"""Commands that changed files for real: who could do what before and after, as the Linux kernel said."""

import gzip
import json

import pytest

from blastradius.access.engine import compare
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Completeness
from blastradius.systems.posix.names import path_id
from blastradius.systems.posix.snapshot import read, recognises
from tests.support.posix import LETTERS, letters, listings, text

ACTIONS = {action: letter for letter, actions in LETTERS for action in actions}


@pytest.fixture(scope="module")
def commands(corpus):
    found = []
    for path in sorted((corpus / "posix").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            found += [json.loads(line) for line in file]
    return found


def users_of(command):
    mentioned = {user for members in command["groups"].values() for user in members}
    return sorted({*command["access_before"], *command["access_after"], *mentioned})


def sides(command):
    """Read a machine before and after, with each as the other side of the other."""
    accounts = listings(users_of(command), command["groups"])
    before, after = (text(command[f"getfacl_{side}"]) for side in ("before", "after"))
    assert recognises(before)
    assert recognises(after)
    return read((before, *accounts), (after, *accounts)), read((after, *accounts), (before, *accounts))


def principals(snapshot, command):
    by_name = {name.partition("/")[2]: name for name in snapshot.principals}
    return {user: by_name[user] for user in users_of(command)}


def test_everybody_may_do_with_every_file_exactly_what_the_kernel_lets_them(commands, capsys):
    agreed = asked = 0
    disagreements = []
    for command in commands:
        for side, snapshot in zip(("before", "after"), sides(command), strict=True):
            ids = principals(snapshot, command)
            told = command[f"access_{side}"]
            paths = sorted({path for access in told.values() for path in access})
            ours = letters(snapshot, ids.values(), paths)
            for user, access in told.items():
                for path, may in access.items():
                    asked += 3
                    mine = ours[ids[user], path]
                    agreed += sum(a == b for a, b in zip(mine, may, strict=True))
                    if mine != may:
                        disagreements.append((command["command"], side, user, path, mine, may))
    with capsys.disabled():
        print(f"\nagreement with access(2): {agreed} of {asked} permissions, {2 * len(commands)} states")
    assert disagreements == []
    assert asked


def moved(delta, change):
    """Give every (principal, path, letter) with one kind of change, and what is outside of that to tell it apart."""
    return {
        (delta.principals[who], delta.resources[index], ACTIONS[action])
        for scope in delta.scopes
        for (kind, action), people in scope.action_changes.items()
        if kind is change and action in ACTIONS
        for who in people
        for index in scope.resources
        if delta.resources[index].startswith("posix:")
    }


def test_each_command_opens_and_closes_exactly_what_the_kernel_says(commands, capsys):
    agreed = 0
    disagreements = []
    for command in commands:
        baseline, simulated = sides(command)
        ids = principals(baseline, command)
        delta = compare(baseline, simulated)
        known = {ids[user] for user in command["access_before"]}
        for key, change in (("gained", AccessChange.GAINED), ("lost", AccessChange.REVOKED)):
            told = {(ids[user], path_id(path), letter) for user, path, letter in command[key]}
            ours = {one for one in moved(delta, change) if one[0] in known}
            if ours == told:
                agreed += 1
            else:
                disagreements.append((command["command"], key, sorted(ours ^ told)))
        for uncertain in (AccessChange.MAYBE_GAINED, AccessChange.MAYBE_REVOKED):
            assert moved(delta, uncertain) == set(), command["command"]
    with capsys.disabled():
        print(f"\nagreement with access(2): {agreed} of {2 * len(commands)} sets of gains and losses")
    assert disagreements == []


def has_plain_file(exported):
    """Tell whether a file has no access control list beyond its mode: then `--skip-base` was not given."""
    return any("mask::" not in block and "default:" not in block for block in exported.split("\n\n") if block.strip())


def test_nothing_is_left_in_doubt_but_whether_files_were_left_out(commands, capsys):
    doubtful = 0
    for command in commands:
        for side, snapshot in zip(("before", "after"), sides(command), strict=True):
            assert snapshot.unread == ()
            doubts = [one for one in snapshot.coverage if one.completeness is not Completeness.COMPLETE]
            if doubts:
                assert [one.what for one in doubts] == ["access control lists in `acls.facl`"]
                assert not has_plain_file(command[f"getfacl_{side}"]), command["command"]
            doubtful += bool(doubts)
    with capsys.disabled():
        print(f"\n{doubtful} of {2 * len(commands)} states may leave out files without an access control list")
