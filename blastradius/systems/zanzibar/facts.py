"""A model and its tuples as facts: who stands in which relation, and what that allows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from blastradius.access.facts import components, membership_order
from blastradius.documents import quoted
from blastradius.model.snapshot import CAPABILITIES, Capability, Grant, Group, Principal, Resource, Snapshot
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.capabilities import Rules
from blastradius.systems.zanzibar.fitting import fitting
from blastradius.systems.zanzibar.groups import Groups, without_circles
from blastradius.systems.zanzibar.meaning import Meaning, meaning_of
from blastradius.systems.zanzibar.names import Names
from blastradius.systems.zanzibar.objects import Dialect, Itself, Relationship, Schema, Store, type_of
from blastradius.systems.zanzibar.schema import leaves_of


@dataclass(slots=True)
class Elsewhere:
    """Names from the other side of a comparison: they exist whatever this side says about them.

    Attributes:
        objects: What stands as the object of a tuple.
        subjects: What stands as its subject.
        places: Objects with the relations in which they have a tuple.
    """

    objects: set[str] = field(default_factory=set)
    subjects: set[str] = field(default_factory=set)
    places: set[tuple[str, str]] = field(default_factory=set)


def build(
    stores: Mapping[Dialect, Store], rules: Rules, elsewhere: Mapping[Dialect, Elsewhere], notes: Notes
) -> Snapshot:
    """Turn stores into facts.

    Args:
        stores: At most one of each dialect.
        rules: What a file says about relations.
        elsewhere: Names from the other side.
        notes: Takes what was not understood.
    """
    built = [
        _Builder(store, rules, elsewhere.get(dialect, Elsewhere()), notes) for dialect, store in sorted(stores.items())
    ]
    actions: dict[str, Capability] = dict(CAPABILITIES)
    principals: dict[str, Principal] = {}
    groups: dict[str, Group] = {}
    resources: dict[str, Resource] = {}
    grants: list[Grant] = []
    for one in built:
        one.run()
        for action, capability in one.meaning.capabilities.items():
            actions[action] = max(capability, actions.get(action, capability))
        principals.update(one.groups.principals)
        groups.update(one.groups.groups)
        resources.update(one.resources)
        grants.extend(one.grants)
    return Snapshot(
        system=", ".join(dialect.name_for_people for dialect in sorted(stores)),
        actions=actions,
        principals=principals,
        groups=groups,
        resources=resources,
        grants=tuple(grants),
    )


class _Builder:
    def __init__(self, store: Store, rules: Rules, elsewhere: Elsewhere, notes: Notes) -> None:
        self._schema = store.schema
        self._notes = notes
        self.meaning: Meaning = meaning_of(store.schema, rules, notes)
        relationships = self._relationships = fitting(store.schema, store.relationships.values(), notes)
        self._objects = _objects(store.schema, relationships)
        for name in elsewhere.objects:
            self._objects.setdefault(name, NOWHERE)
        known = _subjects(relationships, self._objects)
        for name in elsewhere.subjects:
            known.setdefault(name, NOWHERE)
        emptied = elsewhere.places - {(one.object, one.relation) for one in relationships}
        self.groups = Groups(store.schema, relationships, self.meaning, rules, known, sorted(emptied))
        self._names = Names(store.schema.dialect)
        self.resources: dict[str, Resource] = {}
        self.grants: list[Grant] = []

    def run(self) -> None:
        """Make grants for all objects, and the groups that they need."""
        asked = {
            kind: [name for name in one.relations if (kind, name) in self.meaning.actions]
            for kind, one in self._schema.types.items()
        }
        for name in sorted(self._objects):
            kind = type_of(name)
            if asked.get(kind):
                self._add_object(name, kind, asked[kind])
        self.groups.finish()
        self._add_parents()
        self._break_circles()

    def _add_object(self, name: str, kind: str, relations: Iterable[str]) -> None:
        resource = self._names.resource(name)
        self.resources[resource] = Resource(resource, labels=(("type", kind),), source=self._objects[name])
        actions: dict[tuple[str, str | None], list[str]] = {}
        sources: dict[tuple[str, str | None], Source] = {}
        for relation in relations:
            if (name, relation) in self.groups.filled:
                entry = self.groups.whom((name, relation))
                key = (entry.id, entry.when)
                actions.setdefault(key, []).append(self.meaning.actions[(kind, relation)])
                sources.setdefault(key, entry.source)
        for (subject, when), allowed in actions.items():
            source = sources[(subject, when)]
            self.grants.append(Grant(subject, resource, actions=frozenset(allowed), when=when, source=source))

    def _add_parents(self) -> None:
        """Say what lies in what, as far as links tell: it has a class through it, and no access.

        Where links lead in a circle, none of them counts.
        """
        parents: dict[str, dict[str, None]] = {}
        for one in self._relationships:
            if (type_of(one.object), one.relation) in self.meaning.links:
                child, parent = self._names.resource(one.object), self._names.resource(one.subject)
                if child in self.resources and parent in self.resources:
                    parents.setdefault(child, {})[parent] = None
        circle = {
            name: number
            for number, part in enumerate(components(parents, lambda name: parents.get(name, ())))
            for name in part
        }
        for child, all_of_them in parents.items():
            kept = tuple(parent for parent in all_of_them if circle[parent] != circle[child])
            self.resources[child] = replace(self.resources[child], parents=kept, inherits=False)

    def _break_circles(self) -> None:
        groups = self.groups.groups
        if not any(group.but_not for group in groups.values()):
            return
        inside = [(one, circle) for circle in membership_order(groups) for one in sorted(circle) if groups[one].but_not]
        changed = without_circles(groups, inside)
        if changed:
            group, left = changed[0]
            number = "a relation leaves itself out" if len(changed) == 1 else f"{len(changed)} relations do"
            message = f"{number}: {quoted(group.id)} leaves out {quoted(left)}, which depends on it"
            hint = "whoever may be in it counts as being in it under a condition; break the circle"
            self._notes.not_understood(group.source, message, hint)


def _objects(schema: Schema, relationships: Iterable[Relationship]) -> dict[str, Source]:
    """Name the objects that somebody may stand in a relation of, with where each is met first."""
    themselves = {
        kind
        for kind, one in schema.types.items()
        for relation in one.relations.values()
        if any(isinstance(leaf, Itself) for leaf in leaves_of(relation.expression))
    }
    found: dict[str, Source] = {}
    for one in relationships:
        found.setdefault(one.object, one.source)
        if themselves and type_of(one.subject) in themselves and not one.is_wildcard:
            found.setdefault(one.subject, one.source)
    return found


def _subjects(relationships: Iterable[Relationship], objects: Mapping[str, Source]) -> dict[str, Source]:
    """Name what may be a principal: subjects, and objects, since somebody may be one before being the other."""
    found = dict(objects)
    for one in relationships:
        if not one.is_wildcard and not one.subject_relation:
            found.setdefault(one.subject, one.source)
    return found
