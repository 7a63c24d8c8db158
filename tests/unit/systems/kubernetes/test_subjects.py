"""Who a subject is, and who is in which group without any binding saying so."""

import pytest

from blastradius.model.snapshot import PrincipalKind


def granting(*subjects, home="", version="v1"):
    """Let subjects get pods, everywhere or in a namespace."""
    place = f", namespace: {home}" if home else ""
    listed = "".join(f"\n  - {subject}" for subject in subjects)
    return f"""
apiVersion: rbac.authorization.k8s.io/{version}
kind: {"RoleBinding" if home else "ClusterRoleBinding"}
metadata: {{name: b{place}}}
roleRef: {{kind: ClusterRole, name: r}}
subjects: {listed or "null"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: r}}
rules: [{{apiGroups: [""], resources: [pods], verbs: [get]}}]
"""


def account(name, home="shop"):
    return f"---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {{name: {name}, namespace: {home}}}\n"


def members(facts, group):
    return {entry.id for entry in facts.groups[group].members}


PODS = "k8s:*/pods"


def test_a_user_a_group_and_an_account_have_ids_of_their_own(read):
    facts = read(
        granting(
            "{kind: User, name: ana}", "{kind: Group, name: devs}", "{kind: ServiceAccount, name: a, namespace: n}"
        )
    )
    assert members(facts, "k8s-clusterrolebinding:b") == {"user:k8s/ana", "group:k8s/devs", "service:k8s/n/a"}
    assert facts.principals["service:k8s/n/a"].kind is PrincipalKind.SERVICE
    assert facts.principals["user:k8s/ana"].kind is PrincipalKind.USER


def test_a_user_with_the_name_of_an_account_is_that_account(read):
    facts = read(granting("{kind: User, name: 'system:serviceaccount:shop:app'}"))
    assert members(facts, "k8s-clusterrolebinding:b") == {"service:k8s/shop/app"}


@pytest.mark.parametrize(
    "name", ["system:serviceaccount:shop", "system:serviceaccount:a:b:c", "system:serviceaccount::b"]
)
def test_a_user_whose_name_only_begins_like_that_is_a_user(read, name):
    assert f"user:k8s/{name}" in read(granting(f"{{kind: User, name: '{name}'}}")).principals


def test_an_account_without_a_namespace_lives_where_the_binding_does(read):
    facts = read(granting("{kind: ServiceAccount, name: app}", home="shop"))
    assert members(facts, "k8s-rolebinding:shop/b") == {"service:k8s/shop/app"}


def test_an_account_without_a_namespace_in_a_cluster_role_binding_is_reported_and_keeps_its_grant(allowed, unread):
    text = granting("{kind: ServiceAccount, name: app}")
    assert unread(text) == ["7:5: `ClusterRoleBinding` `b` names a service account without a namespace"]
    assert allowed(text)("service:k8s/_current/app", "get", PODS)


def test_what_leaves_out_its_namespace_stands_in_one_place_together(allowed):
    text = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: b}
