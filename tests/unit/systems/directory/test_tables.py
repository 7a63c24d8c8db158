"""Membership lists in CSV."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.directory import snapshot


def test_a_plain_table_of_groups_and_members(read, members, incomplete):
    facts = read(
        {"m.csv": "group,member\nEng@acme.example,Ana@ACME.example\neng@acme.example,bo\nops,eng@acme.example\n"}
    )
    assert members(facts, "group:eng@acme.example") == ["user:ana@acme.example", "user:directory/bo"]
    assert members(facts, "group:directory/ops") == ["group:eng@acme.example"]
    assert incomplete(facts) == []


def test_an_address_is_a_group_when_it_is_one_anywhere_in_the_input(read, members):
    facts = read(
        {"a.csv": "group,member\na@x.example,b@x.example\n", "b.csv": "group,member\nb@x.example,ana@x.example\n"}
    )
    assert members(facts, "group:a@x.example") == ["group:b@x.example"]


def test_a_group_that_only_the_other_side_lists_stays_a_group_with_unknown_members(read, members):
    both = "group,member\na@x.example,b@x.example\n"
    facts = read({"a.csv": both}, {"a.csv": both, "b.csv": "group,member\nb@x.example,ana@x.example\n"})
    assert members(facts, "group:a@x.example") == ["group:b@x.example"]
    assert facts.groups["group:b@x.example"].unlisted
    assert "group:b@x.example" in facts.identities.mentioned


def test_roles_types_and_status_as_gam_prints_them(read, members, managers):
    facts = read(
        {
            "gam.csv": """
            group,id,role,email,type,status
            a@x.example,1,OWNER,ana@x.example,USER,ACTIVE
            a@x.example,2,MANAGER,ops@x.example,GROUP,ACTIVE
            a@x.example,3,MEMBER,bo@x.example,USER,SUSPENDED
            a@x.example,4,MEMBER,ci@p.iam.gserviceaccount.com,USER,
            """
        }
    )
    assert members(facts, "group:a@x.example") == [
        "user:ana@x.example",
        "group:ops@x.example",
        "user:bo@x.example | the suspended account is active again",
        "user:ci@p.iam.gserviceaccount.com",
    ]
    assert managers(facts, "group:a@x.example") == {"user:ana@x.example owner", "group:ops@x.example manager"}
    assert facts.groups["group:ops@x.example"].unlisted


def test_all_accounts_of_the_organisation_as_a_member_are_those_known_and_others(read, members):
    facts = read({"m.csv": "group,email,id,type\nall@x.example,,C01,CUSTOMER\neng@x.example,ana@x.example,2,USER\n"})
    assert members(facts, "group:all@x.example") == ["customer:directory/c01"]
    assert members(facts, "customer:directory/c01") == ["user:ana@x.example"]
    assert facts.groups["customer:directory/c01"].unlisted


def test_guests_are_external(read):
    facts = read(
        {
            "entra.csv": """
            "GroupDisplayName";"UserPrincipalName";"ObjectType";"UserType"
            "Finance";"max@acme.example";"User";"Member"
            "Finance";"ned_partner.example#EXT#@acme.onmicrosoft.example";"User";"Guest"
            """
        }
    )
    external = {name: principal.external for name, principal in facts.principals.items()}
    assert external == {
        "user:max@acme.example": False,
        "user:ned_partner.example#ext#@acme.onmicrosoft.example": True,
    }


def test_a_guest_is_told_by_the_login_alone(read):
    facts = read({"entra.csv": "group,userPrincipalName\nfinance,ned_partner.example#EXT#@acme.example\n"})
    assert facts.principals["user:ned_partner.example#ext#@acme.example"].external


def test_the_column_with_the_address_wins_over_the_login(read, members):
    facts = read({"okta.csv": "Group Name,User Login,Email,User Status\nEng,ana.l,ana@x.example,DEPROVISIONED\n"})
    assert members(facts, "group:directory/eng") == ["user:ana@x.example | the suspended account is active again"]


def test_members_in_a_cell_of_json(read, members, managers):
    cell = '"{""email"": ""ana@x.example"", ""role"": ""OWNER"", ""type"": ""USER"", ""status"": ""ACTIVE""}"'
    facts = read({"m.csv": f"group,JSON\neng@x.example,{cell}\n"})
    assert members(facts, "group:eng@x.example") == ["user:ana@x.example"]
    assert managers(facts, "group:eng@x.example") == {"user:ana@x.example owner"}


def test_a_row_without_a_member_is_an_empty_group(read):
    facts = read({"m.csv": "group,email\nempty@x.example,\n"})
    assert facts.groups["group:empty@x.example"].members == ()
    assert facts.unread == ()


def test_a_member_without_any_name_is_not_passed_over(read):
    facts = read({"m.csv": "group,email,id,type\neng@x.example,,123,USER\n"})
    assert [str(p) for p in facts.unread] == [
        "given/m.csv:2: a member has neither an address nor a name, and is left out"
    ]


def test_an_unknown_role_counts_as_owner_and_is_said(read, managers):
    facts = read({"m.csv": "group,email,role\neng@x.example,ana@x.example,CHIEF\n"})
    assert managers(facts, "group:eng@x.example") == {"user:ana@x.example owner"}
    assert "the role `CHIEF` of a member is not known" in facts.unread[0].message


def test_unknown_words_for_kinds_and_status_are_said_once(read, members):
    rows = "".join(f"eng@x.example,u{i}@x.example,ROBOT,DREAMING\n" for i in range(3))
    facts = read({"m.csv": "group,email,type,status\n" + rows})
    assert [p.message for p in facts.unread] == [
        "the kind of member `ROBOT` is not known",
        "the status `DREAMING` is not known, and counts as active",
    ]
    assert len(members(facts, "group:eng@x.example")) == 3


def test_a_table_without_rows_may_be_an_export_of_nothing(read, incomplete):
    facts = read({"m.csv": "group,email\n"})
    assert incomplete(facts) == ["unknown: members in given/m.csv: the table has a header and no rows"]


def test_a_table_whose_last_line_has_no_end_may_be_cut_in_a_name(read, incomplete):
    (said,) = incomplete(read({"m.csv": "group,member\ndevs@x.example,ana@x.example\ndevs@x.example,zoe@x.exa"}))
    assert said.startswith("unknown: members in given/m.csv: the last line has no end")


@pytest.mark.parametrize(
    "cell",
    [
        "bo@x.example, zoe@x.example",
        "bo@x.example,zoe@x.example,",
        "bo@x.example;zoe@x.example",
        "bo@x.example zoe@x.example",
        "bo@x.example | ZOE@x.example",
        "bo@x.example\nzoe@x.example",
        "bo%40x.example,zoe%40x.example",
        "mailto:bo@x.example, mailto:zoe@x.example",
        "Bo Li <bo@x.example>, Zoe <zoe@x.example>",
        "Li, Bo <bo@x.example>; Kim, Zoe <zoe@x.example>",
        "bo@x.example, Zoe <zoe@x.example>",
    ],
)
def test_addresses_in_one_cell_are_as_many_members(read, members, cell):
    facts = read({"m.csv": f'group,member\neng@x.example,"{cell}"\n'})
    assert members(facts, "group:eng@x.example") == ["user:bo@x.example", "user:zoe@x.example"]
    assert facts.unread == ()


def test_groups_in_one_cell_have_the_member_each(read, members):
    facts = read({"m.csv": 'group,member\n"eng@x.example, ops@x.example",ana@x.example\n'})
    assert members(facts, "group:eng@x.example") == ["user:ana@x.example"]
    assert members(facts, "group:ops@x.example") == ["user:ana@x.example"]


def test_groups_in_one_cell_of_the_other_side_are_groups_here(read, members):
    there = 'group,member\n"b@x.example, c@x.example",ana@x.example\n'
    facts = read({"m.csv": "group,member\na@x.example,c@x.example\n"}, {"m.csv": there})
    assert members(facts, "group:a@x.example") == ["group:c@x.example"]


def test_several_owners_in_one_cell_are_all_owners(read, managers):
    facts = read({"m.csv": 'group,email,role\neng@x.example,"bo@x.example;zoe@x.example",OWNER\n'})
    assert managers(facts, "group:eng@x.example") == {"user:bo@x.example owner", "user:zoe@x.example owner"}


def test_a_name_with_a_comma_counts_as_one_and_is_said_once(read, members):
    facts = read({"m.csv": 'group,member\neng,"bo, zoe"\neng,"pam, kim"\n'})
    assert members(facts, "group:directory/eng") == ["user:directory/bo, zoe", "user:directory/pam, kim"]
    assert [str(p) for p in facts.unread] == [
        "given/m.csv:2: the member `bo, zoe` holds a comma, and counts as one name"
    ]
    assert facts.unread[0].help


def test_a_title_with_a_comma_is_no_list_where_the_table_says_that_it_is_a_group(read):
    facts = read({"m.csv": 'group,member,type\neng,"Research, Berlin",group\n'})
    assert facts.unread == ()


def test_an_address_behind_itself_or_a_name_is_one_member(read, members):
    cells = '"Li, Bo <bo@x.example>"\neng,zoe@x.example <zoe@x.example>\n'
    facts = read({"m.csv": f"group,member\neng,{cells}"})
    assert members(facts, "group:directory/eng") == ["user:bo@x.example", "user:zoe@x.example"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,userPrincipalName,displayName,userType\n1,ana@x.example,Ana,Member\n", "no column says which group"),
        ("groupName,objectGUID\nEng,1\n", "no column says which member"),
        ("group,member\neng\n", "the row has 1 columns, the header has 2"),
        ('group,member\neng,"ana\n', "this is not valid CSV"),
        ("group,member\neng,an\u202ea\n", "cannot be the name of a member"),
        ("group,member\nping#unlisted,ana\n", "cannot be the name of a group"),
        ('group,member\neng,"bo@x.example, zoe"\n', "`bo@x.example, zoe` is neither one address nor one name"),
        ("group,member\neng,bo@x.example zoe\n", "`bo@x.example zoe` is neither one address nor one name"),
        ("group,member\neng,bo;zoe\n", "`bo;zoe` is neither one address nor one name"),
        ("group,member\neng,bo|zoe\n", "`bo|zoe` is neither one address nor one name"),
        ('group,member\neng,"zoe; Bo <bo@x.example>"\n', "is neither one address nor one name"),
        ("group,member\neng,bo@x.example/zoe@x.example\n", "holds several addresses where one member is expected"),
        ('group,member\neng,"zoe@x.example, pam, Bo <bo@x.example>"\n', "holds several addresses"),
        ('group,member\n"a@x.example+b@x.example",bo\n', "holds several addresses where one group is expected"),
        ("group,JSON\neng,{broken\n", "the column `JSON` holds no JSON"),
        ("group,JSON\neng,7\n", "the column `JSON` holds no JSON"),
    ],
)
def test_a_table_that_cannot_be_read_says_why_and_where(read, text, message):
    with pytest.raises(SnapshotError) as caught:
        read({"m.csv": text})
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.source is not None
    assert problem.source.line


@pytest.mark.parametrize(
    "text",
    [
        "user_type,user_id,relation,object_type,object_id\nuser,ana,member,group,eng\n",
        "Owner,id,name,mimeType,permissions.0.role\nana@x.example,1,a,b,owner\n",
        "name,price\napple,3\n",
        "email,amount\nana@x.example,3\n",
    ],
)
def test_tables_of_something_else_are_left_to_others(documents, text):
    assert not [document for document in documents({"m.txt": text}) if snapshot.recognises(document)]
