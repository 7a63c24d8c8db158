"""A second AWS IAM, straight from the evaluation logic, which shares nothing with ours.

It asks one question at a time, about one principal, one action, one ARN, and looks at every statement. Patterns are
matched by regular expressions; there is no table of actions and no containment. Conditions are never decided: they
stay in the answer as the texts of their values.
"""

import re
from typing import NamedTuple

ALWAYS = frozenset()


class Question(NamedTuple):
    """Who wants to do what to which resource; all in one account."""

    principal: str
    action: str
    arn: str


def decide(account, question, resource_policies=None, control=()):
    """Say `none`, `conditional` or `granted`.

    Args:
        account: Account authorization details.
        question: What is asked.
        resource_policies: Policies by ARN.
        control: Levels of service control policies, each a list of policies.
    """
    policies = list(policies_of(account, question.principal))
    boundary = boundary_of(account, question.principal)
    resource = (resource_policies or {}).get(bucket_of(question.arn), {"Statement": []})
    documents = [*policies, *(policy for level in control for policy in level), *([boundary] if boundary else [])]
    denied = {
        condition_of(one)
        for document in documents
        for one in statements(document)
        if one["Effect"] == "Deny" and is_about(one, question)
    }
    denied |= {
        condition_of(one)
        for one in statements(resource)
        if one["Effect"] == "Deny" and is_about(one, question) and names(one, question.principal)
    }
    if ALWAYS in denied:
        return "none"
    ways = allowing(policies, question)
    for level in control:
        ways = both(ways, allowing(level, question))
    if boundary:
        ways = both(ways, allowing([boundary], question))
    is_role = ":role/" in question.principal
    direct = {
        condition_of(one)
        for one in statements(resource)
        if one["Effect"] == "Allow" and is_about(one, question) and names(one, question.principal, exactly=True)
    }
    # A role that a resource policy names is held to its boundary, a user is not.
    named = {
        condition_of(one)
        for one in statements(resource)
        if one["Effect"] == "Allow" and is_about(one, question) and one.get("Principal") == "*"
    }
    for level in control:
        direct = both(direct, allowing(level, question))
    ways |= both(direct, allowing([boundary], question)) if is_role and boundary else direct
    ways |= named
    if not ways:
        return "none"
    return "granted" if ALWAYS in ways and not denied else "conditional"


def allowing(policies, question):
    return {
        condition_of(one)
        for policy in policies
        for one in statements(policy)
        if one["Effect"] == "Allow" and is_about(one, question)
    }


def both(some, others):
    return {one | other for one in some for other in others}


def policies_of(account, principal):
    entity = entity_of(account, principal)
    groups = [g for g in account.get("GroupDetailList", ()) if g["GroupName"] in entity.get("GroupList", ())]
    for one in (entity, *groups):
        for key in ("UserPolicyList", "RolePolicyList", "GroupPolicyList"):
            yield from (inline["PolicyDocument"] for inline in one.get(key, ()))
        yield from (managed(account, attached["PolicyArn"]) for attached in one.get("AttachedManagedPolicies", ()))


def boundary_of(account, principal):
    boundary = entity_of(account, principal).get("PermissionsBoundary")
    return managed(account, boundary["PermissionsBoundaryArn"]) if boundary else None


def entity_of(account, principal):
    entities = (*account.get("UserDetailList", ()), *account.get("RoleDetailList", ()))
    return next(one for one in entities if one["Arn"] == principal)


def managed(account, arn):
    policy = next(one for one in account["Policies"] if one["Arn"] == arn)
    return next(v["Document"] for v in policy["PolicyVersionList"] if v["IsDefaultVersion"])


def bucket_of(arn):
    return arn.partition("/")[0]


def statements(document):
    found = document["Statement"]
    return found if isinstance(found, list) else [found]


def listed(value):
    return value if isinstance(value, list) else [value]


def condition_of(statement):
    return frozenset(
        f"{operator} {key} {value}"
        for operator, compared in statement.get("Condition", {}).items()
        for key, value in compared.items()
    )


def is_about(statement, question):
    name = question.principal.rpartition("/")[2]
    return fits(statement, "Action", question.action.lower(), str.lower) and fits(
        statement, "Resource", question.arn, lambda pattern: filled(pattern, question.principal, name)
    )


def filled(pattern, principal, name):
    if pattern.count(":") < 5 and not pattern.endswith("*"):
        # What is missing of an ARN may be anything.
        return pattern + ":*"
    if "${aws:username}" in pattern:
        # Somebody who has no user name fits nothing.
        return pattern.replace("${aws:username}", name) if ":user/" in principal else "(nothing)"
    return pattern


def fits(statement, key, text, prepared):
    if f"Not{key}" in statement:
        return not any(matches(prepared(pattern), text) for pattern in listed(statement[f"Not{key}"]))
    return any(matches(prepared(pattern), text) for pattern in listed(statement[key]))


def matches(pattern, text):
    written = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(written, text, re.DOTALL) is not None


def names(statement, principal, *, exactly=False):
    account = principal.split(":")[4]
    if "NotPrincipal" in statement:
        listed_out = listed(statement["NotPrincipal"]["AWS"])
        return not exactly and principal not in listed_out
    named = statement["Principal"]
    if named == "*":
        return not exactly
    found = listed(named["AWS"])
    return principal in found or (not exactly and f"arn:aws:iam::{account}:root" in found)
