"""Conditions as texts: the same meaning always the same text."""

import re

from blastradius.documents import visible
from blastradius.systems.gcp.objects import Condition
from blastradius.systems.gcp.role_table import LOST_CONDITION

_PIECE = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\s+|[^\s"']+|.""", re.DOTALL)


def text_of(condition: Condition | None, role: str) -> str | None:
    """Say when a binding holds; None when always.

    The title and the description are for people and decide nothing, so they are no part of it; nor is blank space
    outside of quotes.
    """
    if condition is not None:
        words = (
            match[1] or (" " if match[0].isspace() else match[0]) for match in _PIECE.finditer(condition.expression)
        )
        return visible("".join(words).strip())
    _, lost, mark = role.partition(LOST_CONDITION)
    return f"condition that was not exported ({mark})" if lost else None
