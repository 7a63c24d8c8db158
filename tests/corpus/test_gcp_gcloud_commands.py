"""What `gcloud` does to policies: the difference is the same in facts, and our edits make the same policy."""

import json
import shlex
from collections import Counter

import pytest

from blastradius.documents import parse
from blastradius.systems.gcp import edits
from blastradius.systems.gcp.names import parse_name
from blastradius.systems.gcp.objects import Member, Policy
from blastradius.systems.gcp.reading import read_state
from blastradius.systems.gcp.snapshot import read, recognises
from tests.support.texts import as_file


@pytest.fixture(scope="module")
def cases(corpus):
    return [
        json.loads(line) for line in (corpus / "gcp" / "gcloud-command-oracle.jsonl").read_text("utf-8").splitlines()
    ]


def documents(policies):
    found = parse(as_file(json.dumps(policies, indent=1), "policies.json"))
    assert all(recognises(document) for document in found)
    return found


def bindings(policies):
    return {
        (name, binding["role"], member, json.dumps(binding.get("condition"), sort_keys=True))
        for name, policy in policies.items()
        for binding in policy["bindings"]
        for member in binding["members"]
    }


def facts(snapshot):
    grants = {
        (g.subject, g.resource.partition(":")[2], (g.role or "").partition(" [")[0], g.when) for g in snapshot.grants
    }
    # What those with a basic role have in buckets that nobody describes follows from the policy, and is no part of it.
    return {grant for grant in grants if not grant[0].startswith("project")}


def test_what_a_command_changes_in_a_policy_changes_in_the_facts(cases, capsys):
    agreeing = 0
    for case in cases:
        before, after = (documents(case[side]) if case[side] else () for side in ("before", "after"))
        old, new = (facts(read(mine, other)) if mine else set() for mine, other in ((before, after), (after, before)))
        plain_old, plain_new = bindings(case["before"]), bindings(case["after"])
        assert len(new - old) == len(plain_new - plain_old), case["command"]
        assert len(old - new) == len(plain_old - plain_new), case["command"]
        gained = Counter((name.rpartition("/")[2], role) for name, role, *_ in plain_new - plain_old)
        assert Counter((resource.rpartition("/")[2], role) for _, resource, role, _ in new - old) == gained
        agreeing += 1
    with capsys.disabled():
        print(f"\ngcloud: the facts of {agreeing} of {len(cases)} commands change as the policies do")
    assert agreeing


def apply(state, case, changed):
    """Do to the state what a command says; the name of the resource is the one whose policy it changed."""
    words = shlex.split(case["command"])
    options = dict(
        word.removeprefix("--").split("=", 1) if "=" in word else (word.removeprefix("--"), next_word)
        for word, next_word in zip(words, [*words[1:], ""], strict=True)
        if word.startswith("--")
    )
    resource = parse_name(changed)
    member = Member(options.get("member", ""))
    if "add-iam-policy-binding" in words:
        return edits.add_member(state, resource, options["role"], member)
    if "remove-iam-policy-binding" in words:
        return edits.remove_member(state, resource, options["role"], member, every="all" in options)
    # The file that such a command names is the policy that it leaves.
    policy = read_state(documents({changed: case["after"][changed]})).policies[resource]
    return edits.set_policy(state, Policy(resource, policy.bindings))


def test_our_edits_make_the_policy_that_gcloud_writes(cases, capsys):
    agreeing = 0
    for case in cases:
        changed = {n for n in {**case["before"], **case["after"]} if case["before"].get(n) != case["after"].get(n)}
        if not changed:
            # Whatever gcloud refused, or found done already, is nothing that edits are asked for.
            agreeing += 1
            continue
        state = read_state(documents(case["before"]) if case["before"] else ())
        assert apply(state, case, *changed), case["command"]
        expected = read_state(documents(case["after"])).policies
        assert {n: p.bindings for n, p in state.policies.items()} == {n: p.bindings for n, p in expected.items()}
        agreeing += 1
    with capsys.disabled():
        print(f"\ngcloud: {agreeing} of {len(cases)} commands leave the policy that our edits make")
    assert agreeing
