"""What AWS itself keeps: accounts with their users, groups, roles and policies, and the policies of resources.

Frozen values in dictionaries by what AWS knows them by, so that a command or a plan can be applied to them and facts
made anew.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from blastradius.model.snapshot import Coverage
from blastradius.model.sources import NOWHERE, Problem, Source

AWS_MANAGED = "aws"
"""Stands in place of an account in the ARNs of policies that AWS keeps."""


class Clause(NamedTuple):
    """One comparison of a condition block.

    Attributes:
        values: Sorted, as written.
    """

    operator: str
    key: str
    values: tuple[str, ...]


class PrincipalType(StrEnum):
    """The kinds of names that a ``Principal`` element has."""

    AWS = "AWS"
    SERVICE = "Service"
    FEDERATED = "Federated"
    CANONICAL_USER = "CanonicalUser"


class NamedPrincipal(NamedTuple):
    """One name in a ``Principal`` or ``NotPrincipal`` element; a star stands for everybody."""

    type: PrincipalType
    name: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy.

    Attributes:
        actions: Patterns of actions as written; with `not_actions` all others are meant.
        resources: Patterns of ARNs as written; with `not_resources` all others are meant. None where the statement
            names none, as in a trust policy.
        principals: Empty in a policy of an identity; with `not_principals` everybody else is meant.
        conditions: All must hold.
        has_variables: Whether ``${…}`` in a resource is a policy variable, as it is since policy version 2012-10-17.
    """

    allows: bool
    actions: tuple[str, ...]
    not_actions: bool = False
    resources: tuple[str, ...] | None = None
    not_resources: bool = False
    principals: tuple[NamedPrincipal, ...] = ()
    not_principals: bool = False
    conditions: tuple[Clause, ...] = ()
    has_variables: bool = True
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """What a policy says."""

    statements: tuple[Statement, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version of a managed policy."""

    document: PolicyDocument
    is_default: bool


@dataclass(frozen=True, slots=True)
class ManagedPolicy:
    """A policy that can be attached.

    Attributes:
        versions: By version id; only the default one counts.
    """

    arn: str
    name: str
    versions: dict[str, PolicyVersion]
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def document(self) -> PolicyDocument | None:
        """The version in force; None when the export does not hold it."""
        return next((version.document for version in self.versions.values() if version.is_default), None)


@dataclass(frozen=True, slots=True)
class Attached:
    """A mention of something by name or ARN, and where it stands."""

    name: str
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class User:
    """A user of an account.

    Attributes:
        groups: Names of groups.
        inline: The user's own policies by name.
        managed: ARNs of attached policies.
        boundary: ARN of the policy that limits the others; None when there is none.
        unique_id: What AWS writes in policies in place of a user that was deleted.
    """

    name: str
    arn: str
    groups: tuple[Attached, ...] = ()
    inline: dict[str, PolicyDocument] = field(default_factory=dict)
    managed: tuple[Attached, ...] = ()
    boundary: Attached | None = None
    unique_id: str = ""
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class IamGroup:
    """A group of users."""

    name: str
    arn: str
    inline: dict[str, PolicyDocument] = field(default_factory=dict)
    managed: tuple[Attached, ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AwsRole:
    """A role; what `User` has in common with it means the same.

    Attributes:
        trust: Who may assume it.
        instance_profiles: Names of instance profiles that hand it to virtual machines.
    """

    name: str
    arn: str
    trust: PolicyDocument
    inline: dict[str, PolicyDocument] = field(default_factory=dict)
    managed: tuple[Attached, ...] = ()
    boundary: Attached | None = None
    instance_profiles: tuple[Attached, ...] = ()
    unique_id: str = ""
    source: Source = field(default=NOWHERE, compare=False)

    @property
    def is_service_linked(self) -> bool:
        """Whether AWS keeps the role for a service; service control policies do not concern it."""
        return ":role/aws-service-role/" in self.arn


@dataclass(slots=True)
class Account:
    """One account; what is in it is found by name, policies that can be attached by ARN."""

    id: str
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, IamGroup] = field(default_factory=dict)
    roles: dict[str, AwsRole] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """The policy of one resource.

    Attributes:
        document: None where the export says that the resource has no policy.
        blocks_public: True where public access is blocked whatever the policy says.
        is_blank: True where the export has something empty in place of the policy, so that nobody knows whether there
            is one; a policy that could not be read comes out like that.
    """

    arn: str
    document: PolicyDocument | None
    blocks_public: bool = False
    is_blank: bool = False
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ServiceControlPolicy:
    """A policy of the organisation that limits what accounts can do."""

    name: str
    document: PolicyDocument
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class InventoryItem:
    """A resource that is there.

    Attributes:
        owner: The account that has it, where its ARN does not say; empty when nobody says.
        tags: Sorted.
    """

    arn: str
    owner: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(slots=True)
class AwsState:
    """Everything that was exported.

    Attributes:
        accounts: By number.
        resource_policies: By ARN.
        control: Service control policies by what they are attached to: a root, a unit, an account.
        parents: What each unit and account lies in.
        management: The account of the organisation that its policies do not limit; empty when nobody says.
        members: Accounts of the organisation, as far as they are listed.
        inventory: By ARN.
        has_inventory: Whether any document was an inventory.
        errors, unread: What contradicts the format, and what was not understood.
        coverage: What each export was meant to hold, and whether it does.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    resource_policies: dict[str, ResourcePolicy] = field(default_factory=dict)
    control: dict[str, list[ServiceControlPolicy]] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    management: str = ""
    members: set[str] = field(default_factory=set)
    inventory: dict[str, InventoryItem] = field(default_factory=dict)
    has_inventory: bool = False
    errors: list[Problem] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)

    @property
    def own(self) -> frozenset[str]:
        """The accounts that belong to the organisation."""
        return frozenset(self.accounts) | self.members
