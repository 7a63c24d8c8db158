"""Which accounts belong to one person or workload, as ``same_as`` says.

Source: SPEC section 2 (acting as).
"""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from blastradius.columns.names import ABSENT, Flags, Ints, Names
from blastradius.columns.pair import Pair


class Together:
    """The accounts that belong to one person or workload.

    Attributes:
        persons: The accounts that count as one, where there are several.
        person: Per principal the first account that it counts with; it itself for most.
        is_counted_with_others: Whether there are others that count as one with it.
    """

    def __init__(self, pair: Pair, listed: Sequence[Flags]) -> None:
        """Join accounts."""
        old, new = pair.before.rest.same_as, pair.after.rest.same_as
        code = _finder(pair.before.principals.names, sum(map(len, old)) + sum(map(len, new)))
        before = _links(old, code)
        joined = [_components([before])] * 2
        linked = joined[0]
        if new != old:
            after = _links(new, code)
            joined, linked = [joined[0], _components([after])], _components([before, after])
        self._linked = linked
        persons = _counted_once(linked, joined, listed) if linked else []
        self.persons = persons
        size = len(listed[0])
        self.person: Ints = np.arange(size, dtype=np.int32)
        self.is_counted_with_others: Flags = np.zeros(size, np.bool_)
        members = [index for accounts in persons for index in accounts]
        self.person[members] = [accounts[0] for accounts in persons for _ in accounts]
        self.is_counted_with_others[members] = True

    def share(self, column: Ints | Flags) -> Ints | Flags:
        """Give all accounts that either side joins the highest value that one of them has, in place."""
        if self._linked:
            members = np.array([index for accounts in self._linked for index in accounts])
            lengths = [len(accounts) for accounts in self._linked]
            starts = np.cumsum([0, *lengths[:-1]])
            column[members] = np.repeat(np.maximum.reduceat(column[members], starts), lengths)
        return column


# Looking up so many ids singly costs more than reading all of them.
_MANY = 2000


def _finder(names: Names, wanted: int) -> Callable[[str], int]:
    """Give the quickest way to look up so many ids."""
    if wanted <= _MANY:
        return names.find
    code = {name: number for number, name in enumerate(names)}
    return lambda name: code.get(name, ABSENT)


def _links(same_as: Iterable[Iterable[str]], code: Callable[[str], int]) -> list[list[int]]:
    """Give the accounts that one side says belong together, in ascending order."""
    return [sorted(found for found in map(code, accounts) if found >= 0) for accounts in same_as]


def _counted_once(
    linked: list[tuple[int, ...]], sides: Sequence[list[tuple[int, ...]]], listed: Sequence[Flags]
) -> list[tuple[int, ...]]:
    """Find the accounts that count as one: those joined on every side on which both of them exist.

    NOTE: a link that only one side has must not lower a count, or a snapshot could join away its own exposure.
    """
    # Whoever a side joins is told by the first of them.
    before, after = ({index: accounts[0] for accounts in joined for index in accounts} for joined in sides)
    persons: dict[tuple[int, int], list[int]] = {}
    visiting: list[tuple[int, bool, int]] = []
    for index in sorted(index for accounts in linked for index in accounts):
        is_old, is_new = (bool(each[index]) for each in listed)
        if is_old and is_new:
            persons.setdefault((before.get(index, index), after.get(index, index)), []).append(index)
        else:
            visiting.append((index, is_new, (after if is_new else before).get(index, index)))
    # The first person that is these accounts on one side.
    hosts: tuple[dict[int, tuple[int, int]], dict[int, tuple[int, int]]] = ({}, {})
    for key in persons:
        for side in (0, 1):
            hosts[side].setdefault(key[side], key)
    for index, is_new, first in visiting:
        # An account that only one side has goes to the first person there that it belongs to.
        host = hosts[is_new].setdefault(first, (ABSENT, first) if is_new else (first, ABSENT))
        persons.setdefault(host, []).append(index)
    return [tuple(sorted(accounts)) for accounts in persons.values() if len(accounts) > 1]


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
