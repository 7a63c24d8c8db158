"""Native snapshots as people see them, and what cannot be written as one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from blastradius.documents import parse, read_files
from blastradius.errors import DocumentError, SnapshotError
from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Completeness,
    Coverage,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.coverage import coverage_problems
from blastradius.systems.load import load
from blastradius.systems.native import snapshot as native
from blastradius.systems.native import stating, write
from blastradius.systems.native.flow import scalar
from blastradius.systems.native.write import NativeForm, native_text
from tests.support.build import allow, deny, group, principal, resource, snapshot

FORMS = pytest.mark.parametrize("form", NativeForm)
SMALL = replace(
    snapshot(
        principal("role:admin", ("group:eng", "on call"), external=True),
        group("group:eng", "user:ana", unlisted=True, size=40),
        group("group:nobody"),
        group("group:all", all_of=["group:eng"], but_not=["group:nobody"], is_open=True),
        resource("box:a", class_name="code", labels={"tier": "0"}, items=3),
        resource("box:b", "box:a", inherits=False),
        Role("viewer", frozenset({"read", "list"})),
        Grant("group:eng", "box:a", role="viewer"),
        allow("public", "*", "box:b", when="at night: yes"),
        same_as=[["user:ana", "role:admin"]],
        actions={"git.push": Capability.WRITE},
    ),
    system="acme",
    taken_at=datetime(2026, 3, 18, 9, tzinfo=UTC),
    unread=(Problem("a rule of `x`", Source("dump.sql", 12), "look at it"),),
    coverage=(Coverage("all files", Completeness.COMPLETE),),
)
IN_YAML = """\
format: blastradius.snapshot/1
system: acme
taken_at: 2026-03-18T09:00:00Z
actions:
  git.push: write
principals:
  role:admin: {external: true, assumable_by: [{id: group:eng, when: "on call"}]}
  user:ana: {}
groups:
  group:eng: {members: [user:ana, unknown], size: 40}
  group:nobody: {members: []}
  group:all: {all_of: [group:eng], but_not: [group:nobody]}
roles:
  viewer: [list, read]
resources:
  box:a: {class: code, labels: {tier: "0"}, items: 3}
  box:b: {in: box:a, inherit: false}
grants:
  - {to: group:eng, role: viewer, on: box:a}
  - {to: public, actions: ["*"], on: box:b, when: "at night: yes"}
same_as:
  - [role:admin, user:ana]
unread:
  - {message: "a rule of `x`", at: dump.sql:12, help: "look at it"}
coverage:
  - {what: "all files", completeness: complete}
