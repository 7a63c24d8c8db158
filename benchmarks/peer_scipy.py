"""The question with scipy.sparse: memberships, acting-as and access lists as boolean matrices, multiplied.

Resources with the same pair of access lists (before, after) are one row; lists are told apart by a 64-bit sum along the
folders. Rows go through in blocks, since a list by person can be dense.
"""

from dataclasses import dataclass

import numpy as np
from company import CLASSES, MASKS, Company, Ints
from numpy.typing import NDArray
from question import CAPABILITIES, GAINED, REVOKED, Answer, Question, insiders, run
from scipy import sparse

BLOCK = 512
Matrix = sparse.csr_array


@dataclass(frozen=True, slots=True)
class People:
    """Who stands where on one side.

    Attributes:
        inside: Principals × subjects.
        becomes: Principals × identities, the principal itself among them.
    """

    inside: Matrix
    becomes: Matrix


def build(question: Question) -> None:
    """Nothing: the matrices are made from the columns, and that is part of the question."""
    del question


def ask(question: Question, _built: None) -> Answer:
    """Compare both sides."""
    before, after = question.before, question.after
    old = _people(before)
    new = old if after.members is before.members else _people(after)
    rules, places = np.unique(np.concatenate([before.grants, after.grants]), axis=0, return_inverse=True)
    held = places[: len(before.grants)], places[len(before.grants) :]
    pairs, row_of, first = _pairs(question, held, rules)
    lists = tuple(_lists(side, rules, own, first) for side, own in zip((before, after), held, strict=True))
    shifted, restless = _shifted(old, new, rules)
    differs = np.asarray((lists[0] != lists[1]).sum(axis=1)).ravel() > 0
    reached = (lists[0] + lists[1]) @ shifted.astype(np.int32) > 0
    rows = np.flatnonzero(differs | reached)
    swapped = np.unique((lists[0] != lists[1]).tocoo().col)
    concerned = restless | _reaching(old, rules[swapped]) | _reaching(new, rules[swapped])
    answer = Answer(len(question.classes), in_full=question.in_full)
    members = _sorted_by(row_of, len(pairs)) if question.in_full else None
    people = np.flatnonzero(concerned)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        effects = [
            _effective(one, lists[side][block], rules, people) for side, one in enumerate((old, new))
        ]  # fmt: skip
        _count(answer, effects, pairs[block], block, people, members)
    return answer


def _closure(step: Matrix, start: Matrix) -> Matrix:
    found, front = start, start
    while front.nnz:
        front = (front @ step).astype(np.bool_)
        front = (front > found).tocsr()
        found = (found + front).astype(np.bool_)
    return found


def _people(company: Company) -> People:
    count, subjects = company.principals, company.everyone + 1
    everyone = insiders(company)
    member = np.concatenate([company.members[:, 0], everyone])
    group = np.concatenate([company.members[:, 1], np.full(len(everyone), company.everyone)])
    themselves = sparse.eye_array(count, subjects, dtype=np.bool_, format="csr")
    inside = _closure(_ones(member, group, (subjects, subjects)), themselves)
    doors = _ones(company.acting[:, 1], company.acting[:, 0], (subjects, count))
    return People(inside, _closure((inside @ doors).astype(np.bool_), themselves[:, :count]))


def _ones(row: NDArray[np.integer], column: NDArray[np.integer], shape: tuple[int, int]) -> Matrix:
    matrix = Matrix((np.ones(len(row), dtype=np.bool_), (row, column)), shape=shape)
    matrix.sum_duplicates()
    return matrix.astype(np.bool_)


def _pairs(question: Question, held: tuple[Ints, Ints], rules: Ints) -> tuple[Ints, Ints, Ints]:
    """Number the distinct pairs of access lists: their resources per class, the pair of each resource, one of each."""
    # A rule is who, as what, with which effect; where it stands does not tell lists apart.
    _, kinds = np.unique(rules[:, [0, 1, 3]], axis=0, return_inverse=True)
    marks = np.random.default_rng(0).integers(1, 2**63, kinds.max() + 1, dtype=np.uint64)[kinds]
    sums = [
        _summed(side, marks[own], rules[own, 2])
        for side, own in zip((question.before, question.after), held, strict=True)
    ]
    both = sums[0] * np.uint64(0x9E3779B97F4A7C15) ^ sums[1]
    _, first, row_of = np.unique(both, return_index=True, return_inverse=True)
    weights = np.zeros((len(first), len(CLASSES)), dtype=np.int64)
    np.add.at(weights, (row_of, question.classes), 1)
    return weights, row_of, first


