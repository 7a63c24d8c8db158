"""The resources of a cluster: sets of requests, one inside the other.

Both sides of a comparison get the same ones, made from what either names.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import product

from blastradius.model.snapshot import Resource
from blastradius.systems.kubernetes.api_types import CREDENTIALS_AND_CODE, KNOWN_URLS
from blastradius.systems.kubernetes.patterns import ANY, Kind, Pattern, UrlPattern, enclosing_urls, url_pattern
from blastradius.systems.kubernetes.scopes import Scopes

NODES_MAX = 400_000
"""More kinds in namespaces are not shown one by one."""


def all_patterns(
    written: Iterable[Pattern], kinds: Collection[Kind], namespaces: Collection[str], scopes: Scopes
) -> tuple[set[Pattern], bool]:
    """Collect every set of requests that becomes a resource.

    Args:
        written: The ones that a grant of either side is written on.
        kinds: Every single kind of thing there is.
        namespaces: Tokens of all namespaces that either side names.
        scopes: Which kinds lie in namespaces.

    Returns:
        The patterns, and whether all kinds are shown in all namespaces. Where that would be too many, only the
        kinds that lead to credentials or run code are, and those that a rule singles out there.
    """
    found = set(written)
    found.update(Pattern(ANY, kind) for kind in kinds)
    inside = [kind for kind in kinds if scopes.in_namespaces(kind)]
    complete = len(inside) * len(namespaces) <= NODES_MAX
    if not complete:
        inside = [Kind(*known) for known in CREDENTIALS_AND_CODE]
    found.update(Pattern(namespace, kind) for namespace in namespaces for kind in inside)
    return found, complete


def resources_of(patterns: Collection[Pattern], urls: Iterable[UrlPattern]) -> dict[str, Resource]:
    """Make the resources, each inside the narrowest others that hold it.

    Returns:
        By id, sorted.

    Cost: linear in the patterns; each has a handful that can hold it.
    """
    holders = _Holders(patterns)
    made = [_resource(pattern, holders) for pattern in patterns]
    all_urls = {*urls, *(url_pattern(url) for url in KNOWN_URLS)}
    for url, parent in enclosing_urls(all_urls):
        made.append(Resource(url.id, (parent.id,) if parent else (), labels=(("type", "url"),)))
    made.sort(key=lambda resource: resource.id)
    return {resource.id: resource for resource in made}


class _Holders:
    """The patterns, asked which of them hold another."""

    def __init__(self, patterns: Collection[Pattern]) -> None:
        self._patterns = patterns
        self._kinds = {pattern.kind for pattern in patterns}
        self._wider: dict[Kind, tuple[Kind, ...]] = {}

    def narrowest(self, pattern: Pattern) -> Iterator[Pattern]:
        """Give the patterns that hold one, without those that hold another of them."""
        namespaces = (pattern.namespace,) if pattern.namespace == ANY else (pattern.namespace, ANY)
        names = (pattern.name, "") if pattern.name else ("",)
        candidates = [
            holder
            for namespace, kind, name in product(namespaces, self._wider_kinds(pattern.kind), names)
            if (holder := Pattern(namespace, kind, name)) != pattern and holder in self._patterns
        ]
        for holder in candidates:
            if not any(other != holder and _holds(holder, other) for other in candidates):
                yield holder

    def _wider_kinds(self, kind: Kind) -> tuple[Kind, ...]:
        if kind not in self._wider:
            self._wider[kind] = tuple(wider for wider in kind.wider() if wider in self._kinds)
        return self._wider[kind]


def _holds(wide: Pattern, narrow: Pattern) -> bool:
    return wide.namespace in (ANY, narrow.namespace) and wide.kind.holds(narrow.kind) and wide.name in ("", narrow.name)


def _resource(pattern: Pattern, holders: _Holders) -> Resource:
    group, resource, subresource = pattern.kind
    labels = [("apigroup", group or "core")]
    if pattern.name:
        labels.append(("name", pattern.name))
    labels.append(("namespace", pattern.namespace))
    labels.append(("type", f"{resource}/{subresource}" if subresource else resource))
    return Resource(pattern.id, tuple(sorted(h.id for h in holders.narrowest(pattern))), labels=tuple(labels))
