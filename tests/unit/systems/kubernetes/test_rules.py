"""What a rule reaches: which requests, in which namespaces, under which names."""

import pytest

from blastradius.model.snapshot import Capability

APP = "service:k8s/shop/app"


def role(rules, *, cluster=False, bound="RoleBinding"):
    """Bind one role to the account `app`, in the namespace `shop` or everywhere."""
    kind, place = ("ClusterRole", "") if cluster else ("Role", ", namespace: shop")
    home = ", namespace: shop" if bound == "RoleBinding" else ""
    return f"""
apiVersion: rbac.authorization.k8s.io/v1
kind: {kind}
metadata: {{name: one{place}}}
rules:
  - {rules}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {bound}
metadata: {{name: one{home}}}
roleRef: {{kind: {kind}, name: one}}
subjects: [{{kind: ServiceAccount, name: app, namespace: shop}}]
---
apiVersion: v1
kind: Namespace
metadata: {{name: office}}
"""


def everywhere(rules):
    return role(rules, cluster=True, bound="ClusterRoleBinding")


def test_a_resource_does_not_reach_its_subresources(allowed):
    may = allowed(role('{apiGroups: [""], resources: [pods], verbs: [create]}'))
    assert may(APP, "create", "k8s:shop/pods")
    assert not may(APP, "create", "k8s:shop/pods/exec")


def test_a_star_reaches_subresources_and_the_types_of_the_table(allowed):
    may = allowed(role('{apiGroups: [""], resources: ["*"], verbs: [get]}'))
    assert may(APP, "get", "k8s:shop/*.core")
    assert may(APP, "get", "k8s:shop/secrets")
    assert may(APP, "get", "k8s:shop/pods/exec")
    assert not may(APP, "get", "k8s:shop/deployments.apps")


def test_all_groups_reach_every_type(allowed):
    may = allowed(everywhere('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}'))
    for resource in ("k8s:*/*", "k8s:*/secrets", "k8s:shop/deployments.apps/scale", "k8s:*/nodes/proxy", "k8s:*/users"):
        assert may(APP, "impersonate", resource)
    assert not may(APP, "get", "k8s-url:/metrics")


def test_one_subresource_of_everything_is_reached_and_nothing_else(allowed):
    may = allowed(role('{apiGroups: ["*"], resources: ["*/scale"], verbs: [update]}'))
    assert may(APP, "update", "k8s:shop/*/scale")
    assert may(APP, "update", "k8s:shop/deployments.apps/scale")
    assert not may(APP, "update", "k8s:shop/deployments.apps")
    assert not may(APP, "update", "k8s:shop/pods/exec")


def test_one_resource_of_all_groups_is_reached(allowed):
    text = role('{apiGroups: ["*"], resources: [events], verbs: [get]}')
    may = allowed(text)
    assert may(APP, "get", "k8s:shop/events.*")
    assert may(APP, "get", "k8s:shop/events")
    assert may(APP, "get", "k8s:shop/events.events.k8s.io")


@pytest.mark.parametrize("resource", ["pods/*", "*/*", "pod*", "*s", "", "pods/"])
def test_stars_that_mean_nothing_to_the_authorizer_grant_nothing(read, resource):
    facts = read(role(f'{{apiGroups: [""], resources: ["{resource}"], verbs: ["*"]}}'))
    assert [grant.subject for grant in facts.grants] == ["group:k8s/system:masters"] * 2
    assert facts.unread == ()


def test_a_group_with_a_star_in_it_grants_nothing(read):
    facts = read(role('{apiGroups: ["*.example"], resources: [baskets], verbs: ["*"]}'))
    assert not any(grant.subject.startswith("k8s-") for grant in facts.grants)


def test_the_group_core_is_not_the_core_group(allowed):
    may = allowed(role('{apiGroups: [core], resources: [secrets, "*"], verbs: [get]}'))
    assert may(APP, "get", "k8s:shop/secrets.%63ore")
    assert not may(APP, "get", "k8s:shop/secrets")


