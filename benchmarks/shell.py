"""What a user waits for: start-up, the demo, a small check, and whole checks of a company beside merely reading it."""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from changes import CHANGES, folder
from company import SIZES, draw
from running import LIMITS, ROOT, Limits, median_s, peak_mib, repeat
from snapshots import write_yaml

TOOL = [sys.executable, "-m", "blastradius"]
ACME = ROOT / "fixtures" / "acme"
JUDGED = (0, 1)
"""1 says that the gate blocks, which a measured change may well deserve."""
_LOAD = "from blastradius.documents import read_files as r; from blastradius.systems.load import load; load(r([{!r}]))"


@dataclass(frozen=True, slots=True)
class Timing:
    """A command, run several times.

    Attributes:
        fastest_s, median_s, slowest_s: Of its wall times.
        cpu_s: The middle of what it computed, all threads together.
        stopped: Which limit it passed; empty when it ended by itself.
    """

    name: str
    fastest_s: float
    median_s: float
    slowest_s: float
    cpu_s: float
    peak_mib: float
    stopped: str = ""


def timed(name: str, command: list[str], runs: int, limits: Limits = LIMITS) -> Timing:
    """Run a command several times."""
    found = repeat(runs, command, limits, JUDGED)
    seconds = [one.seconds for one in found]
    cpu_s = statistics.median(one.cpu_s for one in found)
    return Timing(name, min(seconds), median_s(found), max(seconds), cpu_s, peak_mib(found), found[-1].stopped)


def small(runs: int, place: Path) -> Iterator[Timing]:
    """Time everything that is small, bare Python first."""
    company = draw(SIZES["small"])
    snapshot, change = place / "small.yaml", place / "small-change.yaml"
    with snapshot.open("w", encoding="utf-8") as out:
        write_yaml(company, out)
    change.write_text(folder(company).text, "utf-8")
    entities = company.principals + company.groups + len(company.parent)
    commands = {
        "`python -c pass`": [sys.executable, "-c", "pass"],
        "`blastradius --version`": [*TOOL, "--version"],
        "`blastradius --help`": [*TOOL, "--help"],
        f"`blastradius check`, {entities} entities in YAML": [*TOOL, "check", str(snapshot), "--change", str(change)],
    }
    for name in ("incident", "as-asked"):
        demo = [*TOOL, "check", str(ACME / "snapshot.yaml"), "--change", str(ACME / f"{name}.yaml")]
        commands[f"the demo, `{name}.yaml`"] = demo
    for name, command in commands.items():
        yield timed(name, command, runs)


def compiled(place: Path) -> Timing:
    """Compile the snapshot of a company."""
    lines, snapshot = place / "company.jsonl", place / "company.brs"
    snapshot.unlink(missing_ok=True)
    return timed("`convert` JSON Lines", [*TOOL, "convert", str(lines), "-o", str(snapshot)], 1)


def reading(runs: int, place: Path) -> Iterator[Timing]:
    """Time merely reading: the bytes of the file, and the snapshot without a question."""
    for name, file in (("compiled", "company.brs"), ("JSON Lines", "company.jsonl")):
        path = str(place / file)
        read = f"import pathlib; pathlib.Path({path!r}).read_bytes()"
        yield timed(f"read the bytes, {name}", [sys.executable, "-c", read], runs)
        if name == "compiled":
            yield timed("load the snapshot", [sys.executable, "-c", _LOAD.format(path)], runs)


def checks(runs: int, place: Path) -> Iterator[Timing]:
    """Time whole checks of a compiled snapshot, one for each change."""
    for name in CHANGES:
        command = [*TOOL, "check", str(place / "company.brs"), "--change", str(place / f"{name}.yaml")]
        yield timed(name, command, runs)
