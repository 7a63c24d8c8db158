"""Facts while they are gathered."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from blastradius.model.snapshot import Entry, Grant, Group, Principal, Resource
from blastradius.model.sources import Problem, Source


@dataclass(slots=True)
class Gathered:
    """What a snapshot will be made of.

    Attributes:
        doors: Id of a principal to who may act as it.
    """

    principals: dict[str, Principal] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    resources: dict[str, Resource] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    doors: dict[str, list[Entry]] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)

    def group(
        self,
        id: str,
        members: Iterable[Entry],
        source: Source,
        all_of: Iterable[Entry] = (),
        *,
        unlisted: bool = False,
    ) -> str:
        """Add a group, unless it is there; gives its id."""
        if id not in self.groups:
            self.groups[id] = Group(
                id, tuple(dict.fromkeys(members)), unlisted=unlisted, all_of=tuple(all_of), source=source
            )
        return id

    def grant(
        self, subject: str, resource: str, actions: frozenset[str], source: Source, when: str | None = None
    ) -> None:
        """Add a grant, unless it allows nothing."""
        if actions:
            self.grants.append(Grant(subject, resource, actions=actions, when=when, source=source))

    def not_understood(self, source: Source, message: str, help: str = "") -> None:
        """Remember something that may matter and was not understood."""
        self.unread.append(Problem(message, source if source.file else None, help))
