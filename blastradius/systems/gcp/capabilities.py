"""What each Google Cloud permission amounts to.

A permission is ``service.resource.verb``. What is written in full decides first, then its verb, then how the verb
begins, then its service. Whatever is left changes something, unless the basic role for looking holds it.

Source: Google Cloud documentation, "IAM roles and permissions index" and "Basic roles" (2026).
"""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from blastradius.model.snapshot import Capability
from blastradius.systems.gcp.families import family_of, service_of
from blastradius.systems.gcp.role_table import shipped_permissions

_CACHE_SIZE = 32_768
ACTS_AS = frozenset(
    {
        "iam.serviceAccountKeys.create",
        "iam.serviceAccounts.actAs",
        "iam.serviceAccounts.getAccessToken",
        "iam.serviceAccounts.getOpenIdToken",
        "iam.serviceAccounts.implicitDelegation",
        "iam.serviceAccounts.signBlob",
        "iam.serviceAccounts.signJwt",
    }
)
"""Whoever holds one of these on a service account can do what that account can do."""

_EXACT_WORDS: dict[Capability, str] = {
    Capability.LIST: (
        # They say something about data without giving it.
        "cloudkms.cryptoKeyVersions.useToVerify cloudkms.cryptoKeyVersions.viewPublicKey"
        " cloudkms.ekmConnections.verifyConnectivity storage.buckets.viewIntelligenceDetails"
        " spanner.databases.useDataBoost spanner.databases.useRoleBasedAccess spanner.sessions.create"
        # Copying needs `bigquery.tables.getData` besides, and that one counts.
        " bigquery.tables.createSnapshot bigquery.tables.replicateData"
        " apikeys.keys.lookup"
    ),
    Capability.READ: (
        "storage.objects.get"
        # Whoever decrypts reads what the key protects.
        " cloudkms.cryptoKeyVersions.useToDecrypt cloudkms.cryptoKeyVersions.useToDecryptViaDelegation"
        " cloudkms.cryptoKeyVersions.useToDecapsulate"
        # The credentials of a service account.
        " iam.serviceAccounts.actAs iam.serviceAccounts.getAccessToken iam.serviceAccounts.getOpenIdToken"
        " iam.serviceAccounts.implicitDelegation iam.serviceAccounts.signBlob iam.serviceAccounts.signJwt"
        " apikeys.keys.getKeyString container.secrets.get container.secrets.list"
        " bigquery.tables.getData bigquery.models.getData bigquery.readsessions.getData bigquery.readsessions.create"
        " bigquery.rowAccessPolicies.getFilteredData bigquery.dataPolicies.getRawData bigquery.dataPolicies.maskedGet"
        " cloudsql.instances.connect alloydb.instances.connect alloydb.instances.executeSqlReadOnly"
        " spanner.databases.partitionQuery spanner.databases.partitionRead spanner.databases.runGraphAlgorithms"
        " spanner.databases.beginReadOnlyTransaction"
        " datastore.entities.get datastore.entities.list bigtable.instances.executeQuery"
        # Lists that give the content, not the names.
        " logging.logEntries.list logging.privateLogEntries.list"
    ),
    Capability.MANAGE: (
        # Restrictions that others rely on.
        "orgpolicy.policy.set orgpolicy.policies.create orgpolicy.policies.update orgpolicy.policies.delete"
        # Who may read what inside a service.
        " bigquery.rowAccessPolicies.create bigquery.rowAccessPolicies.update bigquery.rowAccessPolicies.delete"
        " bigquery.tables.setColumnDataPolicy"
        " container.clusterRoleBindings.create container.clusterRoleBindings.update"
        " container.roleBindings.create container.roleBindings.update"
        " container.clusterRoles.create container.clusterRoles.update container.roles.create container.roles.update"
        " container.clusterRoles.bind container.clusterRoles.escalate container.roles.bind container.roles.escalate"
        " datastudio.datasources.share datastudio.datasources.settingsShare"
        " datastudio.reports.share datastudio.reports.settingsShare"
    ),
}
_EXACT: Mapping[str, Capability] = MappingProxyType(
    {permission: capability for capability, words in _EXACT_WORDS.items() for permission in words.split()}
)

_MANAGING_SERVICES = frozenset({"firebaserules", "iam"})
"""Whoever changes anything there changes who may do what."""

_METADATA_ONLY = frozenset(
    [
        "alloydb",
        "apikeys",
        "artifactregistry",
        "bigquery",
        "bigtable",
        "cloudkms",
        "cloudsql",
        "datastore",
        "secretmanager",
        "serviceaccounts",
        "spanner",
        "storage",
    ]
)
"""Families in which `get` gives a description; what is described is read by a verb of its own."""

_VERB_WORDS: dict[Capability, str] = {
    Capability.LIST: "getIamPolicy getZoneIamPolicy count",
    Capability.READ: "useReadOnly",
    Capability.MANAGE: (
        "setIamPolicy setZoneIamPolicy createPolicyBinding updatePolicyBinding deletePolicyBinding impersonate"
    ),
}
_VERBS: Mapping[str, Capability] = MappingProxyType(
    {verb: capability for capability, words in _VERB_WORDS.items() for verb in words.split()}
)

_LISTING = ("list", "search")
_READING = (
    *("access", "analyze", "browse", "check", "consume", "diagnose", "download", "explain", "export", "fetch"),
    *("lookup", "preview", "query", "read", "receive", "retrieve", "sample", "select", "subscribe", "test"),
    *("validate", "verify", "view", "watch"),
)


@lru_cache(maxsize=_CACHE_SIZE)
def capability_of(permission: str) -> Capability:
    """Say what a permission amounts to; one that nobody has heard of counts as changing something."""
    verb = permission.rpartition(".")[2]
    known = _EXACT.get(permission) or _VERBS.get(verb)
    if known is not None:
        return known
    if verb.startswith(_LISTING):
        return Capability.LIST
    family = family_of(permission)
    looking = Capability.LIST if family in _METADATA_ONLY else Capability.READ
    if verb.startswith("get"):
        return looking
    if verb.startswith(_READING):
        return Capability.READ
    # Google puts into this role what changes nothing.
    if permission in (shipped_permissions("roles/viewer") or ()):
        return looking
    return Capability.MANAGE if service_of(permission) in _MANAGING_SERVICES and not family else Capability.WRITE
