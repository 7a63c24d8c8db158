"""What an organisation's files mean for who can do what, asked of the reference engine."""

from dataclasses import replace

import pytest

from blastradius.access.reference import compare
from blastradius.model.delta import AccessChange
from blastradius.model.snapshot import Capability, PrincipalKind, Snapshot

ORG = """
    admins: [ana]
    members: [bo, cy]
    default_repository_permission: none
    members_can_create_repositories: false
"""


def held(snapshot):
    """List every (principal, capability, resource) of a state, by comparing it with one that grants nothing."""
    delta = compare(replace(snapshot, grants=()), snapshot)
    return {
        (delta.principals[who].removeprefix("user:github/"), capability.label, delta.resources[what])
        for scope in delta.scopes
        for (change, capability), people in scope.capability_changes.items()
        if change is AccessChange.GAINED
        for who in people
        for what in scope.resources
    }


def on(snapshot, resource):
    """List who can do what on one resource, as ``login capability``."""
    return {f"{who} {capability}" for who, capability, where in held(snapshot) if where == resource}


def members(snapshot, group):
    return [entry.id for entry in snapshot.groups[group].members]


def test_an_admin_may_do_everything_in_the_organisation(read):
    facts = read(ORG + "    teams: {core: {repos: {engine: read}}}\n")
    assert {f"ana {c}" for c in ("read", "write", "manage")} == on(facts, "repo:acme/engine")
    assert on(facts, "team:acme/core") == {"ana manage"}
    assert "ana manage" in on(facts, "org:acme")


def test_members_get_the_base_permission_on_every_repository(read):
    facts = read(ORG.replace("none", "write") + "    teams: {core: {repos: {engine: read}}}\n")
    assert {"bo read", "bo write", "cy read", "cy write"} <= on(facts, "repo:acme/engine")
    assert "bo manage" not in on(facts, "repo:acme/engine")


def test_the_base_permission_reaches_no_team_and_no_right_to_make_repositories(read):
    facts = read(ORG.replace("none", "admin") + "    teams: {core: {}}\n")
    assert on(facts, "team:acme/core") == {"ana manage"}
    assert on(facts, "org:acme/new-repositories") == {"ana write"}


def test_without_a_stated_base_permission_members_read_as_github_lets_them_by_default(read):
    facts = read("admins: [ana]\nmembers: [bo]\nteams: {core: {repos: {engine: write}}}\n")
    assert "bo read" in on(facts, "repo:acme/engine")
    assert "bo write" not in on(facts, "repo:acme/engine")
    assert facts.unread == ()


@pytest.mark.parametrize(
    ("permission", "capabilities"),
    [
        ("read", {"read"}),
        ("triage", {"read"}),
        ("write", {"read", "write"}),
        ("maintain", {"read", "write"}),
        ("admin", {"read", "write", "manage"}),
        ("pull", {"read"}),
        ("push", {"read", "write"}),
        ("Admin", {"read", "write", "manage"}),
        ("none", set()),
    ],
)
def test_a_teams_permission_means_what_github_says(read, permission, capabilities):
    facts = read(ORG + f"    teams: {{core: {{members: [bo], repos: {{engine: {permission}}}}}}}\n")
    assert {f"bo {c}" for c in capabilities} == {x for x in on(facts, "repo:acme/engine") if x.startswith("bo")}
    assert facts.unread == ()


def test_from_triage_to_pushing_is_a_gain(read):
    before, after = (
        read(ORG + f"    teams: {{core: {{members: [bo], repos: {{engine: {permission}}}}}}}\n")
        for permission in ("triage", "write")
    )
    (scope,) = compare(before, after).scopes
    assert (AccessChange.GAINED, Capability.WRITE) in scope.capability_changes


def test_a_role_of_the_organisations_own_counts_as_manage_and_is_reported(read):
    facts = read(ORG + "    teams: {core: {members: [bo], repos: {engine: release-captain}}}\n")
    assert {"bo read", "bo manage"} <= on(facts, "repo:acme/engine")
    assert facts.actions["custom:release-captain"] is Capability.MANAGE
    (problem,) = facts.unread
    assert "`release-captain`" in problem.message
    assert str(problem.source) == "given/acme/org.yaml:6:39"


