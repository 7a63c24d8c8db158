"""The resources of both sides: sets of ARNs, one inside the other."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from blastradius.documents import UNSAFE_CHARACTERS
from blastradius.model.snapshot import Resource
from blastradius.model.sources import NOWHERE
from blastradius.systems.aws.objects import InventoryItem
from blastradius.systems.aws.patterns import ANYTHING, is_literal, literal_start, segment
from blastradius.systems.aws.regions import Region, contains

_ANY = "any"
_BUCKETS = "s3"
_SEGMENTS = ":/"


class Universe:
    """All regions, asked which lie in which."""

    def __init__(self, regions: Iterable[Region], owners: Mapping[str, str]) -> None:
        """Index the regions.

        Args:
            regions: Of both sides.
            owners: Account of each resource whose ARN does not say.
        """
        self._regions = {one.id: one for one in regions}
        self._owners = owners
        self._by_start: dict[str, dict[str, list[Region]]] = {}
        self._lengths: dict[str, list[int]] = {}
        self._wider: dict[tuple[str, str], bool] = {}
        for one in self._regions.values():
            # Only what has a wildcard can hold something else.
            if one.arn is None:
                starts = self._by_start.setdefault(one.service, {})
                starts.setdefault(literal_start(one.patterns[0]), []).append(one)
        for service, starts in self._by_start.items():
            self._lengths[service] = sorted({len(start) for start in starts})

    def resources(self, items: Mapping[str, InventoryItem], denied_inheritance: Collection[str]) -> dict[str, Resource]:
        """Make the resources, each inside the narrowest others that hold it.

        Args:
            items: What is known of single resources, by ARN.
            denied_inheritance: Ids of those that take nothing over from above.

        Returns:
            By id, sorted.

        Cost: for each, a look at the patterns that begin as it does.
        """
        found: dict[str, Resource] = {}
        for name in sorted(self._regions):
            one = self._regions[name]
            item = items.get(one.arn or "")
            found[name] = Resource(
                name,
                tuple(sorted(parent.id for parent in self._narrowest(one))),
                inherits=name not in denied_inheritance,
                labels=_labels(one, item),
                source=item.source if item else NOWHERE,
            )
        return found

    def _narrowest(self, one: Region) -> list[Region]:
        holders = list(self._holders(one))
        if len(holders) == 1:
            return holders
        return [h for h in holders if not any(o is not h and self._is_wider(h, o) for o in holders)]

    def _holders(self, one: Region) -> Iterator[Region]:
        arn = one.arn
        asked = replace(one, owner=self._owners[arn]) if arn in self._owners and not one.owner and arn else one
        seen: set[str] = set()
        for other in self._beginning_alike(one):
            if other.id not in seen and other.id != one.id:
                seen.add(other.id)
                if contains(other, asked) and not self._is_twin(other, one):
                    yield other

    def _beginning_alike(self, one: Region) -> Iterator[Region]:
        for pattern in one.patterns:
            start = literal_start(pattern)
            for service in (one.service, ANYTHING):
                starts = self._by_start.get(service, {})
                for length in self._lengths.get(service, ()):
                    if length > len(start):
                        break
                    yield from starts.get(start[:length], ())

    def _is_twin(self, other: Region, one: Region) -> bool:
        """Tell whether two regions hold each other; then the one whose id comes first holds the other."""
        return one.arn is None and contains(one, other) and one.id < other.id

    def _is_wider(self, wide: Region, narrow: Region) -> bool:
        key = (wide.id, narrow.id)
        if key not in self._wider:
            self._wider[key] = contains(wide, narrow) and not self._is_twin(wide, narrow)
        return self._wider[key]


def _labels(one: Region, item: InventoryItem | None) -> tuple[tuple[str, str], ...]:
    service = one.service
    labels = {key: value for key, value in item.tags if _is_plain(key) and _is_plain(value)} if item else {}
    labels["service"] = service if service != ANYTHING else _ANY
    labels["type"] = _type(one.patterns[0], service)
    if one.account.isdigit():
        labels["account"] = one.account
    return tuple(sorted(labels.items()))


def _is_plain(text: str) -> bool:
    return bool(text) and not UNSAFE_CHARACTERS.search(text)


def _type(pattern: str, service: str) -> str:
    """Tell what kind of thing fits a pattern: `any` when it may be of several."""
    name = segment(pattern, 5)
    if service == _BUCKETS:
        if "/" in literal_start(name) or ("/" in name and not name.startswith("*")):
            return "object"
        return "bucket" if is_literal(name) else _ANY
    start = literal_start(name)
    at = min((start.index(mark) for mark in _SEGMENTS if mark in start), default=-1)
    return start[:at] if at > 0 else _ANY
