"""Which kinds of objects concern access, which do not, and which might.

Rules, in this order: what RBAC and this package read is read; kinds of API groups that are known to
have no say about access are passed over; of the rest, whatever has a name that speaks of access is
reported as unread, and everything else is passed over.
"""

import re
from enum import StrEnum

RBAC = "rbac.authorization.k8s.io"
CUSTOM_TYPES = "apiextensions.k8s.io"
KUSTOMIZE = "kustomize.config.k8s.io"


class Use(StrEnum):
    """What is done with objects of a kind."""

    ROLE = "role"
    BINDING = "binding"
    SERVICE_ACCOUNT = "service account"
    NAMESPACE = "namespace"
    CUSTOM_TYPE = "custom type"
    KUSTOMIZATION = "kustomization"
    NONE = "none"
    UNREAD = "unread"


_READ = {
    (RBAC, "Role"): Use.ROLE,
    (RBAC, "ClusterRole"): Use.ROLE,
    (RBAC, "RoleBinding"): Use.BINDING,
    (RBAC, "ClusterRoleBinding"): Use.BINDING,
    ("", "ServiceAccount"): Use.SERVICE_ACCOUNT,
    ("", "Namespace"): Use.NAMESPACE,
    (CUSTOM_TYPES, "CustomResourceDefinition"): Use.CUSTOM_TYPE,
    (KUSTOMIZE, "Kustomization"): Use.KUSTOMIZATION,
    (KUSTOMIZE, "Component"): Use.KUSTOMIZATION,
}
# What an API server answers instead of the objects themselves.
_ANSWERS = {
    ("", "Status"): "is the answer of an API server that something went wrong, not an object",
    ("meta.k8s.io", "Table"): "is a table for people, which leaves out what the objects say",
    ("meta.k8s.io", "PartialObjectMetadata"): "leaves out what the object says",
}
# Kubernetes' own groups, and common ones, whose kinds grant nothing. Admission can only take away.
_SILENT_GROUPS = frozenset(
    [
        "",
        "admissionregistration.k8s.io",
        CUSTOM_TYPES,
        "apiregistration.k8s.io",
        "apps",
        "authentication.k8s.io",
        "authorization.k8s.io",
        "autoscaling",
        "batch",
        "certificates.k8s.io",
        "cilium.io",
        "coordination.k8s.io",
        "crd.projectcalico.org",
        "discovery.k8s.io",
        "events.k8s.io",
        "extensions",
        "flowcontrol.apiserver.k8s.io",
        "gateway.networking.k8s.io",
        "internal.apiserver.k8s.io",
        "kubelet.config.k8s.io",
        "metrics.k8s.io",
        "networking.k8s.io",
        "node.k8s.io",
        "policy",
        "projectcalico.org",
        "resource.k8s.io",
        "scheduling.k8s.io",
        "snapshot.storage.k8s.io",
        "storage.k8s.io",
        "storagemigration.k8s.io",
    ]
)
_SPEAKS_OF_ACCESS = re.compile("rbac|auth|iam|polic|access|permission|identit")
_KINDS_OF_ACCESS = re.compile(
    "IAM.*|(User|Group|Team|Identity|Member|Membership|Permission|Permissions|AccessEntry)"
    "|.*(Role|RoleBinding|RoleAssignment|RoleTemplate|RoleTemplateBinding|PermissionSet|AccessBinding|AccessGrant|AuthorizationPolicy)"
)


def use_of(group: str, kind: str) -> Use:
    """Say what is done with objects of a kind."""
    read = _READ.get((group, kind))
    if read is not None:
        return read
    if group == RBAC or (group, kind) in _ANSWERS:
        return Use.UNREAD
    if group in _SILENT_GROUPS:
        return Use.NONE
    return Use.UNREAD if _SPEAKS_OF_ACCESS.search(group) or _KINDS_OF_ACCESS.fullmatch(kind) else Use.NONE


def may_hold_access(group: str) -> bool:
    """Tell whether objects of a group that are passed over may have access written in them.

    Kubernetes' own kinds are known field by field, some with rules that grant nothing; but other
    servers once kept roles, bindings and templates in the core group.
    """
    return not group or group not in _SILENT_GROUPS


def why_unread(group: str, kind: str) -> tuple[str, str]:
    """Say why objects of a kind are not understood, and what to do about it."""
    answer = _ANSWERS.get((group, kind))
    if answer is not None:
        return answer, "export the objects with `kubectl get … -o json`"
    if group == "authorization.openshift.io":
        return "is the OpenShift view of an RBAC object", "export it as `rbac.authorization.k8s.io`"
    return "may say who may do what, and is not understood", "check by hand whether it changes access"
