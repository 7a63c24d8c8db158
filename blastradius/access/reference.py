"""The reference engine: SPEC section 2, written down definition by definition.

It enumerates every (principal, action, resource) and is meant for small snapshots, for tests, and
for users who doubt the fast engine. Nothing here is optimised beyond remembering answers.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TypeVar

from blastradius.access.conditions import (
    ALWAYS,
    GRANTED,
    NEVER,
    Alternatives,
    Way,
    covers,
    member_of,
    minimal,
    negation,
    only_when,
)
from blastradius.access.facts import granted_actions, known_actions, membership_order
from blastradius.model.delta import AccessChange, Delta, Scope, State
from blastradius.model.snapshot import (
    EVERYONE,
    OUTSIDER,
    PUBLIC,
    UNLISTED_SUFFIX,
    Capability,
    Effect,
    Entry,
    Group,
    Snapshot,
    is_pseudo,
    unlisted_id,
)

_Key = TypeVar("_Key")

Members = dict[str, Alternatives]
"""Principal id to the minimal condition sets under which it belongs."""


class Reference:
    """One side of a comparison, answered by the definitions."""

    def __init__(self, snapshot: Snapshot, actions: Iterable[str]) -> None:
        """Prepare one side.

        Args:
            snapshot: The facts of this side.
            actions: Every action that either side knows, for ``*``.
        """
        self.snapshot = snapshot
        self.actions = tuple(actions)
        external = {p.id for p in snapshot.principals.values() if p.external}
        external |= {unlisted_id(g.id) for g in snapshot.groups.values() if g.unlisted and g.external}
        self.principals = sorted(
            {*snapshot.principals, OUTSIDER} | {unlisted_id(g.id) for g in snapshot.groups.values() if g.unlisted}
        )
        always: Alternatives = frozenset({ALWAYS})
        self._members: dict[str, Members] = {
            PUBLIC: dict.fromkeys(self.principals, always),
            EVERYONE: {p: always for p in self.principals if p not in external and p != OUTSIDER},
        }
        self._solve_membership()
        # The answers of these two are asked for again and again; they never change.
        self.identities = cache(self._identities)
        self.ways = cache(self._ways)

    # Membership

    def _solve_membership(self) -> None:
        for component in membership_order(self.snapshot.groups):
            for group_id in component:
                self._members[group_id] = {}
            before: list[Members] | None = None
            while before != (now := [self._members[g] for g in sorted(component)]):
                before = now
                for group_id in sorted(component):
                    self._members[group_id] = self._members_once(self.snapshot.groups[group_id])

    def _members_once(self, group: Group) -> Members:
        listed: dict[str, set[frozenset[str]]] = {p: set() for p in self.principals}
        if group.open:
            listed = {p: {ALWAYS} for p in self.principals}
        for entry in group.members:
            for principal, alternatives in self.belonging(entry).items():
                listed[principal] |= alternatives
        if group.unlisted:
            listed[unlisted_id(group.id)].add(ALWAYS)
        narrowed = {p: self._narrowed(group, p, minimal(sets)) for p, sets in listed.items()}
        return {principal: alternatives for principal, alternatives in narrowed.items() if alternatives}

    def _narrowed(self, group: Group, principal: str, alternatives: Alternatives) -> Alternatives:
        for entry in group.all_of:
            needed = self.asked_about(entry.id).get(principal, NEVER)
            alternatives = minimal(a | n for a in alternatives for n in needed)
        for entry in group.but_not:
            excluded = self.asked_about(entry.id).get(principal, NEVER)
            if ALWAYS in excluded:
                return NEVER
            for conditions in excluded:
                alternatives = minimal(a | {negation(conditions)} for a in alternatives)
        return alternatives

    def belonging(self, entry: Entry) -> Members:
        """Say who an entry of a member list or of an ``assumable_by`` brings in, and when."""
        when = only_when(entry.when)
        if entry.id in self._members:
            return {p: minimal(c | when for c in sets) for p, sets in self._members[entry.id].items()}
        return {entry.id: frozenset({when})}

    def asked_about(self, subject: str) -> Members:
        """Say who is in a subject where ``all_of``, ``but_not`` or a deny asks.

        Whoever is not listed might still be among the unlisted members of a group.
        """
        if subject in self.snapshot.principals:
            return {subject: frozenset({ALWAYS})}
        members = self._members[subject]
        if subject in (EVERYONE, PUBLIC):
            return members
        result: dict[str, set[frozenset[str]]] = {p: set(sets) for p, sets in members.items()}
        for pseudo, sets in members.items():
            if pseudo.endswith(UNLISTED_SUFFIX):
                group_id = pseudo.removesuffix(UNLISTED_SUFFIX)
                for principal in self.principals:
                    if principal != pseudo:
                        result.setdefault(principal, set()).update(s | {member_of(group_id)} for s in sets)
        return {p: minimal(sets) for p, sets in result.items()}

    # Acting as

    def _identities(self, principal: str) -> Members:
        found: dict[str, Alternatives] = {principal: frozenset({ALWAYS})}
        while True:
            grown = dict(found)
            for identity, conditions in found.items():
                for target, step in self._may_act_as(identity).items():
                    joined = {c | s for c in conditions for s in step}
                    grown[target] = minimal(grown.get(target, NEVER) | joined)
            if grown == found:
                return found
            found = grown

    def _may_act_as(self, identity: str) -> Members:
        result: dict[str, Alternatives] = {}
        for target in self.snapshot.principals.values():
            for entry in target.assumable_by:
                sets = self.belonging(entry).get(identity, NEVER)
                if sets:
                    result[target.id] = minimal(result.get(target.id, NEVER) | sets)
        for accounts in self.snapshot.same_as:
            if identity in accounts:
                result.update(dict.fromkeys(accounts, frozenset({ALWAYS})))
        return result

    # Grants

    def ancestors(self, resource: str) -> frozenset[str]:
        """Say on which resources a grant holds here too: anc(r)."""
        found: set[str] = set()
        waiting = [resource]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                node = self.snapshot.resources[name]
                waiting.extend(node.parents if node.inherits else ())
        return frozenset(found)

    def reached(self, identity: str, action: str, resource: str, effect: Effect) -> Alternatives:
        """Say under which condition sets grants of one effect reach an identity: Allow(v), Deny(v)."""
        above = self.ancestors(resource)
        sets: set[frozenset[str]] = set()
        for grant in self.snapshot.grants:
            if grant.effect is not effect or grant.resource not in above:
                continue
            if action not in granted_actions(grant, self.snapshot.roles, self.actions):
                continue
            when = only_when(grant.when)
            if effect is Effect.DENY:
                who = self.asked_about(grant.subject)
            else:
                who = self.belonging(Entry(grant.subject))
            sets |= {c | when for c in who.get(identity, NEVER)}
        return minimal(sets)

    def _ways(self, principal: str, action: str, resource: str) -> frozenset[Way]:
        if principal not in self.principals or resource not in self.snapshot.resources:
            return frozenset()
        ways: set[Way] = set()
        for identity, acting in self.identities(principal).items():
            denials = self.reached(identity, action, resource, Effect.DENY)
            if ALWAYS in denials:
                continue
            allows = self.reached(identity, action, resource, Effect.ALLOW)
            ways |= {(c | i, denials) for c in allows for i in acting}
        return frozenset(ways)

    def state(self, principal: str, action: str, resource: str) -> State:
        """Say whether a principal has an action on a resource."""
        return state_of(self.ways(principal, action, resource))


def state_of(ways: frozenset[Way]) -> State:
    """Say what a set of ways amounts to."""
    if GRANTED in ways:
        return State.GRANTED
    return State.CONDITIONAL if ways else State.NONE


def capability_state(states: Iterable[State]) -> State:
    """Say what the states of a capability's actions amount to together."""
    found = set(states)
    for state in (State.GRANTED, State.CONDITIONAL):
        if state in found:
            return state
    return State.NONE


