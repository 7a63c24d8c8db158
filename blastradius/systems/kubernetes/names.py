"""Ids of principals, groups and resources, made so that no two things share one."""

import re

from blastradius.model.snapshot import UNLISTED_SUFFIX
from blastradius.systems.percent import is_hidden, percent

UNSET_NAMESPACE = "_current"
"""Stands for the namespace that a manifest leaves out. No real one can begin with an underscore."""

ANONYMOUS_USER = "system:anonymous"
MASTERS = "system:masters"
AUTHENTICATED = "system:authenticated"
UNAUTHENTICATED = "system:unauthenticated"
SERVICE_ACCOUNTS = "system:serviceaccounts"
_SERVICE_ACCOUNTS_OF = SERVICE_ACCOUNTS + ":"
_SERVICE_ACCOUNT_USER = re.compile(r"system:serviceaccount:([^:]+):([^:]+)")
_OUTSIDE_TOKEN = re.compile(r"[^A-Za-z0-9._-]")


def user_id(name: str) -> str:
    """Name the principal of a user."""
    return f"user:k8s/{_safe(name)}"


def group_id(name: str) -> str:
    """Name a group of the cluster's authenticators."""
    return f"group:k8s/{_safe(name)}"


def service_account_id(namespace: str, name: str) -> str:
    """Name the principal of a service account; the namespace is a token already."""
    return f"service:k8s/{namespace}/{token(name)}"


def service_account_of(user: str) -> tuple[str, str] | None:
    """Give namespace token and name when a user name is that of a service account."""
    match = _SERVICE_ACCOUNT_USER.fullmatch(user)
    return (token(match[1]), match[2]) if match else None


def namespace_of_group(group: str) -> str | None:
    """Give the namespace token when a group is that of the service accounts of a namespace."""
    rest = group.removeprefix(_SERVICE_ACCOUNTS_OF)
    return token(rest) if rest and rest != group else None


def binding_id(namespace: str | None, name: str) -> str:
    """Name the group of a binding's subjects; the namespace is None for a ClusterRoleBinding."""
    return (
        f"k8s-clusterrolebinding:{_safe(name)}" if namespace is None else f"k8s-rolebinding:{namespace}/{_safe(name)}"
    )


def role_id(*, is_cluster_role: bool, namespace: str, name: str) -> str:
    """Name the group of those who have a role in a namespace, or everywhere (``*``)."""
    return f"k8s-{'clusterrole' if is_cluster_role else 'role'}:{namespace}/{_safe(name)}"


def token(text: str) -> str:
    """Write a name so that it holds no character that parts an id; names an API server accepts stay."""
    return _OUTSIDE_TOKEN.sub(_percent, text)


def object_token(text: str) -> str:
    """Write the name of an object, which stands last in an id and so may hold what parts it."""
    return _safe(text)


def _safe(text: str) -> str:
    """Write out what cannot be seen, and keep an id from looking like that of unlisted members."""
    if not text.isascii() or not text.isprintable() or "%" in text:
        text = "".join(_visible(character) for character in text)
    if text.endswith(UNLISTED_SUFFIX):
        text = text.removesuffix(UNLISTED_SUFFIX) + UNLISTED_SUFFIX.replace("#", "%23")
    return text


def _visible(character: str) -> str:
    return percent(character) if character == "%" or is_hidden(character) else character


def _percent(match: re.Match[str]) -> str:
    return percent(match.group())
