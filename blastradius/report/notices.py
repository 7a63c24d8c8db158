"""What a code host shows beside a line: one notice per newly exposed class and per finding, worst first."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass

from blastradius.model.assessment import Assessment, ClassExposure, Decision, Finding, FindingLevel, Level
from blastradius.model.catalogue import FINDING_KINDS
from blastradius.model.delta import Witness
from blastradius.model.sources import Source
from blastradius.report.escaping import identifier
from blastradius.report.phrases import Foreign, Phrase, message
from blastradius.report.wording import band, located, only_maybe, opened

_HEX = re.compile(r"[0-9a-f]{16,}")
_FINDING_BANDS = {FindingLevel.ERROR: Level.HIGH, FindingLevel.WARNING: Level.MEDIUM, FindingLevel.NOTE: Level.LOW}


@dataclass(frozen=True, slots=True)
class Notice:
    """One exposure or finding, as code hosts want to have it.

    Attributes:
        rule: Safe id of the kind of notice, such as ``exposure/user-data/high`` or ``lockout``.
        level: How bad it is, on the scale of exposures.
        title: A few words.
        text: The whole sentence.
        help: What to do about it; may be empty.
        classes: Classes of data it concerns.
        source: A file and a line, always.
        fingerprint: As waivers name it.
        key: 16 hexadecimal digits that stay the same while the notice stays the same.
        occurrence: 1, or more where an earlier notice has the same key.
        witnesses: Paths to show; empty for findings.
        certain: False when everything it says depends on conditions.
    """

    rule: str
    level: Level
    title: Phrase
    text: Phrase
    help: Phrase
    classes: tuple[str, ...]
    source: Source
    fingerprint: str
    key: str
    occurrence: int
    witnesses: tuple[Witness, ...] = ()
    certain: bool = True

    @property
    def advised(self) -> Phrase:
        """The sentence, followed by what to do."""
        return (*self.text, "; ", *self.help) if self.help else self.text


def notices(assessment: Assessment) -> tuple[Notice, ...]:
    """List what there is to show, worst first and exposures before findings.

    Returns:
        As many notices as there are classes with a gain and findings; empty without either.
    """
    seen: Counter[str] = Counter()
    made = [_of_exposure(each, assessment, seen) for each in assessment.exposures]
    made += [_of_finding(each, assessment, seen) for each in assessment.findings]
    return tuple(sorted(made, key=lambda notice: -notice.level.rank))


def _of_exposure(exposure: ClassExposure, assessment: Assessment, seen: Counter[str]) -> Notice:
    rule = f"exposure/{identifier(exposure.class_name)}/{exposure.level}"
    key = _key(exposure.fingerprint or rule)
    seen[key] += 1
    name = Foreign(exposure.class_name)
    asked = assessment.verdict.decision is not Decision.PASS
    return Notice(
        rule=rule,
        level=exposure.level,
        title=(name, " newly exposed: ", band(exposure.score, exposure.level)),
        text=(*opened(exposure), f"; severity {band(exposure.score, exposure.level)}"),
        help=("let in only who needs it, or leave this line of the change out",) if asked else (),
        classes=(exposure.class_name,),
        source=located(exposure.source, assessment.inputs),
        fingerprint=exposure.fingerprint,
        key=key,
        occurrence=seen[key],
        witnesses=exposure.witnesses,
        certain=not only_maybe(exposure),
    )


def _of_finding(finding: Finding, assessment: Assessment, seen: Counter[str]) -> Notice:
    rule = identifier(finding.rule)
    key = _key(finding.fingerprint or f"{rule}\0{finding.message}")
    seen[key] += 1
    return Notice(
        rule=rule,
        level=_FINDING_BANDS[finding.level],
        title=_title(finding.rule),
        text=(message(finding.message),),
        help=(message(finding.help),) if finding.help else (),
        classes=finding.classes,
        source=located(finding.source, assessment.inputs),
        fingerprint=finding.fingerprint,
        key=key,
        occurrence=seen[key],
    )


def _title(rule: str) -> Phrase:
    """Name a finding by its id and, where that is one of ours, by what happened."""
    kind = FINDING_KINDS.get(rule)
    return (Foreign(rule), f": {kind.title[:1].lower()}{kind.title[1:]}") if kind else (Foreign(rule),)


def _key(fingerprint: str) -> str:
    if _HEX.fullmatch(fingerprint):
        return fingerprint[:16]
    return hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]
