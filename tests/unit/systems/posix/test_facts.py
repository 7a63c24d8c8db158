"""What owners, groups, masks, directories and their bits mean."""

import pytest

from blastradius.access.conditions import GRANTED
from blastradius.access.engine import Comparison
from blastradius.access.facts import check_facts
from blastradius.access.solved import Solved
from blastradius.columns.pair import paired
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Completeness, PrincipalKind
from blastradius.systems.posix.actions import ACTIONS
from tests.support.posix import letters

OPEN = "/srv root root user::rwx group::r-x other::r-x"


def may(snapshot, action, resource, *, perhaps=False):
    """Name everybody who certainly has an action; with `perhaps`, whoever has it under some condition."""
    solved = Solved(Comparison(paired(snapshot, snapshot)), 0)
    ways = solved.ways(resource, action).by_way
    who = set().union(*ways.values()) if perhaps else ways.get(GRANTED, ())
    return {solved.name_of(number).removeprefix("user:posix/") for number in who}


def test_the_owner_has_what_the_owner_entry_says_even_when_the_group_would_give_more(read):
    snapshot = read("/f ana eng user::--- group::rw- other::rw-")
    assert may(snapshot, "file.read", "posix:/f") == {"root", "bo", "cy", "service:posix/www"}


def test_whoever_is_in_a_group_that_is_named_gets_nothing_from_other(read):
    snapshot = read("/f root root user::rw- group::r-- group:eng:--- mask::rwx other::r--")
    assert may(snapshot, "file.read", "posix:/f") == {"root", "cy", "service:posix/www"}


def test_one_of_several_groups_is_enough(read):
    snapshot = read("/f root root user::rw- group::--- group:eng:--- group:ops:r-- mask::rwx other::---")
    assert may(snapshot, "file.read", "posix:/f") == {"root", "bo", "cy"}


def test_what_a_directory_needs_at_once_one_entry_must_give(read):
    snapshot = read(
        "/d root root user::rwx group::--- group:eng:-w- group:ops:--x mask::rwx other::---",
        "/d/f root root user::rw- group::--- other::---",
    )
    assert may(snapshot, "dir.write", "posix:/d") == {"root", "ana", "bo"}
    assert may(snapshot, "dir.search", "posix:/d") == {"root", "bo", "cy"}
    assert may(snapshot, "dir.modify", "posix:/d") == {"root"}


def test_the_mask_caps_named_users_and_groups_and_not_owner_and_other(read):
    snapshot = read("/f ana ops user::rw- user:bo:rw- group::rw- mask::r-- other::rw-")
    assert may(snapshot, "file.write", "posix:/f") == {"root", "ana", "service:posix/www"}


def test_an_empty_mask_makes_linux_judge_named_users_as_others(read):
    snapshot = read("/f root root user::rw- user:bo:--- group::--- mask::--- other::r--")
    assert "bo" in may(snapshot, "file.read", "posix:/f")


def test_every_directory_above_must_let_one_through(read):
    snapshot = read(
        OPEN,
        "/srv/eng root eng user::rwx group::r-x other::---",
        "/srv/eng/ops root ops user::rwx group::--x other::---",
        "/srv/eng/ops/f root root user::rw- group::r-- other::r--",
    )
    assert may(snapshot, "file.read", "posix:/srv/eng/ops/f") == {"root", "bo"}
    assert may(snapshot, "dir.list", "posix:/srv/eng/ops") == {"root"}


def test_a_directory_that_stops_everybody_twice_is_asked_about_once(read):
    snapshot = read(
        "/a ana eng user::rwx group::--x other::---",
        "/a/b ana eng user::rwx group::--x other::---",
        "/a/b/f ana eng user::rw- group::r-- other::r--",
    )
    assert [name for name in snapshot.groups if name.startswith("pass:")] == ["pass:posix:/a"]


def test_many_files_with_one_list_need_no_groups_of_their_own(read):
    blocks = [f"/srv/f{number} ana eng user::rw- group::r-- other::---" for number in range(50)]
    few, many = (read(OPEN, *blocks[:number]) for number in (1, 50))
    assert few.groups.keys() == many.groups.keys()
    assert len(many.grants) == len(few.grants) + 49 * 3


def test_root_may_do_all_but_run_what_nobody_may_run(read):
    snapshot = read("/d ana eng user::--- group::--- other::---", "/d/f ana eng user::--- group::--- other::---")
    assert letters(snapshot, ["user:posix/root"], ["/d", "/d/f"]) == {
        ("user:posix/root", "/d"): "rwx",
        ("user:posix/root", "/d/f"): "rw-",
    }


