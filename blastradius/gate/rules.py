"""Reading the gate rules: when something holds, what is asked for."""

from collections.abc import Collection
from enum import StrEnum
from typing import TypeVar

from blastradius.documents import LinedMap, quoted
from blastradius.gate.reading import Reading
from blastradius.model.assessment import AUDIENCES, FINDING_RULES, AuthorKind, Decision, Level
from blastradius.model.delta import GAINS, AccessChange
from blastradius.model.policy import GateRule, When
from blastradius.model.snapshot import CAPABILITIES

FAIL_ON = "--fail-on"
"""Stands for a rule id where the command line adds a block."""

_FIELDS = ("id", "when", "then")
_WHEN_FIELDS = (
    "class",
    "capability",
    "change",
    "audience",
    "principals_over",
    "resources_over",
    "severity",
    "author",
    "finding",
)
_PLAIN = tuple(str(decision) for decision in (Decision.PASS, Decision.WARN, Decision.BLOCK))
_Word = TypeVar("_Word", bound=StrEnum)


def read_gate(reading: Reading, document: LinedMap, classes: Collection[str]) -> tuple[GateRule, ...]:
    """Read the gate rules, which may name only what can occur."""
    rules: list[GateRule] = []
    seen: set[str] = set()
    for items, position, fields in reading.mappings(document, "gate"):
        reading.known_fields(fields, _FIELDS)
        name = reading.text(fields, "id") if reading.needed(fields, "id", "the gate rule") else None
        if name is not None and (name in seen or name == FAIL_ON):
            reason = "is reserved" if name == FAIL_ON else "is there twice"
            reading.report(fields, "id", f"the gate rule {quoted(name)} {reason}", "give it another id")
        seen.add(name or "")
        when = _when(reading, fields, classes) if reading.needed(fields, "when", "the gate rule") else None
        then = _then(reading, fields) if reading.needed(fields, "then", "the gate rule") else None
        if name is not None and when is not None and then is not None:
            rules.append(GateRule(name, when, *then, source=reading.document.at(items, position)))
    return tuple(rules)


def _when(reading: Reading, rule: LinedMap, classes: Collection[str]) -> When | None:
    fields = reading.mapping(rule, "when")
    if fields is None:
        return None
    reading.known_fields(fields, _WHEN_FIELDS)

    def chosen(key: str, known: Collection[str]) -> frozenset[str]:
        return reading.choices(fields, key, known) if key in fields else frozenset()

    severity = reading.choice(fields, "severity", list(Level)) if "severity" in fields else None
    return When(
        classes=chosen("class", classes),
        capabilities=frozenset(CAPABILITIES[name] for name in chosen("capability", CAPABILITIES)),
        changes=_words(AccessChange, chosen("change", list(AccessChange))) or GAINS,
        names_change="change" in fields,
        audiences=chosen("audience", AUDIENCES),
        principals_over=reading.count(fields, "principals_over") if "principals_over" in fields else None,
        resources_over=reading.count(fields, "resources_over") if "resources_over" in fields else None,
        severity=None if severity is None else Level(severity),
        authors=_words(AuthorKind, chosen("author", list(AuthorKind))),
        findings=chosen("finding", FINDING_RULES),
    )


def _words(kind: type[_Word], names: Collection[str]) -> frozenset[_Word]:
    return frozenset(kind(name) for name in names)


def _then(reading: Reading, rule: LinedMap) -> tuple[Decision, int] | None:
    value = rule["then"]
    if isinstance(value, LinedMap):
        reading.known_fields(value, (str(Decision.APPROVE),))
        if not reading.needed(value, str(Decision.APPROVE), "`then`"):
            return None
        approvals = reading.count(value, str(Decision.APPROVE), low=1)
        return None if approvals is None else (Decision.APPROVE, approvals)
    if value == Decision.APPROVE:
        reading.report(rule, "then", "`approve` needs a number", "write `{approve: 1}`")
        return None
    word = reading.choice(rule, "then", _PLAIN)
    return None if word is None else (Decision(word), 0)
