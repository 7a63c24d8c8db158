"""Exports of Google Cloud written as text, read as the program would read them from a folder."""

import json
from pathlib import PurePosixPath
from textwrap import dedent

import pytest

from blastradius.documents import File, parse
from blastradius.systems.gcp import snapshot


def _documents(files, folder="given"):
    return tuple(
        document
        for path, content in files.items()
        for document in parse(
            File(
                f"{folder}/{path}",
                PurePosixPath(path),
                dedent(content) if isinstance(content, str) else json.dumps(content, indent=1),
                "0" * 64,
                named=False,
            )
        )
    )


@pytest.fixture
def documents():
    """Give a function from contents by path to documents."""
    return _documents


@pytest.fixture
def read():
    """Give a function from contents by path to facts."""

    def read_contents(files, other=None):
        described = _documents(files)
        assert all(snapshot.recognises(document) for document in described)
        return snapshot.read(described, None if other is None else _documents(other, "other"))

    return read_contents


@pytest.fixture
def policy():
    """Give a function from roles and their members to a policy."""

    def make(*bindings, **more):
        return {"bindings": [{"role": role, "members": members} for role, *members in bindings], **more}

    return make


@pytest.fixture
def granted():
    """Give a function that lists who is granted what on a resource, by the grants written on it."""

    def find(facts, resource):
        return {(g.subject, g.role or frozenset(g.actions), g.when) for g in facts.grants if g.resource == resource}

    return find
