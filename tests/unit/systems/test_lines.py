"""Snapshots in JSON Lines: the facts of the same native document, and the same refusals."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from blastradius.columns.gathering import Gathering
from blastradius.columns.pair import own_columns
from blastradius.columns.views import snapshot_of
from blastradius.documents import read_files
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.compiled.write import write_compiled
from blastradius.systems.load import load
from blastradius.systems.tables import lines
from blastradius.systems.tables.exact import ExactReader
from blastradius.systems.tables.quick import QuickReader, UnusualError

HEADER = {
    "format": "blastradius.snapshot/1",
    "system": "acme",
    "taken_at": "2026-03-18T09:00:00Z",
    "actions": {"git.push": "write"},
}
ENTITIES: list[dict[str, Any]] = [
    {"principal": "user:ana"},
    {"principal": "user:zoë", "external": True},
    {"principal": "role:admin", "assumable_by": ["group:eng", {"id": "user:ana", "when": "on call"}, "everyone"]},
    {"principal": "user:with space", "external": False},
    {"group": "group:eng", "members": ["user:zoë", {"id": "group:ops", "when": "2026"}, "user:ana", "user:ana"]},
    {"group": "group:ops", "members": "unknown", "size": 12, "external": True},
    {"group": "group:some", "members": ["user:ana", "unknown"]},
    {"group": "group:empty", "members": []},
    {"group": "group:both", "all_of": ["group:eng"], "but_not": ["group:ops", "public"]},
    {"role": "viewer", "actions": ["list", "read"]},
    {"role": "all", "actions": ["*"]},
    {"resource": "drive:b", "in": ["drive:a", "drive:c"], "labels": {"tier": "0", "a": ""}, "items": 500},
    {"resource": "drive:a", "class": "code", "items": 0},
    {"resource": "drive:c", "in": "drive:a", "inherit": False},
    {"resource": "group:eng"},
    {"grant": {"to": "group:eng", "role": "viewer", "on": "drive:a"}},
    {"grant": {"to": "everyone", "actions": ["git.push", "read"], "on": "drive:c", "effect": "deny", "when": "night"}},
    {"grant": {"to": "user:ana", "role": "all", "on": "group:eng", "effect": "allow"}},
    {"grant": {"to": "group:eng", "role": "viewer", "on": "drive:a"}},
    {"same_as": ["user:ana", "user:zoë"]},
    {"action": "git.pull", "capability": "read"},
    {"unread": {"message": "a rule of another product", "at": "dump.sql:12", "help": "look at it"}},
    {"coverage": {"what": "all files", "completeness": "unknown", "reason": "nobody says so"}},
]
NOT_QUICK = {"role", "same_as", "action", "unread", "coverage"}


def written(*entities: dict[str, Any], header: dict[str, Any] = HEADER) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in (header, *entities))


def document(entities: list[dict[str, Any]]) -> str:
    """Write the same as one native document."""
    sections: dict[str, Any] = {f"{kind}s": {} for kind in ("principal", "group", "role", "resource")}
    sections |= {"actions": dict(HEADER["actions"]), "grants": [], "same_as": [], "unread": [], "coverage": []}
    for entity in entities:
        kind, value = next(iter(entity.items()))
        if kind == "grant":
            sections["grants"].append(value)
        elif kind in ("same_as", "unread", "coverage"):
            sections[kind].append(value)
        elif kind == "action":
            sections["actions"][value] = entity["capability"]
        elif kind == "role":
            sections["roles"][value] = entity["actions"]
        else:
            sections[f"{kind}s"][value] = {key: field for key, field in entity.items() if key != kind}
    return json.dumps(HEADER | sections)


def read(data: str | bytes) -> Snapshot:
    return load(read_files(["-"], data.encode() if isinstance(data, str) else data)).snapshot


def refusal(*lines_: str | dict[str, Any], header: dict[str, Any] = HEADER) -> list[str]:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in (header, *lines_))
    with pytest.raises(SnapshotError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


def compiled(snapshot: Snapshot) -> bytes:
    stream = BytesIO()
    write_compiled(own_columns(snapshot), (), stream)
    return stream.getvalue()


def test_lines_say_what_a_native_document_says() -> None:
    found, expected = read(written(*ENTITIES)), read(document(ENTITIES))
    assert found == expected
    assert found.taken_at == expected.taken_at
    assert list(found.grants) == list(expected.grants)


def test_every_fact_carries_the_line_it_stands_on() -> None:
    found = read(written(*ENTITIES))
    assert str(found.principals["user:ana"].source) == "<stdin>:2"
    assert str(found.groups["group:eng"].members[1].source) == "<stdin>:6"
    assert str(found.roles["viewer"].source) == "<stdin>:11"
    assert str(found.resources["drive:a"].source) == "<stdin>:14"
    assert [g.source.line for g in found.grants] == [17, 18, 19]
    assert [s.line for s in found.same_as_sources] == [21]
    # What was not understood was not understood somewhere else.
    assert str(found.unread[0]) == "dump.sql:12: a rule of another product"


@pytest.mark.parametrize("entity", ENTITIES, ids=[f"{at}-{next(iter(e))}" for at, e in enumerate(ENTITIES)])
def test_both_readers_take_the_same_from_a_line(entity: dict[str, Any]) -> None:
    quick, exact = Gathering(), Gathering()
    line = json.dumps(entity, ensure_ascii=False)
    for gathering in (quick, exact):
        gathering.file("x")
        gathering.at(1)
    reader = ExactReader(exact)
    reader.take(line, "x", 1)
    try:
        QuickReader(quick).take(line)
    except UnusualError:
        assert NOT_QUICK & entity.keys() or entity.get("items") == 0
    else:
        first, second = (snapshot_of(one.columns(Snapshot())) for one in (quick, exact))
        assert first == second
        assert compiled(first) == compiled(second)


def test_the_order_of_lines_does_not_matter_to_the_facts() -> None:
    found, turned = read(written(*ENTITIES)), read(written(*ENTITIES[::-1]))
    assert (turned.principals, turned.groups, turned.resources) == (found.principals, found.groups, found.resources)
    assert set(turned.grants) == set(found.grants)


def test_line_ends_blank_lines_and_a_byte_order_mark_make_no_difference() -> None:
    plain = written(*ENTITIES)
    assert read(b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode() + b"\r\n \n") == read(plain)
    assert read(plain.rstrip("\n")) == read(plain)


def test_escaped_names_are_the_names_they_stand_for() -> None:
    found = read(written({"principal": "user:ana"}) + '{"principal": "user:b\\u00f6"}\n')
    assert set(found.principals) == {"user:ana", "user:bö"}


def test_several_files_may_name_each_other(tmp_path: Path) -> None:
    for index, entity in enumerate(ENTITIES):
        (tmp_path / f"{index:02}.jsonl").write_text(written(entity), "utf-8")
    loaded = load(read_files([str(tmp_path)]))
    assert loaded.snapshot == read(written(*ENTITIES))
    assert str(loaded.snapshot.resources["drive:a"].source) == f"{tmp_path.name}/12.jsonl:2"
    assert len({one.sha256 for one in loaded.inputs}) == len({json.dumps(entity) for entity in ENTITIES})


def test_lines_and_a_document_are_laid_together(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(written(*ENTITIES[:10]), "utf-8")
    (tmp_path / "b.json").write_text(document(ENTITIES[10:]), "utf-8")
    assert load(read_files([str(tmp_path)])).snapshot == read(document(ENTITIES))


def test_a_long_file_is_read_over_the_ends_of_its_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(written(*ENTITIES))
    for size in (1, 7, 100):
        monkeypatch.setattr(lines, "_BLOCK_BYTES", size)
        assert read(written(*ENTITIES)) == expected


def test_the_watcher_is_told_how_far_reading_is(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(written(*ENTITIES), "utf-8")
    told: list[tuple[str, int, int]] = []
    load(read_files([str(tmp_path / "a.jsonl")]), progress=lambda *said: told.append(said))
    size = (tmp_path / "a.jsonl").stat().st_size
    assert told[-1] == ("reading a.jsonl", size, size)


ANA = {"principal": "user:ana"}
WRONG: dict[str, tuple[str | dict[str, Any], str]] = {
    "an unknown field": ({"resource": "drive:x", "colour": "red"}, "<stdin>:3:25: unknown field `colour`"),
    "an unknown kind": ({"user": "user:x"}, "<stdin>:3: the line gives no entity"),
    "nothing": ({}, "<stdin>:3: the line gives no entity"),
    "a list": ("[1]", "<stdin>:3: a line holds one mapping, and nothing else"),
    "two mappings": ('{"principal": "user:x"} {"principal": "user:y"}', "<stdin>:3: a line holds one mapping"),
    "a key twice": ('{"principal": "user:x", "principal": "user:y"}', "<stdin>:3:25: duplicate key `principal`"),
    "a key twice within": (
        '{"grant": {"to": "user:ana", "to": "user:ana", "on": "x:y", "role": "r"}}',
        "<stdin>:3:30: duplicate key `to`",
    ),
    "a line cut off": ('{"principal": "user:x", "exter', "<stdin>:3:31: the document ends too early"),
    "no JSON": ("principal: user:x", "<stdin>:3:1: this is not valid JSON"),
    "a zero byte": ('{"principal": "user:\0x"}', "<stdin>:3:"),
    "nan": ('{"resource": "drive:x", "items": NaN}', "<stdin>:3:34: `NaN` is no number"),
    "deep nesting": ("[" * 100_000, "<stdin>:3:65: nested deeper than 64 levels"),
    "half a pair": ('{"principal": "user:\\ud800"}', "half a surrogate pair"),
    "half a pair in a condition": (
        '{"grant": {"to": "public", "on": "d:x", "actions": ["read"], "when": "\\ud800"}}',
        "half a surrogate pair",
    ),
    "a hidden character": ({"principal": "user:\u202ex"}, "holds a character that controls or hides text"),
    "a principal of no kind": ({"principal": "group:x"}, "names no kind of principal"),
    "an id without a kind": ({"resource": "x"}, "has the wrong form"),
    "a built-in id": ({"group": "everyone"}, "is built in"),
    "a reserved member": ({"group": "group:x", "members": ["outsider"]}, "`outsider` is reserved"),
    "a number for a name": ({"principal": 5}, "`principal` must be text, not a number"),
    "a text for members": ({"group": "group:x", "members": "user:ana"}, "`members` must be a list"),
    "null for members": ({"group": "group:x", "members": None}, "`members` must be a list"),
    "a truth value for items": ({"resource": "d:x", "items": True}, "`items` must be a whole number"),
    "minus nothing": ('{"resource": "d:x", "items": -0}', "must be a plain decimal number"),
    "too many items": ({"resource": "d:x", "items": 10**16}, "it must be between 0 and"),
    "a size of listed members": ({"group": "group:x", "members": [], "size": 3}, "`size` counts members"),
    "role and actions": ({"grant": {"to": "user:ana", "on": "d:x", "role": "r", "actions": ["read"]}}, "has both"),
    "no subject": ({"grant": {"on": "d:x", "role": "r"}}, "the grant lacks `to`"),
    "an empty condition": ({"grant": {"to": "public", "on": "d:x", "actions": ["read"], "when": " "}}, "not be empty"),
    "an unknown effect": ({"grant": {"to": "public", "on": "d:x", "actions": ["read"], "effect": "no"}}, "effect `no`"),
    "one account": ({"same_as": ["user:ana"]}, "at least two accounts"),
    "labels that are no text": ({"resource": "d:x", "labels": {"a": 1}}, "`a` must be text"),
    "an action without a capability": ({"action": "push"}, "the action lacks `capability`"),
    "an action of no capability": ({"action": "push", "capability": "wirte"}, "unknown capability `wirte` of `push`"),
    "an action that is a capability": ({"action": "read", "capability": "write"}, "`read` is a capability itself"),
    "an action given twice": ({"action": "git.push", "capability": "read"}, "`read` here and `write` in <stdin>:1:"),
    "something unread that says nothing": ({"unread": {"at": "x:1"}}, "what was not understood lacks `message`"),
    "something unread that is no mapping": ({"unread": "x"}, "`unread` must be a mapping"),
    "an unknown completeness": (
        {"coverage": {"what": "files", "completeness": "half"}},
        "<stdin>:3:32: unknown completeness `half`",
    ),
    "an export without a name": ({"coverage": {"completeness": "unknown"}}, "the export lacks `what`"),
    "a role without actions": ({"role": "r"}, "the role lacks `actions`"),
    "other content": ({"principal": "user:ana", "external": True}, "given twice, with different content: first in <st"),
    "another kind": ({"group": "user:ana", "members": []}, "`user:ana` is given twice, here as a group"),
    "an unknown member": ({"group": "group:x", "members": ["user:anna"]}, "unknown principal or group `user:anna`"),
    "an unknown parent": ({"resource": "d:x", "in": "d:y"}, "unknown resource `d:y`"),
    "an unknown second parent": ({"resource": "d:x", "in": ["d:x", "d:y"]}, "unknown resource `d:y`"),
    "an unknown role": ({"grant": {"to": "user:ana", "on": "d:x", "role": "r"}}, "unknown role `r`"),
    "an unknown action": ({"role": "r", "actions": ["raed"]}, "unknown action `raed`"),
    "an unknown account": ({"same_as": ["user:ana", "user:x"]}, "unknown principal `user:x`"),
    "a circle": ({"resource": "d:x", "in": "d:x"}, "<stdin>:3: containment cycle: `d:x` in `d:x`"),
    "an exclusion of itself": (
        {"group": "group:x", "members": ["user:ana"], "but_not": ["group:x"]},
        "`group:x` excludes `group:x`",
    ),
}


@pytest.mark.parametrize("how", WRONG)
def test_what_is_wrong_with_a_line_is_said_with_its_place(how: str) -> None:
    line, expected = WRONG[how]
    assert any(expected in problem for problem in refusal(ANA, line)), refusal(ANA, line)


def test_the_same_refusals_are_those_of_a_native_document() -> None:
    """What is said about facts, rather than about text, is worded as in the documents people write."""
    for how in ("an unknown member", "an unknown parent", "an unknown action", "an unknown account", "a circle"):
        entity = WRONG[how][0]
        assert isinstance(entity, dict)
        with pytest.raises(SnapshotError) as caught:
            read(document([ANA, entity]))
        assert [p.split(": ", 1)[1] for p in refusal(ANA, entity)] == [p.message for p in caught.value.problems]


def test_an_unknown_id_comes_with_what_was_probably_meant() -> None:
    with pytest.raises(SnapshotError) as caught:
        read(written(ANA, {"group": "group:x", "members": ["user:anna"]}))
    assert caught.value.problems[0].help == "did you mean `user:ana`?"


def test_all_problems_of_a_file_come_together_up_to_a_bound() -> None:
    few = refusal(ANA, {"resource": "x"}, {"principal": "x:y"}, '{"')
    assert [problem.split(":")[1] for problem in few] == ["3", "4", "5"]
    many = refusal(ANA, *[{"resource": "x"}] * 5000)
    assert len(many) == 21
    assert many[-1] == "and 980 more problems"


def test_what_is_no_utf_8_is_refused_where_it_stands() -> None:
    with pytest.raises(SnapshotError, match="<stdin>:3:21: the line is not valid UTF-8"):
        read(written(ANA).encode() + b'{"principal": "user:\xff"}\n{"principal": "user:bo"}')


def test_a_line_of_endless_length_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LINE_BYTES_MAX", 1000)
    monkeypatch.setattr(lines, "_BLOCK_BYTES", 100)
    assert refusal(ANA, '{"principal": "user:' + "a" * 2000)[0] == "<stdin>:3: the line has more than 1000 bytes"


def test_a_header_is_held_against_the_format() -> None:
    assert "this version reads `blastradius.snapshot/1`" in refusal(ANA, header={"format": "blastradius.snapshot/9"})[0]
    assert refusal(ANA, header=HEADER | {"sytem": "x"}) == ["<stdin>:1:126: unknown field `sytem`"]
    assert "unknown capability `wirte`" in refusal(ANA, header=HEADER | {"actions": {"push": "wirte"}})[0]


def test_headers_that_disagree_about_an_action_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(written(ANA), "utf-8")
    (tmp_path / "b.jsonl").write_text(written(ANA, header=HEADER | {"actions": {"git.push": "read"}}), "utf-8")
    with pytest.raises(SnapshotError, match=r"action `git.push` is `read` here and `write` in"):
        load(read_files([str(tmp_path)]))


def test_other_lines_of_json_in_a_folder_are_one_thing_that_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(written(ANA), "utf-8")
    (tmp_path / "log.jsonl").write_text('{"event": 1}\n' * 1000, "utf-8")
    (problem,) = load(read_files([str(tmp_path)])).snapshot.unread
    assert problem.source is not None
    assert problem.source.file == f"{tmp_path.name}/log.jsonl"


def test_a_document_that_begins_like_lines_is_still_a_document() -> None:
    text = json.dumps(HEADER) + "\n" + document([ANA])
    assert set(read(text).principals) == {"user:ana"}
