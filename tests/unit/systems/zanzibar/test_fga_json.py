"""Models of OpenFGA as JSON: the same model whichever way it is written."""

import json

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.objects import Dialect
from blastradius.systems.zanzibar.reading import read_given
from tests.support.zanzibar import documents, facts

TEXT = """\
model
  schema 1.1
type user
type group
  relations
    define member: [user, group#member]
type doc
  relations
    define parent: [doc]
    define blocked: [user, user:*]
    define owner: [user with weekday]
    define viewer: [user] or owner or viewer from parent
    define can_view: viewer but not blocked
    define can_share: owner and viewer
condition weekday(day: int, days: list<int>) {
  day in days
}
"""
THIS: dict[str, object] = {"this": {}}


def of(relation: str) -> dict[str, object]:
    return {"computedUserset": {"object": "", "relation": relation}}


def subjects(*kinds: dict[str, object]) -> dict[str, object]:
    return {"directly_related_user_types": list(kinds)}


MODEL = {
    "id": "01H0H015178Y2V4CX10C2KGHF4",
    "schema_version": "1.1",
    "type_definitions": [
        {"type": "user", "relations": {}, "metadata": None},
        {
            "type": "group",
            "relations": {"member": THIS},
            "metadata": {
                "relations": {"member": subjects({"type": "user"}, {"type": "group", "relation": "member"})},
            },
        },
        {
            "type": "doc",
            "relations": {
                "parent": THIS,
                "blocked": THIS,
                "owner": THIS,
                "viewer": {
                    "union": {
                        "child": [
                            THIS,
                            of("owner"),
                            {
                                "tupleToUserset": {
                                    "tupleset": {"object": "", "relation": "parent"},
                                    "computedUserset": {"object": "", "relation": "viewer"},
                                }
                            },
                        ]
                    }
                },
                "can_view": {"difference": {"base": of("viewer"), "subtract": of("blocked")}},
                "can_share": {"intersection": {"child": [of("owner"), of("viewer")]}},
            },
            "metadata": {
                "module": "",
                "source_info": None,
                "relations": {
                    "parent": subjects({"type": "doc"}),
                    "blocked": subjects({"type": "user"}, {"type": "user", "wildcard": {}}),
                    "owner": subjects({"type": "user", "condition": "weekday"}),
                    "viewer": subjects({"type": "user", "condition": ""}),
                    "can_view": subjects(),
                },
            },
        },
    ],
    "conditions": {
        "weekday": {
            "name": "weekday",
            "expression": "day in days\n",
            "parameters": {
                "day": {"type_name": "TYPE_NAME_INT"},
                "days": {"type_name": "TYPE_NAME_LIST", "generic_types": [{"type_name": "TYPE_NAME_INT"}]},
            },
        }
    },
}


def schema_of(text: str) -> object:
    notes = Notes()
    given = read_given(documents({"model.txt": text}), notes)
    assert notes.errors == []
    return given.stores[Dialect.OPENFGA].schema


@pytest.mark.parametrize("text", [json.dumps(MODEL), json.dumps({"authorization_model": MODEL}, indent=1)])
def test_a_model_as_json_is_the_same_as_in_its_own_language(text: str) -> None:
    assert schema_of(text) == schema_of(TEXT)


def test_a_store_may_hold_its_model_as_json() -> None:
    tuples = [{"user": "user:ana", "relation": "viewer", "object": "doc:1"}]
    snapshot = facts(json.dumps({"model": MODEL, "tuples": tuples}))
    assert {action for grant in snapshot.grants for action in grant.actions} == {"can_view"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 1.1, "`schema_version` of the model must be text"),
        (("schema_version",), "2.0", "schema `2.0` of an OpenFGA model is not known"),
        (("type_definitions",), {}, "`type_definitions` of the model must be a list"),
        (("type_definitions", 0), "user", "an item of a type definition must be a mapping"),
        (("type_definitions", 1, "type"), None, "a type definition lacks `type`"),
        (("type_definitions", 1, "relations"), [], "`relations` of the type `group` must be a mapping"),
        (("type_definitions", 1, "relations", "member"), 3, "`member` in `relations` of the type `group` must be"),
        (("type_definitions", 1, "relations", "member"), {"that": {}}, "how the relation `member` of `group` is"),
        (("type_definitions", 2, "relations", "viewer"), of("veiwer"), "`doc` has no relation `veiwer`"),
        (("type_definitions", 2, "relations", "viewer"), {"union": {"child": 1}}, "`child` of the relation `viewer`"),
        (("type_definitions", 2, "relations", "viewer"), {"difference": {"base": THIS}}, "`subtract` of the relation"),
        (("conditions",), [], "`conditions` of the model must be a mapping"),
        (("conditions", "weekday", "expression"), 1, "`expression` of the condition `weekday` must be text"),
    ],
)
def test_what_is_wrong_with_a_json_model_is_said(path: tuple[str | int, ...], value: object, message: str) -> None:
    broken = json.loads(json.dumps(MODEL))
    inner = broken
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    if value is None:
        del inner[path[-1]]
    with pytest.raises(SnapshotError) as caught:
        facts(json.dumps(broken, indent=1))
    assert any(problem.message.startswith(message) for problem in caught.value.problems)
    assert all(problem.source and problem.source.line for problem in caught.value.problems)
