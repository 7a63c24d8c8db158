"""A real organisation in Google Cloud: all of it is read, and so is every commit to its policies.

The facts are held against a reader that shares nothing with ours: plain JSON, a few lines, sets. It knows that folders
name resources, and of a role only the permissions that stand in JSON files.
"""

import gzip
import hashlib
import json
import re
import tarfile
from collections import Counter
from functools import cache
from pathlib import PurePosixPath

import pytest

from blastradius.documents import File, parse
from blastradius.model.snapshot import PUBLIC
from blastradius.systems.gcp.facts import build
from blastradius.systems.gcp.reading import read_state
from blastradius.systems.gcp.snapshot import read, recognises

PUBLIC_MEMBERS = {"allUsers", "allAuthenticatedUsers"}
ACTING = {
    f"iam.serviceAccount{verb}"
    for verb in (
        *("s.actAs", "s.getAccessToken", "s.getOpenIdToken", "s.implicitDelegation", "s.signBlob", "s.signJwt"),
        "Keys.create",
    )
}
# How the permissions begin that say something about a resource, by the folder it stands in.
ABOUT = {
    "buckets": ("storage.",),
    "secrets": ("secretmanager.",),
    "service-accounts": ("iam.serviceAccounts.", "iam.serviceAccountKeys.", "iam.serviceAccountApiKeyBindings."),
}
POLICY_OF_NODE = re.compile(r"resourcemanager\.(projects|folders|organizations)\.setIamPolicy")


@pytest.fixture(scope="module")
def folder(corpus):
    return corpus / "gcp"


def files_of(archive):
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".json"):
                yield member.name.partition("/")[2], tar.extractfile(member).read().decode()


@pytest.fixture(scope="module")
def audit(folder):
    return dict(files_of(folder / "k8s-infra-audit.tar.gz"))


@pytest.fixture(scope="module")
def predefined(folder):
    roles = (json.loads(text) for _, text in files_of(folder / "gcp-predefined-roles.tar.gz"))
    return {role["name"]: role.get("includedPermissions", []) for role in roles}


@cache
def documents_of(path, text):
    digest = hashlib.sha256(text.encode()).hexdigest()
    return parse(File(path, PurePosixPath(path), text, digest, named=False))


def documents(files):
    found = tuple(document for path, text in sorted(files.items()) for document in documents_of(path, text))
    unknown = [document.file.label for document in found if not recognises(document)]
    assert unknown == []
    return found


# What our reader found, as sets


def facts(snapshot, organizations):
    """Say who has what, acts as whom, and has which basic role; families and nodes of one resource are one."""

    def plain_id(written):
        name = written.partition(":")[2]
        kind, _, rest = name.partition("/")
        return f"organizations/{organizations.get(rest, rest)}" if kind == "organizations" else name

    found = set()
    for grant in snapshot.grants:
        resource = plain_id(grant.resource)
        # What those with a basic role have in buckets that no file describes stands in no policy.
        if not (grant.subject.startswith("project") and re.fullmatch("projects/[^/]+", resource)):
            found.add(("has", resource, grant.role.partition(" [")[0], grant.subject, grant.when))
    for principal in snapshot.principals.values():
        for entry in principal.assumable_by:
            if not entry.id.startswith("gcp-act-as:"):
                found.add(("acts as", principal.id.partition(":")[2], entry.id))
    for group in snapshot.groups.values():
        entries = {entry.id for entry in group.members}
        if group.id.startswith("gcp-act-as:"):
            found |= {("acts in", plain_id(group.id), one) for one in entries if not one.startswith("gcp-act-as:")}
    return found


# The independent reader


def place_of(path):
    """Tell the folder word and the name of the resource that a policy is of, in either layout."""
    parts = path.split("/")
    if "organizations" in parts:
        return "organizations", f"organizations/{parts[parts.index('organizations') + 1]}"
    if any(part.startswith("org_") for part in parts):
        return "organizations", "organizations/" + next(p for p in parts if p.startswith("org_"))[4:]
    project = parts[parts.index("projects") + 1] if "projects" in parts else parts[0]
    if "buckets" in parts:
        return "buckets", f"buckets/{parts[-2]}"
    if "service-accounts" in parts:
        return "service-accounts", parts[-2]
    if "secrets" in parts:
        return "secrets", f"projects/{project}/secrets/{parts[-2]}"
    return "projects", f"projects/{project}"


def subject_of(member):
    kind, _, name = member.partition(":")
    if member in PUBLIC_MEMBERS:
        return PUBLIC
    return member if kind.startswith("project") else {"serviceAccount": "service"}.get(kind, kind) + ":" + name.lower()


def plain_facts(files, predefined):
    roles = dict(predefined)
    for path, text in files.items():
        if "/roles/" in path:
            content = json.loads(text)
            roles[content["name"]] = content.get("includedPermissions", [])
    found = set()
    for path, text in files.items():
        if path.endswith("/iam.json"):
            word, resource = place_of(path)
            for binding in json.loads(text).get("bindings", []):
                found |= facts_of_binding(word, resource, binding, roles.get(binding["role"]))
    return found


