"""Lists of members and of files: whatever stands in them, the answer is facts or an error that can be shown."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import File, parse, read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load
from tests.support.texts import places, plain

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for name in ("directory", "drive") for path in (ROOT / "fixtures" / name / "before").iterdir())
TREES_OF = [path for path in FILES if path.suffix in (".json", ".yaml")]
PIECES = [
    "",
    *',;\t\n"{}[]:|= \\#@+<>\x00\x1b\u202e\ud800',
    *(
        "::",
        ":<",
        "dn: ",
        "\n ",
        ";range=0-1",
        "%40",
        "#unlisted",
        "outsider",
        "everyone",
        "True",
        "owner",
        "-1",
        "1e9",
    ),
    *("permissions.0.role,", "group,", "member,", "JSON,", "'", "0" * 400, "\\,", "cn=a,", "999999999999"),
]
SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 10**20) | st.floats() | st.sampled_from(PIECES) | st.text(max_size=4)
)
TREES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


def outcome(text: str, name: str) -> None:
    """Read a text; anything but facts or an error of our own fails the test."""
    try:
        load([File(name, PurePosixPath(name), text, "0" * 64)])
    except BlastRadiusError as error:
        can_be_shown(error)


def can_be_shown(error: BlastRadiusError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.message.isprintable()
        assert len(problem.message) < 1000


@given(data=st.data())
def test_a_damaged_list_is_never_a_crash(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    text = path.read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 5))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        text = text[:start] + data.draw(st.sampled_from(PIECES) | st.text(max_size=3)) + text[end:]
    outcome(text, path.name)


@given(data=st.data())
def test_a_list_cut_off_anywhere_is_never_a_crash(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    text = path.read_text("utf-8")
    outcome(text[: data.draw(st.integers(0, len(text)))], path.name)


@pytest.mark.parametrize("path", TREES_OF, ids=lambda path: f"{path.parents[1].name}/{path.name}")
@given(data=st.data())
def test_any_value_at_any_place_is_facts_or_an_error(path: Path, data: st.DataObject) -> None:
    trees: list[Any] = [plain(document.value) for document in parse(read_files([str(path)])[0])]
    for _ in range(data.draw(st.integers(1, 3))):
        found = [place for tree in trees for place in places(tree)]
        if not found:
            break
        container, key = data.draw(st.sampled_from(found))
        container[key] = data.draw(TREES)
    outcome("\n".join(json.dumps(tree, allow_nan=True) for tree in trees), "given.json")
