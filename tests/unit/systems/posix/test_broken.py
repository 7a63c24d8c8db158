"""Broken exports: each says what is wrong with it, and what is odd but whole is read rightly."""

from pathlib import Path

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Completeness
from blastradius.systems.load import load

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "posix"
REFUSED = {
    "binary.facl": [": the file is binary, not text"],
    "blank-line-lost.facl": [":7: a file begins before the one above has ended"],
    "damaged-entry.facl": [":12: a line that begins with `gruop` is no entry of an access control list"],
    "damaged-list.txt": [":3: the line is none of `find -ls`"],
    "default-entries.facl": [":8: the file has no access control list"],
    "empty.facl": [": the file is empty"],
    "entry-twice.facl": [":6: a second entry `user:bo`"],
    "file-twice.facl": [":8: `/srv/a` is given twice, with different content: first in file-twice.facl:1"],
    "goes-up.facl": [":1: the path `../srv/a` goes up, so nobody can say what it lies in"],
    "group-with-five-fields.txt": [":3: the line has 5 fields, and 4 belong to a group"],
    "gshadow.txt": [":1: this file holds password hashes, which nobody needs here"],
    "headless.facl": [":1: the access control lists do not say which files they belong to"],
    "line-lost.facl": [":12: the file has no owner"],
    "mask-missing.facl": [":7: the access control list names users or groups and has no mask"],
    "nfs4.facl": [":4: this is an access control list of NFSv4, not of POSIX"],
    "shadow.txt": [":1: this file holds password hashes, which nobody needs here"],
    "tabular.facl": [":1: this is the table for people to read"],
    "unknown-flags.facl": [":2: unknown flags `x--`"],
    "user-without-number.txt": [
        ":3: the user `bo` has no number, or none for its group",
        ":4: the line has 6 fields, and 7 belong to a user",
    ],
    "utf-16-without-mark.facl": [": the file looks like UTF-16 without a byte order mark"],
}
INCOMPLETE = {
    "closed-directory.facl": (
        Completeness.TRUNCATED,
        ":8",
        "1 times getfacl could not read something, first: `getfacl: /srv/closed: Permission denied`",
    ),
    "cut-after-entry.facl": (Completeness.TRUNCATED, ":20", "the text breaks off"),
    "cut-in-entry.facl": (Completeness.TRUNCATED, ":19", "the text breaks off"),
    "cut-in-path.facl": (Completeness.TRUNCATED, ":15", "the text breaks off"),
    "cut.txt": (Completeness.TRUNCATED, ":2", "the text breaks off"),
    "directory-missing.facl": (
        Completeness.TRUNCATED,
        ":8",
        "1 directories are left out above files that are there, first `/srv/left-out`",
    ),
    "only-extended.facl": (
        Completeness.UNKNOWN,
        ":1",
        "every file has an access control list beyond its mode, so that those without may have been left out",
    ),
    "other-service.txt": (Completeness.UNKNOWN, ":3", "a line beginning with `+` or `-` takes names from a service"),
}
WHOLE = {
    "concatenated.facl": ["posix:/opt", "posix:/opt/a", "posix:/srv", "posix:/srv/a"],
    "line-ends.facl": ["posix:/srv", "posix:/srv/a"],
    "names-removed.facl": ["posix:srv", "posix:srv/a"],
    "url-encoded.facl": ["posix:/srv", "posix:/srv/a%20b"],
    "utf-16.facl": ["posix:/srv", "posix:/srv/a"],
}


def test_every_broken_file_has_its_expectation():
    assert sorted([*REFUSED, *INCOMPLETE, *WHOLE]) == sorted(path.name for path in BROKEN.iterdir())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_broken_is_refused_with_what_is_wrong(name, monkeypatch):
    monkeypatch.chdir(BROKEN)
    with pytest.raises(BlastRadiusError) as raised:
        load(read_files([name]))
    assert [str(problem).removeprefix(name) for problem in raised.value.problems] == REFUSED[name]
    assert all(problem.help for problem in raised.value.problems)


@pytest.mark.parametrize("name", INCOMPLETE)
def test_what_is_not_whole_says_where_it_shows(name, monkeypatch):
    monkeypatch.chdir(BROKEN)
    (found,) = [
        one
        for one in load(read_files([name])).snapshot.coverage
        if one.completeness is not Completeness.COMPLETE and one.source is not None
    ]
    assert (found.completeness, str(found.source).removeprefix(name), found.reason) == INCOMPLETE[name]
    assert found.help


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_odd_but_whole_is_read(name, monkeypatch):
    monkeypatch.chdir(BROKEN)
    snapshot = load(read_files([name])).snapshot
    assert list(snapshot.resources) == WHOLE[name]
    (exported,) = [one for one in snapshot.coverage if one.what.startswith("access control")]
    assert exported.completeness is Completeness.COMPLETE


@pytest.mark.parametrize("name", ["shadow.txt", "gshadow.txt"])
def test_no_hash_is_repeated(name, monkeypatch):
    monkeypatch.chdir(BROKEN)
    with pytest.raises(BlastRadiusError) as raised:
        load(read_files([name]))
    assert "notreally" not in str([(p.message, p.help) for p in raised.value.problems])
