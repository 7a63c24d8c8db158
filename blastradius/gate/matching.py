"""Reading how a policy recognises the class of a resource."""

from blastradius.documents import LinedMap, quoted
from blastradius.gate.reading import Reading
from blastradius.model.policy import ClassifyRule, DataClass, Match

_RULE_FIELDS = ("class", "match")
_MATCH_FIELDS = ("id", "kind", "labels", "not")
_NESTING_MAX = 5


def read_classify(reading: Reading, document: LinedMap, classes: dict[str, DataClass]) -> tuple[ClassifyRule, ...]:
    """Read the classification rules, which may name only known classes."""
    rules = []
    for _, _, fields in reading.mappings(document, "classify"):
        reading.known_fields(fields, _RULE_FIELDS)
        name = reading.choice(fields, "class", classes) if reading.needed(fields, "class", "the rule") else None
        match = _match(reading, fields, "match") if reading.needed(fields, "match", "the rule") else None
        if name is not None and match is not None:
            rules.append(ClassifyRule(name, match))
    return tuple(rules)


def _match(reading: Reading, container: LinedMap, key: str, depth: int = 0) -> Match | None:
    fields = reading.mapping(container, key)
    if fields is None:
        return None
    if depth > _NESTING_MAX:
        reading.report(container, key, f"`not` is nested more than {_NESTING_MAX} times", "write the rule more plainly")
        return None
    reading.known_fields(fields, _MATCH_FIELDS)
    if key == "not" and not fields:
        reading.report(container, key, "an empty `not` leaves out everything, so the rule can never match")
    return Match(
        ids=reading.texts(fields, "id") if "id" in fields else (),
        kinds=_kinds(reading, fields) if "kind" in fields else (),
        labels=_labels(reading, fields) if "labels" in fields else (),
        without=_match(reading, fields, "not", depth + 1) if "not" in fields else None,
    )


def _kinds(reading: Reading, fields: LinedMap) -> tuple[str, ...]:
    kinds = reading.texts(fields, "kind")
    for kind in kinds:
        if ":" in kind:
            message = f"the kind {quoted(kind)} can never match: a kind ends before the colon of the id"
            reading.report(fields, "kind", message, "use `id` for patterns with a colon")
    return kinds


def _labels(reading: Reading, fields: LinedMap) -> tuple[tuple[str, tuple[str, ...]], ...]:
    labels = reading.mapping(fields, "labels")
    if labels is None:
        return ()
    if not labels:
        reading.report(fields, "labels", "`labels` is empty", "name a label, or leave the field out")
    return tuple((name, reading.texts(labels, name)) for name in sorted(labels))
