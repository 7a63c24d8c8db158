"""Membership lists written as text, read as the program would read them."""

from functools import partial

import pytest

from blastradius.systems.directory import snapshot
from tests.support.texts import documents_for

_documents = partial(documents_for, snapshot)


@pytest.fixture
def documents():
    """Give a function from texts by path to documents."""
    return _documents


@pytest.fixture
def read():
    """Give a function from texts by path to facts; names with dots end in their suffix, as in ``members_csv``."""

    def read_texts(files, other=None):
        described = _documents(files)
        assert all(snapshot.recognises(document) for document in described)
        return snapshot.read(described, None if other is None else _documents(other, "other"))

    return read_texts


@pytest.fixture
def members():
    """Give a function that lists who is in a group, each with its condition behind a bar where it has one."""

    def members_of(facts, group):
        return [entry.id + (f" | {entry.when}" if entry.when else "") for entry in facts.groups[group].members]

    return members_of


@pytest.fixture
def managers():
    """Give a function that lists who manages a group, as ``subject role``."""

    def managers_of(facts, group):
        return {
            f"{grant.subject} {grant.role.removeprefix('directory.')}" + (f" | {grant.when}" if grant.when else "")
            for grant in facts.grants
            if grant.resource == group
        }

    return managers_of


@pytest.fixture
def incomplete():
    """Give a function that lists what is said of lists that do not hold everything."""

    def said_of(facts):
        return [f"{c.completeness}: {c.what}: {c.reason}" for c in facts.coverage if c.completeness != "complete"]

    return said_of
