"""What the policies of resources allow and deny, and to whom.

Source: IAM User Guide, "Policy evaluation logic" (2026): within an account a resource policy is enough by itself; from
another account the policies of the identity must allow it too. Key policies: KMS Developer Guide, "Key policies".
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blastradius.systems.aws.holdings import Holdings, by_subject
from blastradius.systems.aws.names import Named, Reach, Subjects, account_id
from blastradius.systems.aws.objects import AwsState, ResourcePolicy, Statement
from blastradius.systems.aws.patterns import ANYTHING, account_of, service_of
from blastradius.systems.aws.pieces import Cutter, Piece
from blastradius.systems.aws.regions import Region, meet, region
from blastradius.systems.aws.trust import everybody_but

_BUCKETS = "s3"
_KEYS = "kms"
WITHOUT_KEY = frozenset(
    {
        "kms:ConnectCustomKeyStore",
        "kms:CreateCustomKeyStore",
        "kms:CreateKey",
        "kms:DeleteCustomKeyStore",
        "kms:DescribeCustomKeyStores",
        "kms:DisconnectCustomKeyStore",
        "kms:GenerateRandom",
        "kms:ListAliases",
        "kms:ListKeys",
        "kms:ListRetirableGrants",
        "kms:UpdateCustomKeyStore",
    }
)
"""Actions of KMS that are about no key, so that no key policy decides them."""
_WITH_PARTS = frozenset({_BUCKETS, "lambda"})


@dataclass(frozen=True, slots=True)
class Given:
    """A piece that somebody has."""

    subject: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class Delegation:
    """What the policy of a key leaves to the policies of identities of its account.

    Attributes:
        is_whole: Whether that is everything, always, as in the policy that a new key gets.
    """

    pieces: tuple[Piece, ...]
    is_whole: bool


def targets_of(arn: str) -> list[Region]:
    """Give the resources that the policy of one resource is about: itself, and what is in it."""
    separator = "/" if service_of(arn) == _BUCKETS else ":"
    made = (region(arn), region(f"{arn}{separator}*") if service_of(arn) in _WITH_PARTS else None)
    return [one for one in made if one is not None]


class ResourceGrants:
    """Works out what resource policies give, on one side."""

    def __init__(self, state: AwsState, subjects: Subjects, holdings: Holdings, cutter: Cutter) -> None:
        """Know who there is and what they have by their own policies."""
        self._state = state
        self._subjects = subjects
        self._holdings = holdings
        self._by_subject = by_subject(holdings)
        self._cutter = cutter

    def run(self) -> Iterator[Given]:
        """Give what all policies allow and deny."""
        for arn in sorted(self._state.resource_policies):
            policy = self._state.resource_policies[arn]
            account = owner_of(arn, self._state)
            for index, (statement, pieces) in enumerate(self._pieces(policy)):
                for named in self._named(arn, index, statement):
                    for piece in pieces:
                        extended = replace(piece, when=piece.when | named.when)
                        yield from self._given(policy, account, named, extended)

    def delegations(self) -> dict[str, Delegation]:
        """Find what the keys whose policies are known leave to the policies of identities, by ARN."""
        found: dict[str, Delegation] = {}
        for arn, policy in self._state.resource_policies.items():
            account = owner_of(arn, self._state)
            if service_of(arn) != _KEYS or policy.document is None or account not in self._state.accounts:
                continue
            left = list(self._delegated(policy, account))
            everything = next(self._cutter.pieces(Statement(True, ("kms:*",), resources=(arn,)), {}))
            is_whole = any(piece.actions >= everything.actions and not piece.when for piece in left)
            found[arn] = Delegation(tuple(left), is_whole)
        return found

    def _delegated(self, policy: ResourcePolicy, account: str) -> Iterator[Piece]:
        for statement, pieces in self._pieces(policy):
            for principal in statement.principals if statement.allows and not statement.not_principals else ():
                named = self._subjects.find(principal, statement.source)
                if named and named.reach is Reach.ACCOUNT and named.account == account:
                    yield from pieces

    def _pieces(self, policy: ResourcePolicy) -> Iterator[tuple[Statement, list[Piece]]]:
        targets = targets_of(policy.arn)
        for statement in policy.document.statements if policy.document else ():
            # A policy that names no resource, and one that names all, is about its own.
            stated = statement if statement.resources is not None else replace(statement, resources=(policy.arn,))
            found = [
                replace(piece, region=common)
                for piece in self._cutter.pieces(stated, {})
                for target in targets
                if (common := meet(piece.region, target)) is not None
            ]
            yield statement, found

    def _named(self, arn: str, index: int, statement: Statement) -> Iterator[Named]:
        found = (self._subjects.find(principal, statement.source) for principal in statement.principals)
        named = [one for one in found if one is not None]
        if statement.not_principals:
            yield everybody_but(self._subjects, f"others:aws/{arn}/{index}", named, statement)
        else:
            yield from named

    def _given(self, policy: ResourcePolicy, account: str, named: Named, piece: Piece) -> Iterator[Given]:
        if not piece.allows:
            if not self._subjects.is_unlisted(named):
                yield Given(named.subject, piece)
            return
        match named.reach:
            case Reach.EVERYBODY if policy.blocks_public and not piece.when:
                if account in self._state.accounts:
                    yield Given(account_id(account), piece)
            case Reach.ACCOUNT | Reach.ONE if named.account in self._state.accounts:
                yield from self._to_known(account, named, piece)
            case _:
                yield Given(named.subject, piece)

    def _to_known(self, account: str, named: Named, piece: Piece) -> Iterator[Given]:
        is_own = not account or named.account == account
        if named.reach is Reach.ACCOUNT:
            if named.account != account:
                # NOTE: naming the own account gives nothing that the policies of its identities do not give.
                yield from self._both(self._subjects_in(named.account), piece)
        elif not is_own:
            for given in self._both(self._holdings.of.get(named.subject, ()), piece):
                yield Given(named.subject, given.piece)
        elif named.subject in self._holdings.named:
            for cut in self._holdings.named[named.subject].cut([piece]):
                yield Given(named.subject, cut)
        else:
            yield Given(named.subject, piece)

    def _subjects_in(self, account: str) -> Iterator[str]:
        return (holding.subject for holding in self._holdings.all if holding.account == account)

    def _both(self, subjects: Iterable[str], piece: Piece) -> Iterator[Given]:
        """Give what both the resource and the policies of some subjects allow."""
        for subject in dict.fromkeys(subjects):
            for holding in self._by_subject.get(subject, ()):
                for own in holding.pieces:
                    actions = own.actions & piece.actions if own.allows else frozenset[str]()
                    common = meet(own.region, piece.region) if actions else None
                    if common is not None:
                        when = own.when | piece.when
                        yield Given(subject, replace(piece, actions=actions, region=common, when=when))


def owner_of(arn: str, state: AwsState) -> str:
    """Name the account that has a resource; empty when nobody knows."""
    account = account_of(arn)
    if account and account != ANYTHING:
        return account
    item = state.inventory.get(arn) or state.inventory.get(arn.partition("/")[0])
    if item is not None and item.owner:
        return item.owner
    return next(iter(state.accounts)) if len(state.accounts) == 1 else ""
