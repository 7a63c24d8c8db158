"""Measure blastradius and what one would write instead, and write the tables of `docs/performance.md`.

    python benchmarks/performance.py                     # S, M and L: some hours, most of them waiting for the others
    python benchmarks/performance.py --sizes S M         # a quarter of an hour
    python benchmarks/performance.py --sizes S M --quick # one run each, a minute for each engine, nothing written

Needs numpy, scipy, duckdb and networkx beside blastradius. Companies are drawn, snapshots compiled, answers checked to
be equal, times taken. With `--folder`, companies and results stay there, and a size measured later joins the others.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import shell
from changes import CHANGES
from company import SIZES
from page import PAGE, tables, written
from running import ROOT, Limits, median_s, peak_mib, repeat, run

PEERS = ("networkx", "duckdb", "scipy")
ENGINES = ("engine", *PEERS)
IN_FULL = ("tiny", "S")
Results = dict[str, Any]


def main() -> None:
    """Measure what was asked for and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sizes", nargs="+", choices=["S", "M", "L"], default=["S", "M", "L"])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one run each, and print instead of writing the page")
    parser.add_argument("--folder", type=Path, help="keep companies and results here")
    options = parser.parse_args()
    if options.quick:
        options.runs = 1
    limits = Limits(60.0 if options.quick else Limits().time_s)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / "results.json"
        results: Results = json.loads(kept.read_text("utf-8")) if kept.exists() else {"sizes": {}}
        results["small"] = [asdict(row) for row in shell.small(3 * options.runs, folder)]
        results["tiny"] = _equal_in_full("tiny", folder, ["engine", "reference", *PEERS])
        for size in options.sizes:
            results["sizes"][size] = _measure(size, folder, options, limits, results)
            results["machine"] = _machine()
            kept.write_text(json.dumps(results, indent=1), "utf-8")
    if options.quick:
        print(tables(results))
    else:
        PAGE.write_text(written(PAGE.read_text("utf-8"), results), "utf-8")


def _machine() -> dict[str, str]:
    memory = next(line for line in Path("/proc/meminfo").read_text("ascii").splitlines() if "MemTotal" in line)
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "load": f"{os.getloadavg()[2]:.1f}",
        "memory": f"{int(memory.split()[1]) / 2**20:.0f} GiB",
        "Python": platform.python_version(),
        **{name: version(name) for name in ("networkx", "duckdb", "scipy", "pyroaring")},
    }


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _prepared(size: str, folder: Path) -> tuple[Path, Results]:
    """Draw a company and lay everything that is measured into a folder."""
    place = folder / size
    place.mkdir(exist_ok=True)
    # In a process of its own: what a process was once given is the least that those it starts are measured with.
    drawn = run([sys.executable, str(ROOT / "benchmarks" / "prepare.py"), size, str(place)])
    facts: Results = {
        **json.loads(drawn.output),
        "draw_s": drawn.seconds,
        "lines_mib": (place / "company.jsonl").stat().st_size / 2**20,
    }
    facts["convert"] = asdict(shell.compiled(place))
    facts["compiled_mib"] = (place / "company.brs").stat().st_size / 2**20
    return place, facts


def _measure(size: str, folder: Path, options: argparse.Namespace, limits: Limits, results: Results) -> Results:
    """Measure one size: reading, whole checks, and the bare question to every engine."""
    _say(f"{size}: drawing")
    place, found = _prepared(size, folder)
    runs = options.runs
    _say(f"{size}: reading and checking")
    found["reading"] = [asdict(row) for row in shell.reading(runs, place)]
    found["checks"] = [asdict(row) for row in shell.checks(runs, place)]
    found["asked"] = {change: {} for change in CHANGES}
    if size in IN_FULL:
        found["in_full"] = _equal_in_full(size, folder, options.engines)
    for change, asked in found["asked"].items():
        for engine in options.engines:
            # Whoever passed a limit on a smaller company is not asked about a larger one.
            asked[engine] = _passed_before(results, size, change, engine) or _ask(
                engine, place, change, runs if engine == "engine" or size == "S" else 1, limits
            )
            _say(f"{size}: {change}: {engine}: {asked[engine].get('stopped') or asked[engine]['query_s']}")
        _require_equal(size, change, asked)
    return found


def _passed_before(results: Results, size: str, change: str, engine: str) -> Results | None:
    order = list(SIZES)
    for smaller, found in results["sizes"].items():
        if order.index(smaller) < order.index(size):
            stopped = found["asked"][change].get(engine, {}).get("stopped")
            if stopped:
                return {"stopped": stopped, "smaller": True}
    return None


def _command(engine: str, place: Path, change: str) -> list[str]:
    name = "engine" if engine == "reference" else engine
    command = [sys.executable, str(ROOT / "benchmarks" / f"peer_{name}.py"), str(place), change]
    return [*command, "--reference"] if engine == "reference" else command


def _ask(engine: str, place: Path, change: str, runs: int, limits: Limits) -> Results:
    found = repeat(runs, _command(engine, place, change), limits)
    if found[-1].stopped:
        return {"stopped": found[-1].stopped, "wall_s": found[-1].seconds, "peak_mib": peak_mib(found)}
    answers = [json.loads(one.output) for one in found]
    medians = {
        key: float(np.median([answer[key] for answer in answers])) for key in answers[0] if key.endswith("_s")
    }  # fmt: skip
    return {**medians, "wall_s": median_s(found), "peak_mib": peak_mib(found), "counts": answers[0]["counts"]}


def _require_equal(size: str, change: str, asked: Results) -> None:
    """Leave when two engines that answered did not answer the same."""
    answers = {name: one["counts"] for name, one in asked.items() if "counts" in one}
    first = next(iter(answers), None)
    for name, counts in answers.items():
        if counts != answers[first]:
            raise SystemExit(f"{size}, {change}: {name} and {first} disagree:\n{counts}\n{answers[first]}")


def _equal_in_full(size: str, folder: Path, engines: list[str]) -> dict[str, int]:
    """Require the same changed tuples of all, resource by resource; say how many resources changed by each change."""
    place = folder / size
    if not (place / "company.brs").exists():
        place, _ = _prepared(size, folder)
    changed = {}
    for change in CHANGES:
        prints: dict[str, Any] = {}
        for engine in engines:
            path = place / f"{engine}-{change}.npy"
            repeat(1, [*_command(engine, place, change), "--full", str(path)])
            prints[engine] = np.load(path)
        first = prints[engines[0]]
        for engine, found in prints.items():
            if not np.array_equal(first, found):
                differ = np.flatnonzero(first != found)
                raise SystemExit(f"{size}, {change}: {engine} differs on {len(differ)} resources, first on {differ[0]}")
        changed[change] = int(np.count_nonzero(first))
    _say(f"{size}: equal in full: {changed}")
    return changed


if __name__ == "__main__":
    main()