def test_the_mask_alone_lets_root_run_a_file(read):
    snapshot = read("/f ana eng user::rw- group::r-- mask::r-x other::---")
    assert may(snapshot, "file.execute", "posix:/f") == {"root"}


def test_only_the_owner_and_root_change_who_may_what(read):
    snapshot = read(OPEN, "/srv/f ana eng user::--- group::rwx other::rwx")
    assert may(snapshot, "acl.change", "posix:/srv/f") == {"root", "ana"}


def test_whoever_may_write_to_a_directory_may_replace_what_is_in_it(read):
    snapshot = read("/d root eng user::rwx group::rwx other::r-x", "/d/f root root user::rw- group::--- other::---")
    assert may(snapshot, "entry.replace", "posix:/d/f") == {"root", "ana", "bo"}


def test_in_a_sticky_directory_only_the_owners_replace_an_entry(read):
    snapshot = read(
        "/d bo root --t user::rwx group::rwx other::rwx",
        "/d/f ana root user::rw- group::rw- other::rw-",
        "/d/g cy root user::rw- group::rw- other::rw-",
    )
    assert may(snapshot, "dir.modify", "posix:/d") == {"root", "ana", "bo", "cy", "service:posix/www"}
    assert may(snapshot, "entry.replace", "posix:/d/f") == {"root", "ana", "bo"}
    assert may(snapshot, "entry.replace", "posix:/d/g") == {"root", "bo", "cy"}


def test_nothing_is_inherited_from_a_directory(read):
    snapshot = read("/d ana eng user::rwx group::rwx other::rwx", "/d/f root root user::rw- group::--- other::---")
    assert not any(resource.inherits for resource in snapshot.resources.values())
    assert snapshot.resources["posix:/d/f"].parents == ("posix:/d",)
    assert may(snapshot, "file.read", "posix:/d/f") == {"root"}


def test_a_number_and_a_name_are_the_same_user(read):
    snapshot = read("/f 2001 3001 user::r-- user:2002:r-- group::--- mask::r-- other::---")
    assert may(snapshot, "file.read", "posix:/f") == {"root", "ana", "bo"}


def test_two_names_of_one_number_own_the_same(read):
    passwd = "root:x:0:0:::\ntoor:x:0:0:::\nana:x:2001:2001:::\nana-too:x:2001:3001:::\n"
    snapshot = read("/f ana-too eng user::r-- group::-w- other::---", passwd=passwd)
    assert may(snapshot, "file.read", "posix:/f") == {"root", "toor", "ana", "ana-too"}
    assert may(snapshot, "file.write", "posix:/f") == {"root", "toor", "bo"}


def test_accounts_of_the_system_are_services(read):
    kinds = {name: one.kind for name, one in read(OPEN).principals.items()}
    assert kinds["service:posix/www"] is PrincipalKind.SERVICE
    assert kinds["user:posix/root"] is PrincipalKind.USER
    assert kinds["user:posix/ana"] is PrincipalKind.USER


def test_without_listings_members_and_accounts_are_unlisted(read):
    snapshot = read(OPEN, "/srv/f ana eng user::rw- group::r-- other::---", passwd="", group="")
    assert snapshot.groups["group:posix/eng"].unlisted
    assert snapshot.groups["accounts:posix"].unlisted
    assert may(snapshot, "file.read", "posix:/srv/f") == {"root", "ana", "group:posix/eng#unlisted"}
    assert [one.what for one in snapshot.coverage if one.completeness is Completeness.UNKNOWN] == ["users", "groups"]


def test_who_is_stopped_by_name_is_not_taken_for_somebody_unlisted(read):
    blocks = (
        "/d root root user::rwx user:bo:--- group::r-x mask::r-x other::r-x",
        "/d/f root root user::rw- group::r-- other::r--",
    )
    snapshot = read(*blocks, passwd="", group="")
    assert "bo" not in may(snapshot, "file.read", "posix:/d/f", perhaps=True)
    assert "accounts:posix#unlisted" in may(snapshot, "file.read", "posix:/d/f", perhaps=True)


def test_a_name_that_no_listing_holds_leaves_accounts_in_doubt(read):
    snapshot = read("/f dee eng user::rw- group::r-- other::r--")
    assert snapshot.groups["accounts:posix"].unlisted
    (doubt,) = [one for one in snapshot.coverage if one.completeness is Completeness.UNKNOWN]
    assert (doubt.what, doubt.reason) == ("listing of users", "1 users are named and in no listing: `dee`")


