"""Who is in which group of users, as far as the listings say."""

from blastradius.model.snapshot import Entry, Group
from blastradius.model.sources import NOWHERE
from blastradius.systems.posix.names import group_id
from blastradius.systems.posix.objects import Machine
from blastradius.systems.posix.subjects import Subjects


def add_membership(machine: Machine, subjects: Subjects) -> None:
    """Make a group of every one that is listed or that an access control list names.

    A group has the users listed with it and those whose primary group it is. Where one of the two listings is missing,
    or does not hold the group, it has unlisted members.
    """
    accounts = subjects.accounts
    primary = accounts.primary_members()
    whole = machine.users_listed and machine.groups_listed
    for name in sorted({*machine.groups, *subjects.asked_groups}):
        listed = machine.groups.get(name)
        gid = accounts.gid_of(name)
        entries: dict[str, Entry] = {}
        for user in primary.get(gid, ()) if gid is not None else ():
            made = subjects.principal(user.name)
            entries[made] = Entry(made, source=user.source)
        for member, source in listed.members if listed else ():
            made = subjects.principal(member, source)
            entries.setdefault(made, Entry(made, source=source))
        # A number that nobody listed a name for is the rest of a group that was deleted.
        unlisted = not whole or (listed is None and gid is None)
        made = group_id(name)
        members = tuple(entries[one] for one in sorted(entries))
        subjects.groups[made] = Group(made, members, unlisted=unlisted, source=listed.source if listed else NOWHERE)
