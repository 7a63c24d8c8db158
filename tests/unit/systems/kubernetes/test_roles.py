"""Which rules a role has: stated, put together from others, known by default, or missing."""

import pytest

ANA = "user:k8s/ana"


def cluster_role(name, rest="rules: []", labels=""):
    return f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: {name}, labels: {{{labels}}}}}
{rest}
"""


def binding(name, kind="ClusterRole", home=""):
    return f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: {"RoleBinding" if home else "ClusterRoleBinding"}
metadata: {{name: gives-{name}{f", namespace: {home}" if home else ""}}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {name}}}
subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: ana}}]
"""


def reading(resource):
    return f'rules: [{{apiGroups: [""], resources: [{resource}], verbs: [get]}}]'


def stream(*objects):
    return "\n---\n".join(objects)


def selecting(selector, rules="rules: null"):
    return f"aggregationRule: {{clusterRoleSelectors: [{selector}]}}\n{rules}"


def test_an_aggregated_role_has_the_rules_of_the_roles_with_its_label(allowed):
    may = allowed(
        stream(
            cluster_role("all", selecting("{matchLabels: {part: x}}")),
            cluster_role("first", reading("pods"), "part: x"),
            cluster_role("second", reading("secrets"), "part: y"),
            binding("all"),
        )
    )
    assert may(ANA, "get", "k8s:*/pods")
    assert not may(ANA, "get", "k8s:*/secrets")


def test_aggregation_goes_through_aggregated_roles_and_around_in_circles(allowed, unread):
    text = stream(
        cluster_role("all", selecting("{matchLabels: {part: x}}"), "part: y"),
        cluster_role("middle", selecting("{matchLabels: {part: y}}, {matchLabels: {part: z}}"), "part: x"),
        cluster_role("leaf", reading("pods"), "part: z"),
        binding("all"),
    )
    assert allowed(text)(ANA, "get", "k8s:*/pods")
    assert unread(text) == []


@pytest.mark.parametrize(
    ("selector", "labels", "selected"),
    [
        ("{matchExpressions: [{key: part, operator: In, values: [x, y]}]}", "part: y", True),
        ("{matchExpressions: [{key: part, operator: In, values: [x, y]}]}", "", False),
        ("{matchExpressions: [{key: part, operator: NotIn, values: [x]}]}", "part: y", True),
        ("{matchExpressions: [{key: part, operator: NotIn, values: [x]}]}", "", True),
        ("{matchExpressions: [{key: part, operator: NotIn, values: [x]}]}", "part: x", False),
        ("{matchExpressions: [{key: part, operator: Exists}]}", "part: x", True),
        ("{matchExpressions: [{key: part, operator: Exists}]}", "", False),
        ("{matchExpressions: [{key: part, operator: DoesNotExist}]}", "", True),
        ("{matchExpressions: [{key: part, operator: DoesNotExist}]}", "part: x", False),
        ("{matchLabels: {part: x}, matchExpressions: [{key: more, operator: Exists}]}", "part: x", False),
        ("{matchLabels: {part: x}, matchExpressions: [{key: more, operator: Exists}]}", "part: x, more: y", True),
        ("{}", "", True),
    ],
)
def test_selectors_are_those_of_kubernetes(read, selector, labels, selected):
    facts = read(
        stream(
            cluster_role("all", selecting(selector)), cluster_role("one", reading("widgets"), labels), binding("all")
        )
    )
    # Negations select default roles as well, and one of those may do everything: the single grant tells.
    assert any(one.subject == "k8s-clusterrole:*/all" and one.resource == "k8s:*/widgets" for one in facts.grants) is (
        selected
    )


@pytest.mark.parametrize(
    "expression",
    [
        "{key: part, operator: In}",
        "{key: part, operator: Exists, values: [x]}",
        "{key: part, operator: Like, values: [x]}",
        "{operator: Exists}",
    ],
)
def test_a_selector_that_an_api_server_refuses_selects_nothing_and_is_reported(read, expression):
    facts = read(
        stream(
            cluster_role("all", selecting(f"{{matchExpressions: [{expression}]}}")),
            cluster_role("one", reading("widgets")),
            binding("all"),
        )
    )
    assert "which an API server refuses" in facts.unread[0].message
    assert not any(grant.subject == "k8s-clusterrole:*/all" for grant in facts.grants)


def test_an_aggregated_role_without_selectors_is_reported(unread):
    text = cluster_role("all", "aggregationRule: {clusterRoleSelectors: []}")
    assert unread(text) == ["5:1: `ClusterRole` `all` is put together from no selector"]


def test_an_aggregated_role_of_which_no_part_is_there_is_reported_where_it_is_bound(unread):
    alone = cluster_role("all", selecting("{matchLabels: {part: x}}"))
    assert unread(alone) == []
    assert unread(stream(alone, binding("all"))) == [
        "2:1: `ClusterRole` `all` is put together from roles, and none of them is in the input"
    ]


