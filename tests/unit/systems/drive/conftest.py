"""Exports of Google Drive written as text, read as the program would read them."""

import json
from dataclasses import replace
from functools import partial

import pytest

from blastradius.access.reference import compare
from blastradius.model.delta import AccessChange
from blastradius.systems.drive import snapshot
from tests.support.texts import documents_for

_documents = partial(documents_for, snapshot)


@pytest.fixture
def documents():
    """Give a function from texts by path to documents."""
    return _documents


@pytest.fixture
def read():
    """Give a function to facts: from texts by path, or from the items of one list of files."""

    def read_texts(files, *more):
        if isinstance(files, dict) and "id" in files:
            files = {"files.json": json.dumps({"kind": "drive#fileList", "files": [files, *more]})}
        described = _documents(files)
        assert all(snapshot.recognises(document) for document in described)
        return snapshot.read(described)

    return read_texts


@pytest.fixture
def who():
    """Give a function that lists who can do what on an item, as ``subject capability`` with ``?`` where conditional."""

    def held(facts, item):
        delta = compare(replace(facts, grants=()), facts)
        return {
            f"{delta.principals[person].removeprefix('user:')} {capability.label}"
            + ("?" if change is AccessChange.MAYBE_GAINED else "")
            for scope in delta.scopes
            for (change, capability), people in scope.capability_changes.items()
            for person in people
            for what in scope.resources
            if delta.resources[what] == f"gdrive:{item}"
        }

    return held


@pytest.fixture
def incomplete():
    """Give a function that lists what is said of exports that do not hold everything."""

    def said_of(facts):
        return [f"{c.completeness}: {c.what}: {c.reason}" for c in facts.coverage if c.completeness != "complete"]

    return said_of
