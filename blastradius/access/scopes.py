"""Which grants hold on which resource: access lists, shared by all resources that have the same.

A million resources have some thousand access lists, since most inherit; everything that is worked
out is worked out once for each list.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from blastradius.access.facts import granted_actions
from blastradius.model.snapshot import Effect, Resource, Snapshot

AccessList = frozenset[int]
"""Numbers of the rules that hold on a resource (see `Rules`)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A grant without its resource: what counts once it is known to hold somewhere."""

    subject: str
    actions: frozenset[str]
    effect: Effect
    when: str | None


class Rules:
    """Numbers for the distinct rules of both sides."""

    def __init__(self, actions: Iterable[str]) -> None:
        """Start empty.

        Args:
            actions: Every action that either side knows, for ``*``.
        """
        self.all: list[Rule] = []
        self._actions = tuple(actions)
        self._number: dict[Rule, int] = {}

    def of(self, snapshot: Snapshot) -> Mapping[str, AccessList]:
        """Number the grants of a snapshot and collect them by the resource they are written on."""
        own: dict[str, set[int]] = {}
        named: dict[tuple[str | None, frozenset[str]], frozenset[str]] = {}
        for grant in snapshot.grants:
            key = (grant.role, grant.actions)
            if key not in named:
                named[key] = granted_actions(grant, snapshot.roles, self._actions)
            rule = Rule(grant.subject, named[key], grant.effect, grant.when)
            number = self._number.setdefault(rule, len(self.all))
            if number == len(self.all):
                self.all.append(rule)
            own.setdefault(grant.resource, set()).add(number)
        return {resource: frozenset(numbers) for resource, numbers in own.items()}


def access_lists(resources: Mapping[str, Resource], own: Mapping[str, AccessList]) -> Mapping[str, AccessList]:
    """Work out which rules hold on every resource.

    Args:
        resources: All resources of one side; containment has no cycle.
        own: Rules written on each resource itself.

    Returns:
        Resource id to its access list. Equal lists are one object.

    Cost: linear in resources where they inherit from one parent without grants of their own.
    """
    empty: AccessList = frozenset()
    shared: dict[AccessList, AccessList] = {empty: empty}
    found: dict[str, AccessList] = {}
    for name in parents_first(resources):
        resource = resources[name]
        mine = own.get(name, empty)
        above = [found[parent] for parent in resource.parents] if resource.inherits else []
        if len(above) == 1 and mine <= above[0]:
            found[name] = above[0]
            continue
        joined = mine.union(*above)
        found[name] = shared.setdefault(joined, joined)
    return found


def parents_first(resources: Mapping[str, Resource]) -> Iterator[str]:
    """Yield every resource after all its parents, otherwise in the order of the mapping."""
    done: set[str] = set()
    for start in resources:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            if name in done:
                waiting.pop()
                continue
            missing = [p for p in resources[name].parents if p not in done]
            if missing:
                waiting.extend(missing)
            else:
                done.add(name)
                waiting.pop()
                yield name
