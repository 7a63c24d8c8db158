"""What commands make of our objects, where the real commands are not there to be asked."""

import pytest

from blastradius.model.sources import Source
from blastradius.systems.posix.accounts import Accounts
from blastradius.systems.posix.acl_edits import (
    EntryEdit,
    MalformedAclError,
    Recalculation,
    Tag,
    entry_edits,
    with_entries,
)
from blastradius.systems.posix.edits import add_member, protect, remove_member, set_groups, set_primary_group
from blastradius.systems.posix.facts import build
from blastradius.systems.posix.modes import mode_change, mode_of, with_mode, with_owner
from blastradius.systems.posix.objects import Acl, Bits, Flags, Inode, Machine, Protection, User, UserGroup
from tests.support.posix import letters
from tests.support.posix_commands import carry_out

R, W, X, RW, RX, ALL, NONE = Bits(4), Bits(2), Bits(1), Bits(6), Bits(5), Bits(7), Bits(0)
PLAIN = Protection("ana", "eng", Acl(RW, R, NONE))
FOLDER = Protection("ana", "eng", Acl(ALL, RX, NONE))


def machine():
    inodes = {
        path: Inode(path, FOLDER if path in {"/d", "/d/e"} else PLAIN) for path in ("/d", "/d/e", "/d/e/f", "/df")
    }
    users = {"root": User("root", 0, 0), "ana": User("ana", 2001, 3001), "bo": User("bo", 2002, 2002)}
    groups = {"eng": UserGroup("eng", 3001), "ops": UserGroup("ops", 3002, (("bo", Source("group.txt", 2)),))}
    return Machine(inodes, users, groups, users_listed=True, groups_listed=True)


def test_group_bits_of_a_mode_are_the_mask_where_there_is_one():
    one = Protection("ana", "eng", Acl(RW, R, NONE, (("bo", RW),), (), RW))
    assert with_mode(one, mode_change("600"), directory=False).acl == Acl(RW, R, NONE, (("bo", RW),), (), NONE)


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("755", 0o640, 0o755),
        ("4755", 0o640, 0o4755),
        ("g+w,o=r", 0o640, 0o664),
        ("a+X", 0o640, 0o640),
        ("a+X", 0o740, 0o751),
        ("o=g", 0o640, 0o644),
        ("u-s", 0o4755, 0o755),
        ("o+t", 0o640, 0o1640),
        ("+w", 0o444, 0o644),
        ("go=", 0o2777, 0o700),
    ],
)
def test_modes_are_changed_as_chmod_does(text, before, after):
    acl = Acl(Bits(before >> 6 & 7), Bits(before >> 3 & 7), Bits(before & 7))
    protection = Protection("ana", "eng", acl, None, Flags(before >> 9))
    assert mode_of(with_mode(protection, mode_change(text), directory=False)) == after


def test_digits_leave_setgid_of_a_directory():
    folder = Protection("ana", "eng", Acl(ALL, RX, NONE), None, Flags.SETGID)
    assert with_mode(folder, mode_change("755"), directory=True).flags is Flags.SETGID
    assert with_mode(folder, mode_change("00755"), directory=True).flags is Flags.NONE


@pytest.mark.parametrize("text", ["", "8", "u+q", "777777", "u", ",", "u+r,,g+w", "u+r\n"])
def test_what_chmod_would_not_take_is_none(text):
    assert mode_change(text) is None


def test_a_new_owner_takes_setuid_away():
    program = Protection("root", "root", Acl(ALL, RX, RX), None, Flags.SETUID | Flags.SETGID)
    assert with_owner(program, "ana", None, directory=False) == Protection("ana", "root", Acl(ALL, RX, RX))
    locked = Protection("root", "root", Acl(ALL, R, R), None, Flags.SETGID)
    assert with_owner(locked, None, "eng", directory=False).flags is Flags.SETGID


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("u:bo:rX", (EntryEdit(Tag.USER, "bo", R, conditional=True),)),
        ("g::rw,o:r", (EntryEdit(Tag.GROUP, "", RW), EntryEdit(Tag.OTHER, "", R))),
        ("d:m::5", (EntryEdit(Tag.MASK, "", RX, default=True),)),
        ("bo:7", (EntryEdit(Tag.USER, "bo", ALL),)),
        ("default:group:ops:---", (EntryEdit(Tag.GROUP, "ops", NONE, default=True),)),
    ],
)
def test_entries_are_read_as_setfacl_reads_them(text, edits):
    assert entry_edits(text) == edits


