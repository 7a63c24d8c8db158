"""Who stands behind the principals of a delta: people, however many accounts they have, and how much each counts.

Source: SPEC section 2 (acting as, unlisted members) and section 5 (headcount).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from blastradius.model.assessment import AUDIENCES, Audience
from blastradius.model.delta import Delta, IdSet
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Principal, PrincipalKind, Snapshot

OUTSIDER_KIND, UNLISTED_KIND, EXTERNAL_KIND = "outsider", "unlisted", "external"
# When the accounts of one person weigh the same, this decides what the person is counted as.
_TIE_ORDER = (PrincipalKind.AGENT, PrincipalKind.USER, PrincipalKind.SERVICE, PrincipalKind.ROLE)


@dataclass(frozen=True, slots=True)
class Account:
    """What counts about one principal of the delta.

    Attributes:
        person: Index that all accounts of one person share.
        kind: ``outsider``, ``unlisted``, or the kind that the person is counted as.
        own_kind: The kind of the account itself.
        external: True when any account of the person is external on either side; never for the outsider.
        agent: True when any account of the person is an agent.
        weight: Headcount of the whole person.
        crowd: How many unlisted members it stands for, guessed where the group does not say; 0 for anybody else.
        size: The same, as far as the group says.
        guessed: True for unlisted members of whom it is unknown how many there are.
    """

    person: int
    kind: str
    own_kind: str
    external: bool
    agent: bool
    weight: int
    crowd: int = 0
    size: int = 0
    guessed: bool = False


class People:
    """The principals of a delta, looked up when somebody asks and then remembered.

    Attributes:
        unknown_size: How many unlisted members a group counts whose size is unknown.
    """

    def __init__(self, delta: Delta, baseline: Snapshot, simulated: Snapshot, headcount: Mapping[str, int]) -> None:
        """Join the accounts that belong together.

        Args:
            delta: Its indices are what this class speaks in.
            baseline: The facts before.
            simulated: The facts after.
            headcount: Weight per kind of principal and of ``external`` and ``unlisted`` ones.

        Cost: linear in ``same_as``; everything else is looked up later.
        """
        self._ids = delta.principals
        self._sides = (baseline, simulated)
        self._headcount = headcount
        listed = max(len(baseline.principals), len(simulated.principals))
        self.unknown_size = max(headcount[UNLISTED_KIND], listed)
        self._accounts: dict[int, Account] = {}
        linked = _components(self._links(side) for side in self._sides)
        self._linked = {index: accounts for accounts in linked for index in accounts}
        self._persons = self._counted_once()
        self._together = {index: accounts for accounts in self._persons for index in accounts}

    def _links(self, side: Snapshot) -> Iterator[list[int]]:
        """Give the accounts that one side says belong together, in ascending order."""
        for accounts in side.same_as:
            indices = (self.index(account) for account in accounts)
            yield sorted(index for index in indices if index is not None)

    def _counted_once(self) -> list[tuple[int, ...]]:
        """Find the accounts that count as one: those joined on every side on which both of them exist.

        NOTE: a link that only one side has must not lower a count, or a snapshot could join away its own exposure.
        """
        before, after = ({i: c for c in _components([self._links(side)]) for i in c} for side in self._sides)
        persons: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}
        visiting: list[tuple[int, bool, tuple[int, ...]]] = []
        for index in sorted(self._linked):
            is_old, is_new = (self._ids[index] in side.principals for side in self._sides)
            if is_old and is_new:
                persons.setdefault((before.get(index, (index,)), after.get(index, (index,))), []).append(index)
            else:
                visiting.append((index, is_new, (after if is_new else before).get(index, (index,))))
        for index, is_new, accounts in visiting:
            # An account that only one side has goes to the first person there that it belongs to.
            host = next(
                (key for key in persons if key[is_new] == accounts), ((), accounts) if is_new else (accounts, ())
            )
            persons.setdefault(host, []).append(index)
        return [tuple(sorted(accounts)) for accounts in persons.values() if len(accounts) > 1]

    def index(self, name: str) -> int | None:
        """Find a principal by its id; None when the delta does not know it."""
        at = bisect_left(self._ids, name)
        return at if at < len(self._ids) and self._ids[at] == name else None

    def name(self, index: int) -> str:
        """Give the id of a principal."""
        return self._ids[index]

    def account(self, index: int) -> Account:
        """Describe a principal of the delta."""
        found = self._accounts.get(index)
        if found is None:
            found = self._accounts[index] = self._describe(index)
        return found

    def _describe(self, index: int) -> Account:
        name = self._ids[index]
        if name == OUTSIDER:
            weight = self._headcount[EXTERNAL_KIND]
            return Account(index, OUTSIDER_KIND, OUTSIDER_KIND, external=False, agent=False, weight=weight)
        if name.endswith(UNLISTED_SUFFIX):
            return self._describe_unlisted(index, name.removesuffix(UNLISTED_SUFFIX))
        accounts = self._linked.get(index, (index,))
        listed = [principal for account in accounts for principal in self._listed(account)]
        kind = self._heaviest(listed)
        weight = self._headcount[kind]
        external = any(principal.external for principal in listed)
        if external:
            weight = max(weight, self._headcount[EXTERNAL_KIND])
        own = kind if len(accounts) == 1 else self._heaviest(self._listed(index))
        agent = any(principal.kind is PrincipalKind.AGENT for principal in listed)
        return Account(self._together.get(index, (index,))[0], str(kind), str(own), external, agent, weight)

    def _listed(self, index: int) -> list[Principal]:
        """Give a principal as each side has it, once when both have the same."""
        before, after = (side.principals.get(self._ids[index]) for side in self._sides)
        if before is after or before is None:
            return [] if after is None else [after]
        return [before] if after is None else [before, after]

    def _heaviest(self, listed: list[Principal]) -> PrincipalKind:
        if len(listed) == 1:
            return listed[0].kind
        kinds = {principal.kind for principal in listed}
        return max(kinds, key=lambda kind: (self._headcount[kind], -_TIE_ORDER.index(kind)))

    def _describe_unlisted(self, index: int, group_id: str) -> Account:
        groups = [side.groups[group_id] for side in self._sides if group_id in side.groups]
        sizes = [g.size for g in groups if g.unlisted]
        external = any(g.external for g in groups if g.unlisted)
        crowd = max((self.unknown_size if size is None else size for size in sizes), default=self.unknown_size)
        weight = crowd * max(1, self._headcount[EXTERNAL_KIND]) if external else crowd
        guessed = not sizes or None in sizes
        return Account(
            index,
            UNLISTED_KIND,
            UNLISTED_KIND,
            external,
            agent=False,
            weight=weight,
            crowd=crowd,
            size=max((size for size in sizes if size is not None), default=0),
            guessed=guessed,
        )

    # Counting

    def audience(self, ids: IdSet) -> Audience:
        """Count who is in a set, people with several accounts once.

        Cost: linear in the set.
        """
        counts = dict.fromkeys((OUTSIDER_KIND, UNLISTED_KIND, *map(str, PrincipalKind)), 0)
        external = headcount = unlisted_people = 0
        guessed = False
        seen: set[int] = set()
        for index in ids:
            account = self.account(index)
            if index in self._together:
                if account.person in seen:
                    continue
                seen.add(account.person)
            counts[account.kind] += 1
            external += account.external
            headcount += account.weight
            unlisted_people += account.size
            guessed = guessed or account.guessed
        return Audience(
            total=sum(counts.values()),
            user=counts[PrincipalKind.USER],
            service=counts[PrincipalKind.SERVICE],
            role=counts[PrincipalKind.ROLE],
            agent=counts[PrincipalKind.AGENT],
            external=external,
            unlisted=counts[UNLISTED_KIND],
            outsider=counts[OUTSIDER_KIND] > 0,
            headcount=max(1, headcount),
            unlisted_people=unlisted_people,
            unlisted_unknown=guessed,
        )

    def count(self, ids: IdSet) -> int:
        """Count the distinct people in a set.

        Cost: linear in the accounts that share a person with another, however large the set is.
        """
        return len(ids) - sum(max(0, sum(i in ids for i in accounts) - 1) for accounts in self._persons)

    def audiences(self, ids: IdSet) -> frozenset[str]:
        """Say which of the audiences that gate rules can name are in a set."""
        found: set[str] = set()
        for index in ids:
            account = self.account(index)
            if account.kind in (OUTSIDER_KIND, UNLISTED_KIND):
                found.add(account.kind)
            if account.external:
                found.add(EXTERNAL_KIND)
            if account.agent:
                found.add(str(PrincipalKind.AGENT))
            if len(found) == len(AUDIENCES):
                break
        return frozenset(found)

    def crowds(self, ids: IdSet) -> dict[int, int]:
        """Say how many people each unlisted pseudo-principal in a set stands for."""
        accounts = ((index, self.account(index)) for index in ids)
        return {index: account.crowd for index, account in accounts if account.kind == UNLISTED_KIND}

    def distinct(self, ids: IdSet) -> IdSet:
        """Name everybody in a set by one index each, the same whichever of their accounts is in the set.

        Returns:
            The set itself when nobody has several accounts, else a frozenset: of one type for the whole delta.
        """
        if not self._together:
            return ids
        return frozenset(self._together[i][0] if i in self._together else i for i in ids)


def _components(links: Iterable[Iterable[list[int]]]) -> list[tuple[int, ...]]:
    """Join lists that share a number; each result is in ascending order and holds more than one number."""
    owner: dict[int, int] = {}

    def root(index: int) -> int:
        while owner.setdefault(index, index) != index:
            owner[index] = owner[owner[index]]
            index = owner[index]
        return index

    for first, *others in (numbers for side in links for numbers in side if numbers):
        for other in others:
            low, high = sorted((root(first), root(other)))
            owner[high] = low
    groups: dict[int, list[int]] = {}
    for index in sorted(owner):
        groups.setdefault(root(index), []).append(index)
    return [tuple(group) for group in groups.values() if len(group) > 1]
