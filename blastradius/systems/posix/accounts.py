"""Who is meant by a name or a number: the link between users, their numbers, and their groups.

The kernel knows numbers alone. Two names with one number are one owner, and two accounts that differ in their groups.
"""

from collections import defaultdict

from blastradius.model.snapshot import PrincipalKind
from blastradius.systems.posix.names import made_id, written
from blastradius.systems.posix.objects import ROOT_UID, Machine, User, UserGroup

_SYSTEM_UID_MAX = 999
_NOBODY_UID = 65534
ROOT = "root"


class Accounts:
    """Looks users and groups up.

    A *key* stands for a number: it is the first name listed for it, or what was written where nothing is listed.
    """

    def __init__(self, machine: Machine) -> None:
        """Index the listings of a machine."""
        self.users, self.groups = machine.users, machine.groups
        self._by_uid: defaultdict[int, list[User]] = defaultdict(list)
        self._by_gid: defaultdict[int, list[UserGroup]] = defaultdict(list)
        for user in machine.users.values():
            self._by_uid[user.uid].append(user)
        for group in machine.groups.values():
            self._by_gid[group.gid].append(group)
        self._user_keys: dict[str, str] = {}
        self._group_keys: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def user_key(self, reference: str) -> str:
        """Give the key of a user who is written as a name or a number."""
        key = self._user_keys.get(reference)
        if key is None:
            uid = self.uid_of(reference)
            named = self._by_uid.get(uid) if uid is not None else None
            key = self._user_keys[reference] = named[0].name if named else ROOT if uid == ROOT_UID else reference
        return key

    def group_key(self, reference: str) -> str:
        """Give the key of a group that is written as a name or a number."""
        key = self._group_keys.get(reference)
        if key is None:
            gid = self.gid_of(reference)
            named = self._by_gid.get(gid) if gid is not None else None
            key = self._group_keys[reference] = named[0].name if named else reference
        return key

    def uid_of(self, reference: str) -> int | None:
        """Give the number of a user, where it is known."""
        user = self.users.get(reference)
        if user is not None:
            return user.uid
        if _is_number(reference):
            return int(reference)
        return ROOT_UID if reference == ROOT else None

    def gid_of(self, reference: str) -> int | None:
        """Give the number of a group, where it is known."""
        group = self.groups.get(reference)
        if group is not None:
            return group.gid
        return int(reference) if _is_number(reference) else None

    def is_root(self, key: str) -> bool:
        """Tell whether a key stands for number 0, which no permission binds."""
        return self.uid_of(key) == ROOT_UID

    def names(self, key: str) -> tuple[str, ...]:
        """List the accounts with the number of a key, sorted."""
        uid = self.uid_of(key)
        listed = self._by_uid.get(uid, ()) if uid is not None else ()
        return tuple(sorted(user.name for user in listed)) or (key,)

    def group_names(self, key: str) -> tuple[str, ...]:
        """List the groups with the number of a key, sorted; empty when none is listed."""
        gid = self.gid_of(key)
        return tuple(sorted(group.name for group in self._by_gid.get(gid, ()))) if gid is not None else ()

    def primary_members(self) -> dict[int, list[User]]:
        """List the users by the number of their primary group, in the order of their names."""
        found: defaultdict[int, list[User]] = defaultdict(list)
        for name in sorted(self.users):
            found[self.users[name].gid].append(self.users[name])
        return found

    def kind(self, name: str) -> PrincipalKind:
        """Tell people from the accounts of the system, whose numbers every distribution keeps below 1000."""
        uid = self.uid_of(name)
        is_system = uid is not None and (ROOT_UID < uid <= _SYSTEM_UID_MAX or uid == _NOBODY_UID)
        return PrincipalKind.SERVICE if is_system else PrincipalKind.USER

    def principal_id(self, name: str) -> str:
        """Name the account as a principal."""
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = made_id(self.kind(name), f"posix/{written(name)}")
        return found


def _is_number(reference: str) -> bool:
    return reference.isascii() and reference.isdigit() and len(reference) <= 10
