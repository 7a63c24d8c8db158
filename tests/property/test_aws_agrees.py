"""AWS as we read it against AWS's evaluation logic, on random accounts."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from blastradius.access.reference import Reference
from blastradius.systems.aws.snapshot import read
from tests.support.iam import Question, decide
from tests.support.texts import as_document

ACCOUNT = "111122223333"
ARNS = (
    "arn:aws:s3:::orders",
    "arn:aws:s3:::orders/2026/a",
    "arn:aws:s3:::orders/2026/b",
    "arn:aws:s3:::reports",
    "arn:aws:s3:::reports/2026/a",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders",
    f"arn:aws:sqs:eu-west-1:{ACCOUNT}:reports",
    f"arn:aws:iam::{ACCOUNT}:user/ana",
)
ACTIONS = {
    "s3": ("s3:GetObject", "s3:PutObject", "s3:PutBucketPolicy"),
    "sqs": ("sqs:SendMessage", "sqs:ReceiveMessage"),
    "iam": ("iam:CreateAccessKey",),
}
ACTION_PATTERNS = (
    *("*", "s3:*", "s3:Get*", "S3:put*", "sqs:*", "sqs:?e*", "iam:CreateAccessKey", "s3:PutObject", "*:*e"),
    *("s3:GetObject", "sqs:SendMessage"),
)
RESOURCE_PATTERNS = (
    *("*", "arn:aws:s3:::*", "arn:aws:s3:::orders", "arn:aws:s3:::orders/*", "arn:aws:s3:::*/2026/*"),
    *("arn:aws:s3:::orders/2026/?", "arn:aws:s3:::*/a", "arn:aws:s3:::reports*", "arn:aws:sqs"),
    *(f"arn:aws:sqs:*:{ACCOUNT}:orders", "arn:aws:*:*:*:*orders", "arn:aws:s3:::orders/2026/b"),
)
VARIABLE = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
CONDITIONS = ({}, {}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
PRINCIPALS = ("user/ana", "user/bo", "role/app")


def either(key, patterns):
    return st.tuples(
        st.sampled_from((key, key, key, f"Not{key}")), st.lists(st.sampled_from(patterns), min_size=1, max_size=3)
    ).map(lambda pair: {pair[0]: pair[1] if len(pair[1]) > 1 else pair[1][0]})


def statement(resources, **more):
    return st.tuples(
        st.sampled_from(("Allow", "Allow", "Deny")),
        either("Action", ACTION_PATTERNS),
        either("Resource", resources),
        st.sampled_from(CONDITIONS),
        st.fixed_dictionaries(more),
    ).map(
        lambda parts: (
            {"Effect": parts[0], **parts[1], **parts[2], **({"Condition": parts[3]} if parts[3] else {})}
            | {key: value for extra in parts[4].values() for key, value in extra.items()}
        )
    )


def policy(size=3, resources=(*RESOURCE_PATTERNS, VARIABLE), **more):
    found = st.lists(statement(resources, **more), max_size=size)
    return found.map(lambda made: {"Version": "2012-10-17", "Statement": made})


def ceiling(size):
    # There a variable stays a condition: it differs between those who are below the same ceiling.
    return policy(size, RESOURCE_PATTERNS)


def arn(name):
    return f"arn:aws:iam::{ACCOUNT}:{name}"


WHO = st.sampled_from(
    (
        {"Principal": "*"},
        {"Principal": {"AWS": arn("user/ana")}},
        {"Principal": {"AWS": [arn("role/app"), arn("user/bo")]}},
        {"Principal": {"AWS": arn("root")}},
    )
)


@st.composite
def accounts(draw):
    boundary, shared = draw(ceiling(3)), draw(policy())
    users = []
    for name in ("ana", "bo"):
        user = {"UserName": name, "Arn": arn(f"user/{name}"), "GroupList": draw(st.sampled_from(([], ["team"])))}
        user["UserPolicyList"] = [{"PolicyName": "own", "PolicyDocument": draw(policy())}]
        users.append(user)
    role = {"RoleName": "app", "Arn": arn("role/app")}
    role["AssumeRolePolicyDocument"] = {"Statement": []}
    role["AttachedManagedPolicies"] = [{"PolicyName": "shared", "PolicyArn": arn("policy/shared")}]
    group = {"GroupName": "team", "Arn": arn("group/team"), "AttachedManagedPolicies": role["AttachedManagedPolicies"]}
    for entity in draw(st.lists(st.sampled_from((*users, role)), max_size=2)):
        entity["PermissionsBoundary"] = {"PermissionsBoundaryArn": arn("policy/boundary")}
    return {
        "UserDetailList": users,
        "GroupDetailList": [group],
        "RoleDetailList": [role],
        "Policies": [managed("shared", shared), managed("boundary", boundary)],
    }


def managed(name, document):
    versions = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}]
    return {"PolicyName": name, "Arn": arn(f"policy/{name}"), "DefaultVersionId": "v1", "PolicyVersionList": versions}


def subject(name):
    kind, _, own = name.partition("/")
    return f"{kind}:aws/{ACCOUNT}/{own}"


def answers(account, resource_policies, control):
    documents = [account, list(ARNS), *([resource_policies] if resource_policies else [])]
    if control:
        documents.append({"scps": {ACCOUNT: [{"Name": "limit", "Content": json.dumps(one)} for one in control]}})
    snapshot = read([as_document(json.dumps(one)) for one in documents])
    engine = Reference(snapshot, snapshot.actions)
    for name in PRINCIPALS:
        for one in ARNS:
            for action in ACTIONS[one.split(":")[2]]:
                yield (
                    Question(arn(name), action, one),
                    str(engine.state(subject(name), action, f"aws:{one}")),
                )


@settings(deadline=None, max_examples=30)
@given(accounts(), st.none() | policy(who=WHO), st.lists(ceiling(2), max_size=2))
def test_every_answer_is_what_the_evaluation_logic_says(account, bucket, control):
    resource_policies = {"arn:aws:s3:::orders": bucket} if bucket else {}
    for question, answer in answers(account, resource_policies, control):
        wanted = decide(account, question, resource_policies, [control] if control else [])
        assert (question, answer) == (question, wanted)
