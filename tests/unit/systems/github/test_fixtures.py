"""The story that the fixtures tell, which the README and the scenarios build on."""

import pytest

from blastradius.access.reference import compare
from blastradius.documents import read_files
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import OUTSIDER
from blastradius.systems.load import load_both


@pytest.fixture
def gained(root):
    """Give a function from a proposed state to what it gives whom."""

    def between(after):
        fixtures = root / "fixtures" / "github"
        files = (read_files([str(fixtures / side)]) for side in ("before", after))
        baseline, simulated = load_both(*files)
        assert baseline.snapshot.unread == simulated.snapshot.unread == ()
        delta = compare(baseline.snapshot, simulated.snapshot)
        return {
            (delta.principals[who].removeprefix("user:github/"), capability.label, delta.resources[resource])
            for scope in delta.scopes
            for (change, capability), people in scope.capability_changes.items()
            for who in people
            for resource in scope.resources
            if change is AccessChange.GAINED
        }

    return between


def test_one_line_gives_a_team_and_its_guests_everything_on_the_ledger(gained):
    people = ("elif-a", "farah-n", "goro-s", "hanne-w")
    ledger = "repo:lantern-works/ledger"
    assert gained("after") == {(who, what, ledger) for who in people for what in ("read", "write", "manage")}


def test_publishing_the_ledger_opens_it_to_everybody(gained):
    found = gained("published")
    assert (OUTSIDER, "read", "repo:lantern-works/ledger") in found
    assert ("quill-agency", "read", "repo:lantern-works/ledger") in found
    assert {(what, where) for _, what, where in found} == {("read", "repo:lantern-works/ledger")}
