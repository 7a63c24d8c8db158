"""Models of OpenFGA in their own language: what they mean, and what is said when they are wrong."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar import snapshot as zanzibar
from blastradius.systems.zanzibar.excerpt import whole
from blastradius.systems.zanzibar.fga_language import is_model, read_module
from blastradius.systems.zanzibar.objects import (
    Allowed,
    Arrow,
    Computed,
    Direct,
    Exclusion,
    Expression,
    Intersection,
    Union,
)
from tests.support.zanzibar import documents, facts

TUPLE = '[{"user": "user:ana", "relation": "viewer", "object": "doc:1"}]'


def expression(text: str) -> Expression:
    """Read ``define x: TEXT``."""
    notes = Notes()
    (document,) = documents({"m.fga": f"model\n  schema 1.1\ntype doc\n  relations\n    define x: {text}\n"})
    module = read_module(whole(document), notes)
    assert notes.errors == []
    return module.types[0].relations["x"].expression


def said(*texts: str) -> list[tuple[str, str]]:
    with pytest.raises(SnapshotError) as caught:
        facts(*texts)
    return [(str(problem), problem.help) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("[user]", Direct()),
        ("a", Computed("a")),
        ("a from b", Arrow("b", "a")),
        ("[user] or a or b from c", Union((Direct(), Computed("a"), Arrow("c", "b")))),
        ("a and b", Intersection((Computed("a"), Computed("b")))),
        ("a but not b", Exclusion(Computed("a"), (Computed("b"),))),
        ("(a or b) and c", Intersection((Union((Computed("a"), Computed("b"))), Computed("c")))),
        (
            "a but not (b and (c or d))",
            Exclusion(Computed("a"), (Intersection((Computed("b"), Union((Computed("c"), Computed("d"))))),)),
        ),
        ("[user, # who it is\n      group#member] or a # and more\n", Union((Direct(), Computed("a")))),
        ("from from from", Arrow("from", "from")),
    ],
)
def test_an_expression_means_what_it_says(text: str, meaning: Expression) -> None:
    assert expression(text) == meaning


def test_every_kind_of_subject_is_read() -> None:
    (document,) = documents(
        {
            "m.fga": "model\n  schema 1.2\ntype doc\n  relations\n"
            "    define x: [user, user:*, group#member, user with office_hours, org/team-a#member with b]\n"
        }
    )
    module = read_module(whole(document), Notes())
    assert module.types[0].relations["x"].allowed == (
        Allowed("user"),
        Allowed("user", wildcard=True),
        Allowed("group", "member"),
        Allowed("user", condition="office_hours"),
        Allowed("org/team-a", "member", condition="b"),
    )


def test_a_condition_ends_at_the_brace_that_closes_it() -> None:
    text = (
        "model\n  schema 1.1\ntype a\n"
        'condition c(x: map<string>, y: list<int>) {\n  x == {"}": "{"} // }\n  && y[0]   > 1\n}\ntype b\n'
    )
    (document,) = documents({"m.fga": text})
    module = read_module(whole(document), Notes())
    assert [one.name for one in module.types] == ["a", "b"]
    (condition,) = module.conditions
    assert condition.expression == 'x == {"}": "{"} && y[0] > 1'
    assert condition.parameters == {"x": "map<string>", "y": "list<int>"}


@pytest.mark.parametrize(
    "text", ["model\n  schema 1.1\n", "# A model\n\nmodel\n schema 1.2", "module core\n", "\n model  schema 1.1"]
)
def test_a_model_is_recognised_by_how_it_begins(text: str) -> None:
    assert is_model(text)


@pytest.mark.parametrize("text", ["", "model", "models\n schema 1.1", "type user", "schema 1.1", "modules: 3"])
def test_other_texts_are_no_models(text: str) -> None:
    assert not is_model(text)


@pytest.mark.parametrize(
    ("model", "message", "help"),
    [
        (
            "type user\ntype doc\n  relations\n    define viewer: [usr]\n",
            "file-0.txt:6:21: unknown type `usr`",
            "did you mean `user`?",
        ),
        (
            "type user\ntype doc\n  relations\n    define viewer: [user] or editr\n    define editor: [user]\n",
            "file-0.txt:6:12: `doc` has no relation `editr`",
            "did you mean `editor`?",
        ),
        (
            "type user\ntype doc\n  relations\n    define viewer: [user#x]\n",
            "file-0.txt:6:21: `user` has no relation `x`",
            "",
        ),
        (
            "type doc\n  relations\n    define a: [doc]\n    define b: a from c\n    define c: a\n",
            "file-0.txt:6:12: `c` of `doc` has no tuples that an arrow could follow",
            "name a relation that lists its subjects",
        ),
        (
            "type user\ntype doc\n  relations\n    define p: [user]\n    define b: a from p\n",
            "file-0.txt:7:12: no subject of `p` has the relation `a`",
            "",
        ),
        (
            "type user\ntype doc\n  relations\n    define a: [user with wehn]\n",
            "file-0.txt:6:16: unknown condition `wehn`",
            "",
        ),
        ("type user\ntype user\n", "file-0.txt:4:6: the type `user` is declared twice", "first in file-0.txt:3:6"),
        (
            "type d\n  relations\n    define a: [d]\n    define a: [d]\n",
            "file-0.txt:6:12: the relation `a` of `d` is defined twice",
            "first in file-0.txt:5:12",
        ),
        (
            "type d\n  relations\n    define a: [d] or b and c\n",
            "file-0.txt:5:24: `and` and `or` stand beside each other",
            "put one of the two in brackets",
        ),
        (
            "type d\n  relations\n    define a [d]\n",
            "file-0.txt:5:14: OpenFGA model: expected `:` after the relation `a`, found `[`",
            "",
        ),
        (
            "type d\n  relations\n    define a: [d\n",
            "file-0.txt:6:1: OpenFGA model: expected `]` or `,` after a type, found the end",
            "was the text written completely?",
        ),
        ("type d; x\n", "file-0.txt:3:7: OpenFGA model: the character `;` cannot stand here", ""),
        ("tpye d\n", "file-0.txt:3:1: OpenFGA model: expected `type`, `extend type` or `condition`, found `tpye`", ""),
        (
            "condition c(a: int) { a > 1\n",
            "file-0.txt:3:21: OpenFGA model: the condition is never closed",
            "was the text written completely?",
        ),
    ],
)
def test_what_is_wrong_with_a_model_is_said_with_its_place(model: str, message: str, help: str) -> None:
    problems = said(f"model\n  schema 1.1\n{model}", TUPLE)
    assert problems[0][0] == message
    assert not help or problems[0][1].startswith(help) or help in problems[0][1]


def test_an_unknown_schema_is_an_error() -> None:
    assert said("model\n  schema 1.9\ntype user\n")[0] == (
        "file-0.txt:2:10: schema `1.9` of an OpenFGA model is not known",
        "known are 1.1 and 1.2",
    )


def test_brackets_in_each_other_have_a_limit() -> None:
    text = "model\n  schema 1.1\ntype d\n  relations\n    define a: " + "(" * 5000 + "a" + ")" * 5000
    assert "more than 30 brackets in each other" in said(text)[0][0]


def test_modules_make_one_model_in_any_order() -> None:
    wiki = "module wiki\nextend type org\n  relations\n    define can_view: member\n"
    core = "module core\ntype user\ntype org\n  relations\n    define member: [user]\n"
    tuples = '[{"user": "user:ana", "relation": "member", "object": "org:acme"}]'
    for texts in ((wiki, core, tuples), (tuples, core, wiki)):
        (grant,) = facts(*texts).grants
        assert (grant.subject, grant.actions, grant.resource) == ("user:fga/ana", {"can_view"}, "fga:org:acme")


def test_an_extension_of_an_unknown_type_is_an_error() -> None:
    text = "module a\ntype org\n"
    problems = said(text, "module b\nextend type orgs\n  relations\n    define a: b\n    define b: [org]\n")
    assert problems[0] == ("file-1.txt:2:13: the type `orgs` is extended and declared nowhere", "did you mean `org`?")


def test_two_models_are_an_error_and_the_same_twice_is_none() -> None:
    one = "model\n  schema 1.1\ntype user\n"
    assert zanzibar.read(documents({"a.fga": one, "b.fga": f"# again\n{one}"})).principals == {}
    problems = said(one, f"{one}type doc\n")
    assert problems == [
        ("file-1.txt:1: this is another model than the one in file-0.txt:1", "give the files of one store at a time")
    ]
