"""Which resource a policy is of when only its file tells.

``gcloud … get-iam-policy`` does not say of which resource a policy is. Folders do: ``projects/ID/iam.json`` and, below
it, ``buckets/NAME/iam.json`` and so on, or ``projects/ID.json`` with the name in place of the last folder.

Source: the folders that ``audit/`` of kubernetes/k8s.io writes, 2020 to 2022, of both kinds.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from types import MappingProxyType

from blastradius.documents import File
from blastradius.systems.gcp.names import ResourceName, bucket, node, service_account

_NODES = ("organizations", "folders", "projects")
_OLD_ORGANIZATION = "org_"
_POLICY_STEMS = frozenset({"iam", "iam-policy", "iam_policy", "policy", "get-iam-policy"})
_IN_PROJECT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "datasets": ("bigquery", "datasets"),
        "functions": ("cloudfunctions", "functions"),
        "keyrings": ("cloudkms", "keyRings"),
        "repositories": ("artifactregistry", "repositories"),
        "secrets": ("secretmanager", "secrets"),
        "services": ("run", "services"),
        "subscriptions": ("pubsub", "subscriptions"),
        "topics": ("pubsub", "topics"),
    }
)
_KINDS = frozenset({*_NODES, *_IN_PROJECT, "buckets", "service-accounts", "service_accounts", "serviceaccounts"})
_PROJECT_ID = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{3,61}[a-z0-9]")


def place_of(file: File) -> tuple[ResourceName, ResourceName | None] | None:
    """Tell of which resource the policy in a file is.

    Returns:
        The resource, and the project it lies in where the folders tell; None when the file tells nothing.
    """
    path = file.relative if len(file.relative.parts) > 1 else PurePosixPath(file.label)
    parts = list(path.parts)
    if not parts:
        return None
    stem = path.name.partition(".")[0]
    if stem in _POLICY_STEMS:
        parts.pop()
    elif len(parts) > 1 and parts[-2].lower() in _KINDS:
        parts[-1] = path.stem.removesuffix(".iam")
    else:
        return None
    return _named_by(parts) or _old_layout(file.relative.parts)


def organization_folder(file: File) -> str | None:
    """Give the name of the folder of an organisation that a file lies in; None when it lies in none."""
    parts = file.relative.parts
    for first, second in pairwise(parts):
        if first == "organizations":
            return second
    return next((p.removeprefix(_OLD_ORGANIZATION) for p in parts if p.startswith(_OLD_ORGANIZATION)), None)


def _named_by(parts: list[str]) -> tuple[ResourceName, ResourceName | None] | None:
    """Read pairs of folders, a kind and a name, from the innermost outwards."""
    if len(parts) < 2:
        return None
    kind, name = parts[-2].lower(), parts[-1]
    owner = _owner(parts[:-2])
    if kind in _NODES:
        return node(kind, name), None
    if kind == "buckets":
        return bucket(name), owner
    if kind in ("service-accounts", "service_accounts", "serviceaccounts"):
        return service_account(name), owner
    if kind in _IN_PROJECT and owner is not None:
        service, word = _IN_PROJECT[kind]
        return ResourceName(service, f"{owner.path}/{word}/{name}"), owner
    return None


def _owner(parts: list[str]) -> ResourceName | None:
    """Name the project of what lies in its folder."""
    if len(parts) >= 2 and parts[-2].lower() == "projects":
        return node("projects", parts[-1])
    return node("projects", parts[-1]) if parts and _is_project(parts[-1]) else None


def _old_layout(parts: tuple[str, ...]) -> tuple[ResourceName, ResourceName | None] | None:
    """Read a folder that is called like the organisation or project it describes."""
    if len(parts) < 2:
        return None
    folder = parts[-2]
    if folder.startswith(_OLD_ORGANIZATION):
        return node("organizations", folder.removeprefix(_OLD_ORGANIZATION)), None
    return (node("projects", folder), None) if _is_project(folder) else None


def _is_project(name: str) -> bool:
    return name.lower() not in _KINDS and _PROJECT_ID.fullmatch(name) is not None
