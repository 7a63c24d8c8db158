"""Reviewed, merged commits to the organisations of Kubernetes are routine, and must not come out high."""

import gzip
import json
import os
import random
from collections import Counter
from datetime import UTC, datetime

from blastradius.model.assessment import Decision, Level
from blastradius.pipeline import Request, check

SETS = ("k8s-org-commits.jsonl.gz", "k8s-org-repo-permission-commits.jsonl.gz")
WHOLE = "BLASTRADIUS_WHOLE_CORPUS"
SAMPLE = 20
# Gives every team of the largest organisation its first permissions: the most that any of the commits opens.
MOST = "de341ff7"


def commits(folder):
    for name in SETS:
        with gzip.open(folder / name, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def write_side(config, commit, side, folder):
    files = config | {file["path"].removeprefix("config/"): file[side] for file in commit["files"]}
    for path, text in files.items():
        if text is not None:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
    return str(folder)


def test_no_reviewed_commit_is_high(corpus, tmp_path, capsys):
    root = corpus / "github" / "k8s-org-config"
    config = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in sorted(root.rglob("*.yaml"))}
    every = list(commits(corpus / "github"))
    chosen = every if os.environ.get(WHOLE) == "1" else random.Random(20260318).sample(every, SAMPLE)
    chosen += [commit for commit in every if commit["commit"].startswith(MOST) and commit not in chosen]
    levels, decisions = Counter(), Counter()
    for number, commit in enumerate(chosen):
        before, after = (
            write_side(config, commit, side, tmp_path / str(number) / side) for side in ("before", "after")
        )
        request = Request(
            snapshots=(before,), after=(after,), as_of=datetime(2026, 6, 1, tzinfo=UTC), stdin=lambda: b""
        )
        assessment = check(request).assessment
        levels[assessment.severity.level] += 1
        decisions[assessment.verdict.decision] += 1
        assert assessment.severity.level.rank <= Level.MEDIUM.rank, commit["subject"]
        assert assessment.verdict.decision is not Decision.BLOCK, commit["subject"]
    with capsys.disabled():
        print(
            f"\n{len(chosen)} of {len(every)} reviewed commits: {_counted(levels)}; {_counted(decisions)}"
            + ("" if len(chosen) == len(every) else f" ({WHOLE}=1 checks them all)")
        )
    assert len(levels) > 1


def _counted(counts):
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
