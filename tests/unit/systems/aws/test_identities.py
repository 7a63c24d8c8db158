"""What users, groups and roles may do by their own policies."""

import pytest

from blastradius.model.snapshot import PrincipalKind
from tests.support.aws import account, allow, arn, attached, deny, document, group, managed, role, trust, user

ORDERS = "arn:aws:s3:::orders/*"
ANA, BO, APP = "user:aws/111122223333/ana", "user:aws/111122223333/bo", "role:aws/111122223333/app"
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def test_a_policy_reaches_through_a_group_and_is_a_step_of_its_own(read):
    found = read(
        account(
            users=[user("ana", groups=["team"])],
            groups=[group("team", managed=["reading"])],
            policies=[managed("reading", allow("s3:GetObject", ORDERS))],
        )
    )
    assert found.may(ANA, "s3:GetObject", ORDERS) == "granted"
    assert found.may(ANA, "s3:PutObject", ORDERS) == "none"
    members = found.facts.groups["policy:aws/111122223333/reading"].members
    assert [entry.id for entry in members] == ["group:aws/111122223333/team"]
    (grant,) = found.facts.grants
    assert grant.subject == "policy:aws/111122223333/reading"
    assert grant.source.line > 1


def test_a_denial_in_one_policy_beats_what_another_allows(read):
    found = read(account(users=[user("ana", allow("s3:*"), deny("s3:GetObject", ORDERS))]), ["arn:aws:s3:::orders/a"])
    assert found.may(ANA, "s3:GetObject", "arn:aws:s3:::orders/a") == "none"
    assert found.may(ANA, "s3:PutObject", "arn:aws:s3:::orders/a") == "granted"
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"


def test_a_conditional_denial_leaves_the_answer_open(read):
    unless = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    found = read(account(users=[user("ana", allow("s3:*"), deny("s3:*", Condition=unless))]))
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "conditional"


def test_only_the_default_version_of_a_policy_counts(read):
    policy = managed("reading", allow("s3:GetObject"))
    policy["PolicyVersionList"].append(
        {"VersionId": "v0", "IsDefaultVersion": False, "Document": document(allow("s3:*"))}
    )
    found = read(account(users=[user("ana", managed=["reading"])], policies=[policy]))
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"
    assert found.may(ANA, "s3:PutObject", "arn:*:s3:*") == "none"


def test_whoever_may_do_all_but_one_service_does_not_reach_that_service(read):
    found = read(account(users=[user("ana", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})]))
    reached = {grant.resource for grant in found.facts.grants}
    assert "aws:arn:*:s3:*" in reached
    assert "aws:arn:*:sts:*" in reached
    actions = {
        action for grant in found.facts.grants if grant.resource == "aws:arn:*:iam:*" for action in grant.actions
    }
    # Which role elsewhere may be assumed is not known.
    assert actions == {"sts:AssumeRole"}


def test_a_denial_of_a_service_takes_all_of_it_from_an_administrator(read):
    found = read(account(users=[user("ana", allow("*"), deny("iam:*"))]))
    left = {action for action in found.facts.actions if found.engine.state(ANA, action, "aws:arn:*:iam:*") != "none"}
    # What assumes a role elsewhere is an action of another service.
    assert left == {"sts:AssumeRole"}


