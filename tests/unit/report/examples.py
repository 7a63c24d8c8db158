"""Assessments made by hand, for every kind of report there can be."""

from dataclasses import replace
from datetime import UTC, datetime

from blastradius.model.assessment import (
    Assessment,
    Audience,
    AuthorKind,
    CapabilityExposure,
    ChangeCount,
    ClassExposure,
    Decision,
    Extent,
    Factors,
    Finding,
    FindingLevel,
    Level,
    Movement,
    Reason,
    Severity,
    Verdict,
)
from blastradius.model.delta import AccessChange, PathStep, State, Witness
from blastradius.model.snapshot import Capability, Completeness, Coverage
from blastradius.model.sources import Input, Problem, Side, Source

SNAPSHOT = "fixtures/shop/snapshot.yaml"
CHANGE = "fixtures/shop/change.yaml"
EVIL = (
    "user:\x1b]0;owned\x07\x1b[2K\x9b31m\u202e\u200b"
    "|`</td>@team #123 [x](javascript:1)\r\n::add-mask::x ##[add-mask]y ]]>&\ud800\U000e0041"
)
INPUTS = (
    Input(SNAPSHOT, Side.BASELINE, "native", "0f" * 32),
    Input(CHANGE, Side.CHANGE, "change", "1e" * 32),
    Input("policies/default.yaml", Side.POLICY, "policy", "2d" * 32),
)
NO_TOTALS = dict.fromkeys(AccessChange, 0)


def witness(principal: str = "user:ana", resource: str = "warehouse:events") -> Witness:
    return Witness(
        principal=principal,
        capability=Capability.READ,
        action="SELECT",
        resource=resource,
        change=AccessChange.GAINED,
        state=State.GRANTED,
        conditions=(),
        steps=(
            PathStep(principal, "member of", "group:engineering", Source(SNAPSHOT, 120, 5)),
            PathStep("group:engineering", "member of", "group:data-readers", Source(CHANGE, 5), changed=True),
            PathStep("group:data-readers", "viewer on", "warehouse:main", Source(SNAPSHOT, 301)),
            PathStep("warehouse:main", "contains", resource, Source(SNAPSHOT, 240)),
        ),
    )


def exposure(name: str = "user-data", **changes: object) -> ClassExposure:
    made = ClassExposure(
        class_name=name,
        title="User data",
        score=8.6,
        raw_score=8.55,
        level=Level.HIGH,
        factors=Factors(1.0, 0.95, "read", 0.9, headcount=3150, items=4_200_000, capped=False),
        audience=Audience(total=3141, user=3100, service=40, agent=1, headcount=3150),
        resource_total=12,
        item_total=4_200_000,
        capabilities={
            Capability.LIST: CapabilityExposure(
                before_principals=40, changes={AccessChange.GAINED: ChangeCount(37_692, 3141, 12)}
            ),
            Capability.READ: CapabilityExposure(
                before_principals=40,
                changes={
                    AccessChange.GAINED: ChangeCount(37_692, 3141, 12),
                    AccessChange.MAYBE_GAINED: ChangeCount(3, 3, 1),
                },
            ),
            Capability.WRITE: CapabilityExposure(
                before_principals=2, changes={AccessChange.WIDENED: ChangeCount(2, 2, 1)}
            ),
        },
        movements={
            AccessChange.GAINED: Movement(
                frozenset(range(3141)),
                frozenset(range(12)),
                {Capability.LIST: frozenset({"agent"}), Capability.READ: frozenset({"agent"})},
            ),
            AccessChange.WIDENED: Movement(frozenset({1, 2}), frozenset({3}), {Capability.WRITE: frozenset()}),
        },
        top_principals=(("user:ana", 12), ("user:bo", 12), ("agent:helper", 3)),
        top_resources=(("warehouse:events", 3141), ("warehouse:orders", 3141)),
        witnesses=(witness(), witness("agent:helper")),
        source=Source(CHANGE, 5),
        fingerprint="a1b2c3d4e5f60718",
    )
    return replace(made, **changes)


def strategy() -> ClassExposure:
    return exposure(
        "strategy-docs",
        title="Strategy documents",
        score=6.1,
        raw_score=6.1276,
        level=Level.MEDIUM,
        factors=Factors(0.9, 0.95, "read", 0.716715, headcount=310, items=310, capped=False),
        audience=Audience(total=310, user=310, headcount=310),
        resource_total=310,
        item_total=310,
        capabilities={
            Capability.READ: CapabilityExposure(12, {AccessChange.MAYBE_GAINED: ChangeCount(96_100, 310, 310)}),
        },
        movements={
            AccessChange.MAYBE_GAINED: Movement(
                frozenset(range(310)), frozenset(range(310)), {Capability.READ: frozenset()}
            ),
        },
        top_principals=(),
        top_resources=(("drive:strategy/2027.md", 310),),
        witnesses=(
            replace(
                witness("user:ana", "drive:strategy/2027.md"),
                change=AccessChange.MAYBE_GAINED,
                state=State.CONDITIONAL,
                conditions=("business hours", "not (on leave)"),
            ),
        ),
        fingerprint="b1b2c3d4e5f60718",
    )


