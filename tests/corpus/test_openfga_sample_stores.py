"""The sample stores of OpenFGA's authors: every expectation in them is held against our engine.

Where OpenFGA evaluates a condition, whether its values stand in the tuple or in the question, blastradius answers
"conditional" and does not guess: that agrees with yes and with no. Everything else must agree exactly, and a store
without conditions has no conditional answer.
"""

import json
from collections import Counter
from pathlib import PurePosixPath

import pytest
import yaml

from blastradius.errors import SnapshotError
from blastradius.model.delta import State
from blastradius.systems.zanzibar import snapshot as zanzibar
from blastradius.systems.zanzibar.objects import Dialect
from tests.support.zanzibar import EVERY_RELATION, Answers, documents, naming

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@pytest.fixture(scope="module")
def stores(corpus):
    root = corpus / "openfga" / "sample-stores"
    return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*.fga.yaml"))}, root


def texts_of(root, name, value, tests):
    """Read a store and the files that it names, as relative paths."""
    found = {name: (root / name).read_text("utf-8")}
    waiting = [(name, value), *((name, test) for test in tests)]
    while waiting:
        owner, fields = waiting.pop()
        for key in ("model_file", "tuple_file", "tuple_files", "contents"):
            named = fields.get(key) or []
            for path in [named] if isinstance(named, str) else named:
                below = (PurePosixPath(owner).parent / path).as_posix()
                if below not in found:
                    found[below] = (root / below).read_text("utf-8")
                    if below.endswith(".mod"):
                        waiting.append((below, yaml.load(found[below], Loader)))
    return found


def subjects_of(test):
    for check in test.get("check", ()):
        yield from check.get("users") or [check["user"]]
    for listing in test.get("list_objects", ()):
        yield listing["user"]
    for listing in test.get("list_users", ()):
        for answer in listing["assertions"].values():
            yield from answer["users"]


def questions(test):
    """Flatten a test: (kind, object or type, relation, subject or filter, context, expected)."""
    for check in test.get("check", ()):
        for where in check.get("objects") or [check["object"]]:
            for user in check.get("users") or [check["user"]]:
                for relation, expected in check["assertions"].items():
                    yield "check", where, relation, user, check.get("context"), expected
    for listing in test.get("list_objects", ()):
        for relation, expected in listing["assertions"].items():
            yield "list_objects", listing["type"], relation, listing["user"], listing.get("context"), expected or []
    for listing in test.get("list_users", ()):
        for relation, expected in listing["assertions"].items():
            (wanted,) = listing["user_filter"]
            yield "list_users", listing["object"], relation, wanted, listing.get("context"), expected["users"] or []


def judged(answers, question):
    """Say how an answer compares: exact, conditional, or in which way it differs."""
    kind, where, relation, who, _, expected = question
    if kind == "check":
        state = answers.check(where, relation, who)
        if state is State.CONDITIONAL:
            return "conditional"
        return "exact" if (state is State.GRANTED) is expected else f"{state} where {expected} is expected"
    if kind == "list_objects":
        states = {
            name.partition(":")[2]: answers.check(name.partition(":")[2], relation, who)
            for name in answers.snapshot.resources
            if name.partition(":")[2].startswith(f"{where}:")
        }
        return judged_set(states, set(expected))
    holders = answers.holders(where, relation)
    if "relation" in who:
        # A set as the subject: everybody in it must hold what it holds.
        for named in expected:
            inside = answers.holders(*named.split("#"))
            if not inside or any(holders.get(one) is not State.GRANTED for one in inside):
                return f"not everybody in {named}"
        return "exact"
    states = {answers.principal(one): one for one in expected if not one.endswith(":*")}
    if f"{who['type']}:*" in expected:
        everybody = f"fga:{who['type']}:*#unlisted"
        missing = [one for one in answers.snapshot.principals if one not in holders and one in states]
        return "exact" if holders.get(everybody) is State.GRANTED and not missing else "not everybody of the type"
    of_type = {p for p in holders if p in answers.snapshot.principals and answers.type_of(p) == who["type"]}
    return judged_set({p: holders[p] for p in of_type}, set(states))


def judged_set(states, expected):
    granted = {one for one, state in states.items() if state is State.GRANTED}
    held = {one for one, state in states.items() if state is not State.NONE}
    if granted == held == expected:
        return "exact"
    if granted <= expected <= held:
        return "conditional"
    return f"granted {sorted(granted)}, held {sorted(held)} where {sorted(expected)} is expected"


def may_be_conditional(facts):
    """Tell whether anything in a store has a condition at all; no other answer may be conditional."""
    entries = (entry for group in facts.groups.values() for entry in group.members)
    return any(one.when for one in (*entries, *facts.grants))


def test_every_expectation_of_every_store_agrees(stores, capsys):
    paths, root = stores
    counts = Counter()
    disagreements = []
    for name, path in paths.items():
        value = yaml.load(path.read_text("utf-8"), Loader)
        tests = value.get("tests") or []
        texts = texts_of(root, name, value, tests)
        for test in tests:
            given = dict(texts)
            given["settings.yaml"] = EVERY_RELATION
            given["tuples-of-the-test.json"] = json.dumps(test.get("tuples") or [], default=str)
            subjects = {one for one in subjects_of(test) if "#" not in one}
            read = [one for one in documents(given) if zanzibar.recognises(one)]
            facts = zanzibar.read(read, naming(subjects))
            assert facts.unread == (), (name, test.get("name"))
            # Some of the files were saved without an end to the last line, which a cut would look like.
            unended = {f"tuples of `{path}`" for path, text in given.items() if not text.endswith("\n")}
            assert [one for one in facts.coverage if one.completeness != "complete" and one.what not in unended] == []
            answers = Answers(facts, Dialect.OPENFGA)
            for question in questions(test):
                verdict = judged(answers, question)
                if verdict == "conditional" and not may_be_conditional(facts):
                    verdict = "conditional where nothing has a condition"
                counts[question[0], verdict if verdict in ("exact", "conditional") else "differs"] += 1
                if verdict not in ("exact", "conditional"):
                    disagreements.append((name, test.get("name"), question, verdict))
    with capsys.disabled():
        for kind in ("check", "list_objects", "list_users"):
            exact, conditional, differs = (counts[kind, how] for how in ("exact", "conditional", "differs"))
            total = exact + conditional + differs
            print(f"\nOpenFGA {kind}: {exact + conditional} of {total} agree, {conditional} of them under a condition")
    assert disagreements == [], "\n".join(map(str, disagreements))
    assert all(counts[kind, "exact"] for kind in ("check", "list_objects", "list_users"))


def test_every_store_is_recognised_and_read_as_it_stands(stores):
    paths, root = stores
    for name, path in paths.items():
        value = yaml.load(path.read_text("utf-8"), Loader)
        read = documents(texts_of(root, name, value, ()))
        assert all(zanzibar.recognises(one) for one in read), name
        facts = zanzibar.read(read)
        assert facts.resources or not value.get("tuples")
        assert all(grant.source.line for grant in facts.grants)


def test_files_that_a_store_names_are_taken_only_when_they_were_given(stores):
    paths, _ = stores
    for name, path in paths.items():
        value = yaml.load(path.read_text("utf-8"), Loader)
        if "model_file" not in value:
            continue
        alone = documents({name: path.read_text("utf-8")})
        if value.get("tuples"):
            assert any(one.completeness == "truncated" for one in zanzibar.read(alone).coverage), name
        else:
            with pytest.raises(SnapshotError, match="is not among the files that were given"):
                zanzibar.read(alone)
