"""The entry point of ``blastradius`` and of ``python -m blastradius``."""

import gc
import os
import signal
import sys
from contextlib import suppress
from typing import NoReturn

from blastradius.cli.boundary import run


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    # Without this, numpy starts a thread for every processor at once, for linear algebra, which nobody does here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # NOTE: values do not refer to each other in circles, so they go away without the collector; in a run that makes
    # millions of them it would only look at them again and again.
    gc.disable()
    # Whoever stops us, a person or a CI system, finds nothing half written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """Leave without taking everything down value by value, which takes longer than a small check."""
    # What is written has been flushed where that could fail; a code that stands must not change here.
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    if os.environ.get("BLASTRADIUS_DEBUG"):
        # Profilers and the like write what they found when Python ends.
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    main()
