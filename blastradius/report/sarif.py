"""SARIF 2.1.0, as code scanning takes it. Source: OASIS SARIF 2.1.0, and GitHub's limits for uploads."""

from blastradius.model.assessment import Assessment, Level
from blastradius.model.delta import PathStep, Witness
from blastradius.model.sources import Problem, Source
from blastradius.report.escaping import (
    TEXT_LIMIT,
    identifier,
    json_document,
    plain,
    relative_uri,
    sarif_text,
)
from blastradius.report.interface import PLAIN, Style
from blastradius.report.notices import Notice, notices
from blastradius.report.paths import claim
from blastradius.report.phrases import Foreign, Phrase, write
from blastradius.report.sarif_rules import LEVELS, MORE, JsonObject, describe, message
from blastradius.report.wording import count, fallback_place, located

NAME = "sarif"

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 5000
_MOST_FLOWS = 5
_MOST_STEPS = 100
_MOST_STEPS_IN_ALL = 10_000
_MOST_NOTIFICATIONS = 1000


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    shown = list(notices(assessment))
    left_out = len(shown) - MOST_RESULTS
    if left_out > 0:
        shown = [*shown[: MOST_RESULTS - 1], _remainder(assessment, left_out + 1)]
    rules = describe(shown)
    positions = {rule: position for position, rule in enumerate(rules)}
    results = []
    room = _MOST_STEPS_IN_ALL
    for notice in shown:
        flows = _flows(notice, room)
        room -= sum(len(flow["threadFlows"][0]["locations"]) for flow in flows)
        results.append(_result(notice, positions[notice.rule], flows))
    version = plain(assessment.version, 80) or "0"
    run = {
        "tool": {
            "driver": {
                "name": "blastradius",
                "version": version,
                "semanticVersion": version,
                "rules": list(rules.values()),
            }
        },
        "columnKind": "unicodeCodePoints",
        "automationDetails": {"id": f"blastradius/{identifier(assessment.system or 'access')}/"},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    _notification(each, assessment) for each in assessment.unread[:_MOST_NOTIFICATIONS]
                ],
            }
        ],
        "results": results,
        "properties": _summary(assessment),
    }
    return json_document({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _summary(assessment: Assessment) -> JsonObject:
    return {
        "decision": str(assessment.verdict.decision),
        "approvalsNeeded": assessment.verdict.approvals_needed,
        "score": round(assessment.severity.score, 1),
        "level": str(assessment.severity.level),
        "sev": assessment.severity.level.sev,
    }


def _remainder(assessment: Assessment, number: int) -> Notice:
    return Notice(
        rule=MORE,
        level=Level.LOW,
        title=("more results",),
        text=(f"{count(number, 'more result')}, see the JSON report",),
        help=(),
        classes=(),
        source=fallback_place(assessment.inputs),
        fingerprint="more",
        key="0" * 16,
        occurrence=1,
    )


def _result(notice: Notice, position: int, flows: list[JsonObject]) -> JsonObject:
    result: JsonObject = {
        "ruleId": notice.rule,
        "ruleIndex": position,
        "level": LEVELS[notice.level],
        "message": message(write(notice.advised, sarif_text)),
        "locations": [_location(notice.source)],
        "partialFingerprints": {
            # INVARIANT: made of what is exposed, never of a line number, so that it survives moved lines.
            "primaryLocationLineHash": f"{notice.key}:{notice.occurrence}",
            "blastradiusFinding/v1": plain(notice.fingerprint) or notice.key,
        },
    }
    related = _related(notice)
    if related:
        result["relatedLocations"] = related
    if flows:
        result["codeFlows"] = flows
    return result


def _related(notice: Notice) -> list[JsonObject]:
    """Name every other line that the paths of a notice were read from."""
    places: dict[Source, PathStep] = {}
    for witness in notice.witnesses[:_MOST_FLOWS]:
        for step in witness.steps[:_MOST_STEPS]:
            if step.source is not None and step.source.file and step.source != notice.source:
                places.setdefault(Source(step.source.file, max(step.source.line, 1)), step)
    return [
        {"id": number, **_location(source), "message": message(_step(step))}
        for number, (source, step) in enumerate(sorted(places.items(), key=lambda entry: entry[0])[:100], start=1)
    ]


def _flows(notice: Notice, room: int) -> list[JsonObject]:
    """Tell each path as a code flow, as long as there is room for it in the whole file."""
    flows: list[JsonObject] = []
    for witness in notice.witnesses[:_MOST_FLOWS]:
        steps = witness.steps[:_MOST_STEPS]
        room -= len(steps)
        if room < 0:
            break
        if steps:
            flows.append(_flow(witness, steps, notice.source))
    return flows


def _flow(witness: Witness, steps: tuple[PathStep, ...], fallback: Source) -> JsonObject:
    locations = [
        {
            "location": {
                **_location(step.source if step.source and step.source.file else fallback),
                "message": message(_step(step)),
            },
            "importance": "essential" if step.changed else "important",
        }
        for step in steps
    ]
    said = claim(witness).replace("](", "] (")
    return {"message": message(said), "threadFlows": [{"locations": locations}]}


def _step(step: PathStep) -> str:
    arrow: Phrase = (Foreign(step.start), " -[", Foreign(step.relation), "]-> ", Foreign(step.end))
    return write((*arrow, " (changed)") if step.changed else arrow, sarif_text)


def _notification(problem: Problem, assessment: Assessment) -> JsonObject:
    said = sarif_text(problem.message, TEXT_LIMIT) + (f"; {sarif_text(problem.help, 300)}" if problem.help else "")
    return {
        "descriptor": {"id": "incomplete-evidence"},
        "level": "warning",
        "message": message(said),
        "locations": [_location(located(problem.source, assessment.inputs))],
    }


def _location(source: Source) -> JsonObject:
    region: JsonObject = {"startLine": max(source.line, 1)}
    if source.line and source.column:
        region["startColumn"] = source.column
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": relative_uri(source.file)},
            "region": region,
        }
    }
