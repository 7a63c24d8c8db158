"""Ugly input: every wrong value is named with its place, all of them together, and nothing crashes."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import Document, File, LinedList, LinedMap, parse
from blastradius.errors import DocumentError, SnapshotError
from blastradius.systems.github.fields import ORGANISATION_FIELDS, REPOSITORY_FIELDS, TEAM_FIELDS
from blastradius.systems.github.snapshot import read as read_documents
from blastradius.systems.github.snapshot import recognises


def refused(read, text):
    with pytest.raises(SnapshotError) as raised:
        read(text)
    return [str(problem).removeprefix("given/acme/org.yaml:") for problem in raised.value.problems]


REFUSED = {
    "admins: ana": "1:1: `admins` of the organisation `acme` must be a list of logins, not text",
    "admins: {ana: 1}": "1:1: `admins` of the organisation `acme` must be a list of logins, not a mapping",
    "admins: [[ana]]": "1:10: `admins` of the organisation `acme` holds an entry that is a list, not a login",
    "admins: [{a: b}]": "1:10: `admins` of the organisation `acme` holds an entry that is a mapping, not a login",
    "admins:\n-": "2:2: `admins` of the organisation `acme` holds an entry that is empty, not a login",
    "admins: ['']": "1:10: `` cannot be the name of a login",
    "admins: ['@']": "1:10: `` cannot be the name of a login",
    'admins: ["a\\e[1mb"]': "1:10: `a\\x1b[1mb` cannot be the name of a login",
    'admins: ["a\\u202eb"]': "1:10: `a\\u202eb` cannot be the name of a login",
    "teams: 3\nadmins: []": "1:1: `teams` of the organisation `acme` must be a mapping, not a number",
    "teams: [a]\nadmins: []": "1:1: `teams` of the organisation `acme` must be a mapping, not a list",
    "teams: {core: 3}": "1:9: the team `core` must be a mapping",
    "teams: {core: {members: x}}": "1:16: `members` of the team `core` must be a list of logins, not text",
    "teams: {core: {maintainers: {}}}": (
        "1:16: `maintainers` of the team `core` must be a list of logins, not a mapping"
    ),
    "teams: {core: {repos: [x]}}": "1:16: `repos` of the team `core` must be a mapping, not a list",
    "teams: {core: {repos: {x: [read]}}}": "1:24: `x` of `repos` of the team `core` must be a word, not a list",
    "teams: {core: {repos: {x: }}}": (
        "1:24: `x` of `repos` of the team `core` must be a permission such as `read`, not empty"
    ),
    "teams: {core: {repos: {'': read}}}": "1:24: `` cannot be the name of a repository",
    "teams: {core: {privacy: {a: b}}}": "1:16: `privacy` of the team `core` must be a word, not a mapping",
    "teams: {core: {teams: x}}": "1:16: `teams` of the team `core` must be a mapping, not text",
    "teams: {'x#unlisted': {}}": "1:9: `x#unlisted` cannot be the name of a team",
    "teams: {' ': {}}": "1:9: ` ` cannot be the name of a team",
    'teams: {"a\\u200b": {}}': "1:9: `a\\u200b` cannot be the name of a team",
    "default_repository_permission: [read]": (
        "1:1: `default_repository_permission` of the organisation `acme` must be a word, not a list"
    ),
    "members_can_create_repositories: maybe": (
        "1:1: `members_can_create_repositories` of the organisation `acme` must be `true` or `false`, not text"
    ),
    "admins: []\nrepos: [x]": "2:1: `repos` of the organisation `acme` must be a mapping, not a list",
    "admins: []\nrepos: {x: 3}": "2:9: the repository `x` must be a mapping",
    "admins: []\nrepos: {x: {private: 1}}": (
        "2:13: `private` of the repository `x` must be `true` or `false`, not a number"
    ),
    "admins: []\nrepos: {x: {archived: 'yes'}}": (
        "2:13: `archived` of the repository `x` must be `true` or `false`, not text"
    ),
    "admins: []\nrepos: {x: {collaborators: [a]}}": (
        "2:13: `collaborators` of the repository `x` must be a mapping, not a list"
    ),
    "admins: []\nrepos: {x: {visibility: open}}": "2:13: unknown visibility `open` of the repository `x`",
    "admins: []\nrepos: {x: {visibility: public, private: true}}": (
        "2:13: the repository `x` is public, and `private` says otherwise"
    ),
    "admins: []\nrepos: {x: {visibility: internal, private: false}}": (
        "2:13: the repository `x` is internal, and `private` says otherwise"
    ),
    "admins: []\nrepos: {x: {}, X: {}}": (
        "2:16: the repository `X` is described twice, first at given/acme/org.yaml:2:9"
    ),
}


@pytest.mark.parametrize(("text", "problem"), REFUSED.items())
def test_a_wrong_value_is_refused_with_its_place(read, text, problem):
    assert refused(read, text) == [problem]


def test_all_problems_are_reported_together(read):
    assert len(refused(read, "admins: x\nmembers: {}\nteams: {a: 1, b: {repos: 2}}\n")) == 4


@pytest.mark.parametrize(("text", "name"), [("orgs: []", "unnamed"), ("orgs: {acme: [x]}", "acme")])
def test_organisations_that_are_no_mapping_are_refused(read, text, name):
    assert refused(read, text)[0].endswith(f"the organisation `{name}` must be a mapping")


def test_the_login_of_an_organisation_cannot_hide_characters(read):
    assert refused(read, 'orgs: {"a\\u200bb": {admins: [x]}}') == [
        "1:8: `a\\u200bb` cannot be the name of an organisation"
    ]


AS_SHOWN = "write the name as GitHub shows it"
UNREAD = {
    "admins: []\nmembrs: [a]": ("unknown field `membrs` in the organisation `acme`", "did you mean `members`?"),
    "teams: {a: {repo: {x: admin}}}": ("unknown field `repo` in the team `a`", "did you mean `repos`?"),
    "admins: []\nrepos: {x: {privte: true}}": (
        "unknown field `privte` in the repository `x`",
        "did you mean `private`?",
    ),
    "teams: {a: {privacy: hidden}}": ("unknown privacy `hidden` of the team `a`", "expected `closed` or `secret`"),
    "teams: {}\nmember: []": ("unknown field `member` in a file of teams", "known are `teams`"),
    "admins: [a b]": ("`a b` does not look like a login that GitHub could know", AS_SHOWN),
    "admins: [a@b.example]": ("`a@b.example` does not look like a login that GitHub could know", AS_SHOWN),
    "teams: {a: {repos: {x/y: read}}}": ("`x/y` does not look like a repository that GitHub could know", AS_SHOWN),
}


@pytest.mark.parametrize(("text", "expected"), UNREAD.items())
def test_what_is_not_understood_is_reported_and_not_refused(read, text, expected):
    (found,) = read(text).unread
    assert (found.message, found.help) == expected


def test_what_does_not_look_like_a_login_still_counts(read):
    assert "user:github/a@b.example" in read("admins: [a@b.example]").principals


def test_fields_that_are_known_to_change_no_access_are_no_problem(read):
    facts = read(
        """
        admins: [ana]
        name: Acme
        company: Acme
        email: a@b.example
        billing_email: a@b.example
        description: x
        location: y
        has_organization_projects: true
        has_repository_projects: false
        teams: {core: {description: x, privacy: closed, previously: [old]}}
        repos:
          engine: {description: x, homepage: y, has_wiki: true, default_branch: main, previously: [motor]}
        """
    )
    assert facts.unread == ()


def test_fields_may_be_left_empty(read):
    facts = read(
        "admins: \nmembers: \nteams: {core: {members: , maintainers: , repos: , teams: , privacy: }, low: }\n"
        "repos: \ndefault_repository_permission: \nmembers_can_create_repositories: \n"
    )
    assert facts.unread == ()
    assert {"team:acme/core", "team:acme/low"} <= set(facts.groups)


KEYS = st.sampled_from(
    sorted(ORGANISATION_FIELDS | TEAM_FIELDS | REPOSITORY_FIELDS | {"orgs", "restrictions", "x", "read", "path"})
)
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["ana", "bo", "", "read", "x", "a\u202eb"])


def lined(value):
    """Turn plain values into the containers that a document holds."""
    if isinstance(value, dict):
        mapping = LinedMap(1)
        for key, below in value.items():
            mapping[key] = lined(below)
            mapping.places[key] = 1
        return mapping
    if isinstance(value, list):
        entries = LinedList(1)
        entries += [lined(below) for below in value]
        return entries
    return value


@given(st.recursive(SCALARS, lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=4)))
def test_any_value_at_any_place_is_read_or_refused(value):
    document = Document(file_of("x"), lined(value))
    if not recognises(document):
        return
    problems, facts = outcome(document)
    assert (facts is None) == bool(problems)
    assert all(problem.source is not None and problem.message for problem in problems)


def outcome(document):
    try:
        return (), read_documents((document,), (document,))
    except SnapshotError as error:
        return error.problems, None


def file_of(text):
    return File("acme/org.yaml", PurePosixPath("acme/org.yaml"), text, "0" * 64)


def test_a_deep_tree_of_teams_is_read(read):
    depth = 25
    text = "teams: {t0: {" + "".join(f"teams: {{t{i}: {{" for i in range(1, depth)) + "}}" * depth
    assert len(read(text).groups) == depth + 1


def test_a_tree_of_teams_without_end_is_refused_by_the_reader():
    text = "teams: {t: {" * 200_000
    with pytest.raises(DocumentError, match="nested deeper"):
        parse(file_of(text))


def test_many_teams_are_read_in_a_moment(read):
    text = "teams:\n" + "".join(f"  t{i}: {{members: [u{i}], repos: {{r{i}: read}}}}\n" for i in range(4000))
    assert len(read(text).groups) == 4001
