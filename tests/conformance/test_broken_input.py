"""Every broken file is refused with the place, what is wrong there, and a help that can be shown."""

from pathlib import Path

import pytest

from blastradius.changes.load import load_changes
from blastradius.documents import parse, read_files
from blastradius.errors import BlastRadiusError, ChangeError, DocumentError, SnapshotError
from blastradius.model.sources import Problem
from blastradius.systems.load import load
from blastradius.systems.registry import SYSTEMS

# What is said about each file, after the name of the file itself.
DOCUMENTS: dict[str, list[str]] = {
    "alias.yaml": ["4:12: YAML aliases (`*name`) are not read"],
    "beyond-float.json": ["2:37: the number is too large"],
    "binary.yaml": ["the file is binary, not text"],
    "blank.yaml": ["the file is empty"],
    "colon-in-text.yaml": ["2:16: this is not valid YAML: mapping values are not allowed in this context"],
    "comments-only.yaml": ["the file holds no document"],
    "complex-key.yaml": ["3:5: a mapping or a list stands where a key is expected"],
    "compressed.yaml": ["the file is compressed"],
    "control-character.yaml": ["2:13: the control character `\\x1b` may not stand in YAML"],
    "duplicate-key.json": ["3:17: duplicate key `user:ana`, first given on line 2"],
    "duplicate-key.yaml": ["5:3: duplicate key `user:ana`, first given on line 3"],
    "empty.yaml": ["the file is empty"],
    "half-pair.json": ["2:12: half a surrogate pair stands for no character"],
    "helm-directive.yaml": ["2:1: this is a template, not YAML"],
    "helm-value.yaml": ["3:9: this is a template, not YAML"],
    "infinite.yaml": ["3:20: infinity and `nan` are no numbers that can be used"],
    "latin-1.yaml": ["3: the file is not valid UTF-8"],
    "merge-key.yaml": ["4:5: YAML merge keys (`<<`) are not read"],
    "missing-comma.json": ["2:2: this is not valid JSON: expected `,` or the end of what was begun"],
    "not-a-number.json": ["2:37: `NaN` is no number that can be used"],
    "raw-line-break.json": ["2:14: this is not valid JSON: invalid control character"],
    "tab.yaml": [
        "3:1: this is not valid YAML: while scanning for the next token, found character that cannot start any token",
    ],
    "tag.yaml": ["2:9: YAML tags (`tag:yaml.org,2002:python/name:os.system`) are not read"],
    "truncated-in-text.json": ["2:30: the document ends too early"],
    "truncated-list.yaml": ["4:1: the document ends too early"],
    "truncated-quote.yaml": ["3:1: the document ends too early while scanning a quoted scalar, begun on line 2"],
    "truncated.json": ["4:1: the document ends too early"],
    "two-brackets.json": ["2:13: this is not valid JSON: `}` does not fit what was begun"],
    "utf-16-without-mark.yaml": ["the file looks like UTF-16 without a byte order mark"],
}