@pytest.mark.parametrize("permission", ["maintainer", "007", "owner"])
def test_nothing_but_githubs_roles_passes_for_one(read, permission):
    facts = read(ORG + f"    teams: {{core: {{members: [bo], repos: {{engine: {permission}}}}}}}\n")
    assert f"custom:{permission}" in facts.actions
    assert len(facts.unread) == 1


def test_an_unknown_base_permission_counts_as_manage_and_is_reported(read):
    facts = read(ORG.replace("none", "mentor"))
    assert "bo manage" in on(facts, "org:acme")
    assert len(facts.unread) == 1


def test_nested_teams_have_what_the_teams_above_them_have(read):
    facts = read(
        ORG
        + """
    teams:
      top:
        repos: {engine: write}
        teams:
          middle:
            teams:
              bottom: {members: [bo]}
      beside: {members: [cy]}
    """
    )
    assert {"bo read", "bo write"} <= on(facts, "repo:acme/engine")
    assert not any(x.startswith("cy") for x in on(facts, "repo:acme/engine"))


def test_a_team_does_not_have_what_the_teams_below_it_have(read):
    facts = read(ORG + "    teams: {top: {members: [bo], teams: {low: {repos: {engine: write}}}}}\n")
    assert not any(x.startswith("bo") for x in on(facts, "repo:acme/engine"))


def test_a_maintainer_is_a_member_who_may_change_the_members(read):
    facts = read(ORG + "    teams: {core: {maintainers: [bo], members: [cy], repos: {engine: write}}}\n")
    assert on(facts, "team:acme/core") == {"ana manage", "bo manage"}
    assert {"bo write", "cy write"} <= on(facts, "repo:acme/engine")


def test_a_login_is_the_same_whatever_its_case_and_with_an_at_sign(read):
    facts = read("admins: [Ana]\nmembers: [BO, '@bO']\nteams: {core: {members: [bo, ana]}}\n")
    assert list(facts.principals) == ["user:github/bo", "user:github/ana"]
    assert members(facts, "org:acme") == ["org:acme/admins", "user:github/bo"]
    assert not any(principal.external for principal in facts.principals.values())


def test_logins_that_look_like_numbers_or_truth_values_stay_names(read):
    facts = read("admins: [249043822, 0xMH, 0x1F, no, 1e5, 007, 12_3, true, on, 'null']\n")
    logins = "249043822 0xmh 0x1f no 1e5 007 12_3 true on null"
    assert members(facts, "org:acme/admins") == [f"user:github/{login}" for login in logins.split()]


def test_teams_and_repositories_that_look_like_numbers_stay_names(read):
    facts = read(ORG + "    teams: {007: {repos: {1e3: read}}}\n")
    assert "team:acme/007" in facts.groups
    assert "repo:acme/1e3" in facts.resources


def test_a_bot_is_a_service(read):
    facts = read("admins: [ana]\nrepos: {engine: {collaborators: {'release[bot]': write}}}\n")
    bot = facts.principals["service:github/release[bot]"]
    assert bot.kind is PrincipalKind.SERVICE
    assert facts.unread == ()


def test_an_outside_collaborator_is_external_and_gets_no_base_permission(read):
    facts = read(
        """
        admins: [ana]
        members: [bo]
        default_repository_permission: read
        repos:
          engine: {collaborators: {agency: write, bo: admin}}
          ledger: {}
        """
    )
    assert {p.id for p in facts.principals.values() if p.external} == {"user:github/agency"}
    assert {"agency read", "agency write", "bo manage"} <= on(facts, "repo:acme/engine")
    assert not any(x.startswith("agency") for x in on(facts, "repo:acme/ledger"))


def test_somebody_put_into_a_team_from_outside_is_external_and_invited_into_the_organisation(read):
    facts = read(ORG.replace("none", "read") + "    teams: {core: {members: [dee], repos: {engine: write}}}\n")
    assert facts.principals["user:github/dee"].external
    assert "dee write" in on(facts, "repo:acme/engine")
    assert "dee read" in on(facts, "org:acme")


def test_a_member_of_one_organisation_is_not_external_in_another_beside_it(read):
    facts = read(
        {"acme/org.yaml": ORG, "beta/org.yaml": "admins: [zoe]\nrepos: {engine: {collaborators: {bo: read}}}\n"}
    )
    assert not facts.principals["user:github/bo"].external


