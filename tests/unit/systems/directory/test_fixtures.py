"""The fixture of a company's directories, which hold lists of every form."""

from pathlib import Path

import pytest

from blastradius.access.reference import compare
from blastradius.documents import read_files
from blastradius.systems.load import load

FIXTURES = Path(__file__).resolve().parents[4] / "fixtures" / "directory"


@pytest.fixture(scope="module")
def sides():
    return tuple(load(read_files([str(FIXTURES / side)])).snapshot for side in ("before", "after"))


def test_nothing_of_the_fixture_is_left_unread(sides):
    assert [snapshot.unread for snapshot in sides] == [(), ()]
    assert {one.completeness for one in sides[0].coverage} == {"complete"}


def test_people_of_other_domains_are_external_once_the_own_domain_is_known(sides):
    external = {name for name, principal in sides[1].principals.items() if principal.external}
    assert external == {
        "user:fay@partner.example",
        "user:ned_partner.example#ext#@acme.example",
        "user:nia@partner.example",
    }


def test_a_new_member_may_manage_a_group_whose_members_all_may(sides):
    delta = compare(*sides)
    gained = {
        (delta.principals[p], delta.resources[r], key[1].label)
        for scope in delta.scopes
        for key, people in scope.capability_changes.items()
        for p in people
        for r in scope.resources
    }
    assert gained == {("user:nia@partner.example", "group:data@acme.example", "manage")}


def test_accounts_of_one_person_come_together(sides):
    accounts = [set(one) for one in sides[0].same_as]
    assert {"user:ana@acme.example", "user:joy@acme.example"} in accounts


def test_a_group_fed_by_another_has_its_members_beside_its_own(sides):
    assert [(entry.id, entry.when) for entry in sides[0].groups["group:directory/oncall"].members] == [
        ("user:directory/ida", None),
        ("user:hal@acme.example", None),
        ("group:admins@acme.example", None),
        ("group:data@acme.example", "at night"),
    ]
