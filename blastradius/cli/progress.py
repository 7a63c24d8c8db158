"""How far long work is: one line on a terminal's standard error, gone when the work is done.

Nobody sees it in a pipe, in a log, on a dumb terminal, or when the work takes less than a second.
"""

import os
import sys
import time
from types import TracebackType
from typing import Self, TextIO

QUIET_S = 1.0
_BETWEEN_DRAWINGS_S = 0.1
_BAR_CELLS = 24
_WIDTH_WITHOUT_TERMINAL = 80


class Progress:
    """Draws what `Request.progress` is told. Use it as a context: leaving it takes the line away."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Begin the second in which nothing is drawn.

        Args:
            stream: Where to draw; standard error if nothing else is said.
        """
        self._stream = sys.stderr if stream is None else stream
        # NOTE: the clock of this machine, which no report sees: a line on a terminal is no output.
        self._next_s = time.monotonic() + QUIET_S
        self._drawn = 0
        self._can_draw = _terminal(self._stream)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self.clear()

    def clear(self) -> None:
        """Take the line away, before anything else is written to the same terminal."""
        self._show("")

    def report(self, what: str, done: int, total: int) -> None:
        """Say how far something is; drawn at most ten times a second, so it may be called often.

        Args:
            what: What is being done, such as ``reading acme.jsonl``. It may be hostile.
            done: How much of it is.
            total: How much there is; 0 when nobody knows.
        """
        if not self._can_draw or (now := time.monotonic()) < self._next_s:
            return
        self._next_s = now + _BETWEEN_DRAWINGS_S
        self._show(line(what, done, total, _width(self._stream) - 1))

    def _show(self, text: str) -> None:
        """Draw over what was drawn, with blanks where the new line is shorter: every terminal understands those."""
        if not self._can_draw or not (text or self._drawn):
            return
        blanks = " " * (self._drawn - len(text))
        try:
            self._stream.write(f"\r{text}{blanks}" + ("" if text else "\r"))
            self._stream.flush()
        except (OSError, ValueError):
            # Whoever closed it does not look any more; the work goes on.
            self._can_draw = False
        self._drawn = len(text)


def line(what: str, done: int, total: int, width: int) -> str:
    """Write one line: a bar and a share where the total is known, else a number."""
    from blastradius.report.escaping import plain

    if total > 0:
        part = min(max(done, 0), total) / total
        full = int(part * _BAR_CELLS)
        drawn = f"[{'#' * full}{'.' * (_BAR_CELLS - full)}] {int(part * 100):3d}% "
    else:
        drawn = f"{done:,} "
    return (drawn + plain(what)).encode("ascii", "replace").decode()[: max(width, 0)]


def _terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty() and os.environ.get("TERM") != "dumb"


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH_WITHOUT_TERMINAL
    except (OSError, ValueError):
        return _WIDTH_WITHOUT_TERMINAL
