"""All rules, in the order in which reports show the findings of one level."""

from collections.abc import Iterator
from itertools import islice

from blastradius.assess.findings.control import LOCKOUT
from blastradius.assess.findings.denials import DENY_REMOVED, DENY_REMOVED_UNLISTED
from blastradius.assess.findings.evidence import INCOMPLETE_EVIDENCE, NO_EFFECT, STALE_SNAPSHOT, UNDATED_SNAPSHOT
from blastradius.assess.findings.facts import ATTRIBUTES_LOWERED, DECLASSIFICATION, INHERITANCE_BREAK_REMOVED
from blastradius.assess.findings.gains import (
    AGENT_WRITE,
    EXTERNAL_EXPOSURE,
    MANAGE_GAINED,
    PUBLIC_EXPOSURE,
    UNKNOWN_MEMBERSHIP,
    WIDER_ACTIONS,
)
from blastradius.assess.findings.interface import Context, Draft, Rule, count, finished
from blastradius.assess.findings.privileged import PRIVILEGED_VERB
from blastradius.model.assessment import Finding, FindingLevel

RULES: dict[str, Rule] = {
    rule.id: rule
    for rule in (
        PUBLIC_EXPOSURE,
        EXTERNAL_EXPOSURE,
        AGENT_WRITE,
        MANAGE_GAINED,
        PRIVILEGED_VERB,
        WIDER_ACTIONS,
        UNKNOWN_MEMBERSHIP,
        DECLASSIFICATION,
        ATTRIBUTES_LOWERED,
        DENY_REMOVED,
        DENY_REMOVED_UNLISTED,
        INHERITANCE_BREAK_REMOVED,
        LOCKOUT,
        INCOMPLETE_EVIDENCE,
        STALE_SNAPSHOT,
        UNDATED_SNAPSHOT,
        NO_EFFECT,
    )
}
SHOWN_MAX = 20
"""How many findings of one rule are shown singly."""
_LOUDNESS = (FindingLevel.ERROR, FindingLevel.WARNING, FindingLevel.NOTE)


def find(context: Context) -> tuple[Finding, ...]:
    """Run every rule.

    Returns:
        All findings, loudest first, then in the order of the rules; of very many of one rule the first, and one that
        stands for the others.
    """
    found = [finished(rule, draft) for rule in RULES.values() for draft in _bounded(rule.find(context))]
    return tuple(sorted(found, key=lambda finding: _LOUDNESS.index(finding.level)))


def _bounded(drafts: Iterator[Draft]) -> Iterator[Draft]:
    yield from islice(drafts, SHOWN_MAX)
    others = list(drafts)
    if others:
        # The classes are kept, so that a gate rule about one of them still sees the finding.
        classes = {name for draft in others for name in draft.classes}
        level = min((draft.level for draft in others), key=_LOUDNESS.index)
        yield Draft(
            level, f"{count(len(others), 'more finding')} of this kind", ("more",), classes, source=others[0].source
        )