def revoked_only() -> ClassExposure:
    return exposure(
        "code",
        title="Code",
        score=0.0,
        raw_score=0.0,
        level=Level.NONE,
        factors=None,
        audience=Audience(),
        resource_total=0,
        item_total=0,
        capabilities={Capability.READ: CapabilityExposure(5, {AccessChange.REVOKED: ChangeCount(10, 5, 2)})},
        movements={
            AccessChange.REVOKED: Movement(frozenset(range(5)), frozenset({7, 8}), {Capability.READ: frozenset()}),
        },
        top_principals=(),
        top_resources=(),
        witnesses=(),
        source=None,
        fingerprint="c1b2c3d4e5f60718",
    )


AGENT_FINDING = Finding(
    rule="agent-write",
    level=FindingLevel.ERROR,
    message="agent `agent:helper` gains write on 3 resources of `user-data`",
    classes=("user-data",),
    principals=("agent:helper",),
    principal_total=1,
    resources=("warehouse:events", "warehouse:orders"),
    resource_total=3,
    source=Source(CHANGE, 5),
    help="give the agent read access only, or let a person approve each write",
    fingerprint="d1b2c3d4e5f60718",
)
UNKNOWN_FINDING = Finding(
    rule="unknown-membership",
    level=FindingLevel.NOTE,
    message="the members of `group:all-staff` are not listed",
    principals=("group:all-staff",),
    principal_total=1,
    source=Source(SNAPSHOT, 44),
    fingerprint="e1b2c3d4e5f60718",
)


def incident() -> Assessment:
    """A change that opens two classes to thousands, and is blocked."""
    return Assessment(
        title="Let engineers see the events they asked about",
        system="shop",
        author="agent:helper",
        author_kind=AuthorKind.AGENT,
        as_of=datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
        taken_at=datetime(2026, 3, 18, 9, 0, tzinfo=UTC),
        severity=Severity(8.7, Level.HIGH),
        exposures=(exposure(), strategy()),
        others=(revoked_only(),),
        totals=NO_TOTALS
        | {
            AccessChange.GAINED: 75_384,
            AccessChange.MAYBE_GAINED: 96_103,
            AccessChange.WIDENED: 2,
            AccessChange.REVOKED: 10,
        },
        findings=(AGENT_FINDING, UNKNOWN_FINDING),
        unread=(
            Problem(
                "cannot tell what `kubectl apply -k overlays` changes", Source(CHANGE, 9), "list the objects instead"
            ),
        ),
        inputs=INPUTS,
        extent=Extent(principals=3241, groups=36, resources=352, grants=61, unclassified=12),
        version="0.1.0",
        verdict=Verdict(
            Decision.BLOCK,
            2,
            (
                Reason("agent-user-data", Decision.BLOCK, 0, "an agent gains `user-data`"),
                Reason("high-needs-two", Decision.APPROVE, 2, "severity is high"),
            ),
        ),
        coverage=(
            Coverage("members of all groups", Completeness.COMPLETE),
            Coverage(
                "files of the drive", Completeness.TRUNCATED, "there is a `nextPageToken`", Source(SNAPSHOT, 3), "go on"
            ),
        ),
    )


def nothing() -> Assessment:
    """A change that changes no access at all."""
    return Assessment(
        title="",
        system="",
        author=None,
        author_kind=AuthorKind.UNKNOWN,
        as_of=datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
        taken_at=None,
        severity=Severity(0.0, Level.NONE),
        exposures=(),
        others=(),
        totals=NO_TOTALS,
        findings=(),
        unread=(),
        inputs=INPUTS,
        extent=Extent(principals=0, groups=0, resources=0, grants=0, unclassified=0),
        version="0.1.0",
    )


def only_revoked() -> Assessment:
    """A change that only takes access away."""
    return replace(
        nothing(),
        title="Close what was left open",
        author="user:ana",
        author_kind=AuthorKind.USER,
        others=(revoked_only(),),
        totals=NO_TOTALS | {AccessChange.REVOKED: 10},
        extent=Extent(principals=30, groups=4, resources=12, grants=9, unclassified=0),
    )


def only_maybe() -> Assessment:
    """A change whose gains all depend on conditions, and that needs one approval."""
    return replace(
        incident(),
        author="user:zoe",
        author_kind=AuthorKind.UNKNOWN,
        severity=Severity(6.1, Level.MEDIUM),
        exposures=(strategy(),),
        others=(),
        findings=(),
        unread=(),
        totals=NO_TOTALS | {AccessChange.MAYBE_GAINED: 96_100},
        verdict=Verdict(Decision.APPROVE, 1, (Reason("nobody-signed", Decision.APPROVE, 1, "the author is unknown"),)),
    )


