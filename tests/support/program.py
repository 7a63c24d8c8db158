"""The program as users call it, in an environment that says nothing unasked."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]


ROOT = Path(__file__).resolve().parents[2]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give an environment in which only what a test sets speaks about colours, widths and debugging.

    The tree under test is found whether or not it is installed; a path in `extra` goes before it.
    """
    ours = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "BLASTRADIUS_DEBUG", "_BLASTRADIUS_COMPLETE", "PYTHONPATH"}
    given = {key: value for key, value in os.environ.items() if key not in ours} | dict(extra or {})
    first = [extra["PYTHONPATH"]] if extra and "PYTHONPATH" in extra else []
    return given | {"PYTHONPATH": os.pathsep.join([*first, str(ROOT)])}
