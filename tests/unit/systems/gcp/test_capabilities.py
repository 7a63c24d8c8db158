"""What permissions amount to, and on which family they act."""

import pytest

from blastradius.model.snapshot import Capability
from blastradius.systems.gcp.capabilities import ACTS_AS, capability_of
from blastradius.systems.gcp.families import REST, family_of
from blastradius.systems.gcp.role_table import SHIPPED_ON, is_shipped_permission, shipped_permissions


@pytest.mark.parametrize(
    ("permission", "family", "capability"),
    [
        ("storage.objects.get", "storage", "read"),
        ("storage.objects.list", "storage", "list"),
        ("storage.objects.create", "storage", "write"),
        ("storage.buckets.get", "storage", "list"),
        ("storage.buckets.setIamPolicy", "storage", "manage"),
        ("storage.buckets.getIamPolicy", "storage", "list"),
        ("secretmanager.secrets.get", "secretmanager", "list"),
        ("secretmanager.versions.access", "secretmanager", "read"),
        ("secretmanager.versions.add", "secretmanager", "write"),
        ("cloudkms.cryptoKeyVersions.useToDecrypt", "cloudkms", "read"),
        ("cloudkms.cryptoKeyVersions.useToEncrypt", "cloudkms", "write"),
        ("iam.serviceAccounts.actAs", "serviceaccounts", "read"),
        ("iam.serviceAccountKeys.create", "serviceaccounts", "write"),
        ("iam.serviceAccounts.setIamPolicy", "serviceaccounts", "manage"),
        ("iam.roles.update", REST, "manage"),
        ("iam.roles.get", REST, "read"),
        ("bigquery.tables.getData", "bigquery", "read"),
        ("bigquery.tables.get", "bigquery", "list"),
        ("bigquery.jobs.create", REST, "read"),
        ("container.secrets.list", "container-secrets", "read"),
        ("container.pods.get", REST, "read"),
        ("container.roles.escalate", REST, "manage"),
        ("datastore.entities.list", "datastore", "read"),
        ("logging.logEntries.list", REST, "read"),
        ("source.repos.get", "source", "read"),
        ("resourcemanager.projects.setIamPolicy", REST, "manage"),
        ("compute.instances.create", REST, "write"),
        ("nobody.knows.this", REST, "write"),
        ("nonsense", REST, "write"),
    ],
)
def test_a_permission_has_a_family_and_a_capability(permission, family, capability):
    assert (family_of(permission), capability_of(permission).label) == (family, capability)


def test_the_basic_role_for_looking_changes_nothing_and_reads_no_secret():
    viewer = shipped_permissions("roles/viewer")
    assert {capability_of(p) for p in viewer} == {Capability.LIST, Capability.READ}
    assert {capability_of(p) for p in viewer if family_of(p) == "secretmanager"} == {Capability.LIST}


def test_every_permission_to_set_a_policy_is_to_manage():
    permissions = (p for role in ("roles/owner", "roles/storage.admin") for p in shipped_permissions(role))
    assert {capability_of(p) for p in permissions if p.endswith(".setIamPolicy")} == {Capability.MANAGE}


def test_what_makes_one_act_as_a_service_account_is_known_to_google():
    assert all(is_shipped_permission(permission) for permission in ACTS_AS)


def test_the_shipped_table_holds_whole_roles():
    assert SHIPPED_ON.year >= 2026
    assert shipped_permissions("roles/storage.objectCreator") >= {"storage.objects.create", "storage.folders.create"}
    assert "storage.objects.get" not in shipped_permissions("roles/storage.objectCreator")
    assert len(shipped_permissions("roles/owner")) > len(shipped_permissions("roles/editor")) > 10_000
    assert shipped_permissions("roles/nobody.knows") is None
