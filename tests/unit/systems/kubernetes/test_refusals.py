"""Contradictions and wrong types: every one is named with its place, all together, and nothing crashes."""

import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.documents import File, parse
from blastradius.errors import SnapshotError
from blastradius.systems.kubernetes.snapshot import read as read_documents
from blastradius.systems.kubernetes.snapshot import recognises

HEAD = "apiVersion: rbac.authorization.k8s.io/v1\n"


def role(rest, name="r", kind="Role"):
    return f"{HEAD}kind: {kind}\nmetadata: {{name: {name}}}\n{rest}\n"


def binding(rest):
    return f"{HEAD}kind: RoleBinding\nmetadata: {{name: b}}\n{rest}\n"


REFUSED = {
    role("rules: 3"): "4:1: `rules` of `Role` `r` is a number, not a list",
    role("rules: {}"): "4:1: `rules` of `Role` `r` is a mapping, not a list",
    role("rules: [x]"): "4:9: an item of `rules` of `Role` `r` is text, not a mapping",
    role("rules: [null]"): "4:9: an item of `rules` of `Role` `r` is empty, not a mapping",
    role("rules: [{verbs: get}]"): "4:10: `verbs` of `Role` `r` is text, not a list",
    role('rules: [{verbs: [1], apiGroups: [""], resources: [pods]}]'): (
        "4:18: an item of `verbs` of `Role` `r` is a number, not text"
    ),
    role('rules: [{verbs: [get], apiGroups: "", resources: [pods]}]'): (
        "4:24: `apiGroups` of `Role` `r` is text, not a list"
    ),
    role('rules: [{verbs: [get], apiGroups: [""], resources: [[pods]]}]'): (
        "4:53: an item of `resources` of `Role` `r` is a list, not text"
    ),
    role('rules: [{verbs: [get], apiGroups: [""], resources: [pods], resourceNames: [{}]}]'): (
        "4:76: an item of `resourceNames` of `Role` `r` is a mapping, not text"
    ),
    role("aggregationRule: [x]", kind="ClusterRole"): (
        "4:1: `aggregationRule` of `ClusterRole` `r` is a list, not a mapping"
    ),
    role("aggregationRule: {clusterRoleSelectors: {}}", kind="ClusterRole"): (
        "4:19: `clusterRoleSelectors` of `ClusterRole` `r` is a mapping, not a list"
    ),
    role("aggregationRule: {clusterRoleSelectors: [{matchLabels: [x]}]}", kind="ClusterRole"): (
        "4:43: `matchLabels` of `ClusterRole` `r` is a list, not a mapping"
    ),
    role("aggregationRule: {clusterRoleSelectors: [{matchLabels: {x: true}}]}", kind="ClusterRole"): (
        "4:57: `x` of `ClusterRole` `r` is a truth value, not text"
    ),
    binding("roleRef: view\nsubjects: []"): "4:1: `roleRef` of `RoleBinding` `b` is text, not a mapping",
    binding("roleRef: {kind: [Role], name: r}"): "4:11: `kind` of `RoleBinding` `b` is a list, not text",
    binding("roleRef: {kind: ClusterRole, name: view}\nsubjects: ana"): (
        "5:1: `subjects` of `RoleBinding` `b` is text, not a list"
    ),
    binding("roleRef: {kind: ClusterRole, name: view}\nsubjects: [ana]"): (
        "5:12: an item of `subjects` of `RoleBinding` `b` is text, not a mapping"
    ),
    binding("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: 12}]"): (
        "5:25: `name` of `RoleBinding` `b` is a number, not text"
    ),
    binding("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: x, namespace: {}}]"): (
        "5:44: `namespace` of `RoleBinding` `b` is a mapping, not text"
    ),
    f"{HEAD}kind: Role\nmetadata: [x]": "3:1: `metadata` of `Role` `without a name` is a list, not a mapping",
    f"{HEAD}kind: Role\nmetadata: {{name: no}}": ("3:12: `name` of `Role` `without a name` is a truth value, not text"),
    f"{HEAD}kind: Role\nmetadata: {{name: r, namespace: 7}}": "3:21: `namespace` of `Role` `r` is a number, not text",
    f"{HEAD}kind: Role\nmetadata: {{}}": "1:1: a `Role` has no name",
    f"{HEAD}kind: Role": "1:1: a `Role` has no name",
    "apiVersion: v1\nkind: ServiceAccount\nmetadata: {}": "1:1: a `ServiceAccount` has no name",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: [x]}": (
        "3:12: `name` of `Namespace` `without a name` is a list, not text"
    ),
    "apiVersion: v1\nkind: List\nitems: {}": "3:1: `items` of the `List` is a mapping, not a list",
    "apiVersion: v1\nkind: List\nitems: [3]": "3:9: an object of a list is a number, not a mapping",
    "apiVersion: v1\nkind: List\nitems: [{kind: Role}]": "3:9: an object has no `apiVersion`",
    "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1}]": "3:9: an object has no `kind`",
    "apiVersion: 1\nkind: Role": "1:1: `apiVersion` of the object is a number, not text",
    "apiVersion: v1\nkind: [Role]": "2:1: `kind` of the object is a list, not text",
    "apiVersion: v1\nkind: List\nmetadata: x\nitems: []": "3:1: `metadata` of the `List` is text, not a mapping",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items())
