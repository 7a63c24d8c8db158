"""Headcounts: SPEC sections 2 and 5."""

import pytest
from pyroaring import BitMap

from blastradius.assess.people import People
from blastradius.columns.pair import paired
from blastradius.model.delta import Delta
from blastradius.model.snapshot import Group, Principal, PrincipalKind, Snapshot

WEIGHTS = {"user": 1, "service": 1, "role": 1, "agent": 10, "external": 100, "unlisted": 100}


def side(*ids, groups=(), same_as=(), external=()):
    principals = {i: Principal(i, PrincipalKind(i.partition(":")[0]), external=i in external) for i in ids}
    return Snapshot(
        principals=principals,
        groups={g.id: g for g in groups},
        same_as=tuple(frozenset(accounts) for accounts in same_as),
    )


def people(*sides, weights=WEIGHTS):
    baseline, simulated = sides * (2 // len(sides))
    pair = paired(baseline, simulated)
    delta = Delta(pair.before.principals.names, (), {}, (), lambda *_: {})
    return People(delta, pair, weights), delta.principals.index


def audience_of(names, *sides, weights=WEIGHTS):
    found, index = people(*sides, weights=weights)
    return found.audience(frozenset(index(n) for n in names))


def test_kinds_are_counted_and_weighed():
    everybody = side("user:a", "user:b", "service:s", "role:r", "agent:x", "user:v", external=["user:v"])
    audience = audience_of(list(everybody.principals), everybody)
    assert (audience.user, audience.service, audience.role, audience.agent) == (3, 1, 1, 1)
    assert (audience.total, audience.external, audience.headcount) == (6, 1, 1 + 1 + 1 + 1 + 10 + 100)


def test_an_external_agent_counts_as_external_instead():
    assert audience_of(["agent:x"], side("agent:x", external=["agent:x"])).headcount == 100


def test_being_external_never_makes_somebody_count_less():
    weights = {**WEIGHTS, "external": 3}
    assert audience_of(["agent:x"], side("agent:x", external=["agent:x"]), weights=weights).headcount == 10


def test_external_on_either_side_is_external():
    before, after = side("user:a", external=["user:a"]), side("user:a")
    assert audience_of(["user:a"], before, after).external == 1
    assert audience_of(["user:a"], after, before).external == 1


def test_accounts_of_one_person_count_once_with_their_largest_weight():
    both = side("user:a", "agent:a", "user:b", same_as=[["user:a", "agent:a"]])
    audience = audience_of(["user:a", "agent:a", "user:b"], both)
    assert (audience.total, audience.agent, audience.user, audience.headcount) == (2, 1, 1, 11)


def test_whoever_shares_a_person_with_an_agent_is_an_agent_to_the_gate():
    both = side("user:a", "agent:a", "user:b", same_as=[["user:a", "agent:a"]])
    found, index = people(both)
    assert found.audiences(frozenset([index("user:a")])) == {"agent"}
    assert found.audiences(frozenset([index("user:b")])) == frozenset()


def test_one_account_brings_in_what_the_person_is():
    both = side("user:a", "user:a2", same_as=[["user:a", "user:a2"]], external=["user:a2"])
    audience = audience_of(["user:a"], both)
    assert (audience.total, audience.external, audience.headcount) == (1, 1, 100)


def test_accounts_are_joined_across_lists():
    both = side("user:a", "user:b", "user:c", same_as=[["user:c", "user:b"], ["user:a", "user:b"]])
    found, index = people(both, both)
    everybody = frozenset(map(index, ["user:a", "user:b", "user:c"]))
    assert found.count(everybody) == found.audience(everybody).total == 1
    assert found.distinct(everybody) == found.distinct(frozenset([index("user:c")])) == {index("user:a")}
    assert found.distinct(BitMap(everybody)) == BitMap([index("user:a")])


def test_a_link_that_only_one_side_has_lowers_no_count():
    apart, joined = side("user:a", "user:b"), side("user:a", "user:b", same_as=[["user:a", "user:b"]])
    for sides in ((apart, joined), (joined, apart)):
        found, index = people(*sides)
        assert found.count(frozenset(map(index, ["user:a", "user:b"]))) == 2


def test_a_new_account_counts_with_the_person_it_belongs_to():
    before = side("user:a", "user:b", same_as=[["user:a", "user:b"]])
    after = side("user:a", "user:b", "user:new", same_as=[["user:a", "user:b", "user:new"]])
    found, index = people(before, after)
    everybody = frozenset(map(index, ["user:a", "user:b", "user:new"]))
    assert found.count(everybody) == found.audience(everybody).total == 1


def test_who_is_external_through_a_link_on_either_side_is_external():
    before = side("user:a", "user:v", external=["user:v"])
    after = side("user:a", "user:v", external=["user:v"], same_as=[["user:a", "user:v"]])
    found, index = people(before, after)
    assert found.audience(frozenset([index("user:a")])).external == 1


@pytest.mark.parametrize(
    ("kinds", "counted"),
    [
        (("user", "service"), "user"),
        (("service", "role"), "service"),
        (("agent", "user"), "agent"),
        (("role",) * 2, "role"),
    ],
)
def test_a_person_of_several_kinds_is_counted_as_the_heaviest_then_by_a_fixed_order(kinds, counted):
    ids = [f"{kind}:{number}" for number, kind in enumerate(kinds)]
    audience = audience_of(ids, side(*ids, same_as=[ids]))
    assert getattr(audience, counted) == audience.total == 1


def test_a_person_of_equal_weights_can_be_an_agent_first():
    ids = ["user:a", "agent:a"]
    assert audience_of(ids, side(*ids, same_as=[ids]), weights={**WEIGHTS, "agent": 1}).agent == 1


def unlisted(**kwargs):
    return Group("group:g", unlisted=True, **kwargs)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"size": 5}, {"size": 5}, 5),
        ({"size": 0}, {"size": 0}, 1),
        ({"size": 500}, {"size": 5}, 500),
        ({"size": 5}, {}, 100),
        ({"size": 5000}, {}, 5000),
        ({"size": 7}, {"size": 7, "external": True}, 700),
        ({"external": True}, {}, 10_000),
    ],
)
def test_unlisted_members_count_their_size_or_a_careful_guess(before, after, expected):
    sides = side("user:a", groups=[unlisted(**before)]), side("user:a", groups=[unlisted(**after)])
    audience = audience_of(["group:g#unlisted"], *sides)
    assert audience.headcount == expected
    assert (audience.total, audience.unlisted) == (1, 1)
    assert audience.external == bool(before.get("external") or after.get("external"))