roleRef: {kind: Role, name: r}
subjects: [{kind: ServiceAccount, name: app}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: app}
"""
    may = allowed(text)
    assert may("service:k8s/_current/app", "get", "k8s:_current/pods")


def test_a_group_of_the_outside_has_members_nobody_lists(allowed):
    may = allowed(granting("{kind: Group, name: devs}", "{kind: User, name: ana}"))
    assert may("group:k8s/devs#unlisted", "get", PODS)
    assert may("user:k8s/ana", "get", PODS)


def test_everybody_who_logs_in_is_authenticated(allowed):
    text = granting("{kind: Group, name: 'system:authenticated'}") + account("app")
    text += "---" + granting("{kind: User, name: ana}", "{kind: Group, name: devs}", home="shop")
    may = allowed(text)
    for who in (
        "user:k8s/ana",
        "service:k8s/shop/app",
        "group:k8s/devs#unlisted",
        "group:k8s/system:authenticated#unlisted",
        "group:k8s/system:serviceaccounts#unlisted",
    ):
        assert may(who, "get", PODS)
    assert not may("outsider", "get", PODS)


@pytest.mark.parametrize(
    "subject", ["{kind: Group, name: 'system:unauthenticated'}", "{kind: User, name: 'system:anonymous'}"]
)
def test_what_nobody_needs_to_log_in_for_is_open_to_anyone(allowed, subject):
    may = allowed(granting(subject) + account("app"))
    assert may("outsider", "get", PODS)
    assert may("service:k8s/shop/app", "get", PODS)


def test_all_accounts_are_in_the_group_of_accounts_and_in_that_of_their_namespace(allowed):
    text = granting("{kind: Group, name: 'system:serviceaccounts:shop'}") + account("app") + account("app", "office")
    may = allowed(text)
    assert may("service:k8s/shop/app", "get", PODS)
    assert may("group:k8s/system:serviceaccounts:shop#unlisted", "get", PODS)
    assert not may("service:k8s/office/app", "get", PODS)
    may = allowed(text.replace("serviceaccounts:shop'", "serviceaccounts'"))
    assert may("service:k8s/office/app", "get", PODS)
    assert may("group:k8s/system:serviceaccounts#unlisted", "get", PODS)


def test_masters_may_do_everything_and_nobody_has_to_say_so(allowed):
    may = allowed(account("app").removeprefix("---"))
    assert may("group:k8s/system:masters#unlisted", "delete", "k8s:shop/secrets")
    assert may("group:k8s/system:masters#unlisted", "get", "k8s-url:/metrics")


def test_a_binding_without_subjects_is_well_formed(read):
    facts = read(granting())
    assert facts.groups["k8s-clusterrolebinding:b"].members == ()
    assert facts.unread == ()


def test_a_subject_named_twice_counts_once(read):
    facts = read(granting("{kind: User, name: ana}", "{kind: User, name: ana}"))
    (entry,) = facts.groups["k8s-clusterrolebinding:b"].members
    assert entry.source.line == 7


@pytest.mark.parametrize(
    ("subject", "message"),
    [
        ("{kind: Team, name: x}", "`ClusterRoleBinding` `b` names a `Team` as a subject"),
        ("{kind: User}", "`ClusterRoleBinding` `b` names something without a name as a subject"),
        ("{kind: User, name: x, apiGroup: apps}", "`ClusterRoleBinding` `b` names a subject of another API group"),
        (
            "{kind: ServiceAccount, name: x, namespace: y, apiGroup: rbac.authorization.k8s.io}",
            "`ClusterRoleBinding` `b` names a subject of another API group",
        ),
        ("{kind: User, name: x, email: y}", "`ClusterRoleBinding` `b` has the unknown field `email` in a subject"),
    ],
)
def test_a_subject_that_an_api_server_refuses_is_reported(read, subject, message):
    assert [problem.message for problem in read(granting(subject)).unread] == [message]


def test_a_star_meant_everybody_who_is_logged_in_in_the_oldest_version_only(read):
    everybody = granting("{kind: User, name: '*'}", version="v1alpha1")
    assert members(read(everybody), "k8s-clusterrolebinding:b") == {"group:k8s/system:authenticated"}
    assert members(read(everybody.replace("v1alpha1", "v1")), "k8s-clusterrolebinding:b") == {"user:k8s/*"}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("https://login.example#ana", "user:k8s/https://login.example#ana"),
        ("CN=Ana, O=Acme", "user:k8s/CN=Ana, O=Acme"),
        ("ana\\u202e", "user:k8s/ana%E2%80%AE"),
        ("a\\u0000\\e[1m", "user:k8s/a%00%1B[1m"),
        ("100%", "user:k8s/100%25"),
        ("ana#unlisted", "user:k8s/ana%23unlisted"),
        ("zoë", "user:k8s/zoë"),
    ],
)
def test_ugly_names_become_ids_that_show_what_is_in_them(read, name, id):
    assert id in read(granting(f'{{kind: User, name: "{name}"}}')).principals


def test_names_with_slashes_do_not_run_into_each_other(read):
    facts = read(
        granting(
            '{kind: ServiceAccount, name: c, namespace: "a/b"}', '{kind: ServiceAccount, name: "b/c", namespace: a}'
        )
    )
    assert members(facts, "k8s-clusterrolebinding:b") == {"service:k8s/a%2Fb/c", "service:k8s/a/b%2Fc"}
