"""Reading policies: what they mean, and every way in which they can be wrong."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from blastradius.documents import parse, schema_text
from blastradius.errors import PolicyError
from blastradius.gate import SHIPPED, load_policy, shipped_policy
from blastradius.model.assessment import AuthorKind, Decision, Level
from blastradius.model.delta import GAINS, AccessChange
from blastradius.model.policy import ClassifyRule, Match, When
from blastradius.model.snapshot import Capability
from tests.support.texts import as_document, as_documents

START = "format: blastradius.policy/1\n"
CLASSES = "classes: {user-data: {sensitivity: 1.0, title: User data}, internal: {sensitivity: 0.4}}\n"


def read(text, *, classes=CLASSES):
    return load_policy(as_documents(START + classes + text, "policy.yaml"))


def problems(text, *, classes=CLASSES):
    with pytest.raises(PolicyError) as caught:
        read(text, classes=classes)
    return [(p.source.line, p.message, p.help) for p in caught.value.problems]


def test_classes_keep_their_order_and_title():
    classes = read("").classes
    assert [(c.id, c.sensitivity, c.title, c.order) for c in classes.values()] == [
        ("user-data", 1.0, "User data", 0),
        ("internal", 0.4, "internal", 1),
        ("unclassified", 0.6, "Unclassified", 2),
    ]


def test_the_class_of_what_nothing_classifies_can_be_set():
    classes = read("", classes="classes: {unclassified: {sensitivity: 1}}\n").classes
    assert [(c.id, c.sensitivity) for c in classes.values()] == [("unclassified", 1.0)]


def test_what_is_left_out_is_as_in_the_shipped_policy():
    shipped, policy = load_policy(parse(shipped_policy("default"))), read("")
    assert policy.severity == shipped.severity
    assert policy.gate == shipped.gate
    assert policy.snapshot_age_days == 7
    assert policy.classify == tuple(r for r in shipped.classify if r.class_name in ("user-data", "internal"))
    assert policy.classify


def test_sections_that_are_written_replace_the_shipped_ones():
    policy = read("classify: []\ngate: []\nlimits: {}\n")
    assert (policy.classify, policy.gate, policy.snapshot_age_days) == ((), (), None)


def test_single_numbers_can_be_changed():
    severity = read(
        "severity: {capability: {list: 0.1}, floors: {lockout: 5}, bands: {critical: 8}, breadth: 0}\n"
    ).severity
    assert severity.capability[Capability.LIST] == 0.1
    assert severity.capability[Capability.READ] == 0.95
    assert severity.floors == {"privileged-verb": 7.0, "lockout": 5}
    assert (severity.bands[Level.CRITICAL], severity.bands[Level.MEDIUM], severity.breadth) == (8, 4.0, 0)


def test_classification_rules_are_read_with_all_their_parts():
    policy = read(
        """\
classify:
  - {class: internal, match: {id: "k8s:*", kind: [a, b], labels: {pii: "*", tier: ["0", "1"]}, not: {labels: {x: y}}}}
  - {class: user-data, match: {}}
"""
    )
    labels = (("pii", ("*",)), ("tier", ("0", "1")))
    without = Match(labels=(("x", ("y",)),))
    assert policy.classify == (
        ClassifyRule("internal", Match(("k8s:*",), ("a", "b"), labels, without)),
        ClassifyRule("user-data", Match()),
    )


def test_gate_rules_are_read_with_all_their_parts():
    rules = read(
        """\
gate:
  - id: all
    when:
      class: [user-data, internal]
      capability: manage
      change: [widened, gained]
      audience: [outsider, unlisted]
      principals_over: 10
      resources_over: 0
      severity: medium
      author: [agent, unknown]
      finding: lockout
    then: {approve: 3}
  - {id: always, when: {}, then: warn}
