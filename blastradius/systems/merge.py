"""Several snapshots laid together to one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, assert_never

from blastradius.documents import quoted
from blastradius.model.snapshot import CAPABILITIES, Capability, Entry, Group, Principal, Resource, Role, Snapshot
from blastradius.model.sources import NOWHERE, Problem, Source

Entity = Principal | Group | Resource | Role
_Entity = TypeVar("_Entity", Principal, Group, Resource, Role)


def merge(snapshots: Sequence[Snapshot]) -> tuple[Snapshot, list[Problem]]:
    """Lay snapshots together.

    Args:
        snapshots: In the order of the inputs; never empty.

    Returns:
        One snapshot with everything in it, and a problem for every id that two of them, or two
        sections, give different contents. Of such an id the first content is kept. An action with
        several capabilities counts as the highest.
    """
    problems: list[Problem] = []
    merged = snapshots[0]
    if len(snapshots) > 1:
        merged = Snapshot(
            system=", ".join(dict.fromkeys(snapshot.system for snapshot in snapshots if snapshot.system)),
            taken_at=min((s.taken_at for s in snapshots if s.taken_at is not None), default=None),
            actions=_actions(snapshots),
            principals=_entities([snapshot.principals for snapshot in snapshots], problems),
            groups=_entities([snapshot.groups for snapshot in snapshots], problems),
            resources=_entities([snapshot.resources for snapshot in snapshots], problems),
            roles=_entities([snapshot.roles for snapshot in snapshots], problems),
            grants=tuple(grant for snapshot in snapshots for grant in snapshot.grants),
            same_as=tuple(accounts for snapshot in snapshots for accounts in snapshot.same_as),
            same_as_sources=tuple(source for snapshot in snapshots for source in _same_as_sources(snapshot)),
            unread=tuple(problem for snapshot in snapshots for problem in snapshot.unread),
        )
    problems.extend(_ambiguous_ids(merged))
    return replace(merged, grants=tuple(dict.fromkeys(merged.grants))), problems


def _same_as_sources(snapshot: Snapshot) -> tuple[Source, ...]:
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
