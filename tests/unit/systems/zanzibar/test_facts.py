"""Facts out of models and tuples: groups, grants, conditions, wildcards, and circles that have no meaning."""

import pytest

from blastradius.model.delta import State
from blastradius.model.snapshot import Entry, Snapshot
from blastradius.systems.zanzibar.objects import Dialect
from tests.support.zanzibar import EVERY_RELATION, Answers, documents, facts, loaded

SCHEMA = """\
use expiration
use self
definition user { relation boss: user
 permission manage = self + boss }
definition bot {}
definition group { relation member: user | bot | group#member }
definition folder {
  relation viewer: user | user:* | group#member | user with noon
  relation blocked: user | user:*
  relation reviewer: user
  permission view = viewer - blocked
  permission review = viewer & reviewer
}
definition doc {
  relation folder: folder | folder with expiration | folder with noon
  relation owner: user | user with expiration | user with noon and expiration
  permission view = owner + folder->view
  permission all_view = folder.all(view)
  permission nobody = nil & owner
}
caveat noon(hour int) { hour == 12 }
"""


def state(lines: str, question: str, *, settings: str = EVERY_RELATION, schema: str = SCHEMA) -> State:
    """Answer ``doc:1#view@user:ana``."""
    snapshot = facts(schema, lines, settings)
    place, _, subject = question.partition("@")
    where, _, relation = place.partition("#")
    return Answers(snapshot, Dialect.SPICEDB).check(where, relation, subject)


@pytest.mark.parametrize(
    ("lines", "question", "expected"),
    [
        ("doc:1#owner@user:a", "doc:1#view@user:a", State.GRANTED),
        ("doc:1#owner@user:a", "doc:1#nobody@user:a", State.NONE),
        ("doc:1#folder@folder:f\nfolder:f#viewer@user:a", "doc:1#view@user:a", State.GRANTED),
        ("doc:1#folder@folder:f\nfolder:g#viewer@user:a", "doc:1#view@user:a", State.NONE),
        ("folder:f#viewer@group:g#member\ngroup:g#member@user:a", "folder:f#view@user:a", State.GRANTED),
        ("folder:f#viewer@user:a\nfolder:f#blocked@user:a", "folder:f#view@user:a", State.NONE),
        ("folder:f#viewer@user:a\nfolder:f#blocked@user:b", "folder:f#view@user:a", State.GRANTED),
        ("folder:f#viewer@user:a", "folder:f#review@user:a", State.NONE),
        ("folder:f#viewer@user:a\nfolder:f#reviewer@user:a", "folder:f#review@user:a", State.GRANTED),
        ("folder:f#viewer@user:*\nfolder:f#reviewer@user:a", "folder:f#review@user:a", State.GRANTED),
        ("folder:f#viewer@user:*\nfolder:f#blocked@user:a", "folder:f#view@user:a", State.NONE),
        (
            "folder:f#viewer@user:*\nfolder:f#blocked@user:a\ngroup:g#member@user:b",
            "folder:f#view@user:b",
            State.GRANTED,
        ),
        ("folder:f#viewer@user:*\ngroup:g#member@bot:b", "folder:f#view@bot:b", State.NONE),
        ("folder:f#viewer@user:a\nfolder:f#blocked@user:*", "folder:f#view@user:a", State.NONE),
        ("folder:f#viewer@user:a[noon]", "folder:f#view@user:a", State.CONDITIONAL),
        ('folder:f#viewer@user:a[noon:{"hour":12}]', "folder:f#view@user:a", State.CONDITIONAL),
        ("doc:1#folder@folder:f[noon]\nfolder:f#viewer@user:a", "doc:1#view@user:a", State.CONDITIONAL),
        ("doc:1#owner@user:a[expiration:2027-01-01T00:00:00Z]", "doc:1#view@user:a", State.CONDITIONAL),
        # Being on all of them, of which there must be one.
        ("doc:1#folder@folder:f\nfolder:f#viewer@user:a", "doc:1#all_view@user:a", State.GRANTED),
        ("doc:1#folder@folder:f\ndoc:1#folder@folder:g\nfolder:f#viewer@user:a", "doc:1#all_view@user:a", State.NONE),
        ("doc:1#owner@user:a", "doc:1#all_view@user:a", State.NONE),
        (
            "doc:1#folder@folder:f\ndoc:1#folder@folder:g[noon]\nfolder:f#viewer@user:a\nfolder:g#viewer@user:a",
            "doc:1#all_view@user:a",
            State.CONDITIONAL,
        ),
        # A caveat that is not met lets nobody through, and a tuple that has ended asks nothing any more.
        (
            "doc:1#folder@folder:f\ndoc:1#folder@folder:g[noon]\nfolder:f#viewer@user:a",
            "doc:1#all_view@user:a",
            State.NONE,
        ),
        (
            "doc:1#folder@folder:f\ndoc:1#folder@folder:g[expiration:2027-01-01T00:00:00Z]\nfolder:f#viewer@user:a",
            "doc:1#all_view@user:a",
            State.CONDITIONAL,
        ),
        # The object itself.
        ("user:a#boss@user:b", "user:a#manage@user:a", State.GRANTED),
        ("user:a#boss@user:b", "user:b#manage@user:b", State.GRANTED),
        ("user:a#boss@user:b", "user:b#manage@user:a", State.NONE),
        # Circles through unions are fine.
        (
            "group:g#member@group:h#member\ngroup:h#member@group:g#member\ngroup:g#member@user:a",
            "group:h#member@user:a",
            State.GRANTED,
        ),
        ("group:g#member@group:g#member", "group:g#member@user:a", State.NONE),
    ],
)
def test_a_question_has_the_answer_of_the_model(lines: str, question: str, expected: State) -> None:
    assert state(lines, question) is expected


