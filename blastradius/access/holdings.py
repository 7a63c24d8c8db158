"""Everything that one principal has on one side, resource by resource."""

from collections.abc import Iterable, Iterator

import numpy as np
from pyroaring import BitMap

from blastradius.access.cone import taking_in
from blastradius.access.engine import Comparison
from blastradius.access.rules import AccessList
from blastradius.access.scopes import nearest
from blastradius.access.ways import Cone, Ways
from blastradius.columns.names import Flags, Ints
from blastradius.columns.tables import UNLISTED
from blastradius.model.delta import State
from blastradius.model.snapshot import UNLISTED_SUFFIX, Capability

Held = tuple[tuple[Capability, State], ...]
"""The capabilities held somewhere, ascending, and how surely."""

_CHUNK = 65_536


class Holdings:
    """What a principal has: only grants that can concern it are looked at.

    Resources below the same such grants are told apart by nothing, so the answer is worked out once for all of them.
    """

    def __init__(self, comparison: Comparison, side: int, principal: int) -> None:
        """Ask about somebody.

        Args:
            comparison: Both sides.
            side: 0 for the baseline, 1 for the simulated state.
            principal: The code of a principal of either side.
        """
        self._comparison = comparison
        self._number = side
        self._side = comparison.sides[side]
        self._containment = comparison.ground.containment[side]
        who = BitMap([principal])
        self._cone = Cone(who, who | self._side.doors_of(who))
        self._ways: dict[AccessList, Ways] = {}

    def __iter__(self) -> Iterator[tuple[str, Held]]:
        """Yield resources on which something is held, sorted.

        Cost: a few passes over columns of numbers, then one step for each grant that can concern the principal and
        for each resource yielded.
        """
        rows = self._rows()
        stops = self._stops(rows)
        stop_of = nearest(self._containment.up, stops)
        present = self._side.columns.resources.present
        is_stop = np.zeros(len(present), np.bool_)
        is_stop[stop_of] = True
        answers, number = self._answers(np.flatnonzero(is_stop & present), rows)
        names = self._side.columns.resources.names
        for start in range(0, len(names), _CHUNK):
            here = number[stop_of[start : start + _CHUNK]] * present[start : start + _CHUNK]
            found = np.flatnonzero(here)
            if found.size:
                texts = names[start : start + _CHUNK]
                yield from ((texts[at], answers[here[at]]) for at in found.tolist())

    def _rows(self) -> Ints:
        """Pick the grants that can concern the principal: allows of whom it may be, and denials it may be meant by."""
        pair, side = self._comparison.pair, self._side
        grants, held = pair.grants, pair.held[self._number]
        columns = side.columns
        listed = {columns.subject(name) for name in map(self._group_of, self._cone.identities) if name}
        identities = {*self._cone.identities, *listed}
        # Anybody may be one of the members that a group does not list.
        open_to_all = np.flatnonzero(columns.groups.unlisted) + columns.first_group
        own, maybe = self._taken_in(identities), self._taken_in({*identities, *open_to_all.tolist()})
        return np.flatnonzero(held & np.where(grants.deny, maybe[grants.subject], own[grants.subject]))

    def _group_of(self, principal: int) -> str:
        """Name the group whose unlisted members a principal stands for; empty for anybody else."""
        principals = self._side.columns.principals
        is_unlisted = principals.kind[principal] == UNLISTED
        return principals.names[principal].removesuffix(UNLISTED_SUFFIX) if is_unlisted else ""

    def _taken_in(self, subjects: Iterable[int]) -> Flags:
        """Say which subjects these may belong to; more than they do where groups are narrowed."""
        columns = self._side.columns
        open_groups = np.flatnonzero(columns.groups.open) + columns.first_group
        seeds = [*subjects, *open_groups.tolist(), columns.everyone, columns.public]
        flags = np.zeros(columns.public + 1, np.bool_)
        flags[seeds] = True
        return taking_in(self._comparison.pair, flags)

    def _stops(self, rows: Ints) -> Flags:
        stops = np.zeros(len(self._containment.up), np.bool_)
        stops[self._comparison.pair.grants.resource[rows]] = True
        return stops

    def _answers(self, stops: Ints, rows: Ints) -> tuple[list[Held], Ints]:
        """Work out what is held at the stops.

        Returns:
            The distinct answers, of which the first is nothing; and which one it is at each resource that is a stop.
        """
        resource_of = self._comparison.pair.grants.resource[rows]
        order = np.argsort(resource_of, kind="stable")
        rows, resource_of = rows[order], resource_of[order]
        rules: dict[int, set[int]] = {}
        for resource, rule in zip(resource_of.tolist(), self._comparison.rules.numbered(rows), strict=True):
            rules.setdefault(resource, set()).add(rule)
        answers: list[Held] = [()]
        known: dict[AccessList, int] = {}
        number = np.zeros(len(self._containment.up), np.int32)
        for stop in stops.tolist():
            access_list = frozenset[int]().union(
                *(rules[above] for above in self._containment.at_or_above(stop) if above in rules)
            )
            if access_list not in known:
                held = self._held(access_list)
                known[access_list] = len(answers) if held else 0
                if held:
                    answers.append(held)
            number[stop] = known[access_list]
        return answers, number

    def _held(self, access_list: AccessList) -> Held:
        rules = self._comparison.rules
        held: dict[Capability, State] = {}
        for action, capability in self._comparison.actions.items():
            naming = rules.naming(self._number, access_list, action)
            if naming not in self._ways:
                self._ways[naming] = Ways(self._side, (rules[number] for number in sorted(naming)), self._cone)
            ways = self._ways[naming]
            if ways.granted:
                held[capability] = State.GRANTED
            elif ways.held:
                held.setdefault(capability, State.CONDITIONAL)
        return tuple(sorted(held.items()))
