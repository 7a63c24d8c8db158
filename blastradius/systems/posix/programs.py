"""Setuid and setgid programs: whoever runs one acts as its owner, or as a member of its group."""

from collections import defaultdict
from dataclasses import replace

from blastradius.documents import quoted
from blastradius.model.snapshot import Entry, Group, Principal, PrincipalKind
from blastradius.systems.posix.names import group_id, made_id, written
from blastradius.systems.posix.objects import Bits, Flags, Inode
from blastradius.systems.posix.subjects import Subjects

_SYSTEM_FOLDERS = ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/")
_DECIDING_THEMSELVES = frozenset(
    [
        "at",
        "chage",
        "chfn",
        "chsh",
        "crontab",
        "dbus-daemon-launch-helper",
        "expiry",
        "fusermount",
        "fusermount3",
        "gpasswd",
        "mount",
        "mount.nfs",
        "newgidmap",
        "newgrp",
        "newuidmap",
        "pam_timestamp_check",
        "passwd",
        "pkexec",
        "polkit-agent-helper-1",
        "pppd",
        "ssh-agent",
        "ssh-keysign",
        "su",
        "sudo",
        "umount",
        "unix_chkpwd",
        "unix_update",
        "userhelper",
        "utempter",
        "wall",
        "write",
    ]
)
"""Programs of the distributions that give nobody anything but what rules of their own say, which nobody exports."""


class Programs:
    """Collects programs, and says who acts as whom by running them."""

    def __init__(self, subjects: Subjects) -> None:
        """Begin without any."""
        self.principals: dict[str, Principal] = {}
        self._subjects = subjects
        self._entries: defaultdict[str, list[Entry]] = defaultdict(list)
        self._groups: dict[str, tuple[str, Inode]] = {}

    def add(self, inode: Inode, running: str) -> None:
        """Take a program in that runs with a foreign identity.

        Args:
            inode: The program.
            running: The group of those who may run it.
        """
        protection = inode.protection
        if inode.path.startswith(_SYSTEM_FOLDERS) and inode.path.rpartition("/")[2] in _DECIDING_THEMSELVES:
            return
        if protection.flags & Flags.SETUID:
            when = f"by what the setuid program {quoted(inode.path)} does"
            for owner in self._subjects.user(self._subjects.accounts.user_key(protection.owner), inode.source):
                self._entries[owner].append(Entry(running, when, inode.source))
        # Without `x` of the group the bit means something else: mandatory locking.
        middle = protection.acl.group if protection.acl.mask is None else protection.acl.mask
        if protection.flags & Flags.SETGID and middle & Bits.EXECUTE:
            self._add_setgid(inode, running)

    def _add_setgid(self, inode: Inode, running: str) -> None:
        """Let a role be in the group.

        NOTE: whoever runs the program is no member of the group by it: its members may be the ones who must not run it.
        """
        key = self._subjects.accounts.group_key(inode.protection.group)
        role = made_id(PrincipalKind.ROLE, f"posix/setgid/{written(key)}")
        self.principals[role] = Principal(role, PrincipalKind.ROLE, source=inode.source)
        self._groups[role] = (key, inode)
        self._subjects.group(key)
        when = f"by what the setgid program {quoted(inode.path)} does"
        self._entries[role].append(Entry(running, when, inode.source))

    def add_to_groups(self) -> None:
        """Put the roles into their groups, which must have been made."""
        for role, (key, inode) in self._groups.items():
            for name in self._subjects.accounts.group_names(key) or (key,):
                group: Group = self._subjects.groups[group_id(name)]
                entry = Entry(role, source=inode.source)
                self._subjects.groups[group.id] = replace(group, members=(*group.members, entry))

    def let_run(self, principals: dict[str, Principal]) -> None:
        """Say of each identity who acts as it."""
        for identity, entries in self._entries.items():
            principals[identity] = replace(principals[identity], assumable_by=tuple(dict.fromkeys(entries)))
