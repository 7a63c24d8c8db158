"""Why a gate rule applies, in one sentence."""

from collections.abc import Sequence
from dataclasses import dataclass

from blastradius.model.assessment import Assessment, AuthorKind, ClassExposure, Finding
from blastradius.model.delta import GAINS
from blastradius.model.policy import When

_CLASSES_SHOWN = 3
# Those who are not listed are counted by themselves.
_AUDIENCES = {
    "outsider": "anyone on the internet",
    "external": "people from outside",
    "agent": "agents",
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A class exposure that fits a rule.

    Attributes:
        people: Distinct people to whom the changes that the rule is about happen, without unlisted members.
        unlisted: For how many the unlisted members among them count; 0 when there are none.
        resources: Distinct resources on which they happen.
        audiences: Which of the audiences that the rule names are among them.
    """

    exposure: ClassExposure
    people: int
    unlisted: int
    resources: int
    audiences: frozenset[str]


def reason(when: When, assessment: Assessment, fits: Sequence[Fit], found: Sequence[Finding]) -> str:
    """Put the sentence together from what the rule asks about.

    Args:
        when: What the rule asks.
        assessment: What it was asked about.
        fits: The class exposures that answer it; empty for a rule about the whole.
        found: The findings that answer it; empty for a rule that asks for none.
    """
    parts = [_opened(when, fits)] if fits else []
    if found:
        names = ", ".join(dict.fromkeys(f"`{finding.rule}`" for finding in found))
        parts.append(f"there is a finding {names}")
    if when.severity is not None:
        parts.append(f"the change is {assessment.severity.level} ({assessment.severity.score})")
    if when.authors:
        unknown = assessment.author_kind is AuthorKind.UNKNOWN
        parts.append("nobody known signed it" if unknown else f"its author is of kind {assessment.author_kind}")
    return ", and ".join(parts) or "the rule applies to every change"


def _opened(when: When, fits: Sequence[Fit]) -> str:
    verb = "opens to" if when.changes <= GAINS else "changes for"
    shown = [f"`{fit.exposure.class_name}` {verb} {_whom(fit)}" for fit in fits[:_CLASSES_SHOWN]]
    left = len(fits) - len(shown)
    if left:
        shown.append(f"{left} more {'class' if left == 1 else 'classes'}")
    return ", ".join(shown)


def _whom(fit: Fit) -> str:
    people = [f"{fit.people:,} {'principal' if fit.people == 1 else 'principals'}"] if fit.people else []
    # How many they are is often a guess, and always apart from the accounts that a reader finds in the tables.
    unlisted = [f"unlisted members, who count as {fit.unlisted:,}"] if fit.unlisted else []
    comma = "," if unlisted else ""
    resources = f"{fit.resources:,} {'resource' if fit.resources == 1 else 'resources'}"
    named = [words for audience, words in _AUDIENCES.items() if audience in fit.audiences]
    among = f", among them {' and '.join(named)}" if named else ""
    return f"{' and '.join([*people, *unlisted])}{comma} on {resources}{among}"
