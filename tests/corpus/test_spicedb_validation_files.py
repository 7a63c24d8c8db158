"""SpiceDB's own validation files: every assertion in them is held against our engine.

Where SpiceDB evaluates a caveat or compares a time with the clock, blastradius answers "conditional" and does not
guess: that agrees with every assertion. Everything else must agree exactly, and a file without caveats and times has
no conditional answer.
"""

import re
from collections import Counter

import pytest
import yaml

from blastradius.model.delta import State
from blastradius.systems.zanzibar import snapshot as zanzibar
from blastradius.systems.zanzibar.objects import Dialect
from tests.support.zanzibar import EVERY_RELATION, Answers, documents

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ASSERTION = re.compile(r"([^#\s]+)#([^@\s]+)@([^#\s]+)(?:#(\S+))?(?: with (.*))?")
EXPECTED = {"assertTrue": State.GRANTED, "assertFalse": State.NONE, "assertCaveated": State.CONDITIONAL}
EXPECTED_SUBJECT = re.compile(r"\[([^#\]\s]+?)(?:#\S+?)?\](?: is .*)?")


@pytest.fixture(scope="module")
def files(corpus):
    return {path.name: path.read_text("utf-8") for path in sorted((corpus / "spicedb").glob("*.yaml"))}


def asserted(value):
    for kind, expected in EXPECTED.items():
        for line in (value.get("assertions") or {}).get(kind) or []:
            match = ASSERTION.fullmatch(line)
            assert match, line
            yield (*match.groups(), expected)


def facts_of(name, text, subjects=()):
    """Read a file; the other side names subjects of assertions that no relationship names."""
    names = "".join(f"nowhere:else#nothing@{one}\n" for one in sorted(subjects))
    other = documents({"names.txt": names}) if names else []
    return zanzibar.read(documents({name: text, "settings.yaml": EVERY_RELATION}), other)


def judged(answers, object, relation, subject, of, context, expected):
    """Say how an answer compares: exact, conditional, structural, or in which way it differs."""
    if of not in (None, "..."):
        # A set as the subject: everybody in it must hold what it holds. Two sets of the same people are one here.
        inside = answers.holders(subject, of)
        held = answers.holders(object, relation)
        if expected is State.GRANTED:
            return "exact" if all(held.get(one) is State.GRANTED for one in inside) else f"not everybody in {inside}"
        return "a set as the subject" if inside else "exact"
    state = answers.check(object, relation, subject)
    if state is State.CONDITIONAL:
        return "conditional"
    return "exact" if state is expected else f"{state} where {expected} is expected, with {context}"


def may_be_conditional(facts):
    entries = (entry for group in facts.groups.values() for entry in group.members)
    return any(one.when for one in (*entries, *facts.grants))


def test_every_assertion_of_every_file_agrees(files, capsys):
    counts = Counter()
    disagreements = []
    for name, text in files.items():
        value = yaml.load(text, Loader)
        questions = list(asserted(value))
        facts = facts_of(name, text, {subject for _, _, subject, of, *_ in questions if of in (None, "...")})
        assert facts.unread == (), name
        answers = Answers(facts, Dialect.SPICEDB)
        for question in questions:
            verdict = judged(answers, *question)
            if verdict == "conditional" and not may_be_conditional(facts):
                verdict = "conditional where nothing has a condition"
            known = verdict in ("exact", "conditional", "a set as the subject")
            counts[verdict if known else "differs"] += 1
            if not known:
                disagreements.append((name, question, verdict))
    with capsys.disabled():
        agree = counts["exact"] + counts["conditional"]
        total = sum(counts.values())
        print(f"\nSpiceDB assertions: {agree} of {total} agree, {counts['conditional']} of them under a condition;")
        print(f"{counts['a set as the subject']} ask about a set of the same people under another name")
    assert disagreements == [], "\n".join(map(str, disagreements))
    assert counts["exact"]
    # A set as a subject is the only reason to disagree, and a rare one.
    assert counts["a set as the subject"] * 50 <= sum(counts.values())


def test_whoever_a_file_expects_in_a_relation_is_in_it(files, capsys):
    compared = 0
    for name, text in files.items():
        value = yaml.load(text, Loader)
        expected = value.get("validation") or {}
        answers = Answers(facts_of(name, text), Dialect.SPICEDB)
        for place, lines in expected.items():
            where, _, relation = place.partition("#")
            held = answers.holders(where, relation)
            for line in lines:
                match = EXPECTED_SUBJECT.match(line)
                principal = answers.principal(match[1]) if match else None
                if principal is not None:
                    compared += 1
                    assert principal in held, (name, place, line)
    with capsys.disabled():
        print(f"\nSpiceDB expected relations: {compared} subjects compared")


def test_every_file_is_recognised_and_names_the_lines_of_its_relationships(files):
    for name, text in files.items():
        read = documents({name: text})
        assert all(zanzibar.recognises(one) for one in read), name
        facts = zanzibar.read(read)
        lines = text.split("\n")
        for resource in facts.resources.values():
            written = resource.id.partition(":")[2].partition("~")[0]
            assert written in lines[resource.source.line - 1], (name, resource)
