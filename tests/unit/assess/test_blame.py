"""Which changed line is blamed when a change has several: the one that opens most."""

from dataclasses import replace

import numpy as np
import pytest
from pyroaring import BitMap

from blastradius.access.tree import ScopeTree
from blastradius.assess.blame import PROBES, Moved, blame
from blastradius.assess.changes import cells_of
from blastradius.assess.people import People
from blastradius.columns.pair import paired
from blastradius.model.change import AddGrant, AddMember
from blastradius.model.delta import AccessChange, Delta, PathStep, Scope, State, Witness
from blastradius.model.snapshot import CAPABILITIES, Capability
from blastradius.model.sources import Source
from tests.support.build import allow, group, principal, resource, snapshot

PEOPLE = [f"user:u{number:03}" for number in range(300)]
SMALL, WIDE = Source("change.yaml", 3), Source("change.yaml", 9)
FACTS = snapshot(
    group("group:staff", *PEOPLE),
    group("group:crowd", unlisted=True, size=5000),
    group("group:few", "user:u000"),
    principal("user:aaa", external=True),
    principal("agent:bot"),
    *(principal(name) for name in PEOPLE),
    *(resource(f"repo:{number}", class_name="code") for number in range(4)),
    allow("group:staff", "read", "repo:0"),
    allow("group:few", "read", "repo:1"),
)


def code(assessment):
    return next(each for each in assessment.exposures if each.class_name == "code")


def finding(assessment, rule):
    return next(each for each in assessment.findings if each.rule == rule)


@pytest.mark.parametrize("first", ["user:aaa", "agent:bot", "user:u001"])
@pytest.mark.parametrize("reference", [False, True])
def test_the_line_that_opens_to_hundreds_is_blamed_not_the_one_that_lets_one_in(judge, first, reference):
    steps = AddMember("group:few", first, source=SMALL), AddGrant(allow("group:staff", "read", "repo:2"), source=WIDE)
    for order in (steps, steps[::-1]):
        assert code(judge(FACTS, *order, reference=reference)).source == WIDE


def test_the_path_through_the_blamed_line_is_shown(judge):
    small, wide = (AddGrant(allow(who, "read", f"repo:{i}")) for who, i in (("user:u000", 2), ("group:staff", 3)))
    exposure = code(judge(FACTS, replace(small, source=SMALL), replace(wide, source=WIDE)))
    lines = [{step.source for step in witness.steps if step.changed} for witness in exposure.witnesses]
    assert lines == [{SMALL}, {WIDE}]
    assert exposure.witnesses[0].principal == "user:u000"


def test_a_line_that_many_paths_share_is_blamed_before_a_line_of_one_of_them(judge):
    member = AddMember("group:staff", "user:aaa", source=SMALL)
    found = judge(FACTS, member, AddGrant(allow("group:staff", "write", "repo:0"), source=WIDE))
    assert code(found).source == WIDE
    assert finding(found, "external-exposure").source == SMALL


def test_the_line_for_the_whole_internet_is_blamed_before_any_number_of_people(judge):
    internet = AddGrant(allow("public", "read", "repo:3"), source=SMALL)
    found = judge(FACTS, AddGrant(allow("group:staff", "read", "repo:2"), source=WIDE), internet)
    assert code(found).source == SMALL
    assert finding(found, "public-exposure").source == SMALL


def test_unlisted_members_count_as_many_as_they_are(judge):
    crowd = AddGrant(allow("group:crowd", "read", "repo:3"), source=WIDE)
    assert code(judge(FACTS, AddGrant(allow("group:staff", "read", "repo:2"), source=SMALL), crowd)).source == WIDE


def test_wider_actions_are_found_where_most_people_get_them(judge):
    facts = replace(FACTS, actions={**FACTS.actions, "triage": Capability.READ})
    few = AddGrant(allow("group:few", "triage", "repo:1"), source=SMALL)
    many = AddGrant(allow("group:staff", "triage", "repo:0"), source=WIDE)
    for steps in ((few, many), (many, few)):
        assert finding(judge(facts, *steps), "wider-actions").source == WIDE


def test_lines_that_open_the_same_are_blamed_in_the_order_of_the_paths_shown(judge):
    steps = [
        AddGrant(allow(f"user:u{i:03}", "read", "repo:3"), source=Source("change.yaml", 90 - i)) for i in range(40)
    ]
    assert code(judge(FACTS, *steps)).source == Source("change.yaml", 90)


# The sample itself

PAIR = paired(FACTS, FACTS)
READ = (AccessChange.GAINED, Capability.READ)


def nobody(side, resource):
    return {}


def delta(*scopes):
    return Delta(PAIR.before.principals.names, PAIR.before.resources.names, CAPABILITIES, scopes, nobody)


PRINCIPALS = delta().principals


def gained(who, resources):
    """Say that some gained something, as if nothing else had happened."""
    tree = ScopeTree.of(delta(Scope(resources, {READ: frozenset(who)}, {}, {})))
    cells = cells_of(tree, np.array(resources), lambda codes: np.isin(codes, resources))
    return Moved(cells, READ, cells.sizes(READ), BitMap(who))


def blamed(moved, step_of):
    asked = []

    def find(who, capability, what):
        asked.append((who, what))
        step = step_of(who, what)
        return (
            None
            if step is None
            else Witness(who, capability, "read", what, AccessChange.GAINED, State.GRANTED, (), (step,))
        )

    found = blame(
        moved,
        PAIR.before.resources.names,
        People(delta(), PAIR, {"user": 1, "service": 1, "role": 1, "agent": 10, "external": 100, "unlisted": 100}),
        find,
    )
    return found and found.step, asked


def at(line, name="fact"):
    return PathStep(name, "opens", "everything", line, changed=True)


def test_few_tuples_are_all_looked_at_and_many_only_at_even_distances():
    few = gained({5, 6}, (0, 1))
    assert blamed([few], lambda *_: at(WIDE))[1] == [(PRINCIPALS[p], f"repo:{r}") for p in (5, 6) for r in (0, 1)]
    many = gained(range(5, 205), (0, 1, 2, 3))
    asked = blamed([many], lambda *_: at(WIDE))[1]
    assert len(asked) == PROBES
    assert len({who for who, _ in asked}) == PROBES
    assert {what for _, what in asked} == set(FACTS.resources)


def test_many_small_scopes_outweigh_a_larger_one():
    small = [gained(range(10 + i, 40 + i), (1,)) for i in range(100)]
    large = gained(range(10, 210), (0,))
    assert blamed([large, *small], lambda _, what: at(WIDE if what == "repo:1" else SMALL, what))[0].source == WIDE


def test_a_fact_with_a_place_is_preferred():
    moved = [gained({5, 6, 7}, (0,))]
    last = PRINCIPALS[7]
    assert blamed(moved, lambda who, _: at(SMALL if who == last else None))[0].source == SMALL


def test_nothing_is_blamed_when_no_path_is_known():
    assert blamed([], lambda *_: None)[0] is None
    assert blamed([gained({5}, (0,))], lambda *_: None)[0] is None
