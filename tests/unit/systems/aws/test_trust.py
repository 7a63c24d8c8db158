"""Who may assume which role."""

import pytest

from tests.support.aws import ACCOUNT, ELSEWHERE, account, allow, arn, deny, document, group, managed, role, trust, user

ANA, BO = "user:aws/111122223333/ana", "user:aws/111122223333/bo"
APP, FIRST, SECOND = (f"role:aws/{ACCOUNT}/{name}" for name in ("app", "first", "second"))
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
ROOT = {"AWS": arn("root")}


def ways(found, principal, target=APP):
    found = found.engine.identities(principal).get(target, ())
    return sorted(" and ".join(sorted(conditions)) for conditions in found)


def test_a_principal_that_the_role_names_needs_no_policy_of_its_own(read):
    found = read(account(users=[user("ana"), user("bo")], roles=[role("app", trust({"AWS": arn("user/ana")}))]))
    assert ways(found, ANA) == [""]
    assert ways(found, BO) == []


@pytest.mark.parametrize("named", [arn("root"), ACCOUNT])
def test_a_role_that_names_the_account_needs_a_policy_too(read, named):
    found = read(
        account(
            users=[user("ana", allow("sts:AssumeRole", arn("role/app"))), user("bo")],
            roles=[role("app", trust({"AWS": named}))],
        )
    )
    assert ways(found, ANA) == [""]
    assert ways(found, BO) == []


def test_the_policy_by_which_somebody_may_assume_a_role_is_a_step_of_the_path(read):
    found = read(
        account(
            users=[user("ana", groups=["on-call"])],
            groups=[group("on-call", allow("sts:AssumeRole"))],
            roles=[role("app", trust(ROOT))],
        )
    )
    (entry,) = found.facts.principals[APP].assumable_by
    assert entry.id == "policy:aws/111122223333/group/on-call/own"


def test_conditions_of_the_role_and_of_the_policy_both_count(read):
    hours = {"DateLessThan": {"aws:CurrentTime": "2026-12-31T00:00:00Z"}}
    found = read(
        account(
            users=[user("ana", allow("sts:AssumeRole", Condition=hours))],
            roles=[role("app", trust(ROOT, Condition=MFA))],
        )
    )
    assert ways(found, ANA) == [
        'aws:CurrentTime DateLessThan "2026-12-31T00:00:00Z" and aws:MultiFactorAuthPresent Bool "true"'
    ]


def test_roles_are_assumed_in_chains(read):
    found = read(
        account(
            users=[user("ana")],
            roles=[
                role("first", trust({"AWS": arn("user/ana")})),
                role("second", trust({"AWS": arn("role/first")}), allow("s3:GetObject")),
            ],
        )
    )
    assert found.acts_as(ANA) == [FIRST, SECOND]
    assert found.may(ANA, "s3:GetObject", "arn:*:s3:*") == "granted"


def test_a_denial_keeps_out_whoever_it_names_also_where_the_role_lets_in(read):
    found = read(
        account(
            users=[user("ana", deny("sts:*")), user("bo", deny("sts:AssumeRole", Condition=MFA))],
            roles=[role("app", trust({"AWS": [arn("user/ana"), arn("user/bo")]}))],
        )
    )
    assert ways(found, ANA) == []
    assert ways(found, BO) == ['not (aws:MultiFactorAuthPresent Bool "true")']


def test_a_denial_in_the_trust_policy_counts(read):
    refuse = {"Effect": "Deny", "Principal": {"AWS": arn("user/ana")}, "Action": "sts:AssumeRole"}
    found = read(
        account(
            users=[user("ana", allow("sts:AssumeRole")), user("bo", allow("sts:AssumeRole"))],
            roles=[role("app", trust(ROOT, refuse))],
        )
    )
    assert ways(found, ANA) == []
    assert ways(found, BO) == [""]


def test_a_boundary_keeps_a_role_out_and_not_a_user_whom_the_trust_policy_names(read):
    found = read(
        account(
            users=[user("ana", boundary="edge")],
            roles=[
                role("first", trust(ROOT), boundary="edge"),
                role("app", trust({"AWS": [arn("user/ana"), arn("role/first")]})),
            ],
            policies=[managed("edge", allow("s3:*"))],
        )
    )
    assert ways(found, ANA) == [""]
    assert ways(found, FIRST) == []


def test_a_boundary_leaves_no_policy_to_assume_a_role_by(read):
    found = read(
        account(
            users=[user("ana", allow("sts:AssumeRole"), boundary="edge")],
            roles=[role("app", trust(ROOT))],
            policies=[managed("edge", allow("s3:*"))],
        )
    )
    assert ways(found, ANA) == []


def test_a_session_of_a_role_is_that_role_under_a_name(read):
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/first/build"
    found = read(account(roles=[role("first", trust(ROOT)), role("app", trust({"AWS": session}))]))
    assert ways(found, FIRST) == ['the session is named "build"']