def test_a_name_that_looks_like_a_type_with_its_group_is_another_resource(allowed):
    may = allowed(role('{apiGroups: [""], resources: [deployments.apps], verbs: [get]}'))
    assert may(APP, "get", "k8s:shop/deployments%2Eapps")
    assert not may(APP, "get", "k8s:shop/deployments.apps")


def test_a_role_binding_stays_in_its_namespace_whatever_role_it_gives(allowed):
    may = allowed(role('{apiGroups: [""], resources: [secrets], verbs: [get]}', cluster=True))
    assert may(APP, "get", "k8s:shop/secrets")
    assert not may(APP, "get", "k8s:office/secrets")
    assert not may(APP, "get", "k8s:*/secrets")


def test_a_cluster_role_binding_reaches_every_namespace(allowed):
    may = allowed(everywhere('{apiGroups: [""], resources: [secrets], verbs: [get]}'))
    assert may(APP, "get", "k8s:*/secrets")
    assert may(APP, "get", "k8s:office/secrets")


def test_what_lies_in_no_namespace_is_not_reached_through_a_role_binding(read):
    text = role('{apiGroups: [""], resources: [nodes, nodes/proxy, nodes/checkpoint], verbs: ["*"]}', cluster=True)
    assert not any(grant.subject.startswith("k8s-") for grant in read(text).grants)


def test_a_wildcard_in_a_namespace_does_not_reach_what_lies_in_none(allowed):
    may = allowed(role('{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}'))
    assert may(APP, "delete", "k8s:shop/secrets")
    assert not may(APP, "delete", "k8s:*/nodes")


@pytest.mark.parametrize(
    ("group", "resource", "verb"), [("", "namespaces", "delete"), ("rbac.authorization.k8s.io", "clusterroles", "bind")]
)
def test_two_cluster_scoped_types_are_asked_about_in_namespaces(allowed, group, resource, verb):
    may = allowed(role(f'{{apiGroups: ["{group}"], resources: [{resource}], verbs: [{verb}]}}', cluster=True))
    typed = f"{resource}.{group}" if group else resource
    assert may(APP, verb, f"k8s:shop/{typed}")
    assert not may(APP, verb, f"k8s:*/{typed}")


def test_a_rule_with_names_reaches_those_objects_only(allowed):
    may = allowed(role('{apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get, list]}'))
    assert may(APP, "get", "k8s:shop/secrets:tls")
    assert may(APP, "list.content", "k8s:shop/secrets:tls")
    assert not may(APP, "get", "k8s:shop/secrets")
    assert not may(APP, "list", "k8s:shop/secrets")


def test_whoever_reaches_all_objects_reaches_the_named_one(allowed):
    named = role('{apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get]}')
    wide = everywhere('{apiGroups: ["*"], resources: ["*"], verbs: [get]}').replace("name: one", "name: wide")
    may = allowed(named + "---" + wide.replace("name: app", "name: robot"))
    assert may("service:k8s/shop/robot", "get", "k8s:shop/secrets:tls")
    assert not may(APP, "get", "k8s:shop/secrets")


def test_a_name_for_all_namespaces_holds_the_same_name_in_one(read):
    rule = '{apiGroups: [""], resources: [secrets], resourceNames: [tls], verbs: [get]}'
    facts = read(role(rule, cluster=True) + "---" + everywhere(rule))
    assert set(facts.resources["k8s:shop/secrets:tls"].parents) == {"k8s:shop/secrets", "k8s:*/secrets:tls"}


def test_an_empty_name_means_the_requests_without_a_name(allowed):
    may = allowed(role('{apiGroups: [""], resources: [secrets], resourceNames: [""], verbs: [get, list]}'))
    assert may(APP, "list", "k8s:shop/secrets")
    assert not may(APP, "get", "k8s:shop/secrets")


def test_an_empty_name_with_all_verbs_means_all_requests_without_a_name(allowed):
    may = allowed(role('{apiGroups: [""], resources: [secrets], resourceNames: [""], verbs: ["*"]}'))
    assert may(APP, "deletecollection", "k8s:shop/secrets")
    assert may(APP, "list.content", "k8s:shop/secrets")
    assert not may(APP, "update", "k8s:shop/secrets")


