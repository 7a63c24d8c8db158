"""A comparison: naming a thing for the first time does not make it, and only what changed is shown as changed."""

import pytest

from blastradius.access.engine import compare
from blastradius.model.delta import AccessChange

BEFORE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: all}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {kind: ClusterRole, name: all}
subjects: [{kind: User, name: boss}, {kind: Group, name: "system:authenticated"}]
"""
ACCOUNT = "---\n{apiVersion: v1, kind: ServiceAccount, metadata: {name: app, namespace: shop}}\n"


def naming(resource="widgets", group="acme.example", names="", user="boss", verbs="[get]"):
    """Grant something that whoever has everything has already."""
    return f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{name: more, namespace: shop}}
rules: [{{apiGroups: ["{group}"], resources: ["{resource}"], verbs: {verbs}{names}}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{name: more, namespace: shop}}
roleRef: {{kind: Role, name: more}}
subjects: [{user}]
"""


USER = "{kind: User, name: boss}"
NEW_USER = "{kind: User, name: newcomer}"
NEW_GROUP = "{kind: Group, name: newcomers}"
NEW_ACCOUNT = "{kind: ServiceAccount, name: app}"


def moved(read, before, after):
    delta = compare(read(before, after), read(after, before))
    return {
        (change, delta.principals[who], action, delta.resources[index])
        for scope in delta.scopes
        for (change, action), people in scope.action_changes.items()
        for who in people
        for index in scope.resources
    }


@pytest.mark.parametrize(
    "after",
    [
        naming(user=USER),
        naming(user=USER, names=", resourceNames: [one]"),
        naming(user=USER, resource="*", group="new.example"),
        naming(user=USER, resource="*/status", group="*"),
        naming(user=USER, verbs="[attest, frobnicate]"),
        naming(user=NEW_USER),
        naming(user=NEW_GROUP),
        naming(user=NEW_ACCOUNT),
    ],
)
def test_naming_something_new_to_somebody_who_has_everything_changes_nothing(read, after):
    assert moved(read, BEFORE, f"{BEFORE}---{after}") == set()
    assert moved(read, f"{BEFORE}---{after}", BEFORE) == set()


def test_a_definition_on_one_side_is_known_to_both(read):
    definition = """---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.acme.example}
spec: {group: acme.example, scope: Cluster, names: {plural: widgets}}
"""
    assert moved(read, BEFORE, BEFORE + definition) == set()
    assert moved(read, BEFORE + definition, BEFORE) == set()


def test_an_account_that_the_change_makes_is_new(read):
    after = BEFORE + ACCOUNT
    gained = moved(read, BEFORE, after)
    assert {who for _, who, _, _ in gained} == {"service:k8s/shop/app"}
    assert {change for change, *_ in gained} == {AccessChange.GAINED}


def test_an_account_without_an_object_of_its_own_exists_on_both_sides(read):
    after = BEFORE + "---" + naming(user=NEW_ACCOUNT)
    assert "service:k8s/shop/app" in read(BEFORE, after).principals
    assert "service:k8s/shop/app" not in read(BEFORE, after + ACCOUNT).principals


def test_only_names_are_taken_from_the_other_side(read):
    other = naming(user=USER, verbs="[frobnicate]")
    alone, beside = read(BEFORE), read(BEFORE, other)
    assert alone.grants == beside.grants
    assert alone.unread == beside.unread == ()
    assert alone.actions == beside.actions
    assert {name for name in beside.groups if name.startswith("k8s-")} == {
        name for name in alone.groups if name.startswith("k8s-")
    }


def test_a_broken_other_side_does_not_stop_the_reading(documents, read):
    assert read(BEFORE, "{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, rules: 3}").unread == ()


def test_a_new_subject_is_shown_at_its_own_line(read):
    old = naming(user=USER)
    new = naming(user=f"{USER}, {NEW_USER}")
    before, after = read(old, new), read(new, old)
    changed = set(after.groups["k8s-rolebinding:shop/more"].members) - set(
        before.groups["k8s-rolebinding:shop/more"].members
    )
    assert [(entry.id, entry.source.line, entry.source.column) for entry in changed] == [("user:k8s/newcomer", 11, 38)]
    assert before.grants == after.grants
