"""The policies of a real organisation together with its groups: who is behind the groups that policies name."""

import json
import tarfile

import pytest

from blastradius.documents import read_files
from blastradius.systems.load import load


@pytest.fixture(scope="module")
def folder(corpus):
    return corpus / "gcp"


@pytest.fixture(scope="module")
def audit(folder, tmp_path_factory):
    """Unpack the policies, since the program reads folders."""
    target = tmp_path_factory.mktemp("audit")
    with tarfile.open(folder / "k8s-infra-audit.tar.gz") as tar:
        tar.extractall(target, filter="data")
    return target


def named_groups(audit):
    """List the groups that policies name, with plain JSON."""
    policies = (json.loads(path.read_text("utf-8")) for path in audit.rglob("iam.json"))
    members = (m for policy in policies for binding in policy.get("bindings", ()) for m in binding["members"])
    return {member.lower() for member in members if member.startswith("group:")}


def test_groups_of_policies_are_those_of_the_membership_lists(folder, audit, capsys):
    named = named_groups(audit)
    alone = load(read_files([str(audit)])).snapshot
    both = load(read_files([str(audit), str(folder / "k8s-infra-groups")])).snapshot
    assert all(alone.groups[group].unlisted and not alone.groups[group].members for group in named)
    known = {group for group in named if both.groups[group].members}
    with capsys.disabled():
        print(
            f"\nk8s-infra: {len(known)} of {len(named)} groups in policies have members in the groups' files;"
            f" {len(both.principals)} principals together, {len(alone.principals)} in policies alone;"
            f" without: {', '.join(sorted(named - known)) or 'none'}"
        )
    assert known
    # Whoever is in such a group is a principal of its own, once, whichever file names them.
    people = {entry.id for group in known for entry in both.groups[group].members}
    assert people <= both.principals.keys() | both.groups.keys()
    assert alone.resources.keys() <= both.resources.keys()
    assert set(alone.grants) == {grant for grant in both.grants if grant.resource in alone.resources}