def test_a_wrong_type_is_named_with_its_place(refused, text, message):
    assert refused(text)[0] == message


def test_all_problems_are_reported_together(refused):
    text = "\n---\n".join(REFUSED)
    assert len(refused(text)) >= len(REFUSED)


def test_text_without_quotation_marks_is_helped(documents):
    with pytest.raises(SnapshotError) as raised:
        read_documents(documents(f"{HEAD}kind: Role\nmetadata: {{name: 12}}"))
    assert raised.value.problems[0].help == "put quotation marks around it"


# Objects that stand twice

ONE = role('rules: [{verbs: [get, list], apiGroups: [""], resources: [pods, services]}]')
TWO = role('rules: [{verbs: [list, get], apiGroups: [""], resources: [services, pods]}]')
OTHER = role('rules: [{verbs: [get], apiGroups: [""], resources: [secrets]}]')


def test_the_same_object_may_stand_twice(read):
    assert read(f"{ONE}---\n{TWO}").unread == ()


def test_objects_that_contradict_each_other_are_refused_with_both_places(refused):
    assert refused({"a.yaml": ONE, "b.yaml": OTHER}) == [
        "b.yaml:1:1: `Role` `r` without a namespace says something else than at a.yaml:1:1"
    ]


def test_bindings_that_contradict_each_other_are_refused(refused):
    one = binding("roleRef: {kind: ClusterRole, name: view}\nsubjects: [{kind: User, name: ana}]")
    assert refused(f"{one}---\n{one.replace('ana', 'bo')}") == [
        "7:1: `RoleBinding` `b` without a namespace says something else than at given.yaml:1:1"
    ]
    assert refused(f"{one}---\n{one.replace('view', 'edit')}")


def test_the_same_name_in_two_namespaces_is_two_objects(read):
    assert read(f"{ONE}---\n{OTHER.replace('name: r', 'name: r, namespace: shop')}").unread == ()


def labelled(label, number):
    metadata = f"{{name: r, labels: {{{label}}}, annotations: {{x: '{number}'}}}}"
    return f"{HEAD}kind: ClusterRole\nmetadata: {metadata}\nrules: []\n"


def test_labels_that_no_selector_looks_at_may_differ(read):
    assert read(f"{labelled('app: x', 1)}---\n{labelled('app: y', 2)}").unread == ()


def test_labels_that_a_selector_looks_at_may_not_differ(refused):
    label = "rbac.authorization.k8s.io/aggregate-to-view"
    assert refused(f"{labelled(label + ': a', 1)}---\n{labelled('app: y', 2)}") == [
        "6:1: the labels of `ClusterRole` `r` differ from those at given.yaml:1:1"
    ]


