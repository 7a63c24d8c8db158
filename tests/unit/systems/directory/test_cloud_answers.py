"""Members of groups as Cloud Identity and Microsoft Graph answer."""

import json

EMAIL = "groups/0abc"


def membership(number, member, *roles, **fields):
    listed = [role if isinstance(role, dict) else {"name": role} for role in roles or ("MEMBER",)]
    key = {"preferredMemberKey": {"id": member}}
    return {"name": f"{EMAIL}/memberships/{number}", "roles": listed, "type": "USER", **key, **fields}


GROUP = json.dumps({"name": EMAIL, "groupKey": {"id": "Eng@x.example"}})


def test_members_of_a_group_that_a_document_describes(read, members, managers, incomplete):
    listed = json.dumps(
        [
            membership(1, "ana@x.example", "MEMBER", "OWNER"),
            membership(2, "ops@x.example", type="GROUP"),
            membership(3, "ci@p.iam.gserviceaccount.com", type="SERVICE_ACCOUNT"),
            membership(4, "lea@x.example", {"name": "MEMBER", "expiryDetail": {"expireTime": "2026-12-31T00:00:00Z"}}),
        ]
    )
    facts = read({"g.json": GROUP + "\n" + listed})
    assert members(facts, "group:eng@x.example") == [
        "user:ana@x.example",
        "group:ops@x.example",
        "service:ci@p.iam.gserviceaccount.com",
        "user:lea@x.example | before 2026-12-31T00:00:00Z",
    ]
    assert managers(facts, "group:eng@x.example") == {"user:ana@x.example owner"}
    assert incomplete(facts) == []


def test_members_of_a_group_without_an_address_are_said_to_lead_nowhere(read, members):
    facts = read({"m.json": json.dumps([membership(1, "ana@x.example")])})
    assert members(facts, "group:directory/groups/0abc") == ["user:ana@x.example"]
    assert "nothing says which address `groups/0abc` has" in facts.unread[0].message


def test_members_without_roles_and_pages_with_a_next_one_are_incomplete(read, incomplete):
    bare = {"name": f"{EMAIL}/memberships/1", "preferredMemberKey": {"id": "ana@x.example"}}
    page = json.dumps({"memberships": [bare], "nextPageToken": "abc"})
    assert incomplete(read({"m.json": GROUP + page})) == [
        "truncated: members in given/m.json: the page names a next page (`nextPageToken`)",
        "unknown: roles of members: 1 memberships do not say whether the member is an owner or a manager",
    ]


CONTEXT = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups"}
MAX = {"@odata.type": "#microsoft.graph.user", "mail": "max@x.example", "userPrincipalName": "max@login.example"}


def test_groups_of_microsoft_graph_with_their_members_and_owners(read, members, managers, incomplete):
    nested = {"@odata.type": "#microsoft.graph.group", "displayName": "Interns"}
    robot = {"@odata.type": "#microsoft.graph.servicePrincipal", "appId": "app-1", "displayName": "Robot"}
    gone = {"@odata.type": "#microsoft.graph.user", "userPrincipalName": "g@x.example", "accountEnabled": False}
    group = {"displayName": "Finance", "mail": None, "members": [MAX, nested, robot, gone], "owners": [MAX]}
    facts = read({"g.json": json.dumps({**CONTEXT, "value": [group]})})
    assert members(facts, "group:directory/finance") == [
        "user:max@x.example",
        "group:directory/interns",
        "service:directory/app-1",
        "user:g@x.example | the suspended account is active again",
    ]
    assert managers(facts, "group:directory/finance") == {"user:max@x.example owner"}
    assert incomplete(facts) == []


def test_twenty_expanded_members_may_be_twenty_of_more(read, incomplete):
    members = [{**MAX, "mail": f"u{i}@x.example"} for i in range(20)]
    facts = read({"g.json": json.dumps({**CONTEXT, "value": [{"displayName": "Big", "members": members}]})})
    assert incomplete(facts) == [
        "unknown: members of `directory/big`: `$expand` gives no more than 20, and 20 are there"
    ]


def test_next_pages_that_are_not_there_are_said_and_those_that_follow_are_not(read, incomplete):
    first = {**CONTEXT, "@odata.nextLink": "https://graph.microsoft.com/v1.0/groups?$skiptoken=x"}
    first["value"] = [{"displayName": "Eng", "members": [MAX]}]
    last = {**CONTEXT, "value": []}
    assert incomplete(read({"g.json": json.dumps(first)})) == [
        "truncated: groups in given/g.json: the answer names a next page (`@odata.nextLink`)"
    ]
    assert incomplete(read({"g.json": json.dumps(first) + json.dumps(last)})) == []
    users = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users", "value": [MAX]}
    for texts in ((first, users), (users, first)):
        assert incomplete(read({"g.json": "".join(map(json.dumps, texts))})) == [
            "truncated: groups in given/g.json: the answer names a next page (`@odata.nextLink`)"
        ]


def test_an_answer_without_any_group_may_be_all_that_the_account_may_read(read, incomplete):
    assert incomplete(read({"g.json": json.dumps({**CONTEXT, "value": []})})) == [
        "unknown: groups in given/g.json: the answer holds none"
    ]


def test_members_of_a_group_that_is_not_named_are_not_understood(read):
    answer = {"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#directoryObjects", "value": [{"id": "1"}]}
    assert read({"g.json": json.dumps(answer)}).unread[0].message == (
        "an object of Microsoft Graph is no group with its members"
    )
