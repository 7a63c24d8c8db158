"""LDIF: entries of a directory and what ``ldapsearch`` prints around them."""

import base64

import pytest

from blastradius.errors import SnapshotError

PEOPLE = """
dn: uid=ana,ou=people,dc=x,dc=example
objectClass: inetOrgPerson
uid: ana
mail: Ana@x.example

dn: cn=Bo Lee,ou=people,dc=x,dc=example
objectClass: user
sAMAccountName: bo
userAccountControl: 514

"""


def test_members_by_the_names_of_entries_are_called_by_their_addresses(read, members, incomplete):
    facts = read(
        {
            "d.ldif": PEOPLE
            + "dn: cn=Eng,ou=groups,dc=x,dc=example\nobjectClass: groupOfNames\ncn: Eng\n"
            + "member: UID=ana, ou=People,dc=x,dc=example\nmember: cn=Bo Lee,ou=people,dc=x,dc=example\n"
        }
    )
    assert members(facts, "group:directory/eng") == [
        "user:ana@x.example",
        "user:directory/bo | the suspended account is active again",
    ]
    assert incomplete(facts) == []


def test_folded_lines_and_base64_are_read(read, members):
    dn = base64.b64encode("uid=zoë,ou=people,dc=x,dc=example".encode()).decode()
    login = base64.b64encode("zoë".encode()).decode()
    facts = read(
        {
            "d.ldif": f"version: 1\n\ndn:: {dn}\nobjectClass: person\nuid:: {login}\n\n"
            "dn: cn=a-very-long-na\n me,dc=x,dc=example\nobjectClass: groupOfUniqueNames\ncn: long\n"
            "uniqueMember: uid=zo\\C3\\AB,ou=people,\n dc=x,dc=example\n"
        }
    )
    assert members(facts, "group:directory/long") == ["user:directory/zoë"]


def test_passwords_are_never_kept(read):
    secret = base64.b64encode(b"{SSHA}not-a-real-hash").decode()
    text = PEOPLE.replace("uid: ana\n", f"uid: ana\nuserPassword:: {secret}\nunicodePwd: Hunter2\n")
    facts = read({"d.ldif": text})
    assert secret not in repr(facts)
    assert "Hunter2" not in repr(facts)
    with pytest.raises(SnapshotError) as caught:
        read({"d.ldif": text.replace("unicodePwd: Hunter2", "unicodePwd Hunter2")})
    assert "Hunter2" not in str(caught.value)


def test_logins_numbers_and_member_of_all_make_members(read, members):
    facts = read(
        {
            "d.ldif": """
            dn: uid=ana,ou=people,dc=x
            objectClass: posixAccount
            uid: ana
            gidNumber: 100
            memberOf: cn=audit,ou=groups,dc=x

            dn: cn=staff,ou=groups,dc=x
            objectClass: posixGroup
            cn: staff
            gidNumber: 100
            memberUid: bo

            dn: cn=domain users,cn=users,dc=x
            objectClass: group
            sAMAccountName: Domain Users
            cn: Domain Users
            objectSid:: AQUAAAAAAAUVAAAAAQAAAAIAAAADAAAAAQIAAA==

            dn: cn=cy,cn=users,dc=x
            objectClass: user
            sAMAccountName: cy
            primaryGroupID: 513
            """
        }
    )
    assert members(facts, "group:directory/staff") == ["user:directory/ana", "user:directory/bo"]
    assert members(facts, "group:directory/audit") == ["user:directory/ana"]
    assert members(facts, "group:directory/domain users") == ["user:directory/cy"]


def test_nested_groups_and_machines(read, members):
    facts = read(
        {
            "d.ldif": """
            dn: cn=all,dc=x
            objectClass: group
            cn: all
            member: cn=eng,dc=x
            member: cn=build01,dc=x

            dn: cn=eng,dc=x
            objectClass: group
            cn: eng
            mail: eng@x.example

            dn: cn=build01,dc=x
            objectClass: computer
            objectClass: user
            cn: build01
            sAMAccountName: build01$
            """
        }
    )
    assert members(facts, "group:directory/all") == ["group:eng@x.example", "service:directory/build01$"]


