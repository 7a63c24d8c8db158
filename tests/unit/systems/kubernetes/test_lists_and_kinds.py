"""Which documents are objects, how they come in lists, and which kinds say something about access."""

from pathlib import PurePosixPath

import pytest

from blastradius.documents import Document, File, LinedList, LinedMap
from blastradius.systems.kubernetes.snapshot import NAME, read, recognises

ROLE = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: []}"
BINDING = """{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b},
    roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: User, name: ana}]}"""


def listing(kind, *items, metadata="{}", version="v1"):
    lines = "".join(f"\n  - {item}" for item in items)
    return f"apiVersion: {version}\nkind: {kind}\nmetadata: {metadata}\nitems: {lines or '[]'}\n"


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        (ROLE, True),
        ("{apiVersion: v1, kind: Secret}", True),
        ("{apiVersion: acme.example/v1, kind: Anything}", True),
        (f"[{ROLE}, {BINDING}]", True),
        (f"[{ROLE}, 3]", False),
        ("[]", False),
        ("{kind: Role}", False),
        ("{apiVersion: v1}", False),
        ("{format: blastradius.snapshot/1, apiVersion: v1, kind: Role}", False),
        ("{orgs: {acme: {}}}", False),
        ("text", False),
        ("3", False),
    ],
)
def test_objects_are_recognised_by_their_shape(documents, text, is_ours):
    (document,) = documents(text)
    assert recognises(document) is is_ours


@pytest.mark.parametrize("value", [None, 3, True, 1.5, "x", LinedMap(), LinedList(), [], {}, object()])
def test_recognising_never_fails(value):
    assert not recognises(Document(File("x", PurePosixPath("x"), "", ""), value))


def test_the_system_has_the_name_people_write():
    assert NAME == "kubernetes"


# Lists


@pytest.mark.parametrize(
    "text",
    [
        f"{ROLE}\n---\n{BINDING}",
        f"[{ROLE}, {BINDING}]",
        listing("List", ROLE, BINDING),
        listing("List", ROLE, f"{{apiVersion: v1, kind: List, items: [{BINDING}]}}"),
        listing("ClusterRoleList", "{metadata: {name: r}, rules: []}", version="rbac.authorization.k8s.io/v1")
        + "---\n"
        + listing("List", BINDING),
    ],
)
def test_objects_are_found_in_whatever_list_they_come_in(read, text):
    facts = read(text)
    assert "user:k8s/ana" in facts.principals
    assert facts.unread == ()


def test_an_empty_list_is_read(read):
    assert read(listing("List")).grants
    assert read("{apiVersion: v1, kind: List, items: null}").grants


@pytest.mark.parametrize("metadata", ["{continue: abc}", "{remainingItemCount: 3}"])
def test_a_list_that_is_cut_short_is_reported(unread, metadata):
    (problem,) = unread(listing("List", ROLE, metadata=metadata))
    assert problem == "3:12: the `List` is cut short: the API server had more to give"


def test_a_list_that_is_whole_is_not_reported(unread):
    assert unread(listing("List", ROLE, metadata="{continue: '', resourceVersion: ''}")) == []


def test_an_object_may_end_in_the_word_list(unread):
    assert unread("{apiVersion: acme.example/v1, kind: AllowList, metadata: {name: x}, spec: {}}") == []


# Kinds


@pytest.mark.parametrize(
    "kind",
    [
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}}",
        "{apiVersion: v1, kind: Secret, metadata: {name: x}, data: 3}",
        "{apiVersion: policy/v1, kind: PodDisruptionBudget}",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy}",
        "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy}",
        "{apiVersion: authorization.k8s.io/v1, kind: SubjectAccessReview}",
        "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy}",
        "{apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant}",
        "{apiVersion: elbv2.k8s.example/v1, kind: TargetGroupBinding}",
        "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: 3}",
    ],
)
def test_kinds_without_a_say_about_access_are_passed_over(unread, kind):
    assert unread(kind) == []


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("user.openshift.io/v1, kind: Group", "`Group` `x` of `user.openshift.io` may say who may do what"),
        ("iam.cnrm.cloud.example/v1, kind: IAMPolicyMember", "may say who may do what"),
        ("security.istio.io/v1, kind: AuthorizationPolicy", "may say who may do what"),
        ("kyverno.io/v1, kind: User", "may say who may do what"),
        ("management.example/v3, kind: ProjectRoleTemplateBinding", "may say who may do what"),
        ("rbacmanager.example/v1, kind: RBACDefinition", "may say who may do what"),
        ("crd.k8s.example/v1, kind: AccessEntry", "may say who may do what"),
        ("rbac.authorization.k8s.io/v2, kind: Denial", "may say who may do what"),
        ("authorization.openshift.io/v1, kind: RoleBinding", "is the OpenShift view of an RBAC object"),
        ("v1, kind: Status", "`Status` `x` of `v1` is the answer of an API server that something went wrong"),
        ("meta.k8s.io/v1, kind: Table", "is a table for people"),
        ("meta.k8s.io/v1, kind: PartialObjectMetadata", "leaves out what the object says"),
    ],
)
def test_kinds_that_may_concern_access_are_reported(unread, kind, message):
    (problem,) = unread(f"{{apiVersion: {kind}, metadata: {{name: x}}}}")
    assert message in problem
    assert problem.startswith("1:1: ")


