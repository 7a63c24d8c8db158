"""What organisations declare, as facts: who is in which group, and who was granted what.

Source: GitHub documentation, "Roles in an organization", "About teams", "Setting base permissions for an
organization" and "Repository roles for an organization" (2026).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from blastradius.documents import quoted
from blastradius.model.snapshot import (
    EVERYONE,
    PUBLIC,
    Capability,
    Entry,
    Grant,
    Group,
    Principal,
    PrincipalKind,
    Resource,
    Snapshot,
)
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.github.declared import Named, Organisation, Repository, Team
from blastradius.systems.github.permissions import (
    ACTIONS,
    ADMIN,
    CREATE_REPOSITORY,
    CUSTOM_PREFIX,
    MAINTAINER,
    READ,
    ROLES,
    role_of,
)
from blastradius.systems.notes import Notes

SYSTEM = "github"
_BOT_SUFFIX = "[bot]"


def build(organisations: Iterable[Organisation], existing: Mapping[str, frozenset[str]], notes: Notes) -> Snapshot:
    """Turn what was declared into facts.

    Args:
        organisations: What was declared, sorted by login.
        existing: Per organisation, names of repositories that exist whether or not they are mentioned.
        notes: Takes what was not understood.

    Returns:
        A snapshot without problems of its own in ``unread``; the caller adds those of ``notes``.
    """
    organisations = tuple(organisations)
    insiders = frozenset(login for organisation in organisations for login in _insiders(organisation))
    builder = _Builder(insiders, notes)
    for organisation in organisations:
        builder.add(organisation, existing.get(organisation.login, frozenset()))
    return Snapshot(
        system=SYSTEM,
        actions=builder.actions,
        principals=builder.principals,
        groups=builder.groups,
        resources=builder.resources,
        roles=ROLES,
        grants=tuple(dict.fromkeys(builder.grants)),
    )


def _insiders(organisation: Organisation) -> Iterable[str]:
    """Name the people who belong to an organisation, as far as anything says so."""
    listed = (*organisation.admins, *organisation.members)
    if not organisation.stated:
        listed = tuple(person for team in organisation.teams.values() for person in _people(team))
    return (person.name for person in listed)


def _people(team: Team) -> tuple[Named, ...]:
    return (*team.maintainers, *team.members)


class _Builder:
    """Collects facts, organisation by organisation."""

    def __init__(self, insiders: frozenset[str], notes: Notes) -> None:
        self.actions: dict[str, Capability] = dict(ACTIONS)
        self.principals: dict[str, Principal] = {}
        self.groups: dict[str, Group] = {}
        self.resources: dict[str, Resource] = {}
        self.grants: list[Grant] = []
        self._insiders = insiders
        self._notes = notes

    def add(self, organisation: Organisation, existing: frozenset[str]) -> None:
        """Add everything about one organisation."""
        self._add_organisation(organisation)
        for repository in organisation.repositories.values():
            self._add_repository(organisation, repository)
        nested: defaultdict[str | None, list[Team]] = defaultdict(list)
        for team in organisation.teams.values():
            nested[team.parent].append(team)
        for team in organisation.teams.values():
            self._add_team(organisation, team, nested[team.name])
        for name in sorted(existing):
            self._touch_repository(organisation, Named(name, NOWHERE))

    def _add_organisation(self, organisation: Organisation) -> None:
        whole = _organisation_id(organisation)
        self.resources[whole] = Resource(whole, source=organisation.source)
        people = self._entries(_members(organisation))
        if not organisation.stated:
            self.groups[whole] = Group(whole, people, unlisted=True, source=organisation.source)
            return
        admins = _admins_id(organisation)
        members = (Entry(admins, source=organisation.admins_source), *people)
        base = organisation.base_permission
        self.groups[whole] = Group(whole, members, source=organisation.source)
        self.groups[admins] = Group(admins, self._entries(organisation.admins), source=organisation.admins_source)
        self.grants.append(Grant(admins, whole, role=ADMIN, source=organisation.admins_source))
        self._grant(whole, whole, base.name, base.source)
        self._add_creation(organisation, whole, admins)

    def _add_creation(self, organisation: Organisation, whole: str, admins: str) -> None:
        """Say who may make repositories.

        NOTE: It is a resource of its own that inherits nothing: on the organisation itself the grant would
        reach every repository in it.
        """
        new = f"{whole}/new-repositories"
        actions = frozenset({CREATE_REPOSITORY})
        self.resources[new] = Resource(new, parents=(whole,), inherits=False, source=organisation.source)
        self.grants.append(Grant(admins, new, actions=actions, source=organisation.admins_source))
        if organisation.members_create:
            self.grants.append(Grant(whole, new, actions=actions, source=organisation.members_create_source))

    def _add_repository(self, organisation: Organisation, repository: Repository) -> None:
        labels = {"visibility": repository.visibility}
        if repository.archived is not None:
            labels["archived"] = "true" if repository.archived else "false"
        repo = self._touch_repository(organisation, Named(repository.name, repository.source))
        self.resources[repo] = replace(
            self.resources[repo], labels=tuple(sorted((name, value) for name, value in labels.items() if value))
        )
        if repository.visibility == "public":
            self.grants.append(Grant(PUBLIC, repo, role=READ, source=repository.visibility_source))
        elif repository.visibility == "internal":
            enterprise = self._enterprise(organisation, repository.visibility_source)
            self.grants.append(Grant(enterprise, repo, role=READ, source=repository.visibility_source))
        for collaborator in repository.collaborators:
            self._grant(self._person(collaborator.holder), repo, collaborator.permission, collaborator.holder.source)

    def _enterprise(self, organisation: Organisation, source: Source) -> str:
        """Name the group of all who may read internal repositories: the whole enterprise, which no file lists."""
        group = f"{_organisation_id(organisation)}/enterprise"
        members = (Entry(EVERYONE, source=source),)
        self.groups.setdefault(group, Group(group, members, unlisted=True, source=source))
        return group

    def _add_team(self, organisation: Organisation, team: Team, nested: Iterable[Team]) -> None:
        group = _team_id(organisation, team.name)
        # Whoever is in a nested team has what the team above it has.
        children = tuple(Entry(_team_id(organisation, child.name), source=child.source) for child in nested)
        self.groups[group] = Group(group, (*self._entries(_people(team)), *children), source=team.source)
        labels = (("privacy", team.privacy),) if team.privacy else ()
        parent = _organisation_id(organisation)
        # What is granted on the organisation is meant for its repositories, never for who is in a team.
        self.resources[group] = Resource(group, parents=(parent,), inherits=False, labels=labels, source=team.source)
        if organisation.stated:
            self.grants.append(Grant(_admins_id(organisation), group, role=MAINTAINER, source=team.source))
        for maintainer in team.maintainers:
            self.grants.append(Grant(self._person(maintainer), group, role=MAINTAINER, source=maintainer.source))
        for permission in team.repositories:
            repo = self._touch_repository(organisation, permission.holder)
            self._grant(group, repo, permission.permission, permission.holder.source)

    def _touch_repository(self, organisation: Organisation, repository: Named) -> str:
        repo = f"repo:{organisation.login}/{repository.name}"
        if repo not in self.resources:
            self.resources[repo] = Resource(repo, parents=(_organisation_id(organisation),), source=repository.source)
        return repo

    def _grant(self, subject: str, resource: str, permission: str, source: Source) -> None:
        role = role_of(permission)
        if role:
            self.grants.append(Grant(subject, resource, role=role, source=source))
        elif role is None:
            # Every role that an organisation makes itself begins with reading.
            action = f"{CUSTOM_PREFIX}{permission}"
            self.actions[action] = Capability.MANAGE
            self.grants.append(Grant(subject, resource, actions=frozenset({"pull", action}), source=source))
            message = f"what the role {quoted(permission)} allows is not known, and it counts as `manage`"
            self._notes.not_understood(source, message, "expected read, triage, write, maintain or admin")

    def _entries(self, people: Iterable[Named]) -> tuple[Entry, ...]:
        entries = (Entry(self._person(person), source=person.source) for person in people)
        return tuple(dict.fromkeys(entries))

    def _person(self, person: Named) -> str:
        kind = PrincipalKind.SERVICE if person.name.endswith(_BOT_SUFFIX) else PrincipalKind.USER
        principal = f"{kind}:github/{person.name}"
        if principal not in self.principals:
            external = person.name not in self._insiders
            self.principals[principal] = Principal(principal, kind, external=external, source=person.source)
        return principal


def _members(organisation: Organisation) -> tuple[Named, ...]:
    """List everybody in an organisation but its admins.

    Whoever is put into a team without being in the organisation is invited to it, and is in it from the
    moment that the invitation is accepted. So the base permission is theirs as well.
    """
    listed = {person.name for person in (*organisation.admins, *organisation.members)}
    invited = (person for team in organisation.teams.values() for person in _people(team) if person.name not in listed)
    return (*organisation.members, *invited)


def _organisation_id(organisation: Organisation) -> str:
    return f"org:{organisation.login}"


def _admins_id(organisation: Organisation) -> str:
    return f"org:{organisation.login}/admins"


def _team_id(organisation: Organisation, name: str) -> str:
    return f"team:{organisation.login}/{name}"