SNAPSHOTS: dict[str, list[str]] = {
    "a-change.yaml": ["2:1: this is a change, not a snapshot"],
    "a-list.json": ["1:1: the document is of no known format"],
    "accounts-are-text.yaml": ["2:11: the item must be a list, not text"],
    "action-of-a-role-unknown.yaml": ["3:3: unknown action `writ`"],
    "action-unknown.yaml": ["6:5: unknown action `git.psh`"],
    "capability-remapped.yaml": ["3:3: `read` is a capability itself and cannot stand for `write`"],
    "capability-unknown.yaml": ["2:11: unknown capability `wirte` of `git.push`"],
    "class-is-a-list.yaml": ["3:13: `class` must be text, not a list"],
    "condition-blank.yaml": ["5:50: `when` must not be empty"],
    "condition-empty.yaml": ["3:38: `when` must not be empty"],
    "condition-in-all-of.yaml": ["3:22: `all_of` takes plain ids, without a condition"],
    "conflict": [
        "second.yaml:2:11: action `git.push` is `manage` here and `write` in first.yaml:2:11",
        "second.yaml:4:3: `user:ana` is given twice, with different content: first in first.yaml:4:3",
    ],
    "containment-cycle.yaml": ["3:3: containment cycle: `drive:a` in `drive:b` in `drive:a`"],
    "contains-itself.yaml": ["3:3: containment cycle: `drive:a` in `drive:a`"],
    "entry-without-id.yaml": ["3:23: the entry lacks `id`"],
    "exclusion-cycle.yaml": ["3:44: `group:a` excludes `group:b`, whose members depend on `group:a`"],
    "external-is-text.yaml": ["3:14: `external` must be `true` or `false`, not text"],
    "grant-is-text.yaml": ["3:5: the item must be a mapping, not text"],
    "grant-of-nothing.yaml": ["5:20: `actions` must not be empty"],
    "grant-to-a-mapping.yaml": ["5:6: `to` must be text, not a mapping"],
    "grant-with-neither.yaml": ["5:5: the grant has neither `role` nor `actions`"],
    "grant-with-role-and-actions.yaml": ["7:5: the grant has both `role` and `actions`"],
    "grant-with-unknown-effect.yaml": ["5:50: unknown effect `Deny`"],
    "grant-without-resource.yaml": ["3:5: the grant lacks `on`"],
    "grants-are-a-mapping.yaml": ["2:1: `grants` must be a list, not a mapping"],
    "group-in-same-as.yaml": ["7:5: unknown principal `group:a`"],
    "id-built-in.yaml": ["3:3: `everyone` is built in"],
    "id-empty.yaml": ["3:3: the name is empty"],
    "id-in-two-sections.yaml": [
        "5:3: `user:ana` is given twice, here as a group: first in 3:3",
    ],
    "id-of-a-role-and-a-group.yaml": [
        "5:3: `group:a` is given twice, here as a role: first in 3:3",
    ],
    "id-of-an-unknown-kind.yaml": ["3:3: `usr:ana` names no kind of principal"],
    "id-reserved.yaml": ["3:3: `outsider` is reserved"],
    "id-unlisted.yaml": ["3:3: `group:a#unlisted` is reserved"],
    "id-with-a-bidi-mark.yaml": ["3:3: the name `user:\\u202eana` holds a character that controls or hides text"],
    "id-with-a-blank-end.yaml": ["3:3: the id `group:a ` has the wrong form"],
    "id-with-a-hidden-character.json": [
        "2:17: the name `user:a\\u200bna` holds a character that controls or hides text",
    ],
    "id-with-an-escape.yaml": ["3:3: the name `group:\\x1b[31ma` holds a character that controls or hides text"],
    "id-without-kind.yaml": ["3:3: the id `ana` has the wrong form"],
    "in-is-a-mapping.yaml": ["3:13: `in` must be text, not a mapping"],
    "items-fractional.yaml": ["3:13: `items` must be a whole number, not a number"],
    "items-huge.yaml": ["3:13: `items` is `10000000000000000000`, it must be between 0 and 1000000000000000"],
    "items-negative.yaml": ["3:13: `items` is `-1`, it must be between 0 and 1000000000000000"],
    "items-octal.yaml": ["3:13: `items` must be a plain decimal number, not `010`"],
    "items-true.yaml": ["3:13: `items` must be a whole number, not a truth value"],
    "label-is-a-date-list.yaml": ["3:22: `tier` must be text, not a list"],
    "label-is-a-number.yaml": ["3:22: `tier` must be text, not a number"],
    "many-problems.yaml": [
        "2:1: unknown field `systm`",
        "4:3: the id `ana` has the wrong form",
        "5:14: `external` must be `true` or `false`, not a number",
        "7:23: unknown principal or group `user:bne`",
        "7:34: `size` counts members that are not listed, and all are",
        "9:5: the grant has neither `role` nor `actions`",
    ],
    "member-is-a-number.yaml": ["5:9: the item must be text, not a number"],
    "member-is-no.yaml": ["4:15: the item must be text, not a truth value"],
    "member-reserved.yaml": ["5:9: `outsider` is reserved"],
    "members-are-one-name.yaml": ["3:13: `members` must be a list, or the word `unknown`"],
    "no-format.yaml": ["1:1: the document is of no known format"],
    "null-entity.yaml": ["3:3: `user:ana` must be a mapping, not empty"],
    "null-list.yaml": ["4:5: `members` must be a list, not empty"],
    "null-parent.yaml": ["3:13: `in` must be text, not empty"],
    "null-section.yaml": ["2:1: `principals` must be a mapping, not empty"],
    "one-account.yaml": ["5:5: `same_as` needs at least two accounts that belong together"],
    "plain-text.yaml": ["1: the document is of no known format"],
    "section-is-a-list.yaml": ["2:1: `principals` must be a mapping, not a list"],
    "size-negative.yaml": ["3:31: `size` is `-10`, it must be between 0 and 1000000000000000"],
    "size-of-a-listed-group.yaml": ["3:26: `size` counts members that are not listed, and all are"],
    "star-mapped.yaml": ["2:11: `*` stands for every action and has no capability of its own"],
    "time-is-a-number.yaml": ["2:1: `taken_at` must be text, not a number"],
    "time-that-never-was.yaml": ["2:1: `2026-02-30T09:00:00Z` is not a point in time"],
    "time-without-zone.yaml": ["2:1: `2026-03-18T09:00:00` is not a point in time"],
    "unknown-account.yaml": ["6:5: unknown principal `user:bne`"],
    "unknown-among-those-who-assume.yaml": ["3:27: unknown principal or group `unknown`"],
    "unknown-assumer.yaml": ["4:27: unknown principal or group `user:alise`"],
    "unknown-entry-field.yaml": ["5:38: unknown field `wen`"],
    "unknown-field.yaml": ["4:5: unknown field `externl`"],
    "unknown-format.yaml": ["1:1: unknown format `orchard.people/1`"],
    "unknown-member.yaml": ["7:9: unknown principal or group `user:alcie`"],
    "unknown-parent.yaml": ["4:3: unknown resource `drive:plan`"],
    "unknown-resource.yaml": ["5:5: unknown resource `drive:plnas`"],
    "unknown-role.yaml": ["7:5: unknown role `veiwer`"],
    "unknown-section.yaml": ["2:1: unknown field `gruops`"],
    "unknown-subject.yaml": ["5:5: unknown principal or group `everyon`"],
    "unknown-version.yaml": ["1:1: unknown format version `blastradius.snapshot/2`"],
}

