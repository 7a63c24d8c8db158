"""Which classification rules match a resource, without trying every rule on every resource."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blastradius.assess.globs import Glob, compile_glob
from blastradius.model.policy import ClassifyRule, Match
from blastradius.model.snapshot import Resource

_Shape = tuple[str, tuple[tuple[str, str], ...]]


def holds(match: Match, resource: Resource) -> bool:
    """Tell whether a match fits a resource: the definition, tried without any index."""
    return (
        _ids_fit(match.ids, resource.id)
        and _shape_fits(match, (resource.kind, resource.labels))
        and (match.without is None or not holds(match.without, resource))
    )


def _ids_fit(ids: tuple[str, ...], name: str) -> bool:
    return not ids or any(compile_glob(pattern).matches(name) for pattern in ids)


def _shape_fits(match: Match, shape: _Shape) -> bool:
    kind, labels = shape
    if match.kinds and not any(compile_glob(pattern).matches(kind) for pattern in match.kinds):
        return False
    values = dict(labels)
    return all(
        label in values and any(compile_glob(pattern).matches(values[label]) for pattern in patterns)
        for label, patterns in match.labels
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A rule that fits the kind and the labels, with what is left to ask of the id."""

    class_name: str
    # Most patterns only ask whether the id holds a text, which is worth asking without a detour.
    held: tuple[str, ...]
    globs: tuple[Glob, ...]
    without: Match | None

    def fits(self, resource: Resource) -> bool:
        return self._id_fits(resource.id) and (self.without is None or not holds(self.without, resource))

    def _id_fits(self, name: str) -> bool:
        for text in self.held:
            if text in name:
                return True
        for glob in self.globs:
            if glob.matches(name):
                return True
        return not self.held and not self.globs

    @property
    def always(self) -> bool:
        return not self.held and not self.globs and self.without is None


class RuleIndex:
    """Classification rules, most sensitive first, remembered by what resources have in common."""

    def __init__(self, rules: Sequence[ClassifyRule], rank: Mapping[str, int]) -> None:
        """Order the rules.

        Args:
            rules: The rules of the policy.
            rank: Position of each class, the most sensitive first.
        """
        self._rules = sorted(rules, key=lambda rule: rank[rule.class_name])
        self._candidates: dict[_Shape, list[_Candidate]] = {}

    def most_sensitive(self, resource: Resource) -> str | None:
        """Name the most sensitive class whose rule matches, or None when no rule does."""
        shape = (resource.kind, resource.labels)
        candidates = self._candidates.get(shape)
        if candidates is None:
            candidates = self._candidates[shape] = self._fitting(shape)
        return next((c.class_name for c in candidates if c.fits(resource)), None)

    def _fitting(self, shape: _Shape) -> list[_Candidate]:
        found: list[_Candidate] = []
        for rule in self._rules:
            match = rule.match
            globs = tuple(g for g in map(compile_glob, match.ids) if _can_start(g.prefix, shape[0]))
            if (match.ids and not globs) or not _shape_fits(match, shape):
                continue
            held = tuple(g.held for g in globs if g.held is not None)
            globs = tuple(g for g in globs if g.held is None)
            found.append(_Candidate(rule.class_name, held, globs, match.without))
            if found[-1].always:
                break
        return found


def _can_start(prefix: str, kind: str) -> bool:
    """Tell whether an id of a kind can begin with a text."""
    return prefix.startswith(kind) or f"{kind}:".startswith(prefix)
