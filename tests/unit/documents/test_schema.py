"""The messages about documents that do not fit their schema."""

import json
from pathlib import Path

import pytest

from blastradius.documents import check_schema, schema_text
from blastradius.documents.schema import shortened
from blastradius.errors import BlastRadiusError, ChangeError
from blastradius.model.sources import Problem, Source
from tests.support.texts import as_document

CHANGE = "format: blastradius.change/1\n"
SNAPSHOT = "format: blastradius.snapshot/1\n"


def said(text: str, schema: str) -> list[tuple[str, str]]:
    with pytest.raises(ChangeError) as caught:
        check_schema(as_document(text), schema, ChangeError)
    return [(str(problem).removeprefix("given.yaml:"), problem.help) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["snapshot", "change"])
def test_a_schema_is_a_valid_schema(name: str) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json.loads(schema_text(name)))


def test_an_unknown_schema_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(BlastRadiusError) as caught:
        schema_text("snapshto")
    (problem,) = caught.value.problems
    assert (problem.message, problem.help) == ("there is no schema `snapshto`", "did you mean `snapshot`?")


@pytest.mark.parametrize("name", ["../errors", "snapshot.schema.json", "", "/etc/passwd"])
def test_a_schema_name_is_no_path(name: str) -> None:
    with pytest.raises(BlastRadiusError, match="there is no schema"):
        schema_text(name)


@pytest.mark.parametrize(
    ("folder", "name"), [("snapshots", "snapshot"), ("snapshots/in-parts", "snapshot"), ("changes", "change")]
)
def test_our_own_examples_fit_their_schema(root: Path, folder: str, name: str) -> None:
    paths = [path for path in sorted((root / "fixtures" / folder).iterdir()) if path.is_file()]
    assert paths
    for path in paths:
        check_schema(as_document(path.read_text("utf-8"), path.name), name, BlastRadiusError)


@pytest.mark.parametrize(
    ("text", "place", "message", "help"),
    [
        (SNAPSHOT + "gruops: {}\n", "2:1", "unknown field `gruops`", "did you mean `groups`?"),
        (SNAPSHOT + "grants:\n - {to: a}\n", "3:4", "`grants[0]` lacks `on`", ""),
        (SNAPSHOT + "system: no\n", "2:1", "`system` must be text, not a truth value", "put it in quotes"),
        (
            SNAPSHOT + "resources:\n  drive:a: {items: -1}\n",
            "3:13",
            "`resources.drive:a.items` is `-1`, it must be at least 0",
            "",
        ),
        (
            SNAPSHOT + "resources:\n  drive:a: {items: 1.5}\n",
            "3:13",
            "`resources.drive:a.items` must be a whole number, not a number",
            "",
        ),
        (
            SNAPSHOT + "actions: {push: wirte}\n",
            "2:11",
            "`actions.push` is `wirte`, which is not known",
            "did you mean `write`?",
        ),
        (SNAPSHOT + "grants: [{to: a, on: b, actions: []}]\n", "2:25", "`grants[0].actions` must not be empty", ""),
        ("format: blastradius.snapshot/7\n", "1:1", "`format` is `blastradius.snapshot/7`", ""),
        ("principals: {}\n", "1:1", "the document lacks `format`", ""),
        ("- 1\n", "1", "the document must be a mapping, not a list", ""),
    ],
)
def test_a_message_names_the_place_and_what_is_wanted(text: str, place: str, message: str, help: str) -> None:
    assert any(
        problem.startswith(f"{place}: {message}") and hint == help for problem, hint in said(text, "snapshot")
    ), said(text, "snapshot")


POLICY = "format: blastradius.policy/1\nclasses: {}\ngate:\n - id: a\n   "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("then: blok\n   when: {}", "5:4: `gate[0].then` is `blok`, which is not known"),
        ("then: {approve: two}\n   when: {}", "5:11: `gate[0].then.approve` must be a whole number, not text"),
        ("then: {approve: 0}\n   when: {}", "5:11: `gate[0].then.approve` is `0`, it must be at least 1"),
        ("then: 3\n   when: {}", "5:4: `gate[0].then` must be one of a few words or a mapping, not a number"),
        ("then: warn\n   when: {author: [agnet]}", "6:20: `gate[0].when.author[0]` is `agnet`, which is not known"),
        ("then: warn\n   when: {author: []}", "6:11: `gate[0].when.author` must not be empty"),
    ],
)
def test_of_several_ways_to_write_a_field_the_one_that_was_meant_is_explained(text: str, message: str) -> None:
    assert message in [problem for problem, _ in said(POLICY + text, "policy")]


def test_problems_come_in_the_order_of_their_places() -> None:
    text = CHANGE + "titel: a\nauthor: 1\nsteps:\n  - remove: {id: 1}\n"
    assert [problem.partition(": ")[0] for problem, _ in said(text, "change")] == ["2:1", "3:1", "5:14"]


def test_many_problems_are_counted_and_not_all_shown() -> None:
    text = CHANGE + "steps:\n" + "  - remove: {id: 1}\n" * 50
    found = said(text, "change")
    assert len(found) == 21
    assert found[-1][0] == "and 30 more problems"


def test_files_keep_their_order_when_problems_are_sorted() -> None:
    problems = [
        Problem("b2", Source("b.yaml", 2)),
        Problem("nowhere"),
        Problem("a1", Source("a.yaml", 1)),
        Problem("b1", Source("b.yaml", 1, 3)),
    ]
    assert [problem.message for problem in shortened(problems)] == ["b1", "b2", "nowhere", "a1"]
