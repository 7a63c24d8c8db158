"""Which kinds of things there are, and which of them lie in namespaces."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from blastradius.systems.kubernetes.api_types import known_types
from blastradius.systems.kubernetes.budget import Budget
from blastradius.systems.kubernetes.objects import Cluster
from blastradius.systems.kubernetes.patterns import Kind, kind_of


class Scopes:
    """Where requests about a kind of thing can be made.

    A kind that no table and no definition names is taken to lie in namespaces: most do, and what a
    rule grants on it in a namespace is then shown, not dropped.
    """

    def __init__(self, custom: Iterable[Mapping[Kind, bool]]) -> None:
        """Take, of each side, the kinds that custom resource definitions make, with whether they lie in namespaces."""
        self._namespaced: dict[Kind, bool] = {Kind(*known): flag for known, flag in known_types().items()}
        for definitions in custom:
            for kind, namespaced in definitions.items():
                self._namespaced[kind] = namespaced or self._namespaced.get(kind, False)

    def __iter__(self) -> Iterator[Kind]:
        """Give the kinds of the table and of the definitions."""
        return iter(self._namespaced)

    def in_namespaces(self, kind: Kind) -> bool:
        """Tell whether requests about a kind can be requests about a namespace."""
        exact = self._namespaced.get(kind)
        if exact is None and kind.subresource:
            # A subresource lies where its objects lie.
            exact = self._namespaced.get(Kind(kind.group, kind.resource))
        return exact is not False


def named_kinds(cluster: Cluster, budget: Budget) -> Iterator[Kind]:
    """Give every single kind that a rule of one side names, bound or not."""
    for role in cluster.roles.values():
        for rule in role.rules:
            budget.spend(rule.size)
            for group, resource in product(rule.groups, rule.resources):
                kind = kind_of(group, resource)
                if kind is not None and kind.is_single:
                    yield kind
