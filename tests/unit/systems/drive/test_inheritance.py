"""What reaches an item from folders and shared drives, and what does not."""

import pytest

from blastradius.access.reference import compare
from blastradius.errors import SnapshotError
from blastradius.systems.load import load
from tests.support.texts import as_file

FOLDER = "application/vnd.google-apps.folder"
DOC = "application/vnd.google-apps.document"


def has(name, role, *origins, **fields):
    """Write a permission; ``above`` and ``own`` among the origins say where it comes from."""
    details = [{"role": role, "inherited": origin == "above", "permissionType": "file"} for origin in origins]
    stated = {"permissionDetails": details} if details else {}
    return {"type": "user", "role": role, "emailAddress": f"{name}@x.example", **stated, **fields}


def folder(number, *permissions, parents=(), **fields):
    return {
        "id": number,
        "name": number,
        "mimeType": FOLDER,
        "parents": list(parents),
        "permissions": [*permissions],
        **fields,
    }


def doc(number, *permissions, parents=(), **fields):
    return folder(number, *permissions, parents=parents, **fields) | {"mimeType": DOC}


def holders(who, facts, item, capability="read"):
    return {one.split("@")[0].split()[0] for one in who(facts, item) if one.rstrip("?").endswith(capability)}


OWNER = has("ana", "owner")


def test_what_is_shared_on_a_folder_is_shared_below_it(read, who):
    facts = read(
        folder("top", OWNER, has("bo", "reader", "own")),
        folder("sub", OWNER, has("bo", "reader", "above"), parents=["top"]),
        doc("f1", OWNER, has("bo", "reader", "above"), has("cy", "writer", "own"), parents=["sub"]),
    )
    assert holders(who, facts, "f1") == {"ana", "bo", "cy"}
    assert [g.resource for g in facts.grants if g.subject == "user:bo@x.example"] == ["gdrive:top"]
    assert facts.resources["gdrive:f1"].parents == ("gdrive:sub",)
    assert facts.resources["gdrive:f1"].inherits


def test_a_permission_that_is_inherited_and_direct_at_once_stays_when_the_folder_loses_it(read):
    details = [{"role": "reader", "inherited": True}, {"role": "writer", "inherited": False}]
    both = has("bo", "writer") | {"permissionDetails": details}
    facts = read(folder("top", OWNER, has("bo", "reader", "own")), doc("f1", OWNER, both, parents=["top"]))
    assert {(g.resource, g.role) for g in facts.grants if g.subject == "user:bo@x.example"} == {
        ("gdrive:top", "drive.reader"),
        ("gdrive:f1", "drive.writer"),
    }


def test_when_nobody_says_where_a_permission_comes_from_it_counts_as_direct_too(read):
    facts = read(folder("top", OWNER, has("bo", "reader")), doc("f1", OWNER, has("bo", "reader"), parents=["top"]))
    assert {g.resource for g in facts.grants if g.subject == "user:bo@x.example"} == {"gdrive:top", "gdrive:f1"}


def test_what_comes_from_a_folder_that_is_not_in_the_export_stands_at_the_item(read, who):
    facts = read(doc("f1", OWNER, has("bo", "reader", "above"), parents=["elsewhere"]))
    assert holders(who, facts, "f1") == {"ana", "bo"}
    assert facts.resources["gdrive:f1"].parents == ()


def test_an_item_of_a_my_drive_that_was_taken_back_from_somebody_has_only_its_own_list(read, who):
    facts = read(
        folder("top", OWNER, has("bo", "reader")),
        doc("f1", OWNER, has("cy", "reader"), parents=["top"]),
        doc("f2", OWNER, has("bo", "reader"), parents=["top"]),
    )
    assert holders(who, facts, "f1") == {"ana", "cy"}
    assert not facts.resources["gdrive:f1"].inherits
    assert holders(who, facts, "f2") == {"ana", "bo"}


def test_giving_it_to_them_after_all_is_a_gain(read):
    top = folder("top", OWNER, has("bo", "reader"))
    before = read(top, doc("f1", OWNER, parents=["top"]))
    after = read(top, doc("f1", OWNER, has("bo", "reader"), parents=["top"]))
    delta = compare(before, after)
    gained = {
        (delta.principals[p], delta.resources[r], key[0].value)
        for scope in delta.scopes
        for key, people in scope.capability_changes.items()
        for p in people
        for r in scope.resources
    }
    assert gained == {("user:bo@x.example", "gdrive:f1", "gained")}


