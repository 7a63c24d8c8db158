"""Which tuples a model lets count.

Source: OpenFGA filters tuples that do not fit the model when it answers; SpiceDB refuses to write them (2026).
"""

from collections.abc import Iterable

from blastradius.documents import quoted
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.objects import WILDCARD, Dialect, Relationship, Schema, type_of

_SHOWN_MAX = 20


def fitting(schema: Schema, relationships: Iterable[Relationship], notes: Notes) -> list[Relationship]:
    """Give the tuples that count.

    Args:
        schema: The model; any tuple fits one that is not known.
        relationships: All tuples.
        notes: Takes what does not fit: of OpenFGA one line for all of it, since it leaves such tuples out; of SpiceDB
            errors, since it cannot hold them.
    """
    if schema.open:
        return list(relationships)
    forms = _forms(schema)
    found: list[Relationship] = []
    without: list[Relationship] = []
    for one in relationships:
        subject = WILDCARD if one.is_wildcard else one.subject_relation
        form = (type_of(one.object), one.relation, type_of(one.subject), subject, one.condition, bool(one.expires))
        (found if form in forms else without).append(one)
    if without:
        _report(schema, without, notes)
    return found


def _forms(schema: Schema) -> set[tuple[str, str, str, str, str, bool]]:
    return {
        (
            kind,
            relation.name,
            allowed.type,
            WILDCARD if allowed.wildcard else allowed.relation,
            allowed.condition,
            allowed.expires,
        )
        for kind, one in schema.types.items()
        for relation in one.relations.values()
        for allowed in relation.allowed
    }


def _report(schema: Schema, without: list[Relationship], notes: Notes) -> None:
    if schema.dialect is Dialect.SPICEDB:
        for one in without[:_SHOWN_MAX]:
            notes.error(one.source, f"the schema does not allow {quoted(one)}", _why(schema, one))
        return
    first = without[0]
    number = "a tuple does" if len(without) == 1 else f"{len(without)} tuples do"
    message = f"{number} not fit the model, and OpenFGA leaves such out: {quoted(first)}"
    hint = _why(schema, first)
    notes.not_understood(first.source, message, f"{hint}; is this the model that is in force?")


def _why(schema: Schema, one: Relationship) -> str:
    kind = schema.types.get(type_of(one.object))
    if kind is None:
        return f"the model has no type {quoted(type_of(one.object))}"
    relation = kind.relations.get(one.relation)
    if relation is None:
        return f"{quoted(kind.name)} has no relation {quoted(one.relation)}"
    if not relation.stored:
        return f"{quoted(one.relation)} is computed, and no tuple can be written for it"
    same = [allowed for allowed in relation.allowed if allowed.type == type_of(one.subject)]
    if not same:
        return f"{quoted(one.relation)} takes no {quoted(type_of(one.subject))}"
    return f"{quoted(one.relation)} takes no {quoted(type_of(one.subject))} of this form or with this condition"
