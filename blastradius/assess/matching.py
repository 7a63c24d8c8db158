"""Which classification rules match a resource, without trying every rule on every resource."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blastradius.globs import Glob, compile_glob
from blastradius.model.policy import ClassifyRule, Match

Labels = tuple[tuple[str, str], ...]
Shape = tuple[str, Labels]
"""The kind and the labels of a resource."""


def kind_of(name: str) -> str:
    """Give the part of an id before the first colon; the whole id when there is none."""
    return name.partition(":")[0]


def holds(match: Match, name: str, labels: Labels) -> bool:
    """Tell whether a match fits a resource: the definition, tried without any index."""
    return (
        _ids_fit(match.ids, name)
        and shape_fits(match, (kind_of(name), labels))
        and (match.without is None or not holds(match.without, name, labels))
    )


def _ids_fit(ids: tuple[str, ...], name: str) -> bool:
    return not ids or any(compile_glob(pattern).matches(name) for pattern in ids)


def shape_fits(match: Match, shape: Shape) -> bool:
    """Tell whether the kind and the labels are as a match asks, whatever it says of ids and must not match."""
    kind, labels = shape
    if match.kinds and not any(compile_glob(pattern).matches(kind) for pattern in match.kinds):
        return False
    values = dict(labels)
    return all(
        label in values and value_fits(values[label], patterns) for label, patterns in match.labels
    )  # fmt: skip


def value_fits(value: str, patterns: Sequence[str]) -> bool:
    """Tell whether any pattern matches the value of a label."""
    return any(compile_glob(pattern).matches(value) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that fits the kind and the labels, with what is left to ask of the id.

    Attributes:
        globs: Those for the id that can match an id of the kind at all; empty when any id will do.
        without: A match that must not hold, or None.
    """

    class_name: str
    globs: tuple[Glob, ...]
    without: Match | None
    # Most patterns only ask whether the id holds a text, which is worth asking without a detour.
    _held: tuple[str, ...]
    _others: tuple[Glob, ...]

    def fits(self, name: str, labels: Labels) -> bool:
        """Tell whether the rule matches a resource of the kind and with the labels it is a candidate for."""
        return self._id_fits(name) and (self.without is None or not holds(self.without, name, labels))

    def _id_fits(self, name: str) -> bool:
        for text in self._held:
            if text in name:
                return True
        for glob in self._others:
            if glob.matches(name):
                return True
        return not self.globs

    @property
    def always(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.globs and self.without is None


class RuleIndex:
    """Classification rules, most sensitive first, remembered by what resources have in common."""

    def __init__(self, rules: Sequence[ClassifyRule], rank: Mapping[str, int]) -> None:
        """Order the rules.

        Args:
            rules: The rules of the policy.
            rank: Position of each class, the most sensitive first.
        """
        self._rules = sorted(rules, key=lambda rule: rank[rule.class_name])
        self._candidates: dict[Shape, list[Candidate]] = {}

    def most_sensitive(self, name: str, labels: Labels) -> str | None:
        """Name the most sensitive class whose rule matches a resource, or None when no rule does."""
        return next((c.class_name for c in self.candidates((kind_of(name), labels)) if c.fits(name, labels)), None)

    def candidates(self, shape: Shape) -> Sequence[Candidate]:
        """Give the rules that may match a resource of some kind and labels, most sensitive first."""
        found = self._candidates.get(shape)
        if found is None:
            found = self._candidates[shape] = self._fitting(shape)
        return found

    def _fitting(self, shape: Shape) -> list[Candidate]:
        found: list[Candidate] = []
        for rule in self._rules:
            match = rule.match
            globs = tuple(g for g in map(compile_glob, match.ids) if _can_start(g.prefix, shape[0]))
            if (match.ids and not globs) or not shape_fits(match, shape):
                continue
            held = tuple(g.held for g in globs if g.held is not None)
            others = tuple(g for g in globs if g.held is None)
            found.append(Candidate(rule.class_name, globs, match.without, held, others))
            if found[-1].always:
                break
        return found


def _can_start(prefix: str, kind: str) -> bool:
    """Tell whether an id of a kind can begin with a text."""
    return prefix.startswith(kind) or f"{kind}:".startswith(prefix)
