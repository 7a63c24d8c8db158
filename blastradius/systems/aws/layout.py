"""Which documents are exports of AWS, and of what."""

from collections.abc import Iterator
from enum import StrEnum

from blastradius.documents import LinedList, LinedMap

_DETAILS = ("UserDetailList", "GroupDetailList", "RoleDetailList")
CONTROL_KEYS = frozenset({"scps", "parents", "management"})
_LOOKED_AT = 20
"""So many items of a list are looked at to tell what it is."""


class Kind(StrEnum):
    """What a document holds."""

    ACCOUNT = "account"
    RESOURCE_POLICIES = "resource policies"
    LONE_POLICY = "a policy without its resource"
    CONTROL = "service control policies"
    INVENTORY = "inventory"
    ACCOUNTS = "accounts of an organisation"


def kind_of(value: object) -> Kind | None:
    """Tell what a document holds; None when it is no export of AWS."""
    if isinstance(value, LinedMap):
        return _kind_of_map(value)
    if isinstance(value, LinedList) and value:
        some = value[:_LOOKED_AT]
        if all(isinstance(item, str) and item.startswith("arn:") for item in some):
            return Kind.INVENTORY
        kinds = {_kind_of_map(item) if isinstance(item, LinedMap) else None for item in some}
        return kinds.pop() if len(kinds) == 1 else None
    return None


def parts_of(value: object) -> Iterator[object]:
    """Take a list of pages apart; anything else is one part."""
    if isinstance(value, LinedList) and any(isinstance(item, LinedMap) for item in value):
        yield from value
    else:
        yield value


def _kind_of_map(value: LinedMap) -> Kind | None:
    if value and all(key.startswith("arn:") for key in value):
        return Kind.RESOURCE_POLICIES
    if isinstance(value.get("scps"), LinedMap):
        return Kind.CONTROL if value.keys() <= CONTROL_KEYS else None
    # All that AWS prints is named in this way, and hardly anything else is.
    if not all(key[:1].isupper() for key in value):
        return None
    if any(isinstance(value.get(key), LinedList) for key in _DETAILS) or _lists(value, "Policies", "PolicyVersionList"):
        return Kind.ACCOUNT
    if isinstance(value.get("ResourceARN"), str) or _is_inventory(value):
        return Kind.INVENTORY
    if _lists(value, "Accounts", "Arn") and ":organizations:" in str(value["Accounts"][0]["Arn"]):
        return Kind.ACCOUNTS
    policy = value.get("Policy")
    return Kind.LONE_POLICY if isinstance(policy, str) and '"Statement"' in policy else None


def _is_inventory(value: LinedMap) -> bool:
    tagged = value.get("ResourceTagMappingList")
    return isinstance(tagged, LinedList) or _lists(value, "Resources", "OwningAccountId")


def _lists(value: LinedMap, key: str, inner: str) -> bool:
    items = value.get(key)
    return isinstance(items, LinedList) and bool(items) and isinstance(items[0], LinedMap) and inner in items[0]
