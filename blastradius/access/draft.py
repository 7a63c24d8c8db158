"""A snapshot being changed: one method per step, each of which says what was wrong or needless."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import chain

from blastradius.columns.layers import GrantLayer, Layer, known_names
from blastradius.errors import did_you_mean
from blastradius.model.change import Step
from blastradius.model.snapshot import (
    ANY_ACTION,
    BUILT_IN_SUBJECTS,
    OUTSIDER,
    UNLISTED_SUFFIX,
    Entry,
    Grant,
    Group,
    Principal,
    Resource,
    Role,
    Snapshot,
)
from blastradius.model.sources import NOWHERE, Problem, Source


class Draft:
    """The working copy of a snapshot.

    Attributes:
        problems: What makes a step impossible; the draft is worthless if there are any.
        no_effect: Steps that change nothing.
        unread: What the snapshot cannot answer.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        """Lay an empty change over the facts; they themselves are shared, and never changed."""
        self._baseline = snapshot
        self.principals = Layer(snapshot.principals)
        self.groups = Layer(snapshot.groups)
        self.resources = Layer(snapshot.resources)
        self.roles = dict(snapshot.roles)
        self.grants = GrantLayer(snapshot.grants)
        self.same_as = snapshot.same_as
        self.problems: list[Problem] = []
        self.no_effect: list[Problem] = []
        self.unread: list[Problem] = []
        self._source: Source = NOWHERE

    def begin(self, step: Step) -> None:
        """Start a step: everything it adds or complains about comes from its line."""
        self._source = step.source

    def snapshot(self) -> Snapshot:
        """Give out the state as it is now."""
        return replace(
            self._baseline,
            principals=self.principals,
            groups=self.groups,
            resources=self.resources,
            roles=self.roles,
            grants=self.grants,
            same_as=self.same_as,
        )

    # What a step can be told

    def _refuse(self, message: str, help: str = "") -> None:
        self.problems.append(Problem(message, self._source, help))

    def _needless(self, message: str) -> None:
        self.no_effect.append(Problem(message, self._source, "the step can be left out"))

    def _known(self, name: str, kind: str, *sections: Collection[str]) -> bool:
        if any(name in section for section in sections):
            return True
        near = did_you_mean(name, *chain.from_iterable(map(known_names, sections)))
        self._refuse(f"unknown {kind} `{name}`", near or f"add the {kind} first")
        return False

    @staticmethod
    def _every(answers: Iterable[bool]) -> bool:
        """Ask all of them, so that every unknown id of a step is reported, not the first alone."""
        return not [answer for answer in answers if not answer]

    def _known_subject(self, name: str) -> bool:
        return self._known(name, "principal or group", self.principals, self.groups, sorted(BUILT_IN_SUBJECTS))

    def _known_parents(self, parents: Iterable[str]) -> bool:
        return self._every(self._known(parent, "resource", self.resources) for parent in parents)

    def _known_actions(self, actions: Iterable[str]) -> bool:
        known = self._baseline.actions
        return self._every(self._known(action, "action", known, (ANY_ACTION,)) for action in sorted(actions))

    def _is_new(self, name: str, *sections: Iterable[str]) -> bool:
        if name in BUILT_IN_SUBJECTS or name == OUTSIDER or name.endswith(UNLISTED_SUFFIX):
            self._refuse(f"`{name}` is reserved", "choose another id")
            return False
        if any(name in section for section in sections):
            self._refuse(f"`{name}` exists already", "leave the step out, or choose another id")
            return False
        return True

    # Membership

    def _listed(self, group_id: str, member: str) -> Group | None:
        """Find a group whose member list may be edited."""
        if not (self._known(group_id, "group", self.groups) & self._known_subject(member)):
            return None
        group = self.groups[group_id]
        if group.open:
            self._refuse(
                f"`{group_id}` has no member list of its own",
                "its members are whoever is in all of its `all_of`; change those groups instead",
            )
            return None
        return group

    def add_member(self, group_id: str, member: str, when: str | None) -> None:
        """Put a principal, a group or a built-in into a group."""
        group = self._listed(group_id, member)
        entry = Entry(member, when, self._source)
        if group is None:
            return
        if entry in group.members or Entry(member) in group.members:
            self._needless(f"`{member}` is already a member of `{group_id}`")
        else:
            self.groups.put(group_id, replace(group, members=(*group.members, entry)))

    def remove_member(self, group_id: str, member: str) -> None:
        """Take every entry with that id out of a group."""
        group = self._listed(group_id, member)
        if group is None:
            return
        kept = tuple(entry for entry in group.members if entry.id != member)
        if len(kept) < len(group.members):
            self.groups.put(group_id, replace(group, members=kept))
        elif group.unlisted:
            self.unread.append(
                Problem(
                    f"`{member}` may be one of the unlisted members of `{group_id}`: what removing changes is unknown",
                    self._source,
                    "export the members of the group",
                )
            )
        else:
            self._needless(f"`{member}` is not listed in `{group_id}`")

    # Acting as

    def allow_assume(self, principal_id: str, by: str, when: str | None) -> None:
        """Let a subject act as a principal."""
        if not (self._known(principal_id, "principal", self.principals) & self._known_subject(by)):
            return
        principal = self.principals[principal_id]
        entry = Entry(by, when, self._source)
        if entry in principal.assumable_by or Entry(by) in principal.assumable_by:
            self._needless(f"`{by}` may already act as `{principal_id}`")
        else:
            self.principals.put(principal_id, replace(principal, assumable_by=(*principal.assumable_by, entry)))

    def disallow_assume(self, principal_id: str, by: str) -> None:
        """Take every entry with that id out of a principal's ``assumable_by``."""
        if not (self._known(principal_id, "principal", self.principals) & self._known_subject(by)):
            return
        principal = self.principals[principal_id]
        kept = tuple(entry for entry in principal.assumable_by if entry.id != by)
        if len(kept) == len(principal.assumable_by):
            self._needless(f"`{by}` is not listed in `assumable_by` of `{principal_id}`")
        else:
            self.principals.put(principal_id, replace(principal, assumable_by=kept))

    # Grants and roles

    def _fits(self, grant: Grant) -> bool:
        fits = self._known_subject(grant.subject) & self._known(grant.resource, "resource", self.resources)
        if grant.role is not None:
            return fits & self._known(grant.role, "role", self.roles)
        return fits & self._known_actions(grant.actions)

    def grant(self, grant: Grant) -> None:
        """Add a grant."""
        if not self._fits(grant):
            return
        if grant in self.grants or replace(grant, when=None) in self.grants:
            self._needless(f"`{grant.subject}` already has this grant on `{grant.resource}`")
        else:
            self.grants.add(replace(grant, source=self._source))

    def revoke(self, grant: Grant) -> None:
        """Take a grant away."""
        if not self._fits(grant):
            return
        if self.grants.take(grant):
            return
        others = sum(1 for _ in self.grants.naming(subject=grant.subject, resource=grant.resource))
        note = f"; it has {others} other there, which stay" if others else ""
        self._needless(f"`{grant.subject}` has no such grant on `{grant.resource}`{note}")

    def set_role(self, role_id: str, actions: frozenset[str]) -> None:
        """Give a role a new set of actions."""
        if not self._known_actions(actions):
            return
        if role_id in self.roles and self.roles[role_id].actions == actions:
            self._needless(f"role `{role_id}` already has these actions")
        else:
            self.roles[role_id] = Role(role_id, actions, self._source)

    # Resources

    def set_inherit(self, resource_id: str, inherit: bool) -> None:
        """Make a resource inherit from its parents, or stop it."""
        if not self._known(resource_id, "resource", self.resources):
            return
        resource = self.resources[resource_id]
        if resource.inherits is inherit:
            self._needless(f"`{resource_id}` {'inherits' if inherit else 'does not inherit'} already")
        else:
            self.resources.put(resource_id, replace(resource, inherits=inherit, source=self._source))

    def move(self, resource_id: str, parents: tuple[str, ...]) -> None:
        """Replace all parents of a resource."""
        if not (self._known(resource_id, "resource", self.resources) & self._known_parents(parents)):
            return
        resource = self.resources[resource_id]
        if set(resource.parents) == set(parents):
            self._needless(f"`{resource_id}` is there already")
        else:
            self.resources.put(resource_id, replace(resource, parents=parents, source=self._source))

    def set_class(self, resource_id: str, class_name: str) -> None:
        """State the class of a resource."""
        if not self._known(resource_id, "resource", self.resources):
            return
        resource = self.resources[resource_id]
        if resource.class_name == class_name:
            self._needless(f"`{resource_id}` has class `{class_name}` already")
        else:
            self.resources.put(resource_id, replace(resource, class_name=class_name, source=self._source))

    # Entities

    def add_principal(self, principal: Principal) -> None:
        """Add a principal."""
        if not self._is_new(principal.id, self.principals, self.groups, self.resources, self.roles):
            return
        self.principals.put(principal.id, replace(principal, source=self._source))
        if not self._every(self._known_subject(entry.id) for entry in principal.assumable_by):
            self.principals.take(principal.id)

    def add_group(self, group: Group) -> None:
        """Add a group."""
        if not self._is_new(group.id, self.principals, self.groups, self.resources, self.roles):
            return
        self.groups.put(group.id, replace(group, source=self._source))
        if not self._every(self._known_subject(e.id) for e in (*group.members, *group.all_of, *group.but_not)):
            self.groups.take(group.id)

    def add_resource(self, resource: Resource) -> None:
        """Add a resource."""
        # A group or a principal may be listed as a resource too: managing it is a right of its own.
        if self._is_new(resource.id, self.resources, self.roles) and self._known_parents(resource.parents):
            self.resources.put(resource.id, replace(resource, source=self._source))

    def remove(self, name: str) -> None:
        """Take an entity and every mention of it away."""
        if name in BUILT_IN_SUBJECTS or name == OUTSIDER or name.endswith(UNLISTED_SUFFIX):
            self._refuse(f"`{name}` is built in and cannot be removed")
            return
        if name in self.roles:
            self._refuse(f"role `{name}` cannot be removed", "give it no actions with `set_role` instead")
            return
        if not self._known(name, "entity", self.principals, self.groups, self.resources):
            return
        subject = self.principals.take(name) or self.groups.take(name)
        resource = self.resources.take(name)
        if subject:
            self._forget_subject(name)
        if resource:
            for child in list(self.resources.candidates(name)):
                other = self.resources[child]
                if name in other.parents:
                    self.resources.put(child, replace(other, parents=tuple(p for p in other.parents if p != name)))
        gone = [*self.grants.naming(subject=name)] if subject else []
        gone += self.grants.naming(resource=name) if resource else []
        for grant in gone:
            self.grants.take(grant)

    def _forget_subject(self, name: str) -> None:
        for owner in list(self.principals.candidates(name)):
            principal = self.principals[owner]
            if any(entry.id == name for entry in principal.assumable_by):
                self.principals.put(owner, replace(principal, assumable_by=_without(principal.assumable_by, name)))
        for owner in list(self.groups.candidates(name)):
            group = self.groups[owner]
            if not any(e.id == name for e in (*group.members, *group.all_of, *group.but_not)):
                continue
            if any(e.id == name for e in group.all_of):
                group = replace(group, members=(), unlisted=False, size=None, open=False)
            self.groups.put(
                owner,
                replace(
                    group,
                    members=_without(group.members, name),
                    all_of=_without(group.all_of, name),
                    but_not=_without(group.but_not, name),
                ),
            )
        kept = (accounts - {name} for accounts in self.same_as)
        self.same_as = tuple(accounts for accounts in kept if len(accounts) > 1)


def _without(entries: tuple[Entry, ...], name: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.id != name)
