"""Snapshots laid together."""

from datetime import UTC, datetime, timedelta, timezone

from blastradius.model.snapshot import Capability, Role, Snapshot
from blastradius.model.sources import NOWHERE, Problem, Source
from blastradius.systems.merge import merge
from tests.support.build import allow, group, principal, resource, snapshot

NINE = datetime(2026, 3, 18, 9, tzinfo=UTC)


def test_one_snapshot_stays_as_it_is_but_for_grants_given_twice() -> None:
    grant = allow("public", "read", "drive:a")
    merged, problems = merge([Snapshot(system="orchard", grants=(grant, grant))])
    assert (merged, problems) == (Snapshot(system="orchard", grants=(grant,)), [])


def test_everything_of_all_snapshots_is_kept_in_order() -> None:
    first = snapshot(principal("user:ana"), resource("drive:a"), allow("public", "read", "drive:a"))
    second = snapshot(principal("user:ben"), group("group:a", "user:ben"), allow("public", "list", "drive:b"))
    merged, problems = merge([first, second])
    assert problems == []
    assert list(merged.principals) == ["user:ana", "user:ben"]
    assert list(merged.resources) == ["drive:a", "drive:b"]
    assert merged.grants == (*first.grants, *second.grants)
    assert "group:a" in merged.groups


def test_the_oldest_time_and_every_name_count() -> None:
    later = datetime(2026, 3, 18, 9, 30, tzinfo=timezone(timedelta(hours=1)))
    merged, _ = merge([Snapshot("a", NINE), Snapshot("b", later), Snapshot("a"), Snapshot("")])
    assert (merged.system, merged.taken_at) == ("a, b", later)


def test_an_action_with_two_capabilities_counts_as_the_higher() -> None:
    merged, problems = merge(
        [
            Snapshot(actions={"use": Capability.WRITE}),
            Snapshot(actions={"use": Capability.READ, "see": Capability.LIST}),
        ]
    )
    assert problems == []
    assert merged.actions["use"] is Capability.WRITE
    assert merged.actions["see"] is Capability.LIST


def test_what_was_not_understood_stays_with_it() -> None:
    problem = Problem("unknown thing")
    merged, _ = merge([Snapshot(), Snapshot(unread=(problem,))])
    assert merged.unread == (problem,)


def test_accounts_that_belong_together_keep_their_places() -> None:
    accounts = frozenset({"user:a", "user:b"})
    place = Source("b.yaml", 4)
    merged, _ = merge([Snapshot(same_as=(accounts,)), Snapshot(same_as=(accounts,), same_as_sources=(place,))])
    assert merged.same_as == (accounts, accounts)
    assert merged.same_as_sources == (NOWHERE, place)


def test_the_first_content_is_kept_when_two_disagree() -> None:
    merged, problems = merge([snapshot(resource("drive:a", items=1)), snapshot(resource("drive:a", items=2))])
    assert merged.resources["drive:a"].items == 1
    assert [problem.message for problem in problems] == [
        "`drive:a` is given twice, with different content: first in resources.yaml:1"
    ]


def test_a_principal_or_a_group_may_be_a_resource_as_well() -> None:
    found = snapshot(principal("user:ana"), group("group:a"), resource("user:ana"), resource("group:a"))
    assert merge([found])[1] == []


def test_one_id_stands_for_one_kind_of_thing() -> None:
    same = "group:a"
    found = snapshot(group(same), resource(same), Role(same, frozenset()))
    assert len(merge([found])[1]) == 2
