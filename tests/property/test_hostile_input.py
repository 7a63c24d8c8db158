"""Whatever bytes come in, the answer is facts or an error that can be shown, and it comes soon."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.changes.load import load_changes
from blastradius.documents import File, parse, read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load
from tests.support.texts import places, plain

ROOT = Path(__file__).resolve().parents[2]
SEEDS = [
    path.read_bytes()
    for folder in ("snapshots", "snapshots/in-parts", "changes", "broken/documents")
    for path in sorted((ROOT / "fixtures" / folder).iterdir())
    if path.is_file()
]
PIECES = [
    *(bytes([character]) for character in b"[]{}:,-\n\t \"'#&*!|>%@`\\\x00\x1b\x7f\xff"),
    *(
        b"&a ",
        b"*a",
        b"!!int ",
        b"<<: ",
        b"? ",
        b"|\n",
        b">-\n",
        b"---\n",
        b"...\n",
        b"%YAML 1.2\n",
        b"\\u202e",
        b"\\ud800",
    ),
    *(
        b"1e999",
        b".nan",
        b"null",
        b"~",
        b"no",
        b"0x",
        b"{{ .Values.x }}",
        b"everyone",
        b"unknown",
        b"blastradius.snapshot/1",
    ),
    *("🌳\x85\u2028\u202e".encode(), b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\x00\x00"),
]


def outcome(data: bytes, *, whole: bool) -> None:
    """Read bytes; anything but a result or an error of our own fails the test."""
    try:
        files = read_files(["-"], data)
        for file in files:
            parse(file)
        if whole:
            for read in (load, load_changes):
                swallow(read, files)
    except BlastRadiusError as error:
        assert_can_be_shown(error)


def swallow(read: Any, files: tuple[File, ...]) -> None:
    try:
        read(files)
    except BlastRadiusError as error:
        assert_can_be_shown(error)


def assert_can_be_shown(error: BlastRadiusError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.message.isprintable()
        assert problem.help.isprintable()
        assert len(problem.message) < 1000


@given(data=st.binary(max_size=200))
def test_random_bytes_are_never_a_crash(data: bytes) -> None:
    outcome(data, whole=True)


@given(pieces=st.lists(st.sampled_from(PIECES) | st.binary(max_size=3), max_size=40))
def test_random_pieces_of_yaml_and_json_are_never_a_crash(pieces: list[bytes]) -> None:
    outcome(b"".join(pieces), whole=True)


@given(data=st.data())
def test_a_damaged_file_is_never_a_crash(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(len(content), start + 20)))
        content[start:end] = data.draw(st.sampled_from([b"", *PIECES]) | st.binary(max_size=4))
    outcome(bytes(content), whole=True)


@given(data=st.data())
def test_a_file_cut_off_anywhere_is_never_a_crash(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(SEEDS))
    outcome(content[: data.draw(st.integers(0, len(content)))], whole=True)


@given(text=st.text(max_size=60))
def test_a_text_that_was_never_bytes_is_never_a_crash(text: str) -> None:
    try:
        parse(File("given", PurePosixPath("given"), text, ""))
    except BlastRadiusError as error:
        assert_can_be_shown(error)


SCALARS = st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.text(max_size=4)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@pytest.mark.parametrize("name", ["snapshots/every-construct.yaml", "changes/every-step.yaml"])
@given(data=st.data())
def test_any_value_at_any_place_is_facts_or_an_error(name: str, data: st.DataObject) -> None:
    (document,) = parse(read_files([str(ROOT / "fixtures" / name)])[0])
    tree = plain(document.value)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(tree)))
        container[key] = data.draw(TREES)
    outcome(json.dumps(tree, allow_nan=True).encode(), whole=True)
