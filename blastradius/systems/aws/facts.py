"""What AWS keeps to facts about access."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from blastradius.documents import quoted
from blastradius.model.snapshot import CAPABILITIES, Effect, Entry, Grant, Principal, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.systems.aws.actions import ASSUME_ROLE, ASSUMING, Actions
from blastradius.systems.aws.completeness import resource_policy_coverage
from blastradius.systems.aws.conditions import joined
from blastradius.systems.aws.holdings import holdings_of
from blastradius.systems.aws.names import Subjects, role_id
from blastradius.systems.aws.objects import AWS_MANAGED, AwsState
from blastradius.systems.aws.patterns import ANYTHING, account_of, is_literal, segment
from blastradius.systems.aws.pieces import Cutter, Piece
from blastradius.systems.aws.regions import OTHER_SERVICES, Region, contains, region
from blastradius.systems.aws.resource_grants import WITHOUT_KEY, Delegation, Given, ResourceGrants, owner_of, targets_of
from blastradius.systems.aws.services import named_services
from blastradius.systems.aws.statements import statements_of
from blastradius.systems.aws.trust import Trust
from blastradius.systems.aws.universe import Universe

SYSTEM = "aws"
_SHOWN = 5
_KMS = "kms:"


@dataclass(frozen=True, slots=True)
class _Extent:
    """What one side amounts to.

    Attributes:
        subjects: Principals and groups.
        given: Who may do what, where.
        closed: Regions that take over nothing from above.
    """

    subjects: Subjects
    given: list[Given]
    closed: frozenset[Region]


@dataclass(frozen=True, slots=True)
class _Shared:
    """What both sides of a comparison have in common."""

    actions: Actions
    cutter: Cutter
    accounts: frozenset[str]


def facts_of(state: AwsState, opposite: AwsState) -> Snapshot:
    """Make facts.

    Args:
        state: The side to make facts of; what was not understood is noted there.
        opposite: The other side, perhaps empty: actions and resources that it names exist here too.

    Returns:
        A snapshot with the same resources as for the other side, apart from inventories.
    """
    actions = Actions(
        (text, is_of_aws)
        for one in (state, opposite)
        for statement, is_of_aws in statements_of(one)
        for text in statement.actions
    )
    services = named_services((state, opposite), actions)
    accounts = frozenset(state.accounts) | frozenset(opposite.accounts)
    shared = _Shared(actions, Cutter(actions, services), accounts)
    mine, theirs = _extent(state, shared), _extent(opposite, shared)
    items = state.inventory if state.has_inventory else {**opposite.inventory, **state.inventory}
    owners = {arn: owner for arn in items if not account_of(arn) and (owner := owner_of(arn, state))}
    universe = Universe(_regions((mine, theirs), (state, opposite), items, services), owners)
    closed = {one.id for one in mine.closed}
    unread = (*state.unread, *_unknown_actions(state, actions))
    return Snapshot(
        system=SYSTEM,
        actions={**CAPABILITIES, **{name: actions.capability(name) for name in _used((mine, theirs))}},
        principals=dict(sorted(mine.subjects.principals.items())),
        groups=dict(sorted(mine.subjects.groups.items())),
        resources=universe.resources(items, closed),
        grants=tuple(dict.fromkeys(_grant(given) for given in mine.given)),
        unread=tuple(dict.fromkeys(unread)),
        coverage=(*state.coverage, *resource_policy_coverage(state)),
    )


def _extent(state: AwsState, shared: _Shared) -> _Extent:
    owners = {account_of(arn) for arn in state.resource_policies} - {"", ANYTHING}
    subjects = Subjects(state, state.own | owners)
    holdings = holdings_of(state, subjects, shared.cutter)
    given: list[Given] = []
    narrow = _Narrowing(state, shared.accounts)
    resource_grants = ResourceGrants(state, subjects, holdings, shared.cutter)
    keys = resource_grants.delegations()
    for holding in holdings.all:
        for piece in holding.pieces:
            if piece.region.arn not in keys:
                given += (Given(holding.subject, own) for own in narrow.own(piece, holding.account))
            given += (Given(holding.subject, own) for own in _below_keys(piece, keys))
    given += resource_grants.run()
    trust = Trust(subjects, holdings, shared.actions)
    for number, account in sorted(state.accounts.items()):
        for name, role in sorted(account.roles.items()):
            _assume(subjects.principals, role_id(number, name), trust.entries(number, role))
    return _Extent(subjects, given, frozenset(Region((arn,)) for arn in keys if not keys[arn].is_whole))


def _assume(principals: dict[str, Principal], id: str, entries: tuple[Entry, ...]) -> None:
    principals[id] = replace(principals[id], assumable_by=entries)


def _below_keys(piece: Piece, keys: Mapping[str, Delegation]) -> Iterator[Piece]:
    """Write out what a piece means for keys whose policies are known: denials, and what a key leaves to identities."""
    if not keys or piece.region.service not in ("kms", ANYTHING):
        return
    for arn, delegation in keys.items():
        key = Region((arn,))
        if not contains(piece.region, key):
            continue
        if not piece.allows:
            yield replace(piece, region=key)
            continue
        for left in delegation.pieces:
            actions = piece.actions & left.actions
            if actions:
                yield replace(piece, actions=actions, region=key, when=piece.when | left.when)


class _Narrowing:
    """Cuts what policies of identities allow down to what their account has."""

    def __init__(self, state: AwsState, accounts: frozenset[str]) -> None:
        """Know the accounts of both sides."""
        self._state = state
        self._several = len(accounts) > 1
        self._known = frozenset(state.accounts)

    def own(self, piece: Piece, account: str) -> Iterator[Piece]:
        """Give what is left of a piece; denials are about requests, whoever has the resource."""
        if not piece.allows:
            yield piece
            return
        if ASSUME_ROLE in piece.actions or piece.actions & ASSUMING:
            yield from self._assuming(piece)
            piece = replace(piece, actions=piece.actions - ASSUMING)
        if piece.actions:
            yield from (self._of_account(one, account) for one in _by_key_policy(piece))

    def _assuming(self, piece: Piece) -> Iterator[Piece]:
        """Leave the roles that are known to their trust policies; of others nobody knows."""
        if piece.region.account not in self._known and ASSUME_ROLE in piece.actions:
            when = piece.when | {"the trust policy of a role elsewhere allows it"}
            yield replace(piece, actions=frozenset({ASSUME_ROLE}), when=when)

    def _of_account(self, piece: Piece, account: str) -> Piece:
        owner = piece.region.account
        if owner in (account, AWS_MANAGED):
            return piece
        arn = piece.region.patterns[0]
        if not owner and is_literal(segment(arn, 5).partition("/")[0]):
            owner = owner_of(arn.partition("/")[0], self._state) or account
        elif owner in ("", ANYTHING):
            return replace(piece, region=replace(piece.region, owner=account)) if self._several else piece
        if owner == account:
            return piece
        return replace(piece, when=piece.when | {f"account {owner} allows it"})


def _by_key_policy(piece: Piece) -> Iterator[Piece]:
    """Tell apart what an identity may do with keys, which the policy of each key decides as well."""
    with_key = frozenset(action for action in piece.actions if action.startswith(_KMS)) - WITHOUT_KEY
    if with_key:
        yield replace(piece, actions=with_key, when=piece.when | {"the key policy leaves it to identity policies"})
    if len(with_key) < len(piece.actions):
        yield replace(piece, actions=piece.actions - with_key)


def _regions(
    extents: Iterable[_Extent], states: Iterable[AwsState], items: Iterable[str], services: Iterable[str]
) -> Iterator[Region]:
    for extent in extents:
        yield from (given.piece.region for given in extent.given)
        yield from extent.closed
    for state in states:
        for arn in state.resource_policies:
            yield from targets_of(arn)
    for service in (*services, OTHER_SERVICES):
        base = region(f"arn:*:{service}:*")
        assert base is not None
        yield base
    for arn in items:
        yield from targets_of(arn)


def _used(extents: Iterable[_Extent]) -> list[str]:
    used: set[str] = set()
    seen: set[int] = set()
    for extent in extents:
        for given in extent.given:
            actions = given.piece.actions
            if id(actions) not in seen:
                seen.add(id(actions))
                used |= actions
    return sorted(used)


def _grant(given: Given) -> Grant:
    piece = given.piece
    return Grant(
        given.subject,
        piece.region.id,
        actions=piece.actions,
        effect=Effect.ALLOW if piece.allows else Effect.DENY,
        when=joined(piece.when),
        source=piece.source,
    )


def _unknown_actions(state: AwsState, actions: Actions) -> Iterator[Problem]:
    """Report what the table does not know and some policy allows, once for each policy that names such actions."""
    if not actions.unknown:
        return
    found: dict[Source, list[str]] = {}
    for statement, _ in statements_of(state):
        named = [text for text in statement.actions if text.lower() in actions.unknown]
        if named and statement.allows and not statement.not_actions:
            found.setdefault(statement.source, []).extend(named)
    for source, names in found.items():
        shown = ", ".join(quoted(name) for name in sorted(set(names))[:_SHOWN])
        more = f" and {len(set(names)) - _SHOWN} more" if len(set(names)) > _SHOWN else ""
        yield Problem(
            f"no action is known for {shown}{more}, which counts as `manage`",
            source,
            f"the table of actions is of {actions.as_of.isoformat()}; is it misspelt, or newer or older than that?",
        )
