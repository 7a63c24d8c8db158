"""How Google Cloud names things: full and relative resource names, numbers and ids of the same project.

Source: Google Cloud documentation, "Resource names" and "Asset names" (2026).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from blastradius.systems.gcp.families import SERVICE_ACCOUNTS, permission_service

HIERARCHY = "resourcemanager"
"""The service of organisations, folders and projects."""
_FULL = re.compile(r"//([a-z0-9.-]+)\.googleapis\.com/(\S+)")
_VERSION = re.compile(r"/?(?:storage/)?v[0-9][a-z0-9]*/")
_NODE = re.compile(r"(organizations|folders|projects)/([^/\s]+)")
_OF_PROJECT = re.compile(r"projects/([^/\s]+)/\S+")
_BUCKET = re.compile(r"(?:gs://|projects/_/buckets/|buckets/|b/)([^/\s]+)(?:/o)?(/managedFolders/\S+)?/?")
_ACCOUNT = re.compile(r"(?:projects/[^/\s]+/)?serviceAccounts/([^/\s]+)")
_COLLECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "datasets": "bigquery",
        "functions": "cloudfunctions",
        "keyRings": "cloudkms",
        "queues": "cloudtasks",
        "repos": "source",
        "repositories": "artifactregistry",
        "secrets": "secretmanager",
        "services": "run",
        "snapshots": "pubsub",
        "subscriptions": "pubsub",
        "topics": "pubsub",
    }
)
"""The service of a relative name, by the word for what stands in a project."""


@dataclass(frozen=True, slots=True, order=True)
class ResourceName:
    """One resource, named in one way only.

    Attributes:
        service: As permissions begin, such as ``storage``; `HIERARCHY` for organisations, folders and projects.
        path: Such as ``projects/acme-prod/secrets/token``, ``buckets/acme-logs`` or ``serviceAccounts/EMAIL``.
    """

    service: str
    path: str

    @property
    def is_node(self) -> bool:
        """Whether it is an organisation, a folder or a project."""
        return self.service == HIERARCHY and _NODE.fullmatch(self.path) is not None

    @property
    def kind(self) -> str:
        """Of an organisation, folder or project, which of them it is: the word in its path."""
        return self.path.partition("/")[0]

    @property
    def tail(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def family(self) -> str:
        """The family of permissions that act on it; for a node, those with no family of their own."""
        if self.service == "iam" and self.path.startswith("serviceAccounts/"):
            return SERVICE_ACCOUNTS
        return "" if self.is_node else self.service

    @property
    def project(self) -> str | None:
        """The project that the name itself tells; None when it tells none."""
        match = _OF_PROJECT.fullmatch(self.path)
        return match[1] if match and match[1] not in ("_", "-") else None

    @property
    def id(self) -> str:
        """The id of the resource among facts."""
        if self.family == SERVICE_ACCOUNTS:
            return f"service:{self.tail}"
        return f"gcp:{self.path}" if self.is_node else f"gcp-{self.service}:{self.path}"


def node(kind: str, name: str) -> ResourceName:
    """Name an organisation, a folder or a project; `kind` is the word in paths, such as ``projects``."""
    return ResourceName(HIERARCHY, f"{kind}/{name}")


def project(name: str) -> ResourceName:
    """Name a project by its id."""
    return node("projects", name)


def bucket(name: str) -> ResourceName:
    """Name a bucket."""
    return ResourceName("storage", f"buckets/{name}")


def service_account(email: str) -> ResourceName:
    """Name a service account by its e-mail address."""
    return ResourceName("iam", f"serviceAccounts/{email.lower()}")


def collection_id(family: str, place: ResourceName) -> str:
    """Give the id of everything of one family in an organisation, folder or project."""
    return f"gcp-{family}:{place.path}" if family else place.id


def parse_name(text: str) -> ResourceName | None:
    """Read a full or relative resource name; None when it is none."""
    text = text.rstrip("/")
    full = _FULL.fullmatch(text)
    if full is not None:
        return _of_service(permission_service(full[1]), full[2])
    relative = _VERSION.sub("", text, count=1) if _VERSION.match(text) else text
    relative = relative.removeprefix("/")
    if _NODE.fullmatch(relative):
        return ResourceName(HIERARCHY, relative)
    if match := _BUCKET.fullmatch(relative):
        return ResourceName("storage", f"buckets/{match[1]}{match[2] or ''}")
    if match := _ACCOUNT.fullmatch(relative):
        return service_account(match[1])
    if not _OF_PROJECT.fullmatch(relative):
        return None
    for word in relative.split("/")[2::2]:
        if word in _COLLECTIONS:
            return ResourceName(_COLLECTIONS[word], relative)
    return None


def _of_service(service: str, path: str) -> ResourceName:
    if service == HIERARCHY:
        return ResourceName(HIERARCHY, path)
    if service == "storage":
        match = _BUCKET.fullmatch(path)
        return ResourceName(service, f"buckets/{match[1]}{match[2] or ''}" if match else f"buckets/{path}")
    match = _ACCOUNT.fullmatch(path) if service == "iam" else None
    return service_account(match[1]) if match else ResourceName(service, path)


@dataclass(slots=True)
class Aliases:
    """Other names of the same things, so that each has one name whichever an export uses.

    Attributes:
        projects: Number to id.
        organizations: Domain to number.
        accounts: Number of a service account to its e-mail address.
    """

    projects: dict[str, str] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Aliases") -> None:
        """Learn the names that another side knows."""
        for mine, theirs in (
            (self.projects, other.projects),
            (self.organizations, other.organizations),
            (self.accounts, other.accounts),
        ):
            for name, meant in theirs.items():
                mine.setdefault(name, meant)

    def project(self, name: str) -> str:
        """Give the id of a project that is named by its id or number."""
        return self.projects.get(name, name)

    def canonical(self, name: ResourceName) -> ResourceName:
        """Name a resource the way everybody else does."""
        first, _, rest = name.path.partition("/")
        head, slash, tail = rest.partition("/")
        known: Mapping[str, str] = {}
        if first == "projects":
            known = self.projects
        elif first == "organizations":
            known = self.organizations
        elif first == "serviceAccounts":
            known = self.accounts
        return ResourceName(name.service, f"{first}/{known[head]}{slash}{tail}") if head in known else name
