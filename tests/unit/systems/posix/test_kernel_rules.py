"""Random machines: the facts say of everybody what a plain walk through the rules of acl(5) says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from blastradius.model.sources import NOWHERE
from blastradius.systems.merge import merge
from blastradius.systems.posix.facts import build
from blastradius.systems.posix.objects import Acl, Bits, Flags, Inode, Machine, Protection, User, UserGroup
from blastradius.systems.posix.paths import folder_of
from blastradius.systems.references import reference_problems
from tests.support.posix import letters

UIDS = {"root": 0, "ana": 2001, "bo": 2002, "cy": 2003, "ana2": 2001}
GIDS = {"wheel": 0, "ana": 2001, "eng": 3001, "ops": 3002, "eng2": 3001}
# Written as names, and as numbers that nobody or somebody has a name for.
USERS = ["root", "ana", "bo", "cy", "2002", "2009"]
GROUPS = ["wheel", "eng", "ops", "3002", "3009"]
PATHS = ["/t", "/t/a", "/t/a/b", "/t/a/b/f", "/t/a/g", "/t/h"]

bits = st.integers(0, 7).map(Bits)


@st.composite
def acls(draw):
    users = draw(st.dictionaries(st.sampled_from(USERS), bits, max_size=2))
    groups = draw(st.dictionaries(st.sampled_from(GROUPS), bits, max_size=2))
    # A list holds each number once, whatever it is called.
    users = {name: users[name] for name in users if not {name, {"2002": "bo"}.get(name)} & (users.keys() - {name})}
    groups = {name: groups[name] for name in groups if not {name, {"3002": "ops"}.get(name)} & (groups.keys() - {name})}
    mask = draw(bits) if users or groups else draw(st.none() | bits)
    return Acl(draw(bits), draw(bits), draw(bits), tuple(sorted(users.items())), tuple(sorted(groups.items())), mask)


@st.composite
def machines(draw):
    inodes = {}
    for path in PATHS:
        owner, group = draw(st.sampled_from(USERS)), draw(st.sampled_from(GROUPS))
        acl = draw(acls())
        if path in {"/t", "/t/a"} and draw(st.booleans()):
            acl = Acl(Bits(7), Bits(5), Bits(5))
        flags = Flags(draw(st.integers(0, 3)))
        inodes[path] = Inode(path, Protection(owner, group, acl, None, flags))
    primary = {name: draw(st.sampled_from(sorted(GIDS.values()))) for name in UIDS}
    members = {name: draw(st.lists(st.sampled_from(sorted(UIDS)), unique=True, max_size=3)) for name in GIDS}
    users = {name: User(name, uid, primary[name]) for name, uid in UIDS.items()}
    groups = {name: UserGroup(name, gid, tuple((m, NOWHERE) for m in members[name])) for name, gid in GIDS.items()}
    return Machine(inodes, users, groups, users_listed=True, groups_listed=True)


def number(written, numbers):
    return numbers[written] if written in numbers else int(written)


def gids_of(machine, name):
    own = {group.gid for group in machine.groups.values() if name in dict(group.members)}
    return own | {machine.users[name].gid}


def may(machine, name, path, need):
    """Walk through the rules, one after the other, as acl(5) and the kernel do."""
    folder = folder_of(path)
    while folder in machine.inodes:
        if not passes(machine, name, folder, Bits.EXECUTE):
            return False
        folder = folder_of(folder)
    return passes(machine, name, path, need)


def passes(machine, name, path, need):
    one = machine.inodes[path].protection
    acl, uid, gids = one.acl, UIDS[name], gids_of(machine, name)
    is_directory = any(folder_of(other) == path for other in machine.inodes) or one.flags & Flags.STICKY
    middle = acl.group if acl.mask is None else acl.mask
    if uid == 0:
        return bool(need != Bits.EXECUTE or is_directory or (acl.user | middle | acl.other) & Bits.EXECUTE)
    if uid == number(one.owner, UIDS):
        return bool(acl.user & need)
    in_group = number(one.group, GIDS) in gids
    if not middle:
        return not in_group and bool(acl.other & need)
    mask = Bits(7) if acl.mask is None else acl.mask
    for user, granted in acl.users:
        if number(user, UIDS) == uid:
            return bool(granted & mask & need)
    matching = [given for group, given in acl.groups if number(group, GIDS) in gids]
    matching += [acl.group] if in_group else []
    if matching:
        return any(given & mask & need for given in matching)
    return bool(acl.other & need)


@settings(max_examples=150)
@given(machines())
def test_everybody_may_do_what_the_rules_say_one_by_one(machine):
    snapshot, problems = merge([build(machine)])
    assert problems == []
    assert reference_problems(snapshot) == []
    ids = {name: f"user:posix/{name}" for name in UIDS}
    ours = letters(snapshot, ids.values(), machine.inodes)
    needs = (("r", Bits.READ), ("w", Bits.WRITE), ("x", Bits.EXECUTE))
    for name in UIDS:
        for path in machine.inodes:
            expected = "".join(letter if may(machine, name, path, need) else "-" for letter, need in needs)
            assert ours[ids[name], path] == expected, (name, path)
