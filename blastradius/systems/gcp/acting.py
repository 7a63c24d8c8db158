"""Who may act as which service account.

A permission such as ``iam.serviceAccounts.getAccessToken`` on a service account makes one act as it; on a project, as
every service account of the project.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from blastradius.model.snapshot import Entry, Group, Principal
from blastradius.model.sources import Source
from blastradius.systems.gcp.names import Aliases, ResourceName
from blastradius.systems.gcp.places import Places
from blastradius.systems.gcp.subjects import home_of


class Acting:
    """Collects who may act as the service accounts of a place, or as a single one."""

    def __init__(self, places: Places) -> None:
        """Begin with nobody."""
        self._places = places
        self._entries: defaultdict[ResourceName, dict[Entry, None]] = defaultdict(dict)

    def add(self, place: ResourceName, entry: Entry) -> None:
        """Say that somebody may act as a service account, or as all of an organisation, folder or project."""
        self._entries[place].setdefault(entry)

    def groups(self) -> Iterable[Group]:
        """Give a group for each organisation, folder and project whose service accounts somebody may act as."""
        for place in sorted(self._entries):
            if place.is_node:
                source = _first(self._entries[place])
                above = [Entry(_group_id(outer), source=source) for outer in self._above(place)][:1]
                yield Group(_group_id(place), (*self._entries[place], *above), source=source)

    def assumable(self, principals: dict[str, Principal], emails: Iterable[str], aliases: Aliases) -> None:
        """Say of each service account who may act as it."""
        single = {place.tail: entries for place, entries in self._entries.items() if not place.is_node}
        for email in sorted(emails):
            principal = principals[f"service:{email}"]
            entries = dict.fromkeys(single.get(email, ()))
            home = home_of(email, aliases)
            if home is not None and home in self._places.nodes:
                place = home if home in self._entries else next(iter(self._above(home)), None)
                if place is not None:
                    entries.setdefault(Entry(_group_id(place), source=_first(self._entries[place])))
            principals[principal.id] = replace(principal, assumable_by=tuple(entries))

    def _above(self, place: ResourceName) -> Iterable[ResourceName]:
        return (outer for outer in self._places.above(place) if outer != place and outer in self._entries)


def _group_id(place: ResourceName) -> str:
    return f"gcp-act-as:{place.path}"


def _first(entries: Iterable[Entry]) -> Source:
    return next(iter(entries)).source
