"""The columns of one state of access, and what their numbers mean.

Every table has one row for each entity, in the order of their ids, so that a row's number is the entity's code.
Subjects share one numbering: principals first, then groups, then the two built-in groups.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints, Names, rows_of
from blastradius.model.snapshot import EVERYONE, PUBLIC, PrincipalKind, Snapshot
from blastradius.model.sources import NOWHERE, Source

KINDS: tuple[PrincipalKind, ...] = tuple(PrincipalKind)
"""What the codes of `Principals.kind` mean, below the two that follow."""
UNLISTED, OUTSIDE = len(KINDS), len(KINDS) + 1
"""Codes of `Principals.kind` for unlisted members and for the outsider, who have rows of their own."""
_Value = TypeVar("_Value")
What = tuple[str | None, frozenset[str]]
"""(role, actions) of a grant; the actions are empty where a role says it."""
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Where each row was read.

    Attributes:
        file: Code into `Columns.files`.
        line, column: As in `Source`.
    """

    file: Ints
    line: Ints
    column: Ints

    def at(self, rows: Ints) -> "Places":
        """Pick rows."""
        return Places(self.file[rows], self.line[rows], self.column[rows])

    @staticmethod
    def joined(parts: "Sequence[Places]") -> "Places":
        """Put tables one after the other."""
        file, line, column = ([getattr(p, name) for p in parts] for name in ("file", "line", "column"))
        return Places(np.concatenate(file), np.concatenate(line), np.concatenate(column))


@dataclass(frozen=True, slots=True)
class Edges:
    """Entries of lists; those of one owner stand together and in order.

    Attributes:
        owner: Whose list, ascending: a group, a principal or a resource.
        entry: A subject, or a resource where parents are listed.
        when: Code into `Columns.texts`, `ABSENT` where the entry always holds.
        places: Where the entry stands.
    """

    owner: Ints
    entry: Ints
    when: Ints
    places: Places

    def __len__(self) -> int:
        return len(self.owner)

    def of(self, owner: int) -> slice:
        """Say which rows are the list of one owner."""
        return slice(*rows_of(self.owner, owner))

    def at(self, rows: Ints) -> "Edges":
        """Pick rows."""
        return Edges(self.owner[rows], self.entry[rows], self.when[rows], self.places.at(rows))


