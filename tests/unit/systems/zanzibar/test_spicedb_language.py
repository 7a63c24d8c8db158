"""Schemas of SpiceDB: how their operators bind, and what is said when they are wrong."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.excerpt import whole
from blastradius.systems.zanzibar.objects import (
    Allowed,
    Arrow,
    Computed,
    Exclusion,
    Expression,
    Intersection,
    Itself,
    Nothing,
    Union,
)
from blastradius.systems.zanzibar.spicedb_language import Declared, is_schema, read_declared
from tests.support.zanzibar import documents, facts

A, B, C, D = (Computed(name) for name in "abcd")


def declared(text: str) -> Declared:
    notes = Notes()
    (document,) = documents({"s.zed": text})
    found = read_declared(whole(document), notes)
    assert notes.errors == []
    return found


def permission(text: str, before: str = "") -> Expression:
    return declared(f"{before}definition x {{ permission p = {text} }}").types[0].relations["p"].expression


def said(*texts: str) -> list[str]:
    with pytest.raises(SnapshotError) as caught:
        facts(*texts)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("a", A),
        ("nil", Nothing()),
        ("a + b", Union((A, B))),
        ("a - b - c", Exclusion(A, (B, C))),
        # `+` binds before `&`, and `&` before `-`.
        ("a + b & c", Intersection((Union((A, B)), C))),
        ("a & b + c", Intersection((A, Union((B, C))))),
        ("a + b - c + d", Exclusion(Union((A, B)), (Union((C, D)),))),
        ("a - b & c", Exclusion(A, (Intersection((B, C)),))),
        ("a - (b - c)", Exclusion(A, (Exclusion(B, (C,)),))),
        ("a->b", Arrow("a", "b")),
        ("a.any(b) + a.all(c)", Union((Arrow("a", "b"), Arrow("a", "c", every=True)))),
        ("a + /* both */ b // or so\n", Union((A, B))),
    ],
)
def test_an_expression_means_what_it_says(text: str, meaning: Expression) -> None:
    assert permission(text) == meaning


def test_self_is_the_object_where_it_is_used_and_a_name_elsewhere() -> None:
    assert permission("self", "use self\n") == Itself()
    assert permission("self") == Computed("self")


def test_every_kind_of_subject_is_read() -> None:
    text = (
        "definition a/doc { relation r: b/user | b/user:* | g#m with c | u with expiration | u with c and expiration }"
    )
    assert declared(text).types[0].relations["r"].allowed == (
        Allowed("b/user"),
        Allowed("b/user", wildcard=True),
        Allowed("g", "m", condition="c"),
        Allowed("u", expires=True),
        Allowed("u", condition="c", expires=True),
    )


def test_annotations_types_of_permissions_and_semicolons_are_passed_over() -> None:
    text = (
        'use deprecation\n@deprecated(error, "gone")\ndefinition user {};\n'
        "definition doc {\n  @deprecated(warn)\n  relation r: user;\n  permission p: user | user:* = r\n}"
    )
    assert [one.name for one in declared(text).types] == ["user", "doc"]


def test_partials_are_taken_in_and_those_in_them_too() -> None:
    text = (
        "partial top { relation owner: user\n ...inner }\npartial inner { relation viewer: user }\n"
        "definition user {}\ndefinition doc { ...top\n permission view = owner + viewer }\n"
    )
    snapshot = facts(text, "doc:1#viewer@user:ana")
    (grant,) = snapshot.grants
    assert (grant.subject, grant.actions) == ("user:spicedb/ana", {"view", "viewer"})


@pytest.mark.parametrize(
    "text",
    [
        "definition user {}",
        "// a\n/* b */ caveat c(x int) { true }",
        "use expiration\n",
        'import "a.zed"\n',
        "partial p {",
    ],
)
def test_a_schema_is_recognised_by_how_it_begins(text: str) -> None:
    assert is_schema(text)


@pytest.mark.parametrize("text", ["", "definition", "definitions: 1", "user {}", "imports\n"])
def test_other_texts_are_no_schemas(text: str) -> None:
    assert not is_schema(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("definition a { relation r: usr }", "file-0.txt:1:28: unknown type `usr`"),
        ("definition a { permission p = q }", "file-0.txt:1:27: `a` has no relation `q`"),
        (
            "definition a { relation r a }",
            "file-0.txt:1:27: SpiceDB schema: expected `:` after the relation `r`, found `a`",
        ),
        ("definition a { permission p = a->b->c }", "file-0.txt:1:35: SpiceDB schema: an arrow cannot follow an arrow"),
        ("definition a { permission p = a.most(b) }", "file-0.txt:1:33: SpiceDB schema: unknown function `most`"),
        ("definition a { ...gone }", "file-0.txt:1:19: unknown partial `gone`"),
        (
            "definition a {} definitio b {}",
            "file-0.txt:1:17: SpiceDB schema: expected `definition`, `caveat`, `partial`,",
        ),
        ("definition a {", "file-0.txt:1:15: SpiceDB schema: expected `relation`, `permission` or `}`, found the end"),
        ("definition a {} definition a {}", "file-0.txt:1:28: the type `a` is declared twice"),
        ("caveat c(x int) { x > 1", "file-0.txt:1:17: SpiceDB schema: the condition is never closed"),
        ("definition a { permission p = " + "(" * 4000, "file-0.txt:1:62: more than 30 brackets in each other"),
    ],
)
def test_what_is_wrong_with_a_schema_is_said_with_its_place(text: str, message: str) -> None:
    assert said(text)[0].startswith(message)


def test_a_relationship_that_the_schema_does_not_allow_is_an_error() -> None:
    schema = "definition user {}\ndefinition doc { relation viewer: user }"
    assert said(schema, "doc:1#viewer@user:*\ndoc:1#editor@user:ana\nbox:1#a@user:ana\n") == [
        "file-1.txt:1: the schema does not allow `doc:1#viewer@user:*`",
        "file-1.txt:2: the schema does not allow `doc:1#editor@user:ana`",
        "file-1.txt:3: the schema does not allow `box:1#a@user:ana`",
    ]