def test_a_wildcard_reaches_people_whom_no_tuple_names() -> None:
    snapshot = facts(SCHEMA, "folder:f#viewer@user:*\nfolder:f#blocked@user:a")
    everybody = snapshot.groups["spicedb:user:*"]
    assert everybody.unlisted
    assert everybody.size is None
    assert everybody.members == (Entry("user:spicedb/a"),)
    assert Answers(snapshot, Dialect.SPICEDB).snapshot.groups["spicedb:folder:f#view"].but_not


def test_a_file_says_that_a_wildcard_reaches_people_outside() -> None:
    settings = "format: blastradius.relations/1\nwildcards: {user: external}\n"
    assert facts(SCHEMA, "folder:f#viewer@user:*", settings).groups["spicedb:user:*"].external
    assert not facts(SCHEMA, "folder:f#viewer@user:*").groups["spicedb:user:*"].external


@pytest.mark.parametrize(
    ("lines", "question", "expected"),
    [
        (
            "folder:f#viewer@group:g#member\ngroup:g#member@bot:b\nfolder:f#blocked@user:*",
            "folder:f#view@bot:b",
            "granted",
        ),
        ("folder:f#viewer@user:*\nfolder:f#reviewer@user:a\ngroup:g#member@bot:b", "folder:f#review@user:a", "granted"),
        ("folder:f#viewer@user:a\nfolder:f#viewer@user:*\nfolder:f#blocked@user:*", "folder:f#view@user:a", "none"),
    ],
)
def test_who_is_listed_is_no_perhaps_among_those_whom_nothing_lists(lines: str, question: str, expected: str) -> None:
    assert state(lines, question) == expected


def test_whom_only_the_other_side_names_is_reached_by_a_wildcard_too() -> None:
    other = documents({"other.txt": "folder:g#viewer@user:new\n", "s.zed": SCHEMA})
    before = facts(SCHEMA, "folder:f#viewer@user:*", other=other)
    assert before.groups["spicedb:user:*"].members == (Entry("user:spicedb/new"),)
    assert "spicedb:folder:g" in before.resources
    assert [grant.resource for grant in before.grants] == ["spicedb:folder:f"]


