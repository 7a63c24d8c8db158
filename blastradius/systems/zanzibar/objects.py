"""A model and its relationship tuples: what OpenFGA and SpiceDB keep, before it becomes facts.

Source: OpenFGA documentation, "Configuration language" (schema 1.1 and 1.2); SpiceDB documentation, "Schema
language", "Caveats" and "Expiring relationships" (2026).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from blastradius.model.sources import NOWHERE, Source

WILDCARD = "*"
"""As the name of a subject: everybody of its type."""


class Dialect(StrEnum):
    """Whose model it is; also how the ids of its facts begin."""

    OPENFGA = "fga"
    SPICEDB = "spicedb"

    @property
    def name_for_people(self) -> str:
        """The name for people."""
        return "OpenFGA" if self is Dialect.OPENFGA else "SpiceDB"


@dataclass(frozen=True, slots=True)
class Direct:
    """Whoever a tuple names: OpenFGA ``[user]``; what a relation of SpiceDB is."""


@dataclass(frozen=True, slots=True)
class Computed:
    """Whoever is in another relation of the same object."""

    relation: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """Whoever is in a relation of an object that a tuple links to: ``viewer from parent``, ``parent->viewer``.

    Attributes:
        link: The relation whose tuples name those objects; who a userset stands for does not matter there.
        relation: The relation of these objects.
        every: True when one must be in it on all of them, and there is at least one: ``parent.all(viewer)``.
    """

    link: str
    relation: str
    every: bool = False


@dataclass(frozen=True, slots=True)
class Itself:
    """The object as a subject: ``self`` of SpiceDB."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody: ``nil`` of SpiceDB."""


@dataclass(frozen=True, slots=True)
class Union:
    """Whoever is in any of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Intersection:
    """Whoever is in all of the parts."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Whoever is in the base and in none of the others."""

    base: "Expression"
    without: tuple["Expression", ...]


Expression = Direct | Computed | Arrow | Itself | Nothing | Union | Intersection | Exclusion


@dataclass(frozen=True, slots=True)
class Allowed:
    """One kind of subject that a tuple of a relation may name.

    Attributes:
        type: Type of the subject.
        relation: For a userset such as ``group#member``; empty otherwise.
        wildcard: True for everybody of the type.
        condition: Name of the condition that must stand in the tuple; empty when none may.
        expires: True when the tuple must have a time at which it ends (SpiceDB).
    """

    type: str
    relation: str = ""
    wildcard: bool = False
    condition: str = ""
    expires: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation or permission of a type.

    Attributes:
        allowed: The subjects that a tuple may name; empty when no tuple may.
        stored: True when tuples of it can be written.
    """

    name: str
    expression: Expression
    allowed: tuple[Allowed, ...] = ()
    stored: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Type:
    """A type of objects and its relations by name."""

    name: str
    relations: Mapping[str, Relation]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition (OpenFGA) or caveat (SpiceDB).

    Attributes:
        parameters: Name to type, as written without blanks.
        expression: In CEL, with every run of white space as one blank.
    """

    name: str
    parameters: Mapping[str, str]
    expression: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Schema:
    """A whole model.

    Attributes:
        open: True when the model is not known: then every tuple counts as it stands, and nothing follows from it.
    """

    dialect: Dialect
    types: Mapping[str, Type]
    conditions: Mapping[str, Condition]
    open: bool = False
    source: Source = field(default=NOWHERE, compare=False)


Key = tuple[str, str, str, str]
"""What names a tuple: object, relation, subject and the relation of the subject."""


@dataclass(frozen=True, slots=True)
class Relationship:
    """One tuple.

    Attributes:
        object: ``TYPE:ID``.
        subject: ``TYPE:ID``, or ``TYPE:*``.
        subject_relation: For a userset; empty when the subject is meant itself.
        condition: Name of a condition; empty for none.
        context: The values that are stored with it, as JSON with sorted keys; empty for none.
        expires: The time at which it ends, as written; empty for never.
    """

    object: str
    relation: str
    subject: str
    subject_relation: str = ""
    condition: str = ""
    context: str = ""
    expires: str = ""
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def key(self) -> Key:
        """What no other tuple of the store has."""
        return (self.object, self.relation, self.subject, self.subject_relation)

    @property
    def is_wildcard(self) -> bool:
        """Whether it names everybody of a type."""
        return self.subject.endswith(":*")

    def __str__(self) -> str:
        """Write it as people do: ``document:1#viewer@group:eng#member``."""
        relation = f"#{self.subject_relation}" if self.subject_relation else ""
        return f"{self.object}#{self.relation}@{self.subject}{relation}"


@dataclass(slots=True)
class Store:
    """A model and its tuples. Both can be changed; facts are made of it afterwards.

    Attributes:
        relationships: By their key; in the order they were read.
    """

    schema: Schema
    relationships: dict[Key, Relationship] = field(default_factory=dict)

    def write(self, relationship: Relationship) -> bool:
        """Put a tuple in, in the place of one with the same key; tell whether that changed anything."""
        key = relationship.key
        changed = self.relationships.get(key) != relationship
        self.relationships[key] = relationship
        return changed

    def delete(self, key: Key) -> bool:
        """Take a tuple out; tell whether it was there."""
        return self.relationships.pop(key, None) is not None


def type_of(object: str) -> str:
    """Name the type of ``TYPE:ID``."""
    return object.partition(":")[0]
