"""Which rules a role really has: its own, or those of the roles it is put together from.

Source: Kubernetes 1.34, `pkg/controller/clusterroleaggregation`.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product

from blastradius.documents import quoted
from blastradius.model.sources import Problem
from blastradius.systems.kubernetes.budget import Budget
from blastradius.systems.kubernetes.default_roles import default_roles
from blastradius.systems.kubernetes.objects import Role, Rule


class Roles:
    """The roles of one side; default roles of an API server are there unless the input states them."""

    def __init__(self, stated: Mapping[tuple[str | None, str], Role], budget: Budget) -> None:
        """Take the roles of the input, by namespace (None for a ClusterRole) and name."""
        self._stated = stated
        self._budget = budget
        self._rules: dict[tuple[str | None, str], tuple[Rule, ...]] = {}
        self.unread: list[Problem] = []

    def rules(self, namespace: str | None, name: str) -> tuple[Rule, ...] | None:
        """Give the rules of a role; None when nobody knows the role.

        What the input leaves open about an aggregated role goes to `unread`, once.
        """
        key = (namespace, name)
        role = self._stated.get(key) or default_roles().get(key)
        if role is None:
            return None
        if key not in self._rules:
            self._rules[key] = role.rules if role.selectors is None else self._aggregated(role)
        return self._rules[key]

    def homes(self, name: str) -> list[str]:
        """Give the namespaces in which a Role of that name stands, sorted."""
        return sorted(self._homes.get(name, ()))

    @cached_property
    def _homes(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for namespace, name in self._stated:
            if namespace is not None:
                found.setdefault(name, []).append(namespace)
        return found

    @cached_property
    def _cluster_roles(self) -> Mapping[str, Role]:
        everything = {**default_roles(), **self._stated}
        return {name: role for (namespace, name), role in everything.items() if namespace is None}

    def _aggregated(self, role: Role) -> tuple[Rule, ...]:
        reached = self._reached_from(role)
        held = [rule for part in reached if part.selectors is None for rule in part.rules]
        if len(reached) == 1 and not role.rules:
            self.unread.append(
                Problem(
                    f"`ClusterRole` {quoted(role.name)} is put together from roles, and none of them is in the input",
                    role.source,
                    "add the roles that its `aggregationRule` selects",
                )
            )
        self._budget.spend(sum(len(rule.verbs) * rule.size for part in reached for rule in part.rules))
        atoms = {atom for rule in held for atom in _atoms(rule)}
        for part in reached:
            # NOTE: the controller writes over the rules of an aggregated role. Stated ones that no selected role
            # has are stale, or their role is missing; they count, and somebody has to look.
            beyond = [rule for rule in part.rules if not atoms.issuperset(_atoms(rule))] if part.selectors else []
            held += beyond
            if beyond:
                self.unread.append(
                    Problem(
                        f"`ClusterRole` {quoted(part.name)} states a rule that none of the roles it selects has",
                        beyond[0].source,
                        "add the role the rule comes from, or remove the rule, which the cluster would write over",
                    )
                )
        return tuple({rule.meaning: rule for rule in reversed(held)}.values())[::-1]

    def _reached_from(self, role: Role) -> list[Role]:
        """Give a role and all that it is put together from, sorted by name."""
        reached, pending = {role.name: role}, [role]
        while pending:
            for selector in pending.pop().selectors or ():
                self._budget.spend(len(self._cluster_roles))
                for name, candidate in self._cluster_roles.items():
                    if name not in reached and selector.matches(candidate.labels):
                        reached[name] = candidate
                        pending.append(candidate)
        return [reached[name] for name in sorted(reached)]


def _atoms(rule: Rule) -> Iterator[tuple[str, ...]]:
    yield from product(rule.verbs, rule.groups, rule.resources, rule.names or ("",))
    yield from product(rule.verbs, rule.urls)
