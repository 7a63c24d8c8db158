"""Google Groups kept as files."""

import pytest

from blastradius.access.reference import compare
from blastradius.errors import SnapshotError
from blastradius.systems.directory import snapshot

SETTLED = 'settings: {ReconcileMembers: "true"}'


def groups(*described):
    return {"groups.yaml": "groups:\n" + "".join(f"  - {{{one}}}\n" for one in described)}


def test_owners_and_managers_are_members_and_may_change_the_members(read, members, managers):
    facts = read(
        groups(
            f"email-id: eng@x.example, {SETTLED}, owners: [ana@x.example], managers: [bo@x.example], "
            "members: [cy@x.example]"
        )
    )
    assert members(facts, "group:eng@x.example") == ["user:ana@x.example", "user:bo@x.example", "user:cy@x.example"]
    assert managers(facts, "group:eng@x.example") == {"user:ana@x.example owner", "user:bo@x.example manager"}
    assert not facts.groups["group:eng@x.example"].unlisted


@pytest.mark.parametrize("settings", ["name: eng", 'settings: {ReconcileMembers: "false"}', "settings: {}"])
def test_a_group_that_is_not_reconciled_has_members_that_nobody_lists(read, settings):
    facts = read(groups(f"email-id: eng@x.example, {settings}"))
    assert facts.groups["group:eng@x.example"].unlisted


def test_whoever_may_join_unasked_is_a_member_on_the_condition_of_joining(read, members):
    facts = read(
        groups(
            'email-id: a@x.example, settings: {ReconcileMembers: "true", WhoCanJoin: ANYONE_CAN_JOIN}',
            'email-id: b@x.example, settings: {ReconcileMembers: "true", WhoCanJoin: ALL_IN_DOMAIN_CAN_JOIN}',
            'email-id: c@x.example, settings: {ReconcileMembers: "true", WhoCanJoin: CAN_REQUEST_TO_JOIN}',
        )
    )
    assert members(facts, "group:a@x.example") == ["public | joins group:a@x.example"]
    assert members(facts, "group:b@x.example") == ["domain:x.example | joins group:b@x.example"]
    assert members(facts, "group:c@x.example") == []
    assert facts.groups["domain:x.example"].unlisted


def test_a_setting_nobody_knows_for_joining_lets_anyone_in_and_is_said(read, members):
    facts = read(groups('email-id: a@x.example, settings: {ReconcileMembers: "true", WhoCanJoin: ANYBODY_CAN_JOIN}'))
    assert members(facts, "group:a@x.example") == ["public | joins group:a@x.example"]
    assert facts.unread[0].help == "did you mean `ANYONE_CAN_JOIN`?"


def test_members_who_may_add_members_manage_the_group(read, managers):
    facts = read(
        groups("email-id: a@x.example, settings: {WhoCanModerateMembers: ALL_MEMBERS}, members: [ana@x.example]")
    )
    assert managers(facts, "group:a@x.example") == {"group:a@x.example manager"}
    delta = compare(read(groups("email-id: a@x.example, members: [ana@x.example]")), facts)
    gained = {
        delta.principals[who]
        for scope in delta.scopes
        for people in scope.capability_changes.values()
        for who in people
    }
    assert "user:ana@x.example" in gained


def test_a_group_described_twice_has_the_members_of_both_and_is_said(read, members):
    facts = read(
        groups(
            f"email-id: a@x.example, {SETTLED}, members: [ana@x.example]",
            f"email-id: A@x.example, {SETTLED}, members: [bo@x.example]",
        )
    )
    assert members(facts, "group:a@x.example") == ["user:ana@x.example", "user:bo@x.example"]
    assert "is described twice, first at given/groups.yaml:2" in facts.unread[0].message


def test_addresses_of_public_mailing_lists_are_groups(read, members):
    facts = read(groups(f"email-id: a@x.example, {SETTLED}, members: [friends@googlegroups.com]"))
    assert members(facts, "group:a@x.example") == ["group:friends@googlegroups.com"]


def test_files_about_files_say_nothing_about_access(documents):
    about = {
        "config.yaml": "bot-id: b@x.example\ngroups-path: .\nrestrictions-path: restrictions.yaml\n",
        "restrictions.yaml": 'restrictions: [{path: a/groups.yaml, allowedGroups: ["^a@x.example$"]}]\n',
    }
    found = documents(about)
    assert all(snapshot.recognises(document) for document in found)
    facts = snapshot.read(found)
    assert (facts.groups, facts.unread) == ({}, ())


def test_unknown_fields_and_settings_are_said(read):
    facts = read(groups('email-id: a@x.example, membres: [ana@x.example], settings: {WhoCanAdds: "x"}'))
    assert [p.message for p in facts.unread] == ["unknown field `membres`", "unknown field `WhoCanAdds`"]


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (
            "email-id: a@x.example, members: ana@x.example",
            "`members` of `a@x.example` must be a list of addresses, not text",
        ),
        ("email-id: a@x.example, members: [{id: ana}]", "holds an entry that is a mapping"),
        (
            'email-id: a@x.example, members: ["bo@x.example, zoe@x.example"]',
            "`bo@x.example, zoe@x.example` holds several addresses where one member is expected",
        ),
        ('email-id: a@x.example, owners: ["bo@x.example, zoe"]', "is neither one address nor one name"),
        ("email-id: a@x.example, members: [null]", "holds an entry that is empty"),
        ("email-id: a@x.example, settings: [x]", "`settings` must be a mapping, not a list"),
        ('email-id: "a@x.example\\n\\u202e"', "cannot be the name of a group"),
        ("email-id: [], name: x", "the group lacks its address"),
    ],
)
def test_what_contradicts_the_format_is_refused_with_its_place(read, group, message):
    with pytest.raises(SnapshotError) as caught:
        read(groups(group))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.source.line == 2
