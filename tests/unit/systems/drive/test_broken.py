"""Broken exports: each says what is wrong with it, and what is odd but whole is read rightly."""

from pathlib import Path

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "drive"
REFUSED = {
    "binary.json": "the file is binary, not text",
    "empty.json": "the file is empty",
    "truncated.csv": "this is not valid CSV: unexpected end of data",
    "truncated.json": "the document ends too early",
    "utf-16-without-mark.csv": "the file looks like UTF-16 without a byte order mark",
    "wrong-types.json": "nothing stands where the id of an item should",
}
INCOMPLETE = {
    "cut-in-address.csv": "the last line has no end, so that the text may have been cut off",
    "nothing-listed.json": "the list has nothing in it",
    "page-missing-before-drives.json": "cut short: the last page names a next one (`nextPageToken`)",
    "page-missing.json": "cut short: the last page names a next one (`nextPageToken`)",
}
WHOLE = {
    "concatenated.json": ["gdrive:f1", "gdrive:f2"],
    "url-encoded.json": ["gdrive:f1"],
    "utf-16.csv": ["gdrive:f1"],
}


def test_every_broken_file_has_its_expectation() -> None:
    assert sorted([*REFUSED, *INCOMPLETE, *WHOLE]) == sorted(path.name for path in BROKEN.iterdir())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_broken_is_refused_with_what_is_wrong(name: str) -> None:
    with pytest.raises(BlastRadiusError) as caught:
        load(read_files([str(BROKEN / name)]))
    (problem,) = caught.value.problems
    assert REFUSED[name] in problem.message
    assert problem.help


@pytest.mark.parametrize("name", INCOMPLETE)
def test_what_is_cut_short_is_incomplete_evidence(name: str) -> None:
    said = load(read_files([str(BROKEN / name)])).snapshot.unread
    assert [problem for problem in said if INCOMPLETE[name] in problem.message and problem.help]


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_odd_but_whole_is_read(name: str) -> None:
    snapshot = load(read_files([str(BROKEN / name)])).snapshot
    assert list(snapshot.resources) == WHOLE[name]
    assert list(snapshot.principals) == ["user:ana@acme.example"]