"""
    ).gate
    assert rules[0].when == When(
        classes=frozenset({"user-data", "internal"}),
        capabilities=frozenset({Capability.MANAGE}),
        changes=frozenset({AccessChange.WIDENED, AccessChange.GAINED}),
        names_change=True,
        audiences=frozenset({"outsider", "unlisted"}),
        principals_over=10,
        resources_over=0,
        severity=Level.MEDIUM,
        authors=frozenset({AuthorKind.AGENT, AuthorKind.UNKNOWN}),
        findings=frozenset({"lockout"}),
    )
    assert (rules[0].then, rules[0].approvals, rules[0].source.line) == (Decision.APPROVE, 3, 4)
    assert rules[1].when == When(changes=GAINS)
    assert (rules[1].then, rules[1].approvals) == (Decision.WARN, 0)


@pytest.mark.parametrize("word", ["pass", "warn", "block"])
def test_plain_decisions_are_read(word):
    assert read(f"gate: [{{id: x, when: {{}}, then: {word}}}]\n").gate[0].then == Decision(word)


@pytest.mark.parametrize(
    ("text", "message", "help"),
    [
        ("extra: 1\n", "unknown field `extra`", None),
        ("clasify: []\n", "unknown field `clasify`", "did you mean `classify`?"),
        ("classify: {}\n", "`classify` must be a list, not a mapping", None),
        ("classify: [x]\n", "the item must be a mapping, not text", None),
        ("classify: [{match: {}}]\n", "the rule lacks `class`", None),
        ("classify: [{class: internal}]\n", "the rule lacks `match`", None),
        ("classify: [{class: intrnal, match: {}}]\n", "unknown class `intrnal`", "did you mean `internal`?"),
        ("classify: [{class: internal, match: {ids: x}}]\n", "unknown field `ids`", "did you mean `id`?"),
        ("classify: [{class: internal, match: {id: []}}]\n", "`id` is an empty list, which never holds", None),
        ("classify: [{class: internal, match: {kind: 'a:b'}}]\n", "the kind `a:b` can never match", None),
        ("classify: [{class: internal, match: {labels: {}}}]\n", "`labels` is empty", None),
        ("classify: [{class: internal, match: {not: {}}}]\n", "an empty `not` leaves out everything", None),
        (
            "classify: [{class: internal, match: {labels: {pii: yes}}}]\n",
            "`pii` must be text",
            'put it in quotes: `"yes"`',
        ),
        (
            "classify: [{class: internal, match: {labels: {tier: 007}}}]\n",
            "`tier` must be text",
            'put it in quotes: `"007"`',
        ),
        ("classify: [{class: internal, match: {id: null}}]\n", "`id` must be text or a list, not empty", None),
        ("severity: {capability: {list: two}}\n", "`list` must be a number, not text", None),
        ("severity: {capability: {list: -0.1}}\n", "`list` must be a number from 0 to 1", None),
        ("severity: {capability: {lst: 1}}\n", "unknown field `lst`", "did you mean `list`?"),
        ("severity: {capability: {list: true}}\n", "`list` must be a number, not a truth value", None),
        ("severity: {headcount: {user: 1.5}}\n", "`user` must be a whole number, not a number", None),
        ("severity: {headcount: {user: -1}}\n", "`user` must be a whole number from 0", None),
        ("severity: {floors: {nonsense: 7}}\n", "unknown field `nonsense`", None),
        ("severity: {floors: {lockout: 11}}\n", "`lockout` must be a number from 0 to 10", None),
        ("severity: {bands: {high: 9.5}}\n", "the bands must rise", None),
        ("severity: {bands: {medium: 0}}\n", "the bands must rise", None),
        ("severity: {bands: {high: 7.25}}\n", "a band begins at a score with one decimal", None),
        ("severity: {reach: 3}\n", "`reach` must be a mapping, not a number", None),
        ("severity: {breadth: x}\n", "`breadth` must be a number, not text", None),
        ("limits: {age: 7}\n", "unknown field `age`", None),
        ("limits: {snapshot_age_days: -1}\n", "`snapshot_age_days` must be a number from 0", None),
        ("limits: 7\n", "`limits` must be a mapping, not a number", None),
        ("gate: [{when: {}, then: warn}]\n", "the gate rule lacks `id`", None),
        ("gate: [{id: x, then: warn}]\n", "the gate rule lacks `when`", None),
        ("gate: [{id: x, when: {}}]\n", "the gate rule lacks `then`", None),
        ("gate: [{id: x, when: {}, then: stop}]\n", "unknown decision `stop`", None),
        ("gate: [{id: x, when: {}, then: approve}]\n", "`approve` needs a number", "write `{approve: 1}`"),
        ("gate: [{id: x, when: {}, then: {approve: 0}}]\n", "`approve` must be a whole number from 1", None),
        ("gate: [{id: x, when: {}, then: {block: 1}}]\n", "`then` lacks `approve`", None),
        (
            "gate: [{id: x, when: {}, then: off}]\n",
            "`then` must be text, not a truth value",
            'put it in quotes: `"off"`',
        ),
        ("gate: [{id: --fail-on, when: {}, then: warn}]\n", "the gate rule `--fail-on` is reserved", None),
        ("gate: [{id: 7, when: {}, then: warn}]\n", "`id` must be text, not a number", 'put it in quotes: `"7"`'),
        (
            "gate: [{id: x, when: {classes: internal}, then: warn}]\n",
            "unknown field `classes`",
            "did you mean `class`?",
        ),
        ("gate: [{id: x, when: {class: none}, then: warn}]\n", "unknown class `none`", None),
        ("gate: [{id: x, when: {class: []}, then: warn}]\n", "`class` is an empty list, which never holds", None),
        ("gate: [{id: x, when: {capability: delete}, then: warn}]\n", "unknown capability `delete`", None),
        ("gate: [{id: x, when: {change: [gained, lost]}, then: warn}]\n", "unknown change `lost`", None),
        (
            "gate: [{id: x, when: {audience: outsiders}, then: warn}]\n",
            "unknown audience `outsiders`",
            "did you mean `outsider`?",
        ),
        ("gate: [{id: x, when: {severity: [high, low]}, then: warn}]\n", "`severity` must be text, not a list", ""),
        ("gate: [{id: x, when: {severity: sev1}, then: warn}]\n", "unknown severity `sev1`", None),
        ("gate: [{id: x, when: {author: role}, then: warn}]\n", "unknown author `role`", None),
        (
            "gate: [{id: x, when: {finding: lock-out}, then: warn}]\n",
            "unknown finding `lock-out`",
            "did you mean `lockout`?",
        ),
        (
            "gate: [{id: x, when: {principals_over: -1}, then: warn}]\n",
            "`principals_over` must be a whole number",
            None,
        ),
        (
            "gate: [{id: x, when: {resources_over: '9'}, then: warn}]\n",
            "`resources_over` must be a whole number, not text",
            None,
        ),
        ('gate: [{id: "a\\u202eb", when: {}, then: warn}]\n', "holds a character that controls or hides text", None),
    ],
)
def test_a_wrong_part_is_named_with_its_line_and_what_to_do(text, message, help):
    found = problems(text)
    assert found[0][0] == 3
    assert message in found[0][1]
    assert help is None or found[0][2] == help


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ("", "the policy lacks `classes`"),
        ("classes: {}\n", "there must be a class"),
        ("classes: [a]\n", "`classes` must be a mapping, not a list"),
        ("classes: {a: 1}\n", "`a` must be a mapping, not a number"),
        ("classes: {a: {}}\n", "the class `a` lacks `sensitivity`"),
        ("classes: {a: {sensitivity: 1.1}}\n", "`sensitivity` must be a number from 0 to 1"),
        ("classes: {a: {sensitivity: 1, titel: x}}\n", "unknown field `titel`"),
        ("classes: {a: {sensitivity: 1, title: 5}}\n", "`title` must be text, not a number"),
        ('classes: {"a\\e[31m": {sensitivity: 1}}\n', "holds a character that controls or hides text"),
    ],
)
def test_wrong_classes_are_named(classes, message):
    assert message in problems("gate: []\n", classes=classes)[0][1]


def test_all_problems_come_together_in_the_order_of_the_lines():
    found = problems(
        "gate:\n  - {id: x, when: {class: nope}, then: warn}\n  - {id: x, when: {}, then: 5}\nlimits: {a: 1}\nbad: 1\n"
    )
    assert [line for line, _, _ in found] == [4, 5, 5, 6, 7]


def test_a_deeply_nested_not_is_refused():
    match = "{id: x}"
    for _ in range(20):
        match = f"{{not: {match}}}"
    assert "`not` is nested more than 5 times" in problems(f"classify: [{{class: internal, match: {match}}}]\n")[0][1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]\n", "a policy is a mapping"),
        ("just text\n", "a policy is a mapping"),
        ("classes: {}\n", "this is no policy: it has no `format`"),
        ("format: blastradius.policy/2\n", "`blastradius.policy/2` is no format of a policy that is known here"),
        ("format: blastradius.snapshot/1\n", "is no format of a policy"),
        ("format: [x]\n", "is no format of a policy"),
        (START + CLASSES + "---\n" + START + CLASSES, "a policy is one document, not 2"),
    ],
)
def test_what_is_no_policy_is_refused(text, message):
    with pytest.raises(PolicyError) as caught:
        load_policy(as_documents(text))
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].source is not None


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_policies_are_found_in_the_checkout_and_are_complete(name, root):
    file = shipped_policy(name)
    assert file.text == (root / "policies" / f"{name}.yaml").read_text(encoding="utf-8")
    assert file.label == f"policies/{name}.yaml"
    assert set(parse(file)[0].value) == {"format", "classes", "classify", "severity", "gate", "limits"}


def test_the_shipped_policies_share_classes_and_numbers():
    default, strict = (load_policy(parse(shipped_policy(name))) for name in SHIPPED)
    assert (default.classes, default.classify, default.severity) == (strict.classes, strict.classify, strict.severity)


def test_the_shipped_gate_serves_classes_it_does_not_know():
    assert not any(rule.when.classes for rule in load_policy(parse(shipped_policy("default"))).gate)


# The schema and the reader

SCHEMA = Draft202012Validator(json.loads(schema_text("policy")))
SHIPPED_TREES = [json.loads(json.dumps(parse(shipped_policy(name))[0].value)) for name in SHIPPED]
# What a schema cannot say: references between parts of the policy.
ONLY_THE_READER = (
    "unknown class",
    "is there twice",
    "is reserved",
    "the bands must rise",
    "a band begins",
    "nested more",
)
values = st.recursive(
    st.sampled_from(
        [None, True, False, 0, 1, -1, 0.5, 7.25, 10**16, "", " ", "x", "a:b", "internal", "high", "lockout", "block"]
    ),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["id", "approve", "class", "not", "x"]), inner)
    ),
    max_leaves=3,
)


def places(tree, path=()):
    """List the path of everything in a tree."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


