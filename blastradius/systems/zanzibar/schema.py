"""A whole model out of the texts it is written in, held against itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from blastradius.documents import quoted
from blastradius.errors import did_you_mean
from blastradius.model.sources import NOWHERE, Source
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.fga_language import Module
from blastradius.systems.zanzibar.objects import (
    Allowed,
    Arrow,
    Computed,
    Condition,
    Dialect,
    Direct,
    Exclusion,
    Expression,
    Intersection,
    Itself,
    Nothing,
    Relation,
    Relationship,
    Schema,
    Type,
    Union,
    type_of,
)
from blastradius.systems.zanzibar.spicedb_language import Declared

_PARTIALS_MAX = 100


def schema_of_modules(modules: Sequence[Module], notes: Notes) -> Schema:
    """Put the modules of one OpenFGA model together.

    Args:
        modules: At least one.
        notes: Takes what contradicts itself.
    """
    types: dict[str, Type] = {}
    for declared in (one for module in modules for one in module.types):
        _put(types, declared, notes)
    for extension in (one for module in modules for one in module.extensions):
        base = types.get(extension.name)
        if base is None:
            message = f"the type {quoted(extension.name)} is extended and declared nowhere"
            notes.error(extension.source, message, did_you_mean(extension.name, sorted(types)))
            continue
        for relation in extension.relations.values():
            if relation.name in base.relations:
                message = f"the relation {quoted(relation.name)} of {quoted(base.name)} is defined twice"
                notes.error(relation.source, message, f"first in {base.relations[relation.name].source}")
        types[base.name] = Type(base.name, {**extension.relations, **base.relations}, base.source)
    conditions = _conditions((one for module in modules for one in module.conditions), notes)
    return _checked(Schema(Dialect.OPENFGA, types, conditions, source=_first(types)), notes)


def schema_of_declared(texts: Sequence[Declared], notes: Notes) -> Schema:
    """Put the texts of one SpiceDB schema together.

    Args:
        texts: At least one.
        notes: Takes what contradicts itself.
    """
    partials = {name: partial for text in texts for name, partial in text.partials.items()}
    taken_in = {name: names for text in texts for name, names in text.taken_in.items()}
    types: dict[str, Type] = {}
    for declared in (one for text in texts for one in text.types):
        relations = dict(declared.relations)
        for relation in _from_partials(declared.name, partials, taken_in, notes):
            relations.setdefault(relation.name, relation)
        _put(types, Type(declared.name, relations, declared.source), notes)
    conditions = _conditions((one for text in texts for one in text.conditions), notes)
    return _checked(Schema(Dialect.SPICEDB, types, conditions, source=_first(types)), notes)


def open_schema(dialect: Dialect, relationships: Iterable[Relationship]) -> Schema:
    """Make the model of tuples whose model is not known: every relation holds whom its tuples name."""
    relations: dict[str, dict[str, dict[Allowed, None]]] = {}
    places: dict[tuple[str, str], Source] = {}
    for one in relationships:
        kind = type_of(one.object)
        places.setdefault((kind, one.relation), one.source)
        subject = Allowed(type_of(one.subject), one.subject_relation, one.is_wildcard)
        relations.setdefault(kind, {}).setdefault(one.relation, {})[subject] = None
        kinds = relations.setdefault(subject.type, {})
        if one.subject_relation:
            kinds.setdefault(one.subject_relation, {})
    types = {
        kind: Type(
            kind,
            {
                name: Relation(name, Direct(), tuple(allowed), stored=True, source=places.get((kind, name), NOWHERE))
                for name, allowed in sorted(known.items())
            },
        )
        for kind, known in sorted(relations.items())
    }
    return Schema(dialect, types, {}, open=True)


def parts_of(expression: Expression) -> tuple[Expression, ...]:
    """List the expressions that one is made of."""
    match expression:
        case Union(parts) | Intersection(parts):
            return parts
        case Exclusion(base, without):
            return (base, *without)
        case _:
            return ()


def leaves_of(expression: Expression) -> Iterator[Expression]:
    """List what an expression is made of in the end."""
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        parts = parts_of(one)
        waiting.extend(parts)
        if not parts:
            yield one


def _first(types: Mapping[str, Type]) -> Source:
    return next((one.source for one in types.values()), NOWHERE)


def _put(types: dict[str, Type], declared: Type, notes: Notes) -> None:
    first = types.setdefault(declared.name, declared)
    if first is not declared:
        notes.error(declared.source, f"the type {quoted(declared.name)} is declared twice", f"first in {first.source}")


def _conditions(declared: Iterable[Condition], notes: Notes) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    for one in declared:
        first = found.setdefault(one.name, one)
        if first is not one:
            notes.error(one.source, f"the condition {quoted(one.name)} is declared twice", f"first in {first.source}")
    return found


def _from_partials(
    owner: str,
    partials: Mapping[str, Type],
    taken_in: Mapping[str, Sequence[tuple[str, Source]]],
    notes: Notes,
) -> Iterator[Relation]:
    waiting = list(taken_in.get(owner, ()))
    seen: set[str] = set()
    while waiting and len(seen) < _PARTIALS_MAX:
        name, source = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        partial = partials.get(name)
        if partial is None:
            notes.error(source, f"unknown partial {quoted(name)}", did_you_mean(name, sorted(partials)))
            continue
        yield from partial.relations.values()
        waiting.extend(taken_in.get(name, ()))


def _checked(schema: Schema, notes: Notes) -> Schema:
    """Report every name in a model that nothing has."""
    for one in schema.types.values():
        for relation in one.relations.values():
            _check_subjects(schema, relation, notes)
            for leaf in leaves_of(relation.expression):
                _check_leaf(schema, one, relation, leaf, notes)
    return schema


def _check_subjects(schema: Schema, relation: Relation, notes: Notes) -> None:
    for allowed in relation.allowed:
        kind = schema.types.get(allowed.type)
        if kind is None:
            hint = did_you_mean(allowed.type, sorted(schema.types))
            notes.error(allowed.source, f"unknown type {quoted(allowed.type)}", hint)
        elif allowed.relation and allowed.relation not in kind.relations:
            message = f"{quoted(allowed.type)} has no relation {quoted(allowed.relation)}"
            notes.error(allowed.source, message, did_you_mean(allowed.relation, sorted(kind.relations)))
        if allowed.condition and allowed.condition not in schema.conditions:
            hint = did_you_mean(allowed.condition, sorted(schema.conditions))
            notes.error(allowed.source, f"unknown condition {quoted(allowed.condition)}", hint)


def _check_leaf(schema: Schema, owner: Type, relation: Relation, leaf: Expression, notes: Notes) -> None:
    match leaf:
        case Computed(name):
            _check_name(owner, name, relation, notes)
        case Arrow(link, target):
            _check_name(owner, link, relation, notes)
            through = owner.relations.get(link)
            if through is not None and not through.stored:
                message = f"{quoted(link)} of {quoted(owner.name)} has no tuples that an arrow could follow"
                notes.error(relation.source, message, "name a relation that lists its subjects")
            elif through is not None and not _has_target(schema, through, target):
                message = f"no subject of {quoted(link)} has the relation {quoted(target)}"
                notes.error(relation.source, message)
        case Direct() | Itself() | Nothing() | Union() | Intersection() | Exclusion():
            pass


def _has_target(schema: Schema, link: Relation, target: str) -> bool:
    kinds = [schema.types[allowed.type] for allowed in link.allowed if allowed.type in schema.types]
    return not kinds or any(target in kind.relations for kind in kinds)


def _check_name(owner: Type, name: str, relation: Relation, notes: Notes) -> None:
    if name not in owner.relations:
        message = f"{quoted(owner.name)} has no relation {quoted(name)}"
        notes.error(relation.source, message, did_you_mean(name, sorted(owner.relations)))