@pytest.mark.parametrize(
    "rule",
    [
        '{apiGroups: [""], resources: [secrets], resourceNames: [""], verbs: [get, delete]}',
        '{nonResourceURLs: [""], verbs: [get]}',
        '{apiGroups: [""], resources: [secrets], verbs: [""]}',
    ],
)
def test_a_rule_that_no_request_can_match_grants_nothing(read, rule):
    assert not any(grant.subject.startswith("k8s-") for grant in read(everywhere(rule)).grants)


def test_a_star_among_names_is_a_name(allowed):
    may = allowed(role('{apiGroups: [""], resources: [secrets], resourceNames: ["*"], verbs: [get]}'))
    assert may(APP, "get", "k8s:shop/secrets:*")
    assert not may(APP, "get", "k8s:shop/secrets")


def test_paths_are_reached_cluster_wide_and_by_their_beginning(allowed):
    may = allowed(everywhere("{nonResourceURLs: [/healthz/*, /metrics, /he*z, /api*], verbs: [get]}"))
    for url in ("/healthz/*", "/metrics", "/he%2Az", "/api*", "/apis", "/apis/*"):
        assert may(APP, "get", f"k8s-url:{url}")
    for url in ("/healthz", "/readyz", "/metrics/*", "*"):
        assert not may(APP, "get", f"k8s-url:{url}")


def test_paths_have_no_effect_in_a_namespace(read):
    text = role("{nonResourceURLs: [/metrics], verbs: [get]}", cluster=True)
    facts = read(text)
    assert not any(grant.subject.startswith("k8s-") for grant in facts.grants)
    assert facts.unread == ()


def test_a_star_reaches_every_path(allowed):
    assert allowed(everywhere('{nonResourceURLs: ["*"], verbs: ["*"]}'))(APP, "get", "k8s-url:/metrics")


def test_a_path_lies_in_the_narrowest_other_that_holds_it(read):
    facts = read(everywhere("{nonResourceURLs: [/a*, /a/b*, /a/b/c], verbs: [get]}"))
    parents = {one: facts.resources[f"k8s-url:{one}"].parents for one in ("/a*", "/a/b*", "/a/b/c", "*")}
    assert parents == {"/a*": ("k8s-url:*",), "/a/b*": ("k8s-url:/a*",), "/a/b/c": ("k8s-url:/a/b*",), "*": ()}


def test_the_oldest_api_group_is_a_group_of_its_own(allowed):
    may = allowed(role("{apiGroups: [extensions], resources: [deployments], verbs: [get]}"))
    assert may(APP, "get", "k8s:shop/deployments.extensions")
    assert not may(APP, "get", "k8s:shop/deployments.apps")


# Verbs


def test_a_list_gives_the_content_as_well(read):
    facts = read(role('{apiGroups: [""], resources: [secrets], verbs: [list]}'))
    granted = next(grant for grant in facts.grants if grant.subject.startswith("k8s-"))
    assert granted.actions == {"list", "list.content"}
    assert facts.actions["list.content"] is Capability.READ


@pytest.mark.parametrize(
    ("verb", "capability"),
    [
        ("get", Capability.READ),
        ("watch", Capability.READ),
        ("create", Capability.WRITE),
        ("deletecollection", Capability.WRITE),
        ("use", Capability.WRITE),
        ("escalate", Capability.MANAGE),
        ("bind", Capability.MANAGE),
        ("impersonate", Capability.MANAGE),
        ("sign", Capability.MANAGE),
        ("attest", Capability.MANAGE),
        ("impersonate:user-info", Capability.MANAGE),
        ("impersonate-on:user-info:list", Capability.MANAGE),
        ("post", Capability.WRITE),
    ],
)
def test_verbs_amount_to_capabilities(read, verb, capability):
    facts = read(role(f'{{apiGroups: [""], resources: [secrets], verbs: ["{verb}"]}}'))
    assert facts.actions[verb] is capability
    assert facts.unread == ()


