"""Patterns of ARNs and of actions, and the sets of resources made from them."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.model.snapshot import Capability
from blastradius.systems.aws.actions import Actions, action_table
from blastradius.systems.aws.patterns import are_apart, complete, holds
from blastradius.systems.aws.regions import Region, contains, meet, region

NAMES = st.text("ab*?", max_size=6)
TEXTS = st.text("abc", max_size=6)


def fits(pattern, text):
    written = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(written, text) is not None


def s3(name):
    return f"arn:aws:s3:::{name}"


@given(NAMES, NAMES, TEXTS)
def test_what_a_pattern_holds_fits_it_whenever_it_fits_the_narrow_one(wide, narrow, text):
    if holds(s3(wide), s3(narrow)) and fits(narrow, text):
        assert fits(wide, text)


@given(NAMES, NAMES, TEXTS)
def test_nothing_fits_two_patterns_that_are_apart(one, other, text):
    if are_apart(s3(one), s3(other)):
        assert not (fits(one, text) and fits(other, text))


@given(NAMES, TEXTS)
def test_a_single_name_is_held_exactly_when_it_fits(pattern, text):
    assert holds(s3(pattern), s3(text)) is fits(pattern, text)
    assert are_apart(s3(pattern), s3(text)) is not fits(pattern, text)


@given(st.text("ab*", max_size=6), st.text("ab*", max_size=6))
def test_patterns_with_stars_alone_hold_each_other_whenever_all_that_is_short_says_so(wide, narrow):
    # Letters that neither pattern has, and runs longer than either, tell a star from everything else.
    filled = [narrow.replace("*", run) for run in ("", "c", "c" * 8)]
    assert holds(s3(wide), s3(narrow)) is all(fits(wide, text) for text in filled)


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("*", "*"),
        ("**", "*"),
        ("arn:*", "*"),
        ("arn:aws:sqs", "arn:aws:sqs:*"),
        ("arn:aws:sqs:*:*:*", "arn:aws:sqs:*"),
        ("arn:aws:iam::111122223333", "arn:aws:iam::111122223333:*"),
        ("arn:aws:s3:::b/**", "arn:aws:s3:::b/*"),
        ("b", None),
        ("", None),
    ],
)
def test_patterns_that_mean_the_same_are_written_the_same(written, whole):
    assert complete(written) == whole


def test_brackets_stand_for_themselves():
    assert holds(s3("b[1]"), s3("b[1]"))
    assert are_apart(s3("b[1]"), s3("b1"))


@given(st.lists(NAMES, min_size=1, max_size=2), st.lists(NAMES, max_size=2), NAMES, TEXTS)
def test_what_is_in_two_regions_is_what_is_in_both(some, without, other, text):
    def has(one, name):
        return (
            one is not None
            and all(fits(p[13:], name) for p in one.patterns)
            and not any(fits(p[13:], name) for p in one.without)
        )

    first = region(s3(some[0]), tuple(map(s3, without)))
    second = region(s3(other))
    assert second is not None
    common = meet(first, second) if first else None
    assert has(common, text) is (has(first, text) and has(second, text))
    if first and contains(first, second) and has(second, text):
        assert has(first, text)


def test_a_region_says_in_its_id_what_it_is():
    assert (
        Region((s3("a*"), s3("*b")), (s3("ac*"),)).id
        == "aws:arn:aws:s3:::a* and arn:aws:s3:::*b except arn:aws:s3:::ac*"
    )
    assert Region(("arn:*:s3:*",), owner="111122223333").id == "aws:111122223333/arn:*:s3:*"


def test_an_id_that_would_be_too_long_stays_different_from_others():
    first, second = (Region((s3("*"),), tuple(s3(f"{n}{'x' * 50}") for n in some)) for some in (range(30), range(31)))
    assert len(first.id) < 700
    assert first.id != second.id


def test_the_table_of_actions_is_whole_and_dated():
    table = action_table()
    assert table.as_of >= date(2026, 1, 1)
    assert len(table.capabilities) > 15_000
    wanted = {
        "s3:ListBucket": Capability.LIST,
        "s3:GetObject": Capability.READ,
        "secretsmanager:GetSecretValue": Capability.READ,
        "ssm:GetParameter": Capability.READ,
        "kms:Decrypt": Capability.READ,
        "s3:PutObject": Capability.WRITE,
        "s3:PutObjectTagging": Capability.WRITE,
        "s3:PutBucketPolicy": Capability.MANAGE,
        "iam:PassRole": Capability.MANAGE,
        "iam:SetDefaultPolicyVersion": Capability.MANAGE,
        "iam:CreateAccessKey": Capability.MANAGE,
        "iam:AddUserToGroup": Capability.MANAGE,
        "lambda:AddPermission": Capability.MANAGE,
    }
    assert {name: table.capabilities[name] for name in wanted} == wanted


def test_actions_are_found_without_regard_to_case():
    actions = Actions([])
    assert actions.expand("S3:GETOBJECT") == {"s3:GetObject"}
    assert actions.expand("s3:getobject?cl") == {"s3:GetObjectAcl"}
    assert {"s3:GetObject", "sqs:GetQueueUrl"} <= actions.expand("*:Get*")
    assert actions.expand("s3") == frozenset()
    assert actions.expand("*") > actions.expand("s3:*") > actions.expand("s3:Get*")


def test_an_action_is_asked_about_the_resources_of_its_service_or_of_another():
    actions = Actions([])
    assert actions.owners("s3:GetObject") == {"s3"}
    assert actions.owners("sts:AssumeRole") == {"iam"}
    assert actions.owners("rds-data:ExecuteStatement") == {"rds"}
    assert actions.owners("sts:TagSession") == {"sts"}
