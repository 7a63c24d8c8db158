"""Whether everything that a fact names exists."""

from collections.abc import Collection, Iterator
from itertools import chain, islice

from blastradius.documents import quoted
from blastradius.errors import did_you_mean
from blastradius.model.snapshot import ANY_ACTION, BUILT_IN_SUBJECTS, Snapshot
from blastradius.model.sources import NOWHERE, Problem, Source

_PROBLEMS_MAX = 1000
_SUGGESTIONS_MAX = 20


def reference_problems(snapshot: Snapshot) -> list[Problem]:
    """Find every name that nothing has: of subjects, resources, roles and actions.

    Args:
        snapshot: All facts of one side.

    Returns:
        One problem for each place that names something unknown, in the order of the facts, a
        thousand at most. The first few propose the name that was probably meant.

    Cost:
        Linear in the facts.
    """
    return list(islice(_Search(snapshot).run(), _PROBLEMS_MAX))


class _Search:
    """Looks each name up, and remembers how many suggestions were made."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._suggestions_left = _SUGGESTIONS_MAX
        self._subjects = snapshot.principals.keys() | snapshot.groups.keys() | BUILT_IN_SUBJECTS
        self._actions = snapshot.actions.keys() | {ANY_ACTION}

    def run(self) -> Iterator[Problem]:
        yield from self._in_entities()
        yield from self._in_roles_and_grants()
        yield from self._in_same_as()

    def _in_entities(self) -> Iterator[Problem]:
        subjects = self._subjects
        for principal in self._snapshot.principals.values():
            for entry in principal.assumable_by:
                if entry.id not in subjects:
                    yield self._unknown_subject(entry.id, entry.source)
        for group in self._snapshot.groups.values():
            for entry in chain(group.members, group.all_of, group.but_not):
                if entry.id not in subjects:
                    yield self._unknown_subject(entry.id, entry.source)
        resources = self._snapshot.resources
        for resource in resources.values():
            for parent in resource.parents:
                if parent not in resources:
                    yield self._unknown("resource", parent, resources, resource.source)

    def _in_roles_and_grants(self) -> Iterator[Problem]:
        snapshot = self._snapshot
        for role in snapshot.roles.values():
            yield from self._unknown_actions(role.actions, role.source)
        for grant in snapshot.grants:
            if grant.subject not in self._subjects:
                yield self._unknown_subject(grant.subject, grant.source)
            if grant.resource not in snapshot.resources:
                yield self._unknown("resource", grant.resource, snapshot.resources, grant.source)
            if grant.role is None:
                yield from self._unknown_actions(grant.actions, grant.source)
            elif grant.role not in snapshot.roles:
                yield self._unknown("role", grant.role, snapshot.roles, grant.source)

    def _in_same_as(self) -> Iterator[Problem]:
        sources = self._snapshot.same_as_sources
        principals = self._snapshot.principals
        for index, accounts in enumerate(self._snapshot.same_as):
            source = sources[index] if index < len(sources) else NOWHERE
            for account in sorted(accounts - principals.keys()):
                yield self._unknown("principal", account, principals, source)

    def _unknown_actions(self, actions: frozenset[str], source: Source) -> Iterator[Problem]:
        if not actions <= self._actions:
            for action in sorted(actions - self._actions):
                problem = self._unknown("action", action, self._actions, source)
                hint = problem.help or f"say under `actions` which capability {quoted(action)} has"
                yield Problem(problem.message, problem.source, hint)

    def _unknown_subject(self, name: str, source: Source) -> Problem:
        return self._unknown("principal or group", name, self._subjects, source)

    def _unknown(self, kind: str, name: str, known: Collection[str], source: Source) -> Problem:
        self._suggestions_left -= 1
        hint = did_you_mean(name, sorted(known)) if self._suggestions_left >= 0 else ""
        return Problem(f"unknown {kind} {quoted(name)}", source if source.file else None, hint)
