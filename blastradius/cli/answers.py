"""Where the answer to a single question goes, and what to ask instead where there is none."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from blastradius.cli import output
from blastradius.cli.options import AnswerFormat
from blastradius.errors import SnapshotError
from blastradius.model.sources import Problem
from blastradius.report.interface import Style

_IN_NAMESPACE = re.compile(r"k8s:(?!\*/)([^/:]+)/([^:]+)")
"""Namespace and type in the id of a Kubernetes resource that lies in one namespace."""


def show(form: AnswerFormat, as_text: Callable[[Style], str], as_json: Callable[[], str]) -> None:
    """Write an answer to standard output, as text for a terminal or as JSON."""
    if form is AnswerFormat.JSON:
        output.write(as_json())
    else:
        output.write(as_text(Style(width=output.width(), colour=output.colour_wanted())))


@contextmanager
def asking_about(resource: str) -> Iterator[None]:
    """Say what to ask instead where nobody knows a resource because its namespace is named nowhere.

    Raises:
        SnapshotError: The one that was raised, with more help where there is some.
    """
    try:
        yield
    except SnapshotError as error:
        unknown = f"unknown resource `{resource}`"
        found = _IN_NAMESPACE.match(resource)
        if found is None or [problem.message for problem in error.problems] != [unknown]:
            raise
        wider = f"k8s:*/{found[2]}"
        near = error.problems[0].help
        other = "" if not near or f"`{wider}`" in near else f"; {near}"
        help_text = f"if the snapshot names nothing in the namespace `{found[1]}`, ask about `{wider}`{other}"
        raise SnapshotError(Problem(unknown, None, help_text)) from error
