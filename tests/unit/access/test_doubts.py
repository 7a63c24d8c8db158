"""Narrowed groups with unlisted members must not hide anybody."""

from dataclasses import replace

from blastradius.access.doubts import doubts
from blastradius.access.engine import Comparison, compare
from blastradius.columns.pair import paired
from blastradius.model.snapshot import Snapshot
from tests.support.build import allow, group, snapshot

HIDING = snapshot(
    group("group:cleared", "user:ana"),
    group("group:staff", unlisted=True),
    group("group:narrow", "group:staff", all_of=["group:cleared"]),
    allow("group:cleared", "list", "box:r"),
)


def asked(before: Snapshot, after: Snapshot) -> list[str]:
    comparison = Comparison(paired(before, after))
    return [problem.message for problem in doubts(comparison, comparison.delta())]


def test_a_grant_to_a_narrowed_group_of_unlisted_members_is_in_doubt() -> None:
    granted = replace(HIDING, grants=(*HIDING.grants, allow("group:narrow", "read", "box:r")))

    assert not compare(HIDING, granted).scopes
    assert "`group:narrow` does not list all its members" in asked(HIDING, granted)[0]


def test_a_change_that_does_not_reach_the_group_is_not_in_doubt() -> None:
    other = replace(HIDING, grants=(*HIDING.grants, allow("group:cleared", "read", "box:r")))

    assert asked(HIDING, other) == []


def test_listed_members_leave_no_doubt() -> None:
    listed = replace(HIDING, groups={**HIDING.groups, "group:staff": group("group:staff", "user:ana")})
    granted = replace(listed, grants=(*listed.grants, allow("group:narrow", "read", "box:r")))

    assert asked(listed, granted) == []


def test_unlisted_members_that_the_narrowing_keeps_leave_no_doubt() -> None:
    before = snapshot(group("group:all", unlisted=True, all_of=["everyone"]), allow("user:ana", "list", "box:r"))
    granted = replace(before, grants=(*before.grants, allow("group:all", "read", "box:r")))

    assert asked(before, granted) == []
