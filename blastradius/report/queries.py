"""Answers to single questions, written out: ``explain``, ``who-can``, ``what-can``, ``validate``."""

from collections.abc import Iterable, Sequence
from typing import Any

from blastradius.model.answer import Answer, Explanation, Holder, Holders, Holding, Holdings, Validation
from blastradius.model.delta import State
from blastradius.model.sources import Problem
from blastradius.report import values
from blastradius.report.escaping import TEXT_LIMIT, exact, json_document, plain
from blastradius.report.interface import PLAIN, Style
from blastradius.report.layout import Column, Hue, paint, table, wrap
from blastradius.report.paths import MARK, draw
from blastradius.report.wording import count

_MOST_PROBLEMS = 5
_HUES = {State.NONE: Hue.QUIET, State.CONDITIONAL: Hue.CAREFUL, State.GRANTED: Hue.BAD}


def explanation_text(explanation: Explanation, style: Style = PLAIN) -> str:
    """Say whether somebody may do something, before and after, each with its path.

    Args:
        explanation: The question and its answers. Any string in it may be hostile.
        style: How to draw.

    Returns:
        The whole answer, ending with a newline.
    """
    question = f"{plain(explanation.principal)} {plain(explanation.action)} {plain(explanation.resource)}"
    lines = [paint(line, Hue.HEADING, style.colour) for line in wrap(question, style.width)]
    if explanation.after is None:
        lines += _answer("", explanation.before, style)
    else:
        lines += _answer("before: ", explanation.before, style)
        lines += _answer("after: ", explanation.after, style)
        if _marked(explanation.before) or _marked(explanation.after):
            lines += ["", f"{MARK} only one of the two states holds this"]
    lines += _incomplete(explanation.unread, style)
    return "\n".join(lines) + "\n"


def explanation_json(explanation: Explanation) -> str:
    """Write an explanation as JSON, every string exactly as it was read."""
    document = {
        "format": "blastradius.explanation/1",
        "principal": exact(explanation.principal),
        "action": exact(explanation.action),
        "resource": exact(explanation.resource),
        "before": _answer_value(explanation.before),
        "after": None if explanation.after is None else _answer_value(explanation.after),
        "unread": [values.of_problem(problem) for problem in explanation.unread],
    }
    return json_document(document)


def holders_text(found: Holders, style: Style = PLAIN) -> str:
    """List who may do what was asked, with the state and the action that allows it.

    Args:
        found: In the order to show them; may be nobody.
        style: How to draw.

    Returns:
        A table and its sum, ending with a newline.
    """
    holders, doubts = found.holders, _incomplete(found.unread, style)
    if not holders:
        return "\n".join(["nobody", *doubts]) + "\n"
    rows = table(
        (
            Column("principal", tuple(plain(holder.principal) for holder in holders), right=False),
            Column("state", tuple(str(holder.state) for holder in holders), right=False),
            Column("action", tuple(plain(holder.action) for holder in holders), right=False),
        ),
        style.width,
    )
    return "\n".join([*rows, "", _sum(count(len(holders), "principal"), holders), *doubts]) + "\n"


def holders_json(found: Holders) -> str:
    """Write who may do something as JSON."""
    document = {
        "format": "blastradius.who-can/1",
        "action": exact(found.action),
        "resource": exact(found.resource),
        "holders": [
            {"principal": exact(holder.principal), "state": str(holder.state), "action": exact(holder.action)}
            for holder in found.holders
        ],
        "unread": [values.of_problem(problem) for problem in found.unread],
    }
    return json_document(document)


