"""Who there is: users, service accounts, and the groups that hold them.

Users and groups live outside the cluster, so a name that either side knows exists on both. Groups of
outside users have members nobody lists. The groups that every API server knows hold what they are
defined to hold, and unlisted members besides, since accounts come and go without any RBAC object.

Source: Kubernetes 1.34, "Authenticating" (groups of service accounts, anonymous requests).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from blastradius.model.snapshot import PUBLIC, Entry, Group, Principal, PrincipalKind
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.kubernetes.names import (
    ANONYMOUS_USER,
    AUTHENTICATED,
    MASTERS,
    SERVICE_ACCOUNTS,
    UNAUTHENTICATED,
    group_id,
    namespace_of_group,
    service_account_id,
    user_id,
)
from blastradius.systems.kubernetes.objects import Cluster, Subject

_ALWAYS_THERE = (AUTHENTICATED, MASTERS, SERVICE_ACCOUNTS, UNAUTHENTICATED)


@dataclass(slots=True)
class People:
    """Principals and groups by id.

    Attributes:
        principals: Users and service accounts.
        groups: Groups of the authenticators; nothing about bindings.
    """

    principals: dict[str, Principal] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)


def subject_id(subject: Subject) -> str:
    """Give the id that a subject of a binding has."""
    match subject.kind:
        case "ServiceAccount":
            return service_account_id(subject.namespace, subject.name)
        case "Group":
            return group_id(subject.name)
        case _:
            return user_id(subject.name)


def people_of(cluster: Cluster, other: Cluster) -> People:
    """Collect who there is on one side.

    Args:
        cluster: The objects of this side.
        other: Those of the other side; users, groups, and service accounts that no object there makes, exist here too.
    """
    accounts = dict(cluster.service_accounts)
    users: dict[str, Source] = {}
    group_sources: dict[str, Source] = dict.fromkeys(_ALWAYS_THERE, NOWHERE)
    for subject, source in [*_subjects(cluster), *((s, NOWHERE) for s, _ in _subjects(other))]:
        match subject.kind:
            case "ServiceAccount":
                key = (subject.namespace, subject.name)
                if source is not NOWHERE or key not in other.service_accounts:
                    accounts.setdefault(key, source)
            case "Group":
                group_sources.setdefault(subject.name, source)
            case _:
                users.setdefault(subject.name, source)
    people = People()
    is_anonymous = users.pop(ANONYMOUS_USER, None)
    for name in sorted(users):
        _add(people, Principal(user_id(name), PrincipalKind.USER, source=users[name]))
    for namespace, name in sorted(accounts):
        account = service_account_id(namespace, name)
        _add(people, Principal(account, PrincipalKind.SERVICE, source=accounts[namespace, name]))
    homes: dict[str, list[str]] = {}
    for namespace, name in sorted(accounts):
        homes.setdefault(namespace, []).append(service_account_id(namespace, name))
    for name in sorted(group_sources):
        group = _group(name, group_sources, users, homes)
        people.groups[group.id] = group
    if is_anonymous is not None:
        # NOTE: an anonymous request can come from anybody, whoever they are when they log in.
        anyone = user_id(ANONYMOUS_USER)
        people.groups[anyone] = Group(anyone, (Entry(PUBLIC),), source=is_anonymous)
    return people


def _subjects(cluster: Cluster) -> Iterator[tuple[Subject, Source]]:
    for binding in cluster.bindings.values():
        for subject in binding.subjects:
            yield subject, subject.source


def _add(people: People, principal: Principal) -> None:
    people.principals[principal.id] = principal


def _group(name: str, groups: Mapping[str, Source], users: Iterable[str], homes: Mapping[str, Sequence[str]]) -> Group:
    """Make a group; `homes` are the ids of the service accounts by namespace."""
    source = groups[name]
    if name == UNAUTHENTICATED:
        return Group(group_id(name), (Entry(PUBLIC),), source=source)
    members: list[str] = []
    if name == AUTHENTICATED:
        members += [group_id(other) for other in sorted(groups) if other not in (AUTHENTICATED, UNAUTHENTICATED)]
        members += map(user_id, sorted(users))
    elif name == SERVICE_ACCOUNTS:
        members += [group_id(other) for other in sorted(groups) if namespace_of_group(other) is not None]
        members += [account for namespace in sorted(homes) for account in homes[namespace]]
    else:
        members += homes.get(namespace_of_group(name) or "", ())
    return Group(group_id(name), tuple(map(Entry, members)), unlisted=True, source=source)
