"""Who stands in which group, may act as whom, and was granted what: one state of access.

Source: SPEC section 2 (semantics) and 3 (native format).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from types import MappingProxyType

from blastradius.model.sources import NOWHERE, Problem, Source

EVERYONE = "everyone"
"""Built-in subject: all principals and unlisted members that are not external."""
PUBLIC = "public"
"""Built-in subject: every principal, every unlisted member, and `OUTSIDER`."""
OUTSIDER = "outsider"
"""Pseudo-principal: anyone on the internet."""
BUILT_IN_SUBJECTS = frozenset({EVERYONE, PUBLIC})
UNLISTED_SUFFIX = "#unlisted"
ANY_ACTION = "*"
"""Stands for every action that either side of a comparison knows."""


class PrincipalKind(StrEnum):
    """What a principal is; also the part of its id before the colon in native files."""

    USER = "user"
    SERVICE = "service"
    AGENT = "agent"
    ROLE = "role"


class Capability(IntEnum):
    """What an action amounts to; the order is the order of power."""

    LIST = 1
    READ = 2
    WRITE = 3
    MANAGE = 4

    @property
    def label(self) -> str:
        """The name used in files and reports."""
        return self.name.lower()


CAPABILITIES: Mapping[str, Capability] = MappingProxyType({c.label: c for c in Capability})
"""The four capability names, which are actions themselves."""


class Effect(StrEnum):
    """Whether a grant opens or closes."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a member list, or of an ``assumable_by``, ``all_of`` or ``but_not`` list.

    Attributes:
        id: A principal, a group, or a built-in subject.
        when: Condition text, or None when the entry always holds.
        source: Where the entry stands. It does not count when entries are compared.
    """

    id: str
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Principal:
    """An account that can be granted something.

    Attributes:
        id: Unique id, such as ``user:alice``.
        kind: What it is.
        external: True for somebody who does not belong to the organisation.
        assumable_by: Subjects that may act as this principal.
    """

    id: str
    kind: PrincipalKind
    external: bool = False
    assumable_by: tuple[Entry, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A set of principals and groups, possibly narrowed.

    Attributes:
        members: Entries in the order they stand; empty when there are none.
        unlisted: True when the snapshot does not list all members.
        size: Headcount of the unlisted members; None when unknown.
        external: True when the unlisted members do not belong to the organisation.
        all_of: Groups (or built-ins) a member must also be in.
        but_not: Groups (or built-ins) a member must not be in.
        open: True when ``members`` was left out and ``all_of`` alone says who is in.
    """

    id: str
    members: tuple[Entry, ...] = ()
    unlisted: bool = False
    size: int | None = None
    external: bool = False
    all_of: tuple[Entry, ...] = ()
    but_not: tuple[Entry, ...] = ()
    open: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be reached.

    Attributes:
        parents: Ids of the resources that contain it; may be empty.
        inherits: True when grants on the parents hold here too.
        class_name: The class stated for it, or None when the policy decides.
        labels: Sorted (name, value) pairs that classification rules can match.
        items: How many items (rows, files, objects) it stands for.
    """

    id: str
    parents: tuple[str, ...] = ()
    inherits: bool = True
    class_name: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    items: int = 1
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def kind(self) -> str:
        """The part of the id before the first colon; the whole id when there is none."""
        return self.id.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of actions."""

    id: str
    actions: frozenset[str]
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Grant:
    """A statement that a subject may, or may not, do something to a resource.

    Attributes:
        subject: A principal, a group, or a built-in subject.
        resource: The resource it was written on; resources below may inherit it.
        role: Name of a role, or None when ``actions`` says it.
        actions: The actions; empty when ``role`` says it. May hold ``*``.
        effect: Allow or deny.
        when: Condition text, or None when the grant always holds.
    """

    subject: str
    resource: str
    role: str | None = None
    actions: frozenset[str] = frozenset()
    effect: Effect = Effect.ALLOW
    when: str | None = None
    source: Source = field(default=NOWHERE, compare=False)


class Completeness(StrEnum):
    """Whether an export holds all that it should."""

    COMPLETE = "complete"
    UNKNOWN = "unknown"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What an export was meant to hold, and whether it does.

    Attributes:
        what: The export or a part of it, as a person names it, such as ``bucket policies of account 1234``.
        completeness: Truncated when the export says or shows that something is missing; unknown when nobody can
            tell and what may be missing could grant access.
        reason: How one knows; lower case, without a final period, names in backticks.
        source: Where it shows; None when there is no place.
        help: How to get all of it; empty when it is complete.
    """

    what: str
    completeness: Completeness
    reason: str = ""
    source: Source | None = None
    help: str = ""


@dataclass(frozen=True, slots=True)
class Identities:
    """What is known about who is who, and joins the systems that are read together.

    Attributes:
        emails: Principal id to its e-mail address in lower case.
        named: Principals whose address somebody wrote down, with the place: some system must have them.
        domains: Mail domains that are certainly the organisation's own.
        mentioned: Principals and groups whose content the system does not know: what another one says of them counts.
        members: (group, entry) pairs: who is in a group of another system beside those it lists.
        assumable_by: (principal, entry) pairs: who may act as a principal of another system.
    """

    emails: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, Source] = field(default_factory=dict)
    domains: frozenset[str] = frozenset()
    mentioned: frozenset[str] = frozenset()
    members: tuple[tuple[str, Entry], ...] = ()
    assumable_by: tuple[tuple[str, Entry], ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One state of access, whatever it was read from.

    Attributes:
        system: Name shown in reports; empty when nothing states one.
        taken_at: When it was exported; None when unknown. Of several files, the oldest.
        actions: Native action to capability; holds the four capability names as well.
        principals, groups, resources, roles: The entities by id.
        grants: All grants, in the order they were read; equal ones may occur once only.
        same_as: Sets of principal ids that belong to one person or workload.
        same_as_sources: Where each of these sets stands, by position; may be shorter.
        unread: What could not be understood; never empty silently.
        coverage: What each export was meant to hold, and whether it does.
        identities: What joins systems; as a system reads it, and nothing of it is left once they are joined.
    """

    system: str = ""
    taken_at: datetime | None = None
    actions: Mapping[str, Capability] = field(default_factory=lambda: CAPABILITIES)
    principals: Mapping[str, Principal] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    grants: Sequence[Grant] = ()
    same_as: tuple[frozenset[str], ...] = ()
    same_as_sources: tuple[Source, ...] = field(default=(), compare=False)
    unread: tuple[Problem, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    identities: Identities = field(default_factory=Identities)


def unlisted_id(group_id: str) -> str:
    """Name the pseudo-principal that stands for the members a group does not list."""
    return group_id + UNLISTED_SUFFIX


def is_pseudo(principal_id: str) -> bool:
    """Tell whether an id is `OUTSIDER` or stands for unlisted members."""
    return principal_id == OUTSIDER or principal_id.endswith(UNLISTED_SUFFIX)