@pytest.mark.parametrize("text", ["", "u:bo", "u:bo:", "u:bo:q", "o:bo:r", "u:bo:r:w", "u:bo:8", ":"])
def test_what_setfacl_would_not_take_is_none(text):
    assert entry_edits(text) is None


def edited(protection, text, *, removing=False, directory=False, how=Recalculation.UNLESS_GIVEN):
    edits = entry_edits(text, removing=removing)
    return with_entries(protection, edits, directory=directory, accounts=Accounts(machine()), recalculation=how)


def test_the_mask_follows_the_entries_unless_it_is_given():
    assert edited(PLAIN, "u:bo:rw").acl == Acl(RW, R, NONE, (("bo", RW),), (), RW)
    assert edited(PLAIN, "u:bo:rw,m::r").acl == Acl(RW, R, NONE, (("bo", RW),), (), R)
    assert edited(PLAIN, "u:bo:rw", how=Recalculation.NEVER).acl.mask == R
    assert edited(PLAIN, "u:bo:rw,m::-", how=Recalculation.ALWAYS).acl.mask == RW


def test_taking_out_an_entry_that_is_not_there_makes_the_mask_anew():
    closed = Protection("ana", "eng", Acl(RW, R, NONE, (("bo", RW),), (), NONE))
    assert edited(closed, "u:root", removing=True).acl.mask == RW


def test_a_number_changes_the_entry_of_the_name():
    named = edited(PLAIN, "u:bo:rw")
    assert edited(named, "u:2002:r").acl.users == (("bo", R),)
    assert edited(named, "u:2002", removing=True).acl.users == ()


def test_entries_without_a_mask_are_refused():
    with pytest.raises(MalformedAclError):
        edited(edited(PLAIN, "u:bo:rw"), "m", removing=True)


def test_a_default_list_begins_with_what_the_mode_gives_and_only_in_directories():
    assert edited(FOLDER, "d:u:bo:rX", directory=True).default == Acl(ALL, RX, NONE, (("bo", RX),), (), RX)
    assert edited(PLAIN, "d:u:bo:r").default is None
    assert edited(FOLDER, "d:u:bo", removing=True, directory=True).default is None


def test_a_recursive_change_reaches_what_lies_below_and_nothing_beside_it():
    one = machine()
    carry_out(one, "chmod -R o+rX /d")
    assert {path: oct(mode_of(inode.protection)) for path, inode in one.inodes.items()} == {
        "/d": "0o755",
        "/d/e": "0o755",
        "/d/e/f": "0o644",
        "/df": "0o640",
    }


def test_a_file_is_changed_under_all_its_names():
    one = machine()
    one.links = dict.fromkeys(("/df", "/d/e/f"), frozenset({"/df", "/d/e/f"}))
    carry_out(one, "chmod 600 /df")
    assert one.inodes["/d/e/f"].protection == one.inodes["/df"].protection
    assert mode_of(one.inodes["/d/e/f"].protection) == 0o600


def test_what_was_changed_says_by_which_command():
    one, place = machine(), Source("change.sh", 3)
    changed = protect(one, "/d", lambda old, _: with_owner(old, "bo", None, directory=True), source=place)
    assert (changed, one.inodes["/d"].source) == (1, place)
    assert protect(one, "/d", lambda old, _: old, source=Source("change.sh", 4)) == 0
    assert one.inodes["/d"].source == place


def test_a_directory_stays_one_when_nothing_shows_it_any_more():
    one = machine()
    one.inodes["/s"] = Inode("/s", Protection("ana", "eng", Acl(ALL, RX, NONE), None, Flags.STICKY))
    carry_out(one, "chmod o-t /s")
    assert "/s" in one.directories


def test_who_is_in_a_group_follows_the_commands():
    one = machine()
    assert add_member(one, "eng", "bo", Source("change.sh", 1))
    assert not add_member(one, "eng", "bo")
    assert letters(build(one), ["user:posix/bo"], ["/df"]) == {("user:posix/bo", "/df"): "r--"}
    assert remove_member(one, "eng", "bo")
    assert not remove_member(one, "eng", "bo")
    assert letters(build(one), ["user:posix/bo"], ["/df"]) == {("user:posix/bo", "/df"): "---"}


def test_a_list_of_groups_replaces_all_but_the_primary_one():
    one = machine()
    set_groups(one, "bo", frozenset({"eng"}))
    assert {name: [user for user, _ in group.members] for name, group in one.groups.items()} == {
        "eng": ["bo"],
        "ops": [],
    }
    set_primary_group(one, "bo", one.groups["ops"])
    assert one.users["bo"].gid == 3002
