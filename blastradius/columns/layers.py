"""A few changes laid over many facts, which stay as they are."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import eq
from typing import Generic, Protocol, TypeVar, cast, overload, runtime_checkable

from blastradius.model.snapshot import Grant

_Entity = TypeVar("_Entity")


@runtime_checkable
class Indexed(Protocol):
    """A mapping of entities that can say which of them mention an id, without looking at each."""

    def mentioning(self, id: str) -> Sequence[str]:
        """Name the entities of which a list (members, parents, …) holds an id."""
        ...


@runtime_checkable
class Narrowed(Protocol):
    """A mapping of groups that knows whether any of them leaves somebody out."""

    @property
    def excludes(self) -> bool:
        """Whether any group has a ``but_not``."""
        ...


@runtime_checkable
class Named(Protocol):
    """A mapping that knows its ids in a form of their own, of which not all are looked at to find one."""

    @property
    def names(self) -> Iterable[str]:
        """The ids, and perhaps some of the other side of a comparison."""
        ...


def known_names(section: Iterable[str]) -> Iterator[Iterable[str]]:
    """Give the ids of a mapping, in parts, without going through them where they are many."""
    if isinstance(section, Layer):
        yield from known_names(cast("Layer[object]", section).base)
        yield section.changed
    else:
        yield section.names if isinstance(section, Named) else section


class ComparableGrants(Sequence[Grant]):
    """Grants that are equal to any others in the same order, however they are held."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(eq, self, other))


class FoundGrants(ComparableGrants):
    """Grants that can be found by whom and what they name."""

    @abstractmethod
    def among(self, subject: str | None, resource: str | None) -> Sequence[int]:
        """Give the positions of the grants of a subject on a resource; None stands for any."""


class Layer(Mapping[str, _Entity], Generic[_Entity]):
    """Entities by id, some of them replaced, removed or added.

    Attributes:
        base: What is below; never changed.
        changed: The entities that are not those of the base, by id.
        removed: Ids of the base that are gone.
    """

    def __init__(self, base: Mapping[str, _Entity]) -> None:
        """Begin with nothing changed; over another layer with what that one changed."""
        if isinstance(base, Layer):
            below = cast("Layer[_Entity]", base)
            base, changed, removed = below.base, dict(below.changed), set(below.removed)
        else:
            changed, removed = {}, set()
        self.base: Mapping[str, _Entity] = base
        self.changed: dict[str, _Entity] = changed
        self.removed: set[str] = removed

    def put(self, id: str, entity: _Entity) -> None:
        """Add or replace an entity."""
        self.changed[id] = entity
        self.removed.discard(id)

    def take(self, id: str) -> _Entity | None:
        """Remove an entity, and give what it was; None when it is not there."""
        found = self.get(id)
        if found is not None:
            self.changed.pop(id, None)
            if id in self.base:
                self.removed.add(id)
        return found

    def __getitem__(self, id: str) -> _Entity:
        if id in self.changed:
            return self.changed[id]
        if id in self.removed:
            raise KeyError(id)
        return self.base[id]

    def __contains__(self, id: object) -> bool:
        return id in self.changed or (id not in self.removed and id in self.base)

    def __iter__(self) -> Iterator[str]:
        yield from (name for name in self.base if name not in self.removed)
        yield from (name for name in self.changed if name not in self.base)

    def __len__(self) -> int:
        return len(self.base) - len(self.removed) + sum(name not in self.base for name in self.changed)

    def candidates(self, id: str) -> Iterator[str]:
        """Name entities that may mention an id: all of them where the base has no index."""
        if not isinstance(self.base, Indexed):
            yield from list(self)
            return
        found = dict.fromkeys([*self.base.mentioning(id), *self.changed])
        yield from (name for name in found if name in self)


class GrantLayer(ComparableGrants):
    """Grants, some of them removed and some added.

    Attributes:
        base: What is below; never changed.
        removed: Positions in the base of those that are gone.
        added: New ones, in order.
    """

    def __init__(self, base: Sequence[Grant]) -> None:
        """Begin with nothing changed; over another layer with what that one changed."""
        below = base if isinstance(base, GrantLayer) else None
        self.base: Sequence[Grant] = base if below is None else below.base
        self.removed: set[int] = set() if below is None else set(below.removed)
        self.added: dict[Grant, None] = {} if below is None else dict(below.added)
        self._positions: dict[Grant, int] | None = None

    def _position(self, grant: Grant) -> int | None:
        """Find an equal grant in the base."""
        if isinstance(self.base, FoundGrants):
            return next((at for at in self.base.among(grant.subject, grant.resource) if self.base[at] == grant), None)
        if self._positions is None:
            self._positions = {each: at for at, each in enumerate(self.base)}
        return self._positions.get(grant)

    def __contains__(self, grant: object) -> bool:
        if grant in self.added:
            return True
        position = self._position(grant) if isinstance(grant, Grant) else None
        return position is not None and position not in self.removed

    def add(self, grant: Grant) -> None:
        """Add a grant that is not there."""
        self.added[grant] = None

    def take(self, grant: Grant) -> bool:
        """Remove a grant; False when it is not there."""
        if grant not in self:
            return False
        if grant in self.added:
            del self.added[grant]
        else:
            position = self._position(grant)
            assert position is not None
            self.removed.add(position)
        return True

    def naming(self, *, subject: str | None = None, resource: str | None = None) -> Iterator[Grant]:
        """Give the grants of a subject, on a resource, or of the one on the other."""

        def named(grant: Grant) -> bool:
            return subject in (None, grant.subject) and resource in (None, grant.resource)

        if isinstance(self.base, FoundGrants):
            positions: Sequence[int] = self.base.among(subject, resource)
            yield from (self.base[at] for at in positions if at not in self.removed)
        else:
            yield from (g for at, g in enumerate(self.base) if at not in self.removed and named(g))
        yield from (grant for grant in list(self.added) if named(grant))

    @overload
    def __getitem__(self, at: int) -> Grant: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Grant]: ...
    def __getitem__(self, at: int | slice) -> Grant | Sequence[Grant]:
        return list(self)[at]

    def __iter__(self) -> Iterator[Grant]:
        yield from (grant for at, grant in enumerate(self.base) if at not in self.removed)
        yield from self.added

    def __len__(self) -> int:
        return len(self.base) - len(self.removed) + len(self.added)
