"""Whole reports, as they were read and found good.

`BLASTRADIUS_UPDATE=1 pytest tests/golden` writes them anew: read the difference before it is committed.
"""

import os
from pathlib import Path

import pytest

from blastradius.report.registry import REPORTERS
from tests.unit.report.examples import ALL

FOLDER = Path(__file__).parent / "reports"
SUFFIXES = {
    "text": "txt",
    "json": "json",
    "sarif": "sarif",
    "markdown": "md",
    "junit": "xml",
    "github": "github.txt",
    "gitlab": "gitlab.json",
}
KINDS = ("incident", "internet", "only_revoked")


@pytest.mark.parametrize("name", REPORTERS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_report_is_the_one_that_was_read(kind: str, name: str) -> None:
    path = FOLDER / f"{kind}.{SUFFIXES[name]}"
    report = REPORTERS[name].render(ALL[kind]())
    if os.environ.get("BLASTRADIUS_UPDATE"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(report.encode())
    assert report.encode() == path.read_bytes()


def test_no_golden_report_is_left_over() -> None:
    expected = {f"{kind}.{suffix}" for kind in KINDS for suffix in SUFFIXES.values()}
    assert {path.name for path in FOLDER.iterdir()} == expected
