"""The forms that exports have: pages of the API, and tables of GAM in every layout."""

import json

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.drive import snapshot

DOC = "application/vnd.google-apps.document"
BASIC = "Owner,id,name,mimeType,parents,parents.0.id,permissions"
FLAT = """
Owner,id,name,mimeType,driveId,parents,parents.0.id,permissions,permissions.0.id,permissions.0.role,permissions.0.type,\
permissions.0.emailAddress,permissions.0.deleted,permissions.1.role,permissions.1.type,permissions.1.allowFileDiscovery,\
permissions.1.domain
ana@x.example,f1,Plan,application/vnd.google-apps.document,,1,top,2,1,owner,user,ana@x.example,False,reader,anyone,False,
ana@x.example,top,Top,application/vnd.google-apps.folder,,0,,2,1,owner,user,ana@x.example,False,reader,domain,True,x.example
"""
BY_ROW = """
Owner,id,name,mimeType,parents,parents.0.id,permission.id,permission.role,permission.type,permission.emailAddress,\
permission.allowFileDiscovery,permission.permissionDetails.0.role,permission.permissionDetails.0.inherited
ana@x.example,f1,Plan,application/vnd.google-apps.document,1,top,1,owner,user,ana@x.example,,owner,False
ana@x.example,f1,Plan,application/vnd.google-apps.document,1,top,2,reader,anyone,,False,reader,False
ana@x.example,top,Top,application/vnd.google-apps.folder,0,,1,owner,user,ana@x.example,,owner,False
ana@x.example,top,Top,application/vnd.google-apps.folder,0,,3,reader,group,eng@x.example,,reader,False
"""


def held(facts):
    return {
        f"{g.subject} {g.role.removeprefix('drive.')} {g.resource}" + (f" | {g.when}" if g.when else "")
        for g in facts.grants
    }


def test_all_permissions_of_an_item_in_one_row(read):
    facts = read({"files.csv": FLAT})
    assert held(facts) == {
        "user:ana@x.example owner gdrive:f1",
        "public reader gdrive:f1 | has the link",
        "user:ana@x.example owner gdrive:top",
        "domain:x.example reader gdrive:top",
    }
    assert {grant.source.line for grant in facts.grants} == {2, 3}


def test_one_row_for_each_permission(read):
    facts = read({"files.csv": BY_ROW})
    assert held(facts) == {
        "user:ana@x.example owner gdrive:f1",
        "public reader gdrive:f1 | has the link",
        "user:ana@x.example owner gdrive:top",
        "group:eng@x.example reader gdrive:top",
    }
    assert facts.resources["gdrive:f1"].parents == ("gdrive:top",)


def test_the_folder_lists_somebody_whom_the_file_does_not_so_the_file_is_on_its_own(read):
    assert not read({"files.csv": BY_ROW}).resources["gdrive:f1"].inherits


def test_all_fields_in_a_cell_of_json(read):
    owner = {"type": "user", "role": "owner", "emailAddress": "ana@x.example"}
    item = {"id": "f1", "name": "Plan, 2027", "mimeType": DOC, "parents": [], "permissions": [owner]}
    cell = json.dumps(item).replace('"', '""')
    facts = read({"files.csv": f'Owner,id,name,JSON\nana@x.example,f1,"Plan, 2027","{cell}"\n'})
    assert held(facts) == {"user:ana@x.example owner gdrive:f1"}
    assert ("name", "plan, 2027") in facts.resources["gdrive:f1"].labels


def test_one_permission_for_each_row_in_a_cell_of_json(read):
    rows = []
    for role, name in (("owner", "ana"), ("reader", "bo")):
        permission = {"type": "user", "role": role, "emailAddress": f"{name}@x.example"}
        cell = json.dumps({"id": "f1", "mimeType": DOC, "parents": [], "permission": permission}).replace('"', '""')
        rows.append(f'ana@x.example,f1,"{cell}"\n')
    facts = read({"files.csv": "Owner,id,JSON\n" + "".join(rows)})
    assert held(facts) == {"user:ana@x.example owner gdrive:f1", "user:bo@x.example reader gdrive:f1"}


