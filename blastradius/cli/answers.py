"""Where the answer to a single question goes."""

from collections.abc import Callable

from blastradius.cli import output
from blastradius.cli.options import AnswerFormat
from blastradius.report.interface import Style


def show(form: AnswerFormat, as_text: Callable[[Style], str], as_json: Callable[[], str]) -> None:
    """Write an answer to standard output, as text for a terminal or as JSON."""
    if form is AnswerFormat.JSON:
        output.write(as_json())
    else:
        output.write(as_text(Style(width=output.width(), colour=output.colour_wanted())))
