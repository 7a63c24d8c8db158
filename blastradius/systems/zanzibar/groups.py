"""Groups out of what a model says about the tuples: who stands in a relation of an object.

A relation of one object becomes a group, unless there is something simpler that says the same: a relation that is
just another one of the object is that other one, and a relation with a single principal is that principal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from blastradius.model.snapshot import PUBLIC, Entry, Group, Principal
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.zanzibar.capabilities import Rules
from blastradius.systems.zanzibar.meaning import Meaning
from blastradius.systems.zanzibar.names import Names, condition_text
from blastradius.systems.zanzibar.objects import (
    Arrow,
    Computed,
    Direct,
    Exclusion,
    Intersection,
    Itself,
    Nothing,
    Relation,
    Relationship,
    Schema,
    Union,
    type_of,
)
from blastradius.systems.zanzibar.populated import Place, Populated, Tree

KNOWN = "/known"
"""Ends the id of a group without those whom only a wildcard reaches."""


@dataclass(frozen=True, slots=True)
class _Member:
    """Somebody in a relation.

    Attributes:
        place: A relation of an object; None when `id` says who it is.
        id: A principal or a group that is there already.
    """

    place: Place | None
    id: str
    when: str | None
    source: Source


class Groups:
    """Makes groups as they are asked for.

    Attributes:
        principals, groups: Those that were made.
    """

    def __init__(
        self,
        schema: Schema,
        relationships: Sequence[Relationship],
        meaning: Meaning,
        rules: Rules,
        known: Mapping[str, Source],
        emptied: Iterable[Place],
    ) -> None:
        """Prepare.

        Args:
            schema: The model.
            relationships: The tuples that count.
            meaning: Which types are principals.
            rules: Whose wildcards reach people outside.
            known: Objects of either side that may be principals, with where they are named on this one.
            emptied: See `Populated`.
        """
        self._schema = schema
        self._meaning = meaning
        self._rules = rules
        self._names = Names(schema.dialect)
        self.principals: dict[str, Principal] = {}
        self.groups: dict[str, Group] = {}
        self._ids: dict[str, str] = {}
        self._by_type: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(known):
            self._add_principal(name, known[name])
        self.filled = Populated(schema, relationships, meaning.kinds.keys(), self._ids, emptied=emptied)
        self._tuples: defaultdict[Place, list[Relationship]] = defaultdict(list)
        for one in relationships:
            self._tuples[(one.object, one.relation)].append(one)
        self._conditions = dict(schema.conditions)
        self._texts: dict[tuple[str, str, str], str | None] = {}
        # Where a wildcard reaches people whom nothing lists; most places have none, and many stores have no wildcard.
        reaching = relationships if any(one.is_wildcard for one in relationships) else ()
        self._wild = Populated(schema, reaching, meaning.kinds.keys(), (), only_wildcards=True)
        self._waiting: list[tuple[Place, Tree, bool]] = []
        self._asked: set[str] = set()

    def _add_principal(self, name: str, source: Source) -> None:
        kind = self._meaning.kinds.get(type_of(name))
        if kind is None:
            return
        principal = self._names.principal(name, kind)
        self._ids[name] = principal
        self._by_type[type_of(name)].append(principal)
        self.principals[principal] = Principal(principal, kind, source=source)

    def whom(self, place: Place) -> Entry:
        """Say who stands in a relation that holds somebody: a principal or a group, perhaps under a condition."""
        place = self._same(place)
        relation = self._relation(place)
        members = self._first_two(place, relation)
        if members is not None and len(members) == 1:
            (one,) = members
            subject = one.id if one.place is None else self._group(self._same(one.place))
            return Entry(subject, one.when, one.source if one.source.file else relation.source)
        return Entry(self._group(place), None, relation.source)

    def finish(self) -> None:
        """Make every group that was asked for, and those they need."""
        while self._waiting:
            place, tree, known = self._waiting.pop()
            group = self._build(place, tree, known)
            self.groups[group.id] = group

    # Which group

    def _relation(self, place: Place) -> Relation:
        return self._schema.types[type_of(place[0])].relations[place[1]]

    def _tree(self, place: Place) -> Tree:
        return self.filled.trees[(type_of(place[0]), place[1])]

    def _same(self, place: Place) -> Place:
        """Follow relations that are just another one of the same object."""
        while True:
            parts = self.filled.parts(place, self._tree(place))
            if len(parts) != 1 or not isinstance(parts[0].expression, Computed):
                return place
            place = (place[0], parts[0].expression.relation)

    def _first_two(self, place: Place, relation: Relation) -> list[_Member] | None:
        """Give up to two of who stands in a relation; None when it is more than a list of them."""
        parts = self.filled.parts(place, self._tree(place))
        found: list[_Member] = []
        for part in parts:
            if self._is_narrow(part):
                return None
            for member in self._members(place, part, relation.source, known=False):
                found.append(member)
                if len(found) > 1:
                    return found
        return found

    @staticmethod
    def _is_narrow(tree: Tree) -> bool:
        expression = tree.expression
        return isinstance(expression, Intersection | Exclusion) or (isinstance(expression, Arrow) and expression.every)

    def _group(self, place: Place, tree: Tree | None = None, *, known: bool = False) -> str:
        """Name the group of a relation or of a part of its expression, and see that it will be made.

        Args:
            place: The relation of an object.
            tree: The part; all of its expression when None.
            known: True to leave out whom a wildcard reaches and nothing lists.
        """
        tree = tree or self._tree(place)
        known = known and self._wild.holds(place, tree)
        group = self._names.group(*place, tree.number) + (KNOWN if known else "")
        if group not in self._asked:
            self._asked.add(group)
            self._waiting.append((place, tree, known))
        return group

    def _asked_of(self, place: Place, tree: Tree, source: Source, *, known: bool) -> Entry:
        """Name the group of an expression where it is asked about: that of a relation, or one of its own."""
        if isinstance(tree.expression, Computed):
            other = self._same((place[0], tree.expression.relation))
            return Entry(self._group(other, known=known), None, source)
        return Entry(self._group(place, tree, known=known), None, source)

    # What is in it

    def _build(self, place: Place, tree: Tree, known: bool) -> Group:
        name = self._names.group(*place, tree.number) + (KNOWN if known else "")
        source = self._relation(place).source
        if isinstance(tree.expression, Direct):
            first = self._tuples.get(place)
            source = first[0].source if first else source
        if not self.filled.holds(place, tree):  # it leaves somebody out on the other side
            return Group(name, source=source)
        match tree.expression:
            case Intersection() | Exclusion():
                return self._narrow(name, place, tree, source, known=known)
            case Arrow(link, target, every=True):
                return self._every(name, place, link, target, source, known=known)
            case _:
                return Group(name, self._entries(place, tree, source, known=known), source=source)

    def _narrow(self, name: str, place: Place, tree: Tree, source: Source, *, known: bool) -> Group:
        """Make the group of an intersection or an exclusion.

        NOTE: Where a group is asked about that holds people whom nothing lists, everybody may be one of them, and the
        answer is a condition. When all in the base are listed, those lists alone can answer, and do so for certain.
        """
        base, *others = tree.parts
        if isinstance(tree.expression, Intersection):
            base = next((part for part in tree.parts if not self._wild.holds(place, part)), base)
            others = [part for part in tree.parts if part is not base]
        known = known or not self._wild.holds(place, base)
        members = self._entries(place, base, source, known=known)
        asked = tuple(
            self._asked_of(place, part, source, known=known) for part in others if self.filled.asks(place, part)
        )
        if isinstance(tree.expression, Intersection):
            return Group(name, members, all_of=asked, source=source)
        return Group(name, members, but_not=asked, source=source)

    def _entries(self, place: Place, tree: Tree, source: Source, *, known: bool) -> tuple[Entry, ...]:
        """List who is in a union, without saying the same twice."""
        entries: dict[tuple[str, str | None], Entry] = {}
        for part in self.filled.parts(place, tree):
            if self._is_narrow(part):
                entry = Entry(self._group(place, part, known=known), None, source)
                entries.setdefault((entry.id, None), entry)
                continue
            for member in self._members(place, part, source, known=known):
                subject = member.id if member.place is None else self._group(self._same(member.place), known=known)
                entry = Entry(subject, member.when, member.source)
                entries.setdefault((entry.id, entry.when), entry)
        return tuple(entries.values())

    def _members(self, place: Place, tree: Tree, source: Source, *, known: bool) -> Iterator[_Member]:
        match tree.expression:
            case Direct():
                yield from self._named(place, known=known)
            case Computed(relation):
                other = (place[0], relation)
                if other in self.filled:
                    yield _Member(other, "", None, source)
            case Arrow(link, target):
                for one in self._tuples.get((place[0], link), ()):
                    other = (one.subject, target)
                    if other in self.filled:
                        yield _Member(other, "", self._when(one), one.source)
            case Itself():
                if place[0] in self._ids:
                    yield _Member(None, self._ids[place[0]], None, source)
            case Nothing() | Union() | Intersection() | Exclusion():
                pass

    def _named(self, place: Place, *, known: bool) -> Iterator[_Member]:
        """List whom the tuples of a relation name."""
        for one in self._tuples.get(place, ()):
            if one.subject_relation:
                other = (one.subject, one.subject_relation)
                if other in self.filled:
                    yield _Member(other, "", self._when(one), one.source)
            elif one.is_wildcard:
                if type_of(one.subject) in self._meaning.kinds:
                    everybody = self._everybody(type_of(one.subject), known=known)
                    yield _Member(None, everybody, self._when(one), one.source)
            elif one.subject in self._ids:
                yield _Member(None, self._ids[one.subject], self._when(one), one.source)

    def _every(self, name: str, place: Place, link: str, target: str, source: Source, *, known: bool) -> Group:
        """Make the group of those who stand in a relation of all objects that a link leads to.

        NOTE: A tuple that has ended asks nothing of anybody any more, while one whose caveat is not met lets nobody
        through. So what is asked about an object is: to be in its relation, or the tuple to have ended.
        """
        tuples = [one for one in self._tuples.get((place[0], link), ()) if not one.is_wildcard]
        members: dict[tuple[str, str | None], Entry] = {}
        asked: list[Entry] = []
        for number, one in enumerate(tuples):
            other = (one.subject, target)
            part = f"{name}/{number + 1}"
            entries: list[Entry] = []
            if other in self.filled:
                entry = Entry(self._group(self._same(other), known=known), self._when(one), one.source)
                entries.append(entry)
                members.setdefault((entry.id, entry.when), entry)
            if one.expires:
                entries.append(Entry(PUBLIC, f"not (before {one.expires})", one.source))
            self.groups[part] = Group(part, tuple(entries), source=one.source)
            asked.append(Entry(part, None, one.source))
        return Group(name, tuple(members.values()), all_of=tuple(asked), source=source)

    def _when(self, one: Relationship) -> str | None:
        if not one.condition and not one.expires:
            return None
        key = (one.condition, one.context, one.expires)
        if key not in self._texts:
            self._texts[key] = condition_text(one, self._conditions)
        return self._texts[key]

    def _everybody(self, type_name: str, *, known: bool) -> str:
        """Name the group of everybody of a type: all who are listed and, unless left out, those whom nothing lists."""
        name = self._names.everybody(type_name) + (KNOWN if known else "")
        if name not in self.groups:
            entries = tuple(Entry(principal) for principal in self._by_type.get(type_name, ()))
            external = type_name in self._rules.external and not known
            self.groups[name] = Group(name, entries, unlisted=not known, external=external, source=NOWHERE)
        return name


def without_circles(groups: dict[str, Group], inside: Iterable[tuple[str, frozenset[str]]]) -> list[tuple[Group, str]]:
    """Break circles of groups that leave themselves out, which have no meaning.

    Whoever such a group leaves out is made a condition: then nobody is in it for certain, and nobody is out of it.

    Args:
        groups: Changed in place.
        inside: Groups with the ids that stand on a circle with them.

    Returns:
        The groups that were changed, each with what it left out.
    """
    changed: list[tuple[Group, str]] = []
    for name, circle in inside:
        group = groups[name]
        left = sorted(entry.id for entry in group.but_not if entry.id in circle)
        if not left:
            continue
        rest = tuple(entry for entry in group.but_not if entry.id not in circle)
        base = replace(group, id=f"{name}/base", but_not=rest)
        when = " and ".join(f"not in {other}" for other in left)
        groups[base.id] = base
        groups[name] = Group(name, (Entry(base.id, when, group.source),), source=group.source)
        changed.append((group, left[0]))
    return changed
