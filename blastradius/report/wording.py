"""The words every report for people uses for the same thing."""

from datetime import UTC, datetime

from blastradius.model.assessment import Assessment, Audience, AuthorKind, ClassExposure, Decision, Level, Verdict
from blastradius.model.delta import GAINS, AccessChange
from blastradius.model.snapshot import Capability
from blastradius.model.sources import Input, Side, Source
from blastradius.report.phrases import Foreign, Phrase, listed

CHANGE_VERBS = {
    AccessChange.GAINED: "gains",
    AccessChange.MAYBE_GAINED: "may gain",
    AccessChange.WIDENED: "gains another kind of",
    AccessChange.REVOKED: "loses",
    AccessChange.MAYBE_REVOKED: "may lose",
}
CHANGE_WORDS = {
    AccessChange.GAINED: "gained",
    AccessChange.MAYBE_GAINED: "maybe gained",
    AccessChange.WIDENED: "widened",
    AccessChange.REVOKED: "revoked",
    AccessChange.MAYBE_REVOKED: "maybe revoked",
}


def count(number: int, one: str, many: str = "") -> str:
    """Say a number of things, with thousands separators: ``1 person``, ``3,141 people``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: int, whole: int) -> str:
    """Say how much of a whole a part is: ``3.4 %``; ``0 %`` of nothing."""
    return f"{100 * part / whole:.1f} %" if whole and part else "0 %"


def band(score: float, level: Level) -> str:
    """Say a score with its band and incident level: ``8.6 high (SEV1)``."""
    return f"{score:.1f} {level}" + (f" ({level.sev})" if level is not Level.NONE else "")


def decision(verdict: Verdict) -> str:
    """Say what the gate decided, in a few lower-case words."""
    match verdict.decision:
        case Decision.BLOCK:
            return "blocked"
        case Decision.APPROVE:
            return f"needs {count(verdict.approvals_needed, 'approval')}"
        case Decision.WARN:
            return "passes, with warnings"
        case Decision.PASS:
            return "passes"


def moment(time: datetime) -> str:
    """Write a time in UTC to the second; a time without a zone is taken for UTC."""
    aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%SZ")


def author(assessment: Assessment) -> Phrase:
    """Say who proposes the change."""
    if assessment.author is None:
        return ("proposed by nobody named",)
    kind = "not in the snapshot" if assessment.author_kind is AuthorKind.UNKNOWN else str(assessment.author_kind)
    return ("proposed by ", Foreign(assessment.author), f" ({kind})")


def place(source: Source | None) -> Phrase:
    """Name a place as ``file:line``; nothing when there is none."""
    if source is None or not source.file:
        return ()
    return (Foreign(f"{source.file}:{source.line}" if source.line else source.file),)


def people(audience: Audience) -> str:
    """Say who gains: ``anyone on the internet, 3,100 people and 1 agent, 12 of them external``."""
    parts = ["anyone on the internet"] if audience.outsider else []
    kinds = (
        (audience.user, "person", "people"),
        (audience.service, "service", "services"),
        (audience.agent, "agent", "agents"),
        (audience.role, "role", "roles"),
    )
    parts += [count(number, one, many) for number, one, many in kinds if number]
    if audience.unlisted:
        parts.append(f"{unlisted(audience)} unlisted in {count(audience.unlisted, 'group')}")
    sentence = "".join(part for part in listed(parts or ["nobody"], most=9) if isinstance(part, str))
    return sentence + (f", {audience.external:,} of them external" if audience.external else "")


def unlisted(audience: Audience) -> str:
    """Say how many people the unlisted members are: ``78,000``, ``78,000 or more``, ``an unknown number``."""
    if not audience.unlisted_unknown:
        return f"{audience.unlisted_people:,}"
    return f"{audience.unlisted_people:,} or more" if audience.unlisted_people else "an unknown number"


def gained(exposure: ClassExposure) -> tuple[Capability, ...]:
    """Name the capabilities of a class that somebody gains, in ascending order."""
    return tuple(
        capability
        for capability, what in exposure.capabilities.items()
        if any(change in GAINS and number.tuples for change, number in what.changes.items())
    )


def only_maybe(exposure: ClassExposure) -> bool:
    """Tell whether all gains of a class depend on conditions."""
    return not any(AccessChange.GAINED in what.changes for what in exposure.capabilities.values())


def amount(exposure: ClassExposure) -> str:
    """Say how much is gained: ``12 resources (4,200,000 items)``."""
    items = f" ({count(exposure.item_total, 'item')})" if exposure.item_total != exposure.resource_total else ""
    return count(exposure.resource_total, "resource") + items


def opened(exposure: ClassExposure) -> Phrase:
    """Say in one sentence what the change does to a class that is newly exposed."""
    manner = "newly open, under conditions, to" if only_maybe(exposure) else "newly open to"
    able = ", ".join(capability.label for capability in gained(exposure)) or "access"
    return (Foreign(exposure.class_name), f" {manner} {people(exposure.audience)}: {able} on {amount(exposure)}")


def full_name(exposure: ClassExposure) -> Phrase:
    """Name a class by its id, with its title where that says more."""
    name = Foreign(exposure.class_name)
    plain_title = exposure.title.lower().replace(" ", "-")
    return (name,) if plain_title in {"", exposure.class_name.lower()} else (name, " (", Foreign(exposure.title), ")")


def fallback_place(inputs: tuple[Input, ...]) -> Source:
    """Choose where to show what has no place of its own: the first line of what proposes the change.

    Between two states that is the first file of the simulated one that the baseline does not have as well.
    Files are told apart by their content, since the two sides lie in different folders.
    """
    had = {given.sha256 for given in inputs if given.side is Side.BASELINE}
    simulated = [given for given in inputs if given.side is Side.SIMULATED]
    candidates = (
        *(given for given in inputs if given.side is Side.CHANGE),
        *(given for given in simulated if given.sha256 not in had),
        *simulated,
        *(given for given in inputs if given.side is Side.BASELINE),
    )
    return next((Source(given.label, 1) for given in candidates), Source("-", 1))


def located(source: Source | None, inputs: tuple[Input, ...]) -> Source:
    """Give a place with a file and a line, which the formats of code hosts insist on."""
    if source is None or not source.file:
        return fallback_place(inputs)
    return source if source.line > 0 else Source(source.file, 1)
