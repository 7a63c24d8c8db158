"""Which documents are read, whether they hold all tuples, and what broken exports say."""

from pathlib import Path

import pytest

from blastradius.documents import Document, plain_document, read_files
from blastradius.errors import BlastRadiusError, SnapshotError
from blastradius.model.snapshot import Completeness, Coverage
from blastradius.systems.load import load
from blastradius.systems.zanzibar import snapshot as zanzibar
from blastradius.systems.zanzibar.forms import Form, form_of
from tests.support.texts import as_documents, as_file
from tests.support.zanzibar import documents, facts

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "zanzibar"
MODEL = "model\n  schema 1.1\ntype user\ntype doc\n  relations\n    define viewer: [user]\n"
ONE = '[{"user": "user:ana", "relation": "viewer", "object": "doc:1"}]'
REFUSED = {
    "backup.zed": ": the file is binary, not text",
    "cut-in-line.txt": ":2: this is no relationship",
    "cut-in-quote.csv": ":2: this is not valid CSV",
    "cut.csv": ":3: the row has 4 columns, the header has 8",
    "cut.fga": ":10:1: OpenFGA model: expected a type, found the end",
    "cut.json": ":3:23: the document ends too early",
    "cut.zed": ":6:1: SpiceDB schema: expected a relation, a permission or `(`, found the end",
    "empty.fga": ": the file is empty",
    "tuple-twice.txt": ":2: the tuple `document:plan#viewer@user:ana` is given twice, with another condition",
    "url-encoded.json": ":1:2: the user `user%3Aana` of a tuple has the wrong form",
    "utf-16-without-mark.csv": ": the file looks like UTF-16 without a byte order mark",
    "wrong-relations.yaml": ":2:13: `relations.viewer` is `raed`, which is not known",
}
INCOMPLETE = {
    "cut-in-name.txt": (Completeness.UNKNOWN, ":2", "the last line has no end, so that the text may have been cut off"),
    "export-of-a-hundred.yaml": (
        Completeness.UNKNOWN,
        ":1",
        "there are exactly 100, a number at which an export may have stopped",
    ),
    "model-elsewhere.yaml": (
        Completeness.TRUNCATED,
        ":1:1",
        "`../models/notes.fga` is not among the files that were given",
    ),
    "more-pages.json": (
        Completeness.TRUNCATED,
        ":3:3",
        "the answer holds a `continuation_token`: more tuples follow",
    ),
    "no-model.json": (
        Completeness.TRUNCATED,
        None,
        "tuples were given without their model, so nothing follows from them",
    ),
    "no-rows.csv": (Completeness.UNKNOWN, ":1", "there are no tuples"),
}
WHOLE = {"concatenated.json": {"user:fga/ana", "user:fga/bo"}, "utf-16.csv": {"user:fga/ana"}}


def test_every_broken_file_has_an_expectation() -> None:
    assert {path.name for path in BROKEN.iterdir()} == {*REFUSED, *INCOMPLETE, *WHOLE}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_export_says_what_is_wrong_with_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN)
    with pytest.raises(BlastRadiusError) as caught:
        load(read_files([name]))
    assert str(caught.value.problems[0]).startswith(f"{name}{REFUSED[name]}")


@pytest.mark.parametrize("name", INCOMPLETE)
def test_an_export_of_a_part_says_why_it_is_one(name: str) -> None:
    coverage = [one for one in covered(name) if one.completeness is not Completeness.COMPLETE]
    completeness, place, reason = INCOMPLETE[name]
    said = [(one.completeness, one.source and str(one.source).removeprefix(name), one.reason) for one in coverage]
    assert (completeness, place, reason) in said
    assert all(one.help for one in coverage)


@pytest.mark.parametrize("name", WHOLE)
def test_an_export_that_is_only_odd_is_read(name: str) -> None:
    assert load(read_files([str(BROKEN / name)])).snapshot.principals.keys() == WHOLE[name]


def covered(name: str) -> tuple[Coverage, ...]:
    (file,) = read_files([str(BROKEN / name)])
    return zanzibar.read(documents({name: file.text})).coverage