"""
IN_LINES = """\
{"format": "blastradius.snapshot/1", "system": "acme", "taken_at": "2026-03-18T09:00:00Z"}
{"action": "git.push", "capability": "write"}
{"principal": "role:admin", "external": true, "assumable_by": [{"id": "group:eng", "when": "on call"}]}
{"principal": "user:ana"}
{"group": "group:eng", "members": ["user:ana", "unknown"], "size": 40}
{"group": "group:nobody", "members": []}
{"group": "group:all", "all_of": ["group:eng"], "but_not": ["group:nobody"]}
{"role": "viewer", "actions": ["list", "read"]}
{"resource": "box:a", "class": "code", "labels": {"tier": "0"}, "items": 3}
{"resource": "box:b", "in": "box:a", "inherit": false}
{"grant": {"to": "group:eng", "role": "viewer", "on": "box:a"}}
{"grant": {"to": "public", "actions": ["*"], "on": "box:b", "when": "at night: yes"}}
{"same_as": ["role:admin", "user:ana"]}
{"unread": {"message": "a rule of `x`", "at": "dump.sql:12", "help": "look at it"}}
{"coverage": {"what": "all files", "completeness": "complete"}}
"""
IN_JSON = """\
{
  "format": "blastradius.snapshot/1",
  "resources": {
    "box:a": {},
    "box:b": {"in": ["box:a", "box:c"]},
    "box:c": {}
  },
  "grants": [
    {"to": "public", "actions": ["read"], "on": "box:a", "effect": "deny"}
  ]
}
"""


def written(snapshot: Snapshot, form: NativeForm = NativeForm.YAML) -> str:
    return "".join(native_text(snapshot, form))


def read(text: str) -> Snapshot:
    return load(read_files(["-"], text.encode())).snapshot


def refusals(snapshot: Snapshot, form: NativeForm = NativeForm.YAML) -> list[str]:
    with pytest.raises(SnapshotError) as caught:
        written(snapshot, form)
    return [problem.message for problem in caught.value.problems]


def test_yaml_is_what_a_person_would_write() -> None:
    assert written(SMALL) == IN_YAML


def test_lines_have_one_entity_each() -> None:
    assert written(SMALL, NativeForm.LINES) == IN_LINES


def test_json_has_a_line_for_each_entity_and_no_empty_section() -> None:
    facts = (resource("box:a"), resource("box:b", "box:a", "box:c"), resource("box:c"), deny("public", "read", "box:a"))
    small = snapshot(*facts)
    assert written(small, NativeForm.JSON) == IN_JSON


@FORMS
def test_nothing_at_all_is_written_and_read(form: NativeForm) -> None:
    assert read(written(Snapshot(), form)) == Snapshot()


@FORMS
def test_every_construct_is_read_as_it_was_written(form: NativeForm, root: Path) -> None:
    given = load(read_files([str(root / "fixtures/snapshots/every-construct.yaml")])).snapshot
    found = read(written(given, form))
    assert replace(found, grants=tuple(found.grants)) == given
    assert found.unread == given.unread


def test_a_long_line_is_broken_at_its_lists_so_that_each_entry_has_a_place() -> None:
    names = [f"user:a-rather-long-name-{at}" for at in range(5)]
    text = written(snapshot(group("group:eng", *names, all_of=["everyone"])))
    assert "  group:eng: {members: [\n      user:a-rather-long-name-0,\n" in text
    assert "      user:a-rather-long-name-4,\n    ], all_of: [everyone]}\n" in text
    assert [entry.source.line for entry in read(text).groups["group:eng"].members] == [10, 11, 12, 13, 14]


def test_long_keys_and_long_texts_are_read_as_they_were_written() -> None:
    name, text = f"box:{'🚀' * 990}", "a\u2028" * 200_000
    long = snapshot(resource(name, labels={"é" * 5000: text}), allow("public", "read", name, when=text))
    for form in NativeForm:
        found = read(written(long, form))
        assert found.resources[name].labels == (("é" * 5000, text),)
        assert found.grants[0].when == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("user:ana", "user:ana"),
        ("k8s:*/secrets*", "k8s:*/secrets*"),
        ("aws:arn:aws:s3:::bucket/*", "aws:arn:aws:s3:::bucket/*"),
        ("user:zoë@acme.example", "user:zoë@acme.example"),
        ("service:deploy[bot]", '"service:deploy[bot]"'),
        ("user:a: b", '"user:a: b"'),
        ("a:", '"a:"'),
        ("no", '"no"'),
        ("Off", '"Off"'),
        ("0x1F", '"0x1F"'),
        ("-", '"-"'),
        ("", '""'),
        ('say "no"\\', '"say \\"no\\"\\\\"'),
        ("a\nb\x85\u202e\U000e0041", '"a\\nb\\x85\\u202e\\U000e0041"'),
        ("🚀", '"🚀"'),
    ],
)
def test_a_text_is_quoted_only_where_it_must_be(text: str, expected: str) -> None:
    assert scalar(text) == expected


def test_times_are_written_in_utc_whatever_zone_they_came_in() -> None:
    there = datetime(2026, 3, 18, 11, 30, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    assert "taken_at: 2026-03-18T09:30:00.250000Z\n" in written(Snapshot(taken_at=there))
    assert read(written(Snapshot(taken_at=there))).taken_at == there


@pytest.mark.parametrize(
    "place", [Source("a.sql"), Source("a.sql", 3), Source("c:/x:y", 3, 4), Source("x:", 1), Source("<stdin>", 10**9)]
)
def test_the_old_place_of_what_was_not_understood_stays_as_it_was_shown(place: Source) -> None:
    found = read(written(Snapshot(unread=(Problem("x", place),)))).unread[0].source
    assert str(found) == str(place)


def test_a_place_that_is_none_stays_none() -> None:
    found = read(written(Snapshot(unread=(Problem("x"), Problem("y", NOWHERE)))))
    assert [problem.source for problem in found.unread] == [None, None]


@FORMS
def test_what_follows_from_an_export_that_is_cut_short_is_said_once(form: NativeForm) -> None:
    cut = Coverage("teams", Completeness.TRUNCATED, "page 2 is missing", Source("a.json", 3), "export it")
    given = Snapshot(unread=(Problem("x"), *coverage_problems([cut])), coverage=(cut,))
    text = written(given, form)
    assert text.count("page 2 is missing") == 1
    assert read(text).unread == given.unread
    assert read(text).coverage == given.coverage


WITHOUT = "cannot be written as a native snapshot"
WRONG = {
    "a principal of another kind": (
        {"principals": {"org:x": Principal("org:x", PrincipalKind.USER)}},
        f"`org:x` {WITHOUT}: it is of the kind `user`, which its id must begin with",
    ),
    "an id of another form": (
        {"resources": {"file:/a ": Resource("file:/a ")}},
        f"`file:/a ` {WITHOUT}: the id `file:/a ` has the wrong form",
    ),
    "a built-in id": ({"groups": {"everyone": Group("everyone")}}, f"`everyone` {WITHOUT}: `everyone` is built in"),
    "a condition on `all_of`": (
        {"groups": {"group:a": Group("group:a", all_of=(Entry("public", "x"),))}},
        f"`group:a` {WITHOUT}: its `all_of` has a condition",
    ),
    "an open group without `all_of`": (
        {"groups": {"group:a": Group("group:a", open=True)}},
        f"`group:a` {WITHOUT}: it is open to all, and has members or no `all_of`",
    ),
    "a size of listed members": (
        {"groups": {"group:a": Group("group:a", size=3)}},
        f"`group:a` {WITHOUT}: it has a size, and all its members are listed",
    ),
    "a blank condition": (
        {"groups": {"group:a": Group("group:a", (Entry("public", " "),))}},
        f"`group:a` {WITHOUT}: the condition for `public` is blank",
    ),
    "half a surrogate pair": (
        {"resources": {"box:a": Resource("box:a", labels=(("a", "\ud800"),))}},
        f"`box:a` {WITHOUT}: a label holds half a surrogate pair, which stands for no character",
    ),
    "a label twice": (
        {"resources": {"box:a": Resource("box:a", labels=(("a", "b"), ("a", "c")))}},
        f"`box:a` {WITHOUT}: it has the same label twice",
    ),
    "too many items": (
        {"resources": {"box:a": Resource("box:a", items=10**15 + 1)}},
        f"`box:a` {WITHOUT}: its `items` is 1000000000000001, and must be between 0 and 1000000000000000",
    ),
    "a class that hides": (
        {"resources": {"box:a": Resource("box:a", class_name="\u202ex")}},
        f"`the class of 'box:a'` {WITHOUT}: the name `\\u202ex` holds a character that controls or hides text",
    ),
    "a grant of nothing": (
        {"grants": (Grant("public", "box:a"),)},
        f"`public on box:a` {WITHOUT}: the grant has neither a role nor actions",
    ),
    "a role and actions": (
        {"grants": (Grant("public", "box:a", "viewer", frozenset({"read"})),)},
        f"`public on box:a` {WITHOUT}: the grant has both a role and actions",
    ),
    "one account": (
        {"same_as": (frozenset({"user:a"}),)},
        f"`user:a` {WITHOUT}: `same_as` needs at least two accounts",
    ),
    "a capability that stands for another": (
        {"actions": {**CAPABILITIES, "read": Capability.WRITE}},
        f"`read` {WITHOUT}: the action stands for `write`",
    ),
    "every action as an action": ({"actions": {"*": Capability.READ}}, f"`*` {WITHOUT}: the action stands for `read`"),
    "a time without a zone": (
        {"taken_at": datetime(2026, 3, 18)},
        f"`taken_at` {WITHOUT}: it is a time without a time zone",
    ),
    "an endless text": (
        {"unread": (Problem("x" * 1_000_001),)},
        f"`{'x' * 120}…` {WITHOUT}: its `message` has 1000001 characters, at most 1000000 are read",
    ),
}


@FORMS
@pytest.mark.parametrize("what", WRONG)
def test_what_the_format_cannot_say_is_refused_by_name(what: str, form: NativeForm) -> None:
    facts, expected = WRONG[what]
    assert refusals(Snapshot(**facts), form) == [expected]  # type: ignore[arg-type]


def test_everything_that_cannot_be_said_comes_together_up_to_a_bound() -> None:
    wrong = {f"{at}": Resource(f"{at}") for at in range(1500)}
    found = refusals(Snapshot(resources=wrong))
    assert len(found) == 21
    assert found[-1] == "and 980 more problems"


def test_whoever_cannot_write_is_told_what_can() -> None:
    with pytest.raises(SnapshotError) as caught:
        written(Snapshot(groups={"a": Group("a")}))
    assert caught.value.problems[0].help == "a compiled snapshot (`.brs`) can hold it"


@pytest.mark.parametrize(("form", "limit"), [(NativeForm.YAML, 100), (NativeForm.JSON, 100)])
def test_one_file_never_gets_larger_than_what_is_read(
    form: NativeForm, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = snapshot(*(resource(f"box:é{at}") for at in range(50)))
    size = len(written(many, form).encode())
    monkeypatch.setattr(write, "FILE_BYTES_MAX", size)
    assert written(many, form)
    monkeypatch.setattr(write, "FILE_BYTES_MAX", size - 1)
    (message,) = refusals(many, form)
    assert (
        message == f"the snapshot is too large for one {form.upper()} file, of which at most {size - 1} bytes are read"
    )
    assert written(many, NativeForm.LINES)


@pytest.mark.parametrize("form", [NativeForm.YAML, NativeForm.JSON])
def test_values_are_counted_as_a_reader_counts_them(form: NativeForm, monkeypatch: pytest.MonkeyPatch) -> None:
    from blastradius.documents import json_reader, yaml_reader

    text = written(SMALL, form)
    at_least = 0
    for limit in range(1, 300):
        monkeypatch.setattr(json_reader, "NODES_MAX", limit)
        monkeypatch.setattr(yaml_reader, "NODES_MAX", limit)
        try:
            read(text)
        except DocumentError:
            continue
        at_least = limit
        break
    monkeypatch.setattr(write, "NODES_MAX", at_least)
    assert written(SMALL, form) == text
    monkeypatch.setattr(write, "NODES_MAX", at_least - 1)
    assert "values are read" in refusals(SMALL, form)[0]


def test_a_line_that_no_reader_takes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "NODES_MAX", 20)
    many = snapshot(group("group:a", *(f"user:{at}" for at in range(30))))
    assert refusals(many, NativeForm.LINES) == [f"`group:a` {WITHOUT}: it is too large for one line"]
    monkeypatch.setattr(write, "HEAD_BYTES", 1000)
    assert refusals(Snapshot(system="x" * 600), NativeForm.LINES) == [
        f"`system` {WITHOUT}: its name is too long for the first line of a file"
    ]


def test_problems_are_bounded_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stating, "_PROBLEMS_MAX", 3)
    wrong = {f"{at}": Resource(f"{at}") for at in range(10)}
    assert all(len(refusals(Snapshot(resources=wrong), form)) == 3 for form in NativeForm)


def test_the_native_reader_alone_reads_it_too() -> None:
    (file,) = read_files(["-"], IN_YAML.encode())
    assert native.read(parse(file)).coverage == SMALL.coverage
