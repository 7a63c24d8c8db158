"""What a report format must offer."""

from dataclasses import dataclass
from typing import Protocol

from blastradius.model.assessment import Assessment


@dataclass(frozen=True, slots=True)
class Style:
    """How a report for a terminal is drawn. Formats for machines ignore it.

    Attributes:
        width: Columns that no line exceeds; less than 40 counts as 40.
        colour: True when escape sequences for colours are wanted.
    """

    width: int = 80
    colour: bool = False


PLAIN = Style()
"""80 columns, no colour: what a file or a pipe gets."""


class Reporter(Protocol):
    """A module ``report/<name>.py`` with these two names."""

    NAME: str
    """The word for ``--report``, such as ``sarif``."""

    def render(self, assessment: Assessment, style: Style = PLAIN) -> str:
        """Write an assessment out.

        Args:
            assessment: All there is to say. Any string in it may be hostile.
            style: How to draw, for formats that are drawn.

        Returns:
            The whole report. It ends with a newline unless it is empty, and holds no control character
            but the newline (and the colours that the style asks for). The same assessment and style
            give the same bytes.
        """
        ...
