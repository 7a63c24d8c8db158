"""Parquet tables: the facts of the same native document, row by row."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError, SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.load import load

pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: `pip install acl-blastradius[parquet]`")
parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

HEADER = '{"format": "blastradius.snapshot/1", "system": "acme", "actions": {"git.push": "write"}}\n'
LABELS = pyarrow.map_(pyarrow.string(), pyarrow.string())
TEXTS = pyarrow.list_(pyarrow.string())
TABLES: dict[str, dict[str, Any]] = {
    "principals": {"principal": ["user:ana", "user:zoë", "role:admin"], "external": [None, True, False]},
    "acting": {"principal": ["role:admin", "role:admin"], "by": ["group:eng", "user:ana"], "when": [None, "on call"]},
    "groups": {
        "group": ["group:eng", "group:ops", "group:both", "group:many"],
        "unlisted": [False, True, None, False],
        "size": pyarrow.array([None, 12, None, None], pyarrow.uint16()),
        "external": [None, True, None, None],
        "all_of": pyarrow.array([None, None, ["group:eng"], ["group:eng"]], TEXTS),
        "but_not": pyarrow.array([None, None, ["group:ops"], []], TEXTS),
    },
    "members": {
        "group": ["group:eng", "group:many", "group:eng", "group:eng"],
        "member": ["user:zoë", "user:ana", "user:ana", "user:ana"],
        "when": ["2026", None, None, None],
    },
    "resources": {
        "resource": ["drive:a", "drive:b", "drive:c"],
        "in": pyarrow.array([None, ["drive:a", "drive:c"], ["drive:a"]], TEXTS),
        "inherit": [None, True, False],
        "class": pyarrow.array(["code", None, None]).dictionary_encode(),
        "labels": pyarrow.array([None, [("tier", "0"), ("a", "b")], []], LABELS),
        "items": [None, 500, 0],
    },
    "roles": {"role": ["viewer"], "actions": pyarrow.array([["list", "read"]], TEXTS)},
    "grants": {
        "to": ["group:eng", "everyone", "group:eng"],
        "on": ["drive:a", "drive:c", "drive:a"],
        "role": ["viewer", None, "viewer"],
        "actions": pyarrow.array([None, ["git.push"], None], TEXTS),
        "effect": [None, "deny", "allow"],
        "when": [None, "at night", None],
    },
    "same": {"same_as": pyarrow.array([["user:ana", "user:zoë"]], TEXTS)},
}
DOCUMENT = {
    "format": "blastradius.snapshot/1",
    "system": "acme",
    "actions": {"git.push": "write"},
    "principals": {
        "user:ana": {},
        "user:zoë": {"external": True},
        "role:admin": {"assumable_by": ["group:eng", {"id": "user:ana", "when": "on call"}]},
    },
    "groups": {
        "group:eng": {"members": [{"id": "user:zoë", "when": "2026"}, "user:ana"]},
        "group:ops": {"members": "unknown", "size": 12, "external": True},
        "group:both": {"all_of": ["group:eng"], "but_not": ["group:ops"]},
        "group:many": {"members": ["user:ana"], "all_of": ["group:eng"], "but_not": []},
    },
    "resources": {
        "drive:a": {"class": "code"},
        "drive:b": {"in": ["drive:a", "drive:c"], "labels": {"tier": "0", "a": "b"}, "items": 500},
        "drive:c": {"in": "drive:a", "inherit": False, "items": 0},
    },
    "roles": {"viewer": ["list", "read"]},
    "grants": [
        {"to": "group:eng", "role": "viewer", "on": "drive:a"},
        {"to": "everyone", "actions": ["git.push"], "on": "drive:c", "effect": "deny", "when": "at night"},
    ],
    "same_as": [["user:ana", "user:zoë"]],
}


def write(folder: Path, **tables: dict[str, Any]) -> Path:
    for name, columns in tables.items():
        parquet.write_table(pyarrow.table(columns), folder / f"{name}.parquet", row_group_size=2)
    return folder


def read(path: Path) -> Snapshot:
    return load(read_files([str(path)])).snapshot


def refusal(path: Path) -> list[str]:
    with pytest.raises(SnapshotError) as caught:
        read(path)
    return [str(problem) for problem in caught.value.problems]


def test_tables_say_what_a_native_document_says(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "system.jsonl").write_text(HEADER + '{"role": "viewer", "actions": ["list", "read"]}\n', "utf-8")
    (tmp_path / "acme.json").write_text(json.dumps(DOCUMENT), "utf-8")
    found = read(write(folder, **TABLES))
    assert found == read(tmp_path / "acme.json")
    assert str(found.resources["drive:c"].source) == "export/resources.parquet:3"
    assert str(found.groups["group:eng"].members[1].source) == "export/members.parquet:3"


def test_a_group_with_members_in_a_table_has_a_list_of_members(tmp_path: Path) -> None:
    (tmp_path / "system.jsonl").write_text(HEADER + '{"role": "viewer", "actions": ["list", "read"]}\n', "utf-8")
    groups = read(write(tmp_path, **TABLES)).groups
    assert not groups["group:many"].open
    assert groups["group:both"].open


PRINCIPALS = {"principal": ["user:ana"]}
WRONG: dict[str, tuple[dict[str, dict[str, Any]], str]] = {
    "an unknown column": ({"a": {"principal": ["user:x"], "extrenal": [True]}}, "a.parquet: unknown column `extrenal`"),
    "a column of a wrong type": (
        {"a": {"principal": ["user:x"], "external": ["yes"]}},
        "a.parquet: the column `external` must hold true or false, not `string`",
    ),
    "bytes for names": ({"a": {"principal": [b"user:x"]}}, "must hold text, not `binary`"),
    "a row without an id": ({"a": {"principal": ["user:x", None]}}, "a.parquet:2: the row lacks `principal`"),
    "an id of a wrong form": ({"a": {"resource": ["drive:a", "x"]}}, "a.parquet:2: the id `x` has the wrong form"),
    "other content": ({"a": {"principal": ["user:ana"], "external": [True]}}, "given twice, with different content"),
    "a negative size": (
        {"a": {"group": ["group:x"], "unlisted": [True], "size": [-1]}},
        "a.parquet:1: `size` is `-1`",
    ),
    "a member of no group": (
        {"a": {"group": ["group:x"], "member": ["user:ana"]}},
        "a.parquet:1: unknown group `group:x`",
    ),
    "somebody acting as nobody": ({"a": {"principal": ["user:x"], "by": ["user:ana"]}}, "unknown principal `user:x`"),
    "an unknown member": (
        {"a": {"group": ["group:x"], "member": ["user:anna"]}, "b": {"group": ["group:x"]}},
        "a.parquet:1: unknown principal or group `user:anna`",
    ),
    "a label twice": (
        {"a": {"resource": ["d:x"], "labels": pyarrow.array([[("a", "1"), ("a", "2")]], LABELS)}},
        "a.parquet:1: `labels` must be a mapping",
    ),
    "no member": ({"a": {"group": ["group:x"], "member": [None]}, "b": {"group": ["group:x"]}}, "lacks `member`"),
    "a grant of nothing": ({"a": {"to": ["user:ana"], "on": ["drive:a"]}}, "neither `role` nor `actions`"),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_wrong_with_a_row_is_said_with_its_number(how: str, tmp_path: Path) -> None:
    tables, expected = WRONG[how]
    write(tmp_path, principals=PRINCIPALS, **tables)
    assert any(expected in problem for problem in refusal(tmp_path)), refusal(tmp_path)


def test_a_table_of_something_else_is_not_understood_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path, principals=PRINCIPALS, sales={"month": [1]})
    found = read(tmp_path)
    assert set(found.principals) == {"user:ana"}
    (problem,) = found.unread
    assert "the columns of the table are those of no kind of fact" in problem.message
    assert "those of no kind of fact" in refusal(tmp_path / "sales.parquet")[0]


def test_a_damaged_table_is_refused_wherever_it_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path, principals={"principal": [f"user:{n}" for n in range(1000)]}) / "principals.parquet"
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert "the Parquet table cannot be read" in refusal(path)[0]
    for at in range(0, len(data), 97):
        damaged = bytearray(data)
        damaged[at] ^= 0xFF
        path.write_bytes(bytes(damaged))
        with suppress(BlastRadiusError):
            read(path)


def test_the_watcher_is_told_how_many_rows_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, principals={"principal": [f"user:{n}" for n in range(5)]}) / "principals.parquet"
    told: list[tuple[str, int, int]] = []
    load(read_files([str(path)]), progress=lambda *said: told.append(said))
    assert told[-1] == ("reading principals.parquet", 5, 5)
