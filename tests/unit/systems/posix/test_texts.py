"""Texts are told by what stands in them, and names and paths keep what they were."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import UNSAFE_CHARACTERS, Document
from blastradius.model.snapshot import Completeness
from blastradius.systems.ids import id_fault
from blastradius.systems.posix.account_text import read_groups, read_users
from blastradius.systems.posix.acl_text import read_acl_text
from blastradius.systems.posix.file_listing import read_file_listing
from blastradius.systems.posix.names import group_id, path_id, written
from blastradius.systems.posix.objects import Acl, Bits, Flags
from blastradius.systems.posix.paths import folder_of, normal
from blastradius.systems.posix.snapshot import read
from blastradius.systems.posix.texts import Form, form_of
from tests.support.posix import letters, text
from tests.support.texts import as_document, as_file

HEAD = "# file: /srv/a\n# owner: ana\n# group: eng\n"
BLOCK = f"{HEAD}user::rw-\ngroup::r--\nother::---\n\n"
ROW = "  2171465      4 {kind}rwxr-xr-x   4 root     root         {size} Nov 23 05:13 {name}\n"

KNOWN = {
    BLOCK: Form.ACLS,
    f"getfacl: /x: Permission denied\n{BLOCK}": Form.ACLS,
    "user::rwx\ngroup::r-x\nother::r-x\n": Form.HEADLESS,
    "# file: a\nUSER   ana       rwx     \n": Form.TABULAR,
    "root:x:0:0:root:/root:/bin/sh\n": Form.USERS,
    "# local users\nroot:x:0:0:::\nana:*:2001:2001:::\n": Form.USERS,
    "root:x:0:\neng:x:3001:ana,bo\n": Form.GROUPS,
    "eng::3001:\n": Form.GROUPS,
    "root:!:20000:0:99999:7:::\n": Form.SHADOW,
    "root:*::\n": Form.SHADOW,
    "ana:$6$x:2001:2001:staff:0:0:Ana:/x:/bin/sh\n": Form.SHADOW,
    ROW.format(kind="d", size=4096, name="/srv"): Form.FILES,
    ROW.format(kind="c", size="1,   3", name="/dev/null"): Form.FILES,
}


@pytest.mark.parametrize("content", KNOWN)
def test_each_text_is_told_by_its_content(content):
    assert form_of(text(content, "given.txt")) is KNOWN[content]


@pytest.mark.parametrize(
    "content",
    [
        "Dear all,\nplease read this.\n",
        "a,b\n1,2\n",
        "# file: notes\nnothing of the kind\n",
        "CREATE ROLE ana;\n",
        "dn: cn=a\ncn: a\n",
        "document:1 viewer user:ana\n",
        "user:ana\n",
    ],
)
def test_other_texts_belong_to_others(content):
    assert form_of(text(content, "given.txt")) is None


def test_no_document_of_yaml_is_one():
    assert form_of(as_document("a: b\n")) is None
    assert form_of(Document(as_file(""), "root:x:0:")) is None


def test_names_with_blanks_backslashes_and_line_ends_are_taken_out_of_their_escapes():
    escaped = r"# file: /srv/a b\012c\\d" + "\n" + r"# owner: domain\040users" + "\n" + r"# group: ACME\\eng" + "\n"
    (inode,) = read_acl_text(text(f"{escaped}user::rw-\ngroup::r--\nother::---\n\n")).inodes
    assert inode.path == "/srv/a b\nc\\d"
    assert (inode.protection.owner, inode.protection.group) == ("domain users", "ACME\\eng")


def test_all_of_a_list_is_read():
    entries = (
        "# flags: s-t\nuser::rwx\nuser:bo:rw-\t\t#effective:r--\ngroup::r-x\t#effective:r--\ngroup:ops:--x\n"
        "mask::r--\nother::--x\ndefault:user::rwx\ndefault:group::r-x\ndefault:other::---\n\n"
    )
    (inode,) = read_acl_text(text(HEAD + entries)).inodes
    one = inode.protection
    read_and_run = Bits.READ | Bits.EXECUTE
    assert one.flags == Flags.SETUID | Flags.STICKY
    assert one.acl == Acl(
        Bits(7),
        read_and_run,
        Bits.EXECUTE,
        (("bo", Bits.READ | Bits.WRITE),),
        (("ops", Bits.EXECUTE),),
        Bits.READ,
    )
    assert one.default == Acl(Bits(7), read_and_run, Bits.NONE)


@pytest.mark.parametrize(
    ("path", "plain", "folder"),
    [
        ("/", "/", None),
        (".", ".", None),
        ("./a/", "a", "."),
        ("/srv//a", "/srv/a", "/srv"),
        ("/srv", "/srv", "/"),
        ("a/./b", "a/b", "a"),
        ("a/../b", None, None),
    ],
)
def test_paths_are_written_the_plainest_way(path, plain, folder):
    assert normal(path) == plain
    if plain is not None:
        assert folder_of(plain) == folder


def test_users_and_groups_are_read_without_their_passwords():
    users = read_users(text("ana:$6$hash$hash:2001:3001:Ana,,,:/x:/bin/sh\n", "passwd.txt"))
    groups = read_groups(text("eng:$6$hash:3001:ana, bo,,ana\n", "group.txt"))
    assert [(one.name, one.uid, one.gid) for one in users.users] == [("ana", 2001, 3001)]
    assert [(one.name, one.gid, [name for name, _ in one.members]) for one in groups.groups] == [
        ("eng", 3001, ["ana", "bo"])
    ]
    assert "hash" not in repr((users, groups))


def test_a_list_of_files_tells_directories_and_leaves_links_out():
    rows = [("d", r"/srv/a\ b"), ("-", r"/srv/\303\251\nq\\"), ("l", "/srv/l -> /etc"), ("s", "/srv/s")]
    content = "".join(ROW.format(kind=kind, size=1, name=name) for kind, name in rows)
    found = read_file_listing(text(content, "files.txt"))
    assert found.directories == {"/srv/a b"}
    assert found.files == {"/srv/é\nq\\", "/srv/s"}


def listed(*rows):
    return text("".join(ROW.format(kind=kind, size=1, name=name) for kind, name in rows), "files.txt")


def test_a_list_of_files_shows_what_no_export_holds():
    documents = [text(BLOCK), listed(("-", "/srv/a"), ("-", "/srv/b"), ("l", "/srv/c -> a"))]
    found = {one.what: one for one in read(documents).coverage}["files in `files.txt`"]
    assert found.completeness is Completeness.TRUNCATED
    assert found.reason == "1 of 2 have no access control list in any export, first `/srv/b`"


def test_a_list_of_files_shows_that_nothing_was_left_out():
    extended = text(f"{HEAD}user::rw-\ngroup::r--\nmask::r--\nother::---\n\n")
    doubtful, sure = (read([extended, *more]).coverage[0] for more in ((), (listed(("-", "/srv/a")),)))
    assert (doubtful.completeness, sure.completeness) == (Completeness.UNKNOWN, Completeness.COMPLETE)


def test_a_list_of_files_tells_an_empty_directory():
    (resource,) = read([text(BLOCK), listed(("d", "/srv/a"))]).resources.values()
    assert dict(resource.labels) == {"type": "directory"}


def test_who_gets_to_a_file_by_one_name_gets_to_it_under_the_other():
    block = "# file: {}\n# owner: ana\n# group: eng\nuser::{}\ngroup::---\nother::{}\n\n"
    parts = [("/s", "rwx", "---"), ("/s/a", "rw-", "r--"), ("/b", "rw-", "r--"), ("/c", "rw-", "r--")]
    acls = text("".join(block.format(*part) for part in parts))
    row = "  {} 4 -rw----r--   2 ana eng 1 Nov 23 05:13 {}\n"
    files = [("7", "/s/a"), ("7", "/b"), ("8", "/c")]
    known = text("ana:x:2001:2001:::\nbo:x:2002:2002:::\n", "passwd.txt"), text("eng:x:3001:\n", "group.txt")
    alone, linked = (
        letters(read([acls, *known, *more]), ["user:posix/bo"], ["/s/a", "/c"])
        for more in ((), (text("".join(row.format(*file) for file in files), "files.txt"),))
    )
    assert alone == {("user:posix/bo", "/s/a"): "---", ("user:posix/bo", "/c"): "r--"}
    assert linked == {("user:posix/bo", "/s/a"): "r--", ("user:posix/bo", "/c"): "r--"}


def test_listings_that_disagree_are_said_to():
    documents = [
        text("ana:x:1:1:::\nana:x:2:2:::\n", "passwd.txt"),
        text("eng:x:1:ana\neng:x:1:bo\neng:x:2:cy\n", "group.txt"),
    ]
    snapshot = read(documents)
    assert [(str(one.source), one.message) for one in snapshot.unread] == [
        ("passwd.txt:2", "the user `ana` is listed with other numbers in passwd.txt:1, which count"),
        ("group.txt:3", "the group `eng` is listed with another number in group.txt:1, which counts"),
    ]
    members = [entry.id for entry in snapshot.groups["group:posix/eng"].members]
    assert members == ["service:posix/ana", "user:posix/bo", "user:posix/cy"]


NAMES = st.text(alphabet=string.ascii_letters + " \\#\u202e\x1b\n,@*-%\u2003é", min_size=1, max_size=12)


@given(NAMES, NAMES)
def test_two_names_never_become_one_id(first, second):
    assert (written(first) == written(second)) is (first == second)


@given(NAMES)
def test_every_name_becomes_an_id_that_can_be_written_down(name):
    for made in (path_id(f"/{name}"), path_id(name), group_id(name), path_id(f"{name}#unlisted"), path_id(name * 200)):
        assert id_fault(made) is None
        assert not UNSAFE_CHARACTERS.search(made)


@given(st.text(alphabet="# fileownrgup:sdmatx-\n\\01\t", max_size=120))
def test_no_text_breaks_anything(content):
    for suffix in ("", BLOCK):
        document = text(f"{BLOCK}{content}{suffix}")
        assert form_of(document) is Form.ACLS
        read_acl_text(document)
    read_users(text(f"a:b:1:1:::\n{content}", "passwd.txt"))
    read_groups(text(f"a:b:1:\n{content}", "group.txt"))
    read_file_listing(text(f"x\n{content}", "files.txt"))
