"""The roles every API server makes for itself: known even where an input leaves them out.

Source: the role bootstrap policy of Kubernetes 1.34.1, restated in `default_roles.txt`.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from blastradius.systems.kubernetes.objects import Role, Rule
from blastradius.systems.kubernetes.selectors import Requirement, Selector

_AGGREGATE_TO = "rbac.authorization.k8s.io/aggregate-to-"
AGGREGATION_LABELS = frozenset(_AGGREGATE_TO + name for name in ("admin", "edit", "view"))
"""The labels that put a ClusterRole into one of the default roles for people."""
_LABELS = {"kubernetes.io/bootstrapping": "rbac-defaults"}
_SHORT = {"read": ("get", "list", "watch"), "change": ("create", "delete", "deletecollection", "patch", "update")}


@cache
def default_roles() -> Mapping[tuple[str | None, str], Role]:
    """Give the default roles by namespace (None for a ClusterRole) and name."""
    text = files("blastradius.systems.kubernetes").joinpath("default_roles.txt").read_text("utf-8")
    found: dict[tuple[str | None, str], Role] = {}
    heading, rules = "", list[Rule]()
    for line in [*text.splitlines(), ""]:
        if line.startswith("  "):
            rules += _rules(line)
        elif not line.startswith("#"):
            if heading:
                role = _role(heading, tuple(rules))
                found[role.namespace, role.name] = role
            heading, rules = line, []
    return MappingProxyType(found)


def _role(heading: str, rules: tuple[Rule, ...]) -> Role:
    full_name, *marks = heading.split()
    namespace, _, name = full_name.rpartition("/")
    labels, selectors = dict(_LABELS), list[Selector]()
    for mark in marks:
        direction, _, target = mark.partition(":")
        if direction == "into":
            labels[_AGGREGATE_TO + target] = "true"
        else:
            selectors.append(Selector(frozenset({Requirement(_AGGREGATE_TO + target, "In", frozenset({"true"}))})))
    return Role(namespace or None, name, rules, tuple(selectors) or None, labels)


def _rules(line: str) -> Iterator[Rule]:
    words, *things = line.split()
    verbs = tuple(verb for word in words.split(",") for verb in _SHORT.get(word, (word,)))
    for thing in things:
        if thing.startswith("url:"):
            yield Rule(verbs, urls=(thing.removeprefix("url:"),))
            continue
        what, _, name = thing.partition(":")
        typed, _, subresource = what.partition("/")
        plural, _, group = typed.partition(".")
        resource = f"{plural}/{subresource}" if subresource else plural
        yield Rule(verbs, (group,), (resource,), (name,) if name else ())
