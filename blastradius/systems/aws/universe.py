"""The resources of both sides: sets of ARNs, one inside the other."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from blastradius.documents import UNSAFE_CHARACTERS
from blastradius.globs import compile_glob
from blastradius.model.snapshot import Resource
from blastradius.model.sources import NOWHERE
from blastradius.systems.aws.objects import InventoryItem
from blastradius.systems.aws.patterns import ANYTHING, account_of, is_literal, literal_start, segment
from blastradius.systems.aws.regions import Region, contains

_ANY = "any"
_BUCKETS = "s3"
_SEGMENTS = ":/"
_COLONS = 5


class _Holder:
    """A region that may hold others, with its patterns taken apart."""

    __slots__ = ("_globs", "_without", "region")

    def __init__(self, region: Region) -> None:
        self.region = region
        self._globs = [compile_glob(pattern) for pattern in region.patterns]
        self._without = [compile_glob(pattern) for pattern in region.without]

    def holds_arn(self, arn: str, account: str) -> bool:
        """Tell whether it holds a single resource of its service; the account is empty where nobody knows it."""
        owner = self.region.owner
        return (
            (not owner or not account or owner == account)
            and all(glob.matches(arn) for glob in self._globs)
            and not any(glob.matches(arn) for glob in self._without)
        )


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
        self._index: dict[tuple[str, str], dict[str, list[_Holder]]] = {}
        self._lengths: dict[tuple[str, str], list[int]] = {}
        self._accounts: dict[str, list[str]] = {}
        self._wider: dict[tuple[str, str], bool] = {}
        for one in self._regions.values():
            # Only what has a wildcard can hold something else.
            if one.arn is None:
                starts = self._index.setdefault((one.service, one.account), {})
                starts.setdefault(literal_start(_name(one.patterns[0])), []).append(_Holder(one))
        for (service, account), starts in self._index.items():
            self._lengths[service, account] = sorted({len(start) for start in starts})
            self._accounts.setdefault(service, []).append(account)

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
        if arn is not None:
            account = one.account or self._owners.get(arn, "")
            for holder in self._near(one.service, one.account, account, arn):
                if holder.holds_arn(arn, account):
                    yield holder.region
            return
        seen: set[str] = set()
        for pattern in one.patterns:
            for holder in self._near(one.service, account_of(pattern), one.owner, pattern):
                other = holder.region
                if other.id not in seen and other.id != one.id:
                    seen.add(other.id)
                    if contains(other, one) and not self._is_twin(other, one):
                        yield other

    def _near(self, service: str, account: str, owner: str, pattern: str) -> Iterator[_Holder]:
        """Give all that may hold a pattern: of its service and account, and named as it begins."""
        starts = list(_starts(_name(pattern)))
        for name in dict.fromkeys((service, ANYTHING)):
            # Who has a bucket is often not known; then it may be anybody's.
            accounts = (account, owner, "", ANYTHING) if account or owner else self._accounts.get(name, ())
            for key in dict.fromkeys((name, one) for one in accounts):
                holders = self._index.get(key)
                if holders is None:
                    continue
                for start in starts:
                    for length in self._lengths[key]:
                        if length > len(start):
                            break
                        yield from holders.get(start[:length], ())
                    if self._lengths[key] == [0]:
                        break

    def _is_twin(self, other: Region, one: Region) -> bool:
        """Tell whether two regions hold each other; then the one whose id comes first holds the other."""
        return contains(one, other) and one.id < other.id

    def _is_wider(self, wide: Region, narrow: Region) -> bool:
        key = (wide.id, narrow.id)
        if key not in self._wider:
            self._wider[key] = contains(wide, narrow) and not self._is_twin(wide, narrow)
        return self._wider[key]


def _name(pattern: str) -> str:
    """Give what stands behind the account in a pattern; empty where it has so many parts only by a star."""
    return segment(pattern, 5) if pattern.count(":") >= _COLONS else ""


def _starts(name: str) -> Iterator[str]:
    """Give the places at which a pattern may begin to fit a name: a star before it goes on past colons."""
    start = literal_start(name)
    yield start
    while ":" in start:
        start = start.partition(":")[2]
        yield start


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
