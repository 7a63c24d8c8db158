"""A second RBAC authorizer, straight from the rules of Kubernetes, which shares nothing with ours.

It asks one question at a time: may this user, in these groups, do this? No patterns, no containment.
"""

from typing import NamedTuple


class Request(NamedTuple):
    """What somebody wants to do; an empty namespace is the whole cluster, an empty name is none."""

    verb: str
    group: str
    resource: str
    subresource: str = ""
    namespace: str = ""
    name: str = ""


def may(objects, user, groups, request):
    """Tell whether bindings among the objects let a user do something."""
    return any(rule_allows(rule, request) for rule in rules_for(objects, user, groups, request.namespace))


def may_visit(objects, user, groups, verb, path):
    """Tell whether bindings among the objects let a user fetch a path that is no resource."""
    return any(
        matches(rule.get("verbs"), verb)
        and any(url in ("*", path) or (url.endswith("*") and path.startswith(url.rstrip("*"))) for url in urls)
        for rule in rules_for(objects, user, groups, "")
        if (urls := rule.get("nonResourceURLs"))
    )


def rules_for(objects, user, groups, namespace):
    for binding in objects:
        if binding["kind"] not in ("RoleBinding", "ClusterRoleBinding"):
            continue
        home = binding["metadata"].get("namespace", "")
        if binding["kind"] == "RoleBinding" and (not namespace or home != namespace):
            continue
        if any(applies(subject, user, groups, home) for subject in binding.get("subjects") or ()):
            yield from role_rules(objects, binding["roleRef"], home)


def applies(subject, user, groups, home):
    if subject["kind"] == "User":
        return subject["name"] == user
    if subject["kind"] == "Group":
        return subject["name"] in groups
    return user == f"system:serviceaccount:{subject.get('namespace') or home}:{subject['name']}"


def role_rules(objects, reference, home):
    for role in objects:
        if role["kind"] != reference["kind"] or role["metadata"]["name"] != reference["name"]:
            continue
        if role["kind"] == "ClusterRole" or role["metadata"].get("namespace", "") == home:
            yield from role.get("rules") or ()


def rule_allows(rule, request):
    whole = f"{request.resource}/{request.subresource}" if request.subresource else request.resource
    names = rule.get("resourceNames") or ()
    return (
        matches(rule.get("verbs"), request.verb)
        and matches(rule.get("apiGroups"), request.group)
        and any(
            one in ("*", whole) or (request.subresource and one == f"*/{request.subresource}")
            for one in rule.get("resources") or ()
        )
        and (not names or request.name in names)
    )


def matches(allowed, wanted):
    return any(one in ("*", wanted) for one in allowed or ())
