"""What the policies of resources give, and to whom."""

import json
from urllib.parse import quote

import pytest

from blastradius.model.snapshot import OUTSIDER, Completeness
from tests.support.aws import ACCOUNT, ELSEWHERE, account, allow, arn, deny, document, managed, role, trust, user

ANA, BO, APP = f"user:aws/{ACCOUNT}/ana", f"user:aws/{ACCOUNT}/bo", f"role:aws/{ACCOUNT}/app"
BUCKET, OBJECTS = "arn:aws:s3:::orders", "arn:aws:s3:::orders/*"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:one-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/one"
PEOPLE = account(users=[user("ana"), user("bo")], roles=[role("web", trust({"Service": "ec2.amazonaws.com"}))])


def to(principal, actions="s3:GetObject", resources=OBJECTS, **more):
    return allow(actions, resources, Principal=principal, **more)


def not_to(principal, actions="s3:GetObject", resources=OBJECTS, **more):
    return deny(actions, resources, Principal=principal, **more)


def test_a_bucket_policy_is_enough_for_somebody_of_the_same_account(read):
    found = read(PEOPLE, {BUCKET: document(to({"AWS": arn("user/ana")}))})
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(BO, "s3:GetObject", OBJECTS) == "none"
    assert found.may(ANA, "s3:GetObject", BUCKET) == "none"


WRAPS = {
    "text": json.dumps,
    "printed": lambda policy: {"Policy": json.dumps(policy)},
    "object": lambda policy: policy,
    "encoded": lambda policy: quote(json.dumps(policy)),
}


@pytest.mark.parametrize("wrap", WRAPS.values(), ids=WRAPS)
def test_a_policy_may_be_an_object_or_a_text_or_what_the_command_line_prints(read, wrap):
    found = read(PEOPLE, {BUCKET: wrap(document(to({"AWS": arn("user/ana")})))})
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert all(grant.source.line for grant in found.facts.grants)


