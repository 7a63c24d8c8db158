"""Which class of data every resource belongs to, before and after.

Source: SPEC section 2, class of a resource.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from blastradius.assess.descent import Ground, everything_below, settled_ranks
from blastradius.assess.rulings import Rulings, rank_type
from blastradius.columns.names import ABSENT, Flags, Ints, Names
from blastradius.columns.pair import Pair
from blastradius.columns.tables import Columns
from blastradius.errors import PolicyError, did_you_mean
from blastradius.model.change import AddResource, Change, SetClass
from blastradius.model.policy import UNCLASSIFIED, DataClass, Policy
from blastradius.model.snapshot import Resource
from blastradius.model.sources import Problem, Source

# Part of every digest: another way of classifying must not be taken for this one.
_WAY = "1"


@dataclass(frozen=True, eq=False)
class ResourceClasses:
    """The class of every resource on both sides.

    Attributes:
        known: The classes of the policy, in its order.
        ids: Their ids; a class's code is its position.
        names: The ids of all resources of both sides; a resource's code is its position.
        before: Per resource the code of its class in the baseline, `ABSENT` for what the baseline has not.
        after: The same in the simulated state; the same object when nothing differs.
    """

    known: Mapping[str, DataClass]
    ids: tuple[str, ...]
    names: Names
    before: Ints
    after: Ints

    @cached_property
    def counted(self) -> Ints:
        """Per resource the code of the class a tuple counts in: the more sensitive of before and after.

        Of equally sensitive ones it is the class after; of a resource that one side has, the class there.
        """
        if self.before is self.after:
            return self.after
        rows = np.flatnonzero(self.before != self.after)
        before, after = self.before[rows], self.after[rows]
        # What is absent is less sensitive than anything.
        weight = np.array([*(self.known[name].sensitivity for name in self.ids), -1.0])
        counted = self.after.copy()
        counted[rows] = np.where(weight[before] > weight[after], before, after)
        return counted

    def counted_of(self, code: int) -> str:
        """Name the class a tuple on a resource counts in, given the resource's code."""
        found = int(self.counted[code])
        return UNCLASSIFIED if found < 0 else self.ids[found]

    def class_after(self, name: str) -> str:
        """Name the class of a resource in the simulated state, given the id of one that is there."""
        code = self.names.find(name)
        return UNCLASSIFIED if code < 0 or self.after[code] < 0 else self.ids[int(self.after[code])]

    def counted_in(self, name: str) -> str:
        """Name the class a tuple on a resource counts in, given an id that at least one side has."""
        code = self.names.find(name)
        return UNCLASSIFIED if code < 0 else self.counted_of(code)


def resource_classes(policy: Policy, pair: Pair) -> ResourceClasses:
    """Classify all resources of both sides.

    Args:
        policy: Names the classes and how to recognise them.
        pair: The facts before and after.

    Raises:
        PolicyError: When a resource states a class that the policy does not know; one problem for each such class.

    Cost: a few passes over the resources and a search through their ids, which is left out where the columns carry
    what it found; then only what the change touches, and everything below that.
    """
    check_classes(policy, pair.before, pair.after)
    names = pair.before.resources.names
    before = _stored(policy, pair.before)
    if before is None:
        before = classified(policy, pair.before)
    redone = _to_do_again(pair)
    after = before
    if redone.size:
        scale = _Scale(policy)
        after = before.copy()
        after[redone] = scale.codes(scale.ranks(pair.after, redone, scale.ranks_of(before)))
        after[~pair.after.resources.present] = ABSENT
    return ResourceClasses(policy.classes, tuple(policy.classes), names, before, after)


def classified(policy: Policy, columns: Columns) -> Ints:
    """Classify the resources of one state for which there is no earlier one.

    Args:
        policy: Knows every class that a resource states.
        columns: The facts.

    Returns:
        Per resource the position of its class in the policy; `ABSENT` where it is not present. It depends on nothing
        but the facts and what `rules_digest` stands for.

    Cost: a few passes over the resources, and a search through the ids for each glob of a rule that may match some.
    """
    scale = _Scale(policy)
    everything = np.arange(len(columns.resources.names), dtype=np.int32)
    codes = scale.codes(scale.ranks(columns, everything, None))
    codes[~columns.resources.present] = ABSENT
    return codes


def rules_digest(policy: Policy) -> str:
    """Give a text that changes whenever resources could be classified otherwise."""
    ids = tuple(policy.classes)
    told = (_WAY, ids, tuple(sorted(_ranks(policy.classes).items())), policy.classify)
    return sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()


def _stored(policy: Policy, columns: Columns) -> Ints | None:
    """Give the classes that the columns carry, if they are those of this policy."""
    stored = columns.stored_classes
    fits = stored is not None and stored.digest == rules_digest(policy) and stored.ids == tuple(policy.classes)
    return stored.codes if stored is not None and fits else None