def facts_of_binding(word, resource, binding, permissions):
    """Say what a binding gives; a role without permissions is one that no file defines."""
    subjects = {subject_of(member) for member in binding["members"] if not member.startswith("deleted:")}
    when = binding.get("condition", {}).get("expression")
    found = set()
    if permissions is None or any(is_about(word, permission) for permission in permissions):
        found |= {("has", resource, binding["role"], subject, when) for subject in subjects}
    if permissions is None or not ACTING.isdisjoint(permissions):
        kind = {"service-accounts": "acts as", "projects": "acts in", "organizations": "acts in"}.get(word)
        found |= {(kind, resource, subject) for subject in subjects if kind}
    return found


def is_about(word, permission):
    return word not in ABOUT or permission.startswith(ABOUT[word]) or POLICY_OF_NODE.fullmatch(permission)


def organizations_of(files):
    """Name organisations as their folders are called."""
    found = {}
    for path, text in files.items():
        _, resource = place_of(path)
        if resource.startswith("organizations/"):
            match = re.match(r"organizations/([0-9]+)", str(json.loads(text).get("name")))
            if match:
                found[match[1]] = resource.partition("/")[2]
    return found


def test_the_whole_organisation_is_read_as_it_stands(audit, predefined, capsys):
    snapshot = read(documents(audit))
    theirs = plain_facts(audit, predefined)
    ours = facts(snapshot, organizations_of(audit))
    policies = [json.loads(text) for path, text in audit.items() if path.endswith("iam.json")]
    members = [m for policy in policies for binding in policy.get("bindings", []) for m in binding["members"]]
    with capsys.disabled():
        print(
            f"\nk8s-infra: {len(audit)} files, {len(policies)} policies, {len(members)} members in bindings,"
            f" {len(snapshot.resources)} resources, {len(snapshot.grants)} grants;"
            f" {len(ours & theirs)} of {len(theirs)} facts agree"
        )
    assert snapshot.unread == ()
    assert ours == theirs


def test_every_public_grant_is_found(audit, predefined, capsys):
    snapshot = read(documents(audit))
    public = {
        (place_of(path)[1], binding["role"])
        for path, text in audit.items()
        if path.endswith("iam.json")
        for binding in json.loads(text).get("bindings", [])
        if PUBLIC_MEMBERS & set(binding["members"])
    }
    ours = {
        (grant.resource.partition(":")[2], grant.role.partition(" [")[0])
        for grant in snapshot.grants
        if grant.subject == PUBLIC
    }
    with capsys.disabled():
        print(f"\npublic grants: {len(ours & public)} of {len(public)} found, {len(ours - public)} besides")
    assert public
    assert ours == public


def commits(path):
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def is_old_layout(path):
    return not path.startswith(("projects/", "organizations/"))


def laid_over(audit, commit, side):
    """Lay the files of a commit over those of the same projects, and of the organisation.

    The archive has only the newer layout, so a commit to the older one stands for itself.
    """
    changed = {file["path"].removeprefix("audit/"): file[side] for file in commit["files"]}
    touched = {path.split("/")[1] for path in changed if path.startswith("projects/")}
    old = any(is_old_layout(path) for path in changed)
    kept = (path for path in audit if path.startswith("organizations/") or path.split("/")[1] in touched)
    files = {} if old else {path: audit[path] for path in kept}
    for path, text in changed.items():
        files.pop(path, None)
        if text is not None:
            files[path] = text
    return files


def test_every_commit_is_read_and_changes_the_same_facts(folder, audit, predefined, capsys):
    every = commits(folder / "k8s-infra-audit-commits.jsonl.gz")
    changed = agreeing = 0
    unread = Counter()
    public = Counter()
    for commit in every:
        sides = [laid_over(audit, commit, side) for side in ("before", "after")]
        states = [read_state(documents(sides[at]), documents(sides[1 - at])) for at in (0, 1)]
        assert [state.errors for state in states] == [[], []], commit["commit"]
        snapshots = [build(states[0], states[1]), build(states[1], states[0])]
        organizations = organizations_of(sides[0]) | organizations_of(sides[1])
        ours = [facts(snapshot, organizations) for snapshot in snapshots]
        theirs = [plain_facts(files, predefined) for files in sides]
        ours_delta, theirs_delta = ({(s, f) for s in (0, 1) for f in d[s] - d[1 - s]} for d in (ours, theirs))
        changed += len(theirs_delta)
        agreeing += len(ours_delta & theirs_delta)
        assert ours_delta == theirs_delta, commit["commit"]
        assert ours == theirs, commit["commit"]
        public.update(f[0] for f in theirs_delta if PUBLIC in f[1])
        for state in states:
            unread.update(
                "a role that is not in the files" if "allows is not known" in p.message else p.message
                for p in state.unread
            )
    with capsys.disabled():
        print(
            f"\nk8s-infra: {len(every)} of {len(every)} commits read on both sides, {agreeing} of {changed} changed"
            f" facts agree with plain JSON; public grants {public[1]} added, {public[0]} removed; {dict(unread)}"
        )
    assert changed > len(every)
    # Of the older layout only the files of the commit are there, without the definitions of their roles.
    assert set(unread) <= {"a role that is not in the files"}
