"""What policies, the hierarchy and roles mean, as facts.

Source: Google Cloud documentation, "Allow policies", "Using resource hierarchy for access control", "Basic roles",
"IAM roles for Cloud Storage" and "Service account impersonation" (2026).
"""

from collections import defaultdict
from collections.abc import Iterator

from blastradius.documents import quoted
from blastradius.model.snapshot import Entry, Grant, Group, Identities, Snapshot
from blastradius.model.sources import NOWHERE
from blastradius.systems.gcp.acting import Acting
from blastradius.systems.gcp.completeness import coverage_of
from blastradius.systems.gcp.conditions import text_of
from blastradius.systems.gcp.denials import Denials
from blastradius.systems.gcp.families import BIGQUERY, REST, SENSITIVE, SERVICE_ACCOUNTS, STORAGE
from blastradius.systems.gcp.names import ResourceName, collection_id
from blastradius.systems.gcp.objects import Binding, Policy, State
from blastradius.systems.gcp.places import Places
from blastradius.systems.gcp.role_parts import RoleParts
from blastradius.systems.gcp.role_table import LOST_CONDITION
from blastradius.systems.gcp.subjects import CONVENIENCE, People, Subjects

SYSTEM = "gcp"
_WORDS = {role: word for word, role in CONVENIENCE.items()}
_DEFAULTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (STORAGE, "projectOwner", ("roles/storage.legacyBucketOwner", "roles/storage.legacyObjectOwner")),
    (STORAGE, "projectEditor", ("roles/storage.legacyBucketOwner", "roles/storage.legacyObjectOwner")),
    (STORAGE, "projectViewer", ("roles/storage.legacyBucketReader", "roles/storage.legacyObjectReader")),
    (BIGQUERY, "projectOwner", ("roles/bigquery.dataOwner",)),
    (BIGQUERY, "projectEditor", ("roles/bigquery.dataEditor",)),
    (BIGQUERY, "projectViewer", ("roles/bigquery.dataViewer",)),
)
"""What a new bucket and a new data set give to those with a basic role on their project."""


def build(state: State, opposite: State) -> Snapshot:
    """Turn what one side holds into facts.

    Args:
        state: The side; takes what was not understood on the way.
        opposite: The other side, perhaps empty; only names of what exists are taken from it.

    Returns:
        A snapshot without anything in ``unread``.
    """
    return _Builder(state, opposite).build()