CHANGES: dict[str, list[str]] = {
    "a-snapshot.yaml": ["1:1: this is a snapshot, not a change"],
    "author-hides-characters.yaml": ["2:1: the name `user:an\\u2066a` holds a character that controls or hides text"],
    "author-is-a-number.yaml": ["2:1: `author` must be text, not a number"],
    "authors-disagree": ["second.yaml:1:1: the author is `user:ben` here and `user:ana` in first.yaml:1:1"],
    "class-missing.yaml": ["3:16: the step lacks `class`"],
    "condition-empty.yaml": ["3:52: `when` must not be empty"],
    "grant-with-role-and-actions.yaml": ["3:12: the grant has both `role` and `actions`"],
    "inherit-is-text.yaml": ["3:38: `inherit` must be `true` or `false`, not text"],
    "inherit-missing.yaml": ["3:18: the step lacks `inherit`"],
    "many-problems.yaml": [
        "2:1: `author` must be text, not a truth value",
        "4:17: the step lacks `member`",
        "5:5: unknown step `allow_asume`",
        "6:36: `class` must be text, not a number",
    ],
    "member-conditional-removal.yaml": ["3:55: unknown field `when`"],
    "move-without-in.yaml": ["3:11: the step lacks `in`"],
    "new-group-with-size.yaml": ["3:43: `size` counts members that are not listed, and all are"],
    "new-principal-of-unknown-kind.yaml": ["3:5: `robot:a` names no kind of principal"],
    "new-resource-built-in.yaml": ["3:20: `public` is built in"],
    "new-resource-reserved.yaml": ["3:20: `group:a#unlisted` is reserved"],
    "no-format.yaml": ["1:1: this is no change of a known format"],
    "no-steps.yaml": ["1:1: the change lacks `steps`"],
    "null-steps.yaml": ["2:1: `steps` must be a list, not empty"],
    "remove-reserved.yaml": ["3:14: `outsider` is reserved"],
    "revoke-with-neither.yaml": ["3:13: the grant has neither `role` nor `actions`"],
    "role-without-actions.yaml": ["3:15: the step lacks `actions`"],
    "step-empty.yaml": ["3:5: a step has exactly one key, this one has 0"],
    "step-is-text.yaml": ["3:5: the item must be a mapping, not text"],
    "step-null.yaml": ["3:5: `remove` must be a mapping, not empty"],
    "step-unknown.yaml": ["3:5: unknown step `add_membr`"],
    "step-with-two-keys.yaml": ["3:5: a step has exactly one key, this one has 2"],
    "step-with-unknown-field.yaml": [
        "3:17: the step lacks `member`",
        "3:34: unknown field `user`",
    ],
    "step-without-fields.yaml": ["3:5: `remove` must be a mapping, not text"],
    "steps-are-a-mapping.yaml": ["2:1: `steps` must be a list, not a mapping"],
    "title-is-a-list.yaml": ["2:1: `title` must be text, not a list"],
    "unknown-field.yaml": ["2:1: unknown field `auhtor`"],
    "unknown-format.yaml": ["1:1: unknown format `orchard.change/1`"],
    "unknown-version.yaml": ["1:1: unknown format version `blastradius.change/9`"],
}


