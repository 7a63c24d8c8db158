"""Objects written as text, read as the program would read them, and questions about what they grant."""

from pathlib import PurePosixPath
from textwrap import dedent

import pytest

from blastradius.access.facts import check_facts
from blastradius.access.reference import Reference, state_of
from blastradius.documents import File, parse
from blastradius.errors import SnapshotError
from blastradius.model.delta import State
from blastradius.systems.kubernetes import snapshot
from blastradius.systems.references import reference_problems


def _documents(text, label="given.yaml"):
    """Parse one text, or several by path."""
    files = text if isinstance(text, dict) else {label: text}
    return tuple(
        document
        for path, content in files.items()
        for document in parse(File(path, PurePosixPath(path), dedent(content), "0" * 64, named=False))
    )


@pytest.fixture
def documents():
    """Give a function from text to documents."""
    return _documents


@pytest.fixture
def read():
    """Give a function from text to facts that hang together."""

    def read_text(text, other=""):
        given = _documents(text)
        assert all(snapshot.recognises(document) for document in given)
        facts = snapshot.read(given, _documents(other, "other.yaml") if other else None)
        assert reference_problems(facts) == []
        check_facts(facts, SnapshotError)
        return facts

    return read_text


@pytest.fixture
def refused():
    """Give a function from text to the problems it is refused for, each with its place."""

    def read_text(text):
        with pytest.raises(SnapshotError) as raised:
            snapshot.read(_documents(text))
        return [str(problem).removeprefix("given.yaml:") for problem in raised.value.problems]

    return read_text


@pytest.fixture
def unread(read):
    """Give a function from text to what is not understood in it, each with its place."""
    return lambda text, other="": [str(p).removeprefix("given.yaml:") for p in read(text, other).unread]


@pytest.fixture
def allowed(read):
    """Give a function from text to a question: may this principal do this to that resource?"""

    def about(text, other=""):
        facts = read(text, other) if isinstance(text, str | dict) else text
        sure = Reference(facts, facts.actions)

        def may(principal, action, resource):
            assert resource in facts.resources, f"no resource {resource}"
            assert principal in sure.principals, f"no principal {principal}"
            return state_of(sure.ways(principal, action, resource)) is State.GRANTED

        return may

    return about