@pytest.mark.parametrize(
    ("count", "completeness"),
    [(99, "complete"), (100, "unknown"), (150, "unknown"), (1000, "unknown"), (1050, "complete"), (3000, "unknown")],
)
def test_a_round_number_of_tuples_may_be_all_or_a_part(count: int, completeness: str) -> None:
    rows = "".join(f"user,u{n},,viewer,doc,1\n" for n in range(count))
    snapshot = facts(MODEL, f"user_type,user_id,user_relation,relation,object_type,object_id\n{rows}")
    assert [one.completeness for one in snapshot.coverage] == [completeness]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("user_type,user_id,user_relation,relation,object_type,object_id\n", 1),
        ('{"tuples": []}', 1),
        ("schema: |\n  definition user {}\nrelationships: ''\n", 3),
        ("schema: |\n  definition user {}\nrelationships: |\n  // none\n", 3),
        ("model: |\n" + "".join(f"  {line}\n" for line in MODEL.splitlines()) + "tuples: []\n", 1),
    ],
)
def test_an_export_without_tuples_may_be_of_another_store(text: str, line: int) -> None:
    (one,) = [one for one in facts(text, MODEL).coverage if one.what == "tuples of `file-0.txt`"]
    assert (one.completeness, one.reason) == ("unknown", "there are no tuples")
    assert one.source is not None
    assert one.source.line == line
    assert one.help


@pytest.mark.parametrize(
    "texts",
    [
        ("- user: user:ana\n  relation: viewer\n  object: doc:1", MODEL),
        (
            "name: s\nmodel_file: file-1.txt\ntuples:\n  - user: user:ana\n    relation: viewer\n    object: doc:1",
            MODEL,
        ),
        ("schema: |\n  definition user {}\n  definition doc {relation v: user}\nrelationships: |-\n  doc:1#v@user:a",),
    ],
)
def test_a_text_whose_last_line_has_no_end_may_be_cut(texts: tuple[str, ...]) -> None:
    doubted = [one for one in facts(*texts).coverage if one.what.endswith("`file-0.txt`")]
    assert [(one.completeness, one.reason.partition(",")[0]) for one in doubted] == [
        ("unknown", "the last line has no end")
    ]


def test_a_store_whose_tuples_stand_in_a_file_needs_none_of_its_own() -> None:
    store = f"model: |\n{''.join(f'  {line}{chr(10)}' for line in MODEL.splitlines())}tuple_file: t.json\ntuples: []\n"
    coverage = zanzibar.read(documents({"store.fga.yaml": store, "t.json": ONE})).coverage
    assert [one.completeness for one in coverage] == [Completeness.COMPLETE]


def test_a_model_alone_has_no_people_and_says_so() -> None:
    snapshot = facts(MODEL)
    assert not snapshot.grants
    (one,) = snapshot.coverage
    assert (one.completeness, one.reason, one.help) == (
        "unknown",
        "only the model was given",
        "add the output of `fga tuple read`",
    )


def test_tuples_without_their_model_count_as_they_stand() -> None:
    text = "doc:1#viewer@group:g#member\ngroup:g#member@user:ana\ndoc:1#parent@folder:f\n"
    snapshot = facts(text)
    assert [(grant.subject, grant.actions) for grant in snapshot.grants] == [
        ("spicedb:group:g#member", {"viewer"}),
    ]
    assert [one.id for one in snapshot.groups["spicedb:group:g#member"].members] == ["user:spicedb/ana"]


def test_a_file_that_a_store_names_is_taken_from_those_given_and_from_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "stores"
    (folder / "models").mkdir(parents=True)
    (tmp_path / "outside.fga").write_text(MODEL, "utf-8")
    store = folder / "docs.fga.yaml"
    tuples = 'tuples: [{user: "user:ana", relation: viewer, object: "doc:1"}]\n'
    store.write_text(f"model_file: ../outside.fga\n{tuples}", "utf-8")
    (one, _) = (c for c in load(read_files([str(folder)])).snapshot.coverage if c.completeness == "truncated")
    assert one.reason == "`../outside.fga` is not among the files that were given"
    (folder / "models" / "m.fga").write_text(MODEL, "utf-8")
    store.write_text(f"model_file: ./models/../models/m.fga\n{tuples}", "utf-8")
    snapshot = load(read_files([str(folder)])).snapshot
    assert [c.completeness for c in snapshot.coverage] == ["complete"]
    assert len(snapshot.grants) == 1


def test_a_manifest_names_its_modules_and_a_schema_its_imports() -> None:
    given = {
        "m/fga.mod": "schema: '1.2'\ncontents:\n  - core.fga\n  - more/wiki.fga\n",
        "m/core.fga": "module core\ntype user\ntype doc\n  relations\n    define viewer: [user]\n",
        "m/tuples.json": ONE,
        "s.zed": 'import "inner/user.zed"\ndefinition doc { relation viewer: user }\ndefinition user {}\n',
    }
    missing = [one.reason for one in zanzibar.read(documents(given)).coverage if one.completeness == "truncated"]
    assert missing == [
        "`more/wiki.fga` is not among the files that were given",
        "`inner/user.zed` is not among the files that were given",
    ]