def test_what_is_wrong_with_the_other_side_is_said_when_that_is_read() -> None:
    broken = documents({"o.txt": "doc:2#owner@user:b\nx", "s.zed": "definition user {"})
    snapshot = facts(SCHEMA, "doc:1#owner@user:a", other=broken)
    assert {"spicedb:doc:1", "spicedb:doc:2"} <= snapshot.resources.keys()


def only_condition(lines: str, schema: str = SCHEMA) -> str | None:
    (grant,) = facts(schema, lines, 'format: blastradius.relations/1\nrelations: {"*": none, owner: read}\n').grants
    return grant.when


def test_the_text_of_a_condition_tells_its_values_and_what_it_asks() -> None:
    assert only_condition('doc:1#owner@user:a[noon:{"hour":12}][expiration:2027-01-01T00:00:00Z]') == (
        "noon(hour: 12) { hour == 12 } and before 2027-01-01T00:00:00Z"
    )
    assert only_condition("doc:1#owner@user:a[noon][expiration:2027-01-01T00:00:00Z]") == (
        "noon(hour: int) { hour == 12 } and before 2027-01-01T00:00:00Z"
    )


def test_a_changed_expression_is_another_condition_however_long_it_is() -> None:
    texts = set()
    for last in (1, 2):
        long = " || ".join([f"hour == {n}" for n in range(200)] + [f"hour == {last}"])
        schema = SCHEMA.replace("hour == 12", long)
        text = only_condition("doc:1#owner@user:a[noon][expiration:2027-01-01T00:00:00Z]", schema)
        assert text is not None
        assert len(text) < 500
        texts.add(text)
    assert len(texts) == 2


def test_what_says_the_same_is_no_group_of_its_own() -> None:
    lines = "doc:1#owner@user:a\nfolder:f#viewer@group:g#member\ngroup:g#member@user:b"
    snapshot = facts(SCHEMA, lines, "format: blastradius.relations/1\nrelations: {manage: none}\n")
    assert list(snapshot.groups) == ["spicedb:group:g#member"]
    granted = {(grant.subject, grant.resource): grant.actions for grant in snapshot.grants}
    assert granted == {
        ("user:spicedb/a", "spicedb:doc:1"): {"owner", "view"},
        ("spicedb:group:g#member", "spicedb:folder:f"): {"view"},
    }
    assert {grant.source.line for grant in snapshot.grants} == {1, 2}


def test_a_circle_through_an_exclusion_is_reported_and_makes_nothing_certain() -> None:
    schema = (
        "definition user {}\ndefinition doc { relation all: user\n relation not: doc#view\n"
        " permission out = not\n permission view = all - out }\n"
    )
    schema = schema.replace("relation not: doc#view", "relation not: doc#view | user")
    lines = "doc:1#all@user:a\ndoc:1#not@doc:1#view\ndoc:2#all@user:a\ndoc:2#not@user:a\n"
    snapshot = facts(schema, lines, EVERY_RELATION)
    (problem,) = snapshot.unread
    assert problem.message == (
        "a relation leaves itself out: `spicedb:doc:1#view` leaves out `spicedb:doc:1#not`, which depends on it"
    )
    answers = Answers(snapshot, Dialect.SPICEDB)
    assert answers.check("doc:1", "view", "user:a") is State.CONDITIONAL
    assert answers.check("doc:2", "view", "user:a") is State.NONE


def test_the_same_store_in_another_order_means_the_same() -> None:
    lines = [
        "doc:1#folder@folder:f",
        "doc:1#owner@user:a",
        "folder:f#viewer@user:*",
        "folder:f#blocked@user:b",
        "folder:f#viewer@group:g#member",
        "group:g#member@bot:c",
    ]

    def meaning(order: list[str]) -> object:
        snapshot = facts(SCHEMA, "\n".join(order))
        groups = {one.id: (set(one.members), set(one.all_of), set(one.but_not)) for one in snapshot.groups.values()}
        return groups, set(snapshot.grants), dict(snapshot.principals), dict(snapshot.resources)

    assert meaning(lines) == meaning(lines[::-1])


