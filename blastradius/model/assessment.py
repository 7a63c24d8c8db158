"""What a change means: exposures, findings, severity, verdict. All that a reporter sees.

Source: SPEC sections 5 and 7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from blastradius.model.delta import AccessChange, IdSet, Witness
from blastradius.model.snapshot import Capability, Coverage, PrincipalKind
from blastradius.model.sources import Input, Problem, Source


class Level(StrEnum):
    """Band of a severity score. Compare with `rank`."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Position from 0 (none) to 4 (critical)."""
        return list(Level).index(self)

    @property
    def sev(self) -> str:
        """The incident level the band stands for, or ``none``."""
        return ("none", "SEV3", "SEV2", "SEV1", "SEV0")[self.rank]


class Decision(StrEnum):
    """What the gate says. Compare with `rank`."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    WARN = "warn"
    APPROVE = "approve"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """Position from 0 (pass) to 3 (block)."""
        return list(Decision).index(self)


class AuthorKind(StrEnum):
    """Who proposes the change, as gate rules name it."""

    USER = "user"
    SERVICE = "service"
    AGENT = "agent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Audience:
    """How many principals, of which kind. People with several accounts count once.

    Attributes:
        total: Distinct people and workloads; each unlisted pseudo-principal and the outsider is one.
        user, service, role, agent: Listed ones of that kind.
        external: Those of the total that are external (the outsider is not counted here).
        unlisted: Unlisted pseudo-principals.
        outsider: True when anyone on the internet is among them.
        headcount: The weighted number n that the score uses; at least 1.
        unlisted_people: How many the unlisted pseudo-principals stand for, as far as their groups say.
        unlisted_unknown: True when some of their groups do not say how many.
    """

    total: int = 0
    user: int = 0
    service: int = 0
    role: int = 0
    agent: int = 0
    external: int = 0
    unlisted: int = 0
    outsider: bool = False
    headcount: int = 0
    unlisted_people: int = 0
    unlisted_unknown: bool = False


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """Size of one kind of change: (principal, resource) pairs, people, resources."""

    tuples: int
    principals: int
    resources: int


@dataclass(frozen=True, slots=True)
class CapabilityExposure:
    """What happened to one capability within a class.

    Attributes:
        before_principals: People who had it on any of the exposed resources.
        changes: Only changes that occurred.
    """

    before_principals: int
    changes: Mapping[AccessChange, ChangeCount]


@dataclass(frozen=True, slots=True)
class Factors:
    """Everything the score of a class was made from. Source: SPEC section 5, severity.

    Attributes:
        sensitivity: S.
        capability: K, with `capability_name` the capability it comes from.
        reach: Reach, from `headcount` n and `items` m unless the outsider makes it 1.
        capped: True when the limit for insiders held the score down.
    """

    sensitivity: float
    capability: float
    capability_name: str
    reach: float
    headcount: int
    items: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """All tuples of one class with one kind of change, as the gate needs them.

    Attributes:
        people: Ids of distinct people (one id each, whatever the number of their accounts).
        resources: Indices of the resources.
        audiences: Each capability that changed, with which of ``outsider``, ``external``, ``agent``,
            ``unlisted`` are among those for whom it did.
        crowds: How many people each unlisted pseudo-principal among them stands for, as the score counts them.
    """

    people: IdSet
    resources: IdSet
    audiences: Mapping[Capability, frozenset[str]]
    crowds: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassExposure:
    """What the change does to one class of data.

    Attributes:
        class_name: Id of the class.
        title: Its name for people.
        score: 0.0 to 10.0, rounded to one decimal; 0.0 when nothing was gained.
        raw_score: The same, unrounded.
        factors: What the score was made from; None when nothing was gained.
        audience: Who gains.
        resource_total: Distinct resources gained.
        item_total: Their items, m.
        capabilities: By capability, in ascending order; only what changed.
        movements: By change; only changes that occurred.
        top_principals: Some of those who gain, with the number of resources each gains, most first.
        top_resources: Some of what is gained, with the number of principals each opens to, most first.
        witnesses: One per kind of audience and highest capability first; empty only without gains.
        source: The changed line that opens it; None when nothing points at one.
        fingerprint: Stable id of the exposure: no line, no count in it.
    """

    class_name: str
    title: str
    score: float
    raw_score: float
    level: Level
    factors: Factors | None
    audience: Audience
    resource_total: int
    item_total: int
    capabilities: Mapping[Capability, CapabilityExposure]
    movements: Mapping[AccessChange, Movement]
    top_principals: tuple[tuple[str, int], ...] = ()
    top_resources: tuple[tuple[str, int], ...] = ()
    witnesses: tuple[Witness, ...] = ()
    source: Source | None = None
    fingerprint: str = ""

    @property
    def gains(self) -> bool:
        """Whether anything was gained, perhaps under a condition."""
        return self.factors is not None


class FindingLevel(StrEnum):
    """How loudly a finding is shown; the gate policy decides what follows from it."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something beyond the exposure itself that a reviewer must see.

    Attributes:
        rule: Id of the finding, such as ``public-exposure``; `docs/findings.md` explains each.
        level: How loudly it is shown.
        message: One sentence, lower case, names in backticks, no final period.
        classes: Classes of data it concerns, sorted; empty when it concerns none in particular.
        principals: Some ids it concerns, sorted; `principal_total` says how many there are.
        resources: Some ids it concerns, sorted; `resource_total` says how many there are.
        source: Where to look; None when there is no place.
        help: What to do about it.
        fingerprint: Stable id: no line, no count in it.
    """

    rule: str
    level: FindingLevel
    message: str
    classes: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    principal_total: int = 0
    resources: tuple[str, ...] = ()
    resource_total: int = 0
    source: Source | None = None
    help: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Severity:
    """The overall score.

    Attributes:
        score: 0.0 to 10.0, rounded half-even to one decimal.
        level: Band of the rounded score.
        floor: Finding id that raised the score, or None.
        capped: True when it was held down because nobody external gains.
    """

    score: float
    level: Level
    floor: str | None = None
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """One gate rule that applies.

    Attributes:
        rule: Id of the rule in the policy, or ``--fail-on``.
        decision: What the rule asks for.
        approvals: How many approvals it asks for; 0 unless the decision is approve.
        message: Why it applies, one sentence.
    """

    rule: str
    decision: Decision
    approvals: int
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate decided: the strictest of the reasons.

    Attributes:
        decision: Pass when no rule applies.
        approvals_needed: The highest number any rule asks for.
        reasons: The rules that apply, strictest first.
    """

    decision: Decision = Decision.PASS
    approvals_needed: int = 0
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there was to look at, and how much of it no class was found for.

    Attributes:
        principals, groups, resources, grants: Sizes of the simulated state.
        unclassified: Resources of the simulated state in class ``unclassified``.
    """

    principals: int
    groups: int
    resources: int
    grants: int
    unclassified: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """Everything known about a change: the only thing a reporter sees.

    Attributes:
        title: The change's own title, or a description of the comparison.
        system: Name of the system, from the snapshot; may be empty.
        author: Id of who proposes it, or None.
        author_kind: What the author is.
        as_of: The time everything was judged at.
        taken_at: When the baseline was exported, or None.
        exposures: Classes with a gain, worst first.
        others: Classes that changed without a gain, sorted by name.
        totals: Number of tuples per change; every change is present.
        findings: Loudest first.
        unread: What could not be understood.
        inputs: What was read, in order.
        extent: How much there was to look at.
        version: Version of blastradius.
        coverage: What each export was meant to hold, and whether it does.
    """

    title: str
    system: str
    author: str | None
    author_kind: AuthorKind
    as_of: datetime
    taken_at: datetime | None
    severity: Severity
    exposures: tuple[ClassExposure, ...]
    others: tuple[ClassExposure, ...]
    totals: Mapping[AccessChange, int]
    findings: tuple[Finding, ...]
    unread: tuple[Problem, ...]
    inputs: tuple[Input, ...]
    extent: Extent
    version: str
    verdict: Verdict = field(default_factory=Verdict)
    coverage: tuple[Coverage, ...] = ()


HEADCOUNT_KINDS = (*(str(kind) for kind in PrincipalKind), "external", "unlisted")
"""The keys of ``severity.headcount`` in a policy."""

AUDIENCES = ("outsider", "external", "agent", "unlisted")
"""The audiences a gate rule can name."""
FINDING_RULES = (
    "public-exposure",
    "external-exposure",
    "agent-write",
    "manage-gained",
    "privileged-verb",
    "wider-actions",
    "unknown-membership",
    "declassification",
    "attributes-lowered",
    "deny-removed",
    "deny-removed-unlisted",
    "inheritance-break-removed",
    "lockout",
    "incomplete-evidence",
    "stale-snapshot",
    "undated-snapshot",
    "no-effect",
)
"""The ids of all findings, in the order reports show findings of one level."""
