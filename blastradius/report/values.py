"""Our values as the plain dicts and lists of the JSON report. Source: SPEC section 7."""

from collections.abc import Mapping
from typing import Any

from blastradius.model.assessment import (
    Assessment,
    Audience,
    CapabilityExposure,
    ClassExposure,
    Factors,
    Finding,
    Verdict,
)
from blastradius.model.delta import AccessChange, Witness
from blastradius.model.snapshot import Capability, Coverage
from blastradius.model.sources import Input, Problem, Source
from blastradius.report.escaping import exact
from blastradius.report.wording import moment

REPORT_FORMAT = "blastradius.report/1"
_FACTOR_DIGITS = 4

JsonObject = dict[str, Any]


def of_assessment(assessment: Assessment) -> JsonObject:
    """Say everything; the keys stand in the order in which people ask."""
    severity = assessment.severity
    return {
        "format": REPORT_FORMAT,
        "title": exact(assessment.title),
        "system": exact(assessment.system),
        "author": _maybe(assessment.author),
        "author_kind": str(assessment.author_kind),
        "as_of": moment(assessment.as_of),
        "taken_at": moment(assessment.taken_at) if assessment.taken_at else None,
        "verdict": of_verdict(assessment.verdict),
        "severity": {
            "score": round(severity.score, 1),
            "level": str(severity.level),
            "sev": severity.level.sev,
            "floor": _maybe(severity.floor),
            "capped": severity.capped,
        },
        "exposures": [of_exposure(each) for each in assessment.exposures],
        "others": [of_exposure(each) for each in assessment.others],
        "totals": {str(change): assessment.totals.get(change, 0) for change in AccessChange},
        "findings": [of_finding(each) for each in assessment.findings],
        "unread": [of_problem(each) for each in assessment.unread],
        "coverage": [of_coverage(each) for each in assessment.coverage],
        "extent": {
            "principals": assessment.extent.principals,
            "groups": assessment.extent.groups,
            "resources": assessment.extent.resources,
            "grants": assessment.extent.grants,
            "unclassified": assessment.extent.unclassified,
        },
        "inputs": [of_input(each) for each in assessment.inputs],
        "tool": {"name": "blastradius", "version": exact(assessment.version)},
    }


def of_verdict(verdict: Verdict) -> JsonObject:
    """Say what the gate decided, and by which rules."""
    return {
        "decision": str(verdict.decision),
        "approvals_needed": verdict.approvals_needed,
        "reasons": [
            {
                "rule": exact(reason.rule),
                "decision": str(reason.decision),
                "approvals": reason.approvals,
                "message": exact(reason.message),
            }
            for reason in verdict.reasons
        ],
    }


def of_exposure(exposure: ClassExposure) -> JsonObject:
    """Say what happens to one class."""
    return {
        "class": exact(exposure.class_name),
        "title": exact(exposure.title),
        "score": round(exposure.score, 1),
        "level": str(exposure.level),
        "factors": _factors(exposure.factors) if exposure.factors else None,
        "principals": _audience(exposure.audience),
        "resources": {"total": exposure.resource_total, "items": exposure.item_total},
        "capabilities": _capabilities(exposure.capabilities),
        "top_principals": [{"principal": exact(name), "resources": number} for name, number in exposure.top_principals],
        "top_resources": [{"resource": exact(name), "principals": number} for name, number in exposure.top_resources],
        "witnesses": [of_witness(each) for each in exposure.witnesses],
        "source": of_source(exposure.source),
        "fingerprint": exact(exposure.fingerprint),
    }


def of_witness(witness: Witness) -> JsonObject:
    """Say why somebody has, gains or loses something."""
    return {
        "principal": exact(witness.principal),
        "capability": witness.capability.label,
        "action": exact(witness.action),
        "resource": exact(witness.resource),
        "change": str(witness.change) if witness.change else None,
        "state": str(witness.state),
        "conditions": [exact(each) for each in witness.conditions],
        "steps": [
            {
                "from": exact(step.start),
                "relation": exact(step.relation),
                "to": exact(step.end),
                "source": of_source(step.source),
                "changed": step.changed,
            }
            for step in witness.steps
        ],
    }


def of_finding(finding: Finding) -> JsonObject:
    """Say a finding."""
    return {
        "rule": exact(finding.rule),
        "level": str(finding.level),
        "message": exact(finding.message),
        "classes": [exact(each) for each in finding.classes],
        "principals": [exact(each) for each in finding.principals],
        "principal_total": finding.principal_total,
        "resources": [exact(each) for each in finding.resources],
        "resource_total": finding.resource_total,
        "source": of_source(finding.source),
        "help": exact(finding.help),
        "fingerprint": exact(finding.fingerprint),
    }


def of_problem(problem: Problem) -> JsonObject:
    """Say what was not understood."""
    return {
        "message": exact(problem.message),
        "source": of_source(problem.source),
        "help": exact(problem.help),
    }


def of_coverage(one: Coverage) -> JsonObject:
    """Say whether an export holds all that it should."""
    return {
        "what": exact(one.what),
        "completeness": str(one.completeness),
        "reason": exact(one.reason),
        "source": of_source(one.source),
    }


def of_input(given: Input) -> JsonObject:
    """Name one file that was read."""
    return {
        "file": exact(given.label),
        "side": str(given.side),
        "kind": exact(given.kind),
        "sha256": exact(given.sha256),
    }


def of_source(source: Source | None) -> JsonObject | None:
    """Name a place; None when there is none. A line or column of 0 is left out."""
    if source is None or not source.file:
        return None
    place: JsonObject = {"file": exact(source.file)}
    if source.line:
        place["line"] = source.line
        if source.column:
            place["column"] = source.column
    return place


def _factors(factors: Factors) -> JsonObject:
    return {
        "sensitivity": round(factors.sensitivity, _FACTOR_DIGITS),
        "capability": round(factors.capability, _FACTOR_DIGITS),
        "capability_name": exact(factors.capability_name),
        "reach": round(factors.reach, _FACTOR_DIGITS),
        "headcount": factors.headcount,
        "items": factors.items,
        "capped": factors.capped,
    }


def _audience(audience: Audience) -> JsonObject:
    return {
        "total": audience.total,
        "user": audience.user,
        "service": audience.service,
        "role": audience.role,
        "agent": audience.agent,
        "external": audience.external,
        "unlisted": audience.unlisted,
        "unlisted_people": audience.unlisted_people,
        "unlisted_unknown": audience.unlisted_unknown,
        "outsider": audience.outsider,
    }


def _capabilities(capabilities: Mapping[Capability, CapabilityExposure]) -> JsonObject:
    return {
        capability.label: {
            "before": {"principals": what.before_principals},
            **{
                str(change): {
                    "tuples": what.changes[change].tuples,
                    "principals": what.changes[change].principals,
                    "resources": what.changes[change].resources,
                }
                for change in AccessChange
                if change in what.changes and what.changes[change].tuples
            },
        }
        for capability, what in capabilities.items()
    }


def _maybe(text: str | None) -> str | None:
    return None if text is None else exact(text)
