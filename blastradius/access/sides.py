"""One side of a comparison: who is in which group and who may become whom, as bitmaps.

The steps and names are those of `blastradius.access.reference`, for everybody at once.
"""

from collections.abc import Iterable, Mapping

from pyroaring import BitMap

from blastradius.access.conditions import member_of, only_when
from blastradius.access.crowds import NOBODY, Crowd, anybody, both, certain, either, except_for, under
from blastradius.access.facts import membership_order
from blastradius.model.snapshot import (
    EVERYONE,
    OUTSIDER,
    PUBLIC,
    UNLISTED_SUFFIX,
    Entry,
    Group,
    Snapshot,
    is_pseudo,
    unlisted_id,
)


class Principals:
    """Numbers for the principals of both sides, the pseudo-principals included.

    Attributes:
        ids: All ids, sorted; a principal's number is its position.
        number: Id to number.
        pseudo: Numbers of the outsider and of unlisted members.
        unlisted: Numbers of unlisted members only.
    """

    def __init__(self, *snapshots: Snapshot) -> None:
        """Number everybody that any of the snapshots knows."""
        found = {OUTSIDER}
        for snapshot in snapshots:
            found.update(snapshot.principals)
            found.update(unlisted_id(g.id) for g in snapshot.groups.values() if g.unlisted)
        self.ids = tuple(sorted(found))
        self.number: dict[str, int] = {name: i for i, name in enumerate(self.ids)}
        self.pseudo = BitMap(i for i, name in enumerate(self.ids) if is_pseudo(name))
        self.unlisted = self.pseudo - BitMap([self.number[OUTSIDER]])


class Side:
    """The principals of one side, solved.

    Attributes:
        snapshot: The facts.
        principals: The shared numbering.
        present: Numbers of those who exist on this side.
    """

    def __init__(self, snapshot: Snapshot, principals: Principals, *, doubting: frozenset[str] = frozenset()) -> None:
        """Solve memberships and acting-as.

        Args:
            snapshot: The facts of this side, already checked.
            principals: Numbers that cover at least this side.
            doubting: Groups narrowed by ``all_of`` of which anybody may be an unlisted member
                (see `blastradius.access.doubts`); SPEC does not count that.

        Cost: one union per group entry, plus a fixpoint within each cycle of groups.
        """
        self.snapshot = snapshot
        self._doubting = doubting
        self.principals = principals
        number = principals.number
        unlisted = {unlisted_id(g.id): g.external for g in snapshot.groups.values() if g.unlisted}
        insiders = BitMap(number[p.id] for p in snapshot.principals.values() if not p.external)
        insiders |= BitMap(number[name] for name, external in unlisted.items() if not external)
        self.present = BitMap([number[OUTSIDER], *(number[name] for name in (*snapshot.principals, *unlisted))])
        self._crowds: dict[str, Crowd] = {PUBLIC: certain(self.present), EVERYONE: certain(insiders)}
        self._asked: dict[str, Crowd] = {}
        self._solve_membership()
        self.becomers = self._solve_acting()
        self._doors = BitMap(self.becomers)

    def members(self, subject: str) -> Crowd:
        """Say who a subject stands for: a principal, a group, or a built-in; nobody if it is gone."""
        if subject in self._crowds:
            return self._crowds[subject]
        if subject in self.snapshot.principals:
            return certain(BitMap([self.principals.number[subject]]))
        return NOBODY

    def asked_about(self, subject: str) -> Crowd:
        """Say who a subject stands for where ``all_of``, ``but_not`` or a deny asks."""
        if subject not in self._asked:
            members = self.members(subject)
            self._asked[subject] = self._or_unlisted(members) if subject in self.snapshot.groups else members
        return self._asked[subject]

    def _or_unlisted(self, members: Crowd) -> Crowd:
        """Add that anybody else may be among the unlisted members."""
        crowds = [members]
        for conditions, who in members.items():
            for pseudo in who & self.principals.unlisted:
                group_id = self.principals.ids[pseudo].removesuffix(UNLISTED_SUFFIX)
                others = self.present - BitMap([pseudo])
                crowds.append({conditions | {member_of(group_id)}: others})
        return either(crowds) if len(crowds) > 1 else members

    def _solve_membership(self) -> None:
        groups = self.snapshot.groups
        for component in membership_order(groups):
            names = sorted(component)
            for name in names:
                self._crowds[name] = NOBODY
            while True:
                changed = False
                for name in names:
                    now = self._members_once(groups[name])
                    changed = changed or now != self._crowds[name]
                    self._crowds[name] = now
                    self._asked.pop(name, None)
                if not changed or (len(names) == 1 and not _depends_on_itself(groups[names[0]])):
                    break

    def _members_once(self, group: Group) -> Crowd:
        number = self.principals.number
        if group.open:
            crowd = self._crowds[PUBLIC]
        else:
            plain = BitMap(number[e.id] for e in group.members if e.when is None and e.id in self.snapshot.principals)
            if group.unlisted:
                plain.add(number[unlisted_id(group.id)])
            rest = [e for e in group.members if e.when is not None or e.id not in self.snapshot.principals]
            crowd = either([certain(plain), *(self.belonging(e) for e in rest)])
        if group.id in self._doubting:
            crowd = self._or_unlisted(crowd)
        for entry in group.all_of:
            crowd = both(crowd, self.asked_about(entry.id))
        for entry in group.but_not:
            crowd = except_for(crowd, self.asked_about(entry.id))
        return crowd

    def belonging(self, entry: Entry) -> Crowd:
        """Say who an entry of a member list or of an ``assumable_by`` brings in, and when."""
        return under(self.members(entry.id), only_when(entry.when))

    def becomers_of(self, identities: BitMap) -> BitMap:
        """Pick whoever may act as one of these, perhaps under a condition."""
        doors = identities & self._doors
        return BitMap.union(BitMap(), *(anybody(self.becomers[door]) for door in doors))

    def doors_of(self, principals: BitMap) -> BitMap:
        """Pick whom these may act as, perhaps under a condition."""
        return BitMap(door for door, crowd in self.becomers.items() if not anybody(crowd).isdisjoint(principals))

    def _solve_acting(self) -> Mapping[int, Crowd]:
        """Find, for every principal that others may act as, who those are (not itself)."""
        number = self.principals.number
        direct: dict[int, list[Crowd]] = {}
        for principal in self.snapshot.principals.values():
            if principal.assumable_by:
                direct[number[principal.id]] = [self.belonging(e) for e in principal.assumable_by]
        for accounts in self.snapshot.same_as:
            together = BitMap(number[a] for a in accounts)
            for account in together:
                direct.setdefault(account, []).append(certain(together))
        doors = {door: either(crowds) for door, crowds in sorted(direct.items())}
        everywhere = BitMap(doors)
        solved = dict(doors)
        changed = True
        while changed:
            changed = False
            for door, crowd in doors.items():
                grown = either([solved[door], *self._through(crowd, solved, everywhere)])
                if grown != solved[door]:
                    solved[door] = grown
                    changed = True
        return {door: crowd for door, crowd in solved.items() if anybody(crowd) - BitMap([door])}

    @staticmethod
    def _through(crowd: Crowd, solved: Mapping[int, Crowd], doors: BitMap) -> Iterable[Crowd]:
        for conditions, who in crowd.items():
            for middle in who & doors:
                yield under(solved[middle], conditions)


def _depends_on_itself(group: Group) -> bool:
    return any(entry.id == group.id for entry in (*group.members, *group.all_of))
