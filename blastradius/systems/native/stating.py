"""Entities as the fields of the native format, and what it has no fields for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from blastradius.documents import COUNT_MAX, quoted, shortened
from blastradius.documents.limits import SCALAR_CHARS_MAX
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import (
    ANY_ACTION,
    CAPABILITIES,
    Capability,
    Coverage,
    Effect,
    Entry,
    Grant,
    Group,
    Principal,
    Resource,
    Role,
)
from blastradius.model.sources import Problem
from blastradius.systems.ids import entity_fault, name_fault, principal_kind
from blastradius.systems.native.entities import UNKNOWN_MEMBERS
from blastradius.systems.native.notes import written_place

Fields = dict[str, Any]
"""Field names to texts, numbers, truth values, and lists and mappings of these."""
_PROBLEMS_MAX = 1000
_HELP = "a compiled snapshot (`.brs`) can hold it"
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class Stating:
    """Says entities in the words of the native format.

    INVARIANT: what is said would be read as the same entity. What cannot be said is a problem that names it, and
    never said otherwise.

    Attributes:
        problems: What could not be said so far.
    """

    def __init__(self) -> None:
        """Begin without problems."""
        self.problems: list[Problem] = []

    def finish(self) -> None:
        """Refuse what was said when something could not be.

        Raises:
            SnapshotError: With everything that could not be said.
        """
        if self.problems:
            raise SnapshotError(shortened(self.problems))

    def refuse(self, owner: str, message: str) -> None:
        """Note what cannot be said.

        Raises:
            SnapshotError: When it is so much that the rest is not looked at.
        """
        self.problems.append(Problem(f"{quoted(owner)} cannot be written as a native snapshot: {message}", None, _HELP))
        if len(self.problems) >= _PROBLEMS_MAX:
            self.finish()

    # Entities

    def principal(self, principal: Principal) -> Fields:
        """Say a principal."""
        self._id(principal.id)
        if principal_kind(principal.id) is not principal.kind:
            self.refuse(principal.id, f"it is of the kind `{principal.kind}`, which its id must begin with")
        fields: Fields = {}
        if principal.external:
            fields["external"] = True
        if principal.assumable_by:
            fields["assumable_by"] = self._entries(principal.id, principal.assumable_by)
        return fields

    def group(self, group: Group) -> Fields:
        """Say a group."""
        self._id(group.id)
        fields: Fields = {}
        members = self._entries(group.id, group.members)
        if group.unlisted:
            fields["members"] = [*members, UNKNOWN_MEMBERS] if members else UNKNOWN_MEMBERS
        elif members or not group.open:
            # An empty list is nobody; left out beside `all_of` it would be everybody.
            fields["members"] = members
        if group.open and (not group.all_of or members or group.unlisted):
            self.refuse(group.id, "it is open to all, and has members or no `all_of`")
        if group.size is not None:
            if not group.unlisted:
                self.refuse(group.id, "it has a size, and all its members are listed")
            fields["size"] = self._count(group.id, "size", group.size)
        if group.external:
            fields["external"] = True
        for name, entries in (("all_of", group.all_of), ("but_not", group.but_not)):
            if entries:
                fields[name] = self._plain_entries(group.id, name, entries)
        return fields

    def role(self, role: Role) -> list[str]:
        """Say the actions of a role."""
        self._name(role.id)
        return sorted(role.actions)

    def resource(self, resource: Resource) -> Fields:
        """Say a resource."""
        self._id(resource.id)
        fields: Fields = {}
        if resource.parents:
            fields["in"] = resource.parents[0] if len(resource.parents) == 1 else list(resource.parents)
        if not resource.inherits:
            fields["inherit"] = False
        if resource.class_name is not None:
            self._name(resource.class_name, f"the class of {quoted(resource.id)}")
            fields["class"] = resource.class_name
        if resource.labels:
            fields["labels"] = self._labels(resource)
        if resource.items != 1:
            fields["items"] = self._count(resource.id, "items", resource.items)
        return fields

    def grant(self, grant: Grant) -> Fields:
        """Say a grant."""
        fields: Fields = {"to": grant.subject}
        if grant.role is not None:
            fields["role"] = grant.role
        if grant.actions:
            fields["actions"] = sorted(grant.actions)
        if (grant.role is None) is not bool(grant.actions):
            which = "both a role and actions" if grant.actions else "neither a role nor actions"
            self.refuse(f"{grant.subject} on {grant.resource}", f"the grant has {which}")
        fields["on"] = grant.resource
        if grant.effect is Effect.DENY:
            fields["effect"] = Effect.DENY.value
        if grant.when is not None:
            fields["when"] = self._text(f"{grant.subject} on {grant.resource}", "a condition", grant.when)
        return fields

    def accounts(self, accounts: Iterable[str]) -> list[str]:
        """Say which accounts belong to one person or workload."""
        names = sorted(accounts)
        if len(names) < 2:
            self.refuse(", ".join(names) or "same_as", "`same_as` needs at least two accounts")
        return names

    # What a snapshot says of itself

    def head(self, system: str, taken_at: datetime | None) -> Fields:
        """Say what the snapshot is called and how old it is."""
        fields: Fields = {}
        if system:
            fields["system"] = self._text("system", "the name of the system", system)
        if taken_at is not None:
            if taken_at.tzinfo is None:
                self.refuse("taken_at", "it is a time without a time zone")
            else:
                fields["taken_at"] = taken_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return fields

    def actions(self, actions: Mapping[str, Capability]) -> dict[str, str]:
        """Say the capability of all actions that are no capability themselves."""
        said: dict[str, str] = {}
        for action, capability in actions.items():
            own = CAPABILITIES.get(action)
            if own is not None and own is capability:
                continue
            if own is not None or action == ANY_ACTION:
                self.refuse(action, f"the action stands for `{capability.label}`")
            self._name(action)
            said[action] = capability.label
        return said

    def unread(self, problem: Problem) -> Fields:
        """Say what was not understood."""
        return self._note({"message": problem.message, "at": written_place(problem.source), "help": problem.help})

    def coverage(self, one: Coverage) -> Fields:
        """Say what an export was meant to hold, and whether it does."""
        said = {"what": one.what, "completeness": one.completeness.value, "reason": one.reason}
        return self._note({**said, "at": written_place(one.source), "help": one.help})

    # Values

    def _id(self, id: str) -> None:
        fault = entity_fault(id)
        if fault is not None:
            self.refuse(id, fault[0])

    def _name(self, name: str, owner: str | None = None) -> None:
        fault = name_fault(name)
        if fault is not None:
            self.refuse(name if owner is None else owner, fault[0])

    def _entries(self, owner: str, entries: Sequence[Entry]) -> list[str | Fields]:
        return [
            entry.id
            if entry.when is None
            else {"id": entry.id, "when": self._text(owner, f"the condition for {quoted(entry.id)}", entry.when)}
            for entry in entries
        ]

    def _plain_entries(self, owner: str, name: str, entries: Sequence[Entry]) -> list[str]:
        if any(entry.when is not None for entry in entries):
            self.refuse(owner, f"its `{name}` has a condition")
        return [entry.id for entry in entries]

    def _labels(self, resource: Resource) -> dict[str, str]:
        labels = dict(resource.labels)
        if len(labels) < len(resource.labels):
            self.refuse(resource.id, "it has the same label twice")
        for name, value in labels.items():
            for text in (name, value):
                self._check_characters(resource.id, "a label", text)
        return labels

    def _count(self, owner: str, name: str, value: int) -> int:
        if not 0 <= value <= COUNT_MAX:
            self.refuse(owner, f"its `{name}` is {value}, and must be between 0 and {COUNT_MAX}")
        return value

    def _note(self, texts: Mapping[str, str]) -> Fields:
        owner = next(iter(texts.values()))
        return {name: self._text(owner, f"its `{name}`", text) for name, text in texts.items() if text}

    def _text(self, owner: str, what: str, text: str) -> str:
        if not text.strip():
            self.refuse(owner, f"{what} is blank")
        self._check_characters(owner, what, text)
        return text

    def _check_characters(self, owner: str, what: str, text: str) -> None:
        if len(text) > SCALAR_CHARS_MAX:
            self.refuse(owner, f"{what} has {len(text)} characters, at most {SCALAR_CHARS_MAX} are read")
        if not text.isascii() and _HALF_PAIR.search(text):
            self.refuse(owner, f"{what} holds half a surrogate pair, which stands for no character")
