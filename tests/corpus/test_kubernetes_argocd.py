"""Argo CD's own history: what each change opened and closed, as the real RBAC authorizer decided."""

import gzip
import hashlib
import json
from itertools import product
from pathlib import PurePosixPath

import pytest

from blastradius.access.engine import compare
from blastradius.documents import File, parse
from blastradius.model.delta import AccessChange
from blastradius.systems.kubernetes.snapshot import read, recognises
from tests.support.rbac import Request, may

VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "escalate", "bind", "impersonate"]
NAMESPACES = ("", "argocd", "other-ns")
# What every change was asked about, besides the resources that its own rules name.
ALWAYS_ASKED = {
    ("", "configmaps"),
    ("", "pods"),
    ("", "secrets"),
    ("", "serviceaccounts"),
    ("apps", "deployments"),
    ("rbac.authorization.k8s.io", "clusterroles"),
    ("rbac.authorization.k8s.io", "rolebindings"),
}


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def document(text, label="objects.json"):
    return parse(File(label, PurePosixPath(label), text, hashlib.sha256(text.encode()).hexdigest()))


def listed(objects):
    return document(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=1))


@pytest.fixture(scope="module")
def changes(corpus):
    return lines(corpus / "kubernetes" / "argocd-change-deltas.jsonl.gz")


def users(change):
    return {
        f"system:serviceaccount:{subject['namespace']}:{subject['name']}"
        for side in ("before", "after")
        for one in change[side]
        for subject in one.get("subjects") or ()
    }


def resources(change):
    named = {
        (group, resource)
        for side in ("before", "after")
        for one in change[side]
        for rule in one.get("rules") or ()
        for group, resource in product(rule.get("apiGroups", ()), rule.get("resources", ()))
        if "*" not in (group, resource)
    }
    return ALWAYS_ASKED | named


def universe(change):
    return set(product(users(change), VERBS, resources(change), NAMESPACES))


def decided(change, key):
    """Give what the authorizer said."""
    return {
        (
            fact["user"],
            fact["verb"],
            (fact["apiGroup"], "/".join(filter(None, (fact["resource"], fact["subresource"])))),
            fact["namespace"],
        )
        for fact in change[key]
    }


def resource_id(asked, namespace, known):
    """Name the resource a request is about: where nothing names its namespace, that of all namespaces answers."""
    group, resource = asked
    plural, slash, subresource = resource.partition("/")
    typed = f"{plural}.{group}" if group else plural
    inside = f"k8s:{namespace or '*'}/{typed}{slash}{subresource}"
    return inside if inside in known else f"k8s:*/{typed}{slash}{subresource}"


def principal(user):
    return "service:k8s/" + user.removeprefix("system:serviceaccount:").replace(":", "/")


def moved(delta, change):
    """Give every (principal, action, resource) with one kind of change."""
    return {
        (delta.principals[who], action, delta.resources[index])
        for scope in delta.scopes
        for (kind, action), people in scope.action_changes.items()
        if kind is change
        for who in people
        for index in scope.resources
    }


def test_all_changes_open_and_close_exactly_what_the_real_authorizer_says(changes, capsys):
    agreed = asked = 0
    disagreements = []
    for change in changes:
        before, after = listed(change["before"]), listed(change["after"])
        assert all(recognises(one) for one in (*before, *after))
        baseline, simulated = read(before, after), read(after, before)
        # For a while argo-cd itself bound a role of which it had already removed the file.
        assert {p.message for p in (*baseline.unread, *simulated.unread)} <= {
            "`argocd-redis` binds the Role `argocd-redis`, which is not in the input"
        }
        assert list(baseline.resources) == list(simulated.resources)
        delta = compare(baseline, simulated)
        questions = universe(change)
        assert len(questions) == change["universe"]
        asked += len(questions)
        for key, kind in (("gained", AccessChange.GAINED), ("lost", AccessChange.REVOKED)):
            ours = moved(delta, kind)
            told = {
                question
                for question in questions
                if (principal(question[0]), question[1], resource_id(question[2], question[3], baseline.resources))
                in ours
            }
            if told == decided(change, key):
                agreed += 1
            else:
                disagreements.append((change["commit"], key, sorted(told ^ decided(change, key))[:5]))
    with capsys.disabled():
        print(f"\nagreement with the real authorizer: {agreed} of {2 * len(changes)} sets, {asked} questions")
    assert not disagreements
    assert len(changes) == 27


def test_the_authorizer_of_the_tests_decides_as_the_real_one_did(changes):
    for change in changes:
        for key, allowed in (("gained", (False, True)), ("lost", (True, False))):
            told = set()
            for user, verb, (group, resource), namespace in universe(change):
                plural, _, subresource = resource.partition("/")
                request = Request(verb, group, plural, subresource, namespace)
                if tuple(may(change[side], user, (), request) for side in ("before", "after")) == allowed:
                    told.add((user, verb, (group, resource), namespace))
            assert told == decided(change, key), change["commit"]


@pytest.mark.parametrize("name", ["core-install", "ha__install", "install", "namespace-install"])
def test_the_manifests_of_argo_cd_are_read_without_a_problem(corpus, name):
    text = (corpus / "kubernetes" / "argo-cd" / f"manifests__{name}.yaml").read_text("utf-8")
    snapshot = read(document(text, f"{name}.yaml"))
    assert snapshot.unread == ()
    assert "service:k8s/_current/argocd-application-controller" in snapshot.principals


def bound_elsewhere(texts):
    """Find bindings whose role stands in none of the texts."""
    objects = [one.value for text in texts for one in document(text, "file.yaml")]
    roles = {(one["kind"], one["metadata"]["name"]) for one in objects if "rules" in one}
    references = [one["roleRef"] for one in objects if "roleRef" in one]
    return sum((reference["kind"], reference["name"]) not in roles for reference in references)


def test_every_commit_to_the_roles_of_argo_cd_is_read_and_only_roles_that_it_leaves_out_are_missing(corpus):
    commits = lines(corpus / "kubernetes" / "argocd-role-commits.jsonl.gz")
    for commit in commits:
        for side in ("before", "after"):
            files = {file["path"]: file[side] for file in commit["files"] if file[side]}
            documents = [one for path, text in files.items() for one in document(text, path)]
            assert all(recognises(one) for one in documents)
            unread = read(documents).unread if documents else ()
            assert all("which is not in the input" in problem.message for problem in unread)
            assert len(unread) == bound_elsewhere(files.values()), commit["commit"]
    assert len(commits) == 32