def _summed(company: Company, marks: NDArray[np.uint64], resource: Ints) -> NDArray[np.uint64]:
    own = np.zeros(len(company.parent), dtype=np.uint64)
    np.add.at(own, resource, marks)
    inherits = company.inherits & (company.parent >= 0)
    found = own
    while True:
        further = own + np.where(inherits, found[company.parent], np.uint64(0))
        if np.array_equal(further, found):
            return found
        found = further


def _lists(company: Company, rules: Ints, own: Ints, resources: Ints) -> Matrix:
    """Rows of chosen resources × rules that hold there."""
    count = len(company.parent)
    here = _ones(rules[own, 2], own, (count, len(rules)))
    below = np.flatnonzero(company.inherits & (company.parent >= 0))
    up = _ones(below, company.parent[below], (count, count))
    above = _closure(up, _ones(np.arange(len(resources)), resources, (len(resources), count)))
    return (above @ here).astype(np.bool_)


def _shifted(old: People, new: People, rules: Ints) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the rules that reach others than before, and the people who do."""
    count = old.inside.shape[0]
    concerned, doors = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int32)
    if old is new:
        return np.zeros(len(rules), dtype=np.bool_), concerned
    inside, becomes = (old.inside != new.inside).tocoo(), (old.becomes != new.becomes).tocoo()
    concerned[becomes.row] = True
    restless = np.zeros(count, dtype=np.int32)
    restless[inside.row] = 1
    concerned |= (old.becomes @ restless > 0) | (new.becomes @ restless > 0)
    doors[becomes.col] = 1
    subjects = (old.inside.T @ doors > 0) | (new.inside.T @ doors > 0)
    subjects[inside.col] = True
    return subjects[rules[:, 0]], concerned


def _reaching(people: People, rules: Ints) -> NDArray[np.bool_]:
    """Find whoever is named by one of these rules, or may act as somebody who is."""
    subjects = np.zeros(people.inside.shape[1], dtype=np.int32)
    subjects[rules[:, 0]] = 1
    return people.becomes @ (people.inside @ subjects > 0).astype(np.int32) > 0


def _effective(people: People, lists: Matrix, rules: Ints, concerned: Ints) -> list[Matrix]:
    """Say per capability who of the concerned has it under each list."""
    becomes = people.becomes[concerned]
    identities = np.unique(becomes.indices)
    inside, becomes = people.inside[identities].T.tocsr(), becomes[:, identities].T.tocsr()
    found = []
    for capability in range(len(CAPABILITIES)):
        own = None
        for effect in (0, 1):
            chosen = np.flatnonzero((rules[:, 3] == effect) & (MASKS[rules[:, 1]] >> capability & 1 == 1))
            subjects = _ones(np.arange(len(chosen)), rules[chosen, 0], (len(chosen), inside.shape[0]))
            who = (lists[:, chosen] @ subjects).astype(np.bool_) @ inside
            own = who.astype(np.bool_) if own is None else own > who.astype(np.bool_)
        found.append((own.tocsr() @ becomes).astype(np.bool_))
    return found


def _count(
    answer: Answer, effects: list[list[Matrix]], weights: Ints, block: Ints, people: Ints, members: list[Ints] | None
) -> None:  # fmt: skip
    moved: dict[tuple[int, int], Matrix] = {}
    for capability, (had, has) in enumerate(zip(*effects, strict=True)):
        for change, who in ((GAINED, has > had), (REVOKED, had > has)):
            moved[capability, change] = who.tocsr()
            answer.counts[:, capability, change] += np.diff(moved[capability, change].indptr) @ weights
    if members is not None:
        for row, pair in enumerate(block):
            rows = {key: people[who.indices[who.indptr[row] : who.indptr[row + 1]]] for key, who in moved.items()}
            answer.note(members[pair], rows)


def _sorted_by(row_of: Ints, count: int) -> list[Ints]:
    order = np.argsort(row_of, kind="stable")
    return np.split(order, np.searchsorted(row_of[order], np.arange(1, count)))


if __name__ == "__main__":
    run(build, ask)