def holdings_text(found: Holdings, style: Style = PLAIN) -> str:
    """List what somebody may do, with the class of each resource.

    Args:
        found: In the order to show them; may be nothing.
        style: How to draw.

    Returns:
        A table and its sum, ending with a newline.
    """
    holdings, doubts = found.holdings, _incomplete(found.unread, style)
    if not holdings:
        return "\n".join(["nothing", *doubts]) + "\n"
    rows = table(
        (
            Column("resource", tuple(plain(holding.resource) for holding in holdings), right=False),
            Column("capability", tuple(holding.capability.label for holding in holdings), right=False),
            Column("state", tuple(str(holding.state) for holding in holdings), right=False),
            Column("class", tuple(plain(holding.class_name) for holding in holdings), right=False),
        ),
        style.width,
    )
    resources = count(len({holding.resource for holding in holdings}), "resource")
    total = f"{count(len(holdings), 'capability', 'capabilities')} on {resources}"
    return "\n".join([*rows, "", *wrap(_sum(total, holdings), style.width), *doubts]) + "\n"


def holdings_json(found: Holdings) -> str:
    """Write what somebody may do as JSON."""
    document = {
        "format": "blastradius.what-can/1",
        "principal": exact(found.principal),
        "holdings": [
            {
                "resource": exact(holding.resource),
                "class": exact(holding.class_name),
                "capability": holding.capability.label,
                "state": str(holding.state),
            }
            for holding in found.holdings
        ],
        "unread": [values.of_problem(problem) for problem in found.unread],
    }
    return json_document(document)


def validation_text(validation: Validation, style: Style = PLAIN) -> str:
    """Say what valid files hold, and what in them may not be what was meant.

    Args:
        validation: What was read. Any string in it may be hostile.
        style: How to draw.

    Returns:
        The whole answer, ending with a newline.
    """
    found = []
    if (facts := validation.snapshot) is not None:
        sizes = (
            count(len(facts.principals), "principal"),
            count(len(facts.groups), "group"),
            count(len(facts.resources), "resource"),
            count(len(facts.grants), "grant"),
        )
        found.append(f"snapshot: {', '.join(sizes)}")
    if validation.changes:
        steps = sum(len(change.steps) for change in validation.changes)
        tried = "" if facts is None else ", each fits the snapshot"
        found.append(f"{count(len(validation.changes), 'change')}: {count(steps, 'step')}{tried}")
    if validation.policies:
        found.append(count(validation.policies, "policy", "policies"))
    lines = ["valid"]
    for line in found:
        lines += wrap(line, style.width, "  ")
    for problem in validation.warnings:
        lines += wrap(f"warning: {plain(str(problem), TEXT_LIMIT)}", style.width)
        if problem.help:
            lines += wrap(f"help: {plain(problem.help, TEXT_LIMIT)}", style.width, "  ")
    return "\n".join(lines) + "\n"


def _answer(label: str, answer: Answer, style: Style) -> list[str]:
    lines = ["", paint(f"{label}{answer.state}", _HUES[answer.state], style.colour)]
    for witness in answer.witnesses:
        lines += draw(witness, style.width, "  ")
    for denial in answer.denials:
        lines += [*wrap("denied:", style.width, "  "), *draw(denial, style.width, "  ")]
    return lines


def _incomplete(unread: Sequence[Problem], style: Style) -> list[str]:
    """Say that the answer may be too small, and why."""
    if not unread:
        return []
    many = count(
        len(unread), "part of the input was not understood or is", "parts of the input were not understood or are"
    )
    lines = ["", *wrap(f"incomplete: {many} missing, so there may be more access than this", style.width)]
    for problem in unread[:_MOST_PROBLEMS]:
        lines += wrap(plain(str(problem), TEXT_LIMIT), style.width, "  ")
    if len(unread) > _MOST_PROBLEMS:
        lines.append(f"  and {count(len(unread) - _MOST_PROBLEMS, 'more', 'more')}: see --report json")
    return lines


def _marked(answer: Answer) -> bool:
    return any(step.changed for witness in (*answer.witnesses, *answer.denials) for step in witness.steps)


def _answer_value(answer: Answer) -> dict[str, Any]:
    return {
        "state": str(answer.state),
        "witnesses": [values.of_witness(witness) for witness in answer.witnesses],
        "denials": [values.of_witness(witness) for witness in answer.denials],
    }


def _sum(total: str, found: Iterable[Holder | Holding]) -> str:
    conditional = sum(each.state is State.CONDITIONAL for each in found)
    return f"{total}, {conditional:,} under a condition" if conditional else total
