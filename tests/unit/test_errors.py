"""Suggestions for names that nobody knows."""

import pytest

from blastradius.access.draft import Draft
from blastradius.columns.build import columns_of
from blastradius.columns.layers import Layer, known_names
from blastradius.columns.names import ListedNames, Names, PackedNames
from blastradius.columns.views import snapshot_of
from blastradius.errors import did_you_mean
from tests.support.build import group, principal, snapshot

WRITTEN = sorted(f"box:team{i % 700}/paper-{i:06}" for i in range(60_000))
MANY = PackedNames.of(WRITTEN)


class Watched(ListedNames):
    """Names that count how many of them are looked at."""

    looked = 0

    def __iter__(self):
        raise AssertionError("all names were gone through")

    def __getitem__(self, code):
        found = super().__getitem__(code)
        self.looked += len(found) if isinstance(code, slice) else 1
        return found


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bx:team12/paper-000012", "box:team12/paper-000012"),
        ("box:taem12/paper-000012", "box:team12/paper-000012"),
        ("bbox:team12/paper-000012", "box:team12/paper-000012"),
        ("cox:team12/paper-000012", "box:team12/paper-000012"),
        ("box:team12/paper-000012x", "box:team12/paper-000012"),
        ("box:team12/papier_000012", "box:team12/paper-000012"),
    ],
)
@pytest.mark.parametrize("names", [MANY, ListedNames(WRITTEN)], ids=["packed", "listed"])
def test_a_slip_is_found_among_very_many_names(written: str, meant: str, names: Names) -> None:
    assert did_you_mean(written, names) == f"did you mean `{meant}`?"


def test_very_many_names_are_not_gone_through() -> None:
    names = Watched(WRITTEN)

    assert did_you_mean("box:team12/papier-000012", names) == "did you mean `box:team12/paper-000012`?"
    assert names.looked < 500


def test_the_first_few_of_very_many_are_shown_where_none_is_near() -> None:
    help_text = did_you_mean("zebra", MANY)

    assert help_text.startswith("known are `box:team0/paper-000000`, ")
    assert help_text.endswith(", …")
    assert help_text.count("`") == 24


@pytest.mark.parametrize("written", ["", "x" * 100_000, "box:" + "i" * 79, "\ud800", "box:team12/\x00"])
def test_a_name_of_any_kind_is_answered(written: str) -> None:
    assert did_you_mean(written, MANY).startswith(("known are", "did you mean"))


def test_names_from_several_places_are_compared_together() -> None:
    assert did_you_mean("user:anna", MANY, ["user:bo"], ["user:ana"]) == "did you mean `user:ana`?"
    assert did_you_mean("zebra", ["a", "b"], ["c"]) == "known are `a`, `b`, `c`"
    assert did_you_mean("zebra", [], MANY[:0]) == ""


def test_a_change_over_columns_is_told_what_it_may_mean_without_going_through_all_ids() -> None:
    facts = snapshot_of(columns_of(snapshot(principal("user:ana"), group("group:eng"))))
    draft = Draft(facts)
    draft.add_member("group:eng", "user:anna", None)

    assert [problem.help for problem in draft.problems] == ["did you mean `user:ana`?"]
    assert list(known_names(Layer(facts.groups))) == [facts.groups.names, {}]
