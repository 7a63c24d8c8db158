"""What the bindings of one side grant: on which sets of requests, to whom, by which rule."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from blastradius.documents import quoted
from blastradius.model.snapshot import ANY_ACTION, Capability
from blastradius.model.sources import Problem, Source
from blastradius.systems.kubernetes.budget import Budget
from blastradius.systems.kubernetes.names import UNSET_NAMESPACE, role_id
from blastradius.systems.kubernetes.objects import Binding, Cluster, Rule
from blastradius.systems.kubernetes.patterns import (
    ANY,
    EVERY_URL,
    EVERYTHING,
    Pattern,
    UrlPattern,
    kind_of,
    object_name,
    url_pattern,
)
from blastradius.systems.kubernetes.roles import Roles
from blastradius.systems.kubernetes.scopes import Scopes
from blastradius.systems.kubernetes.verbs import actions_of, is_known

_NAMELESS = frozenset({"list", "watch", "create", "deletecollection"})
"""Verbs of requests that name no object."""


class RoleInPlace(NamedTuple):
    """A role as it is bound somewhere: in one namespace, or everywhere.

    Attributes:
        namespace: Token of the namespace, or `ANY`.
    """

    is_cluster_role: bool
    namespace: str
    name: str

    @property
    def id(self) -> str:
        """The id of the group of those who have it."""
        return role_id(is_cluster_role=self.is_cluster_role, namespace=self.namespace, name=self.name)


class Granted(NamedTuple):
    """Actions on a set of requests."""

    pattern: Pattern | UrlPattern
    actions: frozenset[str]
    source: Source


@dataclass(frozen=True, slots=True)
class Expansion:
    """What all bindings of one side amount to.

    Attributes:
        roles: Every role that is bound, in each place where it is, to what it grants there.
        bound: Key of a binding to the role it gives; bindings to unknown roles are missing.
        patterns: Every set of requests that a grant is written on.
        actions: What the verbs of all rules are as actions, bound or not.
        unread: What was not understood.
    """

    roles: dict[RoleInPlace, tuple[Granted, ...]] = field(default_factory=dict)
    bound: dict[tuple[str | None, str], RoleInPlace] = field(default_factory=dict)
    patterns: set[Pattern | UrlPattern] = field(default_factory=lambda: {EVERYTHING, EVERY_URL})
    actions: dict[str, Capability] = field(default_factory=dict)
    unread: list[Problem] = field(default_factory=list)


def expand(cluster: Cluster, scopes: Scopes, budget: Budget) -> Expansion:
    """Work out what the bindings of one side grant.

    Raises:
        TooMuchError: When that is beyond all measure.
    """
    expansion = Expansion()
    roles = Roles(cluster.roles, budget)
    for key, binding in cluster.bindings.items():
        if not binding.role_name:
            continue
        rules = roles.rules(None if binding.role_is_cluster else binding.namespace, binding.role_name)
        if rules is None:
            expansion.unread.append(_unknown_role(binding, roles))
            continue
        place = RoleInPlace(binding.role_is_cluster, binding.namespace or ANY, binding.role_name)
        expansion.bound[key] = place
        if place not in expansion.roles:
            granted = expansion.roles[place] = tuple(_merged(rules, place.namespace, scopes, budget))
            expansion.patterns.update(grant.pattern for grant in granted)
    expansion.unread.extend(roles.unread)
    _collect_verbs(cluster, expansion)
    return expansion


def _merged(rules: tuple[Rule, ...], namespace: str, scopes: Scopes, budget: Budget) -> Iterator[Granted]:
    """Give what rules grant in one place, equal grants once."""
    seen: set[tuple[Pattern | UrlPattern, frozenset[str]]] = set()
    for rule in rules:
        budget.spend(rule.size)
        for pattern, actions in _grants_of(rule, namespace, scopes):
            if (pattern, actions) not in seen:
                seen.add((pattern, actions))
                yield Granted(pattern, actions, rule.source)


def _grants_of(rule: Rule, namespace: str, scopes: Scopes) -> Iterator[tuple[Pattern | UrlPattern, frozenset[str]]]:
    actions = _actions(rule.verbs)
    if not actions:
        return
    for group in rule.groups:
        for resource in rule.resources:
            kind = kind_of(group, resource)
            if kind is None or (namespace != ANY and not scopes.in_namespaces(kind)):
                continue
            for name in rule.names or ("",):
                # NOTE: an empty name among names means the requests without one, as the authorizer compares texts.
                given = actions if name or not rule.names else _actions(_nameless(rule.verbs))
                if given:
                    yield Pattern(namespace, kind, object_name(name)), given
    if namespace == ANY:
        for url in rule.urls:
            if url:
                yield url_pattern(url), actions


def _actions(verbs: tuple[str, ...]) -> frozenset[str]:
    if ANY_ACTION in verbs:
        return frozenset({ANY_ACTION})
    return frozenset(action for verb in verbs if verb for action in actions_of(verb))


def _nameless(verbs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(_NAMELESS)) if ANY_ACTION in verbs else tuple(verb for verb in verbs if verb in _NAMELESS)


def _unknown_role(binding: Binding, roles: Roles) -> Problem:
    kind = "ClusterRole" if binding.role_is_cluster else "Role"
    homes = [] if binding.role_is_cluster else roles.homes(binding.role_name)
    if homes:
        where = "without a namespace" if homes[0] == UNSET_NAMESPACE else f"in namespace {quoted(homes[0])}"
        hint = f"a role of that name stands {where}"
    else:
        hint = "add the role to the input; until then nobody knows what the binding grants"
    return Problem(
        f"{quoted(binding.name)} binds the {kind} {quoted(binding.role_name)}, which is not in the input",
        binding.role_source,
        hint,
    )


def _collect_verbs(cluster: Cluster, expansion: Expansion) -> None:
    for role in cluster.roles.values():
        for rule in role.rules:
            for verb in rule.verbs:
                if not verb or verb == ANY_ACTION:
                    continue
                actions = actions_of(verb)
                if not is_known(verb) and not actions.keys() <= expansion.actions.keys():
                    expansion.unread.append(
                        Problem(
                            f"the verb {quoted(verb)} is not known, and counts as `manage`",
                            rule.source,
                            "is it misspelt; otherwise check by hand what it allows",
                        )
                    )
                expansion.actions.update(actions)
