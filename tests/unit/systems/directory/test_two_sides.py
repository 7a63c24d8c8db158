"""What is a group on the other side of a comparison is a group here, in whatever form it is listed there."""

import json

import pytest

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ELSEWHERE = {
    "groups.yaml": "groups: [{email-id: eng@x.example}]",
    "groups.csv": "group,member\neng@x.example,bo@x.example\n",
    "groups.ldif": "dn: cn=eng,dc=x\nobjectClass: group\ncn: eng\nmail: eng@x.example\n",
    "scim.json": json.dumps({"schemas": [LIST], "Resources": [{"schemas": [GROUP], "displayName": "eng@x.example"}]}),
    "google.json": json.dumps({"name": "groups/0a", "groupKey": {"id": "eng@x.example"}}),
    "entra.json": json.dumps(
        {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#groups",
            "value": [{"mail": "eng@x.example", "members": []}],
        }
    ),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_group_listed_on_the_other_side_alone_is_a_group(read, members, name):
    facts = read({"m.csv": "group,member\nall@x.example,eng@x.example\n"}, {name: ELSEWHERE[name]})
    assert members(facts, "group:all@x.example") == ["group:eng@x.example"]
    assert facts.groups["group:eng@x.example"].unlisted
    assert list(facts.groups) == ["group:eng@x.example", "group:all@x.example"]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_nothing_else_of_the_other_side_becomes_a_fact(read, name):
    facts = read({"m.csv": "group,member\nall@x.example,ana@x.example\n"}, {name: ELSEWHERE[name]})
    assert (list(facts.groups), list(facts.principals)) == (["group:all@x.example"], ["user:ana@x.example"])