def access_change(before: Mapping[str, frozenset[Way]], after: Mapping[str, frozenset[Way]]) -> AccessChange | None:
    """Compare one access tuple: the table of SPEC section 2.

    Args:
        before: Action to ways in the baseline, for every action of the capability.
        after: The same in the simulated state.

    Returns:
        What happened, or None when nothing did.
    """
    old = {action: state_of(ways) for action, ways in before.items()}
    new = {action: state_of(ways) for action, ways in after.items()}
    match capability_state(old.values()), capability_state(new.values()):
        case State.NONE, State.GRANTED:
            return AccessChange.GAINED
        case (State.NONE, State.CONDITIONAL) | (State.CONDITIONAL, State.GRANTED):
            return AccessChange.MAYBE_GAINED
        case State.GRANTED, State.NONE:
            return AccessChange.REVOKED
        case (State.GRANTED, State.CONDITIONAL) | (State.CONDITIONAL, State.NONE):
            return AccessChange.MAYBE_REVOKED
        case State.CONDITIONAL, State.CONDITIONAL:
            if any(_uncovered(after[a], before[a]) for a in after):
                return AccessChange.MAYBE_GAINED
            if any(_uncovered(before[a], after[a]) for a in after):
                return AccessChange.MAYBE_REVOKED
        case State.GRANTED, State.GRANTED:
            if any(new[a] is State.GRANTED and old[a] is not State.GRANTED for a in after):
                return AccessChange.WIDENED
        case _:
            pass
    return None


