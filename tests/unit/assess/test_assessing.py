"""The assessment as a whole."""

from dataclasses import replace

import pytest

from blastradius.model.assessment import AuthorKind, Decision, Extent, Level
from blastradius.model.change import AddGrant, AddMember, Change, RevokeGrant
from blastradius.model.delta import AccessChange
from blastradius.model.sources import Problem
from tests.support.build import allow, group, principal, resource, snapshot

FACTS = snapshot(
    principal("user:ana"),
    principal("service:ci"),
    principal("agent:bot"),
    principal("role:admin"),
    group("group:readers", "user:ana"),
    resource("repo:app", class_name="code"),
    resource("table:users", class_name="user-data"),
    resource("wiki:home", class_name="internal"),
    resource("box:what"),
    allow("user:ana", "read", "wiki:home"),
)


@pytest.mark.parametrize(
    ("author", "kind"),
    [
        ("user:ana", AuthorKind.USER),
        ("service:ci", AuthorKind.SERVICE),
        ("agent:bot", AuthorKind.AGENT),
        ("role:admin", AuthorKind.UNKNOWN),
        ("group:readers", AuthorKind.UNKNOWN),
        ("agent:stranger", AuthorKind.UNKNOWN),
        (None, AuthorKind.UNKNOWN),
    ],
)
def test_the_author_is_what_the_baseline_knows_the_account_as(judge, author, kind):
    assessment = judge(FACTS, author=author)
    assert (assessment.author, assessment.author_kind) == (author, kind)


def test_an_author_who_is_the_same_as_an_agent_counts_as_the_agent(judge):
    joined = replace(FACTS, same_as=(frozenset({"user:ana", "agent:bot"}),))
    assert judge(joined, author="user:ana").author_kind is AuthorKind.AGENT


def test_exposures_come_worst_first_and_other_changes_by_name(judge):
    steps = [
        AddGrant(allow("user:ana", "read", "repo:app")),
        AddGrant(allow("user:ana", "read", "table:users")),
        AddGrant(allow("user:ana", "read", "box:what")),
        RevokeGrant(FACTS.grants[0]),
    ]
    assessment = judge(FACTS, *steps)
    assert [e.class_name for e in assessment.exposures] == ["user-data", "code", "unclassified"]
    assert [e.class_name for e in assessment.others] == ["internal"]
    assert assessment.severity.score == 3.4
    assert assessment.verdict.decision is Decision.PASS


def test_classes_with_equal_scores_stay_in_the_order_of_the_policy(judge):
    facts = snapshot(
        resource("a:x", class_name="credentials"), resource("b:x", class_name="user-data"), principal("user:ana")
    )
    steps = [AddGrant(allow("user:ana", "read", name)) for name in ("a:x", "b:x")]
    assert [e.class_name for e in judge(facts, *steps).exposures] == ["user-data", "credentials"]


def test_every_change_has_a_total_and_no_change_is_nothing(judge):
    assessment = judge(FACTS)
    assert assessment.totals == dict.fromkeys(AccessChange, 0)
    assert (assessment.severity.score, assessment.severity.level) == (0.0, Level.NONE)
    assert assessment.exposures == assessment.others == ()


def test_totals_count_tuples_of_all_classes(judge):
    facts = replace(FACTS, groups={"group:readers": group("group:readers", "user:ana", "service:ci")})
    steps = [AddGrant(allow("group:readers", "list read", name)) for name in ("repo:app", "table:users")]
    assert judge(facts, *steps, RevokeGrant(FACTS.grants[0])).totals == {
        **dict.fromkeys(AccessChange, 0),
        AccessChange.GAINED: 8,
        AccessChange.REVOKED: 1,
    }


def test_coverage_says_how_much_has_no_class(judge):
    assert judge(FACTS).extent == Extent(principals=4, groups=1, resources=4, grants=1, unclassified=1)


def test_what_was_not_understood_is_named_once(judge):
    assert judge(FACTS, unread=[Problem("a"), Problem("b"), Problem("a")]).unread == (Problem("a"), Problem("b"))


def test_one_external_who_gains_anything_lifts_the_cap_of_the_whole(judge):
    facts = snapshot(
        principal("user:max", external=True),
        group("group:crowd", unlisted=True, size=10**9),
        *(resource(f"t:{name}", class_name=name) for name in ("user-data", "credentials", "strategy-docs", "code")),
        resource("page:home", class_name="public"),
    )
    steps = [AddGrant(allow("group:crowd", "manage", name)) for name in facts.resources]
    inside = judge(facts, *steps[:4]).severity
    assert (inside.score, inside.capped) == (8.9, True)
    outside = judge(facts, *steps[:4], AddGrant(allow("user:max", "read", "page:home"))).severity
    assert (outside.score, outside.level, outside.capped) == (9.4, Level.CRITICAL, False)


def test_title_system_and_dates_are_handed_on(judge):
    assessment = judge(replace(FACTS, system="acme"), FACTS, change=Change("what is done", "user:ana"))
    assert (assessment.title, assessment.system, assessment.taken_at) == ("what is done", "acme", None)


def test_renaming_everything_renames_the_answer(judge):
    def rename(text):
        return text.replace("ana", "zoe").replace("app", "bpp")

    facts = snapshot(
        principal("user:zoe"),
        principal("service:ci"),
        principal("agent:bot"),
        principal("role:admin"),
        group("group:readers", "user:zoe"),
        resource("repo:bpp", class_name="code"),
        resource("table:users", class_name="user-data"),
        resource("wiki:home", class_name="internal"),
        resource("box:what"),
        allow("user:zoe", "read", "wiki:home"),
    )
    one = judge(FACTS, AddMember("group:readers", "agent:bot"), AddGrant(allow("group:readers", "write", "repo:app")))
    two = judge(facts, AddMember("group:readers", "agent:bot"), AddGrant(allow("group:readers", "write", "repo:bpp")))
    assert one.severity == two.severity
    assert [e.audience for e in one.exposures] == [e.audience for e in two.exposures]
    assert [rename(f.message) for f in one.findings] == [f.message for f in two.findings]
