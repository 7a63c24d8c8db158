"""Whom one access control list lets do something: the order of its classes, as the Linux kernel walks them.

Source: acl(5), "access check algorithm"; ``acl_permission_check`` and ``posix_acl_permission`` of Linux 6.18.
"""

from dataclasses import dataclass

from blastradius.systems.posix.accounts import Accounts
from blastradius.systems.posix.objects import Acl, Bits


@dataclass(frozen=True, slots=True)
class Circle:
    """Users whom an access control list lets do something; two lists that let the same do so make equal circles.

    Root is left out everywhere, since it always has permission. All names are keys of `Accounts`, sorted.

    Attributes:
        users: Those who are in it by themselves.
        groups: Whose members are in it, those in `but_users` aside.
        others: Whether everybody else is in it, those in `but_users` and `but_groups` aside.
        but_users: Those whom it leaves out whatever groups they are in.
        but_groups: Whose members it leaves out, unless they are in one of `groups`; empty without `others`.
    """

    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    others: bool = False
    but_users: tuple[str, ...] = ()
    but_groups: tuple[str, ...] = ()

    @property
    def is_everybody(self) -> bool:
        """Whether nobody is left out."""
        return self.others and not (self.but_users or self.but_groups)


EVERYBODY = Circle(others=True)


def circle_of(owner: str | None, group: str | None, acl: Acl, need: Bits, accounts: Accounts) -> Circle:
    """Say whom a list lets do something.

    Args:
        owner: The owner; None when nobody knows, and then no owner is told from others.
        group: The owning group; None when nobody knows.
        acl: The list.
        need: Permissions that are all needed at once.
        accounts: Who is meant by a name.
    """
    users, groups = _named(owner, group, acl, accounts)
    wanted = int(need)
    has = {key for key, bits in users.items() if bits & wanted == wanted}
    # A single entry must hold all that is needed; which of several matching ones does not matter.
    giving = {key for key, several in groups.items() if any(bits & wanted == wanted for bits in several)}
    return _made(
        {key for key in has if not accounts.is_root(key)},
        {key for key in users.keys() - has if not accounts.is_root(key)},
        giving,
        groups.keys() - giving,
        others=int(acl.other) & wanted == wanted,
    )


def _named(
    owner: str | None, group: str | None, acl: Acl, accounts: Accounts
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """Give what each user and each group is given after the mask, the owner before all.

    In plain numbers: combining flags of an enumeration takes ten times as long.
    """
    mask = 7 if acl.mask is None else int(acl.mask)
    users: dict[str, int] = {}
    groups: dict[str, list[int]] = {}
    if owner is not None:
        users[accounts.user_key(owner)] = int(acl.user)
    if group is not None:
        groups[accounts.group_key(group)] = [int(acl.group) & mask]
    # NOTE: Linux looks at named entries only where the mask leaves something: with an empty one, named users and groups
    # are judged as if they were not named, and so may get what `other` says.
    if mask:
        for name, bits in acl.users:
            users.setdefault(accounts.user_key(name), int(bits) & mask)
        for name, bits in acl.groups:
            groups.setdefault(accounts.group_key(name), []).append(int(bits) & mask)
    return users, groups


def _made(users: set[str], but_users: set[str], groups: set[str], but_groups: set[str], *, others: bool) -> Circle:
    """Leave out what makes no difference, so that equal circles are equal values."""
    if not others:
        excluded = but_users if groups else ()
        return Circle(tuple(sorted(users)), tuple(sorted(groups)), False, tuple(sorted(excluded)))
    if not but_groups:
        return Circle(others=True, but_users=tuple(sorted(but_users)))
    return Circle(
        tuple(sorted(users)), tuple(sorted(groups)), True, tuple(sorted(but_users)), tuple(sorted(but_groups))
    )