def _uncovered(ways: frozenset[Way], others: frozenset[Way]) -> bool:
    return any(not any(covers(other, way) for other in others) for way in ways)


def compare(baseline: Snapshot, simulated: Snapshot) -> Delta:
    """Compare two states by asking about every tuple.

    Args:
        baseline: The facts before.
        simulated: The facts after.

    Returns:
        The delta, with one scope for each resource on which something changed.

    Cost: principals × actions × resources × grants. For small snapshots only.
    """
    actions = known_actions(baseline, simulated)
    sides = Reference(baseline, actions), Reference(simulated, actions)
    principals = sorted({*sides[0].principals, *sides[1].principals})
    resources = sorted({*baseline.resources, *simulated.resources})
    scopes = (_scope(sides, principals, actions, r, i) for i, r in enumerate(resources))

    def held(side: int, resource: int) -> dict[Capability, frozenset[int]]:
        return _held(sides[side], principals, actions, resources[resource])

    return Delta(tuple(principals), tuple(resources), actions, tuple(s for s in scopes if s is not None), held)


def _held(
    side: Reference, principals: list[str], actions: Mapping[str, Capability], resource: str
) -> dict[Capability, frozenset[int]]:
    found: dict[Capability, set[int]] = {}
    for number, principal in enumerate(principals):
        for action, capability in actions.items():
            if side.ways(principal, action, resource):
                found.setdefault(capability, set()).add(number)
    return _frozen(dict(sorted(found.items())))


def _scope(
    sides: tuple[Reference, Reference],
    principals: list[str],
    actions: Mapping[str, Capability],
    resource: str,
    index: int,
) -> Scope | None:
    by_capability: dict[tuple[AccessChange, Capability], set[int]] = {}
    by_action: dict[tuple[AccessChange, str], set[int]] = {}
    relaxed: dict[str, set[int]] = {}
    for number, principal in enumerate(principals):
        ways = tuple({a: side.ways(principal, a, resource) for a in actions} for side in sides)
        for capability in Capability:
            before, after = ({a: w[a] for a in actions if actions[a] is capability} for w in ways)
            if change := access_change(before, after):
                by_capability.setdefault((change, capability), set()).add(number)
        for action in actions:
            change = access_change({action: ways[0][action]}, {action: ways[1][action]})
            if change:
                by_action.setdefault((change, action), set()).add(number)
            if _is_relaxed(sides, principal, action, resource):
                relaxed.setdefault(action, set()).add(number)
    if not (by_capability or by_action or relaxed):
        return None
    return Scope(
        (index,),
        _frozen(by_capability),
        _frozen(by_action),
        _frozen(relaxed),
    )


def _frozen(sets: Mapping[_Key, set[int]]) -> dict[_Key, frozenset[int]]:
    return {key: frozenset(who) for key, who in sets.items()}


def _is_relaxed(sides: tuple[Reference, Reference], principal: str, action: str, resource: str) -> bool:
    """Tell whether a denial of a listed principal fell where an allowed group has unlisted members."""
    if is_pseudo(principal) or any(
        principal not in side.principals or resource not in side.snapshot.resources for side in sides
    ):
        return False
    old, new = (side.reached(principal, action, resource, Effect.DENY) for side in sides)
    if all(any(d <= denial for d in new) for denial in old):
        return False
    after = sides[1]
    if after.state(principal, action, resource) is State.GRANTED:
        return False
    return any(name.endswith(UNLISTED_SUFFIX) for name in _holders_of_group_grants(after, action, resource))


def _holders_of_group_grants(side: Reference, action: str, resource: str) -> Iterator[str]:
    above = side.ancestors(resource)
    for grant in side.snapshot.grants:
        allows = grant.effect is Effect.ALLOW and grant.resource in above
        if (
            allows
            and grant.subject in side.snapshot.groups
            and action in granted_actions(grant, side.snapshot.roles, side.actions)
        ):
            yield from side.belonging(Entry(grant.subject))