def test_the_owner_of_a_folder_edits_what_others_put_into_it(read, who):
    facts = read(folder("top", OWNER), doc("f1", has("bo", "owner"), has("ana", "writer", "above"), parents=["top"]))
    assert facts.resources["gdrive:f1"].inherits
    assert holders(who, facts, "f1", "write") == {"ana", "bo"}


def test_a_file_that_its_writers_may_not_share_does_not_inherit_the_right_to_share(read, who):
    facts = read(
        folder("top", OWNER, has("bo", "writer")),
        doc("f1", OWNER, has("bo", "writer"), parents=["top"], writersCanShare=False),
    )
    assert holders(who, facts, "top", "manage") == {"ana", "bo"}
    assert holders(who, facts, "f1", "manage") == {"ana"}
    assert holders(who, facts, "f1", "write") == {"ana", "bo"}


LIMITED = {"inheritedPermissionsDisabled": True}


def test_a_folder_with_limited_access_is_opened_by_those_it_names(read, who):
    facts = read(
        folder("top", OWNER, has("bo", "writer", "own")),
        folder("sub", OWNER, has("bo", "writer", "above"), has("cy", "reader", "own"), parents=["top"], **LIMITED),
        doc("f1", OWNER, has("cy", "reader", "above"), parents=["sub"]),
    )
    assert holders(who, facts, "sub") == {"ana", "cy"}
    assert holders(who, facts, "sub", "list") == {"ana", "bo", "cy"}
    assert holders(who, facts, "f1") == {"ana", "cy"}
    assert facts.resources["gdrive:f1"].inherits


def test_organizers_enter_a_limited_folder_that_lists_nobody_and_others_see_it(read, who):
    facts = read(
        {
            "id": "0ADrive00000000PVA",
            "kind": "drive#drive",
            "name": "Board",
            "permissions": [has("ana", "organizer"), has("bo", "fileOrganizer"), has("cy", "reader")],
        },
        folder(
            "sub",
            driveId="0ADrive00000000PVA",
            parents=["0ADrive00000000PVA"],
            hasAugmentedPermissions=False,
            **LIMITED,
        ),
        doc("f1", driveId="0ADrive00000000PVA", parents=["sub"], hasAugmentedPermissions=False),
    )
    assert holders(who, facts, "sub") == {"ana"}
    assert holders(who, facts, "sub", "list") == {"ana", "bo", "cy"}
    assert holders(who, facts, "f1") == {"ana"}


def test_in_a_limited_folder_a_permission_of_unknown_origin_is_conditional(read, who):
    facts = read(
        folder("top", OWNER, has("bo", "reader")),
        folder("sub", OWNER, has("bo", "reader"), has("cy", "reader"), parents=["top"], **LIMITED),
    )
    assert {"bo@x.example list", "bo@x.example read?", "cy@x.example read"} <= who(facts, "sub")
    assert "bo@x.example read" not in who(facts, "sub")


DRIVE = {"id": "0ADrive00000000PVA", "kind": "drive#drive", "name": "Board"}
BELONGS = {"driveId": "0ADrive00000000PVA", "parents": ["0ADrive00000000PVA"]}


def shared_file(*permissions, **fields):
    return {
        "id": "f1",
        "name": "x",
        "mimeType": DOC,
        **BELONGS,
        **({"permissions": [*permissions]} if permissions else {}),
        **fields,
    }


@pytest.mark.parametrize(
    ("role", "capabilities"),
    [
        ("organizer", {"list", "read", "write", "manage"}),
        ("fileOrganizer", {"list", "read", "write", "manage"}),
        ("writer", {"list", "read", "write", "manage"}),
        ("commenter", {"list", "read"}),
        ("reader", {"list", "read"}),
    ],
)
def test_members_of_a_shared_drive_reach_its_files_without_a_list(read, who, incomplete, role, capabilities):
    facts = read(DRIVE | {"permissions": [has("bo", role)]}, shared_file(hasAugmentedPermissions=False))
    assert who(facts, "f1") == {f"bo@x.example {capability}" for capability in capabilities}
    assert incomplete(facts) == []


