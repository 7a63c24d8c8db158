"""Who is named: principals of policies to the ids of subjects, known and unknown ones."""

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum, auto

from blastradius.model.snapshot import PUBLIC, Group, Principal, PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.aws.conditions import ALWAYS, When
from blastradius.systems.aws.fields import written
from blastradius.systems.aws.objects import AwsState, NamedPrincipal, PrincipalType

OPEN_ISSUERS = frozenset(
    {
        "accounts.google.com",
        "agent.buildkite.com",
        "app.terraform.io",
        "cognito-identity.amazonaws.com",
        "gitlab.com",
        "graph.facebook.com",
        "oidc.circleci.com",
        "token.actions.githubusercontent.com",
        "www.amazon.com",
    }
)
"""Identity providers at which anybody may have an account."""
_EVERYBODY = "*"
_DIGITS = 12
_CLOUDFRONT = "cloudfront"


class Reach(Enum):
    """How many a name stands for."""

    ONE = auto()
    ACCOUNT = auto()
    EVERYBODY = auto()
    OUTSIDE = auto()
    """A service, or the people of an identity provider: nothing of theirs is in any account."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a name in a policy stands for.

    Attributes:
        subject: Id of a principal, a group, or a built-in subject.
        account: The account it is in; empty when it is in none.
        when: Conditions that the name itself makes.
    """

    reach: Reach
    subject: str
    account: str = ""
    when: When = ALWAYS


def user_id(account: str, name: str) -> str:
    """Name a user of an account."""
    return f"user:aws/{account}/{name}"


def role_id(account: str, name: str) -> str:
    """Name a role of an account."""
    return f"role:aws/{account}/{name}"


def group_id(account: str, name: str) -> str:
    """Name a group of an account."""
    return f"group:aws/{account}/{name}"


def account_id(account: str) -> str:
    """Name the group of all principals of an account."""
    return f"account:aws/{account}"


@dataclass(slots=True)
class Subjects:
    """The principals and groups of one side, made as they are met.

    Attributes:
        own: Accounts that belong to the organisation.
    """

    state: AwsState
    own: Collection[str]
    principals: dict[str, Principal] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    _by_unique_id: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find whom AWS writes by a unique id."""
        for account in self.state.accounts.values():
            for user in account.users.values():
                self._by_unique_id[user.unique_id] = user_id(account.id, user.name)
            for role in account.roles.values():
                self._by_unique_id[role.unique_id] = role_id(account.id, role.name)

    def find(self, named: NamedPrincipal, source: Source) -> Named | None:
        """Give what a name stands for; None for somebody who was deleted."""
        match named.type:
            case PrincipalType.SERVICE:
                return self._outside(PrincipalKind.SERVICE, f"service:aws/{named.name.lower()}", source)
            case PrincipalType.FEDERATED:
                return self._federated(named.name, source)
            case PrincipalType.CANONICAL_USER:
                return self._one(PrincipalKind.USER, f"user:aws/canonical/{named.name}", "", source)
            case PrincipalType.AWS:
                return self._of_account(named.name, source)

    def add(self, kind: PrincipalKind, id: str, source: Source, *, external: bool = False) -> None:
        """Make a principal, unless it is there."""
        self.principals.setdefault(id, Principal(id, kind, external=external, source=source))

    def is_unlisted(self, named: Named) -> bool:
        """Tell whether a name stands for people of whom nobody is known.

        NOTE: a denial for them is left out: whoever is known would have to count as perhaps one of them.
        """
        group = self.groups.get(named.subject)
        return group is not None and group.unlisted

    def _of_account(self, name: str, source: Source) -> Named | None:
        if name == _EVERYBODY:
            return Named(Reach.EVERYBODY, PUBLIC)
        parts = name.split(":", 5)
        number = parts[4] if len(parts) == 6 else name
        what, _, rest = (parts[5] if len(parts) == 6 else "root").partition("/")
        if number == _CLOUDFRONT:
            return self._outside(PrincipalKind.SERVICE, f"service:aws/cloudfront/{rest.rpartition(' ')[2]}", source)
        if not _is_account(number):
            found = self._by_unique_id.get(name)
            return Named(Reach.ONE, found, found.split("/")[1]) if found else None
        last = rest.rpartition("/")[2]
        if what == "user" and rest:
            return self._one(PrincipalKind.USER, user_id(number, last), number, source)
        if what == "role" and rest:
            return self._one(PrincipalKind.ROLE, role_id(number, last), number, source)
        if what == "assumed-role" and rest:
            role, _, session = rest.partition("/")
            when = frozenset({f"the session is named {written(session)}"}) if session else ALWAYS
            return self._one(PrincipalKind.ROLE, role_id(number, role), number, source, when)
        if what == "federated-user" and rest:
            return self._one(PrincipalKind.USER, user_id(number, f"federated/{rest}"), number, source)
        return self._account(number, source)

    def _account(self, number: str, source: Source) -> Named:
        name = account_id(number)
        if number not in self.state.accounts:
            external = number not in self.own
            self.groups.setdefault(name, Group(name, unlisted=True, external=external, source=source))
        return Named(Reach.ACCOUNT, name, number)

    def _one(self, kind: PrincipalKind, id: str, account: str, source: Source, when: When = ALWAYS) -> Named:
        self.add(kind, id, source, external=account not in self.own)
        return Named(Reach.ONE, id, account, when)

    def _outside(self, kind: PrincipalKind, id: str, source: Source) -> Named:
        self.add(kind, id, source)
        return Named(Reach.OUTSIDE, id)

    def _federated(self, name: str, source: Source) -> Named:
        parts = name.split(":", 5)
        number, provider = (parts[4], parts[5]) if len(parts) == 6 else ("", name.lower())
        issuer = provider.partition("/")[2].split("/")[0] if number else provider
        external = issuer in OPEN_ISSUERS or (bool(number) and number not in self.own)
        group = f"idp:aws/{number}/{provider}" if number else f"idp:aws/{provider}"
        self.groups.setdefault(group, Group(group, unlisted=True, external=external, source=source))
        return Named(Reach.OUTSIDE, group)


def _is_account(number: str) -> bool:
    return len(number) == _DIGITS and number.isdigit()
