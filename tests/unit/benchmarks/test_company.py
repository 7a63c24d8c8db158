import io
from dataclasses import fields

import numpy as np
import pytest
from changes import CHANGES, HIGH, counted_classes, subtree_sizes
from company import SIZES, Company, Size, draw
from snapshots import write_document, write_lines, write_yaml

from blastradius.changes.load import load_changes
from blastradius.documents import read_files
from blastradius.systems.load import load

S = draw(SIZES["S"])


def _lines(company: Company) -> str:
    out = io.StringIO()
    write_lines(company, out)
    return out.getvalue()


def test_a_seed_always_gives_the_same_company() -> None:
    again = draw(SIZES["S"])
    assert all(np.array_equal(getattr(S, field.name), getattr(again, field.name)) for field in fields(Company))
    assert _lines(again) == _lines(S)
    assert _lines(draw(SIZES["S"], seed=2)) != _lines(S)


def test_nearly_all_resources_inherit_and_few_grants_deny() -> None:
    assert 0.98 <= S.inherits.mean() <= 0.995
    assert 0.01 <= S.grants[:, 3].mean() <= 0.03
    assert len(S.grants) == SIZES["S"].grants
    assert len(np.unique(S.grants, axis=0)) == len(S.grants)


def test_four_in_ten_people_are_engineers_some_levels_down() -> None:
    inside, depth = {S.group(1)}, 0
    members = S.members.tolist()
    while below := {one for one, group in members if group in inside} - inside:
        inside |= below
        depth += 1
    assert 0.35 <= sum(one < S.counts[0] for one in inside) / S.counts[0] <= 0.45
    assert 4 <= depth <= 6


def test_engineers_have_nothing_near_the_root_that_a_change_could_give_them() -> None:
    crowded = draw(Size(people=100, groups=20, resources=2_000, grants=3_000))
    high = crowded.grants[crowded.grants[:, 2] == HIGH, 0]
    assert len(high) > 0
    assert crowded.group(1) not in high
    assert crowded.group(0) not in high


def test_folders_stand_up_to_eight_deep_and_everything_is_below_the_root() -> None:
    assert subtree_sizes(S)[0] == len(S.parent)
    depth, at = 0, np.flatnonzero(S.parent >= 0)
    while len(at):
        at = S.parent[at]
        at = at[at > 0]
        depth += 1
    assert 6 <= depth <= 9


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("seed", range(1, 6))
def test_each_change_alters_one_column_and_reads_as_a_change(name: str, seed: int, tmp_path) -> None:
    company = draw(SIZES["tiny"], seed)
    change = CHANGES[name](company)
    altered = [f.name for f in fields(Company) if getattr(change.after, f.name) is not getattr(company, f.name)]
    assert altered in (["members"], ["grants"], ["parent"])
    assert counted_classes(company, change.after).min() >= 0
    path = tmp_path / "change.yaml"
    path.write_text(change.text, "utf-8")
    assert len(load_changes(read_files([str(path)])).steps) == 1


def test_all_forms_of_a_company_are_the_same_snapshot(tmp_path) -> None:
    company, found = draw(SIZES["small"]), []
    for name, write in (("c.json", write_document), ("c.yaml", write_yaml), ("c.jsonl", write_lines)):
        path = tmp_path / name
        with path.open("w", encoding="utf-8") as out:
            write(company, out)
        snapshot = load(read_files([str(path)])).snapshot
        sections = (snapshot.principals, snapshot.groups, snapshot.resources, snapshot.roles)
        found.append(([dict(section) for section in sections], sorted(map(repr, map(_plain, snapshot.grants)))))
    assert found[0] == found[1] == found[2]
    assert len(found[0][0][2]) == 60


def _plain(grant) -> tuple:
    return grant.subject, grant.role, grant.resource, grant.effect, sorted(grant.actions), grant.when
