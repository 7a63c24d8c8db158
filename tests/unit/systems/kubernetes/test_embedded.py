"""Access that is written inside objects of kinds that grant nothing themselves."""

import pytest

BINDING = "roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{kind: User, name: ana}]"
OBJECT = f"{{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {{name: b}}, {BINDING}}}"
RULES = "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        (f"{{apiVersion: template.acme/v1, kind: Template, metadata: {{name: x}}, objects: [{OBJECT}]}}", "Template"),
        (f"{{apiVersion: v1, kind: Template, metadata: {{name: x}}, objects: [{OBJECT}]}}", "Template"),
        (f"{{apiVersion: v1, kind: list, metadata: {{name: x}}, items: [{OBJECT}]}}", "list"),
        (f"{{apiVersion: v1, kind: ClusterRoleBinding, metadata: {{name: x}}, {BINDING}}}", "ClusterRoleBinding"),
        (f"{{apiVersion: v1, kind: ClusterRole, metadata: {{name: x}}, rules: {RULES}}}", "ClusterRole"),
        (
            "{apiVersion: operators.example/v1, kind: Package, metadata: {name: x},"
            f" spec: {{install: {{spec: {{clusterPermissions: [{{serviceAccountName: op, rules: {RULES}}}]}}}}}}}}",
            "Package",
        ),
        (
            "{apiVersion: operators.example/v1, kind: Package, metadata: {name: x},"
            " spec: [{nonResourceURLs: [/metrics], verbs: [get]}]}",
            "Package",
        ),
    ],
)
def test_access_inside_an_object_that_is_passed_over_is_reported(unread, text, label):
    (problem,) = unread(text)
    assert f"`{label}` `x` of" in problem
    assert "holds access" in problem


def test_the_report_names_the_line_of_the_access(unread):
    text = f"apiVersion: work.example/v1\nkind: Bundle\nmetadata: {{name: x}}\nspec:\n  manifests:\n  - {OBJECT}\n"
    assert unread(text)[0].startswith("6:")


@pytest.mark.parametrize(
    "text",
    [
        # Rules of Kubernetes' own kinds that grant nothing.
        f"{{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: FlowSchema, metadata: {{name: x}}, spec: {RULES}}}",
        f"{{apiVersion: authorization.k8s.io/v1, kind: SelfSubjectRulesReview, status: {{resourceRules: {RULES}}}}}",
        # A schema has the same names, but no such values.
        "{apiVersion: apis.example/v1, kind: Definition, metadata: {name: x}, schema: {properties:"
        " {roleRef: {type: object}, apiVersion: {type: string}, verbs: {type: array}, resources: {type: array}}}}",
        "{apiVersion: apps.example/v1, kind: App, metadata: {name: x}, resources: [a], rules: [{verb: get}]}",
    ],
)
def test_what_only_looks_like_access_is_passed_over(unread, text):
    assert unread(text) == []