def _to_do_again(pair: Pair) -> Ints:
    """Give the resources whose class may differ between the two sides, ascending."""
    rows = pair.touched.resources
    if not rows.size:
        return rows
    before, after = pair.before.resources, pair.after.resources
    differs = np.zeros(len(rows), np.bool_)
    for name in ("parent", "class_code", "labels", "present"):
        differs |= getattr(before, name)[rows] != getattr(after, name)[rows]
    for side in (pair.before, pair.after):
        differs |= np.isin(rows, side.more_parents.owner)
    seeds = rows[differs]
    return everything_below(pair.after, seeds) if seeds.size else seeds


class _Scale:
    """The classes of a policy by how sensitive they are."""

    def __init__(self, policy: Policy) -> None:
        rank = _ranks(policy.classes)
        self._rank = rank
        self._rulings = Rulings(policy.classify, rank)
        self._none = len(rank)
        self._kind = rank_type(self._none)
        # The last place is for what is absent.
        self._to_rank: Ints = np.array([*(rank[name] for name in policy.classes), self._none], self._kind)
        self._to_code: Ints = np.argsort(self._to_rank[:-1]).astype(self._kind)

    def codes(self, ranks: Ints) -> Ints:
        """Turn ranks into positions in the policy."""
        return self._to_code[ranks]

    def ranks_of(self, codes: Ints) -> Ints:
        """Turn positions in the policy into ranks."""
        return self._to_rank[codes]

    def ranks(self, columns: Columns, rows: Ints, earlier: Ints | None) -> Ints:
        """Find the ranks of some resources.

        Args:
            columns: The state in question.
            rows: Codes of the resources, ascending; every other one is as it was.
            earlier: The ranks in the baseline; None when this is the baseline.
        """
        known = (self._rank.get(name, self._none) for name in columns.interned.classes)
        word: Ints = np.array([*known, self._none], self._kind)
        resources = columns.resources
        own = word[resources.class_code if earlier is None else resources.class_code[rows]]
        settled: Flags = own != self._none
        if earlier is not None:
            settled &= earlier[rows] != self._none
        by_rule = self._rulings.ranks(columns, rows)
        # Whoever is new is at least as sensitive as its rules make it, whatever it says itself.
        local = np.where(settled, own, np.minimum(own, by_rule))
        ground = Ground(columns, rows, local, settled, earlier, self._rank[UNCLASSIFIED], self._none)
        return settled_ranks(ground)


def check_classes(policy: Policy, *sides: Columns) -> None:
    """Refuse classes that the policy does not know.

    Raises:
        PolicyError: With one problem for each unknown class, at the first resource that states it.
    """
    stated: list[tuple[str, str, Source]] = []
    for columns in dict.fromkeys(sides):
        unknown = [code for code, name in enumerate(columns.interned.classes) if name not in policy.classes]
        if unknown:
            resources, places = columns.resources, columns.resources.places
            rows = np.flatnonzero(np.isin(resources.class_code, unknown) & resources.present)
            order = np.lexsort((places.column[rows], places.line[rows], places.file[rows]))
            stated += [
                (
                    columns.interned.classes[int(resources.class_code[row])],
                    resources.names[row],
                    columns.source(places, row),
                )
                for row in rows[order].tolist()
            ]
    _refuse_unknown(policy, stated)


def check_change_classes(policy: Policy, change: Change) -> None:
    """Refuse steps that state a class which the policy does not know, even if a later step states another.

    Raises:
        PolicyError: With one problem for each unknown class, at the first step that states it.
    """
    stated: list[tuple[str, str, Source]] = []
    for step in change.steps:
        match step:
            case SetClass(resource=resource, class_name=name, source=source):
                stated.append((name, resource, source))
            case AddResource(resource=Resource(id=resource, class_name=str(name)), source=source):
                stated.append((name, resource, source))
            case _:
                pass
    _refuse_unknown(policy, stated)


def _refuse_unknown(policy: Policy, stated: Iterable[tuple[str, str, Source]]) -> None:
    unknown: dict[str, list[tuple[str, Source]]] = {}
    for name, resource, source in stated:
        if name not in policy.classes:
            unknown.setdefault(name, []).append((resource, source))
    problems = []
    for name, places in sorted(unknown.items()):
        resource, source = places[0]
        others = len({resource for resource, _ in places}) - 1
        more = f", and so have {others} other resources" if others > 1 else ", and so has another" if others else ""
        message = f"`{resource}` has the class `{name}`, which the policy does not know{more}"
        problems.append(Problem(message, source, did_you_mean(name, policy.classes)))
    if problems:
        raise PolicyError(problems)


def _ranks(classes: Mapping[str, DataClass]) -> dict[str, int]:
    """Order the classes, most sensitive first; of equal ones the one named first in the policy."""
    ordered = sorted(classes.values(), key=lambda c: (-c.sensitivity, c.order))
    return {c.id: position for position, c in enumerate(ordered)}
