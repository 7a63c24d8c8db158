"""What the organisation decided: classes, how to recognise them, how bad, and who must say yes.

Source: SPEC section 5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from blastradius.model.assessment import AuthorKind, Decision, Level
from blastradius.model.delta import GAINS, AccessChange
from blastradius.model.snapshot import Capability
from blastradius.model.sources import NOWHERE, Source

UNCLASSIFIED = "unclassified"
"""Class of a resource that nothing classifies; every policy has it."""


@dataclass(frozen=True, slots=True)
class DataClass:
    """A class of data.

    Attributes:
        sensitivity: S, from 0 to 1.
        order: Position in the policy; ties go to the class named first.
    """

    id: str
    sensitivity: float
    title: str
    order: int


@dataclass(frozen=True, slots=True)
class Match:
    """What a classification rule asks of a resource. All parts must hold; of each part, one glob.

    Attributes:
        ids: Globs for the id; empty when the id does not matter.
        kinds: Globs for the part of the id before the colon; empty when it does not matter.
        labels: (label, globs for its value) pairs; a missing label does not match.
        without: A match that must not hold, or None.
    """

    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    without: "Match | None" = None


@dataclass(frozen=True, slots=True)
class ClassifyRule:
    """Resources that match belong at least to this class."""

    class_name: str
    match: Match


@dataclass(frozen=True, slots=True)
class SeverityModel:
    """Every number of the score.

    Attributes:
        capability: K per capability.
        headcount: Weight per kind of principal, and of ``external`` and ``unlisted`` ones.
        reach_base, reach_per_decade_of_people, reach_per_decade_of_items: Terms of Reach.
        reach_insiders_max: Cap of Reach when nobody external gains.
        breadth: Weight of the other classes' scores in the overall score.
        floors: Finding id to the least overall score it leaves.
        bands: Least rounded score of critical, high and medium.
    """

    capability: Mapping[Capability, float]
    headcount: Mapping[str, int]
    reach_base: float
    reach_per_decade_of_people: float
    reach_per_decade_of_items: float
    reach_insiders_max: float
    breadth: float
    floors: Mapping[str, float]
    bands: Mapping[Level, float]

    @property
    def insider_score_max(self) -> float:
        """The highest score below the critical band: all that insiders alone can reach."""
        return round(self.bands[Level.CRITICAL] - 0.1, 1)


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a gate rule; an empty set means the key was not given.

    Attributes:
        changes: Which changes make up the exposure; the gains unless the rule says otherwise.
        names_change: True when the rule itself says which changes.
        principals_over, resources_over: Strictly more than this many; None when not given.
        severity: This level or worse, of the class exposure or of the whole.
    """

    classes: frozenset[str] = frozenset()
    capabilities: frozenset[Capability] = frozenset()
    changes: frozenset[AccessChange] = GAINS
    names_change: bool = False
    audiences: frozenset[str] = frozenset()
    principals_over: int | None = None
    resources_over: int | None = None
    severity: Level | None = None
    authors: frozenset[AuthorKind] = frozenset()
    findings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class GateRule:
    """When something holds, what is asked for.

    Attributes:
        approvals: How many approvals; 0 unless the decision is approve.
    """

    id: str
    when: When
    then: Decision
    approvals: int = 0
    source: Source = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy.

    Attributes:
        classes: By id, in the order of the file; always holds `UNCLASSIFIED`.
        snapshot_age_days: Older snapshots are a finding; None for no limit.
    """

    classes: Mapping[str, DataClass]
    classify: tuple[ClassifyRule, ...]
    severity: SeverityModel
    gate: tuple[GateRule, ...]
    snapshot_age_days: float | None = None
