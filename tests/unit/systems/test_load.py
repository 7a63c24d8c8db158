"""Files of any system in, one snapshot out."""

from dataclasses import replace
from pathlib import Path

import pytest

from blastradius.documents import File, read_files
from blastradius.errors import BlastRadiusError, DocumentError, SnapshotError, UsageError
from blastradius.model.snapshot import Capability
from blastradius.model.sources import Input, Problem, Side, Source
from blastradius.systems.load import load, load_both
from tests.support.texts import as_file

NATIVE = "format: blastradius.snapshot/1\n"
CLUSTER = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: User, name: ana, apiGroup: rbac.authorization.k8s.io}]
"""


def problems(*files: File, system: str | None = None, error: type[BlastRadiusError] = SnapshotError) -> list[str]:
    with pytest.raises(error) as caught:
        load(files, system=system)
    return [f"{problem} ({problem.help})" if problem.help else str(problem) for problem in caught.value.problems]


def test_the_system_is_recognised_by_content_and_named_per_file() -> None:
    loaded = load(
        [as_file(NATIVE + "principals: {user:ana: {}}", "a.txt"), as_file(CLUSTER, "b.txt")], side=Side.SIMULATED
    )
    assert "user:ana" in loaded.snapshot.principals
    assert "user:k8s/ana" in loaded.snapshot.principals
    assert loaded.inputs == (
        Input("a.txt", Side.SIMULATED, "native", "0" * 64),
        Input("b.txt", Side.SIMULATED, "kubernetes", "0" * 64),
    )


def test_a_native_file_may_name_what_another_system_holds() -> None:
    native = NATIVE + "principals: {user:ana: {}}\nsame_as: [[user:ana, user:k8s/ana]]\n"
    loaded = load([as_file(native, "people.yaml"), as_file(CLUSTER, "cluster.yaml")])
    assert loaded.snapshot.same_as == (frozenset({"user:ana", "user:k8s/ana"}),)
    assert problems(as_file(native, "people.yaml")) == [
        "people.yaml:3:11: unknown principal `user:k8s/ana` (did you mean `user:ana`?)"
    ]


def test_actions_of_all_systems_are_known_to_all() -> None:
    native = NATIVE + "resources: {drive:a: {}}\ngrants: [{to: everyone, actions: [get], on: drive:a}]\n"
    loaded = load([as_file(native, "a.yaml"), as_file(CLUSTER, "b.yaml")])
    assert loaded.snapshot.actions["get"] is Capability.READ


def test_a_system_can_be_forced() -> None:
    assert load([as_file(NATIVE)], system="native").inputs[0].kind == "native"
    assert problems(as_file(NATIVE), system="kubernetes") == [
        "given.yaml:1:1: this is not recognised as `kubernetes` (leave `--from` out)"
    ]


def test_an_unknown_system_is_an_error_with_a_suggestion() -> None:
    assert problems(as_file(NATIVE), system="kubernets", error=UsageError) == [
        "unknown system `kubernets` (did you mean `kubernetes`?)"
    ]


def test_what_nobody_knows_in_a_folder_is_unread_and_never_silent() -> None:
    loaded = load(
        [
            as_file(NATIVE, "given/a.yaml", named=False),
            as_file("hello: there\n---\nand: more\n", "given/b.yaml", named=False),
        ]
    )
    assert [str(problem) for problem in loaded.snapshot.unread] == [
        "given/b.yaml:1:1: the document is of no known format",
        "given/b.yaml:3:1: the document is of no known format",
    ]
    assert [one.kind for one in loaded.inputs] == ["native", "unknown"]


def hidden(text: str, label: str = "given/.n.yaml") -> File:
    return replace(as_file(text, label, named=False), hidden=True)


def test_a_hidden_document_that_is_recognised_counts_like_any_other() -> None:
    loaded = load([as_file(NATIVE, "given/a.yaml", named=False), hidden(CLUSTER)])
    assert "user:k8s/ana" in loaded.snapshot.principals
    assert [one.kind for one in loaded.inputs] == ["native", "kubernetes"]
    assert load([hidden(CLUSTER)]).snapshot.principals == load([as_file(CLUSTER, "given/.n.yaml")]).snapshot.principals


def test_a_hidden_document_of_an_unknown_version_is_an_error() -> None:
    (problem,) = problems(as_file(NATIVE), hidden("format: blastradius.snapshot/2\n"))
    assert problem.startswith("given/.n.yaml:1:1: unknown format version")


def test_configuration_of_another_tool_is_passed_over_when_it_is_hidden() -> None:
    loaded = load([as_file(NATIVE, "given/a.yaml", named=False), hidden("rules: {line-length: 120}\n---\nmore: 1\n")])
    assert loaded.snapshot.unread == ()
    assert problems(hidden("rules: {}\n"))[0].startswith("nothing in the input is recognised as ")


def test_a_hidden_file_is_not_passed_over_when_part_of_it_is_recognised() -> None:
    loaded = load([hidden(f"{CLUSTER}---\nhello: there\n")])
    assert [str(problem) for problem in loaded.snapshot.unread] == [
        "given/.n.yaml:12:1: the document is of no known format"
    ]


def test_a_hidden_file_of_another_system_than_the_forced_one_is_unread_and_not_silent() -> None:
    loaded = load([as_file(NATIVE), hidden(CLUSTER)], system="native")
    assert [problem.message for problem in loaded.snapshot.unread] == ["this is not recognised as `native`"] * 2


def test_a_hidden_file_that_cannot_be_parsed_is_unread_and_stops_nothing() -> None:
    fault = Problem("the file is empty", Source("given/.b.yaml"))
    unreadable = replace(hidden("", "given/.b.yaml"), sha256="", fault=fault)
    loaded = load([as_file(NATIVE, "given/a.yaml", named=False), hidden("a: ["), unreadable])
    assert [str(problem) for problem in loaded.snapshot.unread] == [
        "given/.n.yaml:2:1: the document ends too early",
        "given/.b.yaml: the file is empty",
    ]
    assert [one.label for one in loaded.inputs] == ["given/a.yaml"]


def test_access_in_hidden_files_and_folders_is_read_from_disk(tmp_path: Path) -> None:
    organisation = "admins: [ana]\nteams: {all: {members: [ana], privacy: closed}}\n"
    for name, text in {"acme/org.yaml": organisation, "acme/.x/teams.yaml": TEAMS, "k8s/.n.yaml": CLUSTER}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    snapshot = load(read_files([str(tmp_path)])).snapshot
    assert "user:k8s/ana" in snapshot.principals
    assert any("owners" in name for name in snapshot.groups)
    assert snapshot.unread == ()


TEAMS = "teams: {owners: {members: [ana], privacy: closed}}\n"


def test_what_nobody_knows_is_an_error_when_it_was_named() -> None:
    (problem,) = problems(as_file(NATIVE, "a.yaml"), as_file("hello: there\n", "b.yaml"))
    assert problem.startswith("b.yaml:1:1: the document is of no known format (known are `native`, ")


def test_a_folder_in_which_nothing_is_known_is_an_error() -> None:
    found = problems(as_file("hello: there\n", "given/a.yaml", named=False))
    assert found[0].startswith("nothing in the input is recognised as `native`, ")
    assert found[1].startswith("given/a.yaml:1:1: the document is of no known format")


def test_changes_policies_and_reports_in_a_folder_say_nothing_about_access() -> None:
    files = [as_file(NATIVE, "given/a.yaml", named=False)]
    files += [as_file(f"format: blastradius.{kind}/1\n", f"given/{kind}.yaml", named=False) for kind in OWN]
    loaded = load(files)
    assert loaded.snapshot.unread == ()
    assert [one.kind for one in loaded.inputs] == ["native", "unknown", "unknown", "unknown"]


OWN = ("change", "policy", "report")


@pytest.mark.parametrize("kind", OWN)
def test_another_of_our_own_formats_is_named_for_what_it_is(kind: str) -> None:
    (problem,) = problems(as_file(f"format: blastradius.{kind}/1\n"))
    assert problem.startswith(f"given.yaml:1:1: this is a {kind}, not a snapshot (give ")


@pytest.mark.parametrize("named", [True, False])
def test_an_unknown_version_is_an_error_wherever_it_lies(named: bool) -> None:
    files = [as_file(NATIVE, "a.yaml"), as_file("format: blastradius.snapshot/2\n", "b.yaml", named=named)]
    assert problems(*files) == [
        "b.yaml:1:1: unknown format version `blastradius.snapshot/2` (this version reads `blastradius.snapshot/1`)"
    ]


def test_files_that_cannot_be_parsed_are_reported_together() -> None:
    assert problems(as_file("a: [", "a.yaml"), as_file("a: *b", "b.yaml"), as_file(NATIVE), error=DocumentError) == [
        "a.yaml:2:1: the document ends too early (was the file cut off?)",
        "b.yaml:1:4: YAML aliases (`*name`) are not read (write the value out where the alias stands)",
    ]


def test_two_systems_that_disagree_about_an_id_are_refused() -> None:
    native = NATIVE + "principals: {user:k8s/ana: {external: true}}\n"
    (problem,) = problems(as_file(CLUSTER, "b.yaml"), as_file(native, "a.yaml"))
    assert "`user:k8s/ana` is given twice, with different content: first in" in problem


def test_no_files_at_all_is_an_error() -> None:
    assert problems() == ["no snapshot was given (name a file or a folder)"]


def test_cycles_are_found_across_files() -> None:
    found = problems(
        as_file(NATIVE + "resources: {drive:a: {in: drive:b}}", "a.yaml"),
        as_file(NATIVE + "resources: {drive:b: {in: drive:a}}", "b.yaml"),
    )
    assert ["containment cycle" in problem for problem in found] == [True]


def test_both_sides_are_read_as_each_would_be_alone() -> None:
    before = [as_file(NATIVE + "principals: {user:ana: {}}", "a.yaml")]
    after = [as_file(CLUSTER, "b.yaml")]
    baseline, simulated = load_both(before, after)
    assert baseline == load(before, other=after)
    assert simulated == load(after, other=before, side=Side.SIMULATED)


def test_the_other_side_adds_no_fact() -> None:
    before, after = [as_file(NATIVE, "a.yaml")], [as_file(NATIVE + "principals: {user:ana: {}}", "b.yaml")]
    assert load(before, other=after).snapshot == load(before).snapshot


def test_our_own_examples_load(root: Path) -> None:
    for name, unread in (("every-construct.yaml", 3), ("in-parts", 0)):
        assert len(load(read_files([str(root / "fixtures/snapshots" / name)])).snapshot.unread) == unread
