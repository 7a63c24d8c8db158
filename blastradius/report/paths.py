"""A witness path, drawn for people: one step per line, with its place and a mark on what changed."""

from collections.abc import Sequence
from itertools import takewhile

from blastradius.model.delta import AccessChange, PathStep, State, Witness
from blastradius.report.escaping import plain
from blastradius.report.layout import columns, fit_end, pad, wrap
from blastradius.report.phrases import write
from blastradius.report.wording import CHANGE_VERBS, place

MARK = "*"
"""Stands before a step that only one of the two states holds."""
MOST_STEPS = 20
"""Longer paths are cut in the middle."""
_LEAST_ROOM = 20
_LEAST_SHARED = 2
_STATE_VERBS = {State.NONE: "does not have", State.CONDITIONAL: "has, under conditions,", State.GRANTED: "has"}


def claim(witness: Witness) -> str:
    """Say what a witness shows: ``user:ana gains read (SELECT) on db:prod``."""
    verb = _STATE_VERBS[witness.state] if witness.change is None else CHANGE_VERBS[witness.change]
    label = witness.capability.label
    action = f" ({plain(witness.action)})" if witness.action not in {"", label} else ""
    return f"{plain(witness.principal)} {verb} {label}{action} on {plain(witness.resource)}"


def draw(witness: Witness, width: int = 80, indent: str = "", above: Sequence[Witness] = ()) -> list[str]:
    """Draw the steps of a witness, then its conditions, or that there were some before.

    Args:
        witness: What to draw.
        width: Columns that no line exceeds.
        indent: What every line begins with.
        above: Witnesses that the reader has seen: where the path runs into one of them, it ends.

    Returns:
        Plain lines: the principal, then one line per step ``-[relation]-> where it leads`` with its
        place at the end of the line, or on the next one where it does not fit.
    """
    lines: list[str] = []
    here: str | None = None
    own = len(witness.steps) - max((_shared(witness, other) for other in above), default=0)
    shown = _shortened(witness.steps[:own])
    for step in shown:
        if step is None:
            lines.append(f"{indent}  … {own - len(shown) + 1:,} more steps")
            here = None
            continue
        if step.start != here:
            lines += _line("", plain(step.start), "", width, indent)
        mark = f"{MARK} " if step.changed else "  "
        edge = f"-[{plain(step.relation)}]-> {plain(step.end)}"
        lines += _line(mark, edge, write(place(step.source), plain), width, indent)
        here = step.end
    if own < len(witness.steps):
        lines += wrap("and on as above", width, indent + "  ")
    for condition in witness.conditions:
        lines += wrap(f"only when {plain(condition)}", width, indent, indent + "  ")
    if _was_conditional(witness):
        lines += wrap("had it only under a condition before", width, indent, indent + "  ")
    return lines


def _was_conditional(witness: Witness) -> bool:
    """Tell whether access "may be gained" because of a condition that stood before and that no step here shows."""
    granted = witness.state is State.GRANTED and not witness.conditions
    return granted and witness.change is AccessChange.MAYBE_GAINED


def _shared(witness: Witness, other: Witness) -> int:
    """Count the last steps that two paths have in common, if that is worth a word: never all, and not just one."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(reversed(witness.steps), reversed(other.steps), strict=False))
    number = min(sum(1 for _ in same), len(witness.steps) - 1)
    return number if number >= _LEAST_SHARED else 0


def _shortened(path: Sequence[PathStep]) -> list[PathStep | None]:
    steps: list[PathStep | None] = [*path]
    if len(steps) <= MOST_STEPS:
        return steps
    return [*steps[: MOST_STEPS // 2], None, *steps[-MOST_STEPS // 2 :]]


def _line(mark: str, text: str, where: str, width: int, indent: str) -> list[str]:
    """Put a text and its place on one line if both fit, else the place below it."""
    start = indent + mark
    where = fit_end(where, max(width - columns(start) - 4, _LEAST_ROOM))
    room = width - columns(start) - columns(where) - 2
    if where and columns(text) <= room:
        return [start + pad(text, room) + "  " + where]
    lines = wrap(text, width, start, " " * columns(start) + "  ")
    if where:
        lines.append(pad(where, width, right=True))
    return lines
