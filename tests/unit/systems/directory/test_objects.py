"""What several lists say of one account, group, member or manager, laid together."""

import pytest

from blastradius.systems.directory.objects import Account, Directory, ListedGroup, Management, Membership, Nature


def group(*parts):
    directory = Directory()
    for part in parts:
        directory.add_group(ListedGroup("eng@x.example", **part))
    return directory.groups["eng@x.example"]


def test_members_that_one_list_leaves_out_stay_unlisted():
    assert group({}, {"unlisted": True}).unlisted
    assert group({"unlisted": True}, {}).unlisted


@pytest.mark.parametrize(
    ("first", "second", "wider"),
    [("", "x.example", "x.example"), ("x.example", "public", "public"), ("public", "", "public"), ("", "", "")],
)
def test_the_setting_that_lets_more_people_join_wins(first, second, wider):
    assert group({"joined_by": first}, {"joined_by": second}).joined_by == wider


def test_whoever_is_a_guest_or_suspended_somewhere_is_so():
    directory = Directory()
    directory.add_account(Account("ana@x.example"))
    directory.add_account(Account("ana@x.example", external=True, active=False, email="ana@y.example"))
    directory.add_account(Account("ana@x.example"))
    account = directory.accounts["ana@x.example"]
    assert (account.external, account.active, account.email) == (True, False, "ana@y.example")


def test_a_list_that_says_what_a_member_is_knows_better():
    directory = Directory()
    directory.add_membership(Membership("a", "b"))
    directory.add_membership(Membership("a", "b", Nature.GROUP))
    directory.add_membership(Membership("a", "b"))
    assert [one.nature for one in directory.memberships.values()] == [Nature.GROUP]
    assert "b" in directory.group_names()


def test_an_owner_is_more_than_a_manager():
    directory = Directory()
    for owner, nature in ((False, Nature.UNSAID), (True, Nature.USER), (False, Nature.UNSAID)):
        directory.add_management(Management("a", "b", nature, owner))
    assert [(one.owner, one.nature) for one in directory.managements.values()] == [(True, Nature.USER)]
