"""Which policies everybody has, and what is left of them below boundaries and service control policies.

A policy is a group, and whoever it is attached to is a member, so that a path reads principal, policy, resource.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from blastradius.documents import quoted
from blastradius.model.snapshot import Entry, Group, PrincipalKind
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.aws.names import Subjects, account_id, group_id, role_id, user_id
from blastradius.systems.aws.objects import (
    AWS_MANAGED,
    Account,
    Attached,
    AwsRole,
    AwsState,
    IamGroup,
    PolicyDocument,
    ServiceControlPolicy,
    Statement,
    User,
)
from blastradius.systems.aws.patterns import ANYTHING, account_of
from blastradius.systems.aws.pieces import BY_PRINCIPAL, Ceiling, Cutter, Piece, Variables, variables_of

_FILLED_MAX = 50_000
"""More statements than this, times those who have them, are not filled in for each principal."""
_LEVELS_MAX = 10
_EVERYTHING = PolicyDocument((Statement(True, (ANYTHING,), resources=(ANYTHING,)),))
_KNOWN_POLICIES = {"AdministratorAccess": _EVERYTHING}
"""Policies that AWS keeps, are the same since they were first made, and mean everything."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What stands above the policies of a principal.

    Attributes:
        label: How the limited policies are told from the others; empty without a limit.
    """

    label: str = ""
    ceilings: tuple[Ceiling, ...] = ()

    def cut(self, pieces: Iterable[Piece]) -> list[Piece]:
        """Leave of pieces what is below every ceiling."""
        for ceiling in self.ceilings:
            pieces = ceiling.cut(pieces)
        return list(pieces)


NO_LIMIT = Limit()


@dataclass(slots=True)
class Holding:
    """What a subject has by one policy.

    Attributes:
        subject: The policy as a group; a principal for what differs between those who have it.
    """

    subject: str
    account: str
    pieces: list[Piece]


@dataclass(slots=True)
class _Carrier:
    """One policy, and whom it is attached to."""

    id: str
    document: PolicyDocument
    source: Source
    holders: dict[str, list[Entry]] = field(default_factory=dict)
    people: list[tuple[str, Source, Limit]] = field(default_factory=list)
    limits: dict[str, Limit] = field(default_factory=dict)


@dataclass(slots=True)
class Holdings:
    """All that identities have by their policies.

    Attributes:
        all: Every policy that is attached to somebody.
        limits: Principals that stand below a boundary or service control policies.
        named: What of that holds for what a policy gives to a principal by its name: a boundary limits what is given
            to a role, and not what is given to a user.
        of: For each principal, the subjects by which it has something, itself included.
    """

    all: list[Holding] = field(default_factory=list)
    limits: dict[str, Limit] = field(default_factory=dict)
    named: dict[str, Limit] = field(default_factory=dict)
    of: dict[str, list[str]] = field(default_factory=dict)


class Holders:
    """Works out the holdings of one side."""

    def __init__(self, state: AwsState, subjects: Subjects, cutter: Cutter) -> None:
        """Read this state, and make groups there."""
        self._state = state
        self._subjects = subjects
        self._cutter = cutter
        self._found = Holdings()
        self._carriers: dict[str, _Carrier] = {}
        self._boundaries: dict[str, tuple[Limit, _Carrier | None]] = {}
        self._filled = 0

    def run(self) -> Holdings:
        """Give the holdings; the subjects have got the groups."""
        for number in sorted(self._state.accounts):
            self._account(self._state.accounts[number])
        for carrier in self._carriers.values():
            self._emit(carrier)
        return self._found

    def _account(self, account: Account) -> None:
        above = self._control(account)
        entries: list[Entry] = []
        for name in sorted(account.users):
            user = account.users[name]
            subject = user_id(account.id, name)
            self._subjects.add(PrincipalKind.USER, subject, user.source)
            self._limit(account, subject, user, above)
            entries.append(Entry(subject, source=user.source))
        for name in sorted(account.roles):
            role = account.roles[name]
            subject = role_id(account.id, name)
            self._subjects.add(PrincipalKind.ROLE, subject, role.source)
            self._limit(account, subject, role, NO_LIMIT if role.is_service_linked else above)
            entries.append(Entry(subject, source=role.source))
        everybody = account_id(account.id)
        self._subjects.groups[everybody] = Group(everybody, tuple(entries))
        self._groups(account)
        for name in sorted(account.users):
            self._attach_all(account, user_id(account.id, name), account.users[name], "user")
        for name in sorted(account.roles):
            self._attach_all(account, role_id(account.id, name), account.roles[name], "role")

    def _limit(self, account: Account, id: str, identity: User | AwsRole, above: Limit) -> None:
        limit = above
        if identity.boundary is not None:
            own, denials = self._boundary(account, identity.boundary)
            limit = Limit(
                " and ".join(label for label in (own.label, above.label) if label), own.ceilings + above.ceilings
            )
            if denials is not None:
                self._hold(denials, id, identity.boundary.source, NO_LIMIT)
        if limit.ceilings:
            self._found.limits[id] = limit
        by_name = above if isinstance(identity, User) else limit
        if by_name.ceilings:
            self._found.named[id] = by_name

    def _boundary(self, account: Account, boundary: Attached) -> tuple[Limit, _Carrier | None]:
        key = f"{account.id} {boundary.name}"
        if key not in self._boundaries:
            policy = account.policies.get(boundary.name)
            document = policy.document if policy else None
            if document is None:
                # A boundary grants nothing, so one that is not in the export is left out: the answer is too wide.
                self._boundaries[key] = (NO_LIMIT, None)
            else:
                name = ("aws:" if account_of(boundary.name) == AWS_MANAGED else "") + _policy_name(boundary.name)
                ceiling = self._ceiling(f"boundary {name}", [document], account.id)
                self._boundaries[key] = (ceiling, self._denials(f"boundary:aws/{account.id}/{name}", document))
        return self._boundaries[key]

    def _ceiling(self, label: str, documents: list[PolicyDocument], account: str) -> Limit:
        statements = [statement for document in documents for statement in document.statements]
        if any(_is_open(statement) for statement in statements):
            return NO_LIMIT
        known: Variables = {"aws:principalaccount": account}
        pieces = (p for s in statements if s.resources is not None for p in self._cutter.pieces(s, known))
        return Limit(label, (Ceiling(pieces),))

    def _denials(self, id: str, document: PolicyDocument) -> _Carrier | None:
        denials = tuple(statement for statement in document.statements if not statement.allows)
        if not denials:
            return None
        return self._carriers.setdefault(id, _Carrier(id, PolicyDocument(denials, document.source), document.source))

    def _control(self, account: Account) -> Limit:
        """Find what the service control policies above an account leave, and hold it to what they deny."""
        if account.id == self._state.management:
            return NO_LIMIT
        labels: list[str] = []
        ceilings: list[Ceiling] = []
        for target in self._targets(account.id):
            policies = self._state.control[target]
            level = self._ceiling(f"policies of {target}", [policy.document for policy in policies], account.id)
            labels += [level.label] if level.label else []
            ceilings += level.ceilings
            for index, policy in enumerate(policies):
                self._deny_account(account, target, index, policy)
        return Limit(" and ".join(labels), tuple(ceilings)) if ceilings else NO_LIMIT

    def _targets(self, account: str) -> Iterator[str]:
        target, seen = account, set[str]()
        while target and target not in seen and len(seen) < _LEVELS_MAX:
            seen.add(target)
            if target in self._state.control:
                yield target
            target = self._state.parents.get(target, "")

    def _deny_account(self, account: Account, target: str, index: int, policy: ServiceControlPolicy) -> None:
        denials = self._denials(f"scp:aws/{target}/{policy.name}/{index}", policy.document)
        if denials is None:
            return
        linked = [role_id(account.id, role.name) for role in account.roles.values() if role.is_service_linked]
        limited = account_id(account.id)
        if linked:
            limited = f"{limited}/limited"
            members = (Entry(account_id(account.id)),)
            excepted = tuple(Entry(role) for role in sorted(linked))
            self._subjects.groups[limited] = Group(limited, members, but_not=excepted)
        denials.holders.setdefault("", []).append(Entry(limited, source=policy.source))
        denials.limits[""] = NO_LIMIT
        for section, named in ((account.users, user_id), (account.roles, role_id)):
            denials.people += [(named(account.id, name), policy.source, NO_LIMIT) for name in sorted(section)]

    def _groups(self, account: Account) -> None:
        members: dict[str, list[Entry]] = {name: [] for name in account.groups}
        for name in sorted(account.users):
            for mention in account.users[name].groups:
                if mention.name in members:
                    members[mention.name].append(Entry(user_id(account.id, name), source=mention.source))
                else:
                    message = (
                        f"the user {quoted(name)} is in the group {quoted(mention.name)}, which is not in the input"
                    )
                    self._missing(message, mention.source, "export the account without `--filter`")
        for name in sorted(account.groups):
            group = group_id(account.id, name)
            entries = tuple(members[name])
            self._subjects.groups[group] = Group(group, entries, source=account.groups[name].source)
            for carrier, source in self._policies(account, account.groups[name], f"group/{name}"):
                self._hold_group(carrier, group, entries, source)

    def _hold_group(self, carrier: _Carrier, group: str, members: tuple[Entry, ...], source: Source) -> None:
        limited = [entry for entry in members if entry.id in self._found.limits]
        free = [entry for entry in members if entry.id not in self._found.limits]
        if limited:
            for entry in limited:
                self._hold(carrier, entry.id, entry.source, self._found.limits[entry.id])
            narrowed = f"{group}/unlimited"
            self._subjects.groups[narrowed] = Group(narrowed, tuple(free))
            group = narrowed
        carrier.holders.setdefault("", []).append(Entry(group, source=source))
        carrier.limits[""] = NO_LIMIT
        carrier.people += [(entry.id, entry.source, NO_LIMIT) for entry in free]

    def _attach_all(self, account: Account, id: str, identity: User | AwsRole, kind: str) -> None:
        limit = self._found.limits.get(id, NO_LIMIT)
        for carrier, source in self._policies(account, identity, f"{kind}/{identity.name}"):
            self._hold(carrier, id, source, limit)

    def _hold(self, carrier: _Carrier, id: str, source: Source, limit: Limit) -> None:
        carrier.holders.setdefault(limit.label, []).append(Entry(id, source=source))
        carrier.limits[limit.label] = limit
        carrier.people.append((id, source, limit))

    def _policies(
        self, account: Account, identity: User | AwsRole | IamGroup, owner: str
    ) -> Iterator[tuple[_Carrier, Source]]:
        for name in sorted(identity.inline):
            document = identity.inline[name]
            carrier = f"policy:aws/{account.id}/{owner}/{name}"
            yield self._carriers.setdefault(carrier, _Carrier(carrier, document, document.source)), document.source
        for attached in identity.managed:
            policy = account.policies.get(attached.name)
            managed = policy.document if policy else None
            source = policy.source if policy else NOWHERE
            if managed is None and account_of(attached.name) == AWS_MANAGED:
                managed = _KNOWN_POLICIES.get(attached.name.partition(":policy/")[2])
            if managed is None:
                message = f"{quoted(identity.name)} has the policy {quoted(attached.name)}, which is not in the input"
                self._missing(message, attached.source, "until it is, nobody knows what it allows; export it too")
                continue
            prefix = "aws:" if account_of(attached.name) == AWS_MANAGED else ""
            carrier = f"policy:aws/{account.id}/{prefix}{_policy_name(attached.name)}"
            yield self._carriers.setdefault(carrier, _Carrier(carrier, managed, source)), attached.source

    def _missing(self, message: str, source: Source, help: str) -> None:
        self._state.unread.append(Problem(message, source, help))

    def _emit(self, carrier: _Carrier) -> None:
        """Make the groups of a policy, and give them what is the same for all who have it."""
        account = _account_in(carrier.id)
        known: Variables = {"aws:principalaccount": account} if account.isdigit() else {}
        stated = [s for s in carrier.document.statements if s.resources is not None]
        personal = [s for s in stated if variables_of(s) & BY_PRINCIPAL]
        if len(personal) * len(carrier.people) + self._filled > _FILLED_MAX:
            personal = []
        self._filled += len(personal) * len(carrier.people)
        shared = [p for s in stated if s not in personal for p in self._cutter.pieces(s, known)]
        for label, entries in carrier.holders.items():
            held = f"{carrier.id} within {label}" if label else carrier.id
            self._subjects.groups[held] = Group(held, tuple(dict.fromkeys(entries)), source=carrier.source)
            self._found.all.append(Holding(held, account, carrier.limits[label].cut(shared)))
        for person, _, limit in carrier.people:
            held = f"{carrier.id} within {limit.label}" if limit.label else carrier.id
            self._found.of.setdefault(person, []).append(held)
        for person, _, limit in dict.fromkeys(carrier.people) if personal else ():
            own = [p for s in personal for p in self._cutter.pieces(s, self._variables(person))]
            self._found.all.append(Holding(person, _account_in(person), limit.cut(own)))
            self._found.of[person].append(person)

    def _variables(self, person: str) -> Variables:
        account = self._state.accounts[_account_in(person)]
        name = person.split("/", 2)[2]
        if person.startswith("user:"):
            user = account.users[name]
            return {"aws:username": name, "aws:userid": user.unique_id, "aws:principalaccount": account.id}
        # A role has no user name, and the name of its session decides its user id.
        return {"aws:username": None, "aws:principalaccount": account.id}


def _is_open(statement: Statement) -> bool:
    return (
        statement.allows
        and not statement.conditions
        and not (statement.not_actions or statement.not_resources)
        and ANYTHING in statement.actions
        and ANYTHING in (statement.resources or ())
    )


def _account_in(id: str) -> str:
    return id.partition(":aws/")[2].partition("/")[0]


def _policy_name(arn: str) -> str:
    return arn.rpartition("/")[2]


def holdings_of(state: AwsState, subjects: Subjects, cutter: Cutter) -> Holdings:
    """Work out what everybody has by policies.

    Args:
        state: One side; attached policies that are not in it are noted there.
        subjects: Gets the principals and groups.
        cutter: Knows the actions of both sides.
    """
    return Holders(state, subjects, cutter).run()


def by_subject(holdings: Holdings) -> Mapping[str, list[Holding]]:
    """Sort holdings by their subject."""
    found: dict[str, list[Holding]] = {}
    for holding in holdings.all:
        found.setdefault(holding.subject, []).append(holding)
    return found
