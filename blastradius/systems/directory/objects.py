"""Who is in which group, and who may change that: a directory, before it becomes facts."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from blastradius.model.snapshot import PrincipalKind
from blastradius.model.sources import NOWHERE, Source


class Nature(StrEnum):
    """What a name in a list stands for."""

    UNSAID = "unsaid"
    """A group when one is called so, otherwise an account."""
    USER = "user"
    SERVICE = "service"
    GROUP = "group"
    CUSTOMER = "customer"
    """Every account of the organisation."""
    DOMAIN = "domain"
    """Every account of a mail domain."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a machine that the directory describes.

    Attributes:
        name: As `blastradius.systems.directory.names` gives it.
        external: True when the directory itself says that it is a guest.
        active: False while it is suspended and cannot sign in.
        email: Its address where that is not its name; empty when unknown.
    """

    name: str
    kind: PrincipalKind = PrincipalKind.USER
    external: bool = False
    active: bool = True
    email: str = ""
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group whose members the directory lists, apart from the members themselves.

    Attributes:
        unlisted: True when it also has members that are not listed.
        joined_by: Whom its settings let in without asking anybody: the built-in `public` or the name of a domain;
            empty when nobody.
        members_manage: True when its settings let every member change who is in it.
    """

    name: str
    unlisted: bool = False
    joined_by: str = ""
    members_manage: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a group.

    Attributes:
        when: Condition text, or None when it always holds.
    """

    group: str
    member: str
    nature: Nature = Nature.UNSAID
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Management:
    """Somebody who may change the members of a group.

    Attributes:
        owner: True when they may also change the group itself.
        when: Condition text, or None when it always holds.
    """

    group: str
    manager: str
    nature: Nature = Nature.UNSAID
    owner: bool = False
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


Key = tuple[str, str, str | None]
"""Group, member or manager, condition."""


@dataclass(slots=True)
class Directory:
    """All that was read, by natural identity; a change to a group is a change to these.

    Attributes:
        accounts, groups: By name.
        memberships, managements: By group, name and condition.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    groups: dict[str, ListedGroup] = field(default_factory=dict)
    memberships: dict[Key, Membership] = field(default_factory=dict)
    managements: dict[Key, Management] = field(default_factory=dict)

    def add_account(self, account: Account) -> None:
        """Add what a list says of an account; whoever is a guest or suspended somewhere is so."""
        first = self.accounts.setdefault(account.name, account)
        if first is not account:
            self.accounts[account.name] = replace(
                first,
                external=first.external or account.external,
                active=first.active and account.active,
                email=first.email or account.email,
            )

    def add_group(self, group: ListedGroup) -> None:
        """Add a group; what lets more people in wins."""
        first = self.groups.setdefault(group.name, group)
        if first is not group:
            self.groups[group.name] = replace(
                first,
                unlisted=first.unlisted or group.unlisted,
                joined_by=_wider(first.joined_by, group.joined_by),
                members_manage=first.members_manage or group.members_manage,
            )

    def add_membership(self, membership: Membership) -> None:
        """Add a member; a list that says what it is knows better than one that does not."""
        key = (membership.group, membership.member, membership.when)
        first = self.memberships.setdefault(key, membership)
        if first.nature is Nature.UNSAID and membership.nature is not Nature.UNSAID:
            self.memberships[key] = replace(first, nature=membership.nature)

    def add_management(self, management: Management) -> None:
        """Add somebody who manages a group; an owner is more than a manager."""
        key = (management.group, management.manager, management.when)
        first = self.managements.setdefault(key, management)
        if first is management:
            return
        nature = management.nature if first.nature is Nature.UNSAID else first.nature
        self.managements[key] = replace(first, owner=first.owner or management.owner, nature=nature)

    def group_names(self) -> frozenset[str]:
        """Name all that is certainly a group."""
        lists: tuple[Iterable[Membership | Management], ...] = (self.memberships.values(), self.managements.values())
        named = {
            (one.member if isinstance(one, Membership) else one.manager): one.nature
            for listed in lists
            for one in listed
        }
        return frozenset(self.groups) | {name for name, nature in named.items() if nature is Nature.GROUP}


def _wider(first: str, second: str) -> str:
    """Choose the setting that lets more people join."""
    return max((first, second), key=lambda whom: (whom == "public", bool(whom), whom))
