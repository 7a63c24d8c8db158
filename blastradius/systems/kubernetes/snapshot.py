"""Kubernetes RBAC: manifests and `kubectl get` output in, facts about access out.

What each fact means is written in `docs/systems/kubernetes.md`.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from blastradius.documents import Document, LinedMap
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import ANY_ACTION, Entry, Grant, Group, Snapshot
from blastradius.model.sources import Problem
from blastradius.systems.kubernetes.budget import Budget, TooMuchError
from blastradius.systems.kubernetes.grants import Expansion, expand
from blastradius.systems.kubernetes.identity_maps import one_sided
from blastradius.systems.kubernetes.kustomization import is_nameless_kustomization
from blastradius.systems.kubernetes.listing import looks_like_objects
from blastradius.systems.kubernetes.names import MASTERS, binding_id, group_id
from blastradius.systems.kubernetes.objects import Cluster
from blastradius.systems.kubernetes.patterns import EVERY_URL, EVERYTHING, Kind, Pattern, UrlPattern
from blastradius.systems.kubernetes.reading import read_cluster
from blastradius.systems.kubernetes.resources import all_patterns, resources_of
from blastradius.systems.kubernetes.scopes import Scopes, named_kinds
from blastradius.systems.kubernetes.subjects import people_of, subject_id
from blastradius.systems.kubernetes.verbs import ACTIONS

NAME = "kubernetes"


def recognises(document: Document) -> bool:
    """Tell whether a document holds objects of Kubernetes' shape, whatever their kind."""
    value = document.value
    if isinstance(value, LinedMap) and str(value.get("format", "")).startswith("blastradius."):
        return False
    return looks_like_objects(value) or is_nameless_kustomization(document)


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn Kubernetes objects into facts about access.

    Args:
        documents: Recognised documents of one side.
        other: Recognised documents of the other side: API resources, namespaces, users and objects that they name
            exist here too.

    Returns:
        The facts; the same resources as for the other side.

    Raises:
        SnapshotError: With everything that contradicts the format, or itself.
    """
    cluster, opposite = read_cluster(documents), read_cluster(other or ())
    if cluster.errors:
        raise SnapshotError(cluster.errors)
    if other is not None:
        cluster.unread.extend(one_sided(cluster.identity_maps, opposite.identity_maps))
    scopes = Scopes((cluster.custom_kinds, opposite.custom_kinds))
    try:
        mine = _extent(cluster, scopes)
    except TooMuchError:
        raise SnapshotError.at(
            documents[0].at(documents[0].value),
            "the roles and bindings amount to more grants than can be held",
            "check the namespaces in parts",
        ) from None
    try:
        theirs = _extent(opposite, scopes)
    except TooMuchError:
        # Whoever reads that side is told so.
        theirs = _Extent(Expansion(), frozenset())
    return _facts(cluster, opposite, mine, theirs, scopes)


class _Extent(NamedTuple):
    """What the objects of one side grant and name.

    Attributes:
        kinds: Every single kind of thing that a rule names.
    """

    expansion: Expansion
    kinds: frozenset[Kind]


def _extent(cluster: Cluster, scopes: Scopes) -> _Extent:
    budget = Budget()
    named = frozenset(named_kinds(cluster, budget))
    expansion = expand(cluster, scopes, budget)
    granted = (pattern.kind for pattern in expansion.patterns if isinstance(pattern, Pattern))
    return _Extent(expansion, named.union(kind for kind in granted if kind.is_single))


def _facts(cluster: Cluster, opposite: Cluster, mine: _Extent, theirs: _Extent, scopes: Scopes) -> Snapshot:
    expansion = mine.expansion
    patterns = expansion.patterns | theirs.expansion.patterns
    written = [pattern for pattern in patterns if isinstance(pattern, Pattern)]
    kinds = mine.kinds.union(theirs.kinds, scopes)
    shown, complete = all_patterns(written, kinds, cluster.namespaces | opposite.namespaces, scopes)
    people = people_of(cluster, opposite)
    return Snapshot(
        system=NAME,
        actions=dict(ACTIONS) | expansion.actions,
        principals=people.principals,
        groups=people.groups | {group.id: group for group in _binding_groups(cluster, expansion)},
        resources=resources_of(shown, (pattern for pattern in patterns if isinstance(pattern, UrlPattern))),
        grants=tuple(_grants(expansion)),
        unread=(*cluster.unread, *expansion.unread, *(() if complete else (_TOO_MANY_NAMESPACES,))),
    )


_TOO_MANY_NAMESPACES = Problem(
    "there are too many namespaces to show every kind of resource in each",
    None,
    "check the namespaces in parts to see more than the kinds that lead to credentials or run code",
)


def _binding_groups(cluster: Cluster, expansion: Expansion) -> Iterator[Group]:
    """Give the steps between a subject and what a rule grants: the binding, and the role where it is bound."""
    holders: dict[str, list[Entry]] = {place.id: [] for place in expansion.roles}
    for key in sorted(cluster.bindings, key=lambda key: (key[0] or "", key[1])):
        binding = cluster.bindings[key]
        group = binding_id(*key)
        members = {subject_id(subject): subject.source for subject in reversed(binding.subjects)}
        yield Group(group, tuple(Entry(m, source=members[m]) for m in sorted(members)), source=binding.source)
        if key in expansion.bound:
            holders[expansion.bound[key].id].append(Entry(group, source=binding.role_source))
    for place in sorted(holders):
        yield Group(place, tuple(holders[place]))


def _grants(expansion: Expansion) -> Iterator[Grant]:
    everything = frozenset({ANY_ACTION})
    for pattern in (EVERYTHING, EVERY_URL):
        # The API server asks no role about this group.
        yield Grant(group_id(MASTERS), pattern.id, actions=everything)
    for place in sorted(expansion.roles):
        for pattern, actions, source in expansion.roles[place]:
            yield Grant(place.id, pattern.id, actions=actions, source=source)