PLACES = [(number, path) for number, tree in enumerate(SHIPPED_TREES) for path in places(tree) if path != ("format",)]


@pytest.mark.parametrize("tree", SHIPPED_TREES)
def test_the_shipped_policies_fit_the_schema(tree):
    SCHEMA.validate(tree)


@given(st.sampled_from(PLACES), values, st.sampled_from(["replace", "remove", "add"]))
def test_the_schema_and_the_reader_refuse_the_same(place, value, how):
    number, path = place
    tree = json.loads(json.dumps(SHIPPED_TREES[number]))
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    if how == "remove":
        del holder[path[-1]]
    elif how == "add" and isinstance(holder, dict):
        holder["x"] = value
    else:
        holder[path[-1]] = value
    messages = []
    try:
        load_policy([as_document(json.dumps(tree), "policy.json")])
    except PolicyError as error:
        messages = [p.message for p in error.problems if not any(words in p.message for words in ONLY_THE_READER)]
        if not messages:
            return
    assert SCHEMA.is_valid(tree) == (not messages), (messages, [e.message for e in SCHEMA.iter_errors(tree)])


def test_the_policies_of_the_repository_are_those_in_the_wheel(root):
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    assert '"policies" = "blastradius/policies"' in text
    assert Path(shipped_policy("default").relative).name == "default.yaml"
