"""The tables of `docs/performance.md`: what was measured, between two marks that leave the rest of the page alone."""

from collections.abc import Iterator, Mapping
from typing import Any

from changes import CHANGES
from company import SIZES, draw
from running import MEMORY_LIMIT_MIB, ROOT, TIME_LIMIT_S

PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: from here on `benchmarks/performance.py` writes -->", "<!-- measured: until here -->"
TITLES = {"engine": "blastradius", "networkx": "networkx", "duckdb": "DuckDB", "scipy": "scipy.sparse"}

Results = Mapping[str, Any]


def written(page: str, results: Results) -> str:
    """Put the tables into the page."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{tables(results)}\n{END}{after}"


def tables(results: Results) -> str:
    """Write all tables."""
    sizes = [size for size in SIZES if size in results["sizes"]]
    measured = {size: results["sizes"][size] for size in sizes}
    small = ["### Small things", *_table(_small(results["small"]))]
    return (
        "\n\n".join([_machine(results["machine"]), *(_companies(results, measured) if measured else ()), *small]) + "\n"
    )


def _companies(results: Results, measured: Mapping[str, Results]) -> list[str]:
    parts = [
        "### Companies and files",
        *_table(_files(measured)),
        "### A whole check",
        _CHECKS,
        *_table(_checks(measured)),
        "### The bare question",
        _asked_text(results),
    ]
    for size, found in measured.items():
        parts += [f"#### {size}", *_table(_asked(found))]
    return [*parts, "### Growth", _GROWTH, *_table(_growth(measured))] if len(measured) > 1 else parts


_CHECKS = (
    "From the shell, of the compiled snapshot, seconds and peak MiB. ×: compared with only loading the snapshot, and "
    "with only reading the bytes of the file into memory, Python's own start included in each."
)
_GROWTH = (
    "How many times longer blastradius takes for a company with so many times the resources. Below the factor of the "
    "resources is better than linear; the start of the program hides growth in a whole check of S."
)


def _machine(machine: Mapping[str, str]) -> str:
    libraries = ", ".join(
        f"{name} {number}" for name, number in machine.items() if name not in {"cores", "memory", "load"}
    )
    busy = f"On average {machine['load']} processes wanted to run meanwhile. " if "load" in machine else ""
    return f"{machine['cores']} cores, {machine['memory']}. {busy}{libraries}."


def _table(rows: Iterator[list[str]]) -> list[str]:
    head, *body = rows
    lines = [head, ["---", *(["---:"] * (len(head) - 1))], *body]
    return ["\n".join(f"| {' | '.join(line)} |" for line in lines)]


def _files(measured: Results) -> Iterator[list[str]]:
    yield ["", *measured]
    for name in ("users", "principals", "groups", "resources", "grants"):
        yield [name, *(f"{found[name]:,}" for found in measured.values())]
    yield ["drawn and written, s", *(_seconds(found["draw_s"]) for found in measured.values())]
    yield ["JSON Lines, MiB", *(f"{found['lines_mib']:,.1f}" for found in measured.values())]
    yield ["compiled, MiB", *(f"{found['compiled_mib']:,.1f}" for found in measured.values())]
    converts = [found["convert"] for found in measured.values()]
    yield ["`convert` JSON Lines, s", *(_or_stopped(one, _seconds(one["median_s"])) for one in converts)]
    yield ["its peak, MiB", *(f"{one['peak_mib']:,.0f}" for one in converts)]
    for place, row in enumerate(next(iter(measured.values()))["reading"]):
        rows = [found["reading"][place] for found in measured.values()]
        yield [f"{row['name']}, s", *(_seconds(one["median_s"]) for one in rows)]
        # Nobody saw the memory of what was over too soon.
        yield ["its peak, MiB", *(f"{one['peak_mib']:,.0f}" if one["peak_mib"] else "–" for one in rows)]


def _reading(found: Results, name: str) -> Results:
    return next(row for row in found["reading"] if row["name"] == name)


def _checks(measured: Results) -> Iterator[list[str]]:
    yield ["", *(f"{size}{what}" for size in measured for what in (", s", " × load", " × bytes", ", MiB"))]
    for place, change in enumerate(CHANGES):
        cells = []
        for found in measured.values():
            row = found["checks"][place]
            times = [_reading(found, name)["median_s"] for name in ("load the snapshot", "read the bytes, compiled")]
            ratios = [f"{row['median_s'] / time:.1f}" for time in times]
            cells += [_or_stopped(row, _seconds(row["median_s"])), *ratios, f"{row['peak_mib']:,.0f}"]
        yield [_title(change), *cells]


def _asked_text(results: Results) -> str:
    changed = {size: found["in_full"] for size, found in results["sizes"].items() if "in_full" in found}
    full = {"a tiny company (the reference engine too)": results["tiny"], **changed}
    told = "; ".join(f"on {name} {sum(ones.values()):,} changed resources" for name, ones in full.items())
    return (
        "After loading: which (person, resource) pairs were gained and revoked, per class and capability. Seconds and "
        "peak MiB of the whole process; × is the time compared with blastradius. One process for each cell, alone. "
        f"Whoever passes {TIME_LIMIT_S:.0f} s or {MEMORY_LIMIT_MIB / 1024:.0f} GiB is stopped (`>`), and not asked "
        "about larger companies (`>*`). All answers were equal before anything was written here: every changed tuple "
        f"({told}, over the six changes), and by counts per class and capability everywhere else."
    )


def _asked(found: Results) -> Iterator[list[str]]:
    engines = [name for name in TITLES if name in next(iter(found["asked"].values()))]
    peers = [cell for name in engines[1:] for cell in (f"{TITLES[name]}, s", "×", "MiB")]
    yield ["", "changed pairs", "blastradius, s", "MiB", *peers]
    for change, asked in found["asked"].items():
        own = asked["engine"]
        cells = [f"{_pairs(asked):,}", _or_stopped(own, ""), f"{own['peak_mib']:,.0f}"]
        for name in engines[1:]:
            one = asked[name]
            if one.get("stopped"):
                time = float(one["stopped"].split()[0]) if one["stopped"].endswith(" s") else None
                ratio = f"> {time / own['query_s']:,.0f}" if time and "query_s" in own and "peak_mib" in one else ""
                cells += [_or_stopped(one, ""), ratio, f"{one['peak_mib']:,.0f}" if "peak_mib" in one else ""]
            else:
                ratio = f"{one['query_s'] / own['query_s']:,.1f}" if "query_s" in own else ""
                cells += [_seconds(one["query_s"]), ratio, f"{one['peak_mib']:,.0f}"]
        yield [_title(change), *cells]


def _pairs(asked: Results) -> int:
    counts = next(one["counts"] for one in asked.values() if "counts" in one)
    return sum(number for ones in counts.values() for moved in ones.values() for number in moved.values())


def _growth(measured: Results) -> Iterator[list[str]]:
    steps = list(zip(measured, list(measured)[1:], strict=False))
    yield ["", *(f"{small} → {large}, {what}" for small, large in steps for what in ("question", "check", "memory"))]
    resources = [measured[large]["resources"] / measured[small]["resources"] for small, large in steps]
    yield ["resources", *(f"{factor:.0f}" for factor in resources for _ in range(3))]
    for place, change in enumerate(CHANGES):
        cells = []
        for small, large in steps:
            asked = [measured[size]["asked"][change]["engine"] for size in (small, large)]
            checks = [measured[size]["checks"][place] for size in (small, large)]
            cells.append("" if asked[1].get("stopped") else f"{asked[1]['query_s'] / asked[0]['query_s']:.1f}")
            cells += [f"{checks[1][what] / checks[0][what]:.1f}" for what in ("median_s", "peak_mib")]
        yield [_title(change), *cells]


def _small(rows: list[Results]) -> Iterator[list[str]]:
    yield ["", "median, ms", "fastest", "slowest", "× bare Python", "MiB"]
    bare = rows[0]["median_s"]
    for row in rows:
        times = [f"{row[key] * 1000:,.0f}" for key in ("median_s", "fastest_s", "slowest_s")]
        yield [row["name"], *times, f"{row['median_s'] / bare:.1f}", f"{row['peak_mib']:,.0f}"]


def _or_stopped(row: Results, text: str) -> str:
    if row.get("stopped"):
        return f"> {row['stopped']}" + ("*" if row.get("smaller") else "")
    return text or _seconds(row["query_s"])


def _seconds(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:,.1f}"


_TITLES = {name: make(draw(SIZES["tiny"])).title for name, make in CHANGES.items()}


def _title(change: str) -> str:
    return _TITLES[change]
