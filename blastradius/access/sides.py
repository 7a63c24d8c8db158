"""One side of a comparison: who is in which group and who may become whom, as bitmaps of principal codes.

The steps and names are those of `blastradius.access.reference`, for everybody at once. Groups are solved when
somebody asks about them, each after those that it depends on.
"""

from array import array
from collections.abc import Mapping
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from blastradius.access.conditions import member_of, only_when
from blastradius.access.crowds import NOBODY, Crowd, anybody, both, certain, either, except_for, under
from blastradius.access.facts import components
from blastradius.columns.names import Flags, Ints
from blastradius.columns.tables import UNLISTED, Columns, Edges
from blastradius.model.snapshot import UNLISTED_SUFFIX, unlisted_id


def bitmap(codes: Ints) -> BitMap:
    """Make a bitmap of codes; an array of machine integers is what pyroaring reads fastest."""
    return BitMap(array("I", codes.astype(np.uint32).tobytes()))


class Lists:
    """The entries of one table of lists, looked up by owner.

    Attributes:
        edges: The table.
    """

    def __init__(self, edges: Edges, owners: int) -> None:
        """Index a table.

        Args:
            edges: The table.
            owners: How many owners there are.
        """
        self.edges = edges
        self._starts: list[int] = np.searchsorted(edges.owner, np.arange(owners + 1)).tolist()

    def of(self, owner: int) -> tuple[list[int], list[int]]:
        """Give the entries of one owner and their conditions."""
        start, end = self._starts[owner], self._starts[owner + 1]
        return self.edges.entry[start:end].tolist(), self.edges.when[start:end].tolist()

    def rows(self, owner: int) -> slice:
        """Say which rows are those of one owner."""
        return slice(self._starts[owner], self._starts[owner + 1])