@pytest.mark.parametrize(
    ("subject", "principal"),
    [
        ("user:ana", "user:fga/ana"),
        ("user:corp:ana", "user:fga/user:corp:ana"),
        ("employee:ana", "user:fga/employee:ana"),
        ("bot:x/y", "service:fga/bot:x/y"),
        ("agent:helper", "agent:fga/helper"),
    ],
)
def test_ids_of_principals_cannot_be_mistaken_for_each_other(subject: str, principal: str) -> None:
    snapshot = loaded(f'[{{"user": "{subject}", "relation": "viewer", "object": "doc:1"}}]')
    assert list(snapshot.principals) == [principal]


def test_long_names_and_reserved_ones_still_become_ids() -> None:
    long = "x" * 1000
    text = f"doc:{long}#unlisted@user:{long}\ndoc:{long}#unlisted@user:b\ndoc:{long}y#unlisted@user:b\n"
    snapshot = loaded(text)
    assert len(snapshot.resources) == 2
    assert all(len(one) < 500 for one in (*snapshot.resources, *snapshot.principals, *snapshot.groups))
    assert [one[-11:] for one in snapshot.groups] == ["#unlisted/0"]


def both_systems() -> Snapshot:
    return facts(
        "definition user {}\ndefinition doc { relation viewer: user }",
        "doc:1#viewer@user:ana",
        '[{"user": "user:ana", "relation": "viewer", "object": "doc:1"}]',
    )


def test_stores_of_both_systems_stand_beside_each_other() -> None:
    snapshot = both_systems()
    assert snapshot.system == "OpenFGA, SpiceDB"
    assert set(snapshot.principals) == {"user:fga/ana", "user:spicedb/ana"}
    assert set(snapshot.resources) == {"fga:doc:1", "spicedb:doc:1"}


@pytest.mark.parametrize(
    ("there", "left_out"),
    [
        ("folder:f#blocked@user:a", True),
        ("folder:g#blocked@user:a", False),
        ("folder:f#reviewer@user:a", False),
    ],
)
def test_an_exclusion_stands_on_both_sides_when_it_leaves_somebody_out_on_one(there: str, left_out: bool) -> None:
    other = documents({"other.txt": f"folder:f#viewer@user:a\n{there}\n", "s.zed": SCHEMA})
    snapshot = facts(SCHEMA, "folder:f#viewer@user:a\nfolder:f#viewer@user:b\n", EVERY_RELATION, other=other)
    assert ("spicedb:folder:f#view" in snapshot.groups) is left_out
    if left_out:
        assert snapshot.groups["spicedb:folder:f#view"].but_not == (Entry("spicedb:folder:f#blocked"),)
        assert snapshot.groups["spicedb:folder:f#blocked"].members == ()
    answers = Answers(snapshot, Dialect.SPICEDB)
    assert answers.check("folder:f", "view", "user:a") is State.GRANTED
    assert answers.check("folder:f", "review", "user:a") is State.NONE


def test_an_intersection_that_only_the_other_side_fills_leaves_nobody_out() -> None:
    schema = SCHEMA.replace("permission view = viewer - blocked", "permission view = viewer - (blocked & reviewer)")
    other = documents({"other.txt": "folder:f#blocked@user:a\nfolder:f#reviewer@user:a\n", "s.zed": schema})
    lines = "folder:f#viewer@user:a\nfolder:f#blocked@user:a\n"
    snapshot = facts(schema, lines, EVERY_RELATION, other=other)
    assert snapshot.groups["spicedb:folder:f#view/2"].members == ()
    assert Answers(snapshot, Dialect.SPICEDB).check("folder:f", "view", "user:a") is State.GRANTED
