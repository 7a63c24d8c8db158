"""Who stands behind the principals of a delta: people, however many accounts they have, and how much each counts.

Source: SPEC section 2 (acting as, unlisted members) and section 5 (headcount).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from pyroaring import BitMap

from blastradius.access.sides import bitmap
from blastradius.assess.persons import Together
from blastradius.columns.names import Flags, Ints, distinct
from blastradius.columns.pair import Pair
from blastradius.columns.tables import KINDS, OUTSIDE, UNLISTED
from blastradius.model.assessment import Audience
from blastradius.model.delta import Delta, IdSet
from blastradius.model.snapshot import UNLISTED_SUFFIX, PrincipalKind

OUTSIDER_KIND, UNLISTED_KIND, EXTERNAL_KIND = "outsider", "unlisted", "external"
_KIND_NAMES = (*map(str, KINDS), UNLISTED_KIND, OUTSIDER_KIND)
"""What the codes of kinds mean, in the order of `UNLISTED` and `OUTSIDE`."""
# When the accounts of one person weigh the same, this decides what the person is counted as.
_TIE_ORDER = (PrincipalKind.AGENT, PrincipalKind.USER, PrincipalKind.SERVICE, PrincipalKind.ROLE)


@dataclass(frozen=True, slots=True)
class Account:
    """What counts about one principal of the delta.

    Attributes:
        person: Index that all accounts of one person share.
        kind: ``outsider``, ``unlisted``, or the kind that the person is counted as.
        external: True when any account of the person is external on either side; never for the outsider.
        agent: True when any account of the person is an agent.
        weight: Headcount of the whole person.
        crowd: How many unlisted members it stands for, guessed where the group does not say; 0 for anybody else.
        size: The same, as far as the group says.
        guessed: True for unlisted members of whom it is unknown how many there are.
    """

    person: int
    kind: str
    external: bool
    agent: bool
    weight: int
    crowd: int = 0
    size: int = 0
    guessed: bool = False


class People:
    """The principals of a delta: a few columns that tell what each is, made once.

    Attributes:
        unknown_size: How many unlisted members a group counts whose size is unknown.
        outsider: Whether each principal is the outsider.
        is_unlisted: Whether each stands for unlisted members.
        is_external: Whether any account of the person is external on either side; never the outsider.
        is_agent: Whether any account of the person is an agent.
    """

    def __init__(self, delta: Delta, pair: Pair, headcount: Mapping[str, int]) -> None:
        """Tell what everybody is, and join the accounts that belong together.

        Args:
            delta: Its indices are what this class speaks in.
            pair: The facts before and after; it numbers principals as the delta does.
            headcount: Weight per kind of principal and of ``external`` and ``unlisted`` ones.

        Cost: a few passes over the principals, and a step for every account in ``same_as``.
        """
        self._ids = delta.principals
        self._pair = pair
        self._headcount = headcount
        sides = [side.principals for side in (pair.before, pair.after)]
        listed = [side.present & (side.kind < len(KINDS)) for side in sides]
        self.unknown_size = max(headcount[UNLISTED_KIND], *(int(np.count_nonzero(each)) for each in listed))
        rank, by_rank = _heaviness(headcount)
        heaviest = np.maximum(
            *(np.where(there, rank[side.kind], -1) for there, side in zip(listed, sides, strict=True))
        )
        self.outsider: Flags = sides[0].kind == OUTSIDE
        self.is_unlisted: Flags = (heaviest < 0) & ~self.outsider
        pseudo = np.where(self.outsider, OUTSIDE, UNLISTED)
        self._own_kind: Ints = np.where(heaviest < 0, pseudo, by_rank[heaviest])
        agent, external = (np.zeros(len(pseudo), np.bool_) for _ in range(2))
        for there, side in zip(listed, sides, strict=True):
            agent |= there & (side.kind == KINDS.index(PrincipalKind.AGENT))
            external |= side.present & side.external
        self.is_agent: Flags = agent
        self.is_external: Flags = external & ~self.outsider
        together = Together(pair, listed)
        for flags in (self.is_agent, self.is_external):
            together.share(flags)
        self._kind: Ints = np.where(heaviest < 0, pseudo, by_rank[together.share(heaviest)])
        self._persons = together.persons
        self._person = together.person
        self._shared: Flags = together.is_counted_with_others
        self._unlisted_accounts: dict[int, Account] = {}

    def index(self, name: str) -> int | None:
        """Find a principal by its id; None when the delta does not know it."""
        code = self._pair.before.principals.names.find(name)
        return None if code < 0 else code

    def name(self, index: int) -> str:
        """Give the id of a principal."""
        return self._ids[index]

    def account(self, index: int) -> Account:
        """Describe a principal of the delta."""
        if self.is_unlisted[index]:
            return self._unlisted(index)
        kind, external = int(self._kind[index]), bool(self.is_external[index])
        return Account(
            int(self._person[index]),
            _KIND_NAMES[kind],
            external,
            bool(self.is_agent[index]),
            self._weight(kind, external=external),
        )

    def _weight(self, kind: int, *, external: bool) -> int:
        if kind == OUTSIDE:
            return self._headcount[EXTERNAL_KIND]
        own = self._headcount[_KIND_NAMES[kind]]
        return max(own, self._headcount[EXTERNAL_KIND]) if external else own

    def _unlisted(self, index: int) -> Account:
        found = self._unlisted_accounts.get(index)
        if found is None:
            found = self._unlisted_accounts[index] = self._describe_unlisted(index)
        return found

    def _describe_unlisted(self, index: int) -> Account:
        sizes = []
        for groups in (self._pair.before.groups, self._pair.after.groups):
            row = groups.names.find(self._ids[index].removesuffix(UNLISTED_SUFFIX))
            if row >= 0 and groups.present[row] and groups.unlisted[row]:
                sizes.append(int(groups.size[row]))
        external = bool(self.is_external[index])
        # What is not known is held as a negative size.
        crowd = max((self.unknown_size if size < 0 else size for size in sizes), default=self.unknown_size)
        weight = crowd * max(1, self._headcount[EXTERNAL_KIND]) if external else crowd
        return Account(
            index,
            UNLISTED_KIND,
            external,
            agent=False,
            weight=weight,
            crowd=crowd,
            size=max(0, *sizes) if sizes else 0,
            guessed=not sizes or min(sizes) < 0,
        )

    # Counting

    def audience(self, ids: IdSet) -> Audience:
        """Count who is in a set, people with several accounts once.

        Cost: a few passes over the set, and a step for each crowd of unlisted members in it.
        """
        persons = self._once(codes_of(ids))
        external = self.is_external[persons]
        # One number for each kind, inside and outside.
        counts = np.bincount(self._kind[persons] * 2 + external, minlength=2 * len(_KIND_NAMES)).tolist()
        unlisted = [self._unlisted(index) for index in persons[self.is_unlisted[persons]].tolist()]
        headcount = sum(account.weight for account in unlisted)
        of_kind: dict[str, int] = {}
        for kind, name in enumerate(_KIND_NAMES):
            of_kind[name] = counts[2 * kind] + counts[2 * kind + 1]
            if kind != UNLISTED:
                headcount += sum(counts[2 * kind + e] * self._weight(kind, external=bool(e)) for e in (0, 1))
        return Audience(
            total=len(persons),
            user=of_kind[PrincipalKind.USER],
            service=of_kind[PrincipalKind.SERVICE],
            role=of_kind[PrincipalKind.ROLE],
            agent=of_kind[PrincipalKind.AGENT],
            external=int(np.count_nonzero(external)),
            unlisted=of_kind[UNLISTED_KIND],
            outsider=of_kind[OUTSIDER_KIND] > 0,
            headcount=max(1, headcount),
            unlisted_people=sum(account.size for account in unlisted),
            unlisted_unknown=any(account.guessed for account in unlisted),
        )

    def _once(self, codes: Ints) -> Ints:
        """Leave one account of each person."""
        if not self._persons:
            return codes
        shared = self._shared[codes]
        return np.concatenate([codes[~shared], distinct(self._person[codes[shared]])])

    def count(self, ids: IdSet) -> int:
        """Count the distinct people in a set.

        Cost: nothing where nobody has several accounts, else a pass over the set.
        """
        return len(self._once(codes_of(ids))) if self._persons else len(ids)

    def audiences(self, ids: IdSet) -> frozenset[str]:
        """Say which of the audiences that gate rules can name are in a set."""
        codes = codes_of(ids)
        named = (
            (OUTSIDER_KIND, self.outsider),
            (UNLISTED_KIND, self.is_unlisted),
            (EXTERNAL_KIND, self.is_external),
            (str(PrincipalKind.AGENT), self.is_agent),
        )
        return frozenset(name for name, flags in named if flags[codes].any())

    def crowds(self, ids: IdSet) -> dict[int, int]:
        """Say how many people each unlisted pseudo-principal in a set stands for."""
        return {index: self._unlisted(index).crowd for index in self.picked(ids, self.is_unlisted).tolist()}

    def picked(self, ids: IdSet, flags: Flags) -> Ints:
        """Give those in a set of whom something holds, ascending.

        Args:
            ids: The set.
            flags: Whether it holds, for every principal of the delta.
        """
        codes = codes_of(ids)
        return codes[flags[codes]]

    def first_of_each_kind(self, ids: IdSet) -> dict[str, int]:
        """Give the first in a set of each kind of audience: ``external``, or else the kind of the account itself."""
        codes = codes_of(ids)
        kinds = np.where(self.is_external[codes], len(_KIND_NAMES), self._own_kind[codes])
        found = {}
        for kind, name in enumerate((*_KIND_NAMES, EXTERNAL_KIND)):
            these = codes[kinds == kind]
            if these.size:
                found[name] = int(these[0])
        return found

    def heavier_than_one(self, ids: IdSet) -> list[tuple[int, int]]:
        """Give those in a set who count for more than one, ascending, each with the headcount of the whole person."""
        codes = codes_of(ids)
        kinds = range(len(_KIND_NAMES))
        weights = [(self._weight(k, external=bool(e)) if k != UNLISTED else 2) for k in kinds for e in (0, 1)]
        light = np.array([weight <= 1 for weight in weights])
        codes = codes[~light[self._kind[codes] * 2 + self.is_external[codes]]]
        told = ((index, self.account(index).weight) for index in codes.tolist())
        return [(index, weight) for index, weight in told if weight > 1]

    def distinct(self, ids: IdSet) -> IdSet:
        """Name everybody in a set by one index each, the same whichever of their accounts is in the set.

        Returns:
            A set of the same type; the set itself when nobody in it has several accounts.
        """
        if not self._persons:
            return ids
        several = self.picked(ids, self._shared)
        persons = distinct(self._person[several])
        if isinstance(ids, BitMap):
            return (ids - bitmap(several)) | bitmap(persons)
        return (frozenset(ids) - frozenset(several.tolist())) | frozenset(persons.tolist())


def codes_of(ids: IdSet) -> Ints:
    """Give the numbers in a set, ascending."""
    if isinstance(ids, BitMap):
        return np.frombuffer(ids.to_array(), np.uint32)
    return np.array(sorted(ids), np.int64)


def _heaviness(headcount: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Rank the kinds of principals, those who count for most highest.

    Returns:
        The rank of each code of a kind, -1 for those that are nobody's kind; and the code of each rank.
    """
    by_rank = sorted(range(len(KINDS)), key=lambda k: (headcount[KINDS[k]], -_TIE_ORDER.index(KINDS[k])))
    rank = np.full(len(_KIND_NAMES), -1, np.int8)
    rank[by_rank] = np.arange(len(KINDS))
    return rank, np.array(by_rank, np.int8)