def test_a_list_of_partial_objects_is_reported(unread):
    text = listing("PartialObjectMetadataList", "{metadata: {name: x}}", version="meta.k8s.io/v1")
    assert "leaves out what the object says" in unread(text)[0]


def test_namespaces_are_known_from_whatever_lies_in_them(read):
    facts = read("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x, namespace: shop}}")
    assert "k8s:shop/secrets" in facts.resources


def test_a_cluster_scoped_object_ignores_a_namespace(read):
    facts = read(ROLE.replace("name: r", "name: r, namespace: shop") + f"\n---\n{BINDING}")
    assert facts.unread == ()
    assert "k8s-clusterrole:*/r" in facts.groups
    assert "k8s:shop/secrets" not in facts.resources


def test_objects_with_generated_names_are_told_apart(read):
    text = BINDING.replace("name: b}", "generateName: b-}")
    facts = read(f"{ROLE}\n---\n{text}\n---\n{text.replace('ana', 'bo')}")
    assert {"user:k8s/ana", "user:k8s/bo"} <= facts.principals.keys()
    assert sum(name.startswith("k8s-clusterrolebinding:b-") for name in facts.groups) == 2


# Custom resources


DEFINITION = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: baskets.shop.example}
spec:
  group: shop.example
  scope: %s
  names: {plural: baskets, kind: Basket}
  versions: [{name: v1, subresources: {status: {}, scale: {}}}]
---
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
"""


def test_a_definition_makes_a_type_and_its_subresources(read):
    facts = read(DEFINITION % "Namespaced")
    for resource in ("baskets.shop.example", "baskets.shop.example/status", "baskets.shop.example/scale"):
        assert f"k8s:shop/{resource}" in facts.resources


def test_a_definition_says_that_a_type_lies_in_no_namespace(read):
    facts = read(DEFINITION % "Cluster")
    assert "k8s:*/baskets.shop.example" in facts.resources
    assert "k8s:shop/baskets.shop.example" not in facts.resources
    assert "k8s:shop/baskets.shop.example/status" not in facts.resources


@pytest.mark.parametrize(
    "spec", ["null", "3", "{}", "{group: x, names: {plural: [a]}}", "{group: '*', names: {plural: '*'}}"]
)
def test_a_broken_definition_makes_no_type(unread, spec):
    definition = "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: x}, spec: %s}"
    assert unread(definition % spec) == []


# Kustomizations


def kustomization(text):
    return {"app/kustomization.yaml": text}


def test_a_kustomization_that_only_collects_is_passed_over(read):
    text = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a.yaml]\nimages: []\n"
    assert read(kustomization(text)).unread == ()


@pytest.mark.parametrize("head", ["apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n", ""])
def test_a_kustomization_that_changes_objects_is_reported(read, head):
    (problem,) = read(kustomization(f"{head}resources: [a.yaml]\nnamespace: shop\nnamePrefix: x-\n")).unread
    assert problem.message == (
        "the kustomization changes the objects beside it: `namePrefix`, `namespace` is not applied here"
    )
    assert problem.help == "run `kustomize build` and check what it writes"


@pytest.mark.parametrize("source", ["https://x.example/a.yaml", "github.com/acme/x?ref=v1", "git@x.example:a/b"])
def test_a_kustomization_that_takes_objects_from_elsewhere_is_reported(read, source):
    (problem,) = read(kustomization(f"resources: [a.yaml, '{source}']\n")).unread
    assert problem.message == f"the kustomization takes objects from `{source}`, not read here"


def test_nothing_but_a_file_of_that_name_is_a_kustomization_without_a_kind(documents):
    text = "resources: [a.yaml]\n"
    assert all(recognises(one) for one in documents(kustomization(text)))
    assert not any(recognises(one) for one in documents({"app/other.yaml": text}))
    assert not any(recognises(one) for one in documents(kustomization("resources: 3\n")))


def test_reading_needs_no_other_side(documents):
    assert read(documents(ROLE)) == read(documents(ROLE), ())
