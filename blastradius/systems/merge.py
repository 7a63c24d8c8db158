"""Several snapshots laid together to one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never

from blastradius.documents import quoted
from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Entry,
    Group,
    Identities,
    Principal,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import NOWHERE, Problem, Source

Entity = Principal | Group | Resource | Role
_Entity = TypeVar("_Entity", Principal, Group, Resource, Role)
_Subject = TypeVar("_Subject", Principal, Group)


def merge(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, list[Problem]]:
    """Lay snapshots together.

    Args:
        snapshots: In the order of the inputs; never empty.

    Returns:
        One snapshot with everything in it, and a problem for every id that two of them, or two
        sections, give different contents. Of such an id the first content is kept, except that a
        system that merely mentions it yields to one that knows it. An action with several
        capabilities counts as the highest.
    """
    problems: list[Problem] = []
    merged = snapshots[0]
    if len(snapshots) > 1:
        merged = Snapshot(
            system=", ".join(dict.fromkeys(snapshot.system for snapshot in snapshots if snapshot.system)),
            taken_at=min((s.taken_at for s in snapshots if s.taken_at is not None), default=None),
            actions=_actions(snapshots),
            principals=_known_best([(snapshot, snapshot.principals) for snapshot in snapshots], problems),
            groups=_known_best([(snapshot, snapshot.groups) for snapshot in snapshots], problems),
            resources=_entities([snapshot.resources for snapshot in snapshots], problems),
            roles=_entities([snapshot.roles for snapshot in snapshots], problems),
            grants=tuple(grant for snapshot in snapshots for grant in snapshot.grants),
            same_as=tuple(accounts for snapshot in snapshots for accounts in snapshot.same_as),
            same_as_sources=tuple(source for snapshot in snapshots for source in same_as_sources(snapshot)),
            unread=tuple(problem for snapshot in snapshots for problem in snapshot.unread),
            coverage=tuple(one for snapshot in snapshots for one in snapshot.coverage),
            identities=_identities([snapshot.identities for snapshot in snapshots]),
        )
    problems.extend(_ambiguous_ids(merged))
    return replace(merged, grants=tuple(dict.fromkeys(merged.grants))), problems


def same_as_sources(snapshot: Snapshot) -> tuple[Source, ...]:
    """Give the place of each set of accounts, `NOWHERE` where none is stated."""
    missing = len(snapshot.same_as) - len(snapshot.same_as_sources)
    return snapshot.same_as_sources + (NOWHERE,) * missing


def _actions(snapshots: Iterable[Snapshot]) -> dict[str, Capability]:
    actions = dict(CAPABILITIES)
    for snapshot in snapshots:
        for action, capability in snapshot.actions.items():
            actions[action] = max(capability, actions.get(action, capability))
    return actions


def _entities(sections: Sequence[Mapping[str, _Entity]], problems: list[Problem]) -> dict[str, _Entity]:
    merged: dict[str, _Entity] = {}
    for section in sections:
        for name, entity in section.items():
            first = merged.setdefault(name, entity)
            if first is not entity and not _is_same(first, entity):
                problems.append(_twice(entity, first, "with different content"))
    return merged


def _known_best(
    sections: Sequence[tuple[Snapshot, Mapping[str, _Subject]]], problems: list[Problem]
) -> dict[str, _Subject]:
    """Lay together what systems know of principals or groups, and what others merely mention."""
    certain: list[Mapping[str, _Subject]] = []
    mentions: list[_Subject] = []
    for snapshot, section in sections:
        mentioned = snapshot.identities.mentioned
        certain.append({name: one for name, one in section.items() if name not in mentioned} if mentioned else section)
        mentions.extend(section[name] for name in sorted(section.keys() & mentioned))
    merged = _entities(certain, problems)
    known = frozenset(merged)
    for mention in mentions:
        first = merged.setdefault(mention.id, mention)
        if first is not mention:
            merged[mention.id] = _with_mention(first, mention, is_known=mention.id in known)
    return merged


def _with_mention(first: _Subject, mention: _Subject, *, is_known: bool) -> _Subject:
    """Add what a mention says; only the members that it cannot list are known better by whoever lists them."""
    external = first.external or mention.external
    if isinstance(first, Principal):
        assert isinstance(mention, Principal)
        by = tuple(dict.fromkeys((*first.assumable_by, *mention.assumable_by)))
        return replace(first, external=external, assumable_by=by)
    assert isinstance(mention, Group)
    members = tuple(dict.fromkeys((*first.members, *mention.members)))
    unlisted = first.unlisted or (mention.unlisted and not is_known)
    return replace(first, external=external, members=members, unlisted=unlisted)


def _identities(found: Sequence[Identities]) -> Identities:
    return Identities(
        emails={principal: email for one in found for principal, email in one.emails.items()},
        named={principal: source for one in found for principal, source in one.named.items()},
        domains=frozenset(domain for one in found for domain in one.domains),
        mentioned=frozenset(name for one in found for name in one.mentioned),
        members=tuple(pair for one in found for pair in one.members),
        assumable_by=tuple(pair for one in found for pair in one.assumable_by),
    )


def _twice(entity: Entity, first: Entity, how: str) -> Problem:
    message = f"{quoted(entity.id)} is given twice, {how}: first in {first.source}"
    return Problem(message, entity.source, "keep one of the two, or make them agree")


def _is_same(first: Entity, second: Entity) -> bool:
    return first == second or _in_order(first) == _in_order(second)


def _in_order(entity: Entity) -> Entity:
    """Sort what stands in lists, since the order of facts does not matter."""
    match entity:
        case Principal():
            return replace(entity, assumable_by=_sorted(entity.assumable_by))
        case Group():
            return replace(
                entity,
                members=_sorted(entity.members),
                all_of=_sorted(entity.all_of),
                but_not=_sorted(entity.but_not),
            )
        case Resource():
            return replace(entity, parents=tuple(sorted(entity.parents)))
        case Role():
            return entity
        case _:
            assert_never(entity)


def _sorted(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.id, entry.when or "")))


def _ambiguous_ids(snapshot: Snapshot) -> Iterator[Problem]:
    """Find ids that stand in two sections.

    A principal or a group may be a resource as well: managing it is a right of its own.
    """
    sections: tuple[tuple[str, Mapping[str, Entity], tuple[Mapping[str, Entity], ...]], ...] = (
        ("group", snapshot.groups, (snapshot.principals,)),
        ("role", snapshot.roles, (snapshot.principals, snapshot.groups, snapshot.resources)),
    )
    for kind, section, others in sections:
        for other in others:
            for name in sorted(section.keys() & other.keys()):
                yield _twice(section[name], other[name], f"here as a {kind}")
