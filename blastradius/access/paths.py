"""Paths through one side of a comparison: every chain of facts that gives a principal an action.

The graph searched is made of three kinds of places: acting as somebody, standing in a group as
somebody, and holding the permission on a resource. Its edges are facts of the snapshot.
"""

from collections.abc import Iterable, Iterator, Sequence

from blastradius.access.chains import Chains, Fact, IsChanged, Move, Place
from blastradius.access.conditions import NEVER, Alternatives, Way
from blastradius.access.crowds import alternatives_of
from blastradius.access.indexes import Index
from blastradius.access.nearby import Nearby
from blastradius.access.relations import CONTAINS, MAY_ACT_AS, MEMBER_OF, SAME_PERSON, grant_relation
from blastradius.access.solved import Solved
from blastradius.columns.names import Ints
from blastradius.model.delta import PathStep
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, UNLISTED_SUFFIX, Effect, Entry, Grant
from blastradius.model.sources import Source

NEEDED_FOR = "in all of what is needed for"


class Paths:
    """Searches one side of a comparison.

    Attributes:
        solved: What the engine says about this side.
        nearby: The facts of this side.
    """

    def __init__(self, solved: Solved, nearby: Nearby, other: Nearby) -> None:
        """Take a side; nothing is looked at before it is asked about.

        Args:
            solved: What the engine says about it.
            nearby: Its facts.
            other: The facts of the other side.
        """
        self.solved = solved
        self.nearby = nearby
        self._other = other

    # Facts

    def holds(self, fact: Fact) -> bool:
        """Tell whether a fact is true on this side."""
        nearby = self.nearby
        match fact.kind:
            case "built-in":
                return bool(self.solved.belongs(fact.start, fact.end))
            case "grant":
                subject, _, action = fact.start.partition("\n")
                rows = nearby.grants_on([fact.end], action, Effect.ALLOW, subject)
                return any(nearby.grant(row).when == fact.detail for row in rows.tolist())
            case "contains":
                return fact.start in nearby.passed_on_by(fact.end)
            case "member of":
                if nearby.lists_member(fact.end, Entry(fact.start, fact.detail)):
                    return True
                return nearby.unlisted_in(fact.start) == fact.end
            case "may act as":
                return nearby.lets_act(fact.end, Entry(fact.start, fact.detail))
            case _:
                return any(fact.end in accounts for accounts in nearby.accounts_beside(fact.start))

    def ways(self, principal: str, action: str, resource: str) -> frozenset[Way]:
        """Say in which ways a principal has an action on a resource."""
        number, ways = self.solved.number_of(principal), self.solved.ways(resource, action)
        if number is None or not self.solved.has(number):
            return frozenset()
        return frozenset(way for way, who in ways.by_way.items() if number in who)

    def denials(self, identity: str, action: str, resource: str) -> Alternatives:
        """Say under which condition sets an identity itself is denied: Deny(v)."""
        number, ways = self.solved.number_of(identity), self.solved.ways(resource, action)
        return NEVER if number is None else alternatives_of(ways.denied, number)

    def denying(self, action: str, resource: str) -> Sequence[Grant]:
        """List the deny grants that hold on a resource, in the order of their resources' ids."""
        rows = self.nearby.grants_on(self.nearby.above(resource), action, Effect.DENY)
        return [self.nearby.grant(row) for row in rows.tolist()]

    # Searching

    def search(
        self,
        principal: str,
        action: str,
        resource: str,
        way: Way,
        *,
        is_changed: IsChanged | None = None,
        through_needs: bool = False,
    ) -> tuple[PathStep, ...] | None:
        """Find a shortest chain of facts.

        Args:
            principal: Where the chain begins.
            action: What it must give.
            resource: Where it ends.
            way: What may be assumed: the conditions, and the denials that must not hold.
            is_changed: Tells which facts changed; the chain must then use one of them.
                It is also told the place that the fact leads to.
            through_needs: True to let a chain enter a narrowed group through its ``all_of``.

        Returns:
            The steps, or None when there is no such chain.

        Cost: linear in the groups the principal and its identities are in, and their entries.
        """
        chains = self._explore(principal, action, resource, way, through_needs=through_needs)
        goal = Place("", resource, held=True)
        return chains.shortest(Place(principal, principal), goal, is_changed) if goal in chains else None

    def _explore(self, principal: str, action: str, resource: str, way: Way, *, through_needs: bool) -> Chains:
        chains = Chains()
        above = self.nearby.above(resource)
        rights = _Rights(self.nearby, self.nearby.grants_on(above, action, Effect.ALLOW))
        below = self._below(above)
        waiting = [Place(principal, principal)]
        seen = set(waiting)
        while waiting:
            here = waiting.pop()
            if here.held:
                moves: Iterable[Move] = below.get(here.name, ())
            else:
                moves = [
                    *self._moves(here, way, through_needs=through_needs),
                    *self._granted(here, rights, action, resource, way),
                ]
            for move in moves:
                if move.when is not None and move.when not in way[0]:
                    continue
                chains.add(here, move)
                if move.end not in seen:
                    seen.add(move.end)
                    waiting.append(move.end)
        return chains

    def _moves(self, here: Place, way: Way, *, through_needs: bool) -> Iterator[Move]:
        yield from self._acting(here)
        yield from self._memberships(here, way)
        identity = here.identity
        if here.name == identity:
            for built_in in sorted(BUILT_IN_SUBJECTS):
                if self.solved.belongs(identity, built_in):
                    fact = Fact("built-in", identity, built_in)
                    source = self.nearby.place_of_principal(identity)
                    yield Move(Place(identity, built_in), fact, MEMBER_OF, source)
        entered = self.nearby.open_groups if here.name == identity else frozenset()
        needed = self.nearby.groups_asking_for(here.name) if through_needs else ()
        for group in sorted({*entered, *needed}):
            if self._stands(identity, group, way):
                fact = Fact(NEEDED_FOR, here.name, group)
                yield Move(Place(identity, group), fact, NEEDED_FOR, self.nearby.place_of_group(group))

    def _acting(self, here: Place) -> Iterator[Move]:
        for principal, entry in self.nearby.opened_to(here.name):
            fact = Fact(MAY_ACT_AS, here.name, principal, entry.when)
            yield Move(Place(principal, principal), fact, MAY_ACT_AS, entry.source, entry.when)
        for accounts in self.nearby.accounts_beside(here.name):
            for account in sorted(accounts - {here.name}):
                fact = Fact(SAME_PERSON, here.name, account)
                source = self.nearby.place_of_principal(account)
                yield Move(Place(account, account), fact, SAME_PERSON, source)

    def _memberships(self, here: Place, way: Way) -> Iterator[Move]:
        identity = here.identity
        for group, entry in self.nearby.groups_listing(here.name):
            if self._stands(identity, group, way):
                fact = Fact(MEMBER_OF, here.name, group, entry.when)
                yield Move(Place(identity, group), fact, MEMBER_OF, entry.source, entry.when)
        own = self.nearby.unlisted_in(here.name) if here.name.endswith(UNLISTED_SUFFIX) else None
        if own is not None and self._stands(identity, own, way):
            fact = Fact(MEMBER_OF, identity, own)
            yield Move(Place(identity, own), fact, MEMBER_OF, self.nearby.place_of_group(own))

    def _granted(self, here: Place, rights: "_Rights", action: str, resource: str, way: Way) -> Iterator[Move]:
        grants = rights.of(here.name)
        if grants and self.denials(here.identity, action, resource) == way[1]:
            for grant in grants:
                fact = Fact("grant", f"{grant.subject}\n{action}", grant.resource, grant.when)
                end = Place("", grant.resource, held=True)
                yield Move(end, fact, grant_relation(grant), self._source_of_grant(grant), grant.when)

    def _source_of_grant(self, grant: Grant) -> Source:
        """Name the line that makes a grant what it is: that of its role, where only the role is another one."""
        roles = self.nearby.columns.rest.roles, self._other.columns.rest.roles
        role, before = (its.get(grant.role or "") for its in roles)
        if role is None or before is None or role.actions == before.actions:
            return grant.source
        return role.source if self._other.has_grant(grant) else grant.source

    def _below(self, above: Iterable[str]) -> dict[str, list[Move]]:
        below: dict[str, list[Move]] = {}
        for name in above:
            for parent in self.nearby.passed_on_by(name):
                source = self.nearby.place_of_resource(name)
                move = Move(Place("", name, held=True), Fact("contains", parent, name), CONTAINS, source)
                below.setdefault(parent, []).append(move)
        return below

    def _stands(self, identity: str, group: str, way: Way) -> bool:
        return any(conditions <= way[0] for conditions in self.solved.belongs(identity, group))


class _Rights:
    """Grants of one action that hold on one resource, by whom they name."""

    def __init__(self, nearby: Nearby, rows: Ints) -> None:
        self._nearby = nearby
        self._rows = rows
        self._index = Index(nearby.columns.grants.subject[rows])

    def of(self, subject: str) -> list[Grant]:
        """Make the grants to a subject, in the order of their resources' ids."""
        code = self._nearby.subject(subject)
        return [self._nearby.grant(row) for row in self._rows[self._index.rows(code)].tolist()] if code >= 0 else []
