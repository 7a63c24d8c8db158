"""Which permissions act on which kind of thing, so that a grant on a project reaches only what it is about.

Google Cloud's permissions name the service they belong to. On a project they hold for everything of that service in
it. So each organisation, folder and project has, beside itself, one resource for all its secrets, one for all its
buckets and so on; `facts` puts each permission there where it acts.
"""

from collections.abc import Mapping
from types import MappingProxyType

REST = ""
"""The family of everything that has none of its own: the organisation, folder or project itself."""
SERVICE_ACCOUNTS = "serviceaccounts"
STORAGE = "storage"
BIGQUERY = "bigquery"

SENSITIVE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Credentials
        "secretmanager": ("secretmanager.",),
        "cloudkms": ("cloudkms.",),
        SERVICE_ACCOUNTS: ("iam.serviceAccounts.", "iam.serviceAccountKeys.", "iam.serviceAccountApiKeyBindings."),
        "apikeys": ("apikeys.",),
        "container-secrets": ("container.secrets.",),
        # User data
        STORAGE: ("storage.",),
        # Jobs, reservations and the like are no data.
        BIGQUERY: (
            *("bigquery.datasets.", "bigquery.tables.", "bigquery.models.", "bigquery.routines."),
            *("bigquery.rowAccessPolicies.", "bigquery.dataPolicies.", "bigquery.readsessions."),
            *("bigquery.objectRefs.", "bigquery.connections."),
        ),
        "cloudsql": ("cloudsql.",),
        "spanner": ("spanner.",),
        "datastore": ("datastore.",),
        "bigtable": ("bigtable.",),
        "alloydb": ("alloydb.",),
        "firebasedatabase": ("firebasedatabase.",),
        "healthcare": ("healthcare.",),
        # Code
        "source": ("source.",),
        "artifactregistry": ("artifactregistry.",),
    }
)
"""Families that hold credentials, data or code, with how their permissions begin."""

MANAGES_ALL = frozenset(
    {
        "resourcemanager.folders.setIamPolicy",
        "resourcemanager.organizations.setIamPolicy",
        "resourcemanager.projects.setIamPolicy",
    }
)
"""Whoever may change the policy of a project decides about everything in it, so these belong to every family."""

_SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "bigtableadmin": "bigtable",
        "cloudbilling": "billing",
        "cloudresourcemanager": "resourcemanager",
        "firebasertdb": "firebasedatabase",
        "firestore": "datastore",
        "kms": "cloudkms",
        "sourcerepo": "source",
        "sql": "cloudsql",
        "sqladmin": "cloudsql",
    }
)
"""Services whose permissions begin otherwise than the name of their interface."""
_BY_SERVICE = MappingProxyType(
    {
        service: [
            (prefix, family)
            for family, prefixes in SENSITIVE.items()
            for prefix in prefixes
            if prefix.startswith(service + ".")
        ]
        for service in {prefix.partition(".")[0] for prefixes in SENSITIVE.values() for prefix in prefixes}
    }
)


def family_of(permission: str) -> str:
    """Name the family of a permission; `REST` when it has none of its own."""
    for prefix, family in _BY_SERVICE.get(permission.partition(".")[0], ()):
        if permission.startswith(prefix):
            return family
    return REST


def service_of(permission: str) -> str:
    """Name the service of a permission, as permissions begin."""
    return permission.partition(".")[0]


def permission_service(interface: str) -> str:
    """Name the service as permissions begin, for one as interfaces and full resource names are called."""
    return _SERVICES.get(interface, interface)