def test_a_verb_nobody_knows_is_manage_and_reported_once(read):
    text = role('{apiGroups: [""], resources: [secrets], verbs: [frobnicate, GET, frobnicate]}')
    facts = read(text)
    assert facts.actions["frobnicate"] is Capability.MANAGE
    assert [str(problem) for problem in facts.unread] == [
        "given.yaml:6:5: the verb `frobnicate` is not known, and counts as `manage`",
        "given.yaml:6:5: the verb `GET` is not known, and counts as `manage`",
    ]


@pytest.mark.parametrize("verb", ["read", "write", "manage", "list.content"])
def test_a_verb_with_the_name_of_a_capability_is_an_action_of_its_own(allowed, read, verb):
    text = role(f'{{apiGroups: [""], resources: [secrets], verbs: [{verb}]}}')
    assert read(text).actions[f"{verb}.verb"] is Capability.MANAGE
    assert allowed(text)(APP, f"{verb}.verb", "k8s:shop/secrets")
    assert not allowed(text)(APP, verb, "k8s:shop/secrets")
    assert len(read(text).unread) == 1


# Rules an API server would refuse


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ('{apiGroups: [""], resources: [pods]}', "a rule of `Role` `one` has no verbs and grants nothing"),
        ("{resources: [pods], verbs: [get]}", "a rule of `Role` `one` has no `apiGroups` and grants nothing"),
        ('{apiGroups: [""], verbs: [get]}', "a rule of `Role` `one` has no `resources` and grants nothing"),
        ("{nonResourceURLs: [/x], verbs: [get]}", "a rule of `Role` `one` names paths, which lie in no namespace"),
        ("{}", "a rule of `Role` `one` has no verbs and grants nothing"),
    ],
)
def test_a_rule_that_an_api_server_refuses_is_reported_and_grants_nothing(read, rule, message):
    facts = read(role(rule))
    assert facts.unread[0].message == message
    assert not any(grant.subject.startswith("k8s-") for grant in facts.grants)


def test_a_rule_with_resources_and_paths_is_reported_and_grants_both(allowed, unread):
    text = everywhere('{apiGroups: [""], resources: [pods], nonResourceURLs: [/metrics], verbs: [get]}')
    assert unread(text) == ["6:5: a rule of `ClusterRole` `one` names resources and paths at once"]
    assert allowed(text)(APP, "get", "k8s:*/pods")
    assert allowed(text)(APP, "get", "k8s-url:/metrics")


def test_a_misspelt_field_of_a_rule_is_reported(unread):
    text = role('{apiGroups: [""], resources: [secrets], resourceName: [tls], verbs: [get]}')
    assert unread(text) == ["6:45: `Role` `one` has the unknown field `resourceName` in a rule"]


def test_every_fact_knows_where_it_stands(read):
    facts = read(role('{apiGroups: [""], resources: [secrets], verbs: [get]}'))
    rule = next(grant for grant in facts.grants if grant.subject == "k8s-role:shop/one")
    binding = facts.groups["k8s-rolebinding:shop/one"]
    (held,) = facts.groups["k8s-role:shop/one"].members
    assert (rule.source.line, binding.source.line, binding.members[0].source.line, held.source.line) == (6, 8, 12, 11)


def test_equal_grants_of_two_rules_stand_once(read):
    rule = '{apiGroups: [""], resources: [secrets, secrets], verbs: [get, get]}'
    facts = read(role(f"{rule}\n  - {rule}"))
    assert sum(grant.subject == "k8s-role:shop/one" for grant in facts.grants) == 1


def test_labels_say_what_a_policy_can_ask_about(read):
    facts = read(role("{apiGroups: [apps], resources: [deployments/scale], resourceNames: [web], verbs: [get]}"))
    assert dict(facts.resources["k8s:shop/deployments.apps/scale:web"].labels) == {
        "apigroup": "apps",
        "name": "web",
        "namespace": "shop",
        "type": "deployments/scale",
    }
    assert dict(facts.resources["k8s:*/secrets"].labels) == {"apigroup": "core", "namespace": "*", "type": "secrets"}