class Side:
    """The subjects of one side, solved.

    Attributes:
        columns: The facts.
        present: Who exists on this side.
        insiders: Those of them who belong to the organisation.
        pseudo: Those of them who are no single account: the outsider and unlisted members.
        unlisted: Unlisted members only.
    """

    def __init__(
        self,
        columns: Columns,
        *,
        other: "Side | None" = None,
        stale: Flags | None = None,
        doubting: frozenset[str] = frozenset(),
    ) -> None:
        """Begin with nothing solved.

        Args:
            columns: The facts of this side, already checked.
            other: A side in the same numbering whose groups may be shared.
            stale: Which groups may have other members than there.
            doubting: Groups narrowed by ``all_of`` of which anybody may be an unlisted member
                (see `blastradius.access.doubts`); SPEC does not count that.
        """
        self.columns = columns
        self._first_group, self._everyone = columns.first_group, columns.everyone
        self._other = other
        self._stale: Flags = np.ones(len(columns.groups.names), np.bool_) if stale is None else stale
        self._doubting = doubting
        principals = columns.principals
        self.present = bitmap(np.flatnonzero(principals.present))
        self.insiders = bitmap(np.flatnonzero(principals.present & ~principals.external))
        self.pseudo = bitmap(np.flatnonzero(principals.present & (principals.kind >= UNLISTED)))
        self.unlisted = bitmap(np.flatnonzero(principals.present & (principals.kind == UNLISTED)))
        self._is_stale: list[bool] = self._stale.tolist()
        self._crowds: dict[int, Crowd] = {}
        self._asked: dict[int, Crowd] = {}
        groups = len(columns.groups.names)
        plain = (columns.members.entry < columns.first_group) & (columns.members.when < 0)
        self._plain = Lists(columns.members.at(np.flatnonzero(plain)), groups)
        self._plain_entries = self._plain.edges.entry.astype(np.uint32)
        self._rest = Lists(columns.members.at(np.flatnonzero(~plain)), groups)
        self._open = BitMap(np.flatnonzero(columns.groups.open & columns.groups.present).tolist())
        self._all_of, self._but_not = Lists(columns.all_of, groups), Lists(columns.but_not, groups)
        self._index_needs()

    def _index_needs(self) -> None:
        """List, for every group, the groups that it depends on."""
        columns = self.columns
        tables = (self._rest.edges, columns.all_of, columns.but_not)
        owner = np.concatenate([table.owner for table in tables])
        entry = np.concatenate([table.entry for table in tables])
        rows = np.flatnonzero((entry >= self._first_group) & (entry < self._everyone))
        rows = rows[np.argsort(owner[rows], kind="stable")]
        self._needed: list[int] = (entry[rows] - self._first_group).tolist()
        ends = np.arange(len(columns.groups.names) + 1)
        self._needs_starts: list[int] = np.searchsorted(owner[rows], ends).tolist()

    # Memberships

    def members(self, subject: int) -> Crowd:
        """Say who a subject stands for: a principal, a group, or a built-in; nobody if it is gone."""
        if subject < self._first_group:
            return certain(BitMap([subject])) if subject >= 0 and subject in self.present else NOBODY
        if subject >= self._everyone:
            return certain(self.insiders if subject == self._everyone else self.present)
        group = subject - self._first_group
        found = self._crowds.get(group)
        if found is None:
            if self._other is not None and not self._is_stale[group]:
                found = self._crowds[group] = self._other.members(subject)
            else:
                self._solve(group)
                found = self._crowds[group]
        return found

    def asked_about(self, subject: int) -> Crowd:
        """Say who a subject stands for where ``all_of``, ``but_not`` or a deny asks."""
        if not self._first_group <= subject < self._everyone:
            return self.members(subject)
        if subject not in self._asked:
            self._asked[subject] = self._or_unlisted(self.members(subject))
        return self._asked[subject]

    def has_unlisted(self, subject: int) -> bool:
        """Tell whether a group has members that nobody lists."""
        is_group = self._first_group <= subject < self._everyone
        return is_group and bool(self.unlisted) and not anybody(self.members(subject)).isdisjoint(self.unlisted)

    def _or_unlisted(self, members: Crowd) -> Crowd:
        """Add that anybody else may be among the unlisted members."""
        crowds = [members]
        for conditions, who in members.items():
            for pseudo in who & self.unlisted:
                group_id = self.columns.principals.names[pseudo].removesuffix(UNLISTED_SUFFIX)
                others = self.present - BitMap([pseudo])
                crowds.append({conditions | {member_of(group_id)}: others})
        return either(crowds) if len(crowds) > 1 else members

    def _solve(self, group: int) -> None:
        """Solve a group, and before it every group it depends on, without recursion: real groups nest deep."""
        waiting = [group]
        opened: set[int] = set()
        while waiting:
            here = waiting[-1]
            needed = [] if here in self._crowds else self._unsolved_needs(here)
            if here in opened and needed:
                # What waits for itself is on a cycle, or above one.
                for component in components([here], self._unsolved_needs):
                    self._solve_together(sorted(component))
                needed = []
            elif needed:
                opened.add(here)
                waiting.extend(needed)
            elif here not in self._crowds:
                self._crowds[here] = self._members_once(here)
            if not needed:
                waiting.pop()

    def _unsolved_needs(self, group: int) -> list[int]:
        start, end = self._needs_starts[group], self._needs_starts[group + 1]
        if start == end:
            return []
        return [other for other in self._needed[start:end] if self._is_stale[other] and other not in self._crowds]

    def _solve_together(self, component: list[int]) -> None:
        if len(component) == 1 and component[0] not in self._unsolved_needs(component[0]):
            self._crowds[component[0]] = self._members_once(component[0])
            return
        for group in component:
            self._crowds[group] = NOBODY
        changed = True
        while changed:
            changed = False
            for group in component:
                now = self._members_once(group)
                changed = changed or now != self._crowds[group]
                self._crowds[group] = now
                self._asked.pop(group + self._first_group, None)

    def _members_once(self, group: int) -> Crowd:
        if group in self._open:
            crowd = certain(self.present)
        else:
            plain = BitMap(array("I", self._plain_entries[self._plain.rows(group)].tobytes()))
            if group in self._unlisted_code:
                plain.add(self._unlisted_code[group])
            entries, whens = self._rest.of(group)
            crowd = certain(plain)
            if entries:
                crowd = either([crowd, *map(self.belonging, entries, whens)])
        if self._doubting and self.columns.groups.names[group] in self._doubting:
            crowd = self._or_unlisted(crowd)
        if len(self._all_of.edges) + len(self._but_not.edges) == 0:
            return crowd
        for subject in self._all_of.of(group)[0]:
            crowd = both(crowd, self.asked_about(subject))
        for subject in self._but_not.of(group)[0]:
            crowd = except_for(crowd, self.asked_about(subject))
        return crowd

    @cached_property
    def _unlisted_code(self) -> Mapping[int, int]:
        """Group to the code of its unlisted members."""
        columns = self.columns
        groups = columns.groups
        return {
            group: columns.principals.names.find(unlisted_id(groups.names[group]))
            for group in np.flatnonzero(groups.unlisted & groups.present).tolist()
        }

    def belonging(self, subject: int, when: int) -> Crowd:
        """Say who an entry of a member list or of an ``assumable_by`` brings in, and when."""
        return self.members(subject) if when < 0 else under(self.members(subject), only_when(self.columns.text(when)))

    # Acting as others

    @cached_property
    def becomers(self) -> Mapping[int, Crowd]:
        """Who may act as whom: a crowd for each principal that others may act as, itself left in."""
        if self._other is not None and not self._acts_otherwise(self._other):
            return self._other.becomers
        doors = self._direct_becomers()
        solved: dict[int, Crowd] = {}
        everywhere = BitMap(doors)

        def needs(door: int) -> BitMap:
            return anybody(doors[door]) & everywhere

        for component in components(sorted(doors), needs):
            for door in component:
                solved[door] = doors[door]
            changed = True
            while changed:
                changed = False
                for door in sorted(component):
                    through = (under(solved[m], c) for c, who in doors[door].items() for m in who & everywhere)
                    grown = either([solved[door], *through])
                    changed = changed or (len(component) > 1 and grown != solved[door])
                    solved[door] = grown
        return {door: solved[door] for door in sorted(doors) if anybody(solved[door]) - BitMap([door])}

    def _acts_otherwise(self, other: "Side") -> bool:
        """Tell whether who may act as whom can differ from the other side."""
        columns, edges = self.columns, self.columns.assumable
        if edges is not other.columns.assumable or columns.rest.same_as != other.columns.rest.same_as:
            return True
        groups = edges.entry[(edges.entry >= columns.first_group) & (edges.entry < columns.everyone)]
        built_in = bool((edges.entry >= columns.everyone).any())
        principals = self.present != other.present or (built_in and self.insiders != other.insiders)
        return principals or bool(self._stale[groups - columns.first_group].any())

    def _direct_becomers(self) -> dict[int, Crowd]:
        columns = self.columns
        direct: dict[int, list[Crowd]] = {}
        edges = columns.assumable
        for door, subject, when in zip(edges.owner.tolist(), edges.entry.tolist(), edges.when.tolist(), strict=True):
            direct.setdefault(door, []).append(self.belonging(subject, when))
        for accounts in columns.rest.same_as:
            together = BitMap(columns.principals.names.find(account) for account in accounts)
            for account in together:
                direct.setdefault(account, []).append(certain(together))
        return {door: either(crowds) for door, crowds in direct.items()}

    @cached_property
    def doors(self) -> BitMap:
        """Everybody whom others may act as."""
        return BitMap(self.becomers)

    def becomers_of(self, identities: BitMap) -> BitMap:
        """Pick whoever may act as one of these, perhaps under a condition."""
        doors = identities & self.doors
        return BitMap.union(BitMap(), *(anybody(self.becomers[door]) for door in doors))

    def doors_of(self, principals: BitMap) -> BitMap:
        """Pick whom these may act as, perhaps under a condition."""
        return BitMap(door for door, crowd in self.becomers.items() if not anybody(crowd).isdisjoint(principals))
