"""Whatever stands at whatever place of an export, it is read or refused, and never falls over."""

import copy
import json

import pytest

from blastradius.errors import SnapshotError
from blastradius.systems.gcp.snapshot import read, recognises
from blastradius.systems.references import reference_problems
from tests.support.texts import as_documents, places

DENY = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2Facme-prod/denypolicies/a"
PROJECT = "projects/500000000001"
POLICY = {
    "bindings": [
        {
            "role": "roles/browser",
            "members": ["user:ana@acme.example", "projectOwner:acme-prod", "allUsers"],
            "condition": {"title": "a", "expression": "b"},
        }
    ],
    "etag": "x",
    "version": 3,
}
EXPORTS = [
    [
        {
            "name": "//storage.googleapis.com/acme-logs",
            "assetType": "storage.googleapis.com/Bucket",
            "iamPolicy": POLICY,
            "ancestors": [PROJECT, "organizations/9"],
            "resource": {
                "data": {
                    "name": "acme-logs",
                    "projectNumber": "5",
                    "labels": {"a": "b"},
                    "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}},
                }
            },
        },
        {
            "resource": "//cloudresourcemanager.googleapis.com/projects/acme-prod",
            "project": PROJECT,
            "folders": ["folders/3"],
            "organization": "organizations/9",
            "policy": POLICY,
            "explanation": {"matchedPermissions": {"roles/browser": {"permissions": ["a.b.c"]}}},
        },
    ],
    {"projects/acme-prod": POLICY, "projects/acme-prod/serviceAccounts/a@acme-prod.iam.gserviceaccount.com": POLICY},
    [
        {
            "projectId": "acme-prod",
            "projectNumber": "5",
            "lifecycleState": "ACTIVE",
            "parent": {"type": "folder", "id": "3"},
        },
        {"name": "folders/3", "displayName": "Shop", "parent": "organizations/9"},
        {"name": "organizations/9", "displayName": "acme.example"},
        {"email": "a@acme-prod.iam.gserviceaccount.com", "uniqueId": "1", "projectId": "acme-prod", "disabled": True},
        {"name": "projects/acme-prod/roles/a", "includedPermissions": ["a.b.c"], "deleted": False, "stage": "GA"},
        {
            "name": DENY,
            "rules": [
                {
                    "denyRule": {
                        "deniedPrincipals": ["principalSet://goog/public:all"],
                        "exceptionPrincipals": ["principal://goog/subject/ana@acme.example"],
                        "deniedPermissions": ["storage.googleapis.com/objects.*"],
                        "exceptionPermissions": ["storage.googleapis.com/objects.get"],
                        "denialCondition": {"expression": "x"},
                    }
                }
            ],
        },
    ],
    [{"id": "acme-prod", "type": "project", "policy": POLICY}, {"id": "9", "type": "organization"}],
    {"assets": [{"name": "//storage.googleapis.com/b", "assetType": "x", "iamPolicy": POLICY}], "nextPageToken": "t"},
]
ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    " ",
    "x",
    "//",
    "projects/",
    "deleted:",
    "user:",
    ":",
    [],
    {},
    [[]],
    {"a": []},
    [None],
    "*",
]


def outcome(content):
    """Read a content as far as it is recognised; a refusal must say what is wrong."""
    documents = [d for d in as_documents(json.dumps(content, indent=1), "export.json") if recognises(d)]
    if not documents:
        return
    try:
        snapshot = read(documents, ())
    except SnapshotError as error:
        problems = error.problems
    else:
        assert reference_problems(snapshot) == []
        problems = snapshot.unread
    assert [problem for problem in problems if not problem.message or problem.source is None] == []


@pytest.mark.parametrize("number", range(len(EXPORTS)))
def test_an_odd_value_at_any_place_is_read_or_refused(number):
    for at in range(len(places(EXPORTS[number]))):
        for odd in ODD:
            content = copy.deepcopy(EXPORTS[number])
            container, key = places(content)[at]
            container[key] = odd
            outcome(content)


@pytest.mark.parametrize("number", range(len(EXPORTS)))
def test_a_field_that_is_missing_is_read_or_refused(number):
    for at in range(len(places(EXPORTS[number]))):
        content = copy.deepcopy(EXPORTS[number])
        container, key = places(content)[at]
        del container[key]
        outcome(content)


def test_the_exports_are_recognised_as_they_are():
    for content in EXPORTS:
        assert all(recognises(d) for d in as_documents(json.dumps(content, indent=1), "export.json"))


def test_a_hierarchy_that_leads_back_to_itself_is_read(read, policy):
    circle = [
        {"name": f"folders/{number}", "displayName": "a", "parent": f"folders/{number % 3 + 1}"} for number in (1, 2, 3)
    ]
    facts = read({"a.json": circle, "b.json": {"folders/1": policy(["roles/viewer", "user:ana@acme.example"])}})
    assert {"gcp:folders/1", "gcp:folders/2", "gcp:folders/3"} <= set(facts.resources)


def test_a_very_long_condition_and_many_quotes_take_no_time(read):
    condition = {"expression": "'" * 30_001 + '"' * 30_001 + " \n" * 30_000}
    binding = {"role": "roles/browser", "members": ["user:ana@acme.example"], "condition": condition}
    (grant,) = read({"a.json": {"projects/acme-prod": {"bindings": [binding]}}}).grants
    assert grant.when
