"""What a document, or one entry of a list, is: told by its fields alone, and for an empty policy by its place.

Source: `gcloud` 528 (``get-iam-policy``, ``asset``, ``projects``, ``folders``, ``organizations``, ``iam``), Cloud Asset
Inventory v1, and the folders that ``audit/`` of kubernetes/k8s.io writes.
"""

import re
from enum import Enum
from typing import Any

from blastradius.documents import Document, LinedList, LinedMap
from blastradius.systems.gcp.layout import place_of
from blastradius.systems.gcp.names import parse_name


class Shape(Enum):
    """What one mapping holds."""

    POLICY = "an allow policy"
    ASSET = "an entry of Cloud Asset Inventory"
    SEARCH_RESULT = "an entry of a search for policies"
    ANCESTOR = "an organisation, folder or project above a project"
    SERVICE_ACCOUNT = "a service account"
    PROJECT = "a project"
    FOLDER = "a folder"
    ORGANIZATION = "an organisation"
    ROLE = "a role"
    DENY_POLICY = "a deny policy"
    BOUNDARY = "a boundary policy, or its binding"
    BUCKET = "a bucket"
    DESCRIPTION = "a resource that says nothing about access"


POLICY_FIELDS = frozenset({"auditConfigs", "bindings", "etag", "kind", "resourceId", "version"})
_FOREIGN = frozenset({"apiVersion", "format"})
_PAGE_FIELDS = frozenset(
    {"accounts", "assets", "folders", "nextPageToken", "organizations", "policies", "projects", "readTime", "results"}
    | {"roles"}
)
_ROLE = re.compile(r"(?:(?:projects|organizations)/[^/\s]+/)?roles/[^/\s]+")
_ROLE_FIELDS = frozenset({"deleted", "description", "etag", "includedPermissions", "name", "stage", "title"})
_IN_NODE = re.compile(r"(?:projects|folders|organizations)/[^/\s]+/\S+")
_BOUNDARY = re.compile(r"\S*/(?:principalAccessBoundaryPolicies|policyBindings)/\S+")
_ANCESTOR_TYPES = frozenset({"folder", "organization", "project"})


def recognises(document: Document) -> bool:
    """Tell by content whether a document holds anything of Google Cloud's access control."""
    value = document.value
    if isinstance(value, LinedMap):
        return _FOREIGN.isdisjoint(value) and (
            shape_of(value) is not None or is_page(value) or is_wrapper(value) or is_empty_policy(document)
        )
    return isinstance(value, LinedList) and _all_shaped(value)


def is_page(value: LinedMap) -> bool:
    """Tell whether a mapping is what an interface answers: a list under one key, perhaps with the next page's token."""
    if not value or not value.keys() <= _PAGE_FIELDS:
        return False
    lists = [value[key] for key in value if key not in ("nextPageToken", "readTime")]
    return len(lists) == 1 and isinstance(lists[0], LinedList) and _all_shaped(lists[0])


def is_wrapper(value: LinedMap) -> bool:
    """Tell whether a mapping leads from names of resources to their policies."""
    return bool(value) and all(
        isinstance(policy, LinedMap) and _is_policy(policy, whole=False) and parse_name(name) is not None
        for name, policy in value.items()
    )


def is_empty_policy(document: Document) -> bool:
    """Tell whether a document is the policy of a resource to which nobody has been let in.

    Such a policy has nothing, or only a version, so its file must say what it is.
    """
    value = document.value
    return isinstance(value, LinedMap) and value.keys() <= {"etag", "version"} and place_of(document.file) is not None


def shape_of(value: object) -> Shape | None:
    """Tell what a mapping holds; None when it is nothing of Google Cloud."""
    if not isinstance(value, LinedMap) or not _FOREIGN.isdisjoint(value):
        return None
    if _is_policy(value, whole=True):
        return Shape.POLICY
    if "policy" in value and _starts(value, "resource", "//"):
        return Shape.SEARCH_RESULT
    if str(value.get("type")) in _ANCESTOR_TYPES and isinstance(value.get("id"), str | int):
        return Shape.ANCESTOR if value.keys() <= {"id", "policy", "type"} else None
    if isinstance(value.get("email"), str) and not {"uniqueId", "oauth2ClientId"}.isdisjoint(value):
        return Shape.SERVICE_ACCOUNT
    if "projectId" in value and not {"lifecycleState", "projectNumber", "state"}.isdisjoint(value):
        return Shape.PROJECT
    return _named_shape(value) or _storage_shape(value)


def _named_shape(value: LinedMap) -> Shape | None:
    """Tell what a mapping holds by its name."""
    name = value.get("name")
    if not isinstance(name, str):
        return None
    if name.startswith("//"):
        return Shape.ASSET if not {"asset_type", "assetType", "iam_policy", "iamPolicy"}.isdisjoint(value) else None
    if _ROLE.fullmatch(name):
        return Shape.ROLE if value.keys() <= _ROLE_FIELDS and len(value) > 1 else None
    if name.startswith("policies/"):
        return Shape.DENY_POLICY if "/denypolicies/" in name else Shape.BOUNDARY
    if _BOUNDARY.fullmatch(name):
        return Shape.BOUNDARY
    if re.fullmatch(r"folders/[0-9]+", name):
        return Shape.FOLDER
    if re.fullmatch(r"organizations/[0-9]+", name):
        return Shape.ORGANIZATION
    return Shape.DESCRIPTION if _IN_NODE.fullmatch(name) else None


def _storage_shape(value: LinedMap) -> Shape | None:
    if value.get("kind") == "storage#bucket" or _starts(value, "storage_url", "gs://"):
        return Shape.BUCKET
    link = value.get("selfLink")
    is_described = isinstance(link, str) and re.match(r"https://[a-z0-9.-]+\.googleapis\.com/", link)
    return Shape.DESCRIPTION if is_described else None


def _is_policy(value: LinedMap, *, whole: bool) -> bool:
    """Tell whether a mapping is a policy; one that says who is let in, where nothing else tells that it is one."""
    if not value.keys() <= POLICY_FIELDS:
        return False
    bindings = value.get("bindings")
    if "kind" in value and not str(value["kind"]).endswith("#policy"):
        return False
    return (not whole or "bindings" in value) and isinstance(bindings, LinedList | None) and _all_bindings(bindings)


def _all_bindings(bindings: LinedList | None) -> bool:
    return all(isinstance(binding, LinedMap) and "role" in binding for binding in bindings or ())


def _all_shaped(items: LinedList) -> bool:
    return bool(items) and all(shape_of(item) is not None for item in items)


def _starts(value: LinedMap, key: str, prefix: str) -> bool:
    text: Any = value.get(key)
    return isinstance(text, str) and text.startswith(prefix)
