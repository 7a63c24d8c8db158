"""What a delta means for each class: SPEC sections 5 and 7."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from blastradius.model.assessment import ChangeCount, Level
from blastradius.model.delta import GAINS, AccessChange
from blastradius.model.snapshot import Capability, Group, Resource
from blastradius.model.sources import Source

GAINED, MAYBE, WIDENED, REVOKED = (
    AccessChange.GAINED,
    AccessChange.MAYBE_GAINED,
    AccessChange.WIDENED,
    AccessChange.REVOKED,
)


def test_one_colleague_on_one_table_scores_as_the_specification_says(by_hand, written):
    world = by_hand(written(["user:a", "user:b"], resources=[("table:t", "user-data")]))
    found = world.moved("table:t", gained={"read": "user:a"}, before={"read": "user:b"}).exposures()["user-data"]
    assert (found.score, found.level, found.title) == (3.3, Level.LOW, "User-Data")
    assert found.capabilities[Capability.READ].before_principals == 1
    assert found.capabilities[Capability.READ].changes == {GAINED: ChangeCount(1, 1, 1)}
    assert (found.audience.total, found.audience.user, found.audience.headcount) == (1, 1, 1)
    assert (found.resource_total, found.item_total) == (1, 1)


def test_tuples_count_pairs_and_people_count_once_over_scopes(by_hand, written):
    facts = written(["user:a", "user:b", "user:c"], resources=[(f"t:{i}", "code") for i in range(5)])
    world = by_hand(facts)
    world.moved("t:0 t:1 t:2", gained={"read": "user:a user:b", "list": "user:a user:b"})
    world.moved(
        "t:3 t:4", gained={"read": "user:b user:c"}, maybe_gained={"write": "user:c"}, revoked={"manage": "user:a"}
    )
    found = world.exposures()["code"]
    assert list(found.capabilities) == [Capability.LIST, Capability.READ, Capability.WRITE, Capability.MANAGE]
    assert found.capabilities[Capability.READ].changes == {GAINED: ChangeCount(10, 3, 5)}
    assert found.capabilities[Capability.LIST].changes == {GAINED: ChangeCount(6, 2, 3)}
    assert found.capabilities[Capability.WRITE].changes == {MAYBE: ChangeCount(2, 1, 2)}
    assert found.capabilities[Capability.MANAGE].changes == {REVOKED: ChangeCount(2, 1, 2)}
    assert found.audience.total == 3
    assert found.factors.capability_name == "write"


def test_a_scope_is_split_by_the_classes_of_its_resources(by_hand, written):
    facts = written(["user:a"], resources=[("t:0", "code"), ("t:1", "internal"), ("t:2", "code")])
    found = by_hand(facts).moved("t:0 t:1 t:2", gained={"read": "user:a"}).exposures()
    assert {name: e.resource_total for name, e in found.items()} == {"code": 2, "internal": 1}


def test_before_looks_only_at_resources_with_a_gain(by_hand, written):
    facts = written(["user:a", "user:b", "user:c"], resources=[("t:0", "code"), ("t:1", "code")])
    world = by_hand(facts)
    world.moved("t:0", gained={"read": "user:a"}, before={"read": "user:b"})
    world.moved("t:1", revoked={"read": "user:c"}, before={"read": "user:c"})
    assert world.exposures()["code"].capabilities[Capability.READ].before_principals == 1


def test_before_is_nobody_when_nobody_had_it(by_hand, written):
    world = by_hand(written(["user:a"], resources=[("t:0", "code")])).moved("t:0", gained={"read": "user:a"})
    assert world.exposures()["code"].capabilities[Capability.READ].before_principals == 0


def test_before_of_a_class_without_gains_is_that_of_what_changed(by_hand, written):
    world = by_hand(written(["user:a", "user:b"], resources=[("t:0", "code")]))
    world.moved("t:0", revoked={"read": "user:a"}, before={"read": "user:a user:b"})
    assert world.exposures()["code"].capabilities[Capability.READ].before_principals == 2


def test_before_counts_holders_of_that_capability_on_any_exposed_resource(by_hand, written):
    facts = written(["user:a", "user:b", "user:c"], resources=[("t:0", "code"), ("t:1", "code")])
    world = by_hand(facts)
    world.moved("t:0", gained={"write": "user:a"}, before={"write": "user:b"})
    world.moved("t:1", gained={"read": "user:a"}, before={"write": "user:c"})
    assert world.exposures()["code"].capabilities[Capability.WRITE].before_principals == 2


def test_a_widened_or_revoked_class_is_no_exposure(by_hand, written):
    facts = written(["user:a"], resources=[("t:0", "code")])
    found = by_hand(facts).moved("t:0", widened={"read": "user:a"}, revoked={"manage": "user:a"}).exposures()["code"]
    assert not found.gains
    assert (found.score, found.level, found.audience.total, found.witnesses) == (0.0, Level.NONE, 0, ())
    assert set(found.movements) == {WIDENED, REVOKED}


def test_widened_tuples_do_not_enter_the_score(by_hand, written):
    facts = written(["user:a", *(f"user:x{i}" for i in range(50))], resources=[("t:0", "code")])
    crowd = " ".join(p for p in facts.principals if p.startswith("user:x"))
    found = by_hand(facts).moved("t:0", gained={"read": "user:a"}, widened={"manage": crowd}).exposures()["code"]
    assert (found.audience.total, found.factors.capability_name) == (1, "read")


def test_items_count_as_the_larger_of_the_two_sides_and_at_least_one(by_hand, written):
    before = written(
        ["user:a"],
        resources=[Resource("t:0", class_name="code", items=900), Resource("t:1", class_name="internal", items=0)],
    )
    after = written(
        ["user:a"],
        resources=[Resource("t:0", class_name="code", items=5), Resource("t:1", class_name="internal", items=0)],
    )
    world = by_hand(before, after).moved("t:0 t:1", gained={"read": "user:a"})
    assert {name: e.item_total for name, e in world.exposures().items()} == {"code": 900, "internal": 1}


def test_accounts_of_one_person_are_one_person_in_every_count(by_hand, written):
    facts = written(
        ["user:a", "agent:a", "user:b"], resources=[("t:0", "code"), ("t:1", "code")], same_as=[["user:a", "agent:a"]]
    )
    world = by_hand(facts)
    world.moved("t:0", gained={"read": "user:a agent:a"})
    world.moved("t:1", maybe_gained={"read": "agent:a user:b"})
    found = world.exposures()["code"]
    assert found.capabilities[Capability.READ].changes == {GAINED: ChangeCount(2, 1, 1), MAYBE: ChangeCount(2, 2, 1)}
    both = found.movements[GAINED].people | found.movements[MAYBE].people
    assert len(both) == found.audience.total == 2


def test_movements_say_who_and_what_for_each_change(by_hand, written):
    facts = written(
        ["user:a", "agent:x", "user:v"],
        groups=[Group("group:g", unlisted=True, size=70)],
        resources=[("t:0", "code"), ("t:1", "code")],
        external=["user:v"],
    )
    world = by_hand(facts)
    world.moved("t:0", gained={"read": "user:a agent:x"}, revoked={"write": "user:a"})
    world.moved("t:1", maybe_gained={"write": "outsider user:v group:g#unlisted"})
    moves = world.exposures()["code"].movements
    assert moves[GAINED].audiences == {Capability.READ: {"agent"}}
    assert moves[MAYBE].audiences == {Capability.WRITE: {"outsider", "external", "unlisted"}}
    assert moves[MAYBE].crowds == {world.number["group:g#unlisted"]: 70}
    assert moves[GAINED].crowds == {}
    assert moves[REVOKED].audiences == {Capability.WRITE: frozenset()}
    assert (set(moves[GAINED].resources), set(moves[MAYBE].resources)) == ({0}, {1})


def test_the_outsider_makes_reach_one_and_the_class_critical(by_hand, written):
    world = by_hand(written(resources=[("t:0", "user-data")])).moved("t:0", gained={"read": "outsider"})
    found = world.exposures()["user-data"]
    assert (found.score, found.level, found.factors.reach) == (9.5, Level.CRITICAL, 1.0)


def test_a_class_without_sensitivity_is_exposed_with_no_score(by_hand, written):
    found = (
        by_hand(written(resources=[("t:0", "public")])).moved("t:0", gained={"read": "outsider"}).exposures()["public"]
    )
    assert found.gains
    assert (found.score, found.level) == (0.0, Level.NONE)


def test_one_witness_is_shown_for_each_kind_of_audience_worst_first(by_hand, written):
    people = ["agent:x", "role:r", "service:s", "user:a", "user:b", "user:v"]
    facts = written(
        people,
        groups=[Group("group:g", unlisted=True)],
        resources=[("t:0", "code"), ("t:1", "code")],
        external=["user:v"],
    )
    world = by_hand(facts)
    world.moved("t:0", gained={"read": " ".join(people)})
    world.moved("t:1", gained={"write": "user:b", "read": "user:a outsider group:g#unlisted"})
    shown = [(w.principal, w.capability.label, w.resource) for w in world.exposures()["code"].witnesses]
    assert shown == [
        ("outsider", "read", "t:1"),
        ("user:v", "read", "t:0"),
        ("group:g#unlisted", "read", "t:1"),
        ("agent:x", "read", "t:0"),
        ("user:b", "write", "t:1"),
    ]


def test_the_changed_line_of_the_first_path_is_blamed(by_hand, written):
    world = by_hand(written(["user:a"], resources=[("t:0", "code")])).moved("t:0", gained={"read": "user:a"})
    assert world.exposures()["code"].source == Source("change.yaml", 7)
    assert world.exposures(find=lambda *_: None)["code"].source is None


def test_a_tuple_without_a_path_is_left_out_of_the_witnesses(by_hand, written):
    world = by_hand(written(["user:a"], resources=[("t:0", "code")])).moved("t:0", gained={"read": "user:a"})
    assert world.exposures(find=lambda *_: None)["code"].witnesses == ()


def test_the_most_exposed_come_first(by_hand, written):
    facts = written([f"user:{c}" for c in "abc"], resources=[(f"t:{i}", "code") for i in range(4)])
    world = by_hand(facts)
    world.moved("t:0 t:1", gained={"read": "user:b"})
    world.moved("t:2", gained={"read": "user:a user:b user:c", "list": "user:a"})
    world.moved("t:3", gained={"read": "user:c"}, revoked={"list": "user:a"})
    found = world.exposures()["code"]
    assert found.top_principals == (("user:b", 3), ("user:c", 2), ("user:a", 1))
    assert found.top_resources == (("t:2", 3), ("t:0", 1), ("t:1", 1), ("t:3", 1))


def test_at_most_ten_of_each_are_named(by_hand, written):
    facts = written([f"user:{i:02}" for i in range(30)], resources=[(f"t:{i:02}", "code") for i in range(30)])
    found = (
        by_hand(facts).moved(" ".join(facts.resources), gained={"read": " ".join(facts.principals)}).exposures()["code"]
    )
    assert (len(found.top_principals), len(found.top_resources)) == (10, 10)
    assert found.top_principals[0] == ("user:00", 30)


def test_the_fingerprint_stays_when_only_numbers_and_lines_change(by_hand, written):
    one = by_hand(written(["user:a"], resources=[("t:0", "code")])).moved("t:0", gained={"read": "user:a"})
    facts = written(["user:a", "user:b"], resources=[("t:0", "code"), ("t:1", "code")])
    more = by_hand(facts).moved("t:0 t:1", gained={"read": "user:a user:b"})
    agent = by_hand(written(["agent:a", "user:a"], resources=[("t:0", "code")])).moved(
        "t:0", gained={"read": "user:a agent:a"}
    )
    prints = [w.exposures()["code"].fingerprint for w in (one, more, agent)]
    assert prints[0] == prints[1] != prints[2]
    assert len(prints[0]) == 16


def test_classes_come_in_the_order_of_the_policy(by_hand, written):
    facts = written(["user:a"], resources=[("t:0", "public"), ("t:1", "user-data"), ("t:2", "code")])
    found = by_hand(facts).moved("t:0 t:1 t:2", gained={"read": "user:a"}).exposures()
    assert list(found) == ["user-data", "code", "public"]


def test_a_lowered_class_still_counts_as_the_higher_one(compared, written):
    before = written(["user:a"], resources=[("t:0", "user-data")])
    after = written(["user:a"], resources=[("t:0", "public")], grants=[("user:a", "read", "t:0")])
    assert list(compared(before, after)) == ["user-data"]


def test_a_removed_resource_counts_in_its_old_class(compared, written):
    before = written(["user:a"], resources=[("t:0", "user-data")], grants=[("user:a", "read", "t:0")])
    found = compared(before, written(["user:a"]))["user-data"]
    assert found.capabilities[Capability.READ].changes == {REVOKED: ChangeCount(1, 1, 1)}


def test_the_sample_of_a_huge_exposure_is_bounded(by_hand, written):
    count = 800
    facts = written([f"user:{i:03}" for i in range(count)], resources=[(f"t:{i:03}", "code") for i in range(count)])
    world = by_hand(facts)
    for position, name in enumerate(facts.resources):
        world.moved(name, gained={"read": " ".join(f"user:{i:03}" for i in range(position, count))})
    found = world.exposures()["code"]
    assert GAINS & set(found.movements)
    assert len(found.top_principals) == 10
    # user:i is in the cells 0..i, so those counted exactly keep their true numbers, whoever they are.
    assert all(number == int(name[-3:]) + 1 for name, number in found.top_principals)
    assert found.top_resources[0] == ("t:000", count)


@st.composite
def moves(draw):
    """Draw scopes over six principals and five resources; every principal has at most one change per capability."""
    resources = [f"t:{i}" for i in range(5)]
    scopes = []
    while resources:
        size = draw(st.integers(1, len(resources)))
        taken, resources = resources[:size], resources[size:]
        changes = {}
        for capability in ("list", "read", "write", "manage"):
            for who in PRINCIPALS:
                change = draw(st.sampled_from([None, None, *AccessChange]))
                if change:
                    names = changes.setdefault(str(change), {})
                    names[capability] = f"{names.get(capability, '')} {who}"
        scopes.append((" ".join(taken), changes))
    return scopes


PRINCIPALS = ["agent:x", "user:a", "user:b", "user:c", "user:v", "outsider"]


@given(moves(), st.lists(st.sampled_from(["code", "user-data", "public"]), min_size=5, max_size=5))
def test_the_counts_are_those_of_the_pairs_written_out(by_hand, written, scopes, class_names):
    facts = written(
        PRINCIPALS[:-1],
        resources=[(f"t:{i}", name) for i, name in enumerate(class_names)],
        same_as=[["user:a", "user:b"]],
        external=["user:v"],
    )
    world = by_hand(facts)
    pairs = set()
    for resources, changes in scopes:
        world.moved(resources, **changes)
        for change, moved in changes.items():
            for capability, who in moved.items():
                pairs |= {(change, capability, p, r) for p in who.split() for r in resources.split()}
    for name, found in world.exposures().items():
        mine = {p for p in pairs if facts.resources[p[3]].class_name == name}
        for capability, counted in found.capabilities.items():
            for change, count in counted.changes.items():
                same = {(p, r) for ch, c, p, r in mine if (ch, c) == (change, capability.label)}
                people = {p.replace("user:b", "user:a") for p, _ in same}
                assert count == ChangeCount(len(same), len(people), len({r for _, r in same}))
        gained = {(p, r) for ch, _, p, r in mine if ch in GAINS}
        assert found.audience.total == len({p.replace("user:b", "user:a") for p, _ in gained})
        assert found.resource_total == len({r for _, r in gained})
        assert dict(found.top_principals) == Counter(p for p, _ in gained)
        opened = Counter(r for _, r in {(p.replace("user:b", "user:a"), r) for p, r in gained})
        assert found.top_resources == tuple(sorted(opened.items(), key=lambda pair: (-pair[1], pair[0])))
        assert sum(c.tuples for e in found.capabilities.values() for c in e.changes.values()) == len(mine)
