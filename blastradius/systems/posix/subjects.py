"""Circles as groups of principals: who is in them, narrowed to whoever gets through the directories above."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from blastradius.model.snapshot import Entry, Group, Principal
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.posix.accounts import ROOT, Accounts
from blastradius.systems.posix.circles import EVERYBODY, Circle
from blastradius.systems.posix.names import ALL_ACCOUNTS, code, fitted, group_id, is_group, made_id, written

_STEERING = re.compile(r"[\s,]|^[-@*+]")


@dataclass(frozen=True, slots=True)
class Gate:
    """A directory that not everybody gets through who got through the ones above it.

    Attributes:
        path: Its path, written out.
        subject: The group of those who get through it and all above it.
        circles: Who gets through each of them.
        barred: Keys of users whom one of them certainly stops.
    """

    path: str
    subject: str
    circles: frozenset[Circle]
    barred: frozenset[str]


class Subjects:
    """Makes the principals and groups that grants name, each when it is first needed."""

    def __init__(self, accounts: Accounts, *, doubting: bool) -> None:
        """Take the accounts.

        Args:
            accounts: Who is meant by a name.
            doubting: Whether there are accounts that nobody listed.
        """
        self.accounts = accounts
        self.doubting = doubting
        self.principals: dict[str, Principal] = {}
        self.groups: dict[str, Group] = {}
        self.asked_groups: dict[str, None] = {}
        self._circles: dict[Circle, str] = {}

    def principal(self, name: str, source: Source = NOWHERE) -> str:
        """Name an account, and make it a principal unless it is one."""
        made = self.accounts.principal_id(name)
        if made not in self.principals:
            listed = self.accounts.users.get(name)
            self.principals[made] = Principal(
                made, self.accounts.kind(name), source=listed.source if listed else source
            )
        return made

    def user(self, key: str, source: Source) -> tuple[str, ...]:
        """List the principals with the number of a key."""
        return tuple(self.principal(name, source) for name in self.accounts.names(key))

    def group(self, key: str) -> tuple[str, ...]:
        """List the groups with the number of a key; who is in them is filled in by `membership`."""
        names = self.accounts.group_names(key) or (key,)
        self.asked_groups.update(dict.fromkeys(names))
        return tuple(group_id(name) for name in names)

    def circle(self, circle: Circle, source: Source) -> str:
        """Name a circle, and make it a group unless it is one; the place is that of the first list that makes it."""
        if circle == EVERYBODY:
            return ALL_ACCOUNTS
        if circle not in self._circles:
            self._circles[circle] = self._make(circle, source)
        return self._circles[circle]

    def within(self, circle: Circle, gate: Gate | None, source: Source) -> str:
        """Name those of a circle who get through a gate."""
        if gate is None or _surely_passes(circle, gate):
            return self.circle(circle, source)
        if circle == EVERYBODY:
            return gate.subject
        subject = self.circle(circle, source)
        made = fitted(f"{subject} below {gate.path}")
        if made not in self.groups:
            # Where accounts are unlisted, anybody may be one of them, but not somebody who is stopped by name.
            barred = self._users_groups(gate.barred, source) if self.doubting else ()
            members, narrowing = (Entry(subject, source=source),), (Entry(gate.subject, source=source),)
            self.groups[made] = Group(made, members, all_of=narrowing, but_not=barred, source=source)
        return made

    def gate(self, path: str, circle: Circle, above: Gate | None, source: Source) -> Gate | None:
        """Say who gets through a directory, given who gets to it.

        Returns:
            The gate above when the directory stops nobody else.
        """
        known = above.circles if above is not None else frozenset()
        if circle == EVERYBODY or circle in known:
            return above
        shown = written(path)
        made = made_id("pass", f"posix:{shown}")
        narrowing = (Entry(above.subject, source=source),) if above is not None else ()
        members = (Entry(self.circle(circle, source), source=source),)
        self.groups[made] = Group(made, members, all_of=narrowing, source=source)
        stopped = circle.but_users if circle.others else ()
        barred = (above.barred if above is not None else frozenset()) | frozenset(stopped)
        return Gate(shown, made, known | {circle}, barred)

    def owners_within(self, owners: Circle, modifying: str, path: str, source: Source) -> str:
        """Narrow those who may change a directory with a sticky bit to the owners of an entry and of the directory."""
        subject = self.circle(owners, source)
        made = fitted(f"{subject} sticky {written(path)}")
        if made not in self.groups:
            members, narrowing = (Entry(subject, source=source),), (Entry(modifying, source=source),)
            self.groups[made] = Group(made, members, all_of=narrowing, source=source)
        return made

    def finish(self, source: Source) -> None:
        """Make the group of all accounts, now that all of them are known."""
        for name in self.accounts.users:
            self.principal(name)
        for name in self.accounts.names(ROOT):
            self.principal(name)
        members = [Entry(made, source=self.principals[made].source) for made in sorted(self.principals)]
        # Whom another system puts into a group of this machine has an account here as well.
        members += [Entry(made, source=self.groups[made].source) for made in sorted(self.groups) if is_group(made)]
        self.groups[ALL_ACCOUNTS] = Group(ALL_ACCOUNTS, tuple(members), unlisted=self.doubting, source=source)

    def _make(self, circle: Circle, source: Source) -> str:
        made = made_id("acl", f"posix/{_shown(circle)}")
        members = [*self.user(ROOT, source), *(one for key in circle.users for one in self.user(key, source))]
        members += [one for key in circle.groups for one in self.group(key)]
        if circle.others and circle.but_groups:
            members.append(self._others(circle, source))
        elif circle.others:
            members.append(ALL_ACCOUNTS)
        entries = tuple(Entry(one, source=source) for one in dict.fromkeys(members))
        self.groups[made] = Group(made, entries, but_not=self._users_groups(circle.but_users, source), source=source)
        return made

    def _others(self, circle: Circle, source: Source) -> str:
        """Make the group of all who are in no group that the list names without giving it enough."""
        made = made_id("acl", f"posix/{','.join(_but(circle))} others")
        excluded = tuple(Entry(one, source=source) for key in circle.but_groups for one in self.group(key))
        members = (Entry(ALL_ACCOUNTS, source=source),)
        self.groups.setdefault(made, Group(made, members, but_not=excluded, source=source))
        return made

    def _users_groups(self, keys: Iterable[str], source: Source) -> tuple[Entry, ...]:
        """Make a group for each user who is left out, since only groups can be."""
        entries: list[Entry] = []
        for key in sorted(keys):
            made = made_id("uid", f"posix/{written(key)}")
            if made not in self.groups:
                members = tuple(Entry(one, source=source) for one in self.user(key, source))
                self.groups[made] = Group(made, members, source=source)
            entries.append(Entry(made, source=source))
        return tuple(entries)


def _surely_passes(circle: Circle, gate: Gate) -> bool:
    """Tell whether all of a circle get through, as far as their names alone say it."""
    if circle.groups or circle.others:
        return False
    return all(
        user in passing.users or (passing.others and not passing.but_groups and user not in passing.but_users)
        for passing in gate.circles
        for user in circle.users
    )


def _shown(circle: Circle) -> str:
    parts = [*(_token(key) for key in circle.users), *(f"@{_token(key)}" for key in circle.groups)]
    if circle.others:
        parts.append("*")
    parts += [f"-{_token(key)}" for key in circle.but_users]
    parts += _but(circle)
    return ",".join(parts) or "root"


def _but(circle: Circle) -> list[str]:
    return [f"-@{_token(key)}" for key in circle.but_groups]


def _token(key: str) -> str:
    return _STEERING.sub(code, written(key))
