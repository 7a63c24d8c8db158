"""A witness path, drawn for people: one step per line, with its place and a mark on what changed."""

from blastradius.model.delta import PathStep, State, Witness
from blastradius.report.escaping import plain
from blastradius.report.layout import columns, fit, pad, wrap
from blastradius.report.phrases import write
from blastradius.report.wording import CHANGE_VERBS, place

MARK = "*"
"""Stands before a step that only one of the two states holds."""
MOST_STEPS = 20
"""Longer paths are cut in the middle."""
_LEAST_ROOM = 20
_STATE_VERBS = {State.NONE: "does not have", State.CONDITIONAL: "has, under conditions,", State.GRANTED: "has"}


def claim(witness: Witness) -> str:
    """Say what a witness shows: ``user:ana gains read (SELECT) on db:prod``."""
    verb = _STATE_VERBS[witness.state] if witness.change is None else CHANGE_VERBS[witness.change]
    label = witness.capability.label
    action = f" ({plain(witness.action)})" if witness.action not in {"", label} else ""
    return f"{plain(witness.principal)} {verb} {label}{action} on {plain(witness.resource)}"


def draw(witness: Witness, width: int = 80, indent: str = "") -> list[str]:
    """Draw the steps of a witness, then its conditions.

    Args:
        witness: What to draw.
        width: Columns that no line exceeds.
        indent: What every line begins with.

    Returns:
        Plain lines: the principal, then one line per step ``-[relation]-> where it leads`` with its
        place at the end of the line, or on the next one where it does not fit.
    """
    lines: list[str] = []
    here: str | None = None
    shown = _shortened(witness)
    for step in shown:
        if step is None:
            lines.append(f"{indent}  … {len(witness.steps) - len(shown) + 1:,} more steps")
            here = None
            continue
        if step.start != here:
            lines += _line("", plain(step.start), "", width, indent)
        mark = f"{MARK} " if step.changed else "  "
        edge = f"-[{plain(step.relation)}]-> {plain(step.end)}"
        lines += _line(mark, edge, write(place(step.source), plain), width, indent)
        here = step.end
    for condition in witness.conditions:
        lines += wrap(f"only when {plain(condition)}", width, indent, indent + "  ")
    return lines


def _shortened(witness: Witness) -> list[PathStep | None]:
    steps: list[PathStep | None] = [*witness.steps]
    if len(steps) <= MOST_STEPS:
        return steps
    return [*steps[: MOST_STEPS // 2], None, *steps[-MOST_STEPS // 2 :]]


def _line(mark: str, text: str, where: str, width: int, indent: str) -> list[str]:
    """Put a text and its place on one line if both fit, else the place below it."""
    start = indent + mark
    where = fit(where, max(width - columns(start) - 4, _LEAST_ROOM))
    room = width - columns(start) - columns(where) - 2
    if where and columns(text) <= room:
        return [start + pad(text, room) + "  " + where]
    lines = wrap(text, width, start, " " * columns(start) + "  ")
    if where:
        lines.append(pad(where, width, right=True))
    return lines