def test_a_number_without_a_name_is_a_deleted_account(read):
    snapshot = read("/f 2999 3999 user::rw- group::r-- other::---", OPEN)
    assert may(snapshot, "file.read", "posix:/f") == {"root", "2999"}
    assert {one.completeness for one in snapshot.coverage} == {Completeness.COMPLETE}


def test_a_setuid_program_lets_whoever_runs_it_act_as_its_owner(read):
    snapshot = read(
        OPEN,
        "/srv/show ana eng s-- user::rwx group::r-x other::---",
        "/srv/notes ana ana user::rw- group::--- other::---",
    )
    assert may(snapshot, "file.read", "posix:/srv/notes") == {"root", "ana"}
    assert may(snapshot, "file.read", "posix:/srv/notes", perhaps=True) == {"root", "ana", "bo"}
    (entry,) = snapshot.principals["user:posix/ana"].assumable_by
    assert entry.when == "by what the setuid program `/srv/show` does"


def test_a_setgid_program_lets_whoever_runs_it_act_as_a_member_of_its_group(read):
    snapshot = read(
        OPEN,
        "/srv/show root ops -s- user::rwx group::--x other::--x",
        "/srv/notes root ops user::rw- group::r-- other::---",
    )
    role = "role:posix/setgid/ops"
    assert may(snapshot, "file.read", "posix:/srv/notes") == {"root", "bo", "cy", role}
    assert may(snapshot, "file.read", "posix:/srv/notes", perhaps=True) >= {"ana", "service:posix/www"}


def test_a_setgid_program_that_its_own_group_must_not_run_is_no_contradiction(read):
    snapshot = read("/show root ops -s- user::rwx group::--- user:ana:--x mask::--x other::--x")
    check_facts(snapshot, SnapshotError)
    assert may(snapshot, "file.execute", "posix:/show") == {"root", "ana", "service:posix/www"}


@pytest.mark.parametrize("path", ["/usr/bin/passwd", "/usr/bin/sudo", "/bin/su"])
def test_programs_that_ask_rules_of_their_own_let_nobody_act_as_root(read, path):
    snapshot = read(f"{path} root root s-- user::rwx group::r-x other::r-x")
    assert snapshot.principals["user:posix/root"].assumable_by == ()


def test_a_default_list_says_what_new_files_will_allow(read):
    snapshot = read(
        "/d ana ops -s- user::rwx group::rwx other::--x default:user::rwx default:user:www:r--"
        " default:group::rw- default:mask::r-- default:other::---"
    )
    new = "posix-new:/d"
    assert snapshot.resources[new].parents == ("posix:/d",)
    # Whoever may make a file owns it.
    assert may(snapshot, "file.write", new) == {"root", "ana", "bo", "cy"}
    assert may(snapshot, "file.read", new) == {"root", "ana", "bo", "cy", "service:posix/www"}


def test_without_setgid_the_group_of_a_new_file_is_that_of_whoever_makes_it(read):
    snapshot = read(
        "/d ana ops user::rwx group::--x other::--x default:user::rwx default:group::r-x default:other::---"
    )
    assert may(snapshot, "file.read", "posix-new:/d") == {"root", "ana"}
    assert "bo" in may(snapshot, "file.read", "posix-new:/d", perhaps=True)


def test_a_default_list_of_the_other_side_makes_the_umask_decide_here(read):
    plain = "/d ana ops user::rwx group::r-x other::--x"
    snapshot = read(plain, other=(f"{plain} default:user::rwx default:group::r-x default:other::---",))
    assert may(snapshot, "file.read", "posix-new:/d") == {"root", "ana"}
    assert "service:posix/www" in may(snapshot, "file.read", "posix-new:/d", perhaps=True)


def test_the_other_side_tells_a_directory_from_a_file(read):
    block = "/d ana eng user::rwx group::r-x other::---"
    assert "dir.list" not in {a for grant in read(block).grants for a in grant.actions}
    other = (block, "/d/f ana eng user::rw- group::r-- other::---")
    assert "dir.list" in {a for grant in read(block, other=other).grants for a in grant.actions}


def test_every_action_has_a_capability(read):
    snapshot = read(OPEN, "/srv/f ana eng user::rwx group::r-x other::---")
    assert {action for grant in snapshot.grants for action in grant.actions} <= ACTIONS.keys()


def test_every_grant_says_where_its_file_stands(read):
    snapshot = read(OPEN, "/srv/f ana eng user::rw- group::r-- other::---")
    places = {grant.resource: str(grant.source) for grant in snapshot.grants}
    assert places == {"posix:/srv": "acls.facl:1", "posix:/srv/f": "acls.facl:8"}
