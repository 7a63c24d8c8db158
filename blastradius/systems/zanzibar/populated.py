"""Which relations of which objects hold anybody at all, so that facts are made of no others.

Every (object, relation) has a number for each part of its expression (`Tree`), and the parts that hold somebody are
bits of one integer. What holds somebody is found from the tuples upwards, each step once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from blastradius.systems.zanzibar.objects import (
    Arrow,
    Computed,
    Direct,
    Exclusion,
    Expression,
    Intersection,
    Itself,
    Nothing,
    Relationship,
    Schema,
    Union,
    type_of,
)
from blastradius.systems.zanzibar.schema import parts_of

Place = tuple[str, str]
"""An object and one of its relations."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An expression whose parts are numbered, each before its own parts.

    Attributes:
        number: Its place in the order.
        parts: As in the expression.
    """

    number: int
    expression: Expression
    parts: tuple["Tree", ...]


def numbered(expression: Expression, number: int = 0) -> Tree:
    """Number the parts of an expression."""
    parts: list[Tree] = []
    following = number + 1
    for part in parts_of(expression):
        parts.append(numbered(part, following))
        following = _last(parts[-1]) + 1
    return Tree(number, expression, tuple(parts))


def _last(tree: Tree) -> int:
    while tree.parts:
        tree = tree.parts[-1]
    return tree.number


class Populated:
    """What holds somebody.

    Attributes:
        trees: (type, relation) to its numbered expression.
    """

    def __init__(
        self,
        schema: Schema,
        relationships: Iterable[Relationship],
        subjects: Collection[str],
        itself: Iterable[str],
        *,
        only_wildcards: bool = False,
        emptied: Iterable[Place] = (),
    ) -> None:
        """Find it.

        Args:
            schema: The model.
            relationships: Those that fit it.
            subjects: Types whose objects are principals.
            itself: Objects of types that are principals, for expressions that mean the object itself.
            only_wildcards: True to ask where those are whom no tuple names.
            emptied: Places that have tuples on the other side of a comparison and none on this one.
        """
        self.trees: dict[tuple[str, str], Tree] = {
            (name, relation.name): numbered(relation.expression)
            for name, one in schema.types.items()
            for relation in one.relations.values()
        }
        self._masks: defaultdict[Place, int] = defaultdict(int)
        self._filled: set[Place] = set()
        # Very many objects have the same parts filled, so what follows from that is worked out once for all of them.
        self._parts: dict[tuple[int, int, int], tuple[Tree, ...]] = {}
        self._emptied: defaultdict[Place, int] = defaultdict(int)
        self._waiting: list[Place] = []
        uses = _Uses(self.trees)
        self._uses = uses
        self._by_userset: defaultdict[Place, list[Place]] = defaultdict(list)
        self._by_link: defaultdict[str, dict[tuple[str, str], list[str]]] = defaultdict(dict)
        for one in relationships:
            self._add(one, subjects if one.is_wildcard or not only_wildcards else ())
        for name in itself:
            for relation, number in uses.itself.get(type_of(name), ()):
                self._mark((name, relation), number)
        while self._waiting:
            self._spread(self._waiting.pop())
        self._note_emptied(emptied)

    def __contains__(self, place: Place) -> bool:
        return place in self._filled

    def holds(self, place: Place, tree: Tree) -> bool:
        """Tell whether a part of the expression of a place holds somebody."""
        return _holds(tree, self._masks.get(place, 0))

    def asks(self, place: Place, part: Tree) -> bool:
        """Tell whether somebody may be left out by a part, on this side or on the other one.

        So an exclusion stands on both sides when it leaves somebody out on one, and who is let in again by that can be
        told from the two.
        """
        return self.holds(place, part) or _touches(part, self._emptied.get(place, 0))

    def parts(self, place: Place, tree: Tree) -> tuple[Tree, ...]:
        """Take a union apart into the parts that hold somebody; what leaves nobody out is its base."""
        mask, emptied = self._masks.get(place, 0), self._emptied.get(place, 0)
        key = (id(tree), mask, emptied)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = tuple(_parts(tree, mask, emptied))
        return found

    def _note_emptied(self, places: Iterable[Place]) -> None:
        waiting = [
            ((name, other), number)
            for name, relation in places
            for other, number in self._uses.leaves_over(type_of(name), relation)
        ]
        while waiting:
            place, number = waiting.pop()
            if not self._emptied[place] >> number & 1:
                self._emptied[place] |= 1 << number
                users = self._uses.computed.get((type_of(place[0]), place[1]), ())
                waiting.extend(((place[0], other), its) for other, its in users)

    def _add(self, one: Relationship, subjects: Collection[str]) -> None:
        kind = type_of(one.object)
        place = (one.object, one.relation)
        if one.subject_relation:
            self._by_userset[(one.subject, one.subject_relation)].append(place)
        elif type_of(one.subject) in subjects:
            for number in self._uses.direct.get((kind, one.relation), ()):
                self._mark(place, number)
        link = (kind, one.relation)
        if link in self._uses.links and not one.is_wildcard:
            self._by_link[one.subject].setdefault(link, []).append(one.object)

    def _mark(self, place: Place, number: int) -> None:
        before = self._masks[place]
        after = before | 1 << number
        if after == before:
            return
        self._masks[place] = after
        if place not in self._filled and _holds(self.trees[(type_of(place[0]), place[1])], after):
            self._filled.add(place)
            self._waiting.append(place)

    def _spread(self, place: Place) -> None:
        name, relation = place
        for other, number in self._uses.computed.get((type_of(name), relation), ()):
            self._mark((name, other), number)
        for target in self._by_userset.get(place, ()):
            for number in self._uses.direct.get((type_of(target[0]), target[1]), ()):
                self._mark(target, number)
        for link, objects in self._by_link.get(name, {}).items():
            for other, number in self._uses.links[link].get(relation, ()):
                for linked in objects:
                    self._mark((linked, other), number)


class _Uses:
    """Where relations are used, so that nothing has to be searched for.

    Attributes:
        direct: (type, relation) to the parts that tuples fill.
        computed: (type, relation) to the (relation, part) of the same type that use it.
        links: (type, link) to target relation to the (relation, part) that follow the link to it.
        itself: Type to the (relation, part) that mean the object itself.
    """

    def __init__(self, trees: Mapping[tuple[str, str], Tree]) -> None:
        self.direct: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self.computed: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
        self.links: dict[tuple[str, str], dict[str, list[tuple[str, int]]]] = {}
        self.itself: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for (kind, relation), tree in trees.items():
            waiting: list[Tree] = [tree]
            while waiting:
                one = waiting.pop()
                waiting.extend(one.parts)
                self._note(kind, relation, one)

    def leaves_over(self, kind: str, relation: str) -> Iterator[tuple[str, int]]:
        """List the parts, with their relations, that the tuples of a relation fill."""
        yield from ((relation, number) for number in self.direct.get((kind, relation), ()))
        for users in self.links.get((kind, relation), {}).values():
            yield from users

    def _note(self, kind: str, relation: str, tree: Tree) -> None:
        match tree.expression:
            case Direct():
                self.direct[(kind, relation)].append(tree.number)
            case Computed(name):
                self.computed[(kind, name)].append((relation, tree.number))
            case Arrow(link, target):
                targets = self.links.setdefault((kind, link), {})
                targets.setdefault(target, []).append((relation, tree.number))
            case Itself():
                self.itself[kind].append((relation, tree.number))
            case Nothing() | Union() | Intersection() | Exclusion():
                pass


def _holds(tree: Tree, mask: int) -> bool:
    match tree.expression:
        case Union():
            return any(_holds(part, mask) for part in tree.parts)
        case Intersection():
            return all(_holds(part, mask) for part in tree.parts)
        case Exclusion():
            return _holds(tree.parts[0], mask)
        case _:
            return bool(mask >> tree.number & 1)


def _touches(tree: Tree, mask: int) -> bool:
    """Tell whether a bit stands for a part of an expression, or for the whole."""
    return bool(mask >> tree.number & (1 << (_last(tree) - tree.number + 1)) - 1)


def _parts(tree: Tree, mask: int, emptied: int) -> Iterator[Tree]:
    expression = tree.expression
    if isinstance(expression, Union):
        for part in tree.parts:
            yield from _parts(part, mask, emptied)
    elif isinstance(expression, Exclusion) and not any(
        _holds(other, mask) or _touches(other, emptied) for other in tree.parts[1:]
    ):
        yield from _parts(tree.parts[0], mask, emptied)
    elif _holds(tree, mask):
        yield tree