def test_everybody_in_a_bucket_policy_is_the_public(read):
    found = read(PEOPLE, {BUCKET: document(to("*"))})
    assert found.may(OUTSIDER, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"


def test_a_condition_on_everybody_stays_a_condition(read):
    member = {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}
    found = read(PEOPLE, {BUCKET: document(to({"AWS": "*"}, Condition=member))})
    assert found.when(OUTSIDER, "s3:GetObject", OBJECTS) == ['aws:PrincipalOrgID StringEquals "o-a"']


def test_a_bucket_that_blocks_public_access_lets_in_its_own_account_only(read):
    block = {"RestrictPublicBuckets": True}
    policy = {"Policy": json.dumps(document(to("*"))), "PublicAccessBlockConfiguration": block}
    found = read(PEOPLE, {BUCKET: policy})
    assert found.may(OUTSIDER, "s3:GetObject", OBJECTS) == "none"
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"


def test_a_denial_in_a_bucket_policy_beats_what_identities_have(read):
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    found = read(
        account(users=[user("ana", allow("s3:*")), user("bo", allow("s3:*"))]),
        {BUCKET: document(not_to({"AWS": arn("user/ana")}), not_to("*", "s3:PutObject", Condition=plain))},
    )
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "none"
    assert found.may(BO, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(BO, "s3:PutObject", OBJECTS) == "conditional"


def test_not_principal_in_a_denial_spares_whom_it_names(read):
    statement = deny("s3:*", OBJECTS, NotPrincipal={"AWS": [arn("user/ana"), arn("root")]})
    other = deny("s3:*", OBJECTS, NotPrincipal={"AWS": arn("user/ana")})
    people = account(users=[user("ana", allow("s3:*")), user("bo", allow("s3:*"))])
    found = read(people, {BUCKET: document(other)})
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(BO, "s3:GetObject", OBJECTS) == "none"
    # NOTE: where the account is named too, nobody in it is sure to be denied.
    assert read(people, {BUCKET: document(statement)}).may(BO, "s3:GetObject", OBJECTS) == "granted"


def test_naming_the_own_account_gives_nothing_that_policies_do_not_give(read):
    found = read(
        account(users=[user("ana", allow("s3:GetObject")), user("bo")]),
        {BUCKET: document(to({"AWS": arn("root")}))},
    )
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(BO, "s3:GetObject", OBJECTS) == "none"


def test_another_account_that_is_known_must_allow_it_too(read):
    found = read(
        PEOPLE,
        account(
            users=[
                user("ana", allow("sqs:*"), account=ELSEWHERE),
                user("bo", account=ELSEWHERE),
                user("cy", allow("sqs:*"), account=ELSEWHERE),
            ]
        ),
        {
            f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders": document(
                to({"AWS": ELSEWHERE}, "sqs:SendMessage", "*"),
                to({"AWS": arn("user/ana", ELSEWHERE)}, "sqs:ReceiveMessage", "*"),
                to({"AWS": arn("user/bo", ELSEWHERE)}, "sqs:ReceiveMessage", "*"),
            )
        },
    )
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"
    assert found.may(f"user:aws/{ELSEWHERE}/ana", "sqs:SendMessage", queue) == "granted"
    assert found.may(f"user:aws/{ELSEWHERE}/ana", "sqs:ReceiveMessage", queue) == "granted"
    assert found.may(f"user:aws/{ELSEWHERE}/bo", "sqs:SendMessage", queue) == "none"
    assert found.may(f"user:aws/{ELSEWHERE}/bo", "sqs:ReceiveMessage", queue) == "none"
    assert found.may(f"user:aws/{ELSEWHERE}/cy", "sqs:ReceiveMessage", queue) == "none"


def test_another_account_that_is_not_known_is_an_external_group(read):
    found = read(PEOPLE, {BUCKET: document(to({"AWS": arn("root", ELSEWHERE)}))})
    assert found.facts.groups[f"account:aws/{ELSEWHERE}"].external
    assert found.may(f"account:aws/{ELSEWHERE}#unlisted", "s3:GetObject", OBJECTS) == "granted"


def test_a_denial_for_people_nobody_knows_leaves_those_alone_who_are_known(read):
    found = read(
        account(users=[user("ana", allow("s3:*"))]),
        {BUCKET: document(to("*", "s3:PutObject"), not_to({"AWS": arn("root", ELSEWHERE)}, "s3:*"))},
    )
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(OUTSIDER, "s3:PutObject", OBJECTS) == "granted"


def test_a_boundary_limits_what_is_given_to_a_role_and_not_to_a_user(read):
    found = read(
        account(
            users=[user("ana", boundary="edge")],
            roles=[role("app", trust({"Service": "ec2.amazonaws.com"}), boundary="edge")],
            policies=[managed("edge", allow("sqs:*"))],
        ),
        {BUCKET: document(to({"AWS": [arn("user/ana"), arn("role/app")]}))},
    )
    assert found.may(ANA, "s3:GetObject", OBJECTS) == "granted"
    assert found.may(APP, "s3:GetObject", OBJECTS) == "none"


def test_a_policy_is_only_about_its_own_resource(read):
    found = read(PEOPLE, {BUCKET: document(to({"AWS": arn("user/ana")}, resources="arn:aws:s3:::*"))})
    assert {grant.resource for grant in found.facts.grants} == {f"aws:{BUCKET}", f"aws:{OBJECTS}"}


def test_services_and_canonical_users_are_named_too(read):
    found = read(
        PEOPLE,
        {
            BUCKET: document(
                to({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject"),
                to({"CanonicalUser": "0123abcd"}),
                to({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}),
            )
        },
    )
    assert found.may("service:aws/cloudtrail.amazonaws.com", "s3:PutObject", OBJECTS) == "granted"
    assert found.facts.principals["user:aws/canonical/0123abcd"].external
    assert not found.facts.principals["service:aws/cloudfront/E1"].external


def test_without_its_policy_a_key_leaves_open_what_identities_may_do_with_it(read):
    found = read(account(users=[user("ana", allow("kms:*"))]))
    assert found.may(ANA, "kms:Decrypt", "arn:*:kms:*") == "conditional"
    assert found.may(ANA, "kms:ListKeys", "arn:*:kms:*") == "granted"


def test_a_key_that_leaves_all_to_identities_leaves_it_to_their_policies(read):
    found = read(
        account(users=[user("ana", allow("kms:Decrypt")), user("bo")]),
        {KEY: document(to({"AWS": arn("root")}, "kms:*", "*"))},
    )
    assert found.may(ANA, "kms:Decrypt", KEY) == "granted"
    assert found.may(BO, "kms:Decrypt", KEY) == "none"


def test_a_key_that_names_its_users_leaves_nothing_to_other_policies(read):
    found = read(
        account(users=[user("ana", allow("kms:*")), user("bo")]),
        {KEY: document(to({"AWS": arn("user/bo")}, "kms:Decrypt", "*"))},
    )
    assert found.may(ANA, "kms:Decrypt", KEY) == "none"
    assert found.may(BO, "kms:Decrypt", KEY) == "granted"


def test_a_key_that_leaves_a_part_to_identities_leaves_that_part(read):
    via = {"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}
    found = read(
        account(users=[user("ana", allow("kms:*")), user("bo", allow("kms:*"), deny("kms:Decrypt"))]),
        {KEY: document(to({"AWS": arn("root")}, ["kms:Decrypt", "kms:Encrypt"], "*", Condition=via))},
    )
    assert found.when(ANA, "kms:Decrypt", KEY) == ['kms:ViaService StringEquals "s3.eu-west-1.amazonaws.com"']
    assert found.may(ANA, "kms:CreateGrant", KEY) == "none"
    assert found.may(BO, "kms:Decrypt", KEY) == "none"


def coverage(found):
    return {one.what: one.completeness for one in found.facts.coverage}


def test_without_any_resource_policy_nobody_can_tell_what_they_open(read):
    assert coverage(read(PEOPLE))["policies of resources"] is Completeness.UNKNOWN


def test_a_bucket_of_the_inventory_without_its_policy_is_said(read):
    found = read(PEOPLE, {BUCKET: None}, [BUCKET, "arn:aws:s3:::reports", KEY])
    assert coverage(found) == {
        "users, groups, roles and policies of account 111122223333": Completeness.COMPLETE,
        "policies of resources of kms": Completeness.UNKNOWN,
        "policies of resources of s3": Completeness.UNKNOWN,
    }
    reasons = [one.reason for one in found.facts.coverage]
    assert "the inventory has `arn:aws:s3:::reports`, and no policy is given for it" in reasons


def test_resources_that_are_said_to_have_no_policy_are_complete(read):
    found = read(PEOPLE, {BUCKET: None, KEY: {"Policy": None}, SECRET: {"ARN": SECRET, "Name": "one"}}, [BUCKET, KEY])
    assert coverage(found)["policies of resources"] is Completeness.COMPLETE


@pytest.mark.parametrize("blank", ["", {}, {"Policy": ""}, {"PublicAccessBlockConfiguration": {}}], ids=json.dumps)
def test_something_empty_in_place_of_a_policy_says_nothing(read, blank):
    found = read(PEOPLE, {BUCKET: blank, KEY: None}, [BUCKET, KEY])
    assert coverage(found)["policies of resources that could not be read"] is Completeness.UNKNOWN
    assert "policies of resources" not in coverage(found)
    (one,) = [one for one in found.facts.coverage if one.reason]
    assert one.reason == f"what is given for `{BUCKET}` is empty, so that it may have a policy or none"
    assert one.source.line == 2
    assert one.help


@pytest.mark.parametrize("nobody", [{}, {"Principal": {}}, {"NotPrincipal": None}], ids=json.dumps)
def test_a_statement_of_a_resource_or_a_role_that_names_nobody_is_said(read, nobody):
    lost = {"Effect": "Allow", "Action": "sts:AssumeRole", **nobody}
    found = read(account(roles=[role("app", document(lost))]), {BUCKET: document(allow("s3:*", OBJECTS, **nobody))})
    assert [problem.message for problem in found.facts.unread] == [
        "a statement of the trust policy of the role `app` names no principal, so that nobody knows what it means",
        f"a statement of the policy of `{BUCKET}` names no principal, so that nobody knows what it means",
    ]


@pytest.mark.parametrize("nothing", [{}, {"Resource": []}, {"NotResource": []}], ids=json.dumps)
def test_a_statement_of_an_identity_that_names_no_resource_is_said(read, nothing):
    found = read(account(users=[user("ana", {"Effect": "Allow", "Action": "s3:*", **nothing})]))
    (message,) = [problem.message for problem in found.facts.unread]
    assert (
        message
        == "a statement of the policy `own` of the user `ana` names no resource, so that nobody knows what it means"
    )


@pytest.mark.parametrize(("key", "shown"), [("aws:referer", "aws:referer"), ("sts:externalid", "sts:ExternalId")])
def test_values_that_serve_as_passwords_are_told_apart_and_not_shown(read, key, shown):
    def when(value):
        only = {"StringEquals": {key: value}}
        found = read(PEOPLE, {BUCKET: document(to({"AWS": arn("user/ana")}, Condition=only))})
        (text,) = found.when(ANA, "s3:GetObject", OBJECTS)
        return text

    assert when("example-one").startswith(f"{shown} StringEquals a value that is not shown (")
    assert "example" not in when("example-one")
    assert when("example-one") == when("example-one") != when("example-two")
