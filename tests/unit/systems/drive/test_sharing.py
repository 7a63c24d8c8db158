"""Who may do what: types, roles, conditions and views of permissions."""

import pytest

from blastradius.access.reference import compare
from blastradius.model.snapshot import PUBLIC

DOC = "application/vnd.google-apps.document"


def permission(whom, role, name=None, **fields):
    named = {"domain": {"domain": name}, "anyone": {}}.get(whom, {"emailAddress": name})
    return {"id": "1", "type": whom, "role": role, **named, **fields}


ANA = permission("user", "owner", "Ana@acme.example")


def item(*permissions, number="f1", **fields):
    return {"id": number, "name": "Plan", "mimeType": DOC, "parents": [], "permissions": [ANA, *permissions], **fields}


def grants(facts, resource="gdrive:f1"):
    return {f"{g.subject} {g.role.removeprefix('drive.')}" + (f" | {g.when}" if g.when else "") for g in facts.grants}


@pytest.mark.parametrize(
    ("role", "capabilities"),
    [
        ("owner", {"list", "read", "write", "manage"}),
        ("writer", {"list", "read", "write", "manage"}),
        ("commenter", {"list", "read"}),
        ("reader", {"list", "read"}),
    ],
)
def test_what_each_role_of_an_item_allows(read, who, role, capabilities):
    facts = read(item(permission("user", role, "bo@acme.example")))
    assert {one for one in who(facts, "f1") if one.startswith("bo")} == {f"bo@acme.example {c}" for c in capabilities}


def test_writers_of_a_my_drive_share_unless_the_owner_forbids_it(read, who):
    facts = read(item(permission("user", "writer", "bo@acme.example"), writersCanShare=False))
    assert "bo@acme.example write" in who(facts, "f1")
    assert "bo@acme.example manage" not in who(facts, "f1")
    assert "ana@acme.example manage" in who(facts, "f1")


def test_a_commenter_who_becomes_a_writer_gains_writing(read):
    before = read(item(permission("user", "commenter", "bo@acme.example")))
    after = read(item(permission("user", "writer", "bo@acme.example")))
    gained = {key[1].label for scope in compare(before, after).scopes for key in scope.capability_changes}
    assert gained == {"write", "manage"} | ({"read"} & gained)


def test_people_groups_domains_and_machines_are_named_as_everywhere(read):
    facts = read(
        item(
            permission("user", "reader", "Bo@acme.example"),
            permission("group", "reader", "Eng@acme.example"),
            permission("domain", "reader", "ACME.example", allowFileDiscovery=True),
            permission("user", "reader", "ci@p.iam.gserviceaccount.com"),
        )
    )
    assert grants(facts) == {
        "user:ana@acme.example owner",
        "user:bo@acme.example reader",
        "group:eng@acme.example reader",
        "domain:acme.example reader",
        "service:ci@p.iam.gserviceaccount.com reader",
    }
    assert facts.identities.mentioned == {*facts.principals, *facts.groups}
    assert all(group.unlisted for group in facts.groups.values())


def test_anyone_and_anyone_with_the_link_are_both_the_internet(read, who):
    found = read(item(permission("anyone", "reader", allowFileDiscovery=True)))
    linked = read(item(permission("anyone", "writer", allowFileDiscovery=False)))
    assert {"outsider list", "outsider read"} == {one for one in who(found, "f1") if one.startswith("outsider")}
    assert {"outsider list?", "outsider read?", "outsider write?", "outsider manage?"} == {
        one for one in who(linked, "f1") if one.startswith("outsider")
    }
    assert "public writer | has the link" in grants(linked)


def test_a_link_that_becomes_findable_is_a_change(read):
    linked = read(item(permission("anyone", "reader", allowFileDiscovery=False)))
    found = read(item(permission("anyone", "reader", allowFileDiscovery=True)))
    changes = {key[0].value for scope in compare(linked, found).scopes for key in scope.capability_changes}
    assert changes == {"maybe_gained"}


def test_without_a_word_about_search_the_link_is_needed(read):
    assert "public reader | has the link" in grants(read(item(permission("anyone", "reader"))))
    assert "domain:acme.example reader | has the link" in grants(
        read(item(permission("domain", "reader", "acme.example")))
    )


def test_what_expires_holds_until_then(read):
    facts = read(item(permission("user", "reader", "bo@acme.example", expirationTime="2026-06-01T00:00:00Z")))
    assert "user:bo@acme.example reader | before 2026-06-01T00:00:00Z" in grants(facts)


