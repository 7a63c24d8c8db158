"""Standard output and standard error: what may go there, how wide, in colour or not."""

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO

from blastradius.errors import BlastRadiusError
from blastradius.model.sources import Problem

WIDTH_WITHOUT_TERMINAL = 80
WIDTH_MIN, WIDTH_MAX = 40, 120


def prepare_streams() -> None:
    """Make both streams take any character, and a pipe or file get the same bytes on every machine."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def write(text: str) -> None:
    """Write a report or an answer to standard output.

    A reader that has seen enough (``| head``) is no error: what was decided stays decided.

    Raises:
        BlastRadiusError: When it cannot be written for any other reason.
    """
    write_all((text,))


def write_all(chunks: Iterable[str]) -> None:
    """Write many pieces to standard output, as `write` does; stops when nobody reads on."""
    if sys.stdout is None or sys.stdout.closed:
        raise BlastRadiusError(Problem("cannot write to standard output: it is closed"))
    try:
        for chunk in chunks:
            sys.stdout.write(chunk)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _silence(sys.stdout)
        raise BlastRadiusError(
            Problem(f"cannot write to standard output: {reason(error)}", None, "make room, or write a report to a file")
        ) from error


def complain(text: str) -> None:
    """Write to standard error, as far as that is possible: a lost message must not change the exit code."""
    with suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text)
        sys.stderr.flush()


def colour_wanted() -> bool:
    """Tell whether standard output gets colours: ``NO_COLOR`` first, then ``FORCE_COLOR``, then the terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in {"", "0"}:
        return True
    return os.environ.get("TERM") != "dumb" and _on_terminal()


def width() -> int:
    """Columns a report may use: those of the terminal within reason, 80 where there is none."""
    if not _on_terminal():
        return WIDTH_WITHOUT_TERMINAL
    import shutil

    return min(max(shutil.get_terminal_size().columns, WIDTH_MIN), WIDTH_MAX)


def reason(error: OSError) -> str:
    """Say in a few words why the system refused, without any path of this machine."""
    text = error.strerror or type(error).__name__
    return text[:1].lower() + text[1:]


def _on_terminal() -> bool:
    return sys.stdout is not None and not sys.stdout.closed and sys.stdout.isatty()


def _silence(stream: TextIO) -> None:
    # What is left in the buffer goes nowhere, instead of failing once more when Python ends.
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
