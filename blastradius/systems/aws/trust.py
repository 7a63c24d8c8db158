"""Who may assume a role: its trust policy, and what identities may do by theirs.

Source: IAM User Guide, "Cross-account resource access in IAM" and "AWS JSON policy elements: Principal" (2026). A trust
policy that names a principal of its own account is enough; one that names an account leaves it to the policies there.
"""

from collections.abc import Iterable, Iterator

from blastradius.model.snapshot import PUBLIC, Entry, Group, PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.aws.actions import ASSUME_ROLE, ASSUMING, Actions
from blastradius.systems.aws.conditions import ALWAYS, When, joined, texts_of
from blastradius.systems.aws.holdings import Holding, Holdings, by_subject
from blastradius.systems.aws.names import Named, Reach, Subjects
from blastradius.systems.aws.objects import AwsRole, Statement
from blastradius.systems.aws.pieces import Piece
from blastradius.systems.aws.regions import Region, contains

_MACHINES = "service:aws/ec2.amazonaws.com"


class Trust:
    """Says who may assume each role of one side."""

    def __init__(self, subjects: Subjects, holdings: Holdings, actions: Actions) -> None:
        """Sort what identities may assume, and what they may not."""
        self._subjects = subjects
        self._holdings = holdings
        self._by_subject = by_subject(holdings)
        self._actions = actions
        self._allowed: dict[str, list[tuple[str, Piece]]] = {}
        self._denied: list[tuple[str, str, Piece]] = []
        for holding in holdings.all:
            for piece in _assuming(holding):
                if piece.allows:
                    self._allowed.setdefault(holding.account, []).append((holding.subject, piece))
                else:
                    self._denied.append((holding.account, holding.subject, piece))

    def entries(self, account: str, role: AwsRole) -> tuple[Entry, ...]:
        """Give who may assume a role; makes a group where somebody is denied it.

        Returns:
            Sorted; empty when nobody may.
        """
        own = Region((role.arn,))
        allowed: dict[Entry, None] = {}
        denied: dict[Entry, None] = {}
        accounts = {account}
        for index, statement in enumerate(role.trust.statements):
            if not self._actions_of(statement):
                continue
            when = texts_of(statement.conditions)
            for named in self._named(account, role, index, statement):
                accounts.add(named.account)
                if statement.allows:
                    allowed.update(self._let_in(named, account, role, statement))
                elif not self._subjects.is_unlisted(named):
                    denied[_entry(named.subject, when | named.when, statement.source)] = None
        for holder, subject, piece in self._denied:
            if (holder in accounts or not holder.isdigit()) and contains(piece.region, own):
                denied[_entry(subject, piece.when, piece.source)] = None
        entries = tuple(sorted(allowed, key=_key))
        return self._without(account, role, entries, tuple(sorted(denied, key=_key))) if entries and denied else entries

    def _let_in(self, named: Named, account: str, role: AwsRole, statement: Statement) -> Iterator[tuple[Entry, None]]:
        when = texts_of(statement.conditions)
        for subject, condition in self._holders(named, account, Region((role.arn,))):
            yield _entry(subject, when | named.when | condition, statement.source), None
        if named.subject == _MACHINES:
            yield from self._machines(account, role, when)

    def _without(
        self, account: str, role: AwsRole, allowed: tuple[Entry, ...], denied: tuple[Entry, ...]
    ) -> tuple[Entry, ...]:
        """Make the group of those who are let in and not kept out."""
        group = f"assume:aws/{account}/{role.name}"
        kept_out = f"{group}/denied"
        self._subjects.groups[kept_out] = Group(kept_out, denied, source=role.source)
        self._subjects.groups[group] = Group(group, allowed, but_not=(Entry(kept_out),), source=role.source)
        return (Entry(group, source=role.trust.source),)

    def _actions_of(self, statement: Statement) -> frozenset[str]:
        named = frozenset[str]().union(*(self._actions.expand(pattern) for pattern in statement.actions))
        return ASSUMING - named if statement.not_actions else ASSUMING & named

    def _named(self, account: str, role: AwsRole, index: int, statement: Statement) -> Iterator[Named]:
        found = (self._subjects.find(principal, statement.source) for principal in statement.principals)
        named = [one for one in found if one is not None]
        if statement.not_principals:
            yield everybody_but(self._subjects, f"assume:aws/{account}/{role.name}/others/{index}", named, statement)
        else:
            yield from named

    def _holders(self, named: Named, account: str, role: Region) -> Iterator[tuple[str, When]]:
        """Give the subjects that a name in a trust policy lets in, and when their own policies let them."""
        is_known = named.account in self._subjects.state.accounts
        if named.reach is Reach.ACCOUNT and is_known:
            yield from _covering(self._allowed.get(named.account, ()), role)
        elif named.reach is Reach.ONE and is_known and named.account != account:
            own = ((named.subject, piece) for holding in self._holdings_of(named) for piece in _assuming(holding))
            yield from _covering((pair for pair in own if pair[1].allows), role)
        elif named.reach is Reach.ONE and named.subject in self._holdings.named:
            asked = Piece(True, frozenset({ASSUME_ROLE}), role, ALWAYS, Source(""))
            for piece in self._holdings.named[named.subject].cut([asked]):
                yield named.subject, piece.when
        else:
            yield named.subject, ALWAYS

    def _holdings_of(self, named: Named) -> Iterator[Holding]:
        for subject in self._holdings.of.get(named.subject, ()):
            yield from self._by_subject.get(subject, ())

    def _machines(self, account: str, role: AwsRole, when: When) -> Iterator[tuple[Entry, None]]:
        """Give the instance profiles by which virtual machines get the role."""
        for profile in role.instance_profiles:
            if profile.name:
                machine = f"service:aws/{account}/instance-profile/{profile.name}"
                self._subjects.add(PrincipalKind.SERVICE, machine, profile.source)
                yield _entry(machine, when, profile.source), None


def everybody_but(subjects: Subjects, id: str, named: Iterable[Named], statement: Statement) -> Named:
    """Make the group of everybody whom a ``NotPrincipal`` element does not name.

    Who is in an account that is named is left out of what is denied, and stays in what is allowed.
    """
    excepted = [
        one
        for one in named
        if one.reach is not Reach.EVERYBODY and not (statement.allows and (one.reach is Reach.ACCOUNT or one.when))
    ]
    entries = tuple(Entry(subject, source=statement.source) for subject in sorted({one.subject for one in excepted}))
    members = (Entry(PUBLIC, source=statement.source),)
    subjects.groups[id] = Group(id, members, but_not=entries, source=statement.source)
    return Named(Reach.OUTSIDE, id)


def _assuming(holding: Holding) -> Iterator[Piece]:
    return (piece for piece in holding.pieces if ASSUME_ROLE in piece.actions)


def _covering(pairs: Iterable[tuple[str, Piece]], role: Region) -> Iterator[tuple[str, When]]:
    return ((subject, piece.when) for subject, piece in pairs if contains(piece.region, role))


def _entry(subject: str, when: When, source: Source) -> Entry:
    return Entry(subject, joined(when), source)


def _key(entry: Entry) -> tuple[str, str]:
    return entry.id, entry.when or ""
