"""What a compiled snapshot keeps beside the facts is used, and is refused where it contradicts them."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from blastradius.access.scopes import beginnings
from blastradius.assess.classes import resource_classes, rules_digest
from blastradius.columns.build import columns_of
from blastradius.columns.pair import paired
from blastradius.columns.tables import Columns, StoredClasses
from blastradius.columns.views import snapshot_of
from blastradius.documents import parse, read_files
from blastradius.errors import BlastRadiusError, PolicyError, SnapshotError
from blastradius.gate import load_policy, shipped_policy
from blastradius.pipeline import convert, validate
from blastradius.systems.compiled.read import read_compiled
from blastradius.systems.compiled.write import write_compiled
from blastradius.systems.load import load

SNAPSHOT = """\
format: blastradius.snapshot/1
principals: {user:ana: {}}
resources:
  drive:a: {class: code}
  drive:a/roadmap.md: {in: drive:a}
  drive:b: {inherit: false, in: drive:a}
  drive:b/c: {in: [drive:b, drive:a]}
  drive:b/d: {in: drive:b}
grants:
  - {to: user:ana, actions: [read], on: drive:a}
"""
POLICY = """\
format: blastradius.policy/1
classes:
  code: {sensitivity: 0.8}
  notes: {sensitivity: 0.9}
  unclassified: {sensitivity: 0.5}
classify:
  - {class: notes, match: {id: "*.md"}}
gate:
  - {id: critical, when: {severity: critical}, then: block}
"""


def written(columns: Columns) -> bytes:
    stream = BytesIO()
    write_compiled(columns, (), stream)
    return stream.getvalue()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "acme.yaml"
    path.write_text(SNAPSHOT, "utf-8")
    return path


def converted(source: Path, policy: str | None = None) -> Columns:
    stream = BytesIO()
    convert([str(source)], lambda: b"", policy=policy).write(stream)
    return read_compiled(BytesIO(stream.getvalue()), "acme.brs").columns


def test_beginnings_and_classes_are_those_that_a_check_would_find(source: Path) -> None:
    columns = converted(source)
    assert columns.beginnings is not None
    names = columns.resources.names
    found = {names[code]: names[int(at)] for code, at in enumerate(columns.beginnings)}
    assert found == {
        "drive:a": "drive:a",
        "drive:a/roadmap.md": "drive:a",
        "drive:b": "drive:b",
        "drive:b/c": "drive:b/c",
        "drive:b/d": "drive:b",
    }
    assert np.array_equal(columns.beginnings, beginnings(replace(columns, beginnings=None)))
    policy = load_policy(parse(shipped_policy("default")))
    assert columns.stored_classes is not None
    assert columns.stored_classes.digest == rules_digest(policy)
    facts = snapshot_of(columns)
    kept = resource_classes(policy, paired(facts, facts))
    plain = snapshot_of(replace(columns, stored_classes=None))
    assert np.array_equal(kept.before, resource_classes(policy, paired(plain, plain)).before)
    assert kept.counted_in("drive:a/roadmap.md") == "strategy-docs"


def test_classes_kept_for_another_policy_are_not_used(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, "utf-8")
    facts = snapshot_of(converted(source, str(path)))
    mine = load_policy(parse(read_files([str(path)])[0]))
    shipped = load_policy(parse(shipped_policy("default")))
    assert resource_classes(mine, paired(facts, facts)).counted_in("drive:a/roadmap.md") == "notes"
    assert resource_classes(shipped, paired(facts, facts)).counted_in("drive:a/roadmap.md") == "strategy-docs"


def test_a_class_that_only_the_given_policy_must_know_is_no_error_without_one(source: Path, tmp_path: Path) -> None:
    source.write_text(SNAPSHOT.replace("class: code", "class: secret-sauce"), "utf-8")
    assert converted(source).stored_classes is None
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, "utf-8")
    with pytest.raises(PolicyError, match="secret-sauce"):
        converted(source, str(path))


def _crafted(columns: Columns, how: str) -> Columns:
    stored = columns.stored_classes
    assert stored is not None
    assert columns.beginnings is not None
    at = columns.resources.names.find("drive:b")
    begins, codes = columns.beginnings.copy(), stored.codes.copy()
    match how:
        case "a beginning further up":
            begins[at] = columns.resources.names.find("drive:a")
        case "a beginning of its own":
            begins[columns.resources.names.find("drive:b/d")] = columns.resources.names.find("drive:b/d")
        case "a beginning that is none":
            begins[at] = 1000
        case "too few beginnings":
            begins = begins[1:]
        case "another class than stated":
            codes[columns.resources.names.find("drive:a")] = stored.ids.index("public")
        case "a class that is none":
            codes[at] = len(stored.ids)
        case "no class":
            codes[at] = -1
        case _:
            raise AssertionError(how)
    return replace(columns, beginnings=begins, stored_classes=StoredClasses(stored.digest, stored.ids, codes))


@pytest.mark.parametrize(
    "how",
    [
        "a beginning further up",
        "a beginning of its own",
        "a beginning that is none",
        "too few beginnings",
        "another class than stated",
        "a class that is none",
        "no class",
    ],
)
def test_kept_values_that_contradict_the_facts_are_refused(source: Path, how: str) -> None:
    data = written(_crafted(converted(source), how))
    with pytest.raises(SnapshotError, match="no version of blastradius writes"):
        read_compiled(BytesIO(data), "acme.brs")


def test_a_compiled_snapshot_need_not_keep_anything(source: Path) -> None:
    columns = columns_of(load(read_files([str(source)])).snapshot)
    found = read_compiled(BytesIO(written(columns)), "acme.brs").columns
    assert found.beginnings is None
    assert found.stored_classes is None


def test_validate_classifies_again_and_refuses_classes_that_were_swapped(source: Path, tmp_path: Path) -> None:
    columns = converted(source)
    stored = columns.stored_classes
    assert stored is not None
    codes = stored.codes.copy()
    codes[columns.resources.names.find("drive:a/roadmap.md")] = stored.ids.index("public")
    forged = replace(columns, stored_classes=StoredClasses(stored.digest, stored.ids, codes))
    good, bad = tmp_path / "good.brs", tmp_path / "bad.brs"
    good.write_bytes(written(columns))
    bad.write_bytes(written(forged))
    assert validate([str(good)], lambda: b"").warnings == ()
    with pytest.raises(BlastRadiusError, match="1 of the classes kept in the compiled snapshot are not those"):
        validate([str(bad)], lambda: b"")


def test_validate_says_when_it_has_not_the_policy_that_classes_are_kept_for(source: Path, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY, "utf-8")
    compiled = tmp_path / "acme.brs"
    compiled.write_bytes(written(converted(source, str(path))))
    (warning,) = validate([str(compiled)], lambda: b"").warnings
    assert "kept for a policy that was not given" in warning.message
    assert validate([str(compiled), str(path)], lambda: b"").warnings == ()


def test_no_byte_of_a_file_is_left_that_nothing_vouches_for(source: Path) -> None:
    data = written(converted(source))
    accepted = []
    for at in range(len(data)):
        spoilt = bytearray(data)
        spoilt[at] ^= 1
        try:
            read_compiled(BytesIO(bytes(spoilt)), "acme.brs")
        except SnapshotError:
            continue
        accepted.append(at)
    assert accepted == []