def test_basic_permissions_do_not_say_what_is_inherited_and_count_as_direct_too(read):
    text = """
    Owner,id,mimeType,parents,parentsIds,permissions,permissions.0.role,permissions.0.type,permissions.0.emailAddress,\
permissions.1.role,permissions.1.type,permissions.1.emailAddress
    ana@x.example,f1,text/plain,1,top,2,owner,user,ana@x.example,reader,user,bo@x.example
    ana@x.example,top,application/vnd.google-apps.folder,0,,2,owner,user,ana@x.example,reader,user,bo@x.example
    """
    facts = read({"files.csv": text})
    assert facts.resources["gdrive:f1"].parents == ("gdrive:top",)
    assert {"user:bo@x.example reader gdrive:f1", "user:bo@x.example reader gdrive:top"} <= held(facts)


def test_members_of_shared_drives_as_gam_prints_them(read, incomplete):
    acls = """
    id,name,permission.id,permission.role,permission.type,permission.emailAddress
    0ADrive000000000PVA,Board,1,organizer,user,ana@x.example
    0ADrive000000000PVA,Board,2,reader,group,board@x.example
    """
    files = """
    Owner,id,name,mimeType,driveId,parents,parents.0.id,hasAugmentedPermissions
    ana@x.example,f1,Minutes,application/pdf,0ADrive000000000PVA,1,0ADrive000000000PVA,False
    """
    facts = read({"acls.csv": acls, "files.csv": files})
    assert dict(facts.resources["gdrive:0ADrive000000000PVA"].labels) == {"name": "board", "type": "shared drive"}
    assert facts.resources["gdrive:f1"].parents == ("gdrive:0ADrive000000000PVA",)
    assert facts.resources["gdrive:f1"].inherits
    assert incomplete(facts) == []


def test_a_table_without_shared_drives_may_only_hold_what_the_accounts_own(read, incomplete):
    none = json.dumps({"drives": []})
    assert incomplete(read({"files.csv": FLAT})) == [
        "unknown: shared drives: no item of a shared drive is listed, "
        "and by default only items that the account owns are"
    ]
    assert incomplete(read({"files.csv": FLAT, "drives.json": none})) == []


def test_fewer_permissions_than_announced_are_told(read, incomplete):
    text = """
    Owner,id,driveId,parents,permissions,permissions.0.role,permissions.0.type,permissions.0.emailAddress
    ana@x.example,f1,0ADrive000000000PVA,0,7,reader,user,bo@x.example
    """
    assert "truncated: permissions of `f1`: 7 are announced and 1 are there" in incomplete(read({"files.csv": text}))


def test_a_table_without_rows_may_be_an_export_of_nothing(read, incomplete):
    assert incomplete(read({"files.csv": BASIC + "\n"})) == [
        "unknown: items in given/files.csv: the table has a header and no rows"
    ]


def page(*items, **fields):
    return json.dumps({"kind": "drive#fileList", "files": list(items), **fields})


def file(number, **fields):
    owner = {"type": "user", "role": "owner", "emailAddress": "ana@x.example"}
    return {"id": number, "name": number, "mimeType": DOC, "parents": [], "permissions": [owner], **fields}


def test_pages_one_after_the_other_are_whole_when_the_last_is_there(read, incomplete):
    facts = read({"files.json": page(file("f1"), nextPageToken="a") + "\n" + page(file("f2"))})
    assert [*facts.resources] == ["gdrive:f1", "gdrive:f2"]
    assert incomplete(facts) == []
    assert incomplete(read({"1.json": page(file("f1"), nextPageToken="a"), "2.json": page(file("f2"))})) == []


DRIVES = json.dumps({"kind": "drive#driveList", "drives": [{"kind": "drive#drive", "id": "0AD1", "name": "Board"}]})
MEMBERS = json.dumps(
    {"fileId": "f9", "permissions": [{"type": "user", "role": "owner", "emailAddress": "a@x.example"}]}
)
OPEN = page(file("f1"), nextPageToken="a")


