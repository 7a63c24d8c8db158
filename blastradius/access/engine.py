"""The engine `check` uses: the same answers as the reference, without enumerating pairs.

The steps, in order: facts as columns (`blastradius.columns`), members (`sides`), cuts (`ground`), the affected cone
(`cone`), the nodes in it (`nodes`), their states (`states`, `moves`, `ways`), the walk over them (`walk`), and the
scopes it finds as a tree of differences (`tree`). Cost grows with the grants that can matter, not with principals ×
resources.
"""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from pyroaring import BitMap

from blastradius.access.cone import Affected, taking_in
from blastradius.access.ground import Ground
from blastradius.access.holders import Holders
from blastradius.access.nodes import Nodes, dirty_cuts
from blastradius.access.rules import AccessList, Rules, conducts
from blastradius.access.sides import Side
from blastradius.access.states import States
from blastradius.access.tree import ScopeTree
from blastradius.access.walk import Walk
from blastradius.access.ways import Ways
from blastradius.columns.names import ABSENT, Flags, Ints
from blastradius.columns.pair import Pair, paired
from blastradius.model.delta import Delta, Scope
from blastradius.model.snapshot import Capability, Snapshot


class Comparison:
    """Two sides with everything that is shared between the questions asked about them.

    Attributes:
        pair: Both states; a principal's number is its code there, and so is a resource's.
        actions: Every action that either side knows, with its capability.
        sides: The baseline and the simulated state, solved as far as anybody asked.
    """

    def __init__(self, pair: Pair, *, doubting: frozenset[str] = frozenset()) -> None:
        """Take two states; everything is worked out when somebody asks.

        Args:
            pair: Both states, already checked.
            doubting: See `Side`.
        """
        self.pair = pair
        self.rules = Rules(pair)
        self.actions: Mapping[str, Capability] = self.rules.actions
        before = Side(pair.before, doubting=doubting)
        if pair.after is pair.before:
            after = before
        else:
            after = Side(pair.after, other=before, stale=_stale(pair), doubting=doubting)
        self.sides = (before, after)
        self.ground = Ground(pair, self.rules)
        self._ways: dict[tuple[int, AccessList], Ways] = {}

    # Single questions

    def access_list(self, side: int, resource: int) -> AccessList:
        """Say which rules hold on a resource on a side (0 or 1); nothing if it is not there."""
        return self.ground.access_list(side, resource)

    def ways(self, side: int, access_list: AccessList, action: str) -> Ways:
        """Work out who has an action under an access list.

        Args:
            side: 0 for the baseline, 1 for the simulated state.
            access_list: What holds there.
            action: A known action.
        """
        naming = self.rules.naming(side, access_list, action)
        key = (side, naming)
        if key not in self._ways:
            self._ways[key] = Ways(self.sides[side], (self.rules[number] for number in sorted(naming)))
        return self._ways[key]

    def held(self, side: int, resource: int) -> dict[Capability, BitMap]:
        """Say who has each capability on a resource on a side, perhaps under a condition."""
        access_list = self.access_list(side, resource)
        found: dict[Capability, BitMap] = {}
        for action, capability in self.actions.items():
            who = self.ways(side, access_list, action).held
            if who:
                found[capability] = found[capability] | who if capability in found else who
        return dict(sorted(found.items()))

    def had_anywhere(self, capability: Capability, resources: Ints) -> BitMap:
        """Join whoever had a capability on any of some resources in the baseline, perhaps under a condition."""
        return self._holders[0].anywhere(capability, resources)

    def has_nowhere(self, capability: Capability, resources: Ints) -> Ints:
        """Pick, of some resources, those on which nobody has a capability in the simulated state."""
        return self._holders[1].nowhere(capability, resources)

    @cached_property
    def _holders(self) -> tuple[Holders, Holders]:
        return Holders(self.ground, self.sides[0], 0), Holders(self.ground, self.sides[1], 1)

    # Comparing

    def delta(self) -> Delta:
        """Compare the two sides.

        Returns:
            Only scopes in which something changed, as a `ScopeTree`.

        Cost: a few passes over columns, then one step for each grant in the affected cone that reaches somebody
        whom the change can concern.
        """
        names = self.pair.before
        return Delta(names.principals.names, names.resources.names, self.actions, self._scopes(), self.held)

    @cached_property
    def affected(self) -> Affected:
        """What a change can concern."""
        return Affected(self.pair, self.sides, self.rules)

    def _scopes(self) -> ScopeTree:
        ground, affected = self.ground, self.affected
        resources = len(self.pair.before.resources.names)
        nothing = ScopeTree(np.zeros(0, np.int64), np.full(resources, ABSENT, np.int32), [], _no_scope, self)
        if not affected.dirty_rows.size and not ground.moved.size:
            return nothing
        swapped = set[int]()
        for resource in ground.moved.tolist():
            swapped |= self.access_list(0, resource) ^ self.access_list(1, resource)
        cone = affected.cone(self.rules[number] for number in swapped)
        if not cone.principals:
            return nothing
        whats = np.flatnonzero(np.bincount(self.pair.grants.what))
        states = States(self.sides, self.rules, *conducts(self.rules, whats))
        nodes = Nodes(ground, affected, states, cone, dirty_cuts(ground, affected))
        found = Walk(nodes, states, cone).run()

        def write_out(_: int, at: Ints) -> Scope:
            lists = (self.access_list(side, int(at[0])) for side in (0, 1))
            state = states.of(cone, *lists)
            changed = states.capability_changes(state), states.action_changes(state)
            return Scope(at, *changed, states.relaxed(state))

        scope_of_node = np.array([*found.scope_of, ABSENT], np.int32)
        # A cut outside the cone has the node -1, and with it the last entry.
        by_resource = np.full(resources, ABSENT, np.int32)
        by_resource[ground.cuts] = scope_of_node[nodes.node_of]
        scope_of = by_resource[ground.home]
        return ScopeTree(np.array(found.parent, np.int64), scope_of, found.turns, write_out, self, found.relaxed)


def _stale(pair: Pair) -> Flags:
    """Say which groups may have other members than before."""
    before, after = pair.before, pair.after
    changed = np.zeros(before.public + 1, np.bool_)
    changed[before.first_group + pair.touched.groups] = True
    rows, others = before.principals, after.principals
    if not (np.array_equal(rows.present, others.present) and np.array_equal(rows.external, others.external)):
        # Whoever came or went is in the built-in groups, and may be in every group whose members are left open.
        changed[before.everyone :] = True
        for groups in (before.groups, after.groups):
            changed[before.first_group : before.everyone] |= groups.open | groups.unlisted
    return taking_in(pair, changed)[before.first_group : before.everyone]


def _no_scope(scope: int, resources: Ints) -> Scope:
    raise IndexError(scope, resources)


def compare(baseline: Snapshot, simulated: Snapshot) -> Delta:
    """Compare two states.

    Args:
        baseline: The facts before, already checked.
        simulated: The facts after, already checked.

    Returns:
        Every changed access tuple, grouped; equal to `blastradius.access.reference.compare`.
    """
    return Comparison(paired(baseline, simulated)).delta()
