"""The Google groups of a real organisation, against a reader that knows nothing but plain YAML and sets."""

from collections import defaultdict

import pytest
import yaml

from blastradius.documents import read_files
from blastradius.systems.directory import snapshot
from blastradius.systems.recognising import documents_of

MEMBERS_MAY = ("WhoCanAdd", "WhoCanApproveMembers", "WhoCanInvite", "WhoCanModerateMembers", "WhoCanModifyMembers")


@pytest.fixture(scope="module")
def folder(corpus):
    return corpus / "gcp" / "k8s-infra-groups"


@pytest.fixture(scope="module")
def facts(folder):
    documents = [one for file in read_files([str(folder)]) for one in documents_of(file, {"directory": snapshot})]
    unknown = [document.file.label for document in documents if not snapshot.recognises(document)]
    assert unknown == []
    return snapshot.read(documents)


@pytest.fixture(scope="module")
def plain(folder):
    """Read every group of every file with plain YAML: its lists of addresses and its settings."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        tree = yaml.safe_load(path.read_text("utf-8"))
        found += tree.get("groups") or []
    assert found
    return found


def addresses(group, *keys):
    return {address.lower() for key in keys for address in group.get(key) or []}


def test_every_group_and_every_member_is_there_and_nobody_else(facts, plain):
    wanted: defaultdict[str, set[str]] = defaultdict(set)
    for group in plain:
        wanted[group["email-id"].lower()] |= addresses(group, "owners", "managers", "members")
    listed = {name: group for name, group in facts.groups.items() if name not in facts.identities.mentioned}
    got = {
        name.removeprefix("group:"): {entry.id.partition(":")[2] for entry in group.members if entry.id != "public"}
        for name, group in listed.items()
    }
    pairs = sum(len(members) for members in wanted.values())
    print(f"groups: {len(got)} of {len(wanted)}; members: {sum(len(m) for m in got.values())} of {pairs}")
    assert got == dict(wanted)


def test_a_member_is_a_group_exactly_when_it_is_the_address_of_one(facts, plain):
    names = {group["email-id"].lower() for group in plain}
    for group in facts.groups.values():
        for entry in group.members:
            kind, _, name = entry.id.partition(":")
            if entry.id != "public":
                assert (kind == "group") is (name in names or name.endswith("@googlegroups.com"))


def test_owners_and_managers_and_nobody_else_manage_a_group(facts, plain):
    wanted = {(who, group["email-id"].lower()) for group in plain for who in addresses(group, "owners", "managers")}
    open_to_members = {
        group["email-id"].lower()
        for group in plain
        if any(str(group.get("settings", {}).get(key)).startswith("ALL_MEMBERS") for key in MEMBERS_MAY)
    }
    wanted |= {(name, name) for name in open_to_members}
    got = {(grant.subject.partition(":")[2], grant.resource.partition(":")[2]) for grant in facts.grants}
    owners = {(g.subject.partition(":")[2], g.resource.partition(":")[2]) for g in facts.grants if "owner" in g.role}
    print(f"managers: {len(got)} of {len(wanted)}, of them owners: {len(owners)}")
    assert got == wanted
    assert owners == {(who, group["email-id"].lower()) for group in plain for who in addresses(group, "owners")}


def values(group, key):
    return {str(value) for name, value in (group.get("settings") or {}).items() if name == key}


def test_groups_with_members_nobody_lists_and_groups_anyone_may_join(facts, plain):
    unlisted = {g["email-id"].lower() for g in plain if values(g, "ReconcileMembers") != {"true"}}
    joined = {g["email-id"].lower() for g in plain if "ANYONE_CAN_JOIN" in values(g, "WhoCanJoin")}
    described = {
        name.removeprefix("group:"): g for name, g in facts.groups.items() if name not in facts.identities.mentioned
    }
    assert {name for name, group in described.items() if group.unlisted} == unlisted
    got = {name for name, group in described.items() if any(entry.id == "public" for entry in group.members)}
    print(f"not reconciled: {len(unlisted)}, open to anyone: {len(got)} of {len(joined)}")
    assert got == joined


def test_nothing_is_left_that_was_not_understood(facts):
    # Two files may describe one group; then the members of both count, and it is said.
    assert [f"{problem}" for problem in facts.unread if "is described twice" not in problem.message] == []
    assert [one for one in facts.coverage if one.completeness != "complete"] == []
