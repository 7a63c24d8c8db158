"""Who holds a capability over many resources at once: on any of them, or on none at all."""

from collections.abc import Iterable

import numpy as np
from pyroaring import BitMap

from blastradius.access.conditions import ALWAYS
from blastradius.access.crowds import anybody
from blastradius.access.ground import Ground
from blastradius.access.places import Places
from blastradius.access.rules import AccessList
from blastradius.access.scopes import reached_from_above
from blastradius.access.sides import Side
from blastradius.access.ways import Ways
from blastradius.columns.names import Flags, Ints, distinct
from blastradius.model.snapshot import Capability


class Holders:
    """One side of a comparison, asked about many resources."""

    def __init__(self, ground: Ground, side: Side, number: int) -> None:
        """Take one side.

        Args:
            ground: What is written where.
            side: The side, solved.
            number: 0 for the baseline, 1 for the simulated state.
        """
        self._ground, self._side, self._number = ground, side, number
        self._above = ground.cut_above[number]
        self._known: dict[frozenset[frozenset[int]], tuple[Ints, BitMap]] = {}
        self._joins = {cut: above[number] for cut, above in ground.joins}
        self._cut = ground.cut_of(ground.pair.grants.resource)

    def anywhere(self, capability: Capability, resources: Ints) -> BitMap:
        """Join whoever has a capability on any of some resources, perhaps under a condition.

        Args:
            capability: The capability.
            resources: Codes; those that are not on this side do not matter.

        Cost: one look at each grant on or above the resources; where somebody is denied something for sure, also one
        step for each cut at which something is written that concerns them.
        """
        conducts = frozenset(self._conducts(capability))
        known = self._known.get(conducts)
        # Capabilities that the same grants give are mostly asked about together.
        if known is None or known[0] is not resources:
            known = self._known[conducts] = resources, self._anywhere(capability, resources)
        return known[1]

    def _anywhere(self, capability: Capability, resources: Ints) -> BitMap:
        there = self._ground.pair.before if self._number == 0 else self._ground.pair.after
        wanted = self._marked(resources[there.resources.present[resources]])
        naming = self._naming(capability)
        denying = naming & self._ground.pair.grants.deny & (self._ground.pair.grants.when < 0)
        allowing = naming & ~self._ground.pair.grants.deny
        free, bound = wanted.copy(), np.zeros(len(wanted), np.bool_)
        if denying.any():
            bound = wanted & self._below(self._written(denying))
            free &= ~bound
        found = self._reached(self._allowed_over(free, allowing))
        if bound.any():
            subjects = distinct(self._ground.pair.grants.subject[denying & self._over(bound)[self._cut]])
            denied = BitMap.union(BitMap(), *(self._surely(subject) for subject in subjects.tolist()))
            allowed = self._allowed_over(bound, allowing)
            found |= self._reached(allowed - denied)
            left = (allowed & denied) | self._side.becomers_of(allowed & denied)
            if left - found:
                rows = np.flatnonzero(naming & self._over(bound)[self._cut])
                found |= self._exactly(capability, rows, np.flatnonzero(bound), left - found)
        return found

    def nowhere(self, capability: Capability, resources: Ints) -> Ints:
        """Pick, of some resources, those on which nobody has a capability, not even under a condition."""
        naming = self._naming(capability)
        grants = self._ground.pair.grants
        subjects = distinct(grants.subject[naming & ~grants.deny])
        somebody = np.zeros(self._side.columns.public + 1, np.bool_)
        somebody[[subject for subject in subjects.tolist() if self._side.members(subject)]] = True
        open_to = self._below(self._written(naming & ~grants.deny & somebody[grants.subject]))
        unsure = open_to & self._below(self._written(naming & grants.deny))
        cuts = self._ground.cut_of(resources)
        for cut in distinct(cuts[unsure[cuts]]).tolist():
            resource = int(self._ground.cuts[cut])
            open_to[cut] = bool(self._held(capability, self._ground.access_list(self._number, resource)))
        return resources[~open_to[cuts]]

    # Cuts

    def _marked(self, resources: Ints) -> Flags:
        marked = np.zeros(len(self._ground.cuts), np.bool_)
        marked[self._ground.cut_of(resources)] = True
        return marked

    def _written(self, rows: Flags) -> Flags:
        """Say on which cuts some rows are written."""
        written = np.zeros(len(self._ground.cuts), np.bool_)
        written[self._cut[rows]] = True
        return written

    def _below(self, cuts: Flags) -> Flags:
        """Say which cuts are among some, or inherit from one."""
        while True:
            reached = reached_from_above(cuts, self._above)
            joined = [cut for cut, above in self._joins.items() if not reached[cut] and reached[above].any()]
            if not joined:
                return reached
            cuts = reached
            cuts[joined] = True

    def _over(self, cuts: Flags) -> Flags:
        """Say which cuts are among some, or pass their grants on to one."""
        over = cuts.copy()
        fresh: Ints = np.flatnonzero(cuts)
        while fresh.size:
            above = self._above[fresh]
            joined = [each for cut in fresh.tolist() for each in self._joins.get(cut, ())] if self._joins else []
            above = distinct(np.concatenate([above[above >= 0], np.array(joined, np.int64)]))
            fresh = above[~over[above]]
            over[fresh] = True
        return over

    # Rules

    def _naming(self, capability: Capability) -> Flags:
        """Say which rows of `Pair.grants` hold on this side and name some action of a capability."""
        rules, pair = self._ground.rules, self._ground.pair
        actions = {action for action, its in rules.actions.items() if its is capability}
        names = [not actions.isdisjoint(rules.named(self._number, what)) for what in range(len(rules.redefined))]
        return pair.held[self._number] & np.array(names, np.bool_)[pair.grants.what]

    def _allowed_over(self, cuts: Flags, allowing: Flags) -> BitMap:
        """Join everybody whom a row on or above some cuts names."""
        rows = allowing & self._over(cuts)[self._cut] if cuts.any() else np.zeros(len(allowing), np.bool_)
        subjects = distinct(self._ground.pair.grants.subject[rows]).tolist()
        return BitMap.union(BitMap(), *(anybody(self._side.members(subject)) for subject in subjects))

    def _reached(self, identities: BitMap) -> BitMap:
        return identities | self._side.becomers_of(identities)

    def _surely(self, subject: int) -> BitMap:
        return self._side.asked_about(subject).get(ALWAYS, BitMap())

    # One by one

    def _exactly(self, capability: Capability, rows: Ints, cuts: Ints, who: BitMap) -> BitMap:
        """Join those of some people who have a capability on some cuts, looking at each place that can differ."""
        places = Places(self._ground, self._side, self._number, self._conducts(capability), who)
        return places.anywhere(cuts, rows, list(self._joins), self._above)

    def _conducts(self, capability: Capability) -> list[frozenset[int]]:
        """Give, for each way of having a capability, the codes of (role, actions) that name it."""
        return self._naming_alike(capability, range(len(self._ground.rules.redefined)))

    def _naming_alike(self, capability: Capability, codes: Iterable[int]) -> list[frozenset[int]]:
        """Sort the actions of a capability by which of some codes name them; give each set of codes once."""
        rules = self._ground.rules
        codes_of: dict[str, set[int]] = {}
        for code in codes:
            for action in rules.named(self._number, code):
                if rules.actions[action] is capability:
                    codes_of.setdefault(action, set()).add(code)
        return list({frozenset(found) for found in codes_of.values()})

    def _held(self, capability: Capability, access_list: AccessList) -> BitMap:
        rules = self._ground.rules
        found = [rules[number] for number in sorted(access_list)]
        alike = self._naming_alike(capability, sorted({rule.what for rule in found}))
        ways = (Ways(self._side, (rule for rule in found if rule.what in codes)).held for codes in alike)
        return BitMap.union(BitMap(), *ways)
