"""Custom resource definitions: which further types of things there are, and whether they lie in namespaces."""

from collections.abc import Iterator

from blastradius.documents import LinedList, LinedMap
from blastradius.systems.kubernetes.patterns import Kind, kind_of

_SUBRESOURCES = ("scale", "status")


def custom_kinds(definition: LinedMap) -> Iterator[tuple[Kind, bool]]:
    """Give the types that a definition makes, each with whether it lies in namespaces.

    Whatever is not as it should be is passed over: a definition grants nothing, and a type that a
    rule names exists without it.
    """
    spec = _mapping(definition.get("spec"))
    group, plural = spec.get("group"), _mapping(spec.get("names")).get("plural")
    kind = kind_of(group, plural) if isinstance(group, str) and isinstance(plural, str) else None
    if kind is None or not kind.is_single:
        return
    namespaced = spec.get("scope") != "Cluster"
    yield kind, namespaced
    versions = spec.get("versions")
    holders = [spec, *(_mapping(version) for version in versions)] if isinstance(versions, LinedList) else [spec]
    for name in _SUBRESOURCES:
        if any(_mapping(holder.get("subresources")).get(name) is not None for holder in holders):
            yield Kind(kind.group, kind.resource, name), namespaced


def _mapping(value: object) -> LinedMap:
    return value if isinstance(value, LinedMap) else LinedMap()
