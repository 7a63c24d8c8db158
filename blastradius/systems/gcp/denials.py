"""What deny policies take away.

A permission that nobody here was granted need not be denied, so rules are written out over the permissions that occur.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from blastradius.documents import quoted
from blastradius.globs import matches
from blastradius.model.snapshot import Capability, Effect, Entry, Grant, Group
from blastradius.systems.gcp.conditions import text_of
from blastradius.systems.gcp.families import MANAGES_ALL, REST, SENSITIVE, family_of, permission_service, service_of
from blastradius.systems.gcp.names import collection_id
from blastradius.systems.gcp.objects import DenyPolicy, DenyRule, Member, State
from blastradius.systems.gcp.places import Places
from blastradius.systems.gcp.role_table import is_shipped_permission
from blastradius.systems.gcp.subjects import Subjects

_INTERFACE = ".googleapis.com/"


class Denials:
    """The deny policies of one side.

    Attributes:
        groups: Those whom a rule denies something, where that takes a group.
        grants: What is denied.
    """

    def __init__(self, state: State, places: Places, subjects: Subjects, actions: Mapping[str, Capability]) -> None:
        """Write the rules of a side out over the permissions that occur there."""
        self.groups: list[Group] = []
        self.grants: list[Grant] = []
        self._state, self._places, self._subjects = state, places, subjects
        self._actions = actions
        for name in sorted(state.denies):
            policy = state.denies[name]
            for number, rule in enumerate(policy.rules):
                self._add(policy, rule, number)

    def _add(self, policy: DenyPolicy, rule: DenyRule, number: int) -> None:
        denied = self._written_out(rule, rule.permissions) - self._written_out(rule, rule.excepted)
        subject = self._subject(policy, rule, number) if denied else None
        if subject is None:
            return
        when = text_of(rule.condition, "")
        for family, permissions in self._by_family(denied, policy):
            place = collection_id(family, policy.resource)
            self.grants.append(
                Grant(subject, place, actions=frozenset(permissions), effect=Effect.DENY, when=when, source=rule.source)
            )

    def _subject(self, policy: DenyPolicy, rule: DenyRule, number: int) -> str | None:
        denied, exceptions = self._entries(rule.denied), self._entries(rule.exceptions)
        if not denied:
            return None
        if len(denied) == 1 and not exceptions:
            return denied[0].id
        group = f"gcp-denied:{policy.resource.path}/{policy.name.rpartition('/')[2]}/{number + 1}"
        self.groups.append(Group(group, denied, but_not=exceptions, source=rule.source))
        return group

    def _entries(self, members: Iterable[Member]) -> tuple[Entry, ...]:
        found = ((self._subjects.of(member), member.source) for member in members)
        return tuple(dict.fromkeys(Entry(subject, source=source) for subject, source in found if subject is not None))

    def _by_family(self, permissions: Iterable[str], policy: DenyPolicy) -> Iterator[tuple[str, list[str]]]:
        here = {REST, *SENSITIVE, *self._places.families_at(policy.resource)}
        found: defaultdict[str, list[str]] = defaultdict(list)
        for permission in sorted(permissions):
            family = family_of(permission)
            families = here if permission in MANAGES_ALL else {family, family or service_of(permission)}
            for one in families & here:
                found[one].append(permission)
        yield from sorted(found.items())

    def _written_out(self, rule: DenyRule, patterns: Iterable[str]) -> frozenset[str]:
        """Find the permissions that occur and that a rule names, in the words of allow policies."""
        found: set[str] = set()
        for written in patterns:
            names = _names(written)
            if "*" in written:
                found.update(action for name in names for action in self._actions if matches(name, action))
                continue
            found.update(name for name in names if name in self._actions)
            if not any(name in found or is_shipped_permission(name) for name in names):
                message = f"the permission {quoted(written)} of a deny rule is not known, and nothing is denied by it"
                self._state.not_understood(rule.source, message)
        return frozenset(found)


def _names(written: str) -> tuple[str, ...]:
    """Write a permission of a deny rule as allow policies know it."""
    service, found, rest = written.partition(_INTERFACE)
    return (f"{permission_service(service)}.{rest}", written) if found else (written,)