def test_a_public_repository_can_be_pulled_by_anybody(read):
    facts = read(ORG + "    repos: {site: {private: false}, ledger: {private: true}, other: {}}\n")
    assert "outsider read" in on(facts, "repo:acme/site")
    for closed in ("ledger", "other"):
        assert not any(x.startswith(("outsider", "bo")) for x in on(facts, f"repo:acme/{closed}"))
    assert [facts.resources[f"repo:acme/{name}"].labels for name in ("site", "ledger", "other")] == [
        (("visibility", "public"),),
        (("visibility", "private"),),
        (),
    ]


def test_an_internal_repository_is_open_to_an_enterprise_that_no_file_lists(read):
    facts = read(ORG + "    repos: {site: {visibility: internal, collaborators: {agency: read}}}\n")
    assert facts.groups["org:acme/enterprise"].unlisted
    assert {"org:acme/enterprise#unlisted read", "bo read"} <= on(facts, "repo:acme/site")
    assert "outsider read" not in on(facts, "repo:acme/site")


def test_archived_and_privacy_are_labels(read):
    facts = read(ORG + "    repos: {old: {archived: true}}\n    teams: {core: {privacy: secret}}\n")
    assert facts.resources["repo:acme/old"].labels == (("archived", "true"),)
    assert facts.resources["team:acme/core"].labels == (("privacy", "secret"),)


def test_who_may_make_repositories_is_read(read):
    closed, opened, unsaid = (
        read(f"admins: [ana]\nmembers: [bo]\n{line}\n")
        for line in ("members_can_create_repositories: false", "members_can_create_repositories: true", "")
    )
    assert on(closed, "org:acme/new-repositories") == {"ana write"}
    assert on(opened, "org:acme/new-repositories") == {"ana write", "bo write"}
    assert on(unsaid, "org:acme/new-repositories") == {"ana write", "bo write"}


def test_everything_points_at_the_line_it_was_read_from(read):
    facts = read(
        {
            "acme/org.yaml": "admins:\n- ana\nmembers:\n- bo\n- cy\ndefault_repository_permission: read\n",
            "acme/core/teams.yaml": "teams:\n  core:\n    members:\n    - cy\n    maintainers:\n    - bo\n"
            "    repos:\n      engine: write\n",
        }
    )
    org, team = "given/acme/org.yaml", "given/acme/core/teams.yaml"
    places = {entry.id: str(entry.source) for entry in facts.groups["team:acme/core"].members}
    assert places == {"user:github/bo": f"{team}:6:7", "user:github/cy": f"{team}:4:7"}
    grants = {(grant.subject, grant.resource): str(grant.source) for grant in facts.grants}
    assert grants["team:acme/core", "repo:acme/engine"] == f"{team}:8:7"
    assert grants["user:github/bo", "team:acme/core"] == f"{team}:6:7"
    assert grants["org:acme", "org:acme"] == f"{org}:6:1"
    assert grants["org:acme/admins", "org:acme"] == f"{org}:1:1"
    assert str(facts.principals["user:github/cy"].source) == f"{org}:5:3"


def test_equal_facts_stand_once(read):
    facts = read(
        ORG + "    teams: {core: {members: [bo, bo, BO], maintainers: [bo], repos: {engine: read, Engine: pull}}}\n"
    )
    assert members(facts, "team:acme/core") == ["user:github/bo"]
    assert len(set(facts.grants)) == len(facts.grants)


def test_every_id_that_a_fact_names_exists(read):
    facts: Snapshot = read(
        ORG
        + """
    teams: {core: {members: [dee], teams: {low: {repos: {x: odd}}}}}
    repos: {y: {visibility: internal}}
    """
    )
    known = {*facts.principals, *facts.groups, "everyone", "public"}
    assert {entry.id for group in facts.groups.values() for entry in group.members} <= known
    assert {grant.subject for grant in facts.grants} <= known
    assert {grant.resource for grant in facts.grants} <= set(facts.resources)
    assert {parent for r in facts.resources.values() for parent in r.parents} <= set(facts.resources)
    assert {grant.role for grant in facts.grants if grant.role} <= set(facts.roles)
    assert {a for grant in facts.grants for a in grant.actions} <= set(facts.actions)
    assert {a for role in facts.roles.values() for a in role.actions} <= set(facts.actions)
