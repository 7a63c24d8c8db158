"""The API resource types of Kubernetes: so that a wildcard visibly reaches `secrets`.

Source: API discovery of Kubernetes 1.34, with the metrics API and the resources that exist in rules only.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple


class ApiType(NamedTuple):
    """A kind of thing requests are about.

    Attributes:
        group: API group; empty for the core group.
        resource: Plural name.
        subresource: Such as ``exec``; empty for the objects themselves.
    """

    group: str
    resource: str
    subresource: str = ""


_NAMESPACED: Mapping[str, str] = MappingProxyType(
    {
        "": (
            "bindings configmaps endpoints events limitranges persistentvolumeclaims persistentvolumeclaims/status"
            " pods pods/attach pods/binding pods/ephemeralcontainers pods/eviction pods/exec pods/log pods/portforward"
            " pods/proxy pods/resize pods/status podtemplates replicationcontrollers replicationcontrollers/scale"
            " replicationcontrollers/status resourcequotas resourcequotas/status secrets serviceaccounts"
            " serviceaccounts/token services services/proxy services/status"
        ),
        "apps": (
            "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status"
            " replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"
        ),
        "authorization.k8s.io": "localsubjectaccessreviews",
        "autoscaling": "horizontalpodautoscalers horizontalpodautoscalers/status",
        "batch": "cronjobs cronjobs/status jobs jobs/status",
        "certificates.k8s.io": "podcertificaterequests podcertificaterequests/status",
        "coordination.k8s.io": "leasecandidates leases",
        "discovery.k8s.io": "endpointslices",
        "events.k8s.io": "events",
        "metrics.k8s.io": "pods",
        "networking.k8s.io": "ingresses ingresses/status networkpolicies",
        "policy": "poddisruptionbudgets poddisruptionbudgets/status",
        "rbac.authorization.k8s.io": "rolebindings roles",
        "resource.k8s.io": "resourceclaims resourceclaims/status resourceclaimtemplates",
        "storage.k8s.io": "csistoragecapacities",
    }
)
_CLUSTER_SCOPED: Mapping[str, str] = MappingProxyType(
    {
        "": (
            "componentstatuses nodes nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy"
            " nodes/stats nodes/status persistentvolumes persistentvolumes/status"
            # Nobody can fetch these; `impersonate` asks about them.
            " groups users"
        ),
        "admissionregistration.k8s.io": (
            "mutatingadmissionpolicies mutatingadmissionpolicybindings mutatingwebhookconfigurations"
            " validatingadmissionpolicies validatingadmissionpolicies/status validatingadmissionpolicybindings"
            " validatingwebhookconfigurations"
        ),
        "apiextensions.k8s.io": "customresourcedefinitions customresourcedefinitions/status",
        "apiregistration.k8s.io": "apiservices apiservices/status",
        # `uids` and `userextras` are asked about by `impersonate`.
        "authentication.k8s.io": "selfsubjectreviews tokenreviews uids userextras",
        "authorization.k8s.io": "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
        "certificates.k8s.io": (
            "certificatesigningrequests certificatesigningrequests/approval certificatesigningrequests/status"
            # `approve`, `sign` and `attest` ask about signers.
            " clustertrustbundles signers"
        ),
        "flowcontrol.apiserver.k8s.io": (
            "flowschemas flowschemas/status prioritylevelconfigurations prioritylevelconfigurations/status"
        ),
        "internal.apiserver.k8s.io": "storageversions storageversions/status",
        "metrics.k8s.io": "nodes",
        "networking.k8s.io": "ingressclasses ipaddresses servicecidrs servicecidrs/status",
        "node.k8s.io": "runtimeclasses",
        "rbac.authorization.k8s.io": "clusterrolebindings",
        "resource.k8s.io": "deviceclasses devicetaintrules resourceslices",
        "scheduling.k8s.io": "priorityclasses",
        "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments volumeattachments/status"
        " volumeattributesclasses",
        "storagemigration.k8s.io": "storageversionmigrations storageversionmigrations/status",
    }
)
# NOTE: Two cluster-scoped resources are asked about inside a namespace as well: a request for one
# namespace carries that namespace, and `bind` is asked about a cluster role where the binding is made.
_BOTH: Mapping[str, str] = MappingProxyType(
    {
        "": "namespaces namespaces/finalize namespaces/status",
        "rbac.authorization.k8s.io": "clusterroles",
    }
)

KNOWN_URLS = (
    "/.well-known/openid-configuration",
    "/api",
    "/api/*",
    "/apis",
    "/apis/*",
    "/debug/*",
    "/healthz",
    "/healthz/*",
    "/livez",
    "/livez/*",
    "/logs",
    "/logs/*",
    "/metrics",
    "/metrics/*",
    "/openapi/*",
    "/openid/v1/jwks",
    "/readyz",
    "/readyz/*",
    "/version",
)
"""Paths of an API server that are no API resources; a star at the end stands for any rest."""

CREDENTIALS_AND_CODE = frozenset(
    {
        ApiType("", "configmaps"),
        ApiType("", "pods"),
        ApiType("", "pods", "attach"),
        ApiType("", "pods", "ephemeralcontainers"),
        ApiType("", "pods", "exec"),
        ApiType("", "secrets"),
        ApiType("", "serviceaccounts"),
        ApiType("", "serviceaccounts", "token"),
        ApiType("rbac.authorization.k8s.io", "clusterroles"),
        ApiType("rbac.authorization.k8s.io", "rolebindings"),
        ApiType("rbac.authorization.k8s.io", "roles"),
    }
)
"""The types shown in every namespace even where there are too many namespaces to show all."""


@cache
def known_types() -> Mapping[ApiType, bool]:
    """Give the types of a plain cluster, and whether each is asked about inside namespaces."""
    found: dict[ApiType, bool] = {}
    for table, namespaced in ((_NAMESPACED, True), (_CLUSTER_SCOPED, False), (_BOTH, True)):
        for group, names in table.items():
            found.update((ApiType(group, *name.split("/", 1)), namespaced) for name in names.split())
    return MappingProxyType(found)
