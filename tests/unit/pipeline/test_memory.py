"""A run that would not fit is refused before it begins."""

from pathlib import Path, PurePosixPath

import pytest

from blastradius.documents.bulk import Bulk, Form
from blastradius.documents.tree import File
from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Snapshot
from blastradius.pipeline.memory import check_room_to_compare, check_room_to_read, free_memory
from tests.support.build import allow

GIB = 1024**3


def lines(size: int) -> File:
    return File("a.jsonl", PurePosixPath("a.jsonl"), "", "", named=True, hidden=False, bulk=Bulk(Form.LINES, size))


def test_reading_more_than_fits_is_refused_with_both_figures() -> None:
    with pytest.raises(BlastRadiusError) as refused:
        check_room_to_read([lines(GIB)], available=2 * GIB)
    (problem,) = refused.value.problems
    assert problem.message == "reading 1 file may take 4,096 MiB of memory, and 2,048 MiB are free"
    assert "convert" in problem.help


def test_reading_what_fits_is_let_in() -> None:
    check_room_to_read([lines(GIB)], available=8 * GIB)


def test_comparing_more_than_fits_is_refused() -> None:
    many = Snapshot(grants=[allow("user:a", "read", "box:r")] * 2_000_000)
    with pytest.raises(BlastRadiusError, match=r"comparing the two states may take 3,242 MiB"):
        check_room_to_compare(many, available=GIB)
    check_room_to_compare(many, available=4 * GIB)


def test_what_is_small_is_never_refused() -> None:
    check_room_to_compare(Snapshot(), available=0)
    check_room_to_read([lines(1000)], available=0)


@pytest.mark.parametrize(
    ("meminfo", "limit", "expected"),
    [
        ("MemTotal: 9 kB\nMemAvailable:  4 kB\nSwapFree: 1 kB\n", None, 5 * 1024),
        ("MemAvailable:  4 kB\n", "1000", 900),
        ("MemAvailable:  4 kB\n", "max", 4 * 1024),
        ("nothing of the kind\n", None, None),
        (None, None, None),
        (None, "50", 0),
    ],
)
def test_free_memory_is_the_least_that_the_system_tells(
    tmp_path: Path, meminfo: str | None, limit: str | None, expected: int | None
) -> None:
    (tmp_path / "proc").mkdir()
    group = tmp_path / "sys" / "fs" / "cgroup"
    group.mkdir(parents=True)
    if meminfo is not None:
        (tmp_path / "proc" / "meminfo").write_text(meminfo, "utf-8")
    if limit is not None:
        (group / "memory.max").write_text(limit, "utf-8")
        (group / "memory.current").write_text("100", "utf-8")
    assert free_memory(tmp_path) == expected