class _Builder:
    """Collects facts, policy by policy."""

    def __init__(self, state: State, opposite: State) -> None:
        self._state, self._opposite = state, opposite
        self._places = Places(state, opposite)
        self._roles = RoleParts(state)
        self._people = People()
        self._subjects = Subjects(state, self._people)
        self._acting = Acting(self._places)
        self._grants: dict[Grant, None] = {}
        self._basic: defaultdict[tuple[ResourceName, str], dict[Entry, None]] = defaultdict(dict)

    def build(self) -> Snapshot:
        for name in sorted(self._state.policies):
            self._add_policy(self._state.policies[name])
        for name in sorted(self._places.nodes):
            if name.family == SERVICE_ACCOUNTS and "@" in name.tail:
                self._subjects.service_account(name.tail, self._places.nodes[name].source)
        self._add_defaults()
        denials = Denials(self._state, self._places, self._subjects, self._roles.actions)
        self._people.add(_people_of(self._opposite))
        made = (*self._convenience_groups(), *self._acting.groups(), *denials.groups)
        self._acting.assumable(self._people.principals, self._people.service_accounts, self._state.aliases)
        return Snapshot(
            system=SYSTEM,
            actions=self._roles.actions,
            principals=self._people.principals,
            groups=self._people.groups | {group.id: group for group in made},
            resources={resource.id: resource for resource in self._places.resources()},
            roles=self._roles.roles,
            grants=(*self._grants, *denials.grants),
            coverage=coverage_of(self._state, self._places),
            identities=Identities(domains=frozenset(self._state.domains), mentioned=frozenset(self._people.mentioned)),
        )

    def _add_policy(self, policy: Policy) -> None:
        for binding in policy.bindings:
            targets = self._targets(policy.resource, binding)
            when = text_of(binding.condition, binding.role)
            accounts = self._accounts(policy.resource, binding)
            word = _WORDS.get(binding.role.partition(LOST_CONDITION)[0]) if policy.resource.is_node else None
            for member in binding.members:
                subject = self._subjects.of(member)
                if subject is None:
                    continue
                entry = Entry(subject, when, member.source)
                for resource, role in targets:
                    self._grants.setdefault(Grant(subject, resource, role=role, when=when, source=member.source))
                if accounts is not None:
                    self._acting.add(accounts, entry)
                if word:
                    self._basic[policy.resource, word].setdefault(entry)

    def _targets(self, resource: ResourceName, binding: Binding) -> list[tuple[str, str]]:
        """Give the resources that a binding reaches, each with what its role says about it."""
        families = [resource.family]
        if resource.is_node:
            families = sorted({REST, *SENSITIVE, *self._places.families_at(resource)})
        found: list[tuple[str, str]] = []
        for family in families:
            role = self._roles.part(binding.role, family, binding.source)
            if role is not None:
                found.append((collection_id(family, resource) if resource.is_node else resource.id, role))
        return found

    def _accounts(self, resource: ResourceName, binding: Binding) -> ResourceName | None:
        """Name the service account, or the place with all of its accounts, that a binding lets one act as."""
        is_about_accounts = resource.is_node or resource.family == SERVICE_ACCOUNTS
        if not is_about_accounts or not self._roles.acts_as(binding.role, binding.source):
            return None
        if resource.is_node or "@" in resource.tail:
            return resource
        account = quoted(resource.tail)
        message = f"the address of the service account {account} is not known, and it may be any of its project"
        help_text = "give `gcloud iam service-accounts list --format=json` as well"
        self._state.not_understood(binding.source, message, help_text)
        return self._places.home(resource) or resource

    def _add_defaults(self) -> None:
        """Give to those with a basic role what buckets and data sets give them unless somebody changed it.

        Only where no policy of a bucket, or of a data set, of the project is given: those that are say it themselves.
        """
        known = {(self._places.home(name), name.family) for name in self._state.policies if not name.is_node}
        for name in sorted(self._places.nodes):
            if not name.is_node or name.kind != "projects":
                continue
            for family, word, roles in _DEFAULTS:
                if (name, family) in known or not self._has_holders(name, word):
                    continue
                subject = self._subjects.convenience(word, name)
                for role in roles:
                    part = self._roles.part(role, family, NOWHERE)
                    if part is not None:
                        source = self._places.nodes[name].source
                        self._grants.setdefault(Grant(subject, collection_id(family, name), role=part, source=source))

    def _has_holders(self, place: ResourceName, word: str) -> bool:
        return any((outer, word) in self._basic for outer in self._places.above(place))

    def _convenience_groups(self) -> Iterator[Group]:
        """Give the groups of those who have a basic role on a project, also by what it lies in."""
        wanted = {*self._people.conveniences}
        for place, word in self._people.conveniences:
            wanted.update((outer, word) for outer in self._places.above(place) if (outer, word) in self._basic)
        for place, word in sorted(wanted):
            node = self._places.nodes.get(place)
            source = node.source if node else NOWHERE
            above = (one for one in self._places.above(place) if one != place and (one, word) in wanted)
            outer = [Entry(_group_id(one, word), source=source) for one in above][:1]
            yield Group(_group_id(place, word), (*self._basic.get((place, word), ()), *outer), source=source)


def _group_id(place: ResourceName, word: str) -> str:
    """Name the group as policies do, ``projectOwner:ID``; folders and organisations have the like."""
    return f"{place.kind.removesuffix('s')}{word.removeprefix('project')}:{place.tail}"


def _people_of(state: State) -> People:
    """Find whom a side names: people, groups and service accounts exist whether or not a policy names them."""
    people = People()
    subjects = Subjects(State(aliases=state.aliases), people)
    for policy in state.policies.values():
        for binding in policy.bindings:
            for member in binding.members:
                subjects.of(member)
    people.conveniences.clear()
    return people
