"""A directory as facts: groups with their members, and who may change them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Literal, assert_never

from blastradius.model.snapshot import (
    CAPABILITIES,
    PUBLIC,
    Capability,
    Entry,
    Grant,
    Group,
    Identities,
    Principal,
    PrincipalKind,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import Source
from blastradius.systems.directory.names import domain_of, is_machine, is_public_list
from blastradius.systems.directory.objects import Directory, ListedGroup, Nature

SYSTEM = "directory"
ACTIONS: dict[str, Capability] = {
    "members.insert": Capability.MANAGE,
    "members.delete": Capability.MANAGE,
    "groups.update": Capability.MANAGE,
    "groups.delete": Capability.MANAGE,
}
"""What can be done to a group; the verbs of Google's Directory API."""
MANAGER = "directory.manager"
OWNER = "directory.owner"
ROLES = {
    MANAGER: Role(MANAGER, frozenset({"members.insert", "members.delete"})),
    OWNER: Role(OWNER, frozenset(ACTIONS)),
}
SUSPENDED = "the suspended account is active again"
_LABELS = (("type", "directory group"),)


def build(
    directory: Directory, groups_elsewhere: frozenset[str] = frozenset(), domains: frozenset[str] = frozenset()
) -> Snapshot:
    """Turn a directory into facts.

    Args:
        directory: What was read.
        groups_elsewhere: Names that are groups on the other side of a comparison.
        domains: Mail domains of the organisation, when they are known.

    Returns:
        A snapshot without anything unread; principals, and groups whose members nobody lists, are only mentioned.
    """
    return _Builder(directory, groups_elsewhere, domains).build()


class _Builder:
    """Collects facts, group by group."""

    def __init__(self, directory: Directory, groups_elsewhere: frozenset[str], domains: frozenset[str]) -> None:
        self._directory = directory
        self._domains = domains
        self._group_names = directory.group_names() | groups_elsewhere
        self._principals: dict[str, Principal] = {}
        self._groups: dict[str, Group] = {}
        self._mentioned: dict[str, Group] = {}
        self._grants: list[Grant] = []
        self._wide: dict[str, Source] = {}

    def build(self) -> Snapshot:
        for account in self._directory.accounts.values():
            self._account(account.name, account.kind, account.source)
        members = self._members()
        for group in self._directory.groups.values():
            self._group(group, members[group.name])
        self._managers()
        self._fill_wide()
        emails = {
            f"{account.kind}:{account.name}": account.email
            for account in self._directory.accounts.values()
            if account.email and account.email != account.name
        }
        listed = (f"group:{name}" for name in self._directory.groups)
        return Snapshot(
            system=SYSTEM,
            actions=dict(CAPABILITIES) | ACTIONS,
            principals=self._principals,
            groups={**self._mentioned, **self._groups},
            resources={
                entity: Resource(entity, labels=_LABELS, source=self._groups[entity].source) for entity in listed
            },
            roles=ROLES if self._grants else {},
            grants=tuple(dict.fromkeys(self._grants)),
            identities=Identities(emails=emails, mentioned=frozenset((*self._principals, *self._mentioned))),
        )

    def _members(self) -> defaultdict[str, list[Entry]]:
        members: defaultdict[str, list[Entry]] = defaultdict(list)
        for one in self._directory.memberships.values():
            subject = self._subject(one.member, one.nature, one.source)
            members[one.group].append(Entry(subject, self._condition(one.member, one.when), one.source))
        return members

    def _group(self, group: ListedGroup, members: Iterable[Entry]) -> None:
        entity = f"group:{group.name}"
        entries = list(dict.fromkeys(members))
        if group.joined_by:
            # Whoever may come in without asking is in as soon as they want to be.
            whom = PUBLIC
            if group.joined_by != PUBLIC:
                whom = self._subject(group.joined_by, Nature.DOMAIN, group.source)
            entries.append(Entry(whom, f"joins {entity}", group.source))
        self._groups[entity] = Group(entity, tuple(entries), unlisted=group.unlisted, source=group.source)
        if group.members_manage:
            self._grants.append(Grant(entity, entity, role=MANAGER, source=group.source))

    def _managers(self) -> None:
        for one in self._directory.managements.values():
            subject = self._subject(one.manager, one.nature, one.source)
            when = self._condition(one.manager, one.when)
            role = OWNER if one.owner else MANAGER
            self._grants.append(Grant(subject, f"group:{one.group}", role=role, when=when, source=one.source))

    def _condition(self, name: str, when: str | None) -> str | None:
        account = self._directory.accounts.get(name)
        if account is None or account.active:
            return when
        return f"{when} and {SUSPENDED}" if when else SUSPENDED

    def _subject(self, name: str, nature: Nature, source: Source) -> str:
        if nature is Nature.UNSAID:
            nature = self._nature(name)
        match nature:
            case Nature.GROUP | Nature.CUSTOMER | Nature.DOMAIN:
                entity = f"{nature}:{name}"
                if nature is not Nature.GROUP:
                    self._wide.setdefault(entity, source)
                elif name not in self._directory.groups:
                    self._mentioned.setdefault(entity, Group(entity, unlisted=True, source=source))
                return entity
            case Nature.USER | Nature.SERVICE:
                account = self._directory.accounts.get(name)
                kind = account.kind if account else PrincipalKind(nature)
                return self._account(name, kind, source)
            case _:
                assert_never(nature)

    def _nature(self, name: str) -> Literal[Nature.GROUP, Nature.SERVICE, Nature.USER]:
        if name in self._group_names or is_public_list(name):
            return Nature.GROUP
        return Nature.SERVICE if is_machine(name) else Nature.USER

    def _account(self, name: str, kind: PrincipalKind, source: Source) -> str:
        entity = f"{kind}:{name}"
        if entity not in self._principals:
            account = self._directory.accounts.get(name)
            external = account is not None and account.external
            self._principals[entity] = Principal(
                entity, kind, external=external, source=account.source if account else source
            )
        return entity

    def _fill_wide(self) -> None:
        """Make the groups of a whole domain or organisation; of the organisation, list the accounts that are known."""
        own = tuple(
            Entry(entity, self._condition(entity.partition(":")[2], None), principal.source)
            for entity, principal in self._principals.items()
            if principal.kind is PrincipalKind.USER and not principal.external and self._is_own(entity)
        )
        for name, source in self._wide.items():
            entries = own if name.startswith(Nature.CUSTOMER) else ()
            self._mentioned[name] = Group(name, entries, unlisted=True, source=source)

    def _is_own(self, entity: str) -> bool:
        domain = domain_of(entity.partition(":")[2])
        return not domain or not self._domains or domain in self._domains
