"""Tuples in every form they are exported in, and what is said of those that are cut off or hostile."""

import json
import time

import pytest

from blastradius.errors import SnapshotError
from blastradius.model.sources import Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.objects import Dialect, Relationship, Store
from blastradius.systems.zanzibar.reading import read_given
from tests.support.zanzibar import documents, facts

HEADER = "user_type,user_id,user_relation,relation,object_type,object_id,condition_name,condition_context\n"


def tuples_of(*texts: str, dialect: Dialect = Dialect.OPENFGA) -> list[Relationship]:
    notes = Notes()
    given = read_given(documents({f"file-{n}.txt": text for n, text in enumerate(texts)}), notes)
    assert notes.errors == []
    return list(given.stores[dialect].relationships.values())


def said(*texts: str) -> list[str]:
    with pytest.raises(SnapshotError) as caught:
        facts(*texts)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "text",
    [
        '[{"user": "group:eng#member", "relation": "viewer", "object": "doc:1"}]',
        "- user: group:eng#member\n  relation: viewer\n  object: doc:1\n",
        '{"user": "group:eng#member", "relation": "viewer", "object": "doc:1", "condition": null}',
        '{"tuples": [{"key": {"user": "group:eng#member", "relation": "viewer", "object": "doc:1"}, '
        '"timestamp": "2026-01-01T00:00:00Z"}], "continuation_token": ""}',
        '{"key": {"user": "group:eng#member", "relation": "viewer", "object": "doc:1"}, "timestamp": "x"}',
        HEADER + "group,eng,member,viewer,doc,1,,\n",
        "object_id;object_type;relation;user_relation;user_id;user_type\n1;doc;viewer;member;eng;group\n",
        "tuples:\n  - {user: 'group:eng#member', relation: viewer, object: 'doc:1'}\nname: a\n",
    ],
)
def test_a_tuple_of_openfga_is_the_same_in_every_form(text: str) -> None:
    assert tuples_of(text) == [Relationship("doc:1", "viewer", "group:eng", "member")]


@pytest.mark.parametrize(
    "text",
    [
        "doc:1#viewer@group:eng#member",
        "doc:1 viewer group:eng#member\n",
        "// a comment\n\ndoc:1#viewer@group:eng#member\r\n",
        "schema: definition doc {}\nrelationships: doc:1#viewer@group:eng#member\n",
    ],
)
def test_a_relationship_of_spicedb_is_the_same_in_every_form(text: str) -> None:
    assert tuples_of(text, dialect=Dialect.SPICEDB) == [Relationship("doc:1", "viewer", "group:eng", "member")]


@pytest.mark.parametrize(
    ("line", "relationship"),
    [
        ("a/doc:x/y|z=+-_#v@a/user:*", Relationship("a/doc:x/y|z=+-_", "v", "a/user:*")),
        ("doc:1#v@user:ana#...", Relationship("doc:1", "v", "user:ana")),
        ("doc:1#v@user:ana[c]", Relationship("doc:1", "v", "user:ana", condition="c")),
        (
            'doc:1#v@user:ana[a/c:{"b": [1, {"}]": 2}], "a": "ü"}]',
            Relationship("doc:1", "v", "user:ana", condition="a/c", context='{"a":"\\u00fc","b":[1,{"}]":2}]}'),
        ),
        (
            "doc:1 v user:ana[expiration:2027-01-01T00:00:00Z]",
            Relationship("doc:1", "v", "user:ana", expires="2027-01-01T00:00:00Z"),
        ),
        (
            'doc:1#v@g:e#m[c:{"a":1}][expiration:2027-01-01T00:00:00.5Z]',
            Relationship("doc:1", "v", "g:e", "m", "c", '{"a":1}', "2027-01-01T00:00:00.5Z"),
        ),
    ],
)
def test_all_parts_of_a_relationship_are_read(line: str, relationship: Relationship) -> None:
    assert tuples_of(line, dialect=Dialect.SPICEDB) == [relationship]


def test_the_values_of_a_condition_are_the_same_whatever_their_order() -> None:
    first = {
        "user": "user:a",
        "relation": "v",
        "object": "d:1",
        "condition": {"name": "c", "context": {"x": 1, "y": [2]}},
    }
    second = HEADER + 'user,a,,v,d,1,c,"{""y"":[2],""x"":1}"\n'
    (one,) = tuples_of(json.dumps([first]), second)
    assert (one.condition, one.context) == ("c", '{"x":1,"y":[2]}')


