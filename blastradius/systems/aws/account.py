"""Account authorization details, whole or in pages, to accounts.

Source: ``aws iam get-account-authorization-details`` as botocore 1.40 describes it.
"""

from typing import TypeVar

from blastradius.documents import LinedList, quoted
from blastradius.systems.aws.completeness import ACCOUNT_DIGITS, DETAILS, Page, account_coverage
from blastradius.systems.aws.fields import Fields
from blastradius.systems.aws.objects import (
    AWS_MANAGED,
    Account,
    Attached,
    AwsRole,
    AwsState,
    IamGroup,
    ManagedPolicy,
    PolicyDocument,
    PolicyVersion,
    User,
)
from blastradius.systems.aws.patterns import account_of
from blastradius.systems.aws.policies import Statements, read_policy

_PAGE = frozenset({*DETAILS, "IsTruncated", "Marker", "NextToken", "ResponseMetadata"})
_ENTITY = frozenset({"Path", "Arn", "CreateDate", "AttachedManagedPolicies"})
_USER = _ENTITY | {"UserName", "UserId", "UserPolicyList", "GroupList", "PermissionsBoundary", "Tags"}
_GROUP = _ENTITY | {"GroupName", "GroupId", "GroupPolicyList"}
_ROLE = _ENTITY | {
    "RoleName",
    "RoleId",
    "AssumeRolePolicyDocument",
    "InstanceProfileList",
    "RolePolicyList",
    "PermissionsBoundary",
    "Tags",
    "RoleLastUsed",
}
_Named = TypeVar("_Named", User, IamGroup, AwsRole, ManagedPolicy)


class AccountPages:
    """Reads pages, and says in the end which accounts they do not show whole."""

    def __init__(self, state: AwsState) -> None:
        """Read into this state."""
        self._state = state
        self._aws_managed: dict[str, ManagedPolicy] = {}
        self._pages: dict[str, list[Page]] = {}

    def add(self, page: Fields) -> None:
        """Read one page."""
        page.known(_PAGE)
        numbers: set[str] = set()
        for fields in page.children("UserDetailList", "a user"):
            self._keep(_user(fields), fields, numbers)
        for fields in page.children("GroupDetailList", "a group"):
            self._keep(_group(fields), fields, numbers)
        for fields in page.children("RoleDetailList", "a role"):
            self._keep(_role(fields), fields, numbers)
        for fields in page.children("Policies", "a policy"):
            self._keep(_managed(fields), fields, numbers)
        met = Page(
            is_cut=page.value.get("IsTruncated") is True or page.value.get("NextToken") is not None,
            lists=frozenset(key for key in DETAILS if isinstance(page.value.get(key), LinedList)),
            filled=frozenset(key for key in DETAILS if page.value.get(key)),
            source=page.at(),
            end=page.at("IsTruncated"),
        )
        for number in numbers or {""}:
            self._pages.setdefault(number, []).append(met)

    def finish(self) -> None:
        """Give every account the policies that AWS keeps, and say what is missing."""
        for account in self._state.accounts.values():
            account.policies.update(self._aws_managed)
        self._state.coverage.extend(account_coverage(self._state, self._pages))

    def _keep(self, named: User | IamGroup | AwsRole | ManagedPolicy | None, fields: Fields, numbers: set[str]) -> None:
        if named is None:
            return
        number = account_of(named.arn)
        if isinstance(named, ManagedPolicy) and number == AWS_MANAGED:
            self._same(self._aws_managed, named.arn, named, fields)
            return
        if len(number) != ACCOUNT_DIGITS or not number.isdigit():
            fields.error("Arn", f"{quoted(named.arn)} names no account", "was it changed by hand?")
            return
        numbers.add(number)
        account = self._state.accounts.setdefault(number, Account(number))
        match named:
            case User():
                self._same(account.users, named.name, named, fields)
            case IamGroup():
                self._same(account.groups, named.name, named, fields)
            case AwsRole():
                self._same(account.roles, named.name, named, fields)
            case ManagedPolicy():
                self._same(account.policies, named.arn, named, fields)

    def _same(self, section: dict[str, _Named], key: str, named: _Named, fields: Fields) -> None:
        first = section.setdefault(key, named)
        if first != named:
            message = f"{quoted(named.arn)} is described twice, with different content: first at {first.source}"
            fields.error(None, message, "give one export of each account")


