"""The question, asked of blastradius: a snapshot loaded, a change simulated, two states compared."""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from company import CLASSES
from numpy.typing import NDArray
from question import GAINED, REVOKED, Answer, names_in_order

from blastradius.access import engine, reference
from blastradius.access.simulate import simulate
from blastradius.access.tree import ScopeTree
from blastradius.changes.load import load_changes
from blastradius.documents import read_files
from blastradius.model.delta import AccessChange, Delta
from blastradius.systems.load import load

CHANGES = {AccessChange.GAINED: GAINED, AccessChange.REVOKED: REVOKED}


def count(delta: Delta, classes: NDArray[np.int8], answer: Answer) -> None:
    """Count the changed pairs of a delta, given the class of each resource in the order of `Delta.resources`."""
    tree = ScopeTree.of(delta)
    there = np.flatnonzero(tree.scope_of >= 0)
    places = tree.scope_of[there].astype(np.int64) * len(CLASSES) + classes[there]
    weights = np.bincount(places, minlength=len(tree) * len(CLASSES)).reshape(len(tree), len(CLASSES))
    for key in tree.keys:
        if key is not None and key[0] in CHANGES:
            answer.counts[:, key[1] - 1, CHANGES[key[0]]] += tree.size(key) @ weights


def note(delta: Delta, folder: Path, answer: Answer) -> None:
    """Keep the fingerprints, under the numbers the columns have."""
    subjects = {name: number for number, name in enumerate((folder / "subjects.txt").read_text("utf-8").split())}
    numbers = np.array([subjects.get(name, -1) for name in delta.principals])
    resources = np.array([int(name.partition(":")[2]) for name in delta.resources])
    for scope in delta.scopes:
        moved = {
            (capability - 1, CHANGES[change]): numbers[_positions(who)]
            for (change, capability), who in scope.capability_changes.items()
            if change in CHANGES
        }
        answer.note(resources[_positions(scope.resources)], moved)


def _positions(found: Sequence[int]) -> NDArray[np.int64]:
    return np.fromiter(found, dtype=np.int64, count=len(found)) if not isinstance(found, np.ndarray) else found


def main() -> None:
    """Ask, and print times and answer as a line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("change")
    parser.add_argument("--full", type=Path)
    parser.add_argument("--reference", action="store_true")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    with np.load(folder / f"{arguments.change}.npz") as saved:
        classes = saved["classes_by_name"]
    # The reference asks each fact a thousand times, and facts in columns are made anew each time.
    snapshot = folder / ("company.json" if arguments.reference else "company.brs")
    start = time.perf_counter()
    baseline = load(read_files([str(snapshot)])).snapshot
    change = load_changes(read_files([str(folder / f"{arguments.change}.yaml")]))
    loaded, used = time.perf_counter(), time.process_time()
    simulated = simulate(baseline, change).snapshot
    ready = time.perf_counter()
    compare = reference.compare if arguments.reference else engine.compare
    delta = compare(baseline, simulated)
    compared = time.perf_counter()
    answer = Answer(len(classes), in_full=arguments.full is not None)
    count(delta, classes, answer)
    done, spent = time.perf_counter(), time.process_time()
    if not names_in_order(delta.resources):
        raise SystemExit("the resources of the delta are not sorted by name, so that the classes are mixed up")
    if arguments.full is not None and answer.prints is not None:
        note(delta, folder, answer)
        np.save(arguments.full, answer.prints)
    times = {"build_s": loaded - start, "query_s": done - loaded, "query_cpu_s": spent - used}
    parts = {"simulate_s": ready - loaded, "compare_s": compared - ready, "count_s": done - compared}
    print(json.dumps({**times, **parts, "counts": answer.as_json}))


if __name__ == "__main__":
    main()
