"""The numbers of the classes, as columns that text and Markdown draw alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from blastradius.model.assessment import Audience, ClassExposure
from blastradius.model.delta import GAINS, AccessChange
from blastradius.report.wording import CHANGE_WORDS, count, gained

NONE = "-"


@dataclass(frozen=True, slots=True)
class Figures:
    """One column: a heading and a cell per class, all of them our own words and numbers."""

    heading: str
    cells: tuple[str, ...]
    right: bool = True


def by_class(exposures: Sequence[ClassExposure]) -> tuple[Figures, ...]:
    """Count, per class, who gains and what is gained.

    Args:
        exposures: Classes with a gain; not empty.

    Returns:
        Columns without the names of the classes. Columns that say nothing about any class are left out.
    """
    numbers = {
        "before": [_before(each) for each in exposures],
        "people": [each.audience.user for each in exposures],
        "services": [each.audience.service for each in exposures],
        "agents": [each.audience.agent for each in exposures],
        "roles": [each.audience.role for each in exposures],
        "external": [each.audience.external for each in exposures],
    }
    unlisted = tuple(_unlisted(each.audience) for each in exposures)
    internet = tuple("anyone" if each.audience.outsider else NONE for each in exposures)
    resources = [each.resource_total for each in exposures]
    items = [each.item_total for each in exposures]
    kept = ("before", "people")
    return (
        Figures("severity", tuple(f"{each.score:.1f} {each.level}" for each in exposures), right=False),
        *(Figures(name, _cells(values)) for name, values in numbers.items() if any(values) or name in kept),
        *([Figures("unlisted", unlisted)] if set(unlisted) != {NONE} else []),
        *([Figures("internet", internet)] if set(internet) != {NONE} else []),
        Figures("resources", _cells(resources)),
        *([Figures("items", _cells(items))] if items != resources else []),
    )


def by_capability(exposure: ClassExposure) -> tuple[Figures, ...]:
    """Count who gains each capability of one class, for certain and perhaps; the first column names it.

    What is lost or widened is none of a class's exposure, and is counted over other resources: see `other_changes`.
    """
    rows = [
        (capability.label, what.before_principals, CHANGE_WORDS[change], what.changes[change])
        for capability, what in exposure.capabilities.items()
        for change in AccessChange
        if change in GAINS and change in what.changes
    ]
    return (
        Figures("capability", tuple(label for label, *_ in rows), right=False),
        Figures("before", tuple(f"{before:,}" for _, before, *_ in rows)),
        Figures("change", tuple(word for _, _, word, _ in rows), right=False),
        Figures("principals", tuple(f"{size.principals:,}" for *_, size in rows)),
        Figures("resources", tuple(f"{size.resources:,}" for *_, size in rows)),
        Figures("tuples", tuple(f"{size.tuples:,}" for *_, size in rows)),
    )


def other_changes(exposures: Sequence[ClassExposure]) -> tuple[tuple[str, str], ...]:
    """Say what happened to classes beyond new exposure.

    Returns:
        Pairs of the id of a class and our own words, one per kind of change.
    """
    sentences = {
        AccessChange.WIDENED: ("principal may do more with", "principals may do more with"),
        AccessChange.REVOKED: ("principal loses a capability on", "principals lose a capability on"),
        AccessChange.MAYBE_REVOKED: ("principal may lose a capability on", "principals may lose a capability on"),
    }
    return tuple(
        (
            each.class_name,
            f"{count(len(each.movements[change].people), *sentences[change])} "
            f"{count(len(each.movements[change].resources), 'resource')}",
        )
        for each in exposures
        for change in AccessChange
        if change not in GAINS and change in each.movements
    )


def _before(exposure: ClassExposure) -> int:
    highest = gained(exposure)[-1:]
    return sum(exposure.capabilities[capability].before_principals for capability in highest)


def _unlisted(audience: Audience) -> str:
    """Count unlisted members; a question mark says that there may be more, or that nobody knows how many."""
    if not audience.unlisted:
        return NONE
    known = f"{audience.unlisted_people:,}" if audience.unlisted_people else ""
    return known + "?" if audience.unlisted_unknown else known or "0"


def _cells(values: Sequence[int]) -> tuple[str, ...]:
    return tuple(f"{value:,}" if value else NONE for value in values)
