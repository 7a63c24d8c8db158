"""Organisations written as text, read as the program would read them from a folder."""

from pathlib import PurePosixPath
from textwrap import dedent

import pytest

from blastradius.documents import File, parse
from blastradius.systems.github import snapshot


def _documents(files, folder="given"):
    return tuple(
        document
        for path, text in files.items()
        for document in parse(File(f"{folder}/{path}", PurePosixPath(path), dedent(text), "0" * 64, named=False))
    )


@pytest.fixture
def documents():
    """Give a function from texts by path to documents."""
    return _documents


@pytest.fixture
def read():
    """Give a function from texts by path to facts; a single text stands for ``acme/org.yaml``."""

    def read_texts(files, other=()):
        files = {"acme/org.yaml": files} if isinstance(files, str) else files
        described = _documents(files)
        assert all(snapshot.recognises(document) for document in described)
        return snapshot.read(described, _documents(other, "other") if other else ())

    return read_texts
