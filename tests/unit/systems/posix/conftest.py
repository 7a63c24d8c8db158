"""Machines written as text, read as the program would read them."""

import pytest

from blastradius.systems.posix import snapshot
from tests.support.posix import text

PASSWD = "root:x:0:0:::\nana:x:2001:2001:::\nbo:x:2002:2002:::\ncy:x:2003:3002:::\nwww:x:33:33:::\n"
GROUP = "root:x:0:\nana:x:2001:\nbo:x:2002:\neng:x:3001:ana,bo\nops:x:3002:bo\nwww:x:33:\n"


def acls(*blocks):
    """Write an export: each block is a path, an owner and a group, then entries separated by blanks."""
    parts = []
    for block in blocks:
        (path, owner, group), entries = block.split()[:3], block.split()[3:]
        path = path.replace("%", " ")
        head = [f"# file: {path}", f"# owner: {owner}", f"# group: {group}"]
        flags = [f"# flags: {one}" for one in entries if ":" not in one]
        parts.append("\n".join([*head, *flags, *(one for one in entries if ":" in one)]) + "\n\n")
    return "".join(parts)


@pytest.fixture
def read():
    """Give a function from blocks (see `acls`) to facts; listings of a few people are there unless others are given."""

    def read_blocks(*blocks, passwd=PASSWD, group=GROUP, other=()):
        documents = [text(acls(*blocks))] if blocks else []
        documents += [text(passwd, "passwd.txt")] if passwd else []
        documents += [text(group, "group.txt")] if group else []
        assert all(snapshot.recognises(document) for document in documents)
        return snapshot.read(documents, [text(acls(*other), "other.facl")] if other else None)

    return read_blocks
