"""Objects that put somebody into groups without being RBAC: a difference between two sides is never silent."""

from pathlib import Path

import pytest

from blastradius.documents import read_files
from blastradius.systems.kubernetes import snapshot
from blastradius.systems.load import load, load_both

ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
"""


def aws(group="viewers", namespace=", namespace: kube-system", name="aws-auth", more=""):
    return f"""---
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}{namespace}{more}}}
data:
  mapRoles: |
    - rolearn: arn:aws:iam::111122223333:role/build
      groups: ["{group}"]
"""


def token(groups="system:bootstrappers:nodes", kind="bootstrap.kubernetes.io/token", namespace="kube-system"):
    return f"""---
apiVersion: v1
kind: Secret
metadata: {{name: bootstrap-token-abcdef, namespace: {namespace}}}
type: {kind}
stringData: {{token-id: abcdef, token-secret: hush-hush-secret, auth-extra-groups: "{groups}"}}
"""


AWS = "6:1: `ConfigMap` `aws-auth` maps identities to groups, which is not understood"
TOKEN = "6:1: `Secret` `bootstrap-token-abcdef` maps identities to groups, which is not understood"
CASES = [
    (aws(), AWS),
    (aws(namespace=""), AWS),
    (token(), TOKEN),
    (token(namespace="elsewhere"), TOKEN),
]


@pytest.mark.parametrize(("text", "problem"), CASES)
def test_a_mapping_that_only_one_side_holds_is_reported_with_that_side(unread, text, problem):
    assert unread(ROLE + text, ROLE) == [problem]
    assert unread(ROLE, ROLE + text) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (aws(), aws("system:masters"), AWS),
        (aws(), aws(namespace=""), AWS),
        (token(), token("system:bootstrappers:owners"), TOKEN),
        (token(), token().replace("stringData", "data"), TOKEN),
    ],
)
def test_a_mapping_that_differs_is_reported_with_both_sides(unread, old, new, problem):
    assert unread(ROLE + old, ROLE + new) == [problem]
    assert unread(ROLE + new, ROLE + old) == [problem]


@pytest.mark.parametrize("text", [text for text, _ in CASES])
def test_a_mapping_that_both_sides_hold_or_without_another_side_is_not_reported(unread, text):
    assert unread(ROLE + text, f"{text}---\n{ROLE}") == []
    assert unread(ROLE + text) == []


def test_what_a_cluster_writes_into_the_metadata_makes_no_difference(unread):
    assert unread(ROLE + aws(more=", resourceVersion: '7', uid: x"), ROLE + aws()) == []


def test_a_second_mapping_of_the_same_name_is_not_hidden_by_the_first(unread):
    (problem,) = unread(ROLE + aws() + aws("system:masters"), ROLE + aws())
    assert problem.startswith("14:1: `ConfigMap` `aws-auth` maps")


def test_a_mapping_in_a_list_is_found(unread):
    item = "{metadata: {name: aws-auth, namespace: kube-system}, data: {mapUsers: '[]'}}"
    (problem,) = unread(f"{ROLE}---\n{{apiVersion: v1, kind: ConfigMapList, items: [{item}]}}\n", ROLE)
    assert "`aws-auth` maps identities" in problem


@pytest.mark.parametrize(
    "text",
    [
        aws(name="aws-authors"),
        aws(namespace=", namespace: shop"),
        token(kind="Opaque"),
        "---\n{apiVersion: v1, kind: ConfigMap, metadata: [aws-auth]}\n",
        "---\n{apiVersion: acme.example/v1, kind: Secret, type: bootstrap.kubernetes.io/token}\n",
    ],
)
def test_other_objects_are_passed_over(unread, text):
    assert unread(ROLE + text, ROLE) == []


@pytest.mark.parametrize("value", ["3", "[a]", "{a: {b: [1]}}", "null"])
def test_content_of_a_wrong_type_is_compared_all_the_same(unread, value):
    text = ROLE + f"---\n{{apiVersion: v1, kind: Secret, type: bootstrap.kubernetes.io/token, data: {value}}}\n"
    assert unread(text, text) == []
    assert len(unread(text, ROLE)) == 1


def test_no_value_of_a_secret_is_ever_shown(read):
    facts = read(ROLE + token(), ROLE + token("other"))
    (problem,) = facts.unread
    assert "hush" not in repr(facts)
    assert "bootstrappers" not in repr(facts)
    assert problem.help == "check by hand which groups its `auth-extra-groups` gives to whoever holds the token"


def test_a_comparison_of_folders_reports_it(tmp_path: Path):
    for side, text in {"before": ROLE, "after": ROLE + aws("system:masters")}.items():
        (tmp_path / side).mkdir()
        (tmp_path / side / "all.yaml").write_text(text)
    before, after = read_files([str(tmp_path / "before")]), read_files([str(tmp_path / "after")])
    old, new = load_both(before, after)
    assert old.snapshot.unread == ()
    (problem,) = new.snapshot.unread
    assert "`system:masters` may do everything" in problem.help
    assert load(after).snapshot.unread == ()


def test_a_mapping_is_reported_where_the_other_side_holds_nothing_of_the_cluster(documents):
    facts = snapshot.read(documents(ROLE + aws()), ())

    assert len(facts.unread) == 1
