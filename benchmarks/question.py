"""The question every engine is asked, with the columns it starts from and the form of its answer.

A company lies in a folder as columns; so does each change. The answer: for each class of data and each capability, how
many (person, resource) pairs were gained and how many revoked. Asked in full, a fingerprint of every resource that says
exactly who gained and lost what there.
"""

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from changes import CHANGES, counted_classes
from company import CLASSES, Company, Ints
from numpy.typing import NDArray
from snapshots import names

CAPABILITIES = ("list", "read", "write", "manage")
GAINED, REVOKED = 0, 1
_CHANGED_COLUMNS = ("members", "grants", "parent")

Moved = Mapping[tuple[int, int], Iterable[int]]
"""Who moved on some resource: (capability, gained or revoked) to numbers of principals."""


@dataclass(frozen=True, slots=True)
class Question:
    """Two states of a company.

    Attributes:
        classes: The class each resource counts in, as a position in `CLASSES`.
        in_full: Whether a fingerprint of each resource is wanted beside the counts.
        folder: Where the columns lie, and where an engine may put what does not fit into memory.
    """

    before: Company
    after: Company
    classes: NDArray[np.int8]
    in_full: bool
    folder: Path


class Answer:
    """Counts by class, capability, and gained or revoked; perhaps with fingerprints."""

    def __init__(self, resources: int, *, in_full: bool) -> None:
        """Start with nothing changed."""
        self.counts = np.zeros((len(CLASSES), len(CAPABILITIES), 2), dtype=np.int64)
        self.prints = np.zeros(resources, dtype=np.uint64) if in_full else None

    def add_counts(self, capability: int, change: int, people: int, weights: NDArray[np.int64]) -> None:
        """Count people who moved on some resources, given how many of these there are per class."""
        self.counts[:, capability, change] += people * weights

    def note(self, resources: Any, moved: Moved) -> None:
        """Keep a fingerprint of who moved on some resources; only when asked in full."""
        digest = hashlib.sha256()
        for (capability, change), people in sorted(moved.items()):
            numbers = np.sort(np.fromiter(people, dtype=np.int64))
            if len(numbers):
                digest.update(bytes([capability, change]) + len(numbers).to_bytes(8, "little") + numbers.tobytes())
        if self.prints is not None and any(True for people in moved.values() for _ in people):
            self.prints[resources] = np.frombuffer(digest.digest()[:8], dtype=np.uint64)[0] | np.uint64(1)

    @property
    def as_json(self) -> dict[str, dict[str, dict[str, int]]]:
        """The counts by name; zeros are left out."""
        found: dict[str, dict[str, dict[str, int]]] = {}
        for place, name in enumerate(CLASSES):
            for number, capability in enumerate(CAPABILITIES):
                both = zip(("gained", "revoked"), self.counts[place, number].tolist(), strict=True)
                moved = {change: count for change, count in both if count}
                if moved:
                    found.setdefault(name, {})[capability] = moved
        return found


def save(company: Company, folder: Path) -> None:
    """Write a company and its six changes as columns, and the changes as change files."""
    (folder / "subjects.txt").write_text("\n".join(names(company)), "utf-8")
    by_name = np.argsort(np.arange(len(company.parent)).astype("S8"), kind="stable")
    np.savez(folder / "company.npz", **{field.name: getattr(company, field.name) for field in fields(Company)})
    for name, make in CHANGES.items():
        change = make(company)
        (folder / f"{name}.yaml").write_text(change.text, "utf-8")
        columns = {
            column: getattr(change.after, column)
            for column in _CHANGED_COLUMNS
            if getattr(change.after, column) is not getattr(company, column)
        }
        classes = counted_classes(company, change.after)
        np.savez(folder / f"{name}.npz", classes=classes, classes_by_name=classes[by_name], **columns)


def read(folder: Path, name: str, *, in_full: bool = False) -> Question:
    """Read one question; what the change leaves alone is the same object on both sides."""
    with np.load(folder / "company.npz") as saved:
        values = {key: saved[key] for key in saved.files}
    for key in ("groups", "first_cross", "level_one"):
        values[key] = int(values[key])
    values["counts"] = tuple(values["counts"].tolist())
    before = Company(**values)
    with np.load(folder / f"{name}.npz") as saved:
        after = replace(before, **{key: saved[key] for key in saved.files if key in _CHANGED_COLUMNS})
        return Question(before, after, saved["classes"], in_full, folder)


def names_in_order(resources: Sequence[str]) -> bool:
    """Tell whether names of resources are sorted, by a look at a thousand of them."""
    some = [resources[place] for place in range(0, len(resources), max(1, len(resources) // 1000))]
    return some == sorted(some)


def insiders(company: Company) -> Ints:
    """Say who everyone is."""
    return np.flatnonzero(~company.external).astype(np.int32)


def run(build: Callable[[Question], Any], ask: Callable[[Question, Any], Answer]) -> None:
    """Ask one engine from the command line, and print times and answer as a line of JSON.

    Args:
        build: Makes of the columns what the engine keeps in memory.
        ask: Everything that depends on the change.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("change", choices=list(CHANGES))
    parser.add_argument("--full", type=Path, help="write the fingerprints of all resources into this file")
    arguments = parser.parse_args()
    question = read(arguments.folder, arguments.change, in_full=arguments.full is not None)
    start = time.perf_counter()
    built = build(question)
    ready, used = time.perf_counter(), time.process_time()
    answer = ask(question, built)
    done, spent = time.perf_counter(), time.process_time()
    if arguments.full is not None and answer.prints is not None:
        np.save(arguments.full, answer.prints)
    times = {"build_s": ready - start, "query_s": done - ready, "query_cpu_s": spent - used}
    print(json.dumps({**times, "counts": answer.as_json}))
