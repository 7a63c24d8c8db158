"""Roles and bindings, read from their fields; what an API server would refuse is reported.

Source: Kubernetes 1.34, `pkg/apis/rbac` (defaults, conversion and validation).
"""

from blastradius.documents import quoted
from blastradius.systems.kubernetes.fields import Fields, Text
from blastradius.systems.kubernetes.names import AUTHENTICATED, UNSET_NAMESPACE, service_account_of, token
from blastradius.systems.kubernetes.objects import Binding, Role, Rule, Subject
from blastradius.systems.kubernetes.selectors import Selector, read_labels, read_selector

RBAC_GROUP = "rbac.authorization.k8s.io"
_OBJECT_KEYS = frozenset({"apiVersion", "kind", "metadata"})
_ROLE_KEYS = _OBJECT_KEYS | {"rules"}
_CLUSTER_ROLE_KEYS = _ROLE_KEYS | {"aggregationRule"}
_BINDING_KEYS = _OBJECT_KEYS | {"roleRef", "subjects"}
_RULE_KEYS = frozenset({"apiGroups", "nonResourceURLs", "resourceNames", "resources", "verbs"})
_REFERENCE_KEYS = frozenset({"apiGroup", "kind", "name"})
# The oldest API versions say `apiVersion` where the others say `apiGroup`.
_SUBJECT_KEYS = frozenset({"apiGroup", "apiVersion", "kind", "name", "namespace"})
_SUBJECT_KINDS = ("User", "Group", "ServiceAccount")
_REFUSED = "an API server refuses this"


def read_role(fields: Fields, namespace: str | None, name: str) -> Role:
    """Read a Role, or a ClusterRole when the namespace is None."""
    fields.unknown_keys(_ROLE_KEYS if namespace is not None else _CLUSTER_ROLE_KEYS, "the object")
    metadata = fields.child("metadata")
    return Role(
        namespace,
        name,
        tuple(_rule(rule, is_namespaced=namespace is not None) for rule in fields.children("rules")),
        _selectors(fields) if namespace is None else None,
        read_labels(metadata, "labels") if metadata and namespace is None else {},
        fields.at(),
    )


def _selectors(fields: Fields) -> tuple[Selector, ...] | None:
    aggregation = fields.child("aggregationRule")
    if aggregation is None:
        return None
    aggregation.unknown_keys(frozenset({"clusterRoleSelectors"}), "`aggregationRule`")
    selectors = [read_selector(selector) for selector in aggregation.children("clusterRoleSelectors")]
    if not selectors:
        fields.unread("aggregationRule", f"{fields.label} is put together from no selector", _REFUSED)
    return tuple(selector for selector in selectors if selector is not None)


def _rule(fields: Fields, *, is_namespaced: bool) -> Rule:
    fields.unknown_keys(_RULE_KEYS, "a rule")
    verbs, groups, resources = fields.texts("verbs"), fields.texts("apiGroups"), fields.texts("resources")
    names, urls = fields.texts("resourceNames"), fields.texts("nonResourceURLs")
    if not verbs:
        fields.unread("verbs", f"a rule of {fields.label} has no verbs and grants nothing", _REFUSED)
    if urls and is_namespaced:
        fields.unread("nonResourceURLs", f"a rule of {fields.label} names paths, which lie in no namespace", _REFUSED)
    if urls and (groups or resources or names):
        fields.unread(None, f"a rule of {fields.label} names resources and paths at once", _REFUSED)
    elif not urls and not (groups and resources):
        missing = "`resources`" if groups else "`apiGroups`"
        fields.unread(None, f"a rule of {fields.label} has no {missing} and grants nothing", _REFUSED)
    return Rule(
        _distinct(verbs),
        _distinct(groups),
        _distinct(resources),
        _distinct(names),
        _distinct(urls),
        fields.at(),
    )


def _distinct(items: tuple[Text, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.value for item in items))


def read_binding(fields: Fields, namespace: str | None, name: str, version: str) -> Binding:
    """Read a RoleBinding, or a ClusterRoleBinding when the namespace is None, of one API version."""
    fields.unknown_keys(_BINDING_KEYS, "the object")
    role_is_cluster, role_name = _role_reference(fields, is_namespaced=namespace is not None)
    oldest = version == "v1alpha1"
    subjects = [_subject(subject, namespace, is_oldest=oldest) for subject in fields.children("subjects")]
    return Binding(
        namespace,
        name,
        role_is_cluster,
        role_name,
        tuple(subject for subject in subjects if subject is not None),
        fields.at(),
        fields.at("roleRef"),
    )


def _role_reference(fields: Fields, *, is_namespaced: bool) -> tuple[bool, str]:
    reference = fields.child("roleRef")
    if reference is None:
        if fields.value.get("roleRef") is None:
            fields.unread("roleRef", f"{fields.label} refers to no role", _REFUSED)
        return True, ""
    reference.unknown_keys(_REFERENCE_KEYS, "`roleRef`")
    kind, name = reference.text("kind"), reference.text("name")
    kinds = ("Role", "ClusterRole") if is_namespaced else ("ClusterRole",)
    if reference.text("apiGroup") not in ("", RBAC_GROUP):
        reference.unread("apiGroup", f"{fields.label} refers to a role of another API group", _REFUSED)
    if not name:
        reference.unread("name", f"{fields.label} refers to a role without a name", _REFUSED)
    if kind not in kinds:
        reference.unread(
            "kind",
            f"{fields.label} refers to a {quoted(kind)} and grants nothing",
            f"{_REFUSED}; write {_alternatives(kinds)}",
        )
        return True, ""
    return kind == "ClusterRole", name


def _subject(fields: Fields, binding_namespace: str | None, *, is_oldest: bool) -> Subject | None:
    fields.unknown_keys(_SUBJECT_KEYS, "a subject")
    kind, name, source = fields.text("kind"), fields.text("name"), fields.at()
    if kind not in _SUBJECT_KINDS or not name:
        what = f"a {quoted(kind)}" if kind not in _SUBJECT_KINDS else "something without a name"
        fields.unread(
            None, f"{fields.label} names {what} as a subject", f"{_REFUSED}; write {_alternatives(_SUBJECT_KINDS)}"
        )
        return None
    if fields.text("apiGroup") not in (("",) if kind == "ServiceAccount" else ("", RBAC_GROUP)):
        fields.unread("apiGroup", f"{fields.label} names a subject of another API group", _REFUSED)
    if kind == "ServiceAccount":
        return Subject(kind, name, _account_namespace(fields, binding_namespace), source)
    if kind == "User" and name == "*" and is_oldest:
        # The oldest API version meant everybody who is logged in, and still does where it is served.
        return Subject("Group", AUTHENTICATED, "", source)
    account = service_account_of(name) if kind == "User" else None
    return Subject("ServiceAccount", account[1], account[0], source) if account else Subject(kind, name, "", source)


def _account_namespace(fields: Fields, binding_namespace: str | None) -> str:
    namespace = fields.text("namespace")
    if not namespace and binding_namespace is None:
        fields.unread(None, f"{fields.label} names a service account without a namespace", _REFUSED)
    return token(namespace) or binding_namespace or UNSET_NAMESPACE


def _alternatives(names: tuple[str, ...]) -> str:
    return " or ".join(f"`{name}`" for name in names)
