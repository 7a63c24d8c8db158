"""Who is who across systems."""

from dataclasses import replace

from blastradius.model.snapshot import Entry, Identities, Snapshot
from blastradius.model.sources import Problem, Source
from blastradius.systems.joining import joined
from blastradius.systems.merge import merge
from tests.support.build import group, principal, snapshot

HERE = Source("who.yaml", 4)


def with_identities(facts: Snapshot, **known: object) -> Snapshot:
    return replace(facts, identities=Identities(**known))  # type: ignore[arg-type]


def join(facts: Snapshot) -> tuple[Snapshot, list[Problem]]:
    problems: list[Problem] = []
    return joined(facts, problems), problems


def test_a_snapshot_that_says_nothing_of_it_stays_the_same_object() -> None:
    facts = snapshot(principal("user:ana@acme.example"))
    assert join(facts)[0] is facts


def test_accounts_of_one_address_belong_to_one_person() -> None:
    facts = with_identities(
        snapshot(principal("user:github/ana"), principal("user:ana@acme.example"), principal("user:aws/1/ana")),
        emails={
            "user:github/ana": "Ana@Acme.example",
            "user:aws/1/ana": "ben@acme.example",
            "user:gone": "x@y.z",
        },
    )
    found, problems = join(facts)
    assert found.same_as == (frozenset({"user:github/ana", "user:ana@acme.example"}),)
    assert problems == []
    assert found.identities == Identities()


def test_what_is_stated_already_is_not_stated_twice() -> None:
    accounts = frozenset({"user:github/ana", "user:ana@acme.example"})
    facts = with_identities(
        snapshot(principal("user:github/ana"), principal("user:ana@acme.example")),
        emails={"user:github/ana": "ana@acme.example"},
    )
    assert join(replace(facts, same_as=(accounts,)))[0].same_as == (accounts,)


def test_addresses_alone_join_nobody_unless_a_system_says_whose_they_are() -> None:
    facts = with_identities(
        snapshot(principal("user:ana@acme.example"), principal("user:ANA@acme.example")),
        domains=frozenset({"acme.example"}),
    )
    assert join(facts)[0].same_as == ()


def test_a_group_is_fed_by_a_group_of_another_system() -> None:
    facts = with_identities(
        snapshot(group("team:acme/eng", "user:a"), group("group:eng@acme.example"), principal("user:a")),
        members=(("team:acme/eng", Entry("group:eng@acme.example", source=HERE)),),
    )
    found, problems = join(facts)
    assert problems == []
    assert [entry.id for entry in found.groups["team:acme/eng"].members] == ["user:a", "group:eng@acme.example"]


def test_a_role_may_be_assumed_by_a_group_of_another_system() -> None:
    facts = with_identities(
        snapshot(principal("role:aws/1/admin"), group("group:sre@acme.example")),
        assumable_by=(("role:aws/1/admin", Entry("group:sre@acme.example", "with a key")),),
    )
    found, _ = join(facts)
    assert found.principals["role:aws/1/admin"].assumable_by == (Entry("group:sre@acme.example", "with a key"),)


def test_feeding_what_no_system_has_is_an_error_with_the_one_that_was_meant() -> None:
    facts = with_identities(
        snapshot(group("team:acme/eng"), principal("user:a")),
        members=(("team:acme/engg", Entry("user:a", source=HERE)),),
        assumable_by=(("role:aws/1/x", Entry("user:a", source=HERE)),),
    )
    _, problems = join(facts)
    assert [(problem.message, problem.source) for problem in problems] == [
        ("unknown principal `role:aws/1/x`", HERE),
        ("unknown group `team:acme/engg`", HERE),
    ]
    assert "team:acme/eng" in problems[1].help


def test_an_address_of_an_account_that_no_system_has_is_an_error() -> None:
    facts = with_identities(
        snapshot(principal("user:aws/1/bo")),
        emails={"user:aws/1/bob": "bo@acme.example"},
        named={"user:aws/1/bob": HERE},
    )
    (problem,) = join(facts)[1]
    assert (problem.message, problem.source) == ("unknown principal `user:aws/1/bob`", HERE)
    assert "user:aws/1/bo" in problem.help


def test_a_group_without_a_list_of_members_cannot_be_fed() -> None:
    facts = with_identities(
        snapshot(group("group:open", all_of=["everyone"], is_open=True), principal("user:a")),
        members=(("group:open", Entry("user:a", source=HERE)),),
    )
    assert [problem.source for problem in join(facts)[1]] == [HERE]


def test_a_whole_domain_holds_its_known_accounts_and_keeps_the_unknown_ones() -> None:
    facts = with_identities(
        snapshot(
            principal("user:ana@acme.example"),
            principal("user:github/bo"),
            principal("user:eve@other.example"),
            group("domain:acme.example", unlisted=True),
        ),
        emails={"user:github/bo": "bo@acme.example"},
        mentioned=frozenset({"domain:acme.example"}),
    )
    found = join(facts)[0].groups["domain:acme.example"]
    assert [entry.id for entry in found.members] == ["user:ana@acme.example", "user:github/bo"]
    assert found.unlisted


def test_whoever_is_of_another_domain_is_external_once_the_own_ones_are_known() -> None:
    facts = snapshot(
        principal("user:ana@acme.example"),
        principal("user:eve@other.example"),
        principal("user:github/bo"),
        principal("service:robot@project.iam.gserviceaccount.com"),
        group("group:all@other.example", unlisted=True),
        group("group:listed@other.example", "user:eve@other.example"),
        group("domain:other.example", unlisted=True),
        group("group:eng@acme.example", unlisted=True),
    )
    found, _ = join(
        with_identities(facts, domains=frozenset({"acme.example"}), emails={"user:github/bo": "bo@sub.acme.example"})
    )
    external = [one.id for one in (*found.principals.values(), *found.groups.values()) if one.external]
    assert external == ["user:eve@other.example", "user:github/bo", "group:all@other.example", "domain:other.example"]
    assert not any(one.external for one in join(with_identities(facts, mentioned=frozenset({"x"})))[0].groups.values())


def test_whoever_knows_a_group_wins_over_whoever_mentions_it() -> None:
    mention = with_identities(
        snapshot(group("group:eng@acme.example", unlisted=True)), mentioned=frozenset({"group:eng@acme.example"})
    )
    known = snapshot(group("group:eng@acme.example", "user:ana"), principal("user:ana"))
    for order in ([mention, known], [known, mention]):
        merged, problems = merge(order)
        assert problems == []
        assert not merged.groups["group:eng@acme.example"].unlisted
        assert [entry.id for entry in merged.groups["group:eng@acme.example"].members] == ["user:ana"]


def test_two_mentions_say_what_either_says() -> None:
    first = with_identities(
        snapshot(principal("user:a", "group:x"), group("group:x", "user:a")), mentioned=frozenset({"user:a", "group:x"})
    )
    second = with_identities(
        snapshot(principal("user:a", "group:y", external=True), group("group:x", "user:b", unlisted=True)),
        mentioned=frozenset({"user:a", "group:x"}),
    )
    merged, problems = merge([first, second])
    assert problems == []
    assert merged.principals["user:a"].external
    assert [entry.id for entry in merged.principals["user:a"].assumable_by] == ["group:x", "group:y"]
    assert [entry.id for entry in merged.groups["group:x"].members] == ["user:a", "user:b"]
    assert merged.groups["group:x"].unlisted


def test_two_systems_that_both_know_a_group_must_agree() -> None:
    _, problems = merge([snapshot(group("group:x", "user:a")), snapshot(group("group:x", "user:b"))])
    assert len(problems) == 1
