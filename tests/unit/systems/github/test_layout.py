"""Which documents are recognised, and which organisation each speaks of."""

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.github.snapshot import read as read_documents
from blastradius.systems.github.snapshot import recognises

ORG = "admins: [ana]\nmembers: [bo]\ndefault_repository_permission: none\n"
TEAMS = "teams: {core: {members: [bo], repos: {engine: write}}}\n"


@pytest.mark.parametrize(
    "text",
    [
        ORG,
        TEAMS,
        "teams:",
        "teams: []",
        "admins: 3",
        "members: [ana]\nname: x",
        "orgs: {acme: {admins: [ana]}}",
        "orgs:",
        "orgs: []",
        '{"orgs": {"acme": {"members": ["ana"]}}}',
        "restrictions: [{path: a, allowedRepos: ['^b']}]",
    ],
)
def test_organisations_as_code_are_recognised(documents, text):
    assert all(recognises(document) for document in documents({"x.yaml": text}))


@pytest.mark.parametrize(
    "text",
    [
        "format: blastradius.snapshot/1\nteams: {a: {}}",
        "apiVersion: v1\nkind: ConfigMap\nadmins: [ana]",
        '{"login": "acme", "default_repository_permission": "read"}',
        "members: [ana]\nsubjects: [bo]",
        "restrictions: [a]",
        "restrictions: [{path: a, allowedGroups: ['^b']}]",
        "restrictions: [{path: a}]\nrules: []",
        "name: acme",
        "groups: [{members: [ana]}]",
        "- admins",
        "admins",
        "3",
        "[]",
        "{}",
    ],
)
def test_other_documents_are_left_to_others(documents, text):
    assert not any(recognises(document) for document in documents({"x.yaml": text}))


def test_the_folder_of_an_organisation_is_its_login(read):
    facts = read({"Acme/org.yaml": ORG, "Acme/core/teams.yaml": TEAMS, "beta/org.yaml": ORG})
    assert {"org:acme", "org:beta", "team:acme/core", "repo:acme/engine"} <= set(facts.resources)
    assert "team:beta/core" not in facts.resources


def test_the_folder_may_stand_anywhere_below_the_given_one(read):
    facts = read({"config/acme/org.yaml": ORG, "config/acme/a/b/teams.yaml": TEAMS})
    assert "team:acme/core" in facts.groups


def test_the_nearest_organisation_above_a_file_of_teams_owns_it(read):
    facts = read({"acme/org.yaml": ORG, "acme/labs/org.yaml": ORG, "acme/labs/x/teams.yaml": TEAMS})
    assert "team:labs/core" in facts.groups
    assert "team:acme/core" not in facts.groups


def test_an_organisation_in_the_given_folder_itself_is_called_by_its_name(read):
    facts = read({"org.yaml": ORG + "name: Acme & Sons\n", "core/teams.yaml": TEAMS})
    assert {"org:acme-sons", "team:acme-sons/core"} <= set(facts.groups)


def test_an_organisation_that_nothing_names_is_unnamed_on_both_sides(read):
    facts = read({"org.yaml": ORG})
    assert "org:unnamed" in facts.groups


def test_files_named_one_by_one_still_belong_to_the_organisation_above_them(documents):
    named = documents({"org.yaml": ORG + "name: acme"}, "config/x") + documents({"teams.yaml": TEAMS}, "config/x/core")
    assert "team:acme/core" in read_documents(named).groups


def test_all_organisations_may_stand_in_one_document(read):
    facts = read({"config.yaml": "orgs:\n  Acme: {admins: [ana], teams: {core: {}}}\n  beta: {members: [bo]}\n"})
    assert {"org:acme", "org:beta", "team:acme/core"} <= set(facts.groups)


def test_an_empty_organisation_is_none(read):
    facts = read({"config.yaml": "orgs: {acme: }\n"})
    assert facts.groups == {}


def test_an_unknown_field_beside_orgs_is_reported(read):
    facts = read({"config.yaml": "orgs: {acme: {admins: [ana]}}\nbranch-protection: {}\n"})
    (problem,) = facts.unread
    assert "`branch-protection`" in problem.message
    assert str(problem.source) == "given/config.yaml:2:1"


def test_rules_about_the_files_change_nothing(read):
    assert read({"acme/org.yaml": ORG}) == read(
        {"acme/org.yaml": ORG, "restrictions.yaml": "restrictions: [{path: acme/org.yaml}]\n"}
    )


def test_teams_without_their_organisation_have_members_that_nobody_lists(read):
    facts = read({"acme/core/teams.yaml": TEAMS})
    assert facts.groups["org:acme"].unlisted
    assert not facts.principals["user:github/bo"].external
    assert [entry.id for entry in facts.groups["org:acme"].members] == ["user:github/bo"]
    assert [(grant.subject, grant.resource) for grant in facts.grants] == [("team:acme/core", "repo:acme/engine")]


