"""Broken exports: each says what is wrong with it, and what is odd but whole is read rightly."""

from pathlib import Path

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "directory"
REFUSED = {
    "binary.ldif": "the file is binary, not text",
    "empty.csv": "the file is empty",
    "no-group-column.csv": "no column says which group a row is about, among `id`, `userPrincipalName`",
    "several-in-a-cell.csv": "`bo@acme.example, pam` is neither one address nor one name",
    "truncated.csv": "this is not valid CSV: unexpected end of data",
    "truncated.ldif": "the value after `::` is no base64",
    "utf-16-without-mark.csv": "the file looks like UTF-16 without a byte order mark",
}
INCOMPLETE = {
    "cut-in-address.csv": "the last line has no end, so that the text may have been cut off",
    "cut-in-address.ldif": "the search printed no result at its end, so it was cut off",
    "page-missing.json": "SCIM users: cut short: 1 of 2 are there",
    "size-limit.ldif": "cut short: the search ended with `Size limit exceeded`",
}
WHOLE = {
    "concatenated.json": ["user:ana@acme.example", "user:bo@acme.example"],
    "url-encoded.csv": ["group:eng@acme.example", "user:ana@acme.example"],
    "utf-16.csv": ["group:eng@acme.example", "user:ana@acme.example"],
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
    assert sorted([*snapshot.principals, *snapshot.groups]) == WHOLE[name]
    assert snapshot.unread == ()
