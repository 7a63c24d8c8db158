"""The question in plain networkx: a node for each person, group and resource, and Python sets.

What one writes first: who is in a group are the nodes below it, what a folder opens are the nodes below it. Only
resources below a changed fact are looked at, and equal access lists are worked out once.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import networkx as nx
import numpy as np
from company import CLASSES, MASKS, Company
from question import CAPABILITIES, GAINED, REVOKED, Answer, Question, insiders, run

Rule = tuple[int, int, int]
"""Whom a grant is for, its role, and whether it denies."""


@dataclass
class State:
    """One side: two graphs, and grants by resource."""

    company: Company
    people: nx.DiGraph
    folders: nx.DiGraph

    @cached_property
    def grants(self) -> dict[int, list[Rule]]:
        """The rules written on each resource."""
        found = defaultdict(list)
        for subject, role, resource, deny in self.company.grants.tolist():
            found[resource].append((subject, role, deny))
        return found

    @cached_property
    def _members(self) -> dict[int, set[int]]:
        return {}

    def members(self, subject: int) -> set[int]:
        """Say who a subject stands for."""
        if subject not in self._members:
            below = {subject, *nx.descendants(self.people, subject)}
            self._members[subject] = {node for node in below if node < self.company.principals}
        return self._members[subject]

    @cached_property
    def becomers(self) -> dict[int, set[int]]:
        """Who may act as each principal that others may act as, at any remove."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.company.acting[:, 0].tolist())
        for target, subject in self.company.acting.tolist():
            graph.add_edges_from((target, member) for member in self.members(subject))
        return {target: nx.descendants(graph, target) for target in set(self.company.acting[:, 0].tolist())}

    def access_list(self, resource: int) -> frozenset[Rule]:
        """Gather the rules that hold on a resource."""
        found = list(self.grants.get(resource, ()))
        for above in nx.ancestors(self.folders, resource):
            found += self.grants.get(above, ())
        return frozenset(found)

    def holders(self, access_list: frozenset[Rule], capability: int) -> set[int]:
        """Say who has a capability under an access list."""
        own: set[int] = set()
        for effect in (0, 1):
            rules = (rule for rule in access_list if rule[2] == effect and MASKS[rule[1]] >> capability & 1)
            who = set().union(*(self.members(subject) for subject, _, _ in rules))
            own = own - who if effect else who
        return own.union(*(self.becomers[target] for target in own & self.becomers.keys()))


def build(question: Question) -> tuple[nx.DiGraph, nx.DiGraph]:
    """Make the two graphs of the state before."""
    return _people(question.before), _folders(question.before)


def _people(company: Company) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(company.everyone + 1))
    graph.add_edges_from(company.members[:, ::-1].tolist())
    graph.add_edges_from((company.everyone, one) for one in insiders(company).tolist())
    return graph


def _folders(company: Company) -> nx.DiGraph:
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(company.parent)))
    below = np.flatnonzero(company.inherits & (company.parent >= 0))
    graph.add_edges_from(zip(company.parent[below].tolist(), below.tolist(), strict=True))
    return graph


def ask(question: Question, built: tuple[nx.DiGraph, nx.DiGraph]) -> Answer:
    """Compare both sides of every resource below a changed fact."""
    before = State(question.before, *built)
    people, folders = built
    if question.after.members is not question.before.members:
        people = people.copy()
        people.add_edges_from(question.after.members[:, ::-1].tolist())
    if question.after.parent is not question.before.parent:
        folders = folders.copy()
        for node in np.flatnonzero(question.after.parent != question.before.parent).tolist():
            folders.remove_edge(int(question.before.parent[node]), node)
            folders.add_edge(int(question.after.parent[node]), node)
    after = State(question.after, people, folders)
    pairs = defaultdict(list)
    for resource in _touched(before, after):
        pairs[before.access_list(resource), after.access_list(resource)].append(resource)
    answer = Answer(len(question.classes), in_full=question.in_full)
    for (old, new), resources in pairs.items():
        _compare(question, answer, resources, (before, old), (after, new))
    return answer


def _compare(
    question: Question,
    answer: Answer,
    resources: list[int],
    old: tuple[State, frozenset[Rule]],
    new: tuple[State, frozenset[Rule]],
) -> None:
    classes = Counter(question.classes[resources].tolist())
    weights = np.array([classes[place] for place in range(len(CLASSES))])
    moved = {}
    for capability in range(len(CAPABILITIES)):
        had, has = old[0].holders(old[1], capability), new[0].holders(new[1], capability)
        for change, who in ((GAINED, has - had), (REVOKED, had - has)):
            answer.add_counts(capability, change, len(who), weights)
            moved[capability, change] = who
    if question.in_full:
        answer.note(resources, moved)


def _touched(before: State, after: State) -> set[int]:
    """Find the resources below a changed fact."""
    roots = set(np.flatnonzero(before.company.parent != after.company.parent).tolist())
    rows = [{tuple(row) for row in state.company.grants.tolist()} for state in (before, after)]
    roots.update(resource for _, _, resource, _ in rows[0] ^ rows[1])
    shifted = _shifted(before, after) if before.people is not after.people else set()
    roots.update(resource for subject, _, resource, _ in rows[0] | rows[1] if subject in shifted)
    found = set(roots)
    for state in (before, after):
        for resource in roots:
            found |= nx.descendants(state.folders, resource)
    return found


def _shifted(before: State, after: State) -> set[int]:
    """Find the subjects that stand for others than before, or for somebody whom others may become now."""
    groups = {group for _, group in _rows(after.company) ^ _rows(before.company)}
    doors = {door for door, who in after.becomers.items() if who != before.becomers[door]}
    return groups | doors | _above(after.people, groups | doors)


def _above(graph: nx.DiGraph, nodes: Iterable[int]) -> set[int]:
    return set().union(*(nx.ancestors(graph, node) for node in nodes))


def _rows(company: Company) -> set[tuple[int, ...]]:
    return {tuple(row) for row in company.members.tolist()}


if __name__ == "__main__":
    run(build, ask)
