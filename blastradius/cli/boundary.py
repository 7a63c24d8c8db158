"""The one place where an error becomes an exit code.

Source: SPEC section 6. Whatever goes wrong, the code is never 0 or 1 by accident: those two say that a
verdict was reached.
"""

import os
from collections.abc import Callable, Sequence

from blastradius import __version__
from blastradius.cli import output
from blastradius.errors import BlastRadiusError, ExitCode
from blastradius.model.sources import Problem

PROGRAM = "blastradius"
LIBRARIES = {name: name for name in ("jsonschema", "networkx", "numpy", "pyroaring")} | {"yaml": "pyyaml"}
"""What must be installed beside us: the name it is imported by, and the one it is installed by."""
COMPLETION_VARIABLE = "_BLASTRADIUS_COMPLETE"


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: What was typed after the program's name.

    Returns:
        The exit code. Everything there was to say has been written, or could not be.
    """
    try:
        output.prepare_streams()
        return int(_guarded(lambda: _dispatch(list(arguments))))
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)


def _dispatch(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        # NOTE: answered here so that asking costs little more than starting Python: no parser is loaded.
        output.write(f"{PROGRAM} {__version__}\n")
        return ExitCode.PASS
    from blastradius.cli.app import parse_and_run

    return parse_and_run(arguments, completing=COMPLETION_VARIABLE in os.environ)


def _guarded(work: Callable[[], int]) -> int:
    try:
        return work()
    except KeyboardInterrupt:
        output.complain("interrupted: nothing was decided\n")
        return ExitCode.INTERRUPTED
    except BlastRadiusError as error:
        output.complain("".join(describe(problem) for problem in error.problems))
        return ExitCode.UNDECIDED
    except BrokenPipeError:
        # NOTE: reports are written by `output`, which keeps the verdict when nobody reads on; only help texts
        # and completion scripts get here.
        return ExitCode.PASS
    except OSError as error:
        if error.filename is not None:
            # The rooms report the files that they cannot read or write; one that nobody expected is a bug.
            return _bug(error)
        output.complain(describe(Problem(output.reason(error))))
        return ExitCode.UNDECIDED
    except ImportError as error:
        library = (error.name or "").partition(".")[0]
        if library not in LIBRARIES:
            return _bug(error)
        output.complain(describe(_missing(library, error)))
        return ExitCode.UNDECIDED
    except Exception as error:  # noqa: BLE001 - a crash must not look like a verdict
        return _bug(error)


def describe(problem: Problem) -> str:
    """Write a problem for a terminal: one line that says where and what, one that says what to do."""
    from blastradius.report.escaping import TEXT_LIMIT, plain

    lines = f"error: {plain(str(problem), TEXT_LIMIT)}\n"
    return lines + (f"  help: {plain(problem.help, TEXT_LIMIT)}\n" if problem.help else "")


def _missing(library: str, error: ImportError) -> Problem:
    """Say what to install where a library is not there, or does not fit this machine."""
    found = "is not installed" if isinstance(error, ModuleNotFoundError) else f"cannot be loaded: {error}"
    command = f"python -m pip install --force-reinstall {LIBRARIES[library]}"
    help_text = f"run `{command}`; where there is no wheel for it, that needs a C compiler"
    return Problem(f"the library `{library}` {found}", None, help_text)


def _bug(error: Exception) -> int:
    if os.environ.get("BLASTRADIUS_DEBUG"):
        import traceback

        output.complain("".join(traceback.format_exception(error)))
    message = f"bug in {PROGRAM} {__version__}: {type(error).__name__}: {error}"
    help_text = "nothing was decided; please report the command and this message, set BLASTRADIUS_DEBUG=1 to see where"
    output.complain(describe(Problem(message, None, help_text)))
    return ExitCode.BUG