def test_an_organisation_described_twice_is_an_error_that_names_both_places(read):
    with pytest.raises(SnapshotError) as raised:
        read({"acme/org.yaml": ORG, "acme/more.yaml": ORG})
    (problem,) = raised.value.problems
    assert str(problem) == (
        "given/acme/org.yaml:1:1: the organisation `acme` is described twice, first at given/acme/more.yaml:1:1"
    )


def test_the_order_of_the_files_does_not_matter(documents):
    files = {"acme/org.yaml": ORG, "acme/a/teams.yaml": TEAMS, "acme/b/teams.yaml": "teams: {core: {}}\n"}
    forwards, backwards = documents(files), documents(dict(reversed(files.items())))
    assert read_documents(forwards) == read_documents(backwards)
    assert str(read_documents(forwards).unread) == str(read_documents(backwards).unread)


def test_a_team_described_twice_is_what_the_later_file_says_and_a_problem(read):
    facts = read(
        {
            "acme/org.yaml": ORG + "teams: {core: {members: [ana]}}\n",
            "acme/b/teams.yaml": "teams: {core: {members: [bo]}}\n",
            "acme/a/teams.yaml": "teams: {Core: {members: [ana, bo]}}\n",
        }
    )
    assert [entry.id for entry in facts.groups["team:acme/core"].members] == ["user:github/bo"]
    assert [str(problem) for problem in facts.unread] == [
        "given/acme/a/teams.yaml:1:9: the team `core` is described twice, "
        "and this replaces what stands at given/acme/org.yaml:4:9",
        "given/acme/b/teams.yaml:1:9: the team `core` is described twice, "
        "and this replaces what stands at given/acme/a/teams.yaml:1:9",
    ]


def test_what_was_nested_in_a_replaced_team_goes_with_it(read):
    facts = read(
        {
            "acme/org.yaml": ORG + "teams: {core: {teams: {low: {}}}}\n",
            "acme/b/teams.yaml": "teams: {core: {}}\n",
        }
    )
    assert "team:acme/low" not in facts.groups


def test_a_nested_team_that_is_described_elsewhere_as_well_is_a_problem(read):
    facts = read(ORG + "teams: {core: {}, top: {teams: {core: {}}}}\n")
    assert len(facts.unread) == 1
    assert [entry.id for entry in facts.groups["team:acme/top"].members] == ["team:acme/core"]


def test_a_team_described_twice_in_the_same_words_is_no_problem(read):
    facts = read({"acme/org.yaml": ORG + TEAMS, "acme/b/teams.yaml": TEAMS})
    assert facts.unread == ()


def test_a_team_nested_in_itself_is_read(read):
    facts = read(ORG + "teams: {core: {members: [bo], teams: {core: {members: [ana]}}}}\n")
    assert [entry.id for entry in facts.groups["team:acme/core"].members] == ["user:github/ana", "team:acme/core"]


def test_a_repository_of_the_other_side_exists_here_as_well(read):
    here, there = {"acme/org.yaml": ORG}, {"acme/org.yaml": ORG, "acme/x/teams.yaml": TEAMS}
    assert "repo:acme/engine" not in read(here).resources
    facts = read(here, other=there)
    assert facts.resources["repo:acme/engine"].parents == ("org:acme",)
    assert (facts.groups, facts.grants) == (read(here).groups, read(here).grants)


def test_a_repository_nested_deep_on_the_other_side_exists_here_as_well(read):
    there = ORG + "teams: {a: {teams: {b: {repos: {Engine: read}}}}}\n"
    assert "repo:acme/engine" in read({"acme/org.yaml": ORG}, other={"acme/org.yaml": there}).resources


def test_a_repository_that_only_the_other_side_describes_is_new_where_repositories_are_described(read):
    mine = ORG + "repos: {engine: {}}\n"
    there = ORG + "repos: {engine: {}, fresh: {}}\nteams: {core: {repos: {fresh: write, known: write}}}\n"
    facts = read({"acme/org.yaml": mine}, other={"acme/org.yaml": there})
    assert "repo:acme/fresh" not in facts.resources
    assert "repo:acme/known" in facts.resources


def test_a_repository_described_first_on_the_other_side_is_not_new_where_none_are_described(read):
    facts = read({"acme/org.yaml": ORG}, other={"acme/org.yaml": ORG + "repos: {engine: {private: false}}\n"})
    assert facts.resources["repo:acme/engine"].labels == ()
    assert not any(grant.subject == "public" for grant in facts.grants)


def test_nothing_is_taken_from_an_organisation_that_is_not_here(read):
    assert read({"acme/org.yaml": ORG}, other={"beta/org.yaml": ORG + TEAMS}) == read({"acme/org.yaml": ORG})


def test_what_is_wrong_on_the_other_side_is_not_reported_here(read):
    there = ORG + "teams: {core: {repos: [3], members: 4, teams: 5}, low: 3}\nrepos: 7\n"
    assert read({"acme/org.yaml": ORG}, other={"acme/org.yaml": there}).unread == ()