def test_an_owner_of_a_group_may_be_able_to_change_its_members(read, managers):
    text = PEOPLE + "dn: cn=eng,dc=x\nobjectClass: group\ncn: eng\nmanagedBy: uid=ana,ou=people,dc=x,dc=example\n"
    assert managers(read({"d.ldif": text}), "group:directory/eng") == {
        "user:ana@x.example manager | the directory lets the owner of a group change its members"
    }


def test_groups_of_one_name_in_two_places_stay_two(read, members):
    one, two = (
        f"dn: cn=admins,ou={place},dc=x\nobjectClass: groupOfNames\ncn: admins\nmember: uid={who},dc=x\n\n"
        for place, who in (("a", "ana"), ("b", "bo"))
    )
    facts = read({"d.ldif": one + two})
    assert members(facts, "group:directory/cn=admins,ou=a,dc=x") == ["user:directory/ana"]
    assert members(facts, "group:directory/cn=admins,ou=b,dc=x") == ["user:directory/bo"]
    # Also where only the other side has the second one: a new group must not rename an old one.
    assert "group:directory/cn=admins,ou=a,dc=x" in read({"d.ldif": one}, {"d.ldif": one + two}).groups


def test_members_that_are_computed_are_unlisted(read):
    facts = read(
        {"d.ldif": "dn: cn=dyn,dc=x\nobjectClass: groupOfURLs\ncn: dyn\nmemberURL: ldap:///dc=x??sub?(uid=*)\n"}
    )
    assert facts.groups["group:directory/dyn"].unlisted


def test_everybody_who_signs_in_as_a_member_is_the_whole_organisation(read, members):
    text = "dn: cn=wide,dc=x\nobjectClass: group\ncn: wide\nmember: CN=S-1-5-11,CN=ForeignSecurityPrincipals,DC=x\n"
    facts = read({"d.ldif": PEOPLE + text})
    assert members(facts, "group:directory/wide") == ["customer:directory/all"]
    assert facts.groups["customer:directory/all"].unlisted


SEARCHED = "# extended LDIF\n#\n" + PEOPLE + "# search result\nsearch: 2\nresult: {result}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (SEARCHED.format(result="4 Size limit exceeded"), "the search ended with `Size limit exceeded`"),
        (SEARCHED.format(result="3 Time limit exceeded"), "the search ended with `Time limit exceeded`"),
        (PEOPLE + "# search reference\nref: ldap://east.x.example/dc=east\n", "1 parts are on other servers (`ref`)"),
        (
            "dn: cn=big,dc=x\nobjectClass: group\ncn: big\nmember;range=0-1499: uid=ana,dc=x\n",
            "only a range of the values is there",
        ),
    ],
)
def test_what_was_cut_short_is_said(read, text, reason):
    facts = read({"d.ldif": text})
    assert [c.reason for c in facts.coverage if c.completeness == "truncated"] == [reason]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PEOPLE.rstrip("\n"), "unknown: entries in given/d.ldif: the last line has no end"),
        ("# extended LDIF\n#\n" + PEOPLE, "truncated: entries in given/d.ldif: the search printed no result"),
        (
            SEARCHED.format(result="0 Success") + "\n# extended LDIF\n#\n" + PEOPLE.rstrip("\n"),
            "truncated: entries in given/d.ldif: the search printed no result",
        ),
        (
            SEARCHED.format(result="0 Success") + "pagedresults: cookie=AQAAAAAAAAA=\n",
            "truncated: entries in given/d.ldif: the last page names a next one (`pagedresults`)",
        ),
        (
            SEARCHED.format(result="0 Success") + "pagedresults: cookie=AQ==\n\n" + SEARCHED.format(result="0 Success"),
            "truncated: entries in given/d.ldif: the last page names a next one (`pagedresults`)",
        ),
        (
            SEARCHED.format(result="4 Size limit exceeded") + "\n" + SEARCHED.format(result="0 Success"),
            "truncated: entries in given/d.ldif: the search ended with `Size limit exceeded`",
        ),
    ],
)
def test_a_text_that_was_cut_off_is_not_complete(read, incomplete, text, said):
    facts = read({"d.ldif": text})
    assert [one.startswith(said) for one in incomplete(facts)] == [True]
    assert not [one for one in facts.coverage if one.completeness == "complete"]


