"""Whatever is written as a native snapshot is read as the same facts, in every form and by other readers too."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from blastradius.access.engine import Comparison
from blastradius.assess.classes import resource_classes
from blastradius.assess.tuples import access_tuples
from blastradius.columns.pair import paired
from blastradius.documents import parse, read_files
from blastradius.gate import load_policy, shipped_policy
from blastradius.model.delta import AccessTuple
from blastradius.model.snapshot import (
    CAPABILITIES,
    Capability,
    Completeness,
    Coverage,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import Problem, Source
from blastradius.systems.ids import entity_fault, name_fault
from blastradius.systems.load import load
from blastradius.systems.native.write import NativeForm, native_text
from tests.support.facts import facts
from tests.support.worlds import world

FORMS = pytest.mark.parametrize("form", NativeForm)
MISREAD = ["no", "on", "Y", "null", "~", "1e5", "0x1F", "0o7", ".5", "1_000", "12:30", "2026-03-18", "<<", "=", ".nan"]
MISREAD += [
    "user:a: b",
    "a #b",
    "#a",
    "*a",
    "&a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a",
    "- a",
    "? a",
    ": a",
    "a:",
    "{a",
    "]",
]
MISREAD += [
    "a, b",
    "'",
    '"',
    "\\",
    "\\n",
    "a\nb",
    "\t",
    "a\r\nb",
    "\x85",
    "\u2028",
    "\u202e",
    "\x07",
    "\ufeff",
    "🚀",
    "\U000e0041",
]
MISREAD += [
    "é",
    "e\u0301",
    " a",
    "a ",
    "\u3000",
    "x" * 1100,
    "ö" * 990,
    "--- a",
    "...",
    "\x7f",
    "\ue000",
    "\uffff",
    "\\u0041",
]
# Whatever a document can hold: half a surrogate pair is no character.
TEXTS = st.sampled_from(MISREAD) | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SAID = TEXTS.filter(lambda text: bool(text.strip()))
NAMES = (TEXTS | st.text("ab:#, {}[]\"'*&!|>%@`-?.~é🚀", min_size=1)).filter(lambda name: name_fault(name) is None)


def ids(kind: str) -> st.SearchStrategy[str]:
    return NAMES.map(lambda name: f"{kind}:{name}").filter(lambda name: entity_fault(name) is None)


PLACES = st.none() | st.builds(Source, SAID.filter(lambda label: not label[-1].isdigit()), st.integers(0, 10**9 - 1))


def written(snapshot: Snapshot, form: NativeForm) -> str:
    return "".join(native_text(snapshot, form))


def read(text: str) -> Snapshot:
    return load(read_files(["-"], text.encode())).snapshot


def plain(tree: Any) -> Any:
    """See a tree of another reader as ours; to it the key `on` is a truth value."""
    if isinstance(tree, dict):
        return {"on" if key is True else key: plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [plain(value) for value in tree]
    return tree.isoformat().replace("+00:00", "Z") if isinstance(tree, datetime) else tree


@FORMS
def test_random_worlds_are_read_as_they_were_written(form: NativeForm) -> None:
    for seed in range(150):
        rng = Random(seed)
        drawn = replace(
            world(rng, 5),
            system=rng.choice(["", "acme", "two, systems"]),
            taken_at=rng.choice([None, datetime(2026, 3, 18, 9, tzinfo=UTC)]),
            unread=tuple(Problem(f"part {at}", Source("x.sql", at)) for at in range(rng.randint(0, 2))),
            coverage=(Coverage("all of it", rng.choice(list(Completeness)), "so they say"),) * rng.randint(0, 1),
        )
        found = read(written(drawn, form))
        assert facts(found) == facts(drawn), seed


def changed_tuples(before: Snapshot, after: Snapshot) -> list[AccessTuple]:
    pair = paired(before, after)
    classes = resource_classes(load_policy(parse(shipped_policy("default"))), pair)
    return list(access_tuples(Comparison(pair).delta(), classes, before, by_action=True))


def test_two_random_worlds_that_were_written_differ_as_they_did() -> None:
    some = 0
    for seed in range(60):
        sides = [world(Random(seed)), world(Random(seed + 1000))]
        expected = changed_tuples(*sides)
        forms = (NativeForm.YAML, NativeForm.LINES) if seed % 2 else (NativeForm.LINES, NativeForm.JSON)
        assert changed_tuples(*(read(written(side, form)) for side, form in zip(sides, forms, strict=True))) == expected
        some += bool(expected)
    assert some > 20


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """Draw few facts with every text that there can be."""
    principal, other = draw(st.lists(ids("user"), min_size=2, max_size=2, unique=True))
    when = draw(st.none() | SAID)
    labels = tuple(sorted(draw(st.dictionaries(TEXTS, TEXTS, max_size=3)).items()))
    group = draw(ids("group"))
    resource = draw(ids("box").filter(lambda name: name != "box:in"))
    action = draw(NAMES.filter(lambda name: name not in CAPABILITIES and name != "*"))
    role = draw(NAMES.filter(lambda name: name not in {principal, other, group, resource}))
    unlisted = draw(st.booleans())
    return Snapshot(
        system=draw(st.just("") | SAID),
        taken_at=draw(st.none() | st.datetimes(datetime(1, 1, 2), timezones=st.just(UTC))),
        actions={**CAPABILITIES, action: draw(st.sampled_from(Capability))},
        principals={
            principal: Principal(principal, PrincipalKind.USER, draw(st.booleans()), (Entry(group, when),)),
            other: Principal(other, PrincipalKind.USER),
        },
        groups={
            group: Group(
                group,
                (Entry(principal, when), Entry(other)) if draw(st.booleans()) else (),
                unlisted,
                draw(st.none() | st.integers(0, 10**15)) if unlisted else None,
                external=draw(st.booleans()),
                but_not=(Entry(other),) if draw(st.booleans()) else (),
            )
        },
        resources={
            resource: Resource(
                resource,
                inherits=draw(st.booleans()),
                class_name=draw(st.none() | NAMES),
                labels=labels,
                items=draw(st.integers(0, 10**15)),
            ),
            "box:in": Resource("box:in", (resource,)),
        },
        roles={role: Role(role, frozenset(draw(st.sets(st.sampled_from([action, "*", "read"])))))},
        grants=(
            Grant(group, resource, role=role, when=when),
            Grant(principal, resource, actions=frozenset({action, "list"}), effect=Effect.DENY),
        ),
        same_as=(frozenset({principal, other}),) * draw(st.integers(0, 1)),
        unread=tuple(draw(st.lists(st.builds(Problem, SAID, PLACES, st.just("") | SAID), max_size=2, unique=True))),
        coverage=tuple(
            draw(
                st.lists(
                    st.builds(Coverage, SAID, st.sampled_from(Completeness), st.just("") | SAID, PLACES),
                    max_size=2,
                    unique=True,
                )
            )
        ),
    )


@FORMS
@given(drawn=snapshots())
def test_any_text_is_read_as_it_was_written(form: NativeForm, drawn: Snapshot) -> None:
    text = written(drawn, form)
    found = read(text)
    assert facts(found) == facts(drawn)
    if form is not NativeForm.LINES:  # what is read from lines is sorted by id
        assert written(found, form) == text


@given(drawn=snapshots())
def test_other_readers_take_the_same_from_yaml_and_json(drawn: Snapshot) -> None:
    in_json = json.loads(written(drawn, NativeForm.JSON))
    in_yaml = written(drawn, NativeForm.YAML)
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        assert plain(yaml.load(in_yaml, loader)) == in_json


@FORMS
@given(drawn=snapshots())
def test_nothing_that_is_written_controls_or_hides_text(form: NativeForm, drawn: Snapshot) -> None:
    assert all(line.isprintable() for line in written(drawn, form).split("\n"))


@FORMS
@pytest.mark.parametrize("text", MISREAD)
def test_a_word_that_could_be_misread_is_the_same_word_everywhere(form: NativeForm, text: str) -> None:
    said = text if text.strip() else f"a{text}"
    snapshot = Snapshot(
        resources={"box:a": Resource("box:a", labels=((text, text),))},
        grants=(Grant("public", "box:a", actions=frozenset({"read"}), when=said),),
        unread=(Problem(said, Source("x.sql", 3, 4), said),),
    )
    assert facts(read(written(snapshot, form))) == facts(snapshot)