def test_rules_that_the_controller_filled_in_count_once(read):
    facts = read(
        stream(
            cluster_role("all", selecting("{matchLabels: {part: x}}", reading("pods"))),
            cluster_role("one", reading("pods"), "part: x"),
            binding("all"),
        )
    )
    assert facts.unread == ()
    (grant,) = (grant for grant in facts.grants if grant.subject == "k8s-clusterrole:*/all")
    assert grant.source.line == 13


def test_rules_that_no_selected_role_has_count_and_are_reported(allowed, unread):
    text = stream(
        cluster_role("all", selecting("{matchLabels: {part: x}}", reading("secrets"))),
        cluster_role("one", reading("pods"), "part: x"),
        binding("all"),
    )
    assert allowed(text)(ANA, "get", "k8s:*/secrets")
    assert unread(text) == ["6:9: `ClusterRole` `all` states a rule that none of the roles it selects has"]


# Default roles


def test_default_roles_are_known_where_the_input_leaves_them_out(allowed):
    may = allowed(stream(binding("edit", home="shop"), binding("cluster-admin")).replace("name: ana", "name: ana", 1))
    assert may(ANA, "get", "k8s:shop/secrets")
    may = allowed(binding("edit", home="shop"))
    assert may(ANA, "list.content", "k8s:shop/secrets")
    assert may(ANA, "impersonate", "k8s:shop/serviceaccounts")
    assert may(ANA, "get", "k8s:shop/pods/log")
    assert not may(ANA, "create", "k8s:shop/rolebindings.rbac.authorization.k8s.io")
    assert not may(ANA, "get", "k8s:*/secrets")


def test_a_default_role_takes_in_roles_of_the_input(allowed):
    label = 'rbac.authorization.k8s.io/aggregate-to-view: "true"'
    may = allowed(stream(cluster_role("more", reading("widgets"), label), binding("admin", home="shop")))
    assert may(ANA, "get", "k8s:shop/widgets")


def test_the_input_wins_over_a_default_role(allowed):
    may = allowed(stream(cluster_role("cluster-admin", reading("pods")), binding("cluster-admin")))
    assert may(ANA, "get", "k8s:*/pods")
    assert not may(ANA, "get", "k8s:*/secrets")


def test_a_default_role_of_a_namespace_is_known_there_only(unread, allowed):
    role = "extension-apiserver-authentication-reader"
    may = allowed(binding(role, "Role", "kube-system"))
    assert may(ANA, "get", "k8s:kube-system/configmaps:extension-apiserver-authentication")
    assert len(unread(binding(role, "Role", "shop"))) == 1


# Bindings


def test_a_binding_to_a_role_that_is_not_there_is_reported_and_its_people_exist(read):
    facts = read(binding("deployer"))
    assert [str(problem) for problem in facts.unread] == [
        "given.yaml:5:1: `gives-deployer` binds the ClusterRole `deployer`, which is not in the input"
    ]
    assert ANA in facts.principals
    assert facts.groups["k8s-clusterrolebinding:gives-deployer"].members[0].id == ANA


def test_a_role_of_the_same_name_elsewhere_is_pointed_at(read):
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: one%s}\nrules: []\n"
    (problem,) = read(stream(role % ", namespace: office", binding("one", "Role", "shop"))).unread
    assert problem.help == "a role of that name stands in namespace `office`"
    (problem,) = read(stream(role % "", binding("one", "Role", "shop"))).unread
    assert problem.help == "a role of that name stands without a namespace"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("{kind: Role, name: one}", "`ClusterRoleBinding` `odd` refers to a `Role` and grants nothing"),
        ("{kind: Group, name: one}", "`ClusterRoleBinding` `odd` refers to a `Group` and grants nothing"),
        ("{kind: ClusterRole}", "`ClusterRoleBinding` `odd` refers to a role without a name"),
        ("null", "`ClusterRoleBinding` `odd` refers to no role"),
        (
            "{kind: ClusterRole, name: view, apiGroup: apps}",
            "`ClusterRoleBinding` `odd` refers to a role of another API group",
        ),
    ],
)
def test_a_reference_that_an_api_server_refuses_is_reported(read, reference, message):
    facts = read(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: odd}\n"
        f"roleRef: {reference}\nsubjects: [{{kind: User, name: ana}}]\n"
    )
    assert [problem.message for problem in facts.unread] == [message]


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_old_api_versions_are_read_alike(allowed, version):
    text = stream(cluster_role("one", reading("pods")), binding("one"))
    assert allowed(text.replace("k8s.io/v1", f"k8s.io/{version}"))(ANA, "get", "k8s:*/pods")


def test_a_role_and_a_cluster_role_of_one_name_are_two(allowed):
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: one, namespace: shop}\n"
    may = allowed(
        stream(role + reading("pods"), cluster_role("one", reading("secrets")), binding("one", "Role", "shop"))
    )
    assert may(ANA, "get", "k8s:shop/pods")
    assert not may(ANA, "get", "k8s:shop/secrets")


def test_what_a_renamed_binding_grants_is_the_same(allowed):
    one = stream(cluster_role("one", reading("pods")), binding("one"))
    assert allowed(one.replace("gives-one", "other"))(ANA, "get", "k8s:*/pods")
