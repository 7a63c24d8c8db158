"""What is wrong with an export is said with its place; what can be read rightly is read."""

import re

import pytest

from blastradius.documents import read_files
from blastradius.errors import BlastRadiusError
from blastradius.systems.load import load


@pytest.fixture
def loaded(root):
    """Give a function from the name of a broken export to what it holds."""
    return lambda name: load(read_files([str(root / "fixtures/broken/gcp" / name)])).snapshot


@pytest.mark.parametrize(
    ("name", "messages"),
    [
        ("truncated.json", ["5:28: the document ends too early"]),
        ("utf-16-without-mark.json", ["the file looks like UTF-16 without a byte order mark"]),
        ("empty.json", ["the file is empty"]),
        ("binary.json", ["the file is binary, not text"]),
        ("compressed.json", ["the file is compressed"]),
        ("no-role.json", ["2:42: a binding names no role", "3:4: `members` must be a list, not text"]),
        (
            "twice.json",
            ["3:2: the role `roles/viewer` is given twice, with different permissions: first in twice.json:2:2"],
        ),
        (
            "hidden-name.json",
            ["1:75: the name `user:an\\u202ea@acme.example` holds a character that controls or hides text"],
        ),
    ],
)
def test_a_broken_export_is_refused_with_the_place(loaded, name, messages):
    with pytest.raises(BlastRadiusError) as error:
        loaded(name)
    written = [re.sub(rf"\S*/(?={name})", "", str(problem)) for problem in error.value.problems]
    assert [text.partition(f"{name}:")[2].strip() for text in written] == messages


def test_a_page_whose_successor_is_missing_is_incomplete(loaded):
    facts = loaded("page-one-of-two.json")
    assert any("it names a next page" in problem.message for problem in facts.unread)
    assert "gcp-storage:buckets/acme-logs" in facts.resources


def test_objects_one_after_the_other_are_all_read(loaded):
    assert {"gcp-storage:buckets/acme-one", "gcp-storage:buckets/acme-two"} <= set(
        loaded("concatenated.json").resources
    )


def test_utf_16_with_its_mark_is_read(loaded):
    facts = loaded("utf-16.json")
    assert [grant.subject for grant in facts.grants if grant.resource == "gcp:projects/unnamed"] == [
        "user:ana@acme.example"
    ]
