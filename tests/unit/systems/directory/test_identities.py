"""The small file that says who is who in other systems."""

import pytest

from blastradius.errors import SnapshotError

WHO = """
format: blastradius.identities/1
domains: [acme.example, "@Acme-Labs.example"]
emails: {user:github/ana: Ana@acme.example}
same_as: [[user:github/ben-l, user:ben@acme.example]]
members: {team:acme/data: [group:data@acme.example, {id: everyone, when: at night}]}
assumable_by: {role:aws/111122223333/analyst: [group:data@acme.example]}
"""


def test_what_the_file_says_goes_to_the_systems_that_it_joins(read):
    facts = read({"who.yaml": WHO})
    identities = facts.identities
    assert identities.domains == {"acme.example", "acme-labs.example"}
    assert dict(identities.emails) == {"user:github/ana": "ana@acme.example"}
    assert facts.same_as == (frozenset({"user:github/ben-l", "user:ben@acme.example"}),)
    assert [(group, entry.id, entry.when) for group, entry in identities.members] == [
        ("team:acme/data", "group:data@acme.example", None),
        ("team:acme/data", "everyone", "at night"),
    ]
    assert [(who, entry.id) for who, entry in identities.assumable_by] == [
        ("role:aws/111122223333/analyst", "group:data@acme.example")
    ]
    assert all(entry.source.line for _, entry in (*identities.members, *identities.assumable_by))
    assert facts.same_as_sources[0].line


def test_files_that_agree_are_laid_together(read):
    assert read({"a.yaml": WHO, "b.yaml": WHO}).identities == read({"a.yaml": WHO}).identities


def test_files_that_disagree_about_an_address_are_refused(read):
    with pytest.raises(SnapshotError, match="elsewhere"):
        read({"a.yaml": WHO, "b.yaml": "format: blastradius.identities/1\nemails: {user:github/ana: b@x.example}\n"})


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("domain: [x.example]", "unknown field `domain`"),
        ("domains: x.example", "`domains` must be a list, not text"),
        ("domains: [ana@x.example]", "`ana@x.example` is no mail domain"),
        ("domains: [7]", "the item must be text, not a number"),
        ("emails: {ana: ana@x.example}", "the id `ana` has the wrong form"),
        ("emails: {user:a: ana}", "`ana` is no mail address"),
        ("emails: [x]", "`emails` must be a mapping, not a list"),
        ("same_as: [[user:a]]", "`same_as` needs at least two accounts"),
        ("same_as: [user:a]", "the item must be a list, not text"),
        ("members: {group:a: group:b}", "`group:a` must be a list, not text"),
        ("members: {group:a: [outsider]}", "`outsider` is reserved"),
        ("members: {'group:a#unlisted': [user:a]}", "`group:a#unlisted` is reserved"),
        ("members: {group:a: [{id: user:a, wen: x}]}", "unknown field `wen`"),
        ("members: {group:a: [{when: x}]}", "the entry lacks `id`"),
        ("members: {group:a: [{id: user:a, when: ''}]}", "`when` must not be empty"),
        ('assumable_by: {role:a: ["user:\\u202ea"]}', "holds a character that controls or hides text"),
        ("assumable_by: null", "`assumable_by` must be a mapping, not empty"),
    ],
)
def test_every_slip_is_said_with_its_place(read, line, message):
    with pytest.raises(SnapshotError) as caught:
        read({"who.yaml": f"format: blastradius.identities/1\n{line}\n"})
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].source.line == 2


def test_a_file_of_identities_that_may_be_cut_is_not_taken_for_whole(read, incomplete):
    text = "format: blastradius.identities/1\ndomains: [x.example]\n"
    assert incomplete(read({"who.yaml": text})) == []
    (said,) = incomplete(read({"who.yaml": text + "emails:\n  user:aws/1/bo: bo@x.exa"}))
    assert said.startswith("unknown: identities in given/who.yaml: the last line has no end")
