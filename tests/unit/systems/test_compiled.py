"""The compiled snapshot: the same facts come out, and nothing that is damaged or crafted gets in."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from blastradius.columns.build import columns_of
from blastradius.columns.names import PackedNames
from blastradius.columns.tables import Codes, Columns
from blastradius.columns.views import snapshot_of
from blastradius.documents import read_files
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Side
from blastradius.systems.compiled.layout import HEAD
from blastradius.systems.compiled.read import read_compiled
from blastradius.systems.compiled.write import write_compiled
from blastradius.systems.load import load

SNAPSHOT = """\
format: blastradius.snapshot/1
system: acme
taken_at: 2026-03-18T09:00:00Z
actions: {git.push: write}
principals:
  user:ana: {}
  user:bo: {external: true}
  user:zoë: {}
  role:admin: {assumable_by: [group:eng, {id: user:bo, when: "on call"}]}
groups:
  group:eng: {members: [user:zoë, user:ana, {id: group:ops, when: "2026"}]}
  group:ops: {members: [user:bo, unknown], size: 12, external: true}
  group:both: {all_of: [group:eng], but_not: [group:ops]}
roles:
  viewer: [list, read]
resources:
  drive:a: {class: code}
  drive:b: {in: [drive:a, drive:c], labels: {tier: "0"}, items: 500}
  drive:c: {in: drive:a, inherit: false}
grants:
  - {to: group:eng, role: viewer, on: drive:a}
  - {to: everyone, actions: [git.push, read], on: drive:c, effect: deny, when: "at night"}
same_as:
  - [user:ana, user:bo]