def test_what_is_excepted_is_neither_allowed_nor_denied(read):
    secret = "arn:aws:s3:::secret/*"
    found = read(
        account(
            users=[
                user("ana", {"Effect": "Allow", "Action": "s3:*", "NotResource": secret}),
                user("bo", allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": ORDERS}),
            ]
        ),
        ["arn:aws:s3:::secret/a", "arn:aws:s3:::orders/a"],
    )
    assert found.may(ANA, "s3:GetObject", "arn:aws:s3:::secret/a") == "none"
    assert found.may(ANA, "s3:GetObject", "arn:aws:s3:::orders/a") == "granted"
    assert found.may(BO, "s3:GetObject", "arn:aws:s3:::secret/a") == "none"
    assert found.may(BO, "s3:GetObject", "arn:aws:s3:::orders/a") == "granted"


def test_a_user_name_in_a_resource_is_filled_in_for_each_user_and_for_no_role(read):
    own = allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")
    found = read(
        account(
            users=[user("ana", groups=["team"]), user("bo")],
            groups=[group("team", own)],
            roles=[role("app", trust({"Service": "ec2.amazonaws.com"}), own)],
        ),
        [arn("user/ana"), arn("user/bo")],
    )
    assert found.may(ANA, "iam:CreateAccessKey", arn("user/ana")) == "granted"
    assert found.may(ANA, "iam:CreateAccessKey", arn("user/bo")) == "none"
    assert found.may(APP, "iam:CreateAccessKey", arn("user/ana")) == "none"


def test_other_variables_stay_conditions(read):
    tagged = allow("s3:GetObject", "arn:aws:s3:::orders/${aws:PrincipalTag/team}/*")
    found = read(account(users=[user("ana", tagged)]), ["arn:aws:s3:::orders/red/a"])
    assert found.when(ANA, "s3:GetObject", "arn:aws:s3:::orders/red/a") == [
        "${aws:PrincipalTag/team} fits the resource"
    ]


def test_before_2012_a_variable_is_an_ordinary_text(read):
    made = user("ana")
    statement = allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")
    made["UserPolicyList"] = [{"PolicyName": "old", "PolicyDocument": document(statement, version="2008-10-17")}]
    found = read(account(users=[made]), [arn("user/ana")])
    assert found.may(ANA, "iam:CreateAccessKey", arn("user/ana")) == "none"


def test_a_boundary_leaves_what_both_allow_and_denies_what_it_denies(read):
    found = read(
        account(
            users=[
                user("ana", allow(["s3:*", "sqs:*"]), groups=["team"], boundary="edge"),
                user("bo", groups=["team"]),
            ],
            groups=[group("team", allow("dynamodb:GetItem"))],
            policies=[managed("edge", allow(["s3:GetObject", "s3:PutObject"], ORDERS), deny("s3:PutObject"))],
        )
    )
    assert found.may(ANA, "s3:GetObject", ORDERS) == "granted"
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "none"
    assert found.may(ANA, "s3:PutObject", ORDERS) == "none"
    assert found.may(ANA, "sqs:SendMessage", "arn:*:sqs:*") == "none"
    assert found.may(ANA, "dynamodb:GetItem", "arn:*:dynamodb:*") == "none"
    assert found.may(BO, "dynamodb:GetItem", "arn:*:dynamodb:*") == "granted"


def test_a_boundary_that_is_not_in_the_export_takes_nothing_away(read):
    found = read(account(users=[user("ana", allow("s3:GetObject"), boundary="edge")]))
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"


@pytest.mark.parametrize("where", ["111122223333", "ou-a", "r-a"])
def test_service_control_policies_at_every_level_limit_the_account(read, where):
    full = {"Name": "FullAWSAccess", "Content": document(allow("*"))}
    levels = {target: [full] for target in ("111122223333", "ou-a", "r-a")}
    levels[where] = [{"Name": "few", "Content": document(allow("s3:*"), deny("s3:PutObject"))}]
    control = {"scps": levels, "parents": {"111122223333": "ou-a", "ou-a": "r-a"}}
    found = read(account(users=[user("ana", allow("*"))]), control)
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"
    assert found.may(ANA, "s3:PutObject", "arn:*:s3:*") == "none"
    assert found.may(ANA, "sqs:SendMessage", "arn:*:sqs:*") == "none"


def test_service_control_policies_leave_the_management_account_and_service_linked_roles_alone(read):
    control = {"scps": {"111122223333": [{"Name": "none", "Content": document(deny("*"))}]}}
    linked = role(
        "AWSServiceRoleForX", trust({"Service": "x.amazonaws.com"}), allow("s3:*"), path="aws-service-role/x/"
    )
    whole = account(users=[user("ana", allow("s3:*"))], roles=[linked])
    found = read(whole, control)
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "none"
    assert found.may("role:aws/111122223333/AWSServiceRoleForX", "s3:GetObject", "arn:*:s3:*") == "granted"
    found = read(whole, control | {"management": "111122223333"})
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"


def test_an_attached_policy_that_is_missing_is_said_with_its_arn(read):
    found = read(account(users=[user("ana", managed=["arn:aws:iam::aws:policy/ReadOnlyAccess"])]))
    (problem,) = found.facts.unread
    assert "`arn:aws:iam::aws:policy/ReadOnlyAccess`, which is not in the input" in problem.message
    assert problem.source


def test_administrator_access_is_known_even_where_it_is_missing(read):
    found = read(account(users=[user("ana", managed=["arn:aws:iam::aws:policy/AdministratorAccess"])]))
    assert found.facts.unread == ()
    assert found.may(ANA, "iam:PassRole", "arn:*:iam:*") == "granted"


def test_a_group_that_is_missing_is_said(read):
    found = read(account(users=[user("ana", groups=["team"])]))
    assert ["is in the group `team`" in problem.message for problem in found.facts.unread] == [True]


def test_policies_of_two_accounts_reach_each_its_own(read):
    other = "444455556666"
    found = read(
        account(users=[user("ana", allow("sqs:*"))]),
        account(users=[user("ana", allow("sqs:*"), account=other)]),
        ["arn:aws:sqs:eu-west-1:111122223333:orders", "arn:aws:sqs:eu-west-1:444455556666:orders"],
    )
    assert found.may(ANA, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders") == "granted"
    assert found.may(ANA, "sqs:SendMessage", "arn:aws:sqs:eu-west-1:444455556666:orders") == "none"
    assert (
        found.may(f"user:aws/{other}/ana", "sqs:SendMessage", "arn:aws:sqs:eu-west-1:444455556666:orders") == "granted"
    )


def test_a_resource_of_an_account_nobody_knows_depends_on_that_account(read):
    topic = "arn:aws:sns:eu-west-1:444455556666:news"
    found = read(account(users=[user("ana", allow("sns:Publish", topic))]))
    assert found.when(ANA, "sns:Publish", topic) == ["account 444455556666 allows it"]


def test_actions_that_cannot_be_asked_about_a_resource_are_left_out(read):
    found = read(account(users=[user("ana", allow(["s3:GetObject", "sqs:SendMessage"], ORDERS))]))
    (grant,) = found.facts.grants
    assert grant.actions == {"s3:GetObject"}


def test_actions_nobody_knows_count_as_manage_and_are_said_once(read):
    found = read(account(users=[user("ana", allow(["s3:Fly", "s3:Fly*", "nosuch:Do"]))]))
    assert {str(found.facts.actions[name].label) for name in ("s3:fly", "nosuch:do")} == {"manage"}
    (problem,) = found.facts.unread
    assert "`nosuch:Do`, `s3:Fly`" in problem.message
    assert found.may(ANA, "nosuch:do", "arn:*:nosuch:*") == "granted"


def test_what_aws_itself_names_and_the_table_does_not_know_is_read_by_its_verb(read):
    policy = {
        "PolicyName": "Viewer",
        "Arn": "arn:aws:iam::aws:policy/Viewer",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(allow("nosuch:DescribeThings"))}
        ],
    }
    made = user("ana")
    made["AttachedManagedPolicies"] = attached(["arn:aws:iam::aws:policy/Viewer"])
    found = read(account(users=[made], policies=[policy]))
    assert found.facts.actions["nosuch:describethings"].label == "list"
    assert found.facts.unread == ()