@pytest.mark.parametrize(
    "files",
    [
        {"files.json": OPEN, "drives.json": DRIVES},
        {"drives.json": DRIVES, "files.json": OPEN},
        {"files.json": OPEN, "members.json": MEMBERS},
        {"files.json": OPEN + DRIVES},
        {"files.json": DRIVES + OPEN},
        {"files.json": OPEN, "other.json": page(file("f2"))},
        {"files.json": OPEN, "old/files.json": page(file("f2"))},
        {"files.json": OPEN, "table.csv": BY_ROW},
        {"files.json": OPEN + page(file("f1"), file("f2"))},
        {"files.json": page(file("f2")) + OPEN},
    ],
)
def test_what_is_no_later_page_of_the_list_never_stands_for_its_last(read, incomplete, files):
    assert "truncated: items in given/files.json: the last page names a next one (`nextPageToken`)" in incomplete(
        read(files)
    )


@pytest.mark.parametrize("missing", ["2.json", "3.json"])
def test_pages_in_files_with_numbers_are_whole_when_none_is_missing(read, incomplete, missing):
    files = {
        "1.json": OPEN,
        "2.json": page(file("f2"), nextPageToken="b"),
        "3.json": page(file("f3")),
        "drives.json": json.dumps({"kind": "drive#driveList", "drives": []}),
    }
    assert incomplete(read(files)) == []
    del files[missing]
    (said,) = incomplete(read(files))
    assert said.startswith("truncated")


def test_pages_that_different_accounts_asked_for_are_of_different_lists(read, incomplete):
    def owned(number, by, **fields):
        mine = file(number, ownedByMe=True, owners=[{"emailAddress": by}])
        return page(mine, file(f"{number}-other", ownedByMe=False), **fields)

    first = owned("f1", "ana@x.example", nextPageToken="a")
    assert incomplete(read({"files.json": first + owned("f2", "ana@x.example")})) == []
    (said,) = incomplete(read({"files.json": first + owned("f2", "bo@x.example")}))
    assert said.startswith("truncated")


def test_a_list_of_drives_and_a_list_of_permissions_have_pages_too(read, incomplete):
    drives = json.dumps({"nextPageToken": "a", **json.loads(DRIVES)})
    members = json.dumps({"nextPageToken": "a", **json.loads(MEMBERS)})
    other = json.dumps({**json.loads(MEMBERS), "fileId": "f8"})
    said = incomplete(read({"drives.json": drives, "members.json": members + other, "files.json": page(file("f1"))}))
    assert [one.partition(": the last")[0] for one in said if one.startswith("truncated")] == [
        "truncated: items in given/drives.json",
        "truncated: items in given/members.json",
    ]


def test_a_list_of_no_files_may_be_that_of_another_account(read, incomplete):
    assert incomplete(read({"files.json": page()})) == [
        "unknown: items in given/files.json: the list has nothing in it"
    ]
    assert incomplete(read({"files.json": page(nextPageToken="a") + page(file("f1"))})) == []
    assert incomplete(read({"files.json": page(file("f1"), nextPageToken="a") + page()})) == []


def test_no_drives_and_nothing_else_is_no_evidence(read, incomplete):
    none = json.dumps({"drives": []})
    assert incomplete(read({"drives.json": none})) == ["unknown: items: no item is listed anywhere"]


def test_a_table_whose_last_line_has_no_end_may_be_cut_in_a_name(read, incomplete):
    said = incomplete(read({"files.csv": BY_ROW.rstrip("\n")}))
    assert [one.partition(", so")[0] for one in said if "files.csv" in one] == [
        "unknown: items in given/files.csv: the last line has no end"
    ]


def test_a_missing_page_is_told(read, incomplete):
    assert incomplete(read({"files.json": page(file("f1"), nextPageToken="a")})) == [
        "truncated: items in given/files.json: the last page names a next one (`nextPageToken`)"
    ]


def test_an_incomplete_search_is_told(read, incomplete):
    assert incomplete(read({"files.json": page(file("f1"), incompleteSearch=True)})) == [
        "truncated: items in given/files.json: the search was incomplete"
    ]


