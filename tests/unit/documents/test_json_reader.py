"""JSON: the same values as the standard library's, with places, and without its gaps."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import LinedList, LinedMap, json_reader, limits
from blastradius.errors import DocumentError
from tests.support.texts import as_document, as_documents

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
CONTAINERS = st.lists(VALUES, max_size=4) | st.dictionaries(TEXTS, VALUES, max_size=4)


def message(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        as_documents(text, "given.json")
    return "; ".join(str(problem).removeprefix("given.json:").strip() for problem in caught.value.problems)


def types_of(value: Any) -> Any:
    """Give the types in a tree, containers as the plain ones they stand for."""
    if isinstance(value, dict):
        return {key: types_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [types_of(inner) for inner in value]
    return type(value)


@given(value=CONTAINERS, indent=st.sampled_from([None, 0, 1, 4]), ascii_only=st.booleans())
def test_what_the_standard_library_writes_is_read_back(value: Any, indent: int | None, ascii_only: bool) -> None:
    found = as_document(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "given.json").value
    assert found == value
    assert types_of(found) == types_of(value)


@given(value=CONTAINERS, indent=st.sampled_from([None, 1]))
def test_every_place_leads_to_the_key_or_item_that_stands_there(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    document = as_document(text, "given.json")
    lines = text.split("\n")
    pending = [document.value]
    while pending:
        container = pending.pop()
        if isinstance(container, LinedMap):
            for key, inner in container.items():
                place = document.at(container, key)
                assert lines[place.line - 1].startswith(json.dumps(key), place.column - 1)
                pending.append(inner)
        elif isinstance(container, LinedList):
            assert len(container.places) == len(container)
            for index, inner in enumerate(container):
                place = document.at(container, index)
                start = json.dumps(inner)[:1]
                assert lines[place.line - 1].startswith(start, place.column - 1)
                pending.append(inner)


@pytest.mark.parametrize("separator", ["\n", "", "  \n\n"])
def test_documents_may_follow_each_other(separator: str) -> None:
    documents = as_documents(separator.join(['{"a": 1}', "[2]", '{"a": {}}']), "given.json")
    assert [document.value for document in documents] == [{"a": 1}, [2], {"a": {}}]


def test_json_lines_know_their_lines() -> None:
    documents = as_documents('{"a": 1}\n{"a": 2}\n\n{"a": 3}\n', "given.json")
    assert [document.line for document in documents] == [1, 2, 4]
    assert [str(document.at(document.value, "a")) for document in documents][2] == "given.json:4:2"


@pytest.mark.parametrize("written", ["1e5", "1.50", "-0", "1E400"[:3], "100000000000000000000", "12"])
def test_a_number_keeps_its_text(written: str) -> None:
    document = as_document(f'{{"a": {written}, "b": [{written}]}}')
    root = document.value
    assert isinstance(root, LinedMap)
    assert document.text_of(root, "a") == written
    assert document.text_of(root["b"], 0) == written
    assert root["a"] == json.loads(written)


@pytest.mark.parametrize(("written", "text"), [("true", "true"), ("false", "false"), ("null", "null"), ('"x"', "x")])
def test_a_word_keeps_its_text(written: str, text: str) -> None:
    document = as_document(f'{{"a": {written}}}')
    assert document.text_of(document.value, "a") == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "b": {"a": 1, "a": 2}}', "1:24: duplicate key `a`, first given at column 16 of the same line"),
        ('{"a": 1,\n "\\u0061": 2}', "2:2: duplicate key `a`, first given on line 1"),
        ('{"a": NaN}', "1:7: `NaN` is no number that can be used"),
        ('{"a": -Infinity}', "1:7: `-Infinity` is no number that can be used"),
        ('{"a": 1e400}', "1:7: the number is too large"),
        ('{"a": ' + "1" * 5000 + "}", "1:7: the number has 5000 characters, at most 400 are read"),
        ('{"a": 0.' + "1" * 5000 + "}", "1:7: the number has 5002 characters, at most 400 are read"),
        ('{"a": "\\ud800"}', "1:7: half a surrogate pair stands for no character"),
        ('{"\\udc00x": 1}', "1:2: half a surrogate pair stands for no character"),
        ('{"a": "x', "1:9: the document ends too early"),
        ('{"a": "x\\', "1:10: the document ends too early"),
        ('{"a"', "1:5: the document ends too early"),
        ('{"a": 1,', "1:9: the document ends too early"),
        ('{"a": [1', "1:9: the document ends too early"),
        ('{"a" 1}', "1:6: this is not valid JSON: expected `:` after a key"),
        ('{"a": 1 "b": 2}', "1:9: this is not valid JSON: expected `,` or the end of what was begun"),
        ('["a", }', "1:7: this is not valid JSON: expected a value"),
        ('["a"}', "1:5: this is not valid JSON: `}` does not fit what was begun"),
        ('{"a": "\\x"}', "1:8: this is not valid JSON: invalid \\escape"),
        ('{"a": {{ .Values.b }} }', "1:7: this is a template, not YAML"),
    ],
)
def test_what_is_not_read_is_refused_where_it_stands(text: str, said: str) -> None:
    assert message(text).startswith(said)


@pytest.mark.parametrize(
    "text", ['{"a": 1,}', "{a: b}", "[a, b]", '{"a": 1} # why', '{"a": 1}\n---\n{"b": 2}', '{"a": 01}']
)
def test_what_is_not_json_may_still_be_yaml(text: str) -> None:
    assert as_documents(text, "given.json")


@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, '{"a":' * 100_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    assert "nested deeper than 64 levels" in message(text)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert as_documents('{"a": ' * 64 + "1" + "}" * 64)
    assert "nested deeper" in message('{"a": ' * 65 + "1" + "}" * 65)


def test_all_duplicate_keys_are_reported_together_up_to_a_limit() -> None:
    assert message('{"a": 1, "a": 2, "b": 1, "b": 2}').count("duplicate key") == 2
    assert message("{" + ",".join(['"a": 1'] * 100) + "}").count("duplicate key") == limits.DOCUMENT_PROBLEMS_MAX


def test_a_text_has_a_longest_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "SCALAR_CHARS_MAX", 200)
    assert as_documents(json.dumps({"a": "x" * 200}))
    assert message(json.dumps({"a": "x" * 201})) == "1:7: a text of 201 characters, at most 200 are read"
    assert message(json.dumps({"x" * 201: "a"})) == "1:2: a text of 201 characters, at most 200 are read"


def test_a_file_has_a_largest_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_reader, "NODES_MAX", 10)
    assert as_documents("[1, 2, 3, 4, 5, 6, 7, 8, 9]")
    assert message("[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]") == "1:29: more than 10 values in one file"