def test_conditions_are_texts_that_mean_the_same_however_they_are_written(read):
    found = read(
        account(
            users=[
                user("ana", allow("s3:GetObject", Condition={"StringEquals": {"aws:SourceVpc": ["vpc-b", "vpc-a"]}})),
                user("bo", allow("s3:GetObject", Condition={"StringEquals": {"AWS:sourcevpc": ["vpc-a", "vpc-b"]}})),
            ]
        )
    )
    assert (
        found.when(ANA, "s3:GetObject", "arn:*:s3:*")
        == found.when(BO, "s3:GetObject", "arn:*:s3:*")
        == ['aws:SourceVpc StringEquals "vpc-a" or "vpc-b"']
    )


def test_several_comparisons_must_all_hold(read):
    both = {"Bool": {"aws:SecureTransport": True}, "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    found = read(account(users=[user("ana", allow("s3:GetObject", Condition=both))]))
    assert found.when(ANA, "s3:GetObject", "arn:*:s3:*") == [
        'aws:SecureTransport Bool "true" and aws:SourceIp IpAddress "192.0.2.0/24"'
    ]


def test_users_roles_and_services_are_principals_of_their_kind(read):
    found = read(
        account(users=[user("ana")], roles=[role("app", trust({"Service": "ec2.amazonaws.com"}), profiles=["web"])])
    )
    assert {one.id: one.kind for one in found.facts.principals.values()} == {
        ANA: PrincipalKind.USER,
        APP: PrincipalKind.ROLE,
        "service:aws/ec2.amazonaws.com": PrincipalKind.SERVICE,
        "service:aws/111122223333/instance-profile/web": PrincipalKind.SERVICE,
    }
    assert found.acts_as("service:aws/111122223333/instance-profile/web") == [APP]


def test_both_sides_of_a_comparison_have_the_same_resources(read):
    before, after = (
        account(users=[user("ana")]),
        account(users=[user("ana", allow("sns:Publish", ORDERS), allow("eks:*"))]),
    )
    first, second = read(before, other=[after]), read(after, other=[before])
    assert first.facts.resources == second.facts.resources
    assert "aws:arn:*:eks:*" in first.facts.resources
