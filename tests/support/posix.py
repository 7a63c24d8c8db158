"""Machines as the texts that `getfacl` and `getent` print, and who may do what there as the letters of `ls`."""

from collections.abc import Iterable, Mapping

from blastradius.access.conditions import GRANTED
from blastradius.access.engine import Comparison
from blastradius.access.solved import Solved
from blastradius.columns.pair import paired
from blastradius.documents import Document, plain_document
from blastradius.model.snapshot import Snapshot
from blastradius.systems.posix.names import path_id
from tests.support.texts import as_file

# What access(2) asks about, and the action that answers for each kind of file.
LETTERS = (("r", ("file.read", "dir.list")), ("w", ("file.write", "dir.write")), ("x", ("file.execute", "dir.search")))
FIRST_UID = 2001


def text(content: str, label: str = "acls.facl") -> Document:
    """Make a document of a text that is neither YAML nor JSON."""
    document = plain_document(as_file(content, label))
    assert document is not None
    return document


def listings(users: Iterable[str], groups: Mapping[str, Iterable[str]]) -> tuple[Document, Document]:
    """Write listings of users, each with a primary group of its own, and of groups."""
    names = list(users)
    numbered = {"root": 0} | {name: number for number, name in enumerate(names, FIRST_UID) if name != "root"}
    passwd = [f"{name}:x:{number}:{number}::/:/bin/sh" for name, number in numbered.items()]
    own = [f"{name}:x:{number}:" for name, number in numbered.items()]
    shared = [f"{name}:x:{number}:{','.join(members)}" for number, (name, members) in enumerate(groups.items(), 3001)]
    lines = "".join(f"{line}\n" for line in passwd), "".join(f"{line}\n" for line in (*own, *shared))
    return text(lines[0], "passwd.txt"), text(lines[1], "group.txt")


def letters(snapshot: Snapshot, principals: Iterable[str], paths: Iterable[str]) -> dict[tuple[str, str], str]:
    """Say what each principal certainly may do with each path, as in ``r-x``."""
    solved = Solved(Comparison(paired(snapshot, snapshot)), 0)
    numbers = {principal: solved.number_of(principal) for principal in principals}
    assert None not in numbers.values()
    found: dict[tuple[str, str], str] = {}
    for path in paths:
        allowed = {
            letter: set().union(*(solved.ways(path_id(path), action).by_way.get(GRANTED, ()) for action in actions))
            for letter, actions in LETTERS
        }
        for principal, number in numbers.items():
            found[principal, path] = "".join(one if number in who else "-" for one, who in allowed.items())
    return found
