"""Files that a template engine must render before they are YAML or JSON."""

import re

from blastradius.documents.tree import File
from blastradius.model.sources import Problem, Source

_ACTION = re.compile(r"\{\{-?\s*[.$A-Za-z\"/(]|\{%-?\s*[a-z]")


def template_problem(file: File, line: int) -> Problem | None:
    """Tell whether a file could not be read because it is a template.

    A template action in a text is no reason: alerting rules are full of them, and are valid YAML.

    Args:
        file: What could not be read.
        line: Line on which reading stopped, counted from 1.

    Returns:
        A problem when there is a template action on that line or on the one before.
    """
    lines = file.text.split("\n")
    for number in range(max(1, line - 1), min(line, len(lines)) + 1):
        found = _ACTION.search(lines[number - 1])
        if found:
            place = Source(file.label, number, found.start() + 1)
            hint = "render it first, for example with `helm template`, and give the result"
            return Problem("this is a template, not YAML", place, hint)
    return None
