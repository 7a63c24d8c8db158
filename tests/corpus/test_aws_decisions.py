"""A real account's decisions and deltas: what may be done, as an independent simulator of IAM decided."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from functools import cached_property

import pytest

from blastradius.access.reference import Reference
from blastradius.documents import parse, read_files
from blastradius.model.snapshot import Snapshot
from blastradius.systems.aws.snapshot import read, recognises
from blastradius.systems.references import reference_problems
from tests.support.texts import as_document

ALLOWED = "Allowed"
ASSUME = "sts:AssumeRole"
GRANTED, CONDITIONAL, NONE = "granted", "conditional", "none"
# Why an answer of ours is conditional where the simulator, which was given no context, says no.
BY_KEY_POLICY = "the key policy decides too, and is not in the input"
BY_CONDITION = "a statement that allows it has a condition"


def lines(path):
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def loaded(value):
    return json.loads(value) if isinstance(value, str) else value


def inventory(decisions):
    arns = sorted({one["resource"] for one in decisions if "*" not in one["resource"]})
    return as_document(json.dumps(arns), "inventory.json")


def subject(arn):
    parts = arn.split(":", 5)
    kind, _, name = parts[5].partition("/")
    return f"{kind}:aws/{parts[4]}/{name.rpartition('/')[2]}"


class Asked:
    """One state, asked what a principal may do itself, without the roles that it may assume."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        alone = {name: replace(one, assumable_by=()) for name, one in snapshot.principals.items()}
        self.alone = Reference(replace(snapshot, principals=alone), snapshot.actions)

    @cached_property
    def whole(self):
        return Reference(self.snapshot, self.snapshot.actions)

    def answer(self, question):
        principal = subject(question["principal"])
        if question["action"] == ASSUME:
            return self.may_assume(principal, subject(question["resource"]))
        place = self.place(question)
        return str(self.alone.state(principal, question["action"], place))

    def may_assume(self, principal, role):
        ways = [self.whole.belonging(one).get(principal, ()) for one in self.snapshot.principals[role].assumable_by]
        sets = {conditions for way in ways for conditions in way}
        return GRANTED if frozenset() in sets else CONDITIONAL if sets else NONE

    def place(self, question):
        """Name the resource asked about; where that is all or any, all that the service has in the account."""
        exact = f"aws:{question['resource']}"
        if exact in self.snapshot.resources:
            return exact
        assert "*" in question["resource"]
        service = question["action"].partition(":")[0]
        owned = f"aws:{question.get('resourceAccount')}/arn:*:{service}:*"
        return owned if owned in self.snapshot.resources else f"aws:arn:*:{service}:*"

    def reasons(self, question):
        """Say on what the answer depends."""
        principal, place = subject(question["principal"]), self.place(question)
        ways = self.alone.ways(principal, question["action"], place)
        return {text for allowed, denied in ways for group in (allowed, *denied) for text in group}


def explained(asked, question):
    reasons = asked.reasons(question)
    return BY_KEY_POLICY if any("key policy" in text for text in reasons) else BY_CONDITION if reasons else None


@pytest.fixture(scope="module")
def decided(corpus):
    found = []
    for path in sorted((corpus / "aws").glob("*.decisions.jsonl.gz")):
        dump = corpus / "aws" / path.name.replace(".decisions.jsonl.gz", ".json")
        decisions = lines(path)
        documents = [*(d for file in read_files([str(dump)]) for d in parse(file)), inventory(decisions)]
        assert all(recognises(document) for document in documents)
        found.append((Asked(read(documents)), decisions))
    assert found
    return found


def test_every_decision_of_a_real_account_is_the_same_or_left_open(decided, capsys):
    counts, strange = Counter(), []
    for asked, decisions in decided:
        for decision in decisions:
            answer = asked.answer(decision)
            wanted = GRANTED if decision["overall"] == ALLOWED else NONE
            if answer == wanted:
                counts["equal"] += 1
            elif answer == CONDITIONAL and (why := explained(asked, decision)):
                counts[why] += 1
            else:
                strange.append((answer, decision))
    with capsys.disabled():
        total = sum(len(decisions) for _, decisions in decided)
        left = {why: n for why, n in counts.items() if why != "equal"}
        print(f"\naws decisions: {counts['equal']} of {total} equal, left open: {left}, otherwise: {len(strange)}")
    assert strange == []


def test_all_facts_of_a_real_account_hang_together(decided):
    for asked, _ in decided:
        assert reference_problems(asked.snapshot) == []


@pytest.fixture(scope="module")
def changes(corpus):
    found = []
    paths = sorted((corpus / "aws").glob("*change-deltas*.jsonl.gz"))
    assert paths
    for change in (change for path in paths for change in lines(path)):
        decisions = loaded(change["decisions_after"])
        listed = inventory(decisions)
        before, after = (
            [as_document(json.dumps(loaded(change[side]), indent=1), f"{side}.json"), listed]
            for side in ("before", "after")
        )
        sides = Asked(read(before, after)), Asked(read(after, before))
        moved = {way: loaded(change[way]) for way in ("gained", "lost")}
        found.append((change["command"], sides, decisions, moved))
    return found


def by_context(decisions):
    """Join the answers with and without a second factor: what differs between them is conditional."""
    found = {}
    for one in decisions:
        key = one["principal"], one["action"], one["resource"]
        found.setdefault(key, set()).add(one["decision"] == ALLOWED)
    for (principal, action, resource), said in found.items():
        wanted = {frozenset({True}): GRANTED, frozenset({False}): NONE}.get(frozenset(said), CONDITIONAL)
        yield {"principal": principal, "action": action, "resource": resource}, wanted


def test_every_state_after_a_command_is_the_same_or_left_open(changes, capsys):
    counts, strange = Counter(), []
    for command, (_, after), decisions, _ in changes:
        for question, wanted in by_context(decisions):
            answer = after.answer(question)
            if answer == wanted:
                counts["equal"] += 1
            elif answer == CONDITIONAL and (why := explained(after, question)):
                counts[why] += 1
            else:
                strange.append((command, answer, wanted, question))
    with capsys.disabled():
        total = sum(1 for _, _, decisions, _ in changes for _ in by_context(decisions))
        left = {why: n for why, n in counts.items() if why != "equal"}
        print(f"\naws states after commands: {counts['equal']} of {total} equal, left open: {left}")
    assert strange == []


def test_every_command_opens_and_closes_what_the_simulator_says(changes, capsys):
    agreed = 0
    for command, (before, after), decisions, moved in changes:
        gained, lost = set(), set()
        for question, _ in by_context(decisions):
            was, now = before.answer(question), after.answer(question)
            key = question["principal"], question["action"], question["resource"]
            order = (NONE, CONDITIONAL, GRANTED)
            if order.index(now) > order.index(was):
                gained.add(
                    (key, explained(after, question) == BY_KEY_POLICY if question["action"] != ASSUME else False)
                )
            elif order.index(now) < order.index(was):
                lost.add((key, explained(before, question) == BY_KEY_POLICY if question["action"] != ASSUME else False))
        for ours, way in ((gained, "gained"), (lost, "lost")):
            theirs = {(one["principal"], one["action"], one["resource"]) for one in moved[way]}
            # What a condition leaves open may be more than the simulator says, and nothing else is.
            assert {key for key, _ in ours} >= theirs, command
            assert {key for key, is_open in ours if not is_open} <= theirs, command
        agreed += 1
    with capsys.disabled():
        print(f"\naws commands: {agreed} of {len(changes)} open and close what the simulator says")
