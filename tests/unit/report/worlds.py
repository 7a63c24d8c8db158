"""Assessments that nobody made by hand: any text in any place, any number, any combination."""

from datetime import UTC, datetime

from hypothesis import strategies as st

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
from blastradius.model.snapshot import CAPABILITIES, Capability, Completeness, Coverage
from blastradius.model.sources import Input, Problem, Side, Source
from tests.unit.report.examples import EVIL

# Whole characters and the pieces that break out of something, in any order; halves of pairs included.
PIECES = (
    "::error::",
    "::",
    "##[group]",
    "##vso[x]",
    "\x1b[31m",
    "\r\n",
    "\x00",
    "\x85",
    "\u2028",
    "\u202e",
    "\u200b",
    "\ufeff",
    "`",
    "```",
    "~~~",
    "|",
    "\\",
    "\\|",
    "@team",
    "#12",
    "GH-1",
    "https://example.com",
    "www.example.com",
    "<b>",
    "</details>",
    "-->",
    "]]>",
    "&amp;",
    '"',
    "'",
    "%0A",
    "%",
    ",",
    ":",
    "[x](y)",
    "](",
    "漢字",
    "é",
    "e\u0301\u0301\u0301\u0301",
    "\ud800",
    "\U000e0041",
    "\U0001f600",
    " ",
    "  ",
    "/",
    "./",
    "../",
    "a",
    "user:ana",
    "x" * 90,
)
characters = st.characters(codec=None, exclude_categories=())
any_text = (
    st.just("")
    | st.text(characters, max_size=20)
    | st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join)
    | st.sampled_from(["user:ana", EVIL, "long-" * 150])
)
# A few texts per assessment, each in many places: free text everywhere would be too much to draw.
texts = st.shared(st.lists(any_text, min_size=1, max_size=4), key="texts").flatmap(st.sampled_from)
names = texts.map(lambda text: text or "user:ana")
numbers = st.integers(0, 3) | st.integers(0, 10**13)
scores = st.floats(0, 10, allow_nan=False)
times = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9998, 1, 1), timezones=st.just(UTC))
levels = st.sampled_from(Level)
sources = st.none() | st.builds(Source, texts, st.integers(0, 10**6), st.integers(0, 300))


def lists(element: st.SearchStrategy, most: int = 2) -> st.SearchStrategy:
    return st.lists(element, max_size=most).map(tuple)


steps = st.builds(PathStep, names, names, names, sources, st.booleans())
witnesses = st.builds(
    Witness,
    principal=names,
    capability=st.sampled_from(Capability),
    action=names,
    resource=names,
    change=st.none() | st.sampled_from(AccessChange),
    state=st.sampled_from(State),
    conditions=lists(names, 2),
    steps=lists(steps, 3) | st.builds(lambda step: (step,) * 45, steps),
)
audiences = st.builds(
    Audience,
    total=numbers,
    user=numbers,
    service=numbers,
    role=numbers,
    agent=numbers,
    external=numbers,
    unlisted=numbers,
    outsider=st.booleans(),
    headcount=numbers,
    unlisted_people=numbers,
    unlisted_unknown=st.booleans(),
)
factors = st.builds(
    Factors,
    sensitivity=st.floats(0, 1),
    capability=st.floats(0, 1),
    capability_name=st.sampled_from(sorted(CAPABILITIES)),
    reach=st.floats(0, 1),
    headcount=numbers,
    items=numbers,
    capped=st.booleans(),
)
capability_exposures = st.builds(
    CapabilityExposure,
    numbers,
    st.dictionaries(st.sampled_from(AccessChange), st.builds(ChangeCount, numbers, numbers, numbers), max_size=2),
)
movements = st.builds(
    Movement,
    st.frozensets(st.integers(0, 5)),
    st.frozensets(st.integers(0, 5)),
    st.dictionaries(
        st.sampled_from(Capability), st.frozensets(st.sampled_from(["outsider", "external", "agent", "unlisted"]))
    ),
)
exposures = st.builds(
    ClassExposure,
    class_name=names,
    title=texts,
    score=scores,
    raw_score=scores,
    level=levels,
    factors=st.none() | factors,
    audience=audiences,
    resource_total=numbers,
    item_total=numbers,
    capabilities=st.dictionaries(st.sampled_from(Capability), capability_exposures, max_size=2),
    movements=st.dictionaries(st.sampled_from(AccessChange), movements, max_size=2),
    top_principals=lists(st.tuples(names, numbers)),
    top_resources=lists(st.tuples(names, numbers)),
    witnesses=lists(witnesses),
    source=sources,
    fingerprint=st.just("") | st.from_regex(r"[0-9a-f]{16}", fullmatch=True) | names,
)
findings = st.builds(
    Finding,
    rule=names,
    level=st.sampled_from(FindingLevel),
    message=names,
    classes=lists(names, 2),
    principals=lists(names, 2),
    principal_total=numbers,
    resources=lists(names, 2),
    resource_total=numbers,
    source=sources,
    help=texts,
    fingerprint=st.just("") | names,
)
problems = st.builds(Problem, names, sources, texts)
reasons = st.builds(Reason, names, st.sampled_from(Decision), st.integers(0, 9), names)
verdicts = st.builds(Verdict, st.sampled_from(Decision), st.integers(0, 9), lists(reasons))
inputs = st.builds(Input, names, st.sampled_from(Side), names, names)
assessments = st.builds(
    Assessment,
    title=texts,
    system=texts,
    author=st.none() | names,
    author_kind=st.sampled_from(AuthorKind),
    as_of=times,
    taken_at=st.none() | times,
    severity=st.builds(Severity, scores, levels, st.none() | names, st.booleans()),
    exposures=lists(exposures),
    others=lists(exposures, 2),
    totals=st.dictionaries(st.sampled_from(AccessChange), numbers),
    findings=lists(findings),
    unread=lists(problems),
    inputs=lists(inputs),
    extent=st.builds(Extent, numbers, numbers, numbers, numbers, numbers),
    version=names,
    verdict=verdicts,
    coverage=lists(st.builds(Coverage, texts, st.sampled_from(Completeness), texts, st.none() | sources)),
)