def _user(fields: Fields) -> User | None:
    fields.known(_USER)
    name, arn = fields.text("UserName"), fields.text("Arn")
    named = _labelled(fields, "the user", name)
    if not name or not arn:
        return None
    return User(
        name=name,
        arn=arn,
        groups=_names(named, "GroupList"),
        inline=_inline(named, "UserPolicyList"),
        managed=_attached(named),
        boundary=_boundary(named),
        unique_id=named.optional_text("UserId"),
        source=named.at("UserName"),
    )


def _group(fields: Fields) -> IamGroup | None:
    fields.known(_GROUP)
    name, arn = fields.text("GroupName"), fields.text("Arn")
    named = _labelled(fields, "the group", name)
    if not name or not arn:
        return None
    return IamGroup(name, arn, _inline(named, "GroupPolicyList"), _attached(named), named.at("GroupName"))


def _role(fields: Fields) -> AwsRole | None:
    fields.known(_ROLE)
    name, arn = fields.text("RoleName"), fields.text("Arn")
    named = _labelled(fields, "the role", name)
    if not name or not arn:
        return None
    trust = named.embedded("AssumeRolePolicyDocument", f"the trust policy of {named.label}")
    profiles = named.children("InstanceProfileList", f"an instance profile of {named.label}")
    return AwsRole(
        name=name,
        arn=arn,
        trust=read_policy(trust, Statements.OF_RESOURCE) if trust else PolicyDocument(),
        inline=_inline(named, "RolePolicyList"),
        managed=_attached(named),
        boundary=_boundary(named),
        instance_profiles=tuple(
            Attached(profile.text("InstanceProfileName"), profile.at("InstanceProfileName")) for profile in profiles
        ),
        unique_id=named.optional_text("RoleId"),
        source=named.at("RoleName"),
    )


def _managed(fields: Fields) -> ManagedPolicy | None:
    arn = fields.text("Arn")
    if not arn:
        return None
    named = _labelled(fields, "the policy", arn)
    default = named.optional_text("DefaultVersionId")
    versions: dict[str, PolicyVersion] = {}
    for version in named.children("PolicyVersionList", f"a version of {named.label}"):
        number = version.text("VersionId")
        is_default = number == default if default else version.value.get("IsDefaultVersion") is True
        if not is_default and "Document" not in version.value:
            continue
        document = version.embedded("Document", named.label)
        if number and document is not None:
            versions[number] = PolicyVersion(read_policy(document), is_default)
    name = named.optional_text("PolicyName") or arn.rpartition("/")[2]
    return ManagedPolicy(arn, name, versions, named.at("Arn"))


def _labelled(fields: Fields, kind: str, name: str) -> Fields:
    label = f"{kind} {quoted(name)}"
    return Fields(fields.document, fields.value, label, fields.state, fields.place)


def _names(fields: Fields, key: str) -> tuple[Attached, ...]:
    items = fields.value.get(key) or []
    found: list[Attached] = []
    if not isinstance(items, list):
        fields.error(key, f"{quoted(key)} of {fields.label} is not a list")
        return ()
    for index in range(len(items)):
        text = fields.document.text_of(items, index)
        if text:
            found.append(Attached(text, fields.document.at(items, index)))
        else:
            fields.error(key, f"an item of {quoted(key)} of {fields.label} is not a name")
    return tuple(found)


def _attached(fields: Fields) -> tuple[Attached, ...]:
    entries = fields.children("AttachedManagedPolicies", f"an attached policy of {fields.label}")
    found = (Attached(entry.text("PolicyArn"), entry.at("PolicyArn")) for entry in entries)
    return tuple(attached for attached in found if attached.name)


def _inline(fields: Fields, key: str) -> dict[str, PolicyDocument]:
    found: dict[str, PolicyDocument] = {}
    for entry in fields.children(key, f"an inline policy of {fields.label}"):
        name = entry.text("PolicyName")
        document = entry.embedded("PolicyDocument", f"the policy {quoted(name)} of {fields.label}")
        if name and document is not None:
            found[name] = read_policy(document)
    return found


def _boundary(fields: Fields) -> Attached | None:
    boundary = fields.child("PermissionsBoundary", f"the permissions boundary of {fields.label}")
    if boundary is None:
        return None
    arn = boundary.text("PermissionsBoundaryArn")
    return Attached(arn, boundary.at("PermissionsBoundaryArn")) if arn else None