def test_a_store_whose_files_are_all_missing_is_an_error() -> None:
    with pytest.raises(SnapshotError, match="is not among the files that were given"):
        zanzibar.read(documents({"s.yaml": "model_file: a.fga\ntests: []\n"}))
    with pytest.raises(SnapshotError, match="there is neither a model nor a tuple"):
        zanzibar.read(documents({"r.yaml": "format: blastradius.relations/1\n"}))


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (MODEL, Form.MODEL_TEXT),
        (ONE, Form.TUPLES),
        ("tuples: []\n", Form.TUPLES),
        ("name: a\nmodel: |\n  model\n    schema 1.1\ntuples: []\n", Form.STORE),
        ("model: broken\ntests: []\n", Form.STORE),
        ("schema: |\n  definition user {}\nrelationships: ''\n", Form.VALIDATION),
        ("schemaFile: a.zed\nrelationships: ''\n", Form.VALIDATION),
        ("definition user {}\n", Form.SCHEMA_TEXT),
        ("// all\nd:1#v@u:a\n", Form.RELATIONSHIP_LINES),
        ("user_type,user_id,relation,object_type,object_id\n", Form.TUPLE_TABLE),
        ("format: blastradius.relations/1\n", Form.CAPABILITIES),
        ("format: blastradius.relations/2\n", None),
        ("schema: 1\ncontents: []\n", Form.MANIFEST),
        ("model: 3\n", None),
        ("[]\n", None),
        ("tuples: 3\n", None),
        ("kind: List\ntuples: [{user: a, relation: b, object: c}]\n", None),
        ("user,object\n", None),
        ("name: a\ntuples: [{user: a}]\n", None),
        ("schema: public\ntables: []\n", None),
    ],
)
def test_documents_are_known_by_what_is_in_them(text: str, form: Form | None) -> None:
    (one,) = documents({"given.txt": text}) if form else parsed(text)
    assert form_of(one) is form


def parsed(text: str) -> tuple[Document, ...]:
    plain = plain_document(as_file(text))
    return (plain,) if plain is not None else as_documents(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: {}\ntuple_file: a\n", "`model` must be a model as text or as JSON"),
        ("model_file: a\ntuples: 3\n", "`tuples` must be a list"),
        ("model_file: [a, 3]\n", "`model_file` must name a file"),
        ("schema: |\n  definition user {}\nrelationships: [a]\n", "`relationships` must be text, one on each line"),
    ],
)
def test_a_field_of_the_wrong_type_is_an_error(text: str, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        zanzibar.read(documents({"given.yaml": text}))
    assert message in [problem.message for problem in caught.value.problems]


SCALARS = {
    "literal": ("relationships: |\n  d:1#v@u:a\n\n  d:2#v@u:b\nassertions: {}\n", [2, 4]),
    "folded": ("relationships: >-\n  d:1#v@u:a\n\n\n  d:2#v@u:b\n\n  d:3#v@u:c\n", [2, 5, 7]),
    "folded with more": ("relationships: >\n  d:1#v@u:a\n\n    d:2#v@u:b\n    d:3#v@u:c\n", [2, 4, 5]),
    "quoted": ('relationships: "d:1#v@u:a\\nd:2#v@u:b"\n', [1, 1]),
    "on one line": ("relationships: d:1#v@u:a\n", [1]),
    "indented": ("relationships: |2-\n    d:1#v@u:a\n    d:2#v@u:b", [2, 3]),
}


@pytest.mark.parametrize("name", SCALARS)
def test_a_line_within_yaml_is_found_in_its_file(name: str) -> None:
    text, lines = SCALARS[name]
    snapshot = zanzibar.read(
        documents(
            {
                "given.yaml": text.replace("relationships", "schemaFile: s.zed\nrelationships"),
                "s.zed": "definition u {}\ndefinition d { relation v: u }",
            }
        )
    )
    assert [resource.source.line - 1 for resource in snapshot.resources.values()] == lines


def test_a_place_in_a_model_within_yaml_is_found_in_its_file() -> None:
    model = "  # first\n\n  model\n    schema 1.1\n  type doc\n    relations\n      define a: b\n"
    text = f"name: a\nmodel: |\n{model}tuples: []\n"
    with pytest.raises(SnapshotError) as caught:
        facts(text)
    assert [str(problem) for problem in caught.value.problems] == ["file-0.txt:9: `doc` has no relation `b`"]
