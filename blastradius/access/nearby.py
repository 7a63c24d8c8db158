"""The facts around single entities of one state, found without looking at the others."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np

from blastradius.access.facts import granted_actions
from blastradius.access.indexes import Indexes
from blastradius.columns.names import Ints, Names
from blastradius.columns.tables import UNLISTED, Columns, Edges
from blastradius.columns.views import entries, grant_at, parents
from blastradius.model.snapshot import OUTSIDER, UNLISTED_SUFFIX, Capability, Effect, Entry, Grant
from blastradius.model.sources import Source


class Nearby:
    """Answers about one entity at a time.

    Attributes:
        columns: The facts.

    Cost: an answer costs what it holds, and a look through one column of numbers at most.
    """

    def __init__(self, columns: Columns, indexes: Indexes, actions: Mapping[str, Capability]) -> None:
        """Look at one state.

        Args:
            columns: Its facts.
            indexes: Shared with the other state, as most columns are.
            actions: Every action that ``*`` stands for.
        """
        self.columns = columns
        self._indexes = indexes
        self._actions = actions
        self._codes: dict[str, int] = {}
        self._naming: dict[str, Ints] = {}
        self._named: dict[tuple[str | None, frozenset[str]], frozenset[str]] = {}

    # Subjects

    def subject(self, name: str) -> int:
        """Give the code of a subject, or `ABSENT`."""
        if name not in self._codes:
            self._codes[name] = self.columns.subject(name)
        return self._codes[name]

    def groups_listing(self, name: str) -> Iterator[tuple[str, Entry]]:
        """Yield the groups whose members name a subject, sorted, with the entry."""
        return self._listing(self.columns.members, name, self.columns.groups.names)

    def opened_to(self, name: str) -> Iterator[tuple[str, Entry]]:
        """Yield the principals that a subject may act as directly, sorted, with the entry that says so."""
        return self._listing(self.columns.assumable, name, self.columns.principals.names)

    def _listing(self, edges: Edges, name: str, owners: Names) -> Iterator[tuple[str, Entry]]:
        code = self.subject(name)
        if code >= 0 and len(edges):
            for row in self._indexes.of(edges.entry).rows(code).tolist():
                when, source = self.columns.text(int(edges.when[row])), self.columns.source(edges.places, row)
                yield owners[int(edges.owner[row])], Entry(name, when, source)

    def lists_member(self, group: str, entry: Entry) -> bool:
        """Tell whether a group's members hold an entry."""
        return self._lists(self.columns.members, self.columns.groups.names.find(group), entry)

    def lets_act(self, principal: str, entry: Entry) -> bool:
        """Tell whether a principal's ``assumable_by`` holds an entry."""
        return self._lists(self.columns.assumable, self.columns.principals.names.find(principal), entry)

    def _lists(self, edges: Edges, owner: int, entry: Entry) -> bool:
        code = self.subject(entry.id)
        if owner < 0 or code < 0:
            return False
        listed = edges.of(owner)
        whens = edges.when[listed][edges.entry[listed] == code]
        return any(self.columns.text(when) == entry.when for when in whens.tolist())

    def unlisted_in(self, name: str) -> str | None:
        """Name the group whose unlisted members a pseudo-principal stands for; None for anybody else."""
        principals = self.columns.principals
        code = principals.names.find(name)
        is_unlisted = code >= 0 and principals.kind[code] == UNLISTED and principals.present[code]
        return name.removesuffix(UNLISTED_SUFFIX) if is_unlisted else None

    def narrowing(self, group: str) -> tuple[tuple[Entry, ...], tuple[Entry, ...]] | None:
        """Give ``all_of`` and ``but_not`` of a group; None when there is no such group."""
        columns = self.columns
        code = columns.groups.names.find(group)
        if code < 0 or not columns.groups.present[code]:
            return None
        return entries(columns, columns.all_of, code), entries(columns, columns.but_not, code)

    @cached_property
    def open_groups(self) -> frozenset[str]:
        """The groups that anybody is in who is in all of what they ask for."""
        groups = self.columns.groups
        asking = self.columns.all_of.owner
        return frozenset(groups.names[code] for code in asking[groups.open[asking] & groups.present[asking]].tolist())

    def groups_asking_for(self, name: str) -> Iterator[str]:
        """Yield the groups whose ``all_of`` names a subject, sorted."""
        return iter(dict.fromkeys(g for g, _ in self._listing(self.columns.all_of, name, self.columns.groups.names)))

    def accounts_beside(self, name: str) -> Sequence[frozenset[str]]:
        """Give the sets of accounts of one person or workload that an account is in."""
        return self._same_as.get(name, ())

    @cached_property
    def _same_as(self) -> dict[str, list[frozenset[str]]]:
        found: dict[str, list[frozenset[str]]] = {}
        for accounts in self.columns.rest.same_as:
            for account in accounts:
                found.setdefault(account, []).append(accounts)
        return found

    def place_of_group(self, name: str) -> Source:
        """Say where a group was read."""
        groups = self.columns.groups
        return self.columns.source(groups.places, groups.names.find(name))

    def place_of_principal(self, name: str) -> Source | None:
        """Say where a principal, or the group whose unlisted members it stands for, was read; None if built in."""
        principals = self.columns.principals
        return None if name == OUTSIDER else self.columns.source(principals.places, principals.names.find(name))

    # Resources

    def has_resource(self, name: str) -> bool:
        """Tell whether a resource is there."""
        resources = self.columns.resources
        code = resources.names.find(name)
        return code >= 0 and bool(resources.present[code])

    def place_of_resource(self, name: str) -> Source:
        """Say where a resource was read."""
        resources = self.columns.resources
        return self.columns.source(resources.places, resources.names.find(name))

    def passed_on_by(self, name: str) -> list[str]:
        """Name the resources whose grants hold on this one because it lies in them directly, in order."""
        resources = self.columns.resources
        code = resources.names.find(name)
        if not self.has_resource(name) or not resources.inherits[code]:
            return []
        return [resources.names[parent] for parent in parents(self.columns, code)]

    def above(self, name: str) -> list[str]:
        """Name the resources whose grants hold on this one, itself included, sorted; empty when it is not there."""
        found: set[str] = set()
        waiting = [name] if self.has_resource(name) else []
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting.extend(self.passed_on_by(here))
        return sorted(found)

    # Grants

    def actions_of(self, grant: Grant) -> frozenset[str]:
        """Say which actions a grant names, ``*`` written out."""
        key = grant.role, grant.actions
        if key not in self._named:
            self._named[key] = granted_actions(grant, self.columns.rest.roles, self._actions)
        return self._named[key]

    def grants_on(self, names: list[str], action: str, effect: Effect, subject: str | None = None) -> Ints:
        """Give the rows of the grants on some resources that name an action, resource by resource as they were read.

        Args:
            names: The resources.
            action: Named by each of them, perhaps as ``*``.
            effect: What they do.
            subject: Whom they name; None for anybody.
        """
        grants = self.columns.grants
        index, find = self._indexes.of(grants.resource), self.columns.resources.names.find
        rows = np.concatenate([index.rows(find(name)) for name in names]) if names else np.array([], np.int64)
        rows = rows[grants.deny[rows] == (effect is Effect.DENY)]
        if subject is not None:
            rows = rows[grants.subject[rows] == self.subject(subject)]
        named: Ints = rows[np.isin(grants.what[rows], self._whats_naming(action))]
        return named

    def _whats_naming(self, action: str) -> Ints:
        """Give the codes of all combinations of role and actions that name an action."""
        whats = self.columns.interned.whats
        if action not in self._naming:
            self._naming[action] = np.array([code for code in range(len(whats)) if self._names(code, action)], np.int64)
        return self._naming[action]

    def _names(self, code: int, action: str) -> bool:
        role, actions = self.columns.interned.whats[code]
        # Both states share these combinations, and a role may be there in one of them only.
        if role is not None and role not in self.columns.rest.roles:
            return False
        return action in self.actions_of(Grant("", "", role, actions))

    def has_grant(self, grant: Grant) -> bool:
        """Tell whether an equal grant is there."""
        grants, columns = self.columns.grants, self.columns
        rows = self._indexes.of(grants.resource).rows(columns.resources.names.find(grant.resource))
        rows = rows[grants.subject[rows] == self.subject(grant.subject)]
        return any(self.grant(row) == grant for row in rows.tolist())

    def grant(self, row: int) -> Grant:
        """Make the grant of a row."""
        return grant_at(self.columns, row)
