"""Broken exports: each says what is wrong with it, and what is odd but whole is read rightly."""

import re
from pathlib import Path

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Completeness, Snapshot
from blastradius.model.sources import Problem
from blastradius.systems.load import load
from blastradius.systems.postgres.snapshot import read
from blastradius.systems.recognising import documents_of

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "postgres"
WHOLE = Path(__file__).resolve().parents[4] / "fixtures" / "postgres"
REFUSED = {
    "binary.dump": [": the file is binary, not text"],
    "cut.json": [":23:117: the document ends too early"],
    "database-twice.json": [":2:68: the database `shop` is given twice, first in database-twice.json:1:68"],
    "empty.sql": [": the file is empty"],
    "everybody.json": [":1:98: no role can be called `public`"],
    "grants-only.sql": [":1: the document is of no known format"],
    "percent-encoded.json": [":1:4: this is not valid YAML: while scanning a directive, found unexpected"],
    "sections-missing.json": [":1:1: the document lacks `roles`", ":1:1: the document lacks `relations`"],
    "two-servers.json": [":2:97: the role `ana` is given twice, first in two-servers.json:1:98, and not the same"],
    "two-versions.json": [":2:1: the exports are of servers of different versions"],
    "utf-16-without-mark.sql": [": the file looks like UTF-16 without a byte order mark"],
    "wrong-types.json": [
        ":1:58: `server_version_num` must be a whole number, not text",
        ":1:1: `taken_at` is not a time: `soon`",
        ":2:11: each of `roles` must be a mapping, not a number",
        ":2:15: `name` must be text, not a list",
        ":2:33: a role lacks `name`",
        ":2:51: `name` of a role is empty",
        ":4:61: a membership lacks `member`",
        ":3:1: `relations` must be a list, not a mapping",
        ":4:14: default privileges lack `acl`",
        ":3:37: unknown command `LOOK` of a policy",
    ],
}
INCOMPLETE = {
    "cut.sql": (Completeness.TRUNCATED, "the line that says that it is complete is missing"),
    "cut-in-string.sql": (Completeness.TRUNCATED, "a string is never closed"),
    "cut-in-rows.sql": (Completeness.TRUNCATED, "the rows of a COPY are cut off"),
    "no-owner.sql": (Completeness.TRUNCATED, "who owns 2 of the things in it is not said, such as `crm`"),
    "no-roles.sql": (Completeness.UNKNOWN, "no dump holds roles, so who is a member of what is not known"),
    "no-database.sql": (
        Completeness.UNKNOWN,
        "a dump of one database does not hold them unless it is told to make the database",
    ),
    "one-table.sql": (
        Completeness.TRUNCATED,
        "the dump holds things in it and not the schema, so everybody is taken to have USAGE",
    ),
    "extension.sql": (
        Completeness.UNKNOWN,
        "a dump does not hold them, and everybody may run functions unless it was revoked",
    ),
    "database-missing.json": (Completeness.UNKNOWN, "the server has it, and no document is of it"),
    "memberships-missing.json": (Completeness.UNKNOWN, "the document lacks `memberships`, `policies`"),
    "no-roles.json": (Completeness.UNKNOWN, "every server has a role, and none is listed"),
    "only-server.sql": (Completeness.UNKNOWN, "only what belongs to the whole server was given"),
    "lists-only.json": (Completeness.UNKNOWN, "the document has no `attacl`"),
}
READ = {
    "utf-16.sql": "table:pg/shop/public.t",
    "concatenated.json": "database:pg/crm",
}
NOT_UNDERSTOOD = {
    "unknown-statement.sql": [
        ":6:1: the statement `DO` is not understood: the statement `DO` is not known",
        ":7:1: the statement `GRANT LOOK` is not understood: the privilege `LOOK` is not known",
        ":8:1: the statement `ALTER ROLE` is not understood: renaming is not followed",
        ":9:1: the statement `GRANT SELECT` is not understood: unknown relation `public.missing`",
    ],
    "not-understood.json": [
        ":1:88: unknown field `surprise` in the document",
        ":1:1: PostgreSQL 25 is read by the rules of versions 9 to 18, and may have others",
        ":2:27: unknown field `wings` in a row of `roles`",
        ":4:59: the privilege `ana=rQ/ana` is not understood",
        ":4:59: the privilege `ana` is not understood",
        ":4:59: `16384` is the number of a role that does not exist, and counts for nobody",
        ":5:1: the relation `u` is of the kind `q`, which is not known",
        ":6:14: default privileges on things of the kind `Q` are not known",
        "the schema `s` is not in the export, so everybody is taken to have USAGE on it",
    ],
}


def test_every_broken_file_is_named() -> None:
    named = REFUSED.keys() | INCOMPLETE.keys() | READ.keys() | NOT_UNDERSTOOD.keys()
    assert {path.name for path in BROKEN.iterdir()} == named


def shown(problem: Problem, name: str) -> str:
    return re.sub(rf"[^\s`]*{re.escape(name)}", name, str(problem)).removeprefix(name)


def snapshot(name: str) -> Snapshot:
    return read([one for file in read_files([str(BROKEN / name)]) for one in documents_of(file)])


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_broken_export_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(BlastRadiusError) as caught:
        load(read_files([str(BROKEN / name)]))
    said = [shown(problem, name) for problem in caught.value.problems]
    assert len(said) == len(REFUSED[name])
    assert [one for one, wanted in zip(said, REFUSED[name], strict=True) if not one.startswith(wanted)] == []


@pytest.mark.parametrize("name", sorted(INCOMPLETE))
def test_an_export_that_lacks_something_says_so(name: str) -> None:
    lacking = [one for one in snapshot(name).coverage if one.completeness is not Completeness.COMPLETE]
    assert INCOMPLETE[name] in [(one.completeness, one.reason) for one in lacking]
    assert all(one.help and one.what for one in lacking)
    loaded = load(read_files([str(BROKEN / name)]))
    assert any(INCOMPLETE[name][1] in problem.message for problem in loaded.snapshot.unread)


@pytest.mark.parametrize("name", sorted(READ))
def test_what_is_odd_and_whole_is_read(name: str) -> None:
    assert READ[name] in load(read_files([str(BROKEN / name)])).snapshot.resources


@pytest.mark.parametrize("name", sorted(NOT_UNDERSTOOD))
def test_what_is_not_understood_is_said_with_its_place(name: str) -> None:
    assert [shown(problem, name) for problem in snapshot(name).unread] == NOT_UNDERSTOOD[name]


def test_dumps_and_documents_of_one_server_are_not_mixed() -> None:
    with pytest.raises(BlastRadiusError, match="dumps and exports of the catalog are given together"):
        load(read_files([str(WHOLE / "before" / "shop.json"), str(WHOLE / "dump" / "globals.sql")]))


@pytest.mark.parametrize("folder", ["before", "after", "dump"])
def test_a_whole_export_lacks_nothing(folder: str) -> None:
    loaded = load(read_files([str(WHOLE / folder)]))
    assert loaded.snapshot.unread == ()


def test_lines_may_end_as_on_windows(tmp_path: Path) -> None:
    for path in sorted((WHOLE / "dump").iterdir()):
        (tmp_path / path.name).write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    given, found = (load(read_files([str(folder)])).snapshot for folder in (WHOLE / "dump", tmp_path))
    assert found.unread == given.unread
    assert (found.principals, found.groups, found.resources) == (given.principals, given.groups, given.resources)
    assert set(found.grants) == set(given.grants)
