"""Measure what a user waits for: start-up, the demo, and a check of a company, beside bare Python.

    python benchmarks/measure.py            # needs blastradius installed in this Python
    python benchmarks/measure.py --runs 9

Prints a Markdown table: median and spread of wall time, peak memory, and the ratio to `python -c pass` of the same
run. Nothing is asserted; the machine is noisy and the ratios are what to look at.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from company import SIZES, Company

ROOT = Path(__file__).resolve().parents[1]
ACME = ROOT / "fixtures" / "acme"
CHANGES = {
    "one person into a team": "- add_member: {group: 'group:g5', member: 'user:u1'}",
    "a team into a privileged group": "- add_member: {group: 'group:g3', member: 'group:g1'}",
    "everybody onto the root": "- grant: {to: everyone, role: editor, on: 'drive:0'}",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall times of one command in milliseconds, and its peak memory."""

    name: str
    times_ms: tuple[float, ...]
    peak_mib: float

    @property
    def median_ms(self) -> float:
        """The middle of the times."""
        return statistics.median(self.times_ms)


def measure(name: str, command: list[str], runs: int) -> Timing:
    """Run a command several times; a run that fails ends the measurement."""
    times, peak = [], 0.0
    for _ in range(runs):
        start = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            errors = process.stderr.read().decode() if process.stderr else ""
        times.append((time.perf_counter() - start) * 1000)
        peak = max(peak, usage.ru_maxrss / 1024)
        # 1 says that the gate blocks, which a measured change may well deserve.
        if process.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command)} exited with {process.returncode}\n{errors}")
    return Timing(name, tuple(times), peak)


def rows(runs: int, folder: Path) -> list[Timing]:
    """Measure everything, bare Python first."""
    tool = [sys.executable, "-m", "blastradius"]
    demo = [*tool, "check", str(ACME / "snapshot.yaml"), "--change"]
    company = folder / "company.json"
    with company.open("w") as out:
        Company(SIZES["issue"]).write(out)
    found = [
        measure("python -c pass", [sys.executable, "-c", "pass"], runs),
        measure("blastradius --version", [*tool, "--version"], runs),
        measure("blastradius --help", [*tool, "--help"], runs),
        measure("the demo (incident.yaml)", [*demo, str(ACME / "incident.yaml")], runs),
        measure("the demo (as-asked.yaml)", [*demo, str(ACME / "as-asked.yaml")], runs),
        measure(
            "json.load of the company", [sys.executable, "-c", f"import json; json.load(open({str(company)!r}))"], runs
        ),
    ]
    for number, (name, step) in enumerate(CHANGES.items()):
        change = folder / f"change{number}.yaml"
        change.write_text(f"format: blastradius.change/1\ntitle: {name}\nsteps:\n{step}\n")
        command = [*tool, "check", str(company), "--change", str(change)]
        found.append(measure(f"company: {name}", command, max(1, runs // 3)))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        found = rows(runs, Path(folder))
    bare = found[0].median_ms
    size = SIZES["issue"]
    print(f"Company: {size.people:,} people, {size.groups:,} groups, {size.resources:,} resources.\n")
    print("| what | median ms | fastest | slowest | × bare Python | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for row in found:
        low, high = min(row.times_ms), max(row.times_ms)
        cells = f"{row.median_ms:,.0f} | {low:,.0f} | {high:,.0f} | {row.median_ms / bare:.1f} | {row.peak_mib:,.0f}"
        print(f"| {row.name} | {cells} |")


if __name__ == "__main__":
    main()
