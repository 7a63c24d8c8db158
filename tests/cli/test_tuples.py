"""``--tuples``: as what, how many, and nothing half written."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from blastradius.cli.boundary import run as run_here
from tests.support.program import Run, environment

CHECK = ("check", "snapshot.yaml", "--as-of", "2026-03-18T09:00:00Z", "--change")
MANY_PEOPLE, MANY_PAGES = 2000, 5000
HEADER = ["principal", "capability", "resource", "class", "change", "novelty"]
# All principals and the outsider, one page.
ALL_GAIN = "title: All\nauthor: user:ana\nsteps:\n  - grant: {to: public, actions: [read], on: wiki:handbook}\n"

pytestmark = pytest.mark.usefixtures("acl")


@pytest.fixture
def everybody(acl: Path) -> tuple[str, ...]:
    """Five principals gain something: call the program with this."""
    (acl / "all.yaml").write_text("format: blastradius.change/1\n" + ALL_GAIN, "utf-8")
    return (*CHECK, "all.yaml")


def test_the_name_of_the_file_says_how_it_is_written(acl: Path, everybody: tuple[str, ...]) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    for name in ("t.jsonl", "t.CSV", "t.parquet", "t.txt", "t"):
        assert run_here((*everybody, "--tuples", name)) == 0
    expected = [json.loads(line) for line in (acl / "t.jsonl").read_text("utf-8").splitlines()]
    assert len(expected) == 5
    assert (acl / "t").read_bytes() == (acl / "t.txt").read_bytes() == (acl / "t.jsonl").read_bytes()
    header, *rows = csv.reader((acl / "t.CSV").read_text("utf-8").splitlines())
    assert header == HEADER
    assert [dict(zip(header, row, strict=True)) for row in rows] == expected
    assert parquet.read_table(acl / "t.parquet").to_pylist() == expected


def test_the_same_tuples_are_the_same_bytes(acl: Path, everybody: tuple[str, ...]) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    for suffix in ("jsonl", "csv", "parquet"):
        for name in ("one", "two"):
            assert run_here((*everybody, "--tuples", f"{name}.{suffix}")) == 0
        assert (acl / f"one.{suffix}").read_bytes() == (acl / f"two.{suffix}").read_bytes()


def test_actions_have_a_column_of_their_own(acl: Path, everybody: tuple[str, ...]) -> None:
    assert run_here((*everybody, "--tuples", "t.csv", "--by", "action")) == 0
    header, first, *_ = csv.reader((acl / "t.csv").read_text("utf-8").splitlines())
    assert dict(zip(header, first, strict=True))["action"] == "read"


def test_a_limit_is_told_on_standard_error_and_in_the_file(acl: Path, run: Run, everybody: tuple[str, ...]) -> None:
    done = run(*everybody, "--tuples", "t.jsonl", "--tuples-limit", "3")
    assert done.returncode == 0
    assert done.stderr == "note: `t.jsonl` has 3 of 5 changed tuples, as `--tuples-limit` asks\n"
    *kept, last = map(json.loads, (acl / "t.jsonl").read_text("utf-8").splitlines())
    assert last == {"cut": {"written": 3, "total": 5}}
    assert [line["principal"] for line in kept] == ["agent:helper", "group:everybody-else#unlisted", "outsider"]
    assert run_here((*everybody, "--tuples", "t.csv", "--tuples-limit", "3")) == 0
    assert len((acl / "t.csv").read_text("utf-8").splitlines()) == 4
    done = run(*everybody, "--tuples", "-", "--tuples-limit", "1", "--by", "action")
    assert done.stderr == "note: standard output has 1 of 5 changed tuples, as `--tuples-limit` asks\n"
    assert json.loads(done.stdout.splitlines()[-1]) == {"cut": {"written": 1, "total": 5}}


def test_a_limit_that_leaves_all_says_nothing(acl: Path, run: Run, everybody: tuple[str, ...]) -> None:
    run(*everybody, "--tuples", "all.jsonl")
    done = run(*everybody, "--tuples", "t.jsonl", "--tuples-limit", "5")
    assert done.stderr == ""
    assert (acl / "t.jsonl").read_bytes() == (acl / "all.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--tuples-limit", "3"), "`--tuples-limit` limits nothing"),
        (("--tuples", "t", "--tuples-limit", "0"), "--tuples-limit"),
        (("--tuples", "t", "--tuples-limit", "-1"), "--tuples-limit"),
        (("--tuples", "t", "--tuples-limit", "many"), "--tuples-limit"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(
    acl: Path, arguments: tuple[str, ...], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_here((*CHECK, "harmful.yaml", *arguments)) == 2
    assert says in capsys.readouterr().err
    assert not (acl / "t").exists()


def test_parquet_without_its_library_is_refused_before_anything_is_read(acl: Path, run: Run) -> None:
    (acl / "without" / "pyarrow").mkdir(parents=True)
    (acl / "without" / "pyarrow" / "__init__.py").write_text("raise ImportError('not here')\n", "utf-8")
    done = run("check", "missing.yaml", "--change", "x", "--tuples", "t.parquet", extra={"PYTHONPATH": "without"})
    assert done.returncode == 2
    assert done.stderr == (
        "error: `t.parquet` needs pyarrow, which is not installed\n"
        "  help: install `acl-blastradius[parquet]`, or name a file that ends in .jsonl or .csv\n"
    )


def _many(acl: Path) -> None:
    """Lay out a change of thirty million tuples, which takes a while to write."""
    resources = {"wiki:top": {}} | {f"wiki:{n}": {"in": "wiki:top"} for n in range(MANY_PAGES)}
    people = {f"user:{n}": {} for n in range(MANY_PEOPLE)}
    snapshot = {"format": "blastradius.snapshot/1", "principals": people, "resources": resources}
    (acl / "many.json").write_text(json.dumps(snapshot), "utf-8")
    steps = "steps: [{grant: {to: everyone, actions: [list, read, write], on: wiki:top}}]\n"
    (acl / "all.yaml").write_text("format: blastradius.change/1\n" + steps, "utf-8")


@pytest.mark.skipif(os.name != "posix", reason="signals differ")
@pytest.mark.parametrize(
    ("suffix", "sent"),
    [("jsonl", signal.SIGINT), ("csv", signal.SIGINT), ("parquet", signal.SIGINT), ("jsonl", signal.SIGTERM)],
)
def test_an_interrupted_run_leaves_nothing_half_written(acl: Path, suffix: str, sent: signal.Signals) -> None:
    if suffix == "parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    _many(acl)
    target = acl / f"t.{suffix}"
    target.write_text("the old one", "utf-8")
    before = {path.name for path in acl.iterdir()}
    command = [sys.executable, "-m", "blastradius", "check", "many.json", "--change", "all.yaml"]
    with subprocess.Popen(
        [*command, "--tuples", target.name, "--report", "json=r.json"],
        cwd=acl,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size > 1 << 16 for path in acl.glob(f".{target.name}.*.part")):
            assert process.poll() is None, "it was done before it could be interrupted"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        process.send_signal(sent)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.decode()) == (130, b"", "interrupted: nothing was decided\n")
    assert target.read_text("utf-8") == "the old one"
    assert {path.name for path in acl.iterdir()} == before