@pytest.mark.parametrize(
    ("sizes", "people", "unknown"), [((5, 5), 5, False), ((5, None), 5, True), ((None, None), 0, True)]
)
def test_what_groups_say_about_their_size_is_told_apart_from_the_guess(sizes, people, unknown):
    audience = audience_of(["group:g#unlisted"], *(side(groups=[unlisted(size=size)]) for size in sizes))
    assert (audience.unlisted_people, audience.unlisted_unknown) == (people, unknown)


def test_a_crowd_counts_its_people_without_the_weight_of_being_external():
    found, index = people(side(groups=[unlisted(size=7, external=True)]))
    crowd = index("group:g#unlisted")
    assert found.crowds(frozenset([crowd, index("outsider")])) == {crowd: 7}


def test_an_unknown_size_is_at_least_the_number_of_principals_of_the_larger_side():
    many = side(*(f"user:{i}" for i in range(300)), groups=[unlisted()])
    assert audience_of(["group:g#unlisted"], side("user:1", groups=[unlisted()]), many).headcount == 300


def test_the_size_of_a_side_that_lists_all_members_does_not_count():
    before, after = side(groups=[Group("group:g", size=900)]), side(groups=[unlisted(size=3)])
    assert audience_of(["group:g#unlisted"], before, after).headcount == 3


def test_the_outsider_is_one_and_not_called_external():
    audience = audience_of(["outsider"], side())
    assert (audience.total, audience.outsider, audience.external) == (1, True, 0)


def test_counting_many_accounts_of_one_person_is_quick():
    ids = [f"user:{i:05}" for i in range(20_000)]
    found, index = people(side(*ids, same_as=[ids]))
    assert found.count(frozenset(range(index(ids[0]), index(ids[-1]) + 1))) == 1


def test_the_first_of_each_kind_is_named_and_whoever_is_external_is_of_that_kind_only():
    both = side("agent:x", "user:a", "user:b", "user:v", groups=[unlisted(external=True)], external=["user:v"])
    found, index = people(both)
    names = ["user:b", "user:a", "user:v", "agent:x", "group:g#unlisted", "outsider"]
    expected = {"agent": "agent:x", "user": "user:a", "external": "group:g#unlisted", "outsider": "outsider"}
    for make in (frozenset, BitMap):
        assert found.first_of_each_kind(make(map(index, names))) == {k: index(n) for k, n in expected.items()}


def test_those_who_count_for_more_than_one_are_told_with_their_weight():
    both = side("agent:x", "user:a", "user:v", groups=[unlisted(size=1)], external=["user:v"])
    found, index = people(both, weights={**WEIGHTS, "unlisted": 1})
    everybody = BitMap(map(index, ["agent:x", "user:a", "user:v", "group:g#unlisted"]))
    assert found.heavier_than_one(everybody) == [(index("agent:x"), 10), (index("user:v"), 100)]


def test_who_somebody_is_can_be_asked_of_everybody_at_once():
    both = side("agent:x", "user:a", "user:v", groups=[unlisted()], external=["user:v"])
    found, index = people(both)
    everybody = frozenset(range(5))
    for flags, expected in (
        (found.is_agent, "agent:x"),
        (found.is_external, "user:v"),
        (found.is_unlisted, "group:g#unlisted"),
        (found.outsider, "outsider"),
    ):
        assert found.picked(everybody, flags).tolist() == [index(expected)]
    assert found.audiences(everybody) == {"agent", "external", "unlisted", "outsider"}


def test_accounts_joined_on_one_side_only_still_share_what_they_are():
    apart = side("user:a", "agent:a")
    joined = side("user:a", "agent:a", same_as=[["user:a", "agent:a"]])
    found, index = people(apart, joined)
    assert found.account(index("user:a")).agent
    assert found.count(frozenset(map(index, ["user:a", "agent:a"]))) == 2