def test_a_deleted_account_has_nothing_unless_it_is_restored(read):
    facts = read(
        item(
            permission("user", "writer", "bo@acme.example", deleted=True),
            {"id": "2", "type": "user", "role": "writer", "deleted": True},
        )
    )
    assert grants(facts) == {
        "user:ana@acme.example owner",
        "user:bo@acme.example writer | the deleted account is restored",
    }
    assert facts.unread == ()


def test_a_pending_owner_is_an_owner_once_they_accept(read):
    facts = read(item(permission("user", "writer", "bo@acme.example", pendingOwner=True)))
    assert {"user:bo@acme.example writer", "user:bo@acme.example owner | accepts to become the owner"} <= grants(facts)


def test_views_give_no_more_than_they_show(read, who):
    facts = read(
        item(
            permission("user", "reader", "bo@acme.example", view="published"),
            permission("user", "reader", "cy@acme.example", view="metadata"),
        )
    )
    assert {one for one in who(facts, "f1") if not one.startswith("ana")} == {
        "bo@acme.example list?",
        "bo@acme.example read?",
        "cy@acme.example list",
    }


def test_a_view_nobody_knows_counts_as_the_whole_item(read, who):
    facts = read(item(permission("user", "reader", "bo@acme.example", view="holographic")))
    assert "bo@acme.example read" in who(facts, "f1")
    assert "the view `holographic` of a permission is not known" in facts.unread[0].message


def test_a_role_nobody_knows_counts_as_owner_and_is_said(read):
    facts = read(item(permission("user", "curator", "bo@acme.example")))
    assert "user:bo@acme.example owner" in grants(facts)
    assert facts.unread[0].message == "the role of a permission is `curator`, which is not known, and counts as owner"


def test_a_permission_without_a_type_is_said(read):
    facts = read(item({"id": "2", "role": "reader"}))
    assert "a permission has no type where" in facts.unread[0].message


def test_a_permission_that_does_not_say_whose_it_is_goes_by_its_number(read):
    facts = read(item({"id": "0042", "type": "user", "role": "reader"}))
    assert "user:gdrive/0042 reader" in grants(facts)
    assert "a permission does not say whose it is" in facts.unread[0].message


def test_names_types_and_the_rest_are_labels(read):
    facts = read(item(name="Roadmap \u202e2027", copyRequiresWriterPermission=True, trashed=True))
    assert dict(facts.resources["gdrive:f1"].labels) == {
        "copying": "writers only",
        "name": "roadmap \\u202e2027",
        "trashed": "true",
        "type": "document",
    }
    assert {"ana@acme.example"} == {name.removeprefix("user:") for name in facts.principals}


def test_what_is_public_is_public_for_whoever_is_known_too(read):
    facts = read(item(permission("anyone", "reader", allowFileDiscovery=True)))
    assert [g.subject for g in facts.grants if g.subject == PUBLIC] == [PUBLIC]


def test_owners_of_items_without_a_list_are_known(read, incomplete):
    facts = read(
        {"id": "f1", "name": "x", "mimeType": DOC, "parents": [], "owners": [{"emailAddress": "ana@acme.example"}]}
    )
    assert grants(facts) == {"user:ana@acme.example owner"}
    assert incomplete(facts) == [
        "unknown: permissions of items: 1 items list no permissions, and do not say whether they are shared"
    ]


def test_an_item_that_is_not_shared_needs_no_list(read, incomplete):
    fields = {"owners": [{"emailAddress": "ana@acme.example"}], "shared": False, "parents": []}
    assert incomplete(read({"id": "f1", "name": "x", "mimeType": DOC, **fields})) == []


def test_an_item_shared_with_nobody_knows_whom_is_not_private(read, who, incomplete):
    fields = {"owners": [{"emailAddress": "ana@acme.example"}], "shared": True, "parents": []}
    facts = read({"id": "f1", "name": "x", "mimeType": DOC, **fields})
    assert "group:gdrive/f1#unlisted write" in who(facts, "f1")
    assert incomplete(facts) == [
        "unknown: permissions of items: 1 items are shared with somebody, and do not list with whom"
    ]


def test_a_list_without_an_owner_was_filtered(read, incomplete):
    filtered = {"id": "f1", "mimeType": DOC, "parents": [], "permissions": [permission("anyone", "reader")]}
    assert incomplete(read(filtered)) == [
        "unknown: permissions of items: 1 items have permissions but no owner, so their lists were filtered"
    ]
