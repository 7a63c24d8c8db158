"""Exports as they really come: paged, cut short, encoded, ugly. Each is read rightly or gives the right message."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import Document, read_files
from blastradius.errors import DocumentError, SnapshotError
from blastradius.model.snapshot import Completeness
from blastradius.systems.aws.snapshot import read as read_documents
from blastradius.systems.aws.snapshot import recognises
from blastradius.systems.load import load
from tests.support.aws import ACCOUNT, ELSEWHERE, account, allow, arn, document, group, managed, role, trust, user
from tests.support.texts import as_document, as_file, places

BROKEN = Path(__file__).resolve().parents[4] / "fixtures" / "broken" / "aws"
READER = "policy:aws/111122223333/user/ana/reports"
DETAILS = "users, groups, roles and policies"
SERVICE_ROLE = role("support", trust({"Service": "support.amazonaws.com"}), path="aws-service-role/")


def loaded(name):
    return load(read_files([str(BROKEN / name)])).snapshot


def refused(name, error=SnapshotError):
    with pytest.raises(error) as raised:
        loaded(name)
    return [problem.message for problem in raised.value.problems]


def completeness(facts):
    return {one.what.partition(" of account")[0]: one.completeness for one in facts.coverage}


def said(found):
    """Name the accounts that may not be whole."""
    return [
        one.what
        for one in found.facts.coverage
        if one.completeness is not Completeness.COMPLETE and one.what.startswith(DETAILS)
    ]


def test_every_broken_export_is_looked_at_here():
    source = Path(__file__).read_text("utf-8")
    assert [path.name for path in BROKEN.iterdir() if f'"{path.name}"' not in source] == []


@pytest.mark.parametrize("name", ["cut-short.json", "empty.json", "binary.json"])
def test_what_is_no_document_is_said_to_be_none(name):
    assert refused(name, DocumentError)


@pytest.mark.parametrize("name", ["first-page-only.json", "max-items.json"])
def test_a_page_that_is_followed_by_others_is_truncated(name):
    facts = loaded(name)
    assert completeness(facts)["users, groups, roles and policies"] is Completeness.TRUNCATED
    assert any("the last page says that there are more" in problem.message for problem in facts.unread)


def test_all_pages_together_are_complete():
    facts = loaded("pages.json")
    assert completeness(facts)["users, groups, roles and policies"] is Completeness.COMPLETE
    assert {f"user:aws/{ACCOUNT}/ana", f"user:aws/{ACCOUNT}/bo"} <= facts.principals.keys()


def test_pages_may_come_as_one_list(read):
    first = account(users=[user("ana")]) | {"IsTruncated": True, "Marker": "a"}
    found = read([first, account(users=[user("bo")], roles=[SERVICE_ROLE]) | {"IsTruncated": False}])
    assert completeness(found.facts)["users, groups, roles and policies"] is Completeness.COMPLETE
    assert {f"user:aws/{ACCOUNT}/ana", f"user:aws/{ACCOUNT}/bo"} <= found.facts.principals.keys()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("filter-user.json", "the export has no role, and AWS itself keeps some in every account"),
        ("filter-role.json", "policies are attached, and `Policies` is empty"),
        ("roles-only.json", "the export lacks `UserDetailList`, `GroupDetailList`, `Policies`"),
        ("nobody.json", "the account details name no user, group or role, and no policy of an account"),
        ("no-accounts.json", "no account details are in the input"),
    ],
)
def test_an_export_that_leaves_out_a_kind_of_identity_may_not_be_whole(name, reason):
    (found,) = [one for one in loaded(name).coverage if one.what.startswith(DETAILS)]
    assert (found.completeness, found.reason) == (Completeness.UNKNOWN, reason)
    assert found.help
    assert (found.source is None) == (name == "no-accounts.json")


def test_an_account_without_users_is_complete_when_it_has_roles(read):
    found = read(account(roles=[SERVICE_ROLE]))
    assert completeness(found.facts)[DETAILS] is Completeness.COMPLETE


def test_kinds_of_identities_in_files_of_their_own_are_complete_together(read):
    found = read(account(users=[user("ana")]), account(roles=[SERVICE_ROLE]))
    assert completeness(found.facts)[DETAILS] is Completeness.COMPLETE


def test_details_that_name_nobody_beside_a_whole_account_may_be_of_another(read):
    whole = account(roles=[SERVICE_ROLE])
    assert f"{DETAILS} of another account" in said(read(whole, account()))
    other = account(roles=[role("app", trust({"Service": "ec2.amazonaws.com"}), account=ELSEWHERE)])
    assert f"{DETAILS} of another account" in said(read(whole, other, account()))


def test_a_last_page_that_holds_nothing_ends_its_account(read):
    first = account(roles=[SERVICE_ROLE]) | {"IsTruncated": True, "Marker": "a"}
    assert said(read([first, account() | {"IsTruncated": False}])) == []


def test_accounts_of_which_only_resources_are_given_are_said(read):
    third = "777788889999"
    queue, key = f"arn:aws:sqs:eu-west-1:{ELSEWHERE}:news", f"arn:aws:kms:eu-west-1:{third}:key/one"
    whole = account(roles=[SERVICE_ROLE])
    assert said(read(whole, {queue: None, key: None})) == [f"{DETAILS} of account {ELSEWHERE} and 1 more"]
    listed = {"Resources": [{"Arn": "arn:aws:s3:::orders", "OwningAccountId": third, "Service": "s3"}]}
    found = read(whole, listed, {"arn:aws:s3:::orders": None})
    assert said(found) == [f"{DETAILS} of account {third}"]
    (reason,) = [one.reason for one in found.facts.coverage if one.reason]
    assert reason == "`arn:aws:s3:::orders` is in the input, and the details of its account are not"


@pytest.mark.parametrize("name", ["url-encoded.json", "utf-16.json"])
def test_encoded_exports_are_read(name):
    facts = loaded(name)
    grant = next(grant for grant in facts.grants if grant.subject == READER)
    assert grant.actions == {"s3:GetObject"}
    assert grant.source.line > 1


def test_a_policy_that_was_cut_is_refused_at_its_place():
    (message,) = refused("policy-is-no-json.json")
    assert message == "the policy `reports` of the user `ana` is a text that is no JSON"


def test_a_policy_without_its_resource_is_said_to_have_none():
    facts = loaded("lone-policy.json")
    assert "this policy does not say which resource it belongs to" in [problem.message for problem in facts.unread]


def test_all_problems_of_an_export_come_together():
    assert set(refused("many-problems.json")) == {
        "a user lacks `Arn`",
        "`UserName` of a user is a number, not text",
        "an item of `UserDetailList` of the account is text, not a mapping",
        "the effect of a statement of the policy `reports` of the user `dee` is neither `Allow` nor `Deny`",
        "a statement of the policy `reports` of the user `dee` names no action",
        "`Action` of the policy `reports` of the user `dee` is a mapping, not text",
        "an item of `Statement` of the policy `reports` of the user `dee` is a number, not a mapping",
        "`RoleDetailList` of the account is a mapping, not a list",
    }


def test_one_user_described_in_two_ways_is_refused():
    (message,) = refused("two-answers.json")
    assert message.startswith(f"`{arn('user/ana')}` is described twice, with different content: first at ")


def test_one_export_given_twice_counts_once(read):
    whole = account(
        users=[user("ana", allow("s3:*"), groups=["team"], managed=["reading"], boundary="reading")],
        groups=[group("team", managed=["reading"])],
        roles=[role("app", trust({"Service": "ec2.amazonaws.com"}), managed=["reading"], profiles=["web"])],
        policies=[managed("reading", allow("s3:Get*"))],
    )
    once, twice = read(whole), read([whole, whole])
    assert twice.facts.principals == once.facts.principals
    assert twice.facts.groups == once.facts.groups
    assert twice.facts.grants == once.facts.grants


def test_fields_that_nobody_knows_are_said():
    messages = [problem.message for problem in loaded("unknown-fields.json").unread]
    assert "a user has the unknown field `Powers`" in messages
    assert "the policy `reports` of the user `ana` has the unknown field `Statment`" in messages


def test_a_resource_that_is_no_arn_is_said_and_the_others_count():
    facts = loaded("not-an-arn.json")
    assert any("`acme-reports` in the policy `reports`" in problem.message for problem in facts.unread)
    assert [grant.resource for grant in facts.grants] == ["aws:arn:aws:s3:::acme-reports"]


@pytest.mark.parametrize(
    "value",
    [
        ["arn:aws:s3:::orders", "arn:aws:s3:::reports"],
        {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:s3:::orders", "Tags": []}], "PaginationToken": ""},
        {"ResourceARN": "arn:aws:s3:::orders", "Tags": []},
        {"Resources": [{"Arn": "arn:aws:s3:::orders", "OwningAccountId": ACCOUNT, "Service": "s3"}]},
    ],
    ids=["list", "tagging", "line", "explorer"],
)
def test_inventories_come_in_several_forms(read, value):
    found = read(account(users=[user("ana", allow("s3:*"))]), value)
    assert found.may(f"user:aws/{ACCOUNT}/ana", "s3:GetObject", "arn:aws:s3:::orders") == "granted"
    assert "aws:arn:aws:s3:::orders/*" in found.facts.resources


def test_tags_become_labels(read):
    tagged = {"ResourceARN": "arn:aws:s3:::orders", "Tags": [{"Key": "pii", "Value": "yes"}]}
    found = read(account(users=[user("ana")]), tagged)
    labels = dict(found.facts.resources["aws:arn:aws:s3:::orders"].labels)
    assert labels == {"pii": "yes", "service": "s3", "type": "bucket"}


def test_an_inventory_with_more_pages_is_truncated(read):
    page = {"ResourceTagMappingList": [], "PaginationToken": "more"}
    found = read(account(users=[user("ana")]), page)
    assert completeness(found.facts)["the inventory of resources"] is Completeness.TRUNCATED


def test_what_is_beside_a_bucket_in_an_inventory_says_whose_it_is(read):
    other = "444455556666"
    queue = f"arn:aws:sqs:eu-west-1:{other}:news"
    listed = {"ResourceTagMappingList": [{"ResourceARN": one} for one in ("arn:aws:s3:::orders", queue)]}
    found = read(
        account(users=[user("ana", allow("s3:*"))]),
        account(users=[user("ana", allow("s3:*"), account=other)]),
        listed,
        ["arn:aws:s3:::lost"],
    )
    assert found.may(f"user:aws/{ACCOUNT}/ana", "s3:GetObject", "arn:aws:s3:::orders") == "none"
    assert found.may(f"user:aws/{other}/ana", "s3:GetObject", "arn:aws:s3:::orders") == "granted"
    # Whose this one is, nobody says.
    assert found.may(f"user:aws/{ACCOUNT}/ana", "s3:GetObject", "arn:aws:s3:::lost") == "granted"


def test_other_documents_are_left_to_others():
    for value in ({}, [], ["a"], {"Policy": "x"}, {"Resources": []}, {"items": []}, 3, "arn:aws:s3:::a", None):
        assert not recognises(as_document(json.dumps({"x": value})))
        assert not recognises(Document(as_file(""), value))


WHOLE = [
    account(
        users=[user("ana", allow("s3:*", Condition={"Bool": {"aws:SecureTransport": True}}), groups=["team"])],
        groups=[group("team", managed=["reading"])],
        roles=[role("app", trust({"AWS": arn("root")}), allow("*"), boundary="reading", profiles=["web"])],
        policies=[managed("reading", allow(["s3:Get*"], "arn:aws:s3:::orders/${aws:username}/*"))],
    ),
    {"arn:aws:s3:::orders": document(allow("s3:*", "arn:aws:s3:::orders/*", Principal="*")), "arn:aws:s3:::a": None},
    {"scps": {ACCOUNT: [{"Name": "few", "Content": json.dumps(document(allow("s3:*")))}]}, "parents": {ACCOUNT: "r"}},
    {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:s3:::orders", "Tags": [{"Key": "a", "Value": "b"}]}]},
    {"Accounts": [{"Id": ACCOUNT, "Arn": f"arn:aws:organizations::{ACCOUNT}:account/o-a/{ACCOUNT}"}]},
]
UGLY_TEXTS = ("", " ", "*", "**", "?", "arn:", "arn:*", "arn:aws:s3:::${", "${aws:username}", "\u202e", "a\x00b", "%7B")
UGLY = st.sampled_from(
    (*UGLY_TEXTS, None, True, 3, 1e9, [], [[]], [None], ["*", 3], {}, {"": {}}, {"AWS": None}, "x" * 3000, "*?" * 300)
)


@given(st.data())
def test_an_ugly_value_anywhere_is_read_or_refused(data):
    values = json.loads(json.dumps(WHOLE))
    container, key = data.draw(st.sampled_from([(c, k) for c, k in places(values) if c is not values]))
    container[key] = data.draw(UGLY)
    documents = [one for value in values if recognises(one := as_document(json.dumps(value)))]
    try:
        facts = read_documents(documents, documents)
    except SnapshotError:
        return
    assert all(grant.resource in facts.resources for grant in facts.grants)
