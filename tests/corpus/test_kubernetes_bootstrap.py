"""The roles and bindings that every API server makes for itself: read whole, known without being there."""

import hashlib
import json
from itertools import product
from pathlib import PurePosixPath

import pytest
import yaml

from blastradius.access.engine import Comparison
from blastradius.columns.pair import paired
from blastradius.documents import File, parse
from blastradius.systems.kubernetes.default_roles import default_roles
from blastradius.systems.kubernetes.snapshot import read, recognises
from tests.support.rbac import Request, may

READS = ("get", "list", "watch")
SENSITIVE = (
    ("", "secrets", ""),
    ("", "configmaps", ""),
    ("", "pods", "exec"),
    ("", "pods", "log"),
    ("", "serviceaccounts", "token"),
    ("apps", "deployments", "scale"),
    ("rbac.authorization.k8s.io", "clusterroles", ""),
)


@pytest.fixture(scope="module")
def text(corpus):
    return (corpus / "kubernetes" / "bootstrap-v1.34.1.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def objects(text):
    return [one for one in yaml.load_all(text, Loader=yaml.CSafeLoader) if one]


def documents(text, label="bootstrap.yaml"):
    return parse(File(label, PurePosixPath(label), text, hashlib.sha256(text.encode()).hexdigest()))


@pytest.fixture(scope="module")
def facts(text):
    given = documents(text)
    assert all(recognises(one) for one in given)
    return read(given)


def atoms(rules):
    """Break rules into single permissions, so that it does not matter how they are written."""
    found = set()
    for rule in rules:
        verbs, urls = rule["verbs"], rule.get("nonResourceURLs") or ()
        things = product(rule.get("apiGroups") or (), rule.get("resources") or (), rule.get("resourceNames") or ("",))
        found.update((verb, *thing) for verb, thing in product(verbs, things))
        found.update(product(verbs, urls))
    return found


def ours(rule):
    return {
        "verbs": rule.verbs,
        "apiGroups": rule.groups,
        "resources": rule.resources,
        "resourceNames": rule.names,
        "nonResourceURLs": rule.urls,
    }


def test_the_defaults_are_read_without_a_problem(facts):
    assert facts.unread == ()
    assert len(facts.principals) == 47


def test_the_table_of_default_roles_says_what_they_say(objects):
    known = dict(default_roles())
    for one in objects:
        if "Binding" in one["kind"]:
            continue
        metadata = one["metadata"]
        role = known.pop((metadata.get("namespace"), metadata["name"]))
        assert atoms(map(ours, role.rules)) == atoms(one.get("rules") or ()), metadata["name"]
        assert role.labels == metadata["labels"]
        selectors = (one.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
        asked = {(key, value) for selector in selectors for key, value in selector["matchLabels"].items()}
        assert asked == {(r.key, *r.values) for s in role.selectors or () for r in s.requirements}
    assert known == {}


def granted(facts):
    """Give every single action that a grant gives."""
    return {(grant.subject, action, grant.resource) for grant in facts.grants for action in grant.actions}


def test_bindings_alone_grant_what_they_grant_with_the_roles_beside_them(facts, objects):
    bindings = [one for one in objects if "Binding" in one["kind"]]
    alone = read(documents(json.dumps({"apiVersion": "v1", "kind": "List", "items": bindings}), "bindings.json"))
    assert alone.unread == ()
    assert granted(alone) == granted(facts)


def aggregated(objects):
    """Fill in the rules of aggregated roles, as the controller does."""
    filled = []
    for one in objects:
        selectors = (one.get("aggregationRule") or {}).get("clusterRoleSelectors") or ()
        labels = [item for selector in selectors for item in selector["matchLabels"].items()]
        chosen = [r for r in objects if set(labels) & set((r["metadata"].get("labels") or {}).items())]
        filled.append(one | {"rules": [rule for role in chosen for rule in role.get("rules") or ()]} if labels else one)
    return filled


def account(subject):
    return f"system:serviceaccount:{subject['namespace']}:{subject['name']}"


def binding_in_shop(role):
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": role, "namespace": "shop"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
        "subjects": [{"kind": "User", "name": role}],
    }


def test_components_and_the_three_roles_for_people_may_what_the_authorizer_says(objects, capsys):
    people = ("view", "edit", "admin")
    given = [*objects, *map(binding_in_shop, people)]
    whole = given
    for _ in people:
        # `admin` takes in `edit`, which takes in `view`: the controller comes round as often.
        whole = aggregated(whole)
    snapshot = read(documents(json.dumps({"apiVersion": "v1", "kind": "List", "items": given}), "given.json"))
    engine = Comparison(paired(snapshot, snapshot))
    resources, principals = engine.pair.before.resources.names, engine.pair.before.principals.names
    accounts = {
        account(s): f"service:k8s/{s['namespace']}/{s['name']}"
        for one in objects
        for s in one.get("subjects") or ()
        if s["kind"] == "ServiceAccount"
    }
    who = accounts | {role: f"user:k8s/{role}" for role in people}
    asked = 0
    for (group, resource, subresource), verb, namespace in product(
        SENSITIVE, (*READS, "create", "update", "bind", "escalate", "impersonate"), ("", "shop", "kube-system")
    ):
        typed = f"{resource}.{group}" if group else resource
        node = f"k8s:{namespace or '*'}/{typed}" + (f"/{subresource}" if subresource else "")
        holders = engine.ways(0, engine.access_list(0, resources.find(node)), verb).granted
        for user, principal in who.items():
            told = may(whole, user, ("system:authenticated",), Request(verb, group, resource, subresource, namespace))
            assert (principals.find(principal) in holders) == told, (user, verb, node)
            asked += 1
    with capsys.disabled():
        print(f"\nagreement with an authorizer on the default roles: {asked} of {asked} questions")
    assert asked > 5000