def test_a_file_of_a_shared_drive_without_a_list_looks_private_and_is_not(read, who, incomplete):
    facts = read(shared_file())
    drive = "group:gdrive/0ADrive00000000PVA#unlisted"
    assert {f"{drive} read", f"{drive} manage"} <= who(facts, "f1")
    assert incomplete(facts) == [
        "unknown: permissions of items: 1 items list no permissions, and do not say whether they are shared",
        "unknown: members of shared drives: 1 shared drives do not list their members",
    ]


def test_a_file_of_a_shared_drive_that_is_shared_further_says_so(read, who, incomplete):
    facts = read(DRIVE | {"permissions": [has("bo", "reader")]}, shared_file(hasAugmentedPermissions=True))
    assert holders(who, facts, "f1") == {"bo", "group:gdrive/f1#unlisted"}
    assert incomplete(facts) == [
        "unknown: permissions of items: 1 items are shared with somebody, and do not list with whom"
    ]


def test_nothing_can_be_taken_back_in_a_shared_drive(read, who):
    facts = read(
        DRIVE | {"permissions": [has("bo", "reader"), has("cy", "reader")]}, shared_file(has("bo", "reader", "above"))
    )
    assert holders(who, facts, "f1") == {"bo", "cy"}


def test_a_list_of_a_shared_drives_file_is_not_believed_even_if_it_names_an_owner(read, who):
    members = DRIVE | {"permissions": [has("bo", "reader"), has("cy", "reader")]}
    facts = read(members, shared_file(OWNER, has("bo", "reader", "above")))
    assert holders(who, facts, "f1") == {"ana", "bo", "cy"}


def test_a_file_whose_folder_of_a_shared_drive_is_missing_lies_in_the_drive(read, incomplete):
    facts = read(
        DRIVE | {"permissions": [has("bo", "reader")]}, shared_file(parents=["gone"], hasAugmentedPermissions=False)
    )
    assert facts.resources["gdrive:f1"].parents == ("gdrive:0ADrive00000000PVA",)
    assert incomplete(facts) == ["unknown: folders: 1 items of shared drives lie in folders that are not in the export"]


def test_a_file_in_several_folders_is_reached_from_each(read, who):
    facts = read(
        folder("a", OWNER, has("bo", "reader", "own")),
        folder("b", OWNER, has("cy", "reader", "own")),
        doc("f1", OWNER, has("bo", "reader", "above"), has("cy", "reader", "above"), parents=["a", "b"]),
    )
    assert holders(who, facts, "f1") == {"ana", "bo", "cy"}
    assert facts.resources["gdrive:f1"].inherits


def test_items_that_do_not_say_where_they_lie_are_told(read, incomplete):
    orphan = doc("f1", OWNER)
    del orphan["parents"]
    assert incomplete(read(orphan)) == ["unknown: folders: 1 items do not say in which folder they lie"]


def test_a_shortcut_gives_nothing_on_what_it_points_to(read, who):
    shortcut = doc("s1", OWNER, has("bo", "reader")) | {
        "mimeType": "application/vnd.google-apps.shortcut",
        "shortcutDetails": {"targetId": "f1"},
    }
    facts = read(shortcut, doc("f1", OWNER))
    assert holders(who, facts, "f1") == {"ana"}
    assert dict(facts.resources["gdrive:s1"].labels)["type"] == "shortcut"


def test_folders_that_lie_in_themselves_are_refused_and_end_nothing():
    ring = [folder(f"a{i}", OWNER, parents=[f"a{(i + 1) % 3}"]) for i in range(3)]
    text = str({"kind": "drive#fileList", "files": ring}).replace("'", '"')
    with pytest.raises(SnapshotError, match="containment cycle"):
        load([as_file(text, "ring.json")])


def test_folders_as_deep_as_anybody_likes_are_followed(read, who):
    deep = [folder(f"d{i}", parents=[f"d{i - 1}"] if i else [], owners=[]) for i in range(3000)]
    deep[0]["permissions"] = [OWNER, has("bo", "reader", "own")]
    last = doc("f1", OWNER, has("bo", "reader", "above"), parents=["d2999"])
    facts = read(*deep, last)
    assert [g.resource for g in facts.grants if g.subject == "user:bo@x.example"] == ["gdrive:d0"]
