"""The native change: every step, with the line it stands on."""

from pathlib import Path

import pytest

from blastradius.access.simulate import simulate
from blastradius.changes import native
from blastradius.documents import Document, parse, read_files
from blastradius.errors import ChangeError
from blastradius.model.change import (
    AddGrant,
    AddGroup,
    AddMember,
    AddPrincipal,
    AddResource,
    AllowAssume,
    Change,
    DisallowAssume,
    Move,
    Remove,
    RemoveMember,
    RevokeGrant,
    SetClass,
    SetInherit,
    SetRole,
    Step,
)
from blastradius.model.snapshot import Effect, Entry, Grant, Group, Principal, PrincipalKind, Resource
from blastradius.systems.load import load
from tests.support.texts import as_document, as_file

ROOT = Path(__file__).resolve().parents[3]
HEAD = "format: blastradius.change/1\n"
EVERY_STEP: list[Step] = [
    AddMember("group:cleared", "agent:helper"),
    AddMember("group:on-call", "user:ben", "week 13"),
    RemoveMember("group:engineering", "user:ana"),
    AllowAssume("role:breakglass", "group:engineering", "with a ticket"),
    DisallowAssume("role:breakglass", "everyone"),
    AddGrant(Grant("group:cleared", "drive:plans", "viewer")),
    AddGrant(
        Grant("agent:helper", "drive:plans", None, frozenset({"read", "git.push"}), effect=Effect.DENY, when="at night")
    ),
    RevokeGrant(Grant("group:partners", "drive:plans", "viewer", effect=Effect.DENY)),
    SetRole("viewer", frozenset({"list", "read", "write"})),
    SetRole("silent", frozenset()),
    SetInherit("drive:plans/2027.md", inherit=True),
    Move("drive:plans/2027.md", ("drive:shared",)),
    Move("drive:shared/both.md", ("drive:plans", "drive:shared")),
    SetClass("drive:plans", "internal"),
    AddPrincipal(Principal("user:dora", PrincipalKind.USER, external=True, assumable_by=(Entry("user:ana"),))),
    AddGroup(Group("group:new", (Entry("user:dora"),), unlisted=True, size=3)),
    AddResource(
        Resource("drive:new", ("drive:plans",), inherits=False, class_name="code", items=2, labels=(("tier", "1"),))
    ),
    Remove("user:ben"),
]


def read(text: str) -> Change:
    document = as_document(HEAD + text, "change.yaml")
    assert native.recognises(document)
    return native.read(document)


def problems(text: str) -> list[str]:
    with pytest.raises(ChangeError) as caught:
        read(text)
    return [str(problem) for problem in caught.value.problems]


@pytest.fixture(scope="module")
def every_step() -> Change:
    return native.read(parse(read_files([str(ROOT / "fixtures/changes/every-step.yaml")])[0])[0])


def test_title_and_author_are_read(every_step: Change) -> None:
    assert (every_step.title, every_step.author) == ("Let the helper edit the plans", "agent:helper")


@pytest.mark.parametrize("number", range(len(EVERY_STEP)))
def test_a_step_is_read(every_step: Change, number: int) -> None:
    assert every_step.steps[number] == EVERY_STEP[number]


def test_the_example_holds_every_kind_of_step(every_step: Change) -> None:
    assert {type(step) for step in every_step.steps} == set(Step.__args__)
    assert len(every_step.steps) == len(EVERY_STEP)


def test_every_step_carries_its_own_line(every_step: Change) -> None:
    lines = [*range(6, 22), 25, 26]
    assert [step.source.line for step in every_step.steps] == lines
    assert {step.source.file.rpartition("/")[2] for step in every_step.steps} == {"every-step.yaml"}


def test_what_a_step_adds_stands_where_the_step_stands() -> None:
    (step,) = read("steps:\n  - add_group:\n      id: group:a\n      members:\n        - user:ana\n").steps
    assert isinstance(step, AddGroup)
    assert str(step.group.source) == "change.yaml:3:5"
    assert str(step.group.members[0].source) == "change.yaml:6:11"


def test_the_example_fits_its_snapshot(every_step: Change) -> None:
    snapshot = load(read_files([str(ROOT / "fixtures/snapshots/every-construct.yaml")])).snapshot
    simulation = simulate(snapshot, every_step)
    assert "user:ben" not in simulation.snapshot.principals
    assert "drive:new" in simulation.snapshot.resources


def test_a_change_may_do_nothing() -> None:
    assert read("steps: []\n") == Change()


@pytest.mark.parametrize(
    ("written", "title"), [("''", ""), ('"  "', ""), ("a", "a"), ('"a\\n  b"', "a b"), ("|\n  a\n  b\n", "a b")]
)
def test_a_title_is_one_line(written: str, title: str) -> None:
    assert read(f"title: {written}\nsteps: []\n").title == title


def test_whether_ids_exist_is_not_asked_here() -> None:
    (step,) = read("steps: [{add_member: {group: nobody, member: no-one-at-all}}]").steps
    assert step == AddMember("nobody", "no-one-at-all")


@pytest.mark.parametrize("word", ["everyone", "public"])
def test_built_in_subjects_may_be_named(word: str) -> None:
    (step,) = read(f"steps: [{{grant: {{to: {word}, actions: ['*'], on: drive:a}}}}]").steps
    assert step == AddGrant(Grant(word, "drive:a", None, frozenset("*")))


def test_parents_may_be_one_many_or_none() -> None:
    steps = "".join(
        f"  - move: {{resource: drive:a, in: {parents}}}\n" for parents in ("drive:b", "[drive:b, drive:c]", "[]")
    )
    assert [step.parents for step in read("steps:\n" + steps).steps if isinstance(step, Move)] == [
        ("drive:b",),
        ("drive:b", "drive:c"),
        (),
    ]


def test_all_problems_of_all_steps_come_together() -> None:
    steps = "  - remove: {}\n  - remove: {id: 7}\n  - fly: {}\n  - move: {resource: drive:a, in: 7, to: x}\n"
    assert problems("steps:\n" + steps) == [
        "change.yaml:3:13: the step lacks `id`",
        "change.yaml:4:14: `id` must be text, not a number",
        "change.yaml:5:5: unknown step `fly`",
        "change.yaml:6:31: `in` must be text, not a number",
        "change.yaml:6:38: unknown field `to`",
    ]


@pytest.mark.parametrize(
    "value",
    ["blastradius.change/1", None, {"format": "blastradius.change/2"}, {"format": "blastradius.snapshot/1"}, {}],
)
def test_nothing_but_a_native_change_is_recognised(value: object) -> None:
    assert not native.recognises(Document(as_file(""), value))