def test_a_search_that_ended_well_and_ranges_that_reach_the_end_are_complete(read, incomplete):
    ranges = (
        "dn: cn=big,dc=x\nobjectClass: group\ncn: big\nmember;range=0-1: uid=ana,dc=x\nmember;range=2-*: uid=bo,dc=x\n"
    )
    first, last = "pagedresults: estimate=9 cookie=AQ==\n\n", "pagedresults: cookie=\n"
    paged = SEARCHED.format(result="0 Success") + first + PEOPLE + "search: 3\nresult: 0 Success\n" + last
    assert incomplete(read({"d.ldif": SEARCHED.format(result="0 Success"), "r.ldif": ranges})) == []
    assert incomplete(read({"d.ldif": paged})) == []


def test_a_member_without_an_entry_may_be_a_group_and_is_said(read, members, incomplete):
    facts = read(
        {"d.ldif": "dn: cn=eng,dc=x\nobjectClass: group\ncn: eng\nmember: cn=somebody,dc=x\nmember: uid=ana,dc=x\n"}
    )
    assert members(facts, "group:directory/eng") == ["user:directory/somebody", "user:directory/ana"]
    assert incomplete(facts) == [
        "unknown: members of groups: 1 members have no entry here, so they may be groups with members of their own"
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dn: cn=a,dc=x\nobjectClass: group\ncn:: $$$\n", "the value after `::` is no base64"),
        ("dn: cn=a,dc=x\nobjectClass group\n", "this is no line of LDIF"),
        (
            "dn: uid=a,dc=x\nobjectClass: person\nuid: a\nmail: a@x.example, b@x.example\n",
            "`a@x.example, b@x.example` holds several addresses where the one of an account is expected",
        ),
        (
            "dn: cn=a,dc=x\nobjectClass: posixGroup\ncn: a\nmemberUid: bo@x.example,zoe@x.example\n",
            "`bo@x.example,zoe@x.example` holds several addresses where one member is expected",
        ),
        (
            "dn: cn=a,dc=x\nobjectClass: groupOfNames\ncn: a\nmember: bo@x.example zoe@x.example\n",
            "`bo@x.example zoe@x.example` holds several addresses where one member is expected",
        ),
        ("dn: cn=a,dc=x\nobjectClass: group\ncn: \u202ea\n", "cannot be the name of a group"),
    ],
)
def test_a_text_that_cannot_be_read_says_where(read, text, message):
    with pytest.raises(SnapshotError) as caught:
        read({"d.ldif": text})
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].source.line


def test_a_value_in_another_file_is_not_opened(read):
    facts = read({"d.ldif": "dn: cn=a,dc=x\nobjectClass: group\ncn: a\nmember:< file:///etc/hostname\n"})
    assert [p.message for p in facts.unread] == ["a value stands in another file, which is not opened"]


def test_a_group_whose_entry_is_gone_stays_a_group_of_members_nobody_lists(read, members):
    outer = "dn: cn=all,dc=x\nobjectClass: group\ncn: all\nmember: cn=eng,dc=x\n\n"
    inner = "dn: cn=eng,dc=x\nobjectClass: group\ncn: eng\n"
    facts = read({"d.ldif": outer}, {"d.ldif": outer + inner})
    assert members(facts, "group:directory/all") == ["group:directory/eng"]
    assert facts.groups["group:directory/eng"].unlisted


def test_a_security_identifier_may_be_written_out(read, members):
    text = (
        "dn: cn=domain users,dc=x\nobjectClass: group\ncn: domain users\nobjectSid: S-1-5-21-1-2-3-513\n\n"
        "dn: cn=cy,dc=x\nobjectClass: user\nsAMAccountName: cy\nprimaryGroupID: 513\n"
    )
    assert members(read({"d.ldif": text}), "group:directory/domain users") == ["user:directory/cy"]