"""


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    path = tmp_path / "acme.yaml"
    path.write_text(SNAPSHOT, "utf-8")
    return load(read_files([str(path)])).snapshot


def compiled(columns: Columns) -> bytes:
    stream = BytesIO()
    write_compiled(columns, (), stream)
    return stream.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(SnapshotError) as caught:
        read_compiled(BytesIO(data), "x.brs")
    return str(caught.value)


def test_the_same_facts_come_out_with_the_places_they_were_read_from(snapshot: Snapshot) -> None:
    found = snapshot_of(read_compiled(BytesIO(compiled(columns_of(snapshot))), "x.brs").columns)
    assert found == snapshot
    assert found.taken_at == snapshot.taken_at
    assert found.same_as_sources == snapshot.same_as_sources
    for section in ("principals", "groups", "resources", "roles"):
        entities = getattr(snapshot, section)
        assert {n: e.source for n, e in getattr(found, section).items()} == {n: e.source for n, e in entities.items()}
    assert [g.source for g in found.grants] == [g.source for g in snapshot.grants]
    assert [e.source for e in found.groups["group:eng"].members] == [
        e.source for e in snapshot.groups["group:eng"].members
    ]


def test_the_same_facts_give_the_same_bytes(snapshot: Snapshot) -> None:
    once = compiled(columns_of(snapshot))
    assert once == compiled(columns_of(snapshot))
    assert once == compiled(read_compiled(BytesIO(once), "x.brs").columns)


def test_the_digest_of_a_file_changes_with_any_of_its_facts(snapshot: Snapshot) -> None:
    def digest(facts: Snapshot) -> str:
        return read_compiled(BytesIO(compiled(columns_of(facts))), "x.brs").sha256

    other = dict(snapshot.resources) | {"drive:b": replace(snapshot.resources["drive:b"], items=501)}
    assert digest(snapshot) == digest(snapshot)
    assert digest(snapshot) != digest(replace(snapshot, resources=other))


def test_every_file_that_is_cut_off_is_refused(snapshot: Snapshot) -> None:
    data = compiled(columns_of(snapshot))
    for size in {8, 40, HEAD.size, HEAD.size + 10, len(data) // 2, len(data) - 64, len(data) - 1}:
        assert "cut off" in refusal(data[:size])
    assert "something behind its end" in refusal(data + b"\0")


def test_a_flipped_bit_is_refused_wherever_it_stands(snapshot: Snapshot) -> None:
    data = compiled(columns_of(snapshot))
    size = HEAD.unpack_from(data)[3]
    start = -(-(HEAD.size + size) // 64) * 64
    members = [m for m in json.loads(data[HEAD.size : HEAD.size + size])["members"] if len(m) > 4]
    used = [range(start + m[4], start + m[4] + m[5]) for m in members]
    places = [8, 16, 30, HEAD.size + 5, HEAD.size + size - 3, *(at for run in used for at in (run[0], run[-1]))]
    for at in places:
        damaged = bytearray(data)
        damaged[at] ^= 0x10
        assert refusal(bytes(damaged)).startswith("x.brs: ")


def test_a_newer_version_is_refused_by_its_number(snapshot: Snapshot) -> None:
    data = bytearray(compiled(columns_of(snapshot)))
    data[8] = 2
    assert "format version 2, this version reads 1" in refusal(bytes(data))


def _with_resources(**fields: Any) -> Callable[[Columns], Columns]:
    return lambda columns: replace(columns, resources=replace(columns.resources, **fields))


def _names(*texts: bytes) -> PackedNames:
    return PackedNames(memoryview(b"".join(texts)), np.cumsum([len(text) for text in texts]))


CRAFTED: dict[str, Callable[[Columns], Columns]] = {
    "a parent that is not there": _with_resources(parent=np.array([-1, 0, 3], np.int32)),
    "a class that is not there": _with_resources(class_code=np.array([9, -1, -1])),
    "labels below none": _with_resources(labels=np.array([0, -1, 0])),
    "fewer rows than names": _with_resources(items=np.array([1, 2])),
    "names out of order": _with_resources(names=_names(b"drive:b", b"drive:a", b"drive:c")),
    "long names out of order": _with_resources(names=_names(b"drive:abcdefghi2", b"drive:abcdefghi1", b"drive:c")),
    "a name twice": _with_resources(names=_names(b"drive:a", b"drive:a", b"drive:c")),
    "a longer name before its beginning": _with_resources(names=_names(b"drive:a0", b"drive:a", b"drive:c")),
    "an empty name": _with_resources(names=_names(b"", b"drive:a", b"drive:c")),
    "a name that steers a terminal": _with_resources(names=_names(b"drive:\x1b[2J", b"drive:b", b"drive:c")),
    "half a character": _with_resources(names=_names(b"drive:a", b"drive:b", b"drive:\xc3")),
    "a character over two names": _with_resources(names=_names(b"drive:a", b"drive:\xc3", b"\xa9x")),
    "a subject behind the last": lambda c: replace(
        c, grants=replace(c.grants, subject=np.array([c.public + 1, 0], np.int32))
    ),
    "owners out of order": lambda c: replace(
        c, members=replace(c.members, owner=np.array([1, 0, 0, 0][: len(c.members)], np.int32))
    ),
    "a role nobody has": lambda c: replace(
        c, interned=replace(c.interned, whats=Codes([("owner", frozenset()), (None, frozenset({"read"}))]))
    ),
    "no outsider": lambda c: replace(c, principals=replace(c.principals, kind=np.zeros(len(c.principals.names), int))),
    "a capability turned round": lambda c: replace(c, rest=replace(c.rest, actions={})),
}


@pytest.mark.parametrize("how", CRAFTED)
def test_what_is_crafted_with_the_right_digests_is_refused_all_the_same(how: str, snapshot: Snapshot) -> None:
    assert "no version of blastradius writes" in refusal(compiled(CRAFTED[how](columns_of(snapshot))))


def _forged(data: bytes, change: Callable[[dict[str, Any]], object]) -> bytes:
    """Change a manifest, and sign it anew."""
    magic, version, zero, size, _ = HEAD.unpack_from(data)
    manifest = json.loads(data[HEAD.size : HEAD.size + size])
    change(manifest)
    new = json.dumps(manifest).encode()
    head = HEAD.pack(magic, version, zero, len(new), hashlib.sha256(new).digest())
    body = data[-(-(HEAD.size + size) // 64) * 64 :]
    return head + new + bytes(-(HEAD.size + len(new)) % 64) + body


FORGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a billion rows of one value": lambda m: m["members"].__setitem__(
        slice(None), [[x[0], x[1], 10**15, 1] if x[0].startswith("grants.") else x for x in m["members"]]
    ),
    "a member outside the file": lambda m: m["members"][0].__setitem__(4, 10**9 * 64),
    "a member before the file": lambda m: m["members"][0].__setitem__(4, -64),
    "a type of objects": lambda m: m["members"][2].__setitem__(1, "|O"),
    "no members": lambda m: m.__setitem__("members", []),
    "members that are none": lambda m: m.__setitem__("members", 7),
    "inputs that are none": lambda m: m.__setitem__("inputs", 7),
    "a text for a number": lambda m: m["members"][0].__setitem__(5, "64"),
    "no length": lambda m: m.pop("bytes"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_manifest_is_refused(how: str, snapshot: Snapshot) -> None:
    refusal(_forged(compiled(columns_of(snapshot)), FORGED[how]))


def test_whatever_is_written_over_a_signed_file_is_refused_or_read(snapshot: Snapshot, tmp_path: Path) -> None:
    data = compiled(columns_of(snapshot))
    size = HEAD.unpack_from(data)[3]
    members = [m for m in json.loads(data[HEAD.size : HEAD.size + size])["members"] if len(m) > 4]
    start = -(-(HEAD.size + size) // 64) * 64
    path = tmp_path / "x.brs"
    draw = Random(1)
    refused = 0
    for _ in range(150):
        forged = bytearray(data)
        at = draw.choice(members)
        forged[start + at[4] + draw.randrange(at[5])] = draw.randrange(256)

        def sign(manifest: dict[str, Any], forged: bytearray = forged) -> None:
            for m in manifest["members"]:
                if len(m) > 4:
                    m[6] = hashlib.sha256(forged[start + m[4] : start + m[4] + m[5]]).hexdigest()

        path.write_bytes(_forged(bytes(forged), sign))
        try:
            found = load(read_files([str(path)])).snapshot
        except SnapshotError:
            refused += 1
        else:
            assert all(found.groups[name].id == name for name in found.groups)
            assert all(resource.id in found.resources for resource in found.resources.values())
            assert len(list(found.grants)) == 2
    assert refused > 50


def test_containment_in_a_circle_is_refused_when_the_file_is_loaded(snapshot: Snapshot, tmp_path: Path) -> None:
    columns = columns_of(snapshot)
    path = tmp_path / "x.brs"
    path.write_bytes(compiled(_with_resources(parent=np.array([2, 0, 0], np.int32))(columns)))
    with pytest.raises(SnapshotError, match="containment cycle: `drive:"):
        load(read_files([str(path)]))


def test_a_compiled_file_is_recognised_by_content_and_named_as_input(snapshot: Snapshot, tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_bytes(compiled(columns_of(snapshot)))
    for files in (read_files([str(path)]), read_files(["-"], path.read_bytes()), read_files([str(tmp_path)])):
        loaded = load(files)
        # The folder holds the snapshot's own source as well, which says the same.
        assert loaded.snapshot.resources == snapshot.resources
        assert {one.kind for one in loaded.inputs} <= {"compiled", "native"}
    (one,) = load(read_files([str(path)])).inputs
    assert (one.side, one.kind) == (Side.BASELINE, "compiled")
    assert one.sha256 == read_compiled(BytesIO(path.read_bytes()), "x").sha256


def test_a_compiled_file_and_another_snapshot_are_laid_together(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "a.brs").write_bytes(compiled(columns_of(snapshot)))
    (tmp_path / "b.yaml").write_text(
        "format: blastradius.snapshot/1\nprincipals: {user:new: {}}\n"
        "grants: [{to: user:new, role: viewer, on: drive:a}]\n",
        "utf-8",
    )
    both = load(read_files([str(tmp_path / "a.brs"), str(tmp_path / "b.yaml")])).snapshot
    assert both.principals.keys() == {*snapshot.principals, "user:new"}
    assert len(both.grants) == len(snapshot.grants) + 1


def test_from_leaves_no_room_for_a_compiled_file(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "a.brs").write_bytes(compiled(columns_of(snapshot)))
    with pytest.raises(SnapshotError, match="cannot be read as `native` alone"):
        load(read_files([str(tmp_path / "a.brs")]), system="native")


def test_what_exports_did_not_hold_is_said_once_and_in_the_same_words(tmp_path: Path) -> None:
    text = SNAPSHOT + (
        "unread: [{message: an unknown thing, at: 'a.sql:3', help: look at it}]\n"
        "coverage:\n  - {what: files, completeness: truncated, reason: a page is gone, at: 'f.json:3', help: go on}\n"
        "  - {what: users, completeness: complete}\n"
    )
    (tmp_path / "acme.yaml").write_text(text, "utf-8")
    given = load(read_files([str(tmp_path / "acme.yaml")])).snapshot
    (tmp_path / "acme.brs").write_bytes(compiled(columns_of(given)))
    found = load(read_files([str(tmp_path / "acme.brs")])).snapshot
    assert found.coverage == given.coverage
    assert len(found.unread) == 2
    assert set(found.unread) == set(given.unread)
