"""Show how severe real, reviewed changes come out: the commits of the Kubernetes GitHub organisations.

    python benchmarks/severity_spread.py                # all 610, a few minutes
    python benchmarks/severity_spread.py --every 10     # each tenth

Needs the real data in ../shared/corpus. Lays the files of each commit over the newest state of the organisations, and
checks the state before against the state after with the default policy. Prints Markdown: how many commits came out at
which level and verdict, which rules of the gate applied, and the most severe ones. Since the newest state is laid
under every commit, an older one meets teams that have moved, and people who have left or only came later.
"""

import argparse
import gzip
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from blastradius.model.assessment import Assessment, Decision, Level
from blastradius.pipeline import Request, check

GITHUB = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "github"
SETS = {"480 commits of any kind": "k8s-org-commits.jsonl.gz",
        "130 commits to permissions of teams": "k8s-org-repo-permission-commits.jsonl.gz"}  # fmt: skip
AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
WORST = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """One commit and what came out."""

    commit: str
    subject: str
    assessment: Assessment


class Overlay:
    """The folder of organisations, twice, with the files of one commit laid over both."""

    def __init__(self, folder: Path) -> None:
        """Copy the newest state into two folders below this one."""
        self.sides = {side: folder / side for side in ("before", "after")}
        for side in self.sides.values():
            shutil.copytree(GITHUB / "k8s-org-config", side)

    def lay(self, files: list[Mapping[str, str | None]]) -> None:
        """Lay the files of a commit over both sides."""
        for side, folder in self.sides.items():
            for file in files:
                self._put(folder, str(file["path"]).removeprefix("config/"), file[side])

    def lift(self, files: list[Mapping[str, str | None]]) -> None:
        """Put back what stood there."""
        for folder in self.sides.values():
            for file in files:
                path = str(file["path"]).removeprefix("config/")
                original = GITHUB / "k8s-org-config" / path
                self._put(folder, path, original.read_text("utf-8") if original.exists() else None)

    @staticmethod
    def _put(folder: Path, path: str, text: str | None) -> None:
        place = folder / path
        if text is None:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, "utf-8")


def judge(name: str, every: int, folder: Path) -> Iterator[Judged]:
    """Check the commits of one set."""
    overlay = Overlay(folder)
    with gzip.open(GITHUB / name, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % every:
                continue
            commit = json.loads(line)
            overlay.lay(commit["files"])
            before, after = (str(side) for side in overlay.sides.values())
            request = Request(snapshots=(before,), after=(after,), as_of=AS_OF, stdin=lambda: b"")
            yield Judged(commit["commit"][:8], commit["subject"], check(request).assessment)
            overlay.lift(commit["files"])


def table(title: str, judged: list[Judged]) -> Iterator[str]:
    """Write the spread of one set, and its most severe commits."""
    levels = Counter(one.assessment.severity.level for one in judged)
    decisions = Counter(one.assessment.verdict.decision for one in judged)
    reasons = Counter(reason.rule for one in judged for reason in one.assessment.verdict.reasons)
    findings = Counter(rule for one in judged for rule in {finding.rule for finding in one.assessment.findings})
    yield f"\n### {title}\n"
    yield "| level | " + " | ".join(Level) + " |"
    yield "| --- |" + " --- |" * len(Level)
    yield "| commits | " + " | ".join(str(levels[level]) for level in Level) + " |"
    yield ""
    yield "| verdict | " + " | ".join(Decision) + " |"
    yield "| --- |" + " --- |" * len(Decision)
    yield "| commits | " + " | ".join(str(decisions[decision]) for decision in Decision) + " |"
    yield "\nRules that applied: " + _counted(reasons) + ".\n\nFindings: " + _counted(findings) + "."
    yield "\n| score | commit | subject | people | external | resources |\n| --- | --- | --- | --- | --- | --- |"
    for one in sorted(judged, key=lambda one: (-one.assessment.severity.score, one.commit))[:WORST]:
        exposures = one.assessment.exposures
        if exposures:
            first = exposures[0]
            people, resources = first.audience, first.resource_total
            score = one.assessment.severity.score
            yield (
                f"| {score} | {one.commit} | {one.subject} | {people.total} | {people.external} |"
                f" {first.class_name}: {resources} |"
            )


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"`{name}` {count}" for name, count in counts.most_common()) or "none"


def main() -> None:
    """Judge both sets and print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--every", type=int, default=1, help="take only each N-th commit")
    every = parser.parse_args().every
    if not GITHUB.is_dir():
        sys.exit("the real data (../shared/corpus) is not on this machine")
    for title, name in SETS.items():
        with tempfile.TemporaryDirectory() as folder:
            for line in table(title, list(judge(name, every, Path(folder)))):
                print(line)


if __name__ == "__main__":
    main()