def test_a_tuple_says_where_it_stands() -> None:
    (one,) = tuples_of(HEADER + "\nuser,ana,,viewer,doc,1,,\n")
    assert one.source == Source("file-0.txt", 3)
    assert str(one) == "doc:1#viewer@user:ana"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"user": "user:ana", "relation": "v", "object": "d:1"}, 7]', "file-0.txt:1:58: a tuple must be a mapping"),
        ('[{"user": "user:ana", "relation": "v", "object": "d:1"}, {}]', "file-0.txt:1:58: the tuple lacks `user`"),
        ('[{"user": "user:ana", "relation": "v", "object": []}]', "file-0.txt:1:2: the tuple lacks `object`"),
        (
            '[{"user": "ana", "relation": "v", "object": "d:1"}]',
            "file-0.txt:1:2: the user `ana` of a tuple has the wrong",
        ),
        ('[{"user": "user:*", "relation": "v", "object": "d:*"}]', "file-0.txt:1:2: the object `d:*` of a tuple"),
        ('[{"user": "user:*#x", "relation": "v", "object": "d:1"}]', "file-0.txt:1:2: the user `user:*#x` of a tuple"),
        ("d:1#v@u:a\nd:1#v@u:*#x", "file-0.txt:2: everybody of a type has no relation: `d:1#v@u:*#x`"),
        ('[{"user": "user:a b", "relation": "v", "object": "d:1"}]', "file-0.txt:1:2: the user `user:a b`"),
        ('[{"user": "user:a\\u202eb", "relation": "v", "object": "d:1"}]', "file-0.txt:1:2: the user `user:a\\u202eb`"),
        ('[{"user": "user:a", "relation": "v w", "object": "d:1"}]', "file-0.txt:1:2: the relation `v w` of a tuple"),
        ('[{"user": "user:a", "relation": "v", "object": "d:1", "condition": "c"}]', "file-0.txt:1:"),
        (HEADER + "user,ana,,viewer,doc\n", "file-0.txt:2: the row has 5 columns, the header has 8"),
        (HEADER + 'user,ana,,viewer,doc,1,c,"{""a"": "\n', "file-0.txt:2: the context of a condition must be a JSON"),
        ("doc:1#viewer@user:ana\ndoc:1#viewer@us", "file-0.txt:2: this is no relationship"),
        ('doc:1#viewer@user:ana\nd:1#v@u:a[c:{"a":]', "file-0.txt:2: this is no relationship"),
        ('doc:1#viewer@user:ana\nd:1#v@u:a[c:{"a":}]', "file-0.txt:2: the context of a condition must be a JSON"),
    ],
)
def test_what_is_wrong_with_a_tuple_is_said_with_its_place(text: str, message: str) -> None:
    assert said(text)[0].startswith(message)


def test_a_tuple_may_not_be_given_with_two_conditions() -> None:
    lines = "d:1#v@u:a[expiration:2027-01-01T00:00:00Z]\nd:1#v@u:a\nd:1#v@u:b\nd:1#v@u:b\n"
    assert said(lines) == [
        "file-0.txt:2: the tuple `d:1#v@u:a` is given twice, with another condition: first in file-0.txt:1"
    ]


def test_an_unknown_field_of_a_tuple_is_reported() -> None:
    snapshot = facts('tuples:\n  - {user: "user:a", relation: viewer, object: "d:1", weight: 3}\nname: a\n')
    assert [str(problem) for problem in snapshot.unread] == [
        "file-0.txt:2:55: the field `weight` of a tuple is not known"
    ]


def test_a_store_can_be_changed() -> None:
    schema = read_given(documents({"m.fga": "model\n schema 1.1\ntype user\n"}), Notes()).stores[Dialect.OPENFGA].schema
    store = Store(schema)
    one = Relationship("doc:1", "viewer", "user:ana")
    assert store.write(one)
    assert not store.write(one)
    assert store.write(Relationship("doc:1", "viewer", "user:ana", condition="c"))
    assert store.delete(one.key)
    assert not store.delete(one.key)
    assert store.relationships == {}


def test_hostile_lines_are_read_in_linear_time() -> None:
    started = time.perf_counter()
    for line in ("d:1#v@u:a[c:{" + "}]" * 100_000 + "x", "a/" * 100_000, "d:1 " * 50_000, "d:1#v@u:a[" + "[" * 100_000):
        with pytest.raises(SnapshotError):
            facts("d:1#v@u:a\n" + line)
    assert time.perf_counter() - started < 5
