"""Small accounts written as Python, read as the program would read them from files."""

import json

import pytest

from blastradius.access.reference import Reference
from blastradius.systems.aws import snapshot
from blastradius.systems.references import reference_problems
from tests.support.texts import as_document


class Read:
    """What was read, asked for the state of an action."""

    def __init__(self, facts):
        self.facts = facts
        self.engine = Reference(facts, facts.actions)

    def may(self, principal, action, resource):
        return str(self.engine.state(principal, action, f"aws:{resource}"))

    def when(self, principal, action, resource):
        ways = self.engine.ways(principal, action, f"aws:{resource}")
        return sorted(" and ".join(sorted(allowed)) for allowed, _ in ways)

    def acts_as(self, principal):
        return sorted(self.engine.identities(principal).keys() - {principal})


def documents_of(values):
    return [as_document(json.dumps(value, indent=1), f"{index}.json") for index, value in enumerate(values)]


@pytest.fixture
def read():
    """Give a function from exports as values to what they mean."""

    def read_values(*values, other=None):
        documents = documents_of(values)
        assert all(snapshot.recognises(one) for one in documents)
        facts = snapshot.read(documents, None if other is None else documents_of(other))
        assert reference_problems(facts) == []
        return Read(facts)

    return read_values
