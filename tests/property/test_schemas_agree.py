"""The readers and the schemas refuse the same documents."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from blastradius.changes import native as native_change
from blastradius.documents import parse, read_files, schema_text
from blastradius.errors import ChangeError, SnapshotError
from blastradius.systems.directory import snapshot as directory
from blastradius.systems.native import snapshot as native_snapshot
from tests.support.texts import as_document, places, plain

ROOT = Path(__file__).resolve().parents[2]
# What a schema cannot say is left out: two entities with one id, days that never were, numbers in another base.
NAMES = ["user:ana", "grp", "outsider", "everyone", "unknown", "a:b#unlisted", "a#unlisted", "x:", ":x", "9:x", "x: y"]
NAMES += [
    "a@x.example",
    "A@X.example",
    "x@y/z",
    "",
    " ",
    "x:y ",
    "everyone ",
    "a\nb:c",
    "user:\x7f",
    "usr:x",
    "x" * 1001,
]
SCALARS = [*NAMES, None, True, False, 0, -1, 3, 1.5, 10**16, "read", "*", "truncated"]
OTHERS: list[Any] = [[], {}, [[]], [{}], ["x:y"], ["x:y", "unknown"], ["outsider"], {"x": "y"}]
OTHERS += [{"id": "x:y"}, [{"id": "x:y"}], [{"id": "x:y", "when": ""}], [{"id": "x:y", "when": "z", "x": 1}]]
NEEDED: dict[str, Any] = {"snapshot": {}, "change": {"steps": []}, "identities": {}}
KINDS_AT_LEAST = {"snapshot": 30, "change": 30, "identities": 15}
ENTRY_DEPTH = 2
KEYS = ["members", "size", "when", "id", "role", "actions", "in", "class", "external", "tier", "x", "user:\u202ex", "*"]
KEYS += ["message", "at", "help", "what", "completeness", "reason"]

Verdict = Callable[[Any], bool]


def snapshot_is_read(tree: Any) -> bool:
    try:
        native_snapshot.read([as_document(json.dumps(tree))])
    except SnapshotError:
        return False
    return True


def change_is_read(tree: Any) -> bool:
    try:
        native_change.read(as_document(json.dumps(tree)))
    except ChangeError:
        return False
    return True


def identities_are_read(tree: Any) -> bool:
    try:
        directory.read([as_document(json.dumps(tree))])
    except SnapshotError:
        return False
    return True


READERS: dict[str, tuple[str, Verdict]] = {
    "snapshot": ("snapshots/every-construct.yaml", snapshot_is_read),
    "change": ("changes/every-step.yaml", change_is_read),
    "identities": ("identities/every-field.yaml", identities_are_read),
}


def example(name: str) -> Any:
    (document,) = parse(read_files([str(ROOT / "fixtures" / READERS[name][0])])[0])
    tree = plain(document.value)
    del tree["format"]  # without it nothing would be read at all
    return tree


def verdicts(name: str, tree: Any) -> tuple[bool, bool]:
    whole = {"format": f"blastradius.{name}/1"} | tree
    return validator(name).is_valid(whole), READERS[name][1](whole)


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(name)))


def kinds_of_places(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """List every path with the kind of place it leads to; entries of one section are of one kind."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        here = (*path, key)
        is_entry = isinstance(key, int) or ":" in key or path in (("roles",), ("actions",))
        yield here, (*path_kind(path), "*" if is_entry else key)
        yield from kinds_of_places(tree[key], here)


def path_kind(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple("*" if isinstance(part, int) or ":" in part else part for part in path)


def with_value(tree: Any, path: tuple[Any, ...], value: Any, depth: int = 0) -> Any:
    """Put a value at the end of a path; of the sections and entries only those on the path are kept."""
    if not path:
        return value
    changed = with_value(tree[path[0]], path[1:], value, depth + 1)
    if isinstance(tree, list):
        return [changed]
    return {path[0]: changed} if depth < ENTRY_DEPTH else tree | {path[0]: changed}


@pytest.mark.parametrize("name", READERS)
def test_a_wrong_value_at_any_kind_of_place_is_refused_by_both_or_by_neither(name: str) -> None:
    tree = example(name)
    paths = {kind: path for path, kind in kinds_of_places(tree)}
    assert len(paths) > KINDS_AT_LEAST[name]
    disagreements = []
    for path in paths.values():
        for value in [*SCALARS, *OTHERS]:
            schema, reader = verdicts(name, NEEDED[name] | with_value(tree, path, value))
            if schema is not reader:
                disagreements.append((path, value, schema, reader))
    assert disagreements == []


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_a_document_with_more_or_less_in_it_is_refused_by_both_or_by_neither(name: str, data: st.DataObject) -> None:
    tree = example(name)
    # A value that is put in may itself be changed later, and must not stay so for the next example.
    values = st.sampled_from([*SCALARS, *OTHERS]).map(deepcopy)
    for _ in range(data.draw(st.integers(1, 3))):
        container, key = data.draw(st.sampled_from(places(tree)))
        match data.draw(st.sampled_from(["replace", "remove", "add"])):
            case "replace":
                container[key] = data.draw(values)
            case "remove":
                del container[key]
            case _ if isinstance(container, dict):
                container[data.draw(st.sampled_from(KEYS))] = data.draw(values)
            case _:
                container.append(data.draw(values))
    schema, reader = verdicts(name, tree)
    assert schema is reader, json.dumps(tree)
