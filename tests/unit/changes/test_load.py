"""Files in, one change out."""

import pytest

from blastradius.changes.load import load_changes
from blastradius.changes.registry import FORMATS
from blastradius.documents import File
from blastradius.errors import BlastRadiusError, ChangeError, DocumentError, UsageError
from blastradius.model.change import Remove
from tests.support.texts import as_file

HEAD = "format: blastradius.change/1\n"


def problems(*files: File, kind: str | None = None, error: type[BlastRadiusError] = ChangeError) -> list[str]:
    with pytest.raises(error) as caught:
        load_changes(files, kind)
    return [f"{problem} ({problem.help})" for problem in caught.value.problems]


def test_steps_of_all_files_and_documents_follow_each_other() -> None:
    first = HEAD + "title: one\nsteps: [{remove: {id: user:a}}]\n---\n" + HEAD + "steps: [{remove: {id: user:b}}]\n"
    second = HEAD + "title: two\nauthor: user:ana\nsteps: [{remove: {id: user:c}}]\n"
    change = load_changes([as_file(first, "a.yaml"), as_file(second, "b.yaml")])
    assert [step.id for step in change.steps if isinstance(step, Remove)] == ["user:a", "user:b", "user:c"]
    assert (change.title, change.author) == ("one; two", "user:ana")
    assert [str(step.source) for step in change.steps] == ["a.yaml:3:9", "a.yaml:6:9", "b.yaml:4:9"]
    assert str(change.source) == "a.yaml:1:1"


def test_a_title_that_is_repeated_is_said_once() -> None:
    text = HEAD + "title: one\nsteps: []\n"
    assert load_changes([as_file(text), as_file(text)]).title == "one"


def test_files_may_agree_on_the_author() -> None:
    text = HEAD + "author: user:ana\nsteps: []\n"
    assert load_changes([as_file(text), as_file(HEAD + "steps: []\n"), as_file(text)]).author == "user:ana"


def test_files_that_disagree_on_the_author_are_refused() -> None:
    files = [as_file(HEAD + f"author: user:{name}\nsteps: []\n", f"{name}.yaml") for name in ("ana", "ben")]
    assert problems(*files) == [
        "ben.yaml:1:1: the author is `user:ben` here and `user:ana` in ana.yaml:1:1 "
        "(give changes of different authors to separate runs)"
    ]


def test_the_problems_of_all_documents_come_together() -> None:
    broken = HEAD + "steps: [{remove: {}}]\n"
    found = problems(as_file(broken + "---\n" + broken, "a.yaml"), as_file(broken, "b.yaml"))
    assert [problem.partition(": ")[0] for problem in found] == ["a.yaml:2:18", "a.yaml:5:18", "b.yaml:2:18"]


def test_files_that_cannot_be_parsed_are_reported_together() -> None:
    found = problems(as_file("a: [", "a.yaml"), as_file("{{ .x }}", "b.yaml"), error=DocumentError)
    assert [problem.partition(": ")[0] for problem in found] == ["a.yaml:2:1", "b.yaml:1:1"]


def test_a_format_can_be_forced() -> None:
    assert load_changes([as_file(HEAD + "steps: []\n")], "native").steps == ()
    assert problems(kind="natve", error=UsageError) == ["unknown kind of change `natve` (did you mean `native`?)"]


def test_no_files_at_all_is_an_error() -> None:
    assert problems() == ["no change was given (name a file)"]


def test_every_format_stands_under_its_own_name() -> None:
    assert [one.NAME for one in FORMATS.values()] == list(FORMATS)
