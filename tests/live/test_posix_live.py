"""Random trees on a real file system: what we say everybody may do is what the Linux kernel lets them do."""

import pytest

from blastradius.access.conditions import GRANTED
from blastradius.access.engine import Comparison
from blastradius.access.solved import Solved
from blastradius.columns.pair import paired
from blastradius.model.snapshot import Completeness
from blastradius.systems.posix.actions import OWN_ACTIONS
from blastradius.systems.posix.names import new_id, path_id
from blastradius.systems.posix.snapshot import read
from tests.support.kernel import Account, Forest, run, tried, why_not
from tests.support.posix import letters, text

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "everything is here")

SEEDS = range(12)
SHARED = {4001: ("ana", "bo"), 4002: ("bo", "cy"), 4003: ("dee",), 4004: ()}
NAMES = ("ana", "bo", "cy", "dee", "eve")


def accounts():
    people = [
        Account(name, uid, (uid, *(gid for gid, members in SHARED.items() if name in members)))
        for uid, name in enumerate(NAMES, 3001)
    ]
    return [Account("root", 0, (0,)), *people]


def listings():
    people = accounts()
    passwd = "".join(f"{one.name}:x:{one.uid}:{one.groups[0]}:::\n" for one in people)
    groups = "".join(f"{one.name}:x:{one.groups[0]}:\n" for one in people)
    groups += "".join(f"team{gid}:x:{gid}:{','.join(members)}\n" for gid, members in SHARED.items())
    return text(passwd, "passwd.txt"), text(groups, "group.txt")


@pytest.fixture(scope="module", params=SEEDS, ids=lambda seed: f"seed-{seed}")
def forest(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("forest")
    folder.chmod(0o755)
    people = accounts()
    forest = Forest(folder, request.param, people, [*SHARED, *(one.uid for one in people)])
    forest.grow(directories=6, files=10)
    return forest


@pytest.fixture(scope="module")
def snapshot(forest):
    # Numbers, since nobody of these has an account here; the listings give them names.
    exported = run("getfacl", "-R", "-P", "-n", "tree", cwd=forest.folder)
    # Nothing in the output of getfacl tells an empty directory from a file.
    listed = run("find", "-P", "tree", "-ls", cwd=forest.folder)
    machine = read([text(exported), text(listed, "files.txt"), *listings()])
    assert machine.unread == ()
    assert {one.completeness for one in machine.coverage} == {Completeness.COMPLETE}
    return machine


def test_everybody_may_do_with_every_file_exactly_what_access_says(forest, snapshot, capsys):
    people = accounts()
    ids = {one.name: f"user:posix/{one.name}" for one in people}
    ours = letters(snapshot, ids.values(), forest.paths)
    told = tried(forest.folder, forest.paths, people)
    pairs = [(ours[ids[name], path], told[name]["letters"][path]) for name in ids for path in forest.paths]
    agreed = sum(a == b for mine, may in pairs for a, b in zip(mine, may, strict=True))
    with capsys.disabled():
        print(f"\nagreement with access(2): {agreed} of {3 * len(pairs)} permissions")
    assert [
        (name, path, ours[ids[name], path], told[name]["letters"][path])
        for name in ids
        for path in forest.paths
        if ours[ids[name], path] != told[name]["letters"][path]
    ] == []


def test_what_they_really_try_goes_well_exactly_where_we_say(forest, snapshot, capsys):
    people = accounts()
    told = tried(forest.folder, forest.paths, people, attempts=True)
    solved = Solved(Comparison(paired(snapshot, snapshot)), 0)
    tested = set(OWN_ACTIONS) - {"file.execute", "dir.write"}
    disagreements, asked = [], 0
    for one in people:
        number = solved.number_of(f"user:posix/{one.name}")
        for path in forest.paths:
            ours = {
                action
                for action in tested
                if number in solved.ways(path_id(path), action).by_way.get(GRANTED, ())
                # The directory above the tree is root's, and in no export.
                and not (path == "tree" and action == "entry.replace")
            }
            went_well = set(told[one.name]["attempts"][path])
            if path == "tree":
                went_well -= {"entry.replace"}
            asked += 5
            disagreements += [(one.name, path, action) for action in sorted(ours ^ went_well)]
    with capsys.disabled():
        print(f"\nagreement with real attempts: {asked - len(disagreements)} of {asked}")
    assert disagreements == []


def test_nobody_may_do_more_with_a_new_file_than_was_said_of_it_before(forest, snapshot, capsys):
    people = accounts()
    solved = Solved(Comparison(paired(snapshot, snapshot)), 0)
    numbers = {one.name: solved.number_of(f"user:posix/{one.name}") for one in people}
    surprises, asked = [], 0
    for directory in forest.directories:
        if new_id(directory) not in snapshot.resources:
            continue
        for maker in people[1:]:
            path = f"{directory}/made-by-{maker.name}"
            if not tried(forest.folder, [directory], [maker], make={maker.name: path})[maker.name]["made"]:
                continue
            told = tried(forest.folder, [path], people)
            (forest.folder / path).unlink()
            for letter, action in (("r", "file.read"), ("w", "file.write"), ("x", "file.execute")):
                who = set().union(*solved.ways(new_id(directory), action).by_way.values())
                for name, number in numbers.items():
                    asked += 1
                    if letter in told[name]["letters"][path] and number not in who:
                        surprises.append((path, name, letter))
    with capsys.disabled():
        print(f"\nno surprise in {asked} permissions of new files")
    assert surprises == []
