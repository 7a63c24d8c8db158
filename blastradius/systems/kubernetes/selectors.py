"""Label selectors: which ClusterRoles an aggregated ClusterRole is put together from.

Source: Kubernetes 1.34, `LabelSelectorAsSelector`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from blastradius.documents import LinedMap, quoted
from blastradius.systems.kubernetes.fields import Fields

_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_KEYS = frozenset({"matchLabels", "matchExpressions"})


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a selector asks of one label."""

    key: str
    operator: str
    values: frozenset[str] = frozenset()

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels fulfil it; a missing label fulfils the two negations."""
        match self.operator:
            case "In":
                return labels.get(self.key) in self.values
            case "NotIn":
                return labels.get(self.key) not in self.values
            case "Exists":
                return self.key in labels
            case _:
                return self.key not in labels


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements that must all hold; without any, everything matches."""

    requirements: frozenset[Requirement]

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether an object with these labels is selected."""
        return all(requirement.holds(labels) for requirement in self.requirements)


def read_selector(fields: Fields) -> Selector | None:
    """Read a selector.

    Returns:
        The selector, or None (with the reason among the problems) when an API server would refuse it.
    """
    fields.unknown_keys(_KEYS, "a selector")
    expressions = [_requirement(expression) for expression in fields.children("matchExpressions")]
    equal = {Requirement(key, "In", frozenset({value})) for key, value in read_labels(fields, "matchLabels").items()}
    found = {expression for expression in expressions if expression is not None}
    return None if None in expressions else Selector(frozenset(equal | found))


def read_labels(fields: Fields, key: str) -> dict[str, str]:
    """Read a mapping of labels; empty when there is none."""
    labels = fields.child(key)
    return {name: labels.text(name) for name in labels.value} if labels else {}


def _requirement(fields: Fields) -> Requirement | None:
    key, operator = fields.text("key"), fields.text("operator")
    values = frozenset(item.value for item in fields.texts("values"))
    if not key or operator not in _OPERATORS or (operator in ("In", "NotIn")) != bool(values):
        written = quoted(_written(fields.value))
        fields.unread(
            None,
            f"a selector of {fields.label} asks for {written}, which an API server refuses",
            "the operators are `In` and `NotIn` with `values`, `Exists` and `DoesNotExist` without",
        )
        return None
    return Requirement(key, operator, values)


def _written(value: LinedMap) -> str:
    return " ".join(str(value.get(name, "?")) for name in ("key", "operator", "values"))
