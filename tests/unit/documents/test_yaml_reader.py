"""YAML: what a value is, where it stood, and what is refused before it can do harm."""

import gc

import pytest
import yaml

from blastradius.documents import LinedList, LinedMap, limits, yaml_reader
from blastradius.documents.tree import unpack_place
from blastradius.errors import DocumentError
from tests.support.texts import as_document, as_documents, as_file


def message(text: str) -> str:
    with pytest.raises(DocumentError) as caught:
        as_documents(text)
    return "; ".join(str(problem).removeprefix("given.yaml:").strip() for problem in caught.value.problems)


@pytest.fixture(params=["CSafeLoader", "SafeLoader"])
def either_loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a test with the C parser and with the one in Python."""
    if request.param == "SafeLoader":
        monkeypatch.delattr(yaml, "CSafeLoader")


@pytest.mark.usefixtures("either_loader")
def test_every_key_and_item_knows_its_line_and_column() -> None:
    document = as_document("a: 1\nb:\n  - x\n  -  {c: d, e: f}\n")
    root = document.value
    assert isinstance(root, LinedMap)
    assert root == {"a": 1, "b": ["x", {"c": "d", "e": "f"}]}
    inner = root["b"]
    assert isinstance(inner, LinedList)
    places = [document.at(root, "b"), document.at(inner), document.at(inner, 1), document.at(inner[1], "e")]
    assert [str(place) for place in places] == ["given.yaml:2:1", "given.yaml:3:3", "given.yaml:4:6", "given.yaml:4:13"]
    assert (root.line, inner.line, inner[1].line) == (1, 3, 4)


@pytest.mark.usefixtures("either_loader")
def test_a_stream_gives_its_documents_and_passes_over_empty_ones() -> None:
    documents = as_documents("---\n# nothing\n---\na: 1\n---\n\n---\n- 2\n...\n---\nword\n")
    assert [document.value for document in documents] == [{"a": 1}, [2], "word"]
    assert [document.line for document in documents] == [4, 8, 11]


@pytest.mark.usefixtures("either_loader")
@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("Yes", True),
        ("on", True),
        ("no", False),
        ("OFF", False),
        ("y", "y"),
        ("~", None),
        ("null", None),
        ("", None),
        ("12", 12),
        ("-12", -12),
        ("+12", 12),
        ("1_000", 1000),
        ("0x1F", 31),
        ("-0x10", -16),
        ("0o17", 15),
        ("0b11", 3),
        ("0123", 83),
        ("089", "089"),
        ("0xMH", "0xMH"),
        ("0x", "0x"),
        ("0x_", "0x_"),
        ("1.50", 1.5),
        ("-.5", -0.5),
        ("1e5", 100000.0),
        ("1.e-3", 0.001),
        ("1:30", "1:30"),
        ("2026-03-18", "2026-03-18"),
        ("2026-03-18T09:00:00Z", "2026-03-18T09:00:00Z"),
        ("=", "="),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        ("+", "+"),
        (".", "."),
        ("...x", "...x"),
        ("٣", "٣"),
    ],
)
def test_a_plain_scalar_has_a_value_and_keeps_its_text(written: str, value: object) -> None:
    document = as_document(
        f'key: [{written or "~"}, "{written}"]\nlast: {written}\n' if written != "-" else "last: '-'"
    )
    root = document.value
    assert isinstance(root, LinedMap)
    assert root["last"] == value
    assert type(root["last"]) is type(value)
    assert document.text_of(root, "last") == written
    if "key" in root:
        assert root["key"][1] == written
        assert document.text_of(root["key"], 0) == (written or "~")


@pytest.mark.usefixtures("either_loader")
def test_keys_are_always_the_text_that_was_written() -> None:
    document = as_document("on: a\n249043822: b\n0x1F: c\n~: d\n1e5: e\n'no': f\n")
    assert document.value == {"on": "a", "249043822": "b", "0x1F": "c", "~": "d", "1e5": "e", "no": "f"}


def test_text_of_says_nothing_about_containers_and_what_is_not_there() -> None:
    document = as_document("a: {b: 1}\nc: [1]\n")
    root = document.value
    assert isinstance(root, LinedMap)
    assert [document.text_of(root, key) for key in ("a", "c", "x")] == [None, None, None]
    assert document.text_of(root["c"], 7) is None
    assert document.text_of(12, "a") is None


@pytest.mark.usefixtures("either_loader")
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "5:3: duplicate key `c`, first given on line 3"),
        ("{a: 1, a: 2}", "1:8: duplicate key `a`, first given on line 1"),
        ("1: x\n'1': y\n", "2:1: duplicate key `1`, first given on line 1"),
        ("a: &x 1\nb: *x\n", "2:4: YAML aliases (`*name`) are not read"),
        ("a: {<<: 1}\n", "1:5: YAML merge keys (`<<`) are not read"),
        ("a: !secret b\n", "1:4: YAML tags (`!secret`) are not read"),
        ("a: !!str 1\n", "1:4: YAML tags (`tag:yaml.org,2002:str`) are not read"),
        ("a: !!map {}\n", "1:4: YAML tags (`tag:yaml.org,2002:map`) are not read"),
        ("? {a: b}\n: 1\n", "1:3: a mapping or a list stands where a key is expected"),
        ("a: .nan\n", "1:4: infinity and `nan` are no numbers that can be used"),
        ("a: -.INF\n", "1:4: infinity and `nan` are no numbers that can be used"),
        ("a: 1e999\n", "1:4: the number is too large"),
        ("a: " + "9" * 5000, "1:4: the number has 5000 characters, at most 400 are read"),
        ("a: 0x" + "f" * 5000, "1:4: the number has 5002 characters, at most 400 are read"),
        ("name: {{ .Values.name }}\n", "1:7: this is a template, not YAML"),
        ("{{ template }}\n", "1:1: this is a template, not YAML"),
        ("a: 1\n{% if x %}\n", "2:1: this is a template, not YAML"),
        ("a: [1, 2\n", "2:1: the document ends too early"),
    ],
)
def test_what_is_not_read_is_refused_where_it_stands(text: str, said: str) -> None:
    assert message(text).startswith(said)


def test_a_quoted_merge_sign_is_a_key_like_any_other() -> None:
    assert as_document("'<<': 1").value == {"<<": 1}


def test_all_duplicate_keys_are_reported_together_up_to_a_limit() -> None:
    assert message("a: 1\nb: 1\na: 2\nb: 2\n").count("duplicate key") == 2
    assert message("a: 1\n" * 100).count("duplicate key") == limits.DOCUMENT_PROBLEMS_MAX


def test_a_template_in_a_quoted_text_is_text() -> None:
    assert as_document("summary: 'down: {{ $labels.instance }}'").value == {"summary": "down: {{ $labels.instance }}"}


@pytest.mark.usefixtures("either_loader")
@pytest.mark.parametrize("text", ["[" * 200_000, "[" * 200_000 + "]" * 200_000, "{a: " * 100_000, "- " * 100_000])
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    assert "nested deeper than 64 levels" in message(text)


def test_nesting_up_to_the_limit_is_read() -> None:
    assert as_documents("[" * 64 + "]" * 64)
    assert as_documents("[x, " * 64 + "]" * 64)
    assert "nested deeper" in message("[x, " * 65 + "]" * 65)


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert "aliases" in message("\n".join(lines))


def test_a_text_has_a_longest_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "SCALAR_CHARS_MAX", 200)
    assert as_documents(f"a: {'x' * 200}")
    assert message(f"a: {'x' * 201}") == "1:4: a text of 201 characters, at most 200 are read"


def test_a_file_has_a_largest_number_of_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_reader, "NODES_MAX", 10)
    assert as_documents("[1, 2, 3, 4, 5, 6, 7, 8, 9]")
    assert message("- 1\n- 2\n- 3\n- 4\n- 5\n- 6\n- 7\n- 8\n- 9\n- 10\n") == "10:3: more than 10 values in one file"


@pytest.mark.parametrize("text", ["a: \x00", "a: b\x07", "a: \ufffe", "- \ud800"])
def test_a_control_character_is_shown_and_never_printed(text: str) -> None:
    said = message(text)
    assert "may not stand in YAML" in said
    assert said.isprintable()


def test_the_garbage_collector_is_left_as_it_was() -> None:
    assert gc.isenabled()
    message("a: [")
    assert gc.isenabled()
    gc.disable()
    try:
        as_document("a: 1")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_place_far_to_the_right_has_a_line_and_no_column() -> None:
    document = as_document("{a: '" + "x" * 999_999 + "', b: '" + "x" * 999_999 + "', c: 1}")
    assert isinstance(document.value, LinedMap)
    assert unpack_place(document.value.places["c"]) == (1, 0)
    assert str(document.at(document.value, "c")) == "given.yaml:1"


def test_a_duplicate_key_far_to_the_right_is_found() -> None:
    far = "x" * 999_999
    assert "duplicate key `c`" in message("x: {a: '" + far + "', b: '" + far + "', c: 1, c: 2}")


def test_a_file_is_named_in_what_is_said_about_it() -> None:
    with pytest.raises(DocumentError, match=r"other\.yaml:1:4"):
        yaml_reader.read_yaml(as_file("a: *x", "other.yaml"))
