"""Whom a policy names, as principals and groups.

Source: Google Cloud documentation, "Principal identifiers" and "Principal identifiers for deny policies" (2026).
"""

import re
from dataclasses import dataclass, field

from blastradius.documents import quoted, visible
from blastradius.model.snapshot import PUBLIC, Group, Principal, PrincipalKind
from blastradius.model.sources import Source
from blastradius.systems.gcp.names import Aliases, ResourceName, project
from blastradius.systems.gcp.objects import Member, State

CONVENIENCE = {"projectOwner": "roles/owner", "projectEditor": "roles/editor", "projectViewer": "roles/viewer"}
"""Members that stand for whoever has a basic role on a project."""
_ANYBODY = frozenset({"allUsers", "allAuthenticatedUsers", "principalSet://goog/public:all"})
# NOTE: anybody can make a Google account in a minute, so who has to have one is no narrower than everybody.
_WORKLOAD = re.compile(r"[a-z0-9.:-]+\.svc\.id\.goog\[[^\]/\s]+/[^\]/\s]+\]")
_OWN_ACCOUNT = re.compile(r"[^@\s]+@([a-z0-9.-]+)\.iam\.gserviceaccount\.com")
_APP_ENGINE = re.compile(r"([a-z0-9.:-]+)@appspot\.gserviceaccount\.com")
_COMPUTE = re.compile(r"([0-9]+)-compute@developer\.gserviceaccount\.com")
_GOOGLE = re.compile(r"(principal|principalSet)://goog/(subject|group|cloudIdentityCustomerId)/(\S+)")
_ACCOUNT = re.compile(r"principal://iam\.googleapis\.com/projects/-/serviceAccounts/(\S+)")
_POOL = re.compile(
    r"(principal|principalSet)://iam\.googleapis\.com/(?:projects/[^/\s]+/)?locations/[^/\s]+"
    r"/(workforcePools|workloadIdentityPools)/([^/\s]+)/(\S+)"
)
_OF_PLACE = re.compile(
    r"principalSet://cloudresourcemanager\.googleapis\.com/(?:projects|folders|organizations)/[^/\s]+(?:/type/\S+)?"
)
_CLUSTER_POOL = ".svc.id.goog"
_AS_WRITTEN = "write the member as Google Cloud shows it"


@dataclass(slots=True)
class People:
    """Everybody whom the policies of one side name.

    Attributes:
        principals, groups: By id.
        service_accounts: E-mail addresses of Google service accounts.
        mentioned: Ids whose content another system may know.
        conveniences: Project and convenience word, as in ``projectOwner``, of the members that stand for basic roles.
    """

    principals: dict[str, Principal] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    service_accounts: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    conveniences: set[tuple[ResourceName, str]] = field(default_factory=set)

    def add(self, other: "People") -> None:
        """Add those whom the other side names and nobody here does."""
        self.principals = other.principals | self.principals
        self.groups = other.groups | self.groups
        self.service_accounts |= other.service_accounts
        self.mentioned |= other.mentioned


class Subjects:
    """Turns members into subjects, remembering each."""

    def __init__(self, state: State, people: People) -> None:
        """Collect whom `state` names in `people`."""
        self._aliases: Aliases = state.aliases
        self._state = state
        self._people = people
        self._known: dict[str, str | None] = {}

    def of(self, member: Member) -> str | None:
        """Give the id of a subject; None for one that was deleted, or cannot be."""
        text = member.text
        if text not in self._known:
            self._known[text] = self._find(text, member.source)
        return self._known[text]

    def service_account(self, email: str, source: Source) -> str:
        """Give the id of a service account."""
        self._people.service_accounts.add(email)
        return self._principal(f"service:{email}", PrincipalKind.SERVICE, source)

    def convenience(self, word: str, place: ResourceName) -> str:
        """Give the id of the group of those who have a basic role on a project."""
        self._people.conveniences.add((place, word))
        return f"{word}:{place.tail}"

    def _find(self, text: str, source: Source) -> str | None:
        if text.startswith("deleted:"):
            return None
        if text in _ANYBODY:
            return PUBLIC
        kind, _, name = text.partition(":")
        if kind in CONVENIENCE and name:
            return self.convenience(kind, project(self._aliases.project(name)))
        if kind in ("principal", "principalSet"):
            return self._of_principal(text, source)
        return self._of_address(kind, name.lower(), text, source)

    def _of_address(self, kind: str, name: str, text: str, source: Source) -> str:
        if kind == "user" and "@" in name:
            return self._principal(f"user:{name}", PrincipalKind.USER, source)
        if kind == "serviceAccount" and "@" in name:
            return self.service_account(name, source)
        if kind == "serviceAccount" and _WORKLOAD.fullmatch(name):
            return self._principal(f"service:{name}", PrincipalKind.SERVICE, source)
        if (kind == "group" and "@" in name) or (kind == "domain" and name):
            return self._group(f"{kind}:{name}", source)
        return self._unknown(text, source)

    def _of_principal(self, text: str, source: Source) -> str:
        if match := _ACCOUNT.fullmatch(text):
            return self.service_account(match[1].lower(), source)
        if match := _GOOGLE.fullmatch(text):
            name = match[3].lower()
            if match[1] == "principal" and match[2] == "subject":
                return self._principal(f"user:{name}", PrincipalKind.USER, source)
            if match[2] == "group":
                return self._group(f"group:{name}", source)
            return self._group(f"group:{visible(text)}", source)
        if match := _POOL.fullmatch(text):
            return self._of_pool(text, match, source)
        if _OF_PLACE.fullmatch(text):
            return self._group(f"group:{text}", source)
        return self._unknown(text, source)

    def _of_pool(self, text: str, match: re.Match[str], source: Source) -> str:
        """Name who signs in elsewhere.

        NOTE: a workforce is the organisation's own people, and the pool of a cluster its own workloads. Any other pool
        trusts whom somebody else's system vouches for.
        """
        is_workforce = match[2] == "workforcePools"
        external = not is_workforce and not match[3].endswith(_CLUSTER_POOL)
        name = text.partition("://")[2]
        if match[1] == "principal":
            kind = PrincipalKind.USER if is_workforce else PrincipalKind.SERVICE
            return self._principal(f"{kind}:{name}", kind, source, external=external)
        return self._group(f"group:{name}", source, external=external)

    def _unknown(self, text: str, source: Source) -> str:
        message = f"the kind of the member {quoted(text)} is not known, and it counts as a group of unknown people"
        self._state.not_understood(source, message, _AS_WRITTEN)
        return self._group(f"group:gcp/{text}", source, external=True)

    def _principal(self, id: str, kind: PrincipalKind, source: Source, *, external: bool = False) -> str:
        if id not in self._people.principals:
            self._people.principals[id] = Principal(id, kind, external=external, source=source)
            self._people.mentioned.add(id)
        return id

    def _group(self, id: str, source: Source, *, external: bool = False) -> str:
        if id not in self._people.groups:
            self._people.groups[id] = Group(id, unlisted=True, external=external, source=source)
            self._people.mentioned.add(id)
        return id


def home_of(email: str, aliases: Aliases) -> ResourceName | None:
    """Name the project that a service account belongs to; None when its address does not tell."""
    if match := _OWN_ACCOUNT.fullmatch(email):
        name, _, domain = match[1].partition(".")
        return project(f"{domain}:{name}" if domain else name)
    if match := _APP_ENGINE.fullmatch(email):
        return project(match[1])
    if match := _COMPUTE.fullmatch(email):
        return project(aliases.project(match[1]))
    return None
