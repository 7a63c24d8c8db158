"""Run a command in a process of its own, with its time, its peak memory, and limits on both."""

import contextlib
import os
import resource
import signal
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TIME_LIMIT_S = 600.0
MEMORY_LIMIT_MIB = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """When a command is stopped."""

    time_s: float = TIME_LIMIT_S
    memory_mib: int = MEMORY_LIMIT_MIB


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a command.

    Attributes:
        seconds: Wall time from start to end.
        cpu_s: What it computed in that time, all threads together: less troubled by whatever else runs.
        peak_mib: The largest resident memory.
        stopped: Which limit it passed, such as ``600 s``; empty when it ended by itself.
    """

    seconds: float
    cpu_s: float
    peak_mib: float
    output: str
    stopped: str = ""


class _Watch(threading.Thread):
    """Ends a process that passes a limit."""

    def __init__(self, pid: int, limits: Limits) -> None:
        super().__init__(daemon=True)
        self.stopped = ""
        self.peak_kib = 0
        self._pid, self._limits = pid, limits
        # A number can belong to another process later; a descriptor cannot.
        self._process = os.pidfd_open(pid)
        self._over = threading.Event()

    def run(self) -> None:
        start = time.perf_counter()
        pause_s = 0.002
        while not self._over.wait(pause_s):
            # Some are over in twenty milliseconds; whoever runs for minutes is not to be disturbed.
            pause_s = min(0.05, 1.2 * pause_s)
            resident_kib = self._look()
            if time.perf_counter() - start > self._limits.time_s:
                self.stopped = f"{self._limits.time_s:.0f} s"
            elif resident_kib > self._limits.memory_mib * 1024:
                self.stopped = f"{self._limits.memory_mib / 1024:.0f} GiB"
            if self.stopped:
                # It may have ended in this moment.
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._process, signal.SIGKILL)
                return

    def done(self) -> None:
        """Stop watching."""
        self._over.set()
        self.join()
        os.close(self._process)

    def _look(self) -> int:
        """Note the peak so far, and give what is resident now."""
        try:
            status = Path(f"/proc/{self._pid}/status").read_text("utf-8", errors="replace")
        except OSError:
            return 0
        found = dict(line.split(":", 1) for line in status.splitlines() if line.startswith(("VmHWM", "VmRSS")))
        sizes = {key: int(value.split()[0]) for key, value in found.items()}
        self.peak_kib = max(self.peak_kib, sizes.get("VmHWM", 0))
        return sizes.get("VmRSS", 0)


def run(command: Sequence[str], limits: Limits = LIMITS, expected: Sequence[int] = (0,)) -> Run:
    """Run a command once.

    Raises:
        SystemExit: When it fails; a limit is no failure.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    # What is installed has been compiled once; compiling it at every start is no part of any answer.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, cwd=ROOT, **pipes) as process:
        watch = _Watch(process.pid, limits)
        watch.start()
        errors: list[bytes] = []
        reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        reader.start()
        output = process.stdout.read()
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        watch.done()
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if not watch.stopped and process.returncode not in expected:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}\n{errors[0].decode()}")
    # A process begins with the peak of the one that started it; below that, what was seen on the way is closer.
    own_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak_kib = usage.ru_maxrss if usage.ru_maxrss > own_kib else watch.peak_kib
    return Run(seconds, usage.ru_utime + usage.ru_stime, peak_kib / 1024, output.decode(), watch.stopped)


def repeat(times: int, command: Sequence[str], limits: Limits = LIMITS, expected: Sequence[int] = (0,)) -> list[Run]:
    """Run a command several times; one that passes a limit is not run again."""
    found: list[Run] = []
    while len(found) < times and not (found and found[-1].stopped):
        found.append(run(command, limits, expected))
    return found


def median_s(runs: Sequence[Run]) -> float:
    """The middle of the wall times."""
    return statistics.median(one.seconds for one in runs)


def peak_mib(runs: Sequence[Run]) -> float:
    """The largest memory of all runs."""
    return max(one.peak_mib for one in runs)