def test_a_list_of_nothing_but_own_items_may_be_a_query_for_them(read, incomplete):
    assert incomplete(read({"files.json": page(file("f1", ownedByMe=True), file("f2", ownedByMe=True))})) == [
        "unknown: items in given/files.json: "
        "every item is owned by the account that asked, so the query may have been `'me' in owners`"
    ]
    assert incomplete(read({"files.json": page(file("f1", ownedByMe=True), file("f2", ownedByMe=False))})) == []


def test_lists_of_drives_and_permissions_beside_the_id_of_their_item(read):
    drives = json.dumps({"kind": "drive#driveList", "drives": [{"kind": "drive#drive", "id": "0AD1", "name": "Board"}]})
    members = json.dumps(
        {
            "fileId": "0AD1",
            "kind": "drive#permissionList",
            "permissions": [
                {"kind": "drive#permission", "type": "group", "role": "organizer", "emailAddress": "b@x.example"}
            ],
        }
    )
    facts = read({"drives.json": drives, "members.json": members})
    assert held(facts) == {"group:b@x.example organizer gdrive:0AD1"}
    assert dict(facts.resources["gdrive:0AD1"].labels)["name"] == "board"


def test_permissions_of_nobody_knows_what_are_said(read):
    text = json.dumps({"kind": "drive#permissionList", "permissions": [{"type": "anyone", "role": "reader"}]})
    facts = read({"p.json": text})
    assert facts.unread[0].message == "a list of permissions does not say which item they are on"


def test_an_item_that_several_accounts_list_is_one_item(read):
    seen = file("f1")
    del seen["permissions"]
    facts = read({"ana.json": page(file("f1")), "bo.json": page(seen)})
    assert held(facts) == {"user:ana@x.example owner gdrive:f1"}


def test_the_second_version_of_the_api_is_read_too(read):
    item = {
        "kind": "drive#file",
        "id": "f1",
        "title": "Plan",
        "mimeType": DOC,
        "parents": [{"kind": "drive#parentReference", "id": "top"}],
        "permissions": [
            {"type": "user", "role": "owner", "emailAddress": "ana@x.example"},
            {"type": "anyone", "role": "reader", "additionalRoles": ["commenter"], "withLink": True},
        ],
    }
    facts = read({"files.json": json.dumps({"kind": "drive#fileList", "items": [item]})})
    assert "public commenter gdrive:f1 | has the link" in held(facts)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"f.json": page(file("no id!"))}, "`no id!` stands where the id of an item should"),
        ({"f.json": page({"mimeType": DOC, "id": 7})}, "nothing stands where the id of an item should"),
        ({"f.json": page(file("f1", permissions="all"))}, "`permissions` of `f1` must be a list, not text"),
        (
            {"f.json": page(file("f1", permissions=[{"type": "user", "role": "reader", "emailAddress": "a\u202e@x"}]))},
            "cannot be whom a permission is for",
        ),
        ({"f.csv": "Owner,id,JSON\nana@x.example,f1,{broken\n"}, "the column `JSON` holds no JSON"),
        ({"f.csv": BASIC + '\nana@x.example,f1,"Plan\n'}, "this is not valid CSV"),
        ({"f.csv": BASIC + "\nana@x.example,f1\n"}, "the row has 2 columns, the header has 7"),
    ],
)
def test_what_cannot_be_read_says_what_is_wrong_and_where(read, files, message):
    with pytest.raises(SnapshotError) as caught:
        read(files)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.source.line


@pytest.mark.parametrize(
    "text",
    [
        "group,member\neng,ana\n",
        "user_type,user_id,relation,object_type,object_id\nuser,ana,viewer,doc,plan\n",
        "id,name\n1,ana\n",
        '{"kind": "List", "apiVersion": "v1", "items": []}',
        '{"id": "1", "permissions": ["a"]}',
        '[{"id": "1", "role": "reader"}]',
        '{"files": ["a"]}',
    ],
)
def test_what_is_of_another_system_is_left_to_it(documents, text):
    name = "x.json" if text.startswith(("{", "[")) else "x.csv"
    assert not [one for one in documents({name: text}) if snapshot.recognises(one)]