def read_document(path: Path) -> None:
    for file in read_files([str(path)]):
        parse(file)


def read_snapshot(path: Path) -> None:
    load(read_files([str(path)]))


def read_change(path: Path) -> None:
    load_changes(read_files([str(path)]))


READERS = {
    "documents": (read_document, DocumentError, DOCUMENTS),
    "snapshots": (read_snapshot, SnapshotError, SNAPSHOTS),
    "changes": (read_change, ChangeError, CHANGES),
}
CASES = [(folder, name) for folder, (_, _, expected) in READERS.items() for name in expected]


@pytest.fixture
def broken(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(root)
    return Path("fixtures/broken")


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_broken_input_is_refused_with_place_and_reason(broken: Path, folder: str, name: str) -> None:
    read, error, expected = READERS[folder]
    path = broken / folder / name
    with pytest.raises(error) as caught:
        read(path)
    assert [said_after(path, problem) for problem in caught.value.problems] == expected[name]


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_no_message_about_broken_input_steers_a_terminal(broken: Path, folder: str, name: str) -> None:
    read, error, _ = READERS[folder]
    with pytest.raises(error) as caught:
        read(broken / folder / name)
    for problem in caught.value.problems:
        assert (str(problem) + problem.help).isprintable()


@pytest.mark.parametrize("folder", READERS)
def test_every_broken_file_has_an_expectation(root: Path, folder: str) -> None:
    assert {path.name for path in (root / "fixtures/broken" / folder).iterdir()} == set(READERS[folder][2])


@pytest.mark.parametrize("system", sorted(SYSTEMS.keys() - {"native"}))
@pytest.mark.parametrize("folder", ["snapshots", "changes"])
def test_no_other_system_takes_a_broken_native_file_for_its_own(broken: Path, system: str, folder: str) -> None:
    files = read_files([str(broken / folder)])
    assert [d.file.label for file in files for d in parse(file) if SYSTEMS[system].recognises(d)] == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_broken_file_is_refused_whichever_system_is_forced(broken: Path, system: str) -> None:
    for path in sorted((broken / "snapshots").iterdir()):
        files = read_files([str(path)])
        with pytest.raises(BlastRadiusError):
            load(files, system=system)


def said_after(path: Path, problem: Problem) -> str:
    return str(problem).replace(f"{path}/", "").replace(f"{path}:", "").strip()