def test_somebody_of_an_account_that_is_not_in_the_input_is_external(read):
    found = read(account(roles=[role("app", trust({"AWS": [arn("role/ci", ELSEWHERE), arn("root", "555566667777")]}))]))
    assert found.facts.principals[f"role:aws/{ELSEWHERE}/ci"].external
    outside = found.facts.groups["account:aws/555566667777"]
    assert (outside.unlisted, outside.external, outside.size) == (True, True, None)
    assert ways(found, f"role:aws/{ELSEWHERE}/ci") == [""]
    assert ways(found, "account:aws/555566667777#unlisted") == [""]


def test_an_account_that_the_organisation_lists_is_not_external(read):
    listed = {
        "Accounts": [
            {"Id": number, "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-a/{number}"}
            for number in (ACCOUNT, ELSEWHERE)
        ]
    }
    found = read(account(roles=[role("app", trust({"AWS": arn("root", ELSEWHERE)}))]), listed)
    assert not found.facts.groups[f"account:aws/{ELSEWHERE}"].external


def test_both_accounts_must_let_somebody_of_another_account_assume_a_role(read):
    found = read(
        account(roles=[role("app", trust({"AWS": [arn("user/ana", ELSEWHERE), arn("user/bo", ELSEWHERE)]}))]),
        account(
            users=[
                user("ana", allow("sts:AssumeRole", arn("role/app")), account=ELSEWHERE),
                user("bo", account=ELSEWHERE),
            ]
        ),
    )
    assert ways(found, f"user:aws/{ELSEWHERE}/ana") == [""]
    assert ways(found, f"user:aws/{ELSEWHERE}/bo") == []


def test_everybody_is_the_public_and_conditions_stay(read):
    member = {"StringEquals": {"aws:PrincipalOrgID": "o-a"}}
    found = read(account(roles=[role("app", trust("*", Condition=member))]))
    assert ways(found, "outsider") == ['aws:PrincipalOrgID StringEquals "o-a"']


def test_not_principal_lets_in_everybody_else(read):
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": arn("user/ana")}, "Action": "sts:AssumeRole"}
    found = read(account(users=[user("ana"), user("bo")], roles=[role("app", document(statement))]))
    assert ways(found, ANA) == []
    assert ways(found, BO) == [""]
    assert ways(found, "outsider") == [""]


def test_services_assume_roles_and_so_do_the_people_of_an_identity_provider(read):
    found = read(
        account(
            roles=[
                role("app", trust({"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]})),
                role(
                    "first",
                    document(
                        {
                            "Effect": "Allow",
                            "Principal": {"Federated": arn("saml-provider/Directory")},
                            "Action": "sts:AssumeRoleWithSAML",
                            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
                        }
                    ),
                ),
            ]
        )
    )
    assert ways(found, "service:aws/lambda.amazonaws.com") == [""]
    people = f"idp:aws/{ACCOUNT}/saml-provider/Directory"
    assert not found.facts.groups[people].external
    assert ways(found, f"{people}#unlisted", FIRST) == ['saml:aud StringEquals "https://signin.aws.amazon.com/saml"']


@pytest.mark.parametrize(
    ("provider", "external"),
    [
        (arn("oidc-provider/token.actions.githubusercontent.com"), True),
        (arn("oidc-provider/login.acme.example/tenant"), False),
        ("cognito-identity.amazonaws.com", True),
        (arn("saml-provider/Directory", ELSEWHERE), True),
    ],
)
def test_an_identity_provider_open_to_anybody_is_external(read, provider, external):
    statement = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithWebIdentity"}
    found = read(account(roles=[role("app", document(statement))]))
    (people,) = (one for one in found.facts.groups.values() if one.id.startswith("idp:"))
    assert (people.unlisted, people.external) == (True, external)


def test_somebody_who_was_deleted_and_made_anew_is_not_the_one_the_policy_names(read):
    found = read(account(users=[user("ana")], roles=[role("app", trust({"AWS": ["AIDADELETED", "AIDAANA"]}))]))
    assert [entry.id for entry in found.facts.principals[APP].assumable_by] == [ANA]


def test_a_trust_policy_about_other_actions_lets_nobody_in(read):
    statement = {"Effect": "Allow", "Principal": ROOT, "Action": "sts:TagSession"}
    found = read(account(users=[user("ana", allow("*"))], roles=[role("app", document(statement))]))
    assert found.facts.principals[APP].assumable_by == ()


def test_roles_of_other_accounts_that_a_policy_names_stay_open(read):
    found = read(account(users=[user("ana", allow("sts:AssumeRole", arn("role/deploy", ELSEWHERE)))]))
    assert found.when(ANA, "sts:AssumeRole", arn("role/deploy", ELSEWHERE)) == [
        "the trust policy of a role elsewhere allows it"
    ]