def internet() -> Assessment:
    """A change that opens everything to the internet, with a floor and every kind of principal."""
    audience = Audience(
        total=3204,
        user=3100,
        service=40,
        role=2,
        agent=60,
        external=55,
        unlisted=1,
        outsider=True,
        headcount=90_000,
        unlisted_people=78_000,
        unlisted_unknown=True,
    )
    wide = exposure(
        score=9.5,
        raw_score=9.5,
        level=Level.CRITICAL,
        factors=Factors(1.0, 0.95, "read", 1.0, headcount=90_000, items=4_200_000, capped=False),
        audience=audience,
        witnesses=(witness("outsider"), witness("group:all-staff#unlisted")),
    )
    return replace(
        incident(),
        severity=Severity(9.6, Level.CRITICAL, floor="public-exposure"),
        exposures=(wide, strategy()),
        verdict=Verdict(Decision.WARN, 0, (Reason("look", Decision.WARN, 0, "worth a look"),)),
    )


def capped() -> Assessment:
    """A change by insiders alone whose scores were held down."""
    held = exposure(
        score=8.9,
        raw_score=8.9,
        factors=Factors(1.0, 1.0, "manage", 0.9, headcount=90_000, items=12, capped=True),
        capabilities={Capability.MANAGE: CapabilityExposure(1, {AccessChange.GAINED: ChangeCount(12, 1, 12)})},
    )
    return replace(incident(), severity=Severity(8.9, Level.HIGH, capped=True), exposures=(held,))


def hostile() -> Assessment:
    """Every string an input can choose tries to break out of the report."""
    evil_step = PathStep(EVIL, EVIL, EVIL, Source(EVIL, 3), changed=True)
    shown = exposure(
        EVIL,
        title=EVIL,
        top_principals=((EVIL, 1),),
        top_resources=((EVIL, 1),),
        witnesses=(replace(witness(EVIL, EVIL), action=EVIL, conditions=(EVIL,), steps=(evil_step, evil_step)),),
        source=Source(EVIL, 3),
        fingerprint=EVIL,
    )
    return replace(
        incident(),
        title=EVIL,
        system=EVIL,
        author=EVIL,
        exposures=(shown,),
        others=(replace(revoked_only(), class_name=EVIL, title=EVIL),),
        findings=(
            Finding(EVIL, FindingLevel.WARNING, EVIL, (EVIL,), (EVIL,), 1, (EVIL,), 1, Source(EVIL, 1), EVIL, EVIL),
        ),
        unread=(Problem(EVIL, Source(EVIL, 1, 1), EVIL),),
        inputs=(Input(EVIL, Side.CHANGE, EVIL, EVIL),),
        version=EVIL,
        severity=Severity(8.6, Level.HIGH, floor=EVIL),
        verdict=Verdict(Decision.BLOCK, 0, (Reason(EVIL, Decision.BLOCK, 0, EVIL),)),
    )


def huge() -> Assessment:
    """A hundred classes, long names, thousands of findings, paths of a thousand steps."""
    long = "resource:" + "verylong/" * 555
    chain = tuple(PathStep(f"group:{n}", "member of", f"group:{n + 1}", Source(SNAPSHOT, n + 1)) for n in range(1500))
    classes = tuple(
        exposure(
            f"class-{n:03}-{long}",
            top_resources=((long, 10**12),),
            item_total=10**12,
            witnesses=(replace(witness(long, long), steps=chain if n < 3 else chain[:30]),) * 8,
            source=Source(long, n + 1),
            fingerprint=f"{n:016x}",
        )
        for n in range(100)
    )
    findings = tuple(
        replace(
            AGENT_FINDING,
            message=f"finding {n} about {long}",
            help=long,
            fingerprint=f"f{n:015x}",
            source=Source(CHANGE, n),
        )
        for n in range(5100)
    )
    return replace(
        incident(),
        title=long,
        exposures=classes,
        others=tuple(replace(revoked_only(), class_name=f"other-{n}") for n in range(100)),
        findings=findings,
        unread=tuple(Problem(f"problem {n} {long}", Source(long, n), long) for n in range(2000)),
        inputs=tuple(Input(f"{n}/{long}", Side.BASELINE, "kubernetes", "0" * 64) for n in range(500)),
        verdict=Verdict(
            Decision.APPROVE, 9, tuple(Reason(f"{n}{long}", Decision.APPROVE, 1, long) for n in range(300))
        ),
    )


ALL = {made.__name__: made for made in (incident, nothing, only_revoked, only_maybe, internet, capped, hostile, huge)}
