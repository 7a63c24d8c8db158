"""Grants without their resources: rules, what they name, and which actions no rule tells apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from blastradius.access.facts import known_actions
from blastradius.columns.names import Flags, Ints
from blastradius.columns.pair import Pair
from blastradius.model.snapshot import ANY_ACTION, Capability, Snapshot

AccessList = frozenset[int]
"""Numbers of the rules that hold on a resource."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A grant without its resource: what counts once it is known to hold somewhere.

    Attributes:
        subject: Code of a subject.
        what: Code of (role, actions); which actions that are is a matter of the side.
        deny: True for a denial.
        when: Code of a condition text, negative where it always holds.
    """

    subject: int
    what: int
    deny: bool
    when: int


class Rules:
    """The rules of both sides of a pair.

    Attributes:
        actions: Every action that either side knows, with the higher of its capabilities, sorted by name.
    """

    def __init__(self, pair: Pair) -> None:
        """Begin with none: a rule gets its number when it is first met."""
        self._pair = pair
        self.actions: Mapping[str, Capability] = known_actions(pair.before.rest, pair.after.rest)
        self._numbers: dict[tuple[int, int, bool, int], int] = {}
        self._rules: list[Rule] = []
        self._everything = frozenset(self.actions)
        self._named: dict[tuple[int, int], frozenset[str]] = {}

    def __getitem__(self, number: int) -> Rule:
        return self._rules[number]

    def numbered(self, rows: Ints) -> list[int]:
        """Give the rules of some rows of `Pair.grants`."""
        grants = self._pair.grants
        columns = (grants.subject[rows], grants.what[rows], grants.deny[rows], grants.when[rows])
        return [self._number(fields) for fields in zip(*(column.tolist() for column in columns), strict=True)]

    def _number(self, fields: tuple[int, int, bool, int]) -> int:
        number = self._numbers.get(fields)
        if number is None:
            number = self._numbers[fields] = len(self._rules)
            self._rules.append(Rule(*fields))
        return number

    def named(self, side: int, what: int) -> frozenset[str]:
        """Say which actions a (role, actions) names on a side, with ``*`` written out.

        Args:
            side: 0 for the baseline, 1 for the simulated state.
            what: Code of (role, actions). Of a role that the side does not have, none.
        """
        key = (side, what)
        if key not in self._named:
            self._named[key] = self._find_named((self._pair.before, self._pair.after)[side].rest, what)
        return self._named[key]

    def _find_named(self, rest: Snapshot, what: int) -> frozenset[str]:
        role, actions = self._pair.before.interned.whats[what]
        if role is not None:
            actions = rest.roles[role].actions if role in rest.roles else frozenset()
        return self._everything if ANY_ACTION in actions else actions

    @cached_property
    def redefined(self) -> Flags:
        """Whether each (role, actions) names other actions than before."""
        codes = range(len(self._pair.before.interned.whats))
        return np.array([self.named(0, what) != self.named(1, what) for what in codes], np.bool_)

    def naming(self, side: int, numbers: AccessList, action: str) -> AccessList:
        """Pick the rules that name an action on a side."""
        return frozenset(n for n in numbers if action in self.named(side, self._rules[n].what))


@dataclass(frozen=True, slots=True)
class Conduct:
    """Actions that no rule tells apart: who has one has them all.

    Attributes:
        actions: Sorted; never empty.
        capabilities: Theirs.
    """

    actions: tuple[str, ...]
    capabilities: frozenset[Capability]


def conducts(rules: Rules, whats: Ints) -> tuple[list[Conduct], list[tuple[frozenset[int], frozenset[int]]]]:
    """Sort actions by what names them.

    Args:
        rules: Know the actions.
        whats: The codes of (role, actions) that matter.

    Returns:
        The conducts that any of them names, in the order of their first action; and for each code, up to the
        highest, which conducts it names in the baseline and in the simulated state.
    """
    naming: dict[str, set[tuple[int, int]]] = {}
    for what in whats.tolist():
        for side in (0, 1):
            for action in rules.named(side, what):
                naming.setdefault(action, set()).add((side, what))
    alike: dict[frozenset[tuple[int, int]], list[str]] = {}
    for action in sorted(naming):
        alike.setdefault(frozenset(naming[action]), []).append(action)
    found = [Conduct(tuple(a), frozenset(rules.actions[name] for name in a)) for a in alike.values()]
    size = max(whats.tolist(), default=-1) + 1
    by_what: list[tuple[set[int], set[int]]] = [(set(), set()) for _ in range(size)]
    for number, signature in enumerate(alike):
        for side, what in signature:
            by_what[what][side].add(number)
    return found, [(frozenset(before), frozenset(after)) for before, after in by_what]
