"""Which classification rule decides for each of very many resources, whose ids are searched as one run of bytes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from blastradius.assess.matching import RuleIndex, shape_fits, value_fits
from blastradius.assess.runs import NameRun
from blastradius.columns.names import Flags, Ints
from blastradius.columns.tables import Codes, Columns, Labels
from blastradius.globs import Glob, compile_glob
from blastradius.model.policy import ClassifyRule, Match

# Asking about so few one by one costs less than preparing a search.
_FEW = 256
_FEW_OF_A_KIND = 32


def rank_type(none: int) -> type[np.signedinteger[Any]]:
    """Choose how ranks are held: in two bytes each, unless a policy has very many classes."""
    return np.int16 if none < np.iinfo(np.int16).max else np.int64


class Rulings:
    """The classification rules of a policy, to be asked about many resources at once."""

    def __init__(self, rules: Sequence[ClassifyRule], rank: Mapping[str, int]) -> None:
        """Order the rules.

        Args:
            rules: The rules of the policy.
            rank: Position of each class, the most sensitive first.
        """
        self._rank = rank
        self._none = len(rank)
        self._index = RuleIndex(rules, rank)
        self._any = bool(rules)
        self._asked = sorted({asked for rule in rules for asked in _asked_of_labels(rule.match)})

    def ranks(self, columns: Columns, rows: Ints) -> Ints:
        """Find the most sensitive class whose rule matches.

        Args:
            columns: What the resources are.
            rows: Codes of resources, ascending and distinct.

        Returns:
            For each of the rows the rank of the class; how many ranks there are where no rule matches.

        Cost: one search through the ids of a kind for each glob that may match some of them.
        """
        resources = columns.resources
        labels = resources.labels if len(rows) == len(resources.labels) else resources.labels[rows]
        sets = columns.interned.label_sets
        found: Ints = np.full(len(rows), self._none, rank_type(self._none))
        if not self._any:
            return found
        if len(rows) <= _FEW:
            names = (resources.names[row] for row in rows.tolist())
            told = (sets[code] for code in labels.tolist())
            found[:] = [self._one(name, each) for name, each in zip(names, told, strict=True)]
            return found
        run = NameRun.of(resources.names, rows)
        alike, examples = self._alike(labels, sets)
        for kind, low, high in run.kinds():
            if high - low <= _FEW_OF_A_KIND:
                each = range(low, high)
                found[low:high] = [self._one(run.text(row), examples[alike[row]]) for row in each]
            else:
                self._judge(run, kind, low, high, alike[low:high], examples, found[low:high])
        return found

    def _one(self, name: str, labels: Labels) -> int:
        ruled = self._index.most_sensitive(name, labels)
        return self._none if ruled is None else self._rank[ruled]

    def _alike(self, labels: Ints, sets: Codes[Labels]) -> tuple[Ints, list[Labels]]:
        """Put labels together of which the rules ask nothing that would tell them apart.

        Returns:
            A small number for each row, and for each number an example of labels.
        """
        if not self._asked:
            return np.zeros(len(labels), np.int8), [()]
        number: dict[tuple[bool, ...], int] = {}
        examples: list[Labels] = []
        numbers = np.zeros(len(sets), np.int32)
        for code in np.flatnonzero(np.bincount(labels, minlength=len(sets))).tolist():
            values = dict(sets[code])
            answers = tuple(label in values and value_fits(values[label], globs) for label, globs in self._asked)
            if answers not in number:
                number[answers] = len(examples)
                examples.append(sets[code])
            numbers[code] = number[answers]
        return numbers[labels], examples

    def _judge(
        self, run: NameRun, kind: str, low: int, high: int, alike: Ints, examples: Sequence[Labels], found: Ints
    ) -> None:
        """Find the ranks of resources of one kind."""
        searched: dict[tuple[Glob, ...], Flags] = {}

        def fitting(globs: tuple[Glob, ...]) -> Flags | bool:
            if globs and globs not in searched:
                searched[globs] = run.fitting(globs, low, high)
            return searched[globs] if globs else True

        def held(match: Match, labels: Labels) -> Flags | bool:
            if not shape_fits(match, (kind, labels)):
                return False
            fits = fitting(tuple(compile_glob(pattern) for pattern in match.ids))
            return fits if match.without is None else _except(fits, held(match.without, labels))

        for number in np.flatnonzero(np.bincount(alike, minlength=len(examples))).tolist():
            labels = examples[number]
            those = alike == number if len(examples) > 1 else None
            # The most sensitive comes last, and what is written last stays.
            for candidate in reversed(self._index.candidates((kind, labels))):
                fits = fitting(candidate.globs)
                if candidate.without is not None:
                    fits = _except(fits, held(candidate.without, labels))
                found[_both(fits, those)] = self._rank[candidate.class_name]


def _asked_of_labels(match: Match) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from match.labels
    if match.without is not None:
        yield from _asked_of_labels(match.without)


def _except(fits: Flags | bool, without: Flags | bool) -> Flags | bool:
    if isinstance(without, bool):
        return False if without else fits
    return fits & ~without


def _both(fits: Flags | bool, those: Flags | None) -> Flags | slice:
    if isinstance(fits, bool):
        everything = slice(None) if those is None else those
        return everything if fits else slice(0)
    return fits if those is None else fits & those