@dataclass(frozen=True, slots=True)
class Principals:
    """Principals, the outsider and unlisted members included.

    Attributes:
        kind: Code into `KINDS`, or `UNLISTED`, or `OUTSIDE`.
        present: False for who exists on the other side of a comparison only.
    """

    names: Names
    kind: Ints
    external: Flags
    present: Flags
    places: Places


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups; their members are edges.

    Attributes:
        size: Headcount of the unlisted members, `ABSENT` when unknown or when all are listed.
    """

    names: Names
    unlisted: Flags
    size: Ints
    external: Flags
    open: Flags
    present: Flags
    places: Places


@dataclass(frozen=True, slots=True)
class Resources:
    """Resources; parents beyond the first are edges.

    Attributes:
        parent: Code of the first parent, `ABSENT` when there is none.
        class_code: Code into `Columns.classes`, `ABSENT` where none is stated.
        labels: Code into `Columns.label_sets`.
        items: How many items each stands for.
    """

    names: Names
    parent: Ints
    inherits: Flags
    class_code: Ints
    labels: Ints
    items: Ints
    present: Flags
    places: Places


@dataclass(frozen=True, slots=True)
class Grants:
    """Grants, in the order they were read.

    Attributes:
        subject: Code of a subject.
        resource: Code of a resource.
        what: Code into `Columns.whats`.
        deny: True for a deny grant.
        when: Code into `Columns.texts`, `ABSENT` where the grant always holds.
    """

    subject: Ints
    resource: Ints
    what: Ints
    deny: Flags
    when: Ints
    places: Places

    def __len__(self) -> int:
        return len(self.subject)

    def at(self, rows: Ints) -> "Grants":
        """Pick rows."""
        return Grants(
            self.subject[rows],
            self.resource[rows],
            self.what[rows],
            self.deny[rows],
            self.when[rows],
            self.places.at(rows),
        )


class Codes(Generic[_Value]):
    """Values numbered in the order they came; only ever added to, so both sides of a comparison can share one."""

    def __init__(self, values: Iterable[_Value] = ()) -> None:
        """Begin with some distinct values."""
        self._values = list(values)
        self._code = {value: code for code, value in enumerate(self._values)}

    def __len__(self) -> int:
        return len(self._values)

    def __getitem__(self, code: int) -> _Value:
        return self._values[code]

    def __iter__(self) -> Iterator[_Value]:
        return iter(self._values)

    def code(self, value: _Value | None) -> int:
        """Give the code of a value, a new one if need be; `ABSENT` for None."""
        if value is None:
            return ABSENT
        found = self._code.get(value)
        if found is None:
            found = self._code[value] = len(self._values)
            self._values.append(value)
        return found


@dataclass(frozen=True, slots=True)
class Interned:
    """Texts and small values that columns name by a code."""

    files: Codes[str] = field(default_factory=Codes)
    texts: Codes[str] = field(default_factory=Codes)
    classes: Codes[str] = field(default_factory=Codes)
    label_sets: Codes[Labels] = field(default_factory=lambda: Codes([()]))
    whats: Codes[What] = field(default_factory=Codes)


@dataclass(frozen=True, slots=True, eq=False)
class StoredClasses:
    """The class of every resource of one state, kept so that it need not be found again.

    Attributes:
        digest: Stands for the rules and the order of the classes; it holds for no others.
        ids: The classes of the policy.
        codes: Per resource a position among these, `ABSENT` where the resource is not present.
    """

    digest: str
    ids: tuple[str, ...]
    codes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All facts of one state of access.

    Attributes:
        members: Owner: a group.
        all_of, but_not: Owner: a group.
        assumable: Owner: a principal.
        more_parents: Owner: a resource; its parents beyond the first.
        interned: What the codes of values mean.
        rest: Everything that is not large: system, time, actions, roles, ``same_as``, what was not understood.
            Its principals, groups, resources and grants are empty.
        stored_classes: What `classified` would find; None where nobody has asked yet.
        beginnings: What `blastradius.access.scopes.beginnings` would find, likewise.
    """

    principals: Principals
    groups: Groups
    resources: Resources
    grants: Grants
    members: Edges
    all_of: Edges
    but_not: Edges
    assumable: Edges
    more_parents: Edges
    interned: Interned
    rest: Snapshot
    stored_classes: StoredClasses | None = None
    beginnings: Ints | None = None

    # Subjects

    @property
    def first_group(self) -> int:
        """The subject code of group 0."""
        return len(self.principals.names)

    @property
    def everyone(self) -> int:
        """The subject code of the built-in group of all insiders."""
        return self.first_group + len(self.groups.names)

    @property
    def public(self) -> int:
        """The subject code of the built-in group of everybody."""
        return self.everyone + 1

    def subject(self, name: str) -> int:
        """Give the subject code of an id, or `ABSENT`."""
        if name == EVERYONE:
            return self.everyone
        if name == PUBLIC:
            return self.public
        principal = self.principals.names.find(name)
        if principal >= 0:
            return principal
        group = self.groups.names.find(name)
        return ABSENT if group < 0 else self.first_group + group

    def subject_name(self, code: int) -> str:
        """Give the id of a subject."""
        if code < self.first_group:
            return self.principals.names[code]
        if code < self.everyone:
            return self.groups.names[code - self.first_group]
        return EVERYONE if code == self.everyone else PUBLIC

    # Values

    def text(self, code: int) -> str | None:
        """Give a condition text; None for `ABSENT`."""
        return None if code < 0 else self.interned.texts[code]

    def source(self, places: Places, row: int) -> Source:
        """Give the place of a row."""
        file = int(places.file[row])
        return (
            NOWHERE if file < 0 else Source(self.interned.files[file], int(places.line[row]), int(places.column[row]))
        )
