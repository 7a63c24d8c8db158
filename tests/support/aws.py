"""Exports of small AWS accounts, written as Python."""

ACCOUNT = "111122223333"
ELSEWHERE = "444455556666"


def arn(name, account=ACCOUNT):
    return f"arn:aws:iam::{account}:{name}"


def document(*statements, version="2012-10-17"):
    return {"Version": version, "Statement": list(statements)}


def allow(actions, resources="*", **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources="*", **more):
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


def trust(principal, *more, **keys):
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **keys}, *more)


def attached(names, account=ACCOUNT):
    arns = [name if name.startswith("arn:") else arn(f"policy/{name}", account) for name in names]
    return [{"PolicyName": one.rpartition("/")[2], "PolicyArn": one} for one in arns]


def user(name, *statements, groups=(), managed=(), boundary=None, account=ACCOUNT):
    made = {"UserName": name, "UserId": f"AIDA{name.upper()}", "Arn": arn(f"user/{name}", account)}
    made |= {"GroupList": list(groups), "AttachedManagedPolicies": attached(managed, account)}
    made["UserPolicyList"] = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    if boundary:
        made["PermissionsBoundary"] = {"PermissionsBoundaryArn": arn(f"policy/{boundary}", account)}
    return made


def role(name, trusted, *statements, managed=(), boundary=None, account=ACCOUNT, profiles=(), path=""):
    made = {"RoleName": name, "RoleId": f"AROA{name.upper()}", "Arn": arn(f"role/{path}{name}", account)}
    made |= {"AssumeRolePolicyDocument": trusted, "AttachedManagedPolicies": attached(managed, account)}
    made["RolePolicyList"] = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    made["InstanceProfileList"] = [{"InstanceProfileName": one} for one in profiles]
    if boundary:
        made["PermissionsBoundary"] = {"PermissionsBoundaryArn": arn(f"policy/{boundary}", account)}
    return made


def group(name, *statements, managed=()):
    made = {"GroupName": name, "Arn": arn(f"group/{name}"), "AttachedManagedPolicies": attached(managed)}
    made["GroupPolicyList"] = [{"PolicyName": "own", "PolicyDocument": document(*statements)}] if statements else []
    return made


def managed(name, *statements, account=ACCOUNT):
    versions = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document(*statements)}]
    whole = arn(f"policy/{name}", account)
    return {"PolicyName": name, "Arn": whole, "DefaultVersionId": "v1", "PolicyVersionList": versions}


def account(users=(), roles=(), groups=(), policies=()):
    return {
        "UserDetailList": list(users),
        "GroupDetailList": list(groups),
        "RoleDetailList": list(roles),
        "Policies": list(policies),
    }
