"""Privileged Kubernetes verbs, on single resources and on the wildcards that hold them."""

import pytest

from blastradius.assess.findings.privileged import privileges_on
from blastradius.model.assessment import FindingLevel
from blastradius.model.change import AddGrant
from blastradius.model.snapshot import Capability
from blastradius.systems.kubernetes.patterns import Kind, Pattern
from blastradius.systems.kubernetes.verbs import ACTIONS as KNOWN
from tests.support.build import allow, principal, resource, snapshot

# A verb of newer clusters, as the reader takes one it does not know.
ACTIONS = {**KNOWN, "impersonate:user-info": Capability.MANAGE}
RBAC = "rbac.authorization.k8s.io"


def gaining(judge, actions, on):
    facts = snapshot(principal("service:k8s/a/b"), resource(on, class_name="internal"), actions=ACTIONS)
    assessment = judge(facts, AddGrant(allow("service:k8s/a/b", actions, on)))
    return assessment, [f for f in assessment.findings if f.rule == "privileged-verb"]


@pytest.mark.parametrize(
    ("actions", "on"),
    [
        ("escalate", f"k8s:*/clusterroles.{RBAC}"),
        ("escalate", f"k8s:prod/roles.{RBAC}"),
        ("bind", f"k8s:*/clusterroles.{RBAC}:admin"),
        ("impersonate", "k8s:*/users"),
        ("impersonate", "k8s:prod/serviceaccounts:builder"),
        ("impersonate:user-info", "k8s:*/users.authentication.k8s.io"),
        ("create", "k8s:prod/pods/exec"),
        ("get", "k8s:prod/pods/exec:web-0"),
        ("create", "k8s:prod/pods/attach"),
        ("patch", "k8s:prod/pods/ephemeralcontainers"),
        ("get", "k8s:*/nodes/proxy"),
        ("create", "k8s:prod/serviceaccounts/token"),
        ("get", "k8s:prod/secrets"),
        ("watch", "k8s:*/secrets"),
        ("list list.content", "k8s:prod/secrets"),
        ("get", "k8s:prod/secrets:db"),
        ("update", "k8s:*/certificatesigningrequests.certificates.k8s.io/approval"),
        # wildcards
        ("get", "k8s:*/*"),
        ("create", "k8s:prod/*"),
        ("create", "k8s:prod/*/exec"),
        ("create", "k8s:prod/*.core/exec"),
        ("create", "k8s:prod/pods.*/exec"),
        ("get", "k8s:prod/*.core"),
        ("get", "k8s:prod/secrets.*"),
        ("escalate", f"k8s:*/*.{RBAC}"),
        ("*", "k8s:*/*"),
    ],
)
def test_a_privileged_verb_is_found(judge, actions, on):
    assessment, found = gaining(judge, actions, on)
    assert found
    assert {f.level for f in found} == {FindingLevel.ERROR}
    assert assessment.severity.score >= 7.0


@pytest.mark.parametrize(
    ("actions", "on"),
    [
        ("get list list.content watch create update patch delete", "k8s:prod/pods"),
        ("create", "k8s:prod/secrets"),
        ("*", "k8s:prod/configmaps"),
        ("*", "k8s:prod/secretstores.external-secrets.io"),
        ("escalate bind impersonate", "k8s:prod/pods"),
        ("create", "k8s:prod/pods/log"),
        ("get", "k8s:prod/*/status"),
        ("get", "k8s:prod/*.apps"),
        ("get", "k8s:prod/secrets/status"),
        ("get", "secret:prod/secrets"),
        ("update", "k8s:*/certificatesigningrequests.certificates.k8s.io"),
    ],
)
def test_an_ordinary_verb_is_not(judge, actions, on):
    assert gaining(judge, actions, on)[1] == []


def test_every_power_has_one_finding_with_the_actions_that_give_it(judge):
    _, found = gaining(judge, "*", "k8s:*/*")
    assert [f.message.partition(" could newly ")[2].partition(":")[0] for f in found] == [
        "act as somebody else",
        "bind roles with more access than their own",
        "get tokens of service accounts",
        "issue certificates for any identity",
        "read secrets",
        "run commands in containers",
        "run commands on nodes past the API server",
        "write roles with more access than their own",
    ]
    assert len({f.fingerprint for f in found}) == 8


def test_a_single_resource_is_named_and_not_counted(judge):
    _, found = gaining(judge, "get", "k8s:prod/secrets")
    assert found[0].message.endswith("could newly read secrets: `get` on `k8s:prod/secrets`")


def test_losing_a_privileged_verb_is_not_found(judge):
    on = resource("k8s:prod/secrets", class_name="credentials")
    grant = allow("service:k8s/a/b", "get", "k8s:prod/secrets")
    before, after = snapshot(on, grant, actions=ACTIONS), snapshot(on, actions=ACTIONS)
    assert not [f for f in judge(before, after).findings if f.rule == "privileged-verb"]


def test_ids_are_those_that_the_kubernetes_reader_makes():
    for kind in (Kind("", "secrets"), Kind("*", "secrets"), Kind("", "*"), Kind("*", "*")):
        assert privileges_on(Pattern("prod", kind).id), kind
    for kind in (Kind("", "pods", "exec"), Kind("*", "pods", "exec"), Kind("", "*", "exec"), Kind("*", "*", "exec")):
        assert privileges_on(Pattern("prod", kind).id), kind
    assert not privileges_on(Pattern("prod", Kind("apps", "*")).id)