# Sizes


def test_a_product_beyond_all_measure_is_refused_in_good_time(refused):
    many = ", ".join(f"a{n}" for n in range(2000))
    text = role(f"rules: [{{verbs: [get], apiGroups: [{many}], resources: [{many}], resourceNames: [{many}]}}]")
    assert refused(text + "---\n" + binding("roleRef: {kind: Role, name: r}")) == [
        "1:1: the roles and bindings amount to more grants than can be held"
    ]


def test_a_product_beyond_all_measure_on_the_other_side_is_for_that_side_to_refuse(read):
    many = ", ".join(f"a{n}" for n in range(1500))
    other = role(f"rules: [{{verbs: [get], apiGroups: [{many}], resources: [{many}]}}]")
    assert read(ONE, other).resources == read(ONE).resources


def test_too_many_namespaces_show_what_matters_and_say_so(read):
    spaces = "".join(f"---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: n{n}}}}}\n" for n in range(7000))
    facts = read(spaces.removeprefix("---"))
    assert [problem.message for problem in facts.unread] == [
        "there are too many namespaces to show every kind of resource in each"
    ]
    assert "k8s:n6999/secrets" in facts.resources
    assert "k8s:n6999/limitranges" not in facts.resources


# Anything at all

WORDS = [
    *("apiVersion", "kind", "metadata", "name", "namespace", "rules", "verbs", "apiGroups", "resources", "items"),
    *("resourceNames", "nonResourceURLs", "roleRef", "subjects", "aggregationRule", "clusterRoleSelectors", "labels"),
    *("matchLabels", "matchExpressions", "key", "operator", "values", "generateName", "continue", "spec", "group"),
]
TEXTS = [
    *("rbac.authorization.k8s.io/v1", "v1", "List", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
    *("ServiceAccount", "RoleList", "Group", "User", "view", "get", "*", "", "In", "%", "\u202e", "a/b:c#unlisted"),
    *("apiextensions.k8s.io/v1", "CustomResourceDefinition", "kustomize.config.k8s.io/v1", "Kustomization"),
]
values = st.recursive(
    st.sampled_from(TEXTS) | st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
        | st.fixed_dictionaries({"apiVersion": st.sampled_from(TEXTS), "kind": st.sampled_from(TEXTS)})
    ),
    max_leaves=25,
)


def problems_of(documents, other):
    """Read; give what was wrong, or what was not understood."""
    try:
        return read_documents(documents, other).unread
    except SnapshotError as error:
        return error.problems


@given(values, values)
def test_whatever_stands_there_is_read_or_refused_with_places(one, other):
    mine, theirs = (
        [d for d in parse(File("x", PurePosixPath("x"), json.dumps([value, value]), "0")) if recognises(d)]
        for value in (one, other)
    )
    for problem in problems_of(mine, theirs) if mine else ():
        assert problem.source is not None
        assert problem.source.line
        assert problem.message.isprintable()


@given(values, st.randoms(use_true_random=False))
def test_a_well_formed_object_with_one_wrong_value_is_read_or_refused(value, chance):
    good = parse(File("x", PurePosixPath("x"), ONE + "---\n" + GIVES, "0"))
    trees = [json.loads(json.dumps(document.value)) for document in good]
    container, key = chance.choice([spot for tree in trees for spot in places(tree)])
    container[key] = value
    changed = parse(
        File("x", PurePosixPath("x"), json.dumps({"apiVersion": "v1", "kind": "List", "items": trees}), "0")
    )
    for problem in (*problems_of(changed, good), *problems_of(good, changed)):
        assert problem.source is not None
        assert problem.source.line


GIVES = binding("roleRef: {kind: Role, name: r}\nsubjects: [{kind: User, name: ana}, {kind: ServiceAccount, name: a}]")


def places(tree):
    """Give every spot of a tree as a container and a key."""
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        yield tree, key
        yield from places(tree[key])
