"""Which column of a table says what: the headers that identity providers write."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from blastradius.systems.directory.objects import Nature

_NOT_A_LETTER = re.compile("[^a-z0-9]+")
_GROUP = (
    "groupemail",
    "groupemailaddress",
    "groupmail",
    "group",
    "groupname",
    "groupdisplayname",
    "grouptitle",
    "groupid",
)
_MEMBER = (
    "memberemail",
    "email",
    "emailaddress",
    "useremail",
    "mail",
    "memberuserprincipalname",
    "userprincipalname",
    "upn",
    "primaryemail",
    "member",
    "memberaddress",
    "userlogin",
    "login",
    "username",
    "user",
    "memberdisplayname",
    "membername",
)
_TYPE = ("membertype", "objecttype", "memberobjecttype", "type")
_ROLE = ("memberrole", "membershiprole", "role")
_STATUS = ("memberstatus", "userstatus", "accountstatus", "accountenabled", "active", "status")
_GUEST = ("usertype", "memberusertype", "category", "isguest")
_ID = ("id", "memberid")
_JSON = ("json",)
_OTHERS = frozenset({"level", "subgroup", "name", "displayname", "delivery", "deliverysettings"})
_UNMISTAKABLE = frozenset(
    {"userprincipalname", "samaccountname", "memberof", "groupemail", "groupname", "groupdisplayname"}
)
_FOREIGN = ("permission", "usertype_", "objecttype_", "user_type", "object_type", "mimetype")

NATURES = {
    "user": Nature.USER,
    "member": Nature.USER,
    "person": Nature.USER,
    "group": Nature.GROUP,
    "serviceaccount": Nature.SERVICE,
    "serviceprincipal": Nature.SERVICE,
    "computer": Nature.SERVICE,
    "device": Nature.SERVICE,
    "customer": Nature.CUSTOMER,
    "external": Nature.UNSAID,
    "": Nature.UNSAID,
}
"""What a kind of member stands for, in letters alone; also what Graph and Cloud Identity call it."""
SUSPENDED = frozenset(
    {"suspended", "inactive", "disabled", "deprovisioned", "archived", "deactivated", "staged", "false"}
)
"""Words for an account that cannot sign in."""
ACTIVE = frozenset(
    {
        "active",
        "enabled",
        "true",
        "provisioned",
        "lockedout",
        "passwordexpired",
        "recovery",
        "passwordreset",
        "unknown",
        "",
    }
)
"""Words for an account that can, or soon can."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of columns; None for one that is not there."""

    group: int | None
    member: int | None
    type: int | None
    role: int | None
    status: int | None
    guest: int | None
    id: int | None
    json: int | None


def letters(text: str) -> str:
    """Write a header or a word in small letters and digits alone."""
    return _NOT_A_LETTER.sub("", text.lower())


def is_list_of_members(header: Sequence[str]) -> bool:
    """Tell whether a table may be a list of members, although a column that it needs may be missing."""
    if any(name.lower().startswith(_FOREIGN) for name in header):
        return False
    words = {letters(name) for name in header}
    has_group = not words.isdisjoint(_GROUP)
    has_member = not words.isdisjoint((*_MEMBER, *_JSON))
    return (has_group and has_member) or not words.isdisjoint(_UNMISTAKABLE)


def columns_of(header: Sequence[str]) -> Columns:
    """Find the columns by what they are called; of several for one thing, that with an address."""
    words = [letters(name) for name in header]

    def find(names: Sequence[str]) -> int | None:
        return next((words.index(name) for name in names if name in words), None)

    return Columns(
        group=find(_GROUP),
        member=find(_MEMBER),
        type=find(_TYPE),
        role=find(_ROLE),
        status=find(_STATUS),
        guest=find(_GUEST),
        id=find(_ID),
        json=find(_JSON),
    )
