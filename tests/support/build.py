"""Short ways to write small snapshots in tests."""

from collections.abc import Mapping, Sequence

from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import Source

EntryLike = str | tuple[str, str]


def entries(*items: EntryLike) -> tuple[Entry, ...]:
    """Make entries; a pair is (id, condition)."""
    return tuple(Entry(item) if isinstance(item, str) else Entry(*item) for item in items)


def group(
    name: str,
    *members: EntryLike,
    unlisted: bool = False,
    size: int | None = None,
    external: bool = False,
    all_of: Sequence[str] = (),
    but_not: Sequence[str] = (),
    is_open: bool = False,
) -> Group:
    """Make a group."""
    return Group(
        name, entries(*members), unlisted, size, external, entries(*all_of), entries(*but_not), is_open, _at("groups")
    )


def principal(name: str, *assumable_by: EntryLike, external: bool = False) -> Principal:
    """Make a principal of the kind its id begins with."""
    kind = PrincipalKind(name.partition(":")[0])
    return Principal(name, kind, external, entries(*assumable_by), _at("principals"))


def resource(
    name: str,
    *parents: str,
    inherits: bool = True,
    class_name: str | None = None,
    items: int = 1,
    labels: Mapping[str, str] | None = None,
) -> Resource:
    """Make a resource inside its parents."""
    pairs = tuple(sorted((labels or {}).items()))
    return Resource(name, parents, inherits, class_name, pairs, items, _at("resources"))


def allow(subject: str, actions: str, on: str, *, when: str | None = None) -> Grant:
    """Make an allow grant; actions are separated by blanks."""
    return Grant(subject, on, actions=frozenset(actions.split()), when=when, source=_at("grants"))


def deny(subject: str, actions: str, on: str, *, when: str | None = None) -> Grant:
    """Make a deny grant; actions are separated by blanks."""
    actions_denied = frozenset(actions.split())
    return Grant(subject, on, actions=actions_denied, effect=Effect.DENY, when=when, source=_at("grants"))


def snapshot(
    *facts: Principal | Group | Resource | Grant | Role,
    same_as: Sequence[Sequence[str]] = (),
    actions: Mapping[str, Capability] | None = None,
) -> Snapshot:
    """Collect facts. Principals and resources that grants and groups name are added when missing."""
    principals = {f.id: f for f in facts if isinstance(f, Principal)}
    groups = {f.id: f for f in facts if isinstance(f, Group)}
    resources = {f.id: f for f in facts if isinstance(f, Resource)}
    grants = tuple(f for f in facts if isinstance(f, Grant))
    named = [g.subject for g in grants]
    named += [e.id for g in groups.values() for e in g.members]
    named += [e.id for p in principals.values() for e in p.assumable_by]
    named += [p for accounts in same_as for p in accounts]
    for name in named:
        if name.partition(":")[0] in set(PrincipalKind) and name not in principals:
            principals[name] = principal(name)
    for grant in grants:
        resources.setdefault(grant.resource, resource(grant.resource))
    return Snapshot(
        actions={**CAPABILITIES, **(actions or {})},
        principals=principals,
        groups=groups,
        resources=resources,
        roles={f.id: f for f in facts if isinstance(f, Role)},
        grants=grants,
        same_as=tuple(frozenset(accounts) for accounts in same_as),
    )


def _at(section: str) -> Source:
    return Source(f"{section}.yaml", 1)
