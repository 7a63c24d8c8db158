"""Users and groups of a SCIM service."""

import json

import pytest

from blastradius.errors import SnapshotError

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def page(*resources, total=None, **fields):
    return json.dumps(
        {
            "schemas": [LIST],
            "totalResults": len(resources) if total is None else total,
            "Resources": resources,
            **fields,
        }
    )


def user(number, name, **fields):
    return {"schemas": [USER], "id": number, "userName": name, **fields}


def group(number, name, *members, **fields):
    return {"schemas": [GROUP], "id": number, "displayName": name, "members": list(members), **fields}


ANA = user("u1", "ana@x.example", active=True)
BO = user("u2", "bo", active=False, emails=[{"value": "bo@home.example"}, {"value": "Bo@x.example", "primary": True}])


def test_members_are_found_by_their_ids_on_other_pages(read, members, incomplete):
    facts = read(
        {
            "groups.json": page(
                group("g1", "Eng", {"value": "u1"}, {"value": "g2"}), group("g2", "Ops", {"value": "u2"})
            ),
            "users.json": page(ANA, BO),
        }
    )
    assert members(facts, "group:directory/eng") == ["user:ana@x.example", "group:directory/ops"]
    assert members(facts, "group:directory/ops") == ["user:bo@x.example | the suspended account is active again"]
    assert incomplete(facts) == []


def test_groups_may_stand_at_the_user(read, members):
    facts = read({"u.json": page(user("u1", "ana@x.example", groups=[{"value": "g9", "display": "Audit"}]))})
    assert members(facts, "group:directory/audit") == ["user:ana@x.example"]


def test_an_address_beside_a_login_that_is_another_address_is_kept_for_joining(read):
    facts = read({"u.json": page(user("u1", "ana@login.example", emails=[{"value": "ana@x.example"}]))})
    assert dict(facts.identities.emails) == {"user:ana@login.example": "ana@x.example"}


def test_missing_pages_are_counted(read, incomplete):
    facts = read({"1.json": page(ANA, total=3), "2.json": page(BO, total=3)})
    assert incomplete(facts) == ["truncated: SCIM users: 2 of 3 are there"]


def test_an_empty_page_of_a_full_service_is_cut_short(read, incomplete):
    assert incomplete(read({"1.json": page(total=7)})) == ["truncated: SCIM users: 0 of 7 are there"]


def test_a_list_that_does_not_say_how_many_there_are_may_be_cut(read, incomplete):
    text = json.dumps({"schemas": [LIST], "Resources": [ANA]})
    assert incomplete(read({"1.json": text})) == [
        "unknown: SCIM users: the list does not say how many there are (`totalResults`)"
    ]


def test_groups_exported_without_members_are_not_taken_for_empty(read, incomplete):
    bare = {"schemas": [GROUP], "id": "g1", "displayName": "Eng"}
    assert incomplete(read({"g.json": page(bare)})) == [
        "unknown: members of SCIM groups: none of the 1 groups has the field `members`"
    ]


def test_a_member_in_no_list_may_be_a_group_unless_it_says_that_it_is_a_user(read, members, incomplete):
    facts = read(
        {"g.json": page(group("g1", "Eng", {"value": "u7"}, {"value": "u8", "type": "User", "display": "Cy"}))}
    )
    assert members(facts, "group:directory/eng") == ["user:directory/u7", "user:directory/cy"]
    assert incomplete(facts) == [
        "unknown: members of groups: 1 members are in no list, so they may be groups with members of their own"
    ]


def test_two_groups_of_one_name_count_as_one_and_are_said(read):
    facts = read({"g.json": page(group("g1", "Eng"), group("g2", "eng"))})
    assert "two groups are called `eng`" in facts.unread[0].message


def test_guests_are_external_and_odd_values_never_stop_the_reader(read):
    facts = read(
        {
            "u.json": page(
                user("u1", "ana@x.example", userType="Guest", active="maybe", emails="none", groups=7), user("u2", "b")
            )
        }
    )
    assert facts.principals["user:ana@x.example"].external
    assert [p.message for p in facts.unread] == ["`active` is no truth value, and counts as true"]


@pytest.mark.parametrize(
    "resource",
    [
        user("u1", "bo@x.example, zoe@x.example"),
        user("u1", "bo", emails=[{"value": "bo@x.example; zoe@x.example"}]),
        user("u1", "bo@x.example zoe@x.example", emails=[{"value": "bo@x.example"}]),
        group("g1", "Eng", {"value": "u9", "display": "bo@x.example,zoe@x.example", "type": "User"}),
    ],
)
def test_several_addresses_in_one_value_are_refused_and_never_one_person(read, resource):
    with pytest.raises(SnapshotError) as caught:
        read({"u.json": page(resource)})
    assert {problem.message.partition(" holds ")[2] for problem in caught.value.problems} <= {
        "several addresses where the one of an account is expected",
        "several addresses where one user is expected",
        "several addresses where one member is expected",
    }
    assert all(problem.source and problem.help for problem in caught.value.problems)


def test_a_list_of_nothing_may_be_all_that_the_token_may_read(read, incomplete):
    assert incomplete(read({"u.json": page()})) == ["unknown: SCIM resources in given/u.json: there are none"]
