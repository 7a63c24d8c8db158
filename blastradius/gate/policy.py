"""Reading a policy: classes, how to recognise them, the numbers of the score, the gate.

Source: SPEC section 5, ``blastradius.policy/1``.
"""

from collections.abc import Sequence
from functools import cache
from types import MappingProxyType

from blastradius.documents import Document, LinedMap, parse, quoted, shortened
from blastradius.errors import PolicyError
from blastradius.gate.matching import read_classify
from blastradius.gate.numbers import read_severity
from blastradius.gate.reading import Reading, text_fault
from blastradius.gate.rules import read_gate
from blastradius.gate.shipped import shipped_policy
from blastradius.model.policy import UNCLASSIFIED, DataClass, Policy

FORMAT = "blastradius.policy/1"
_FIELDS = ("format", "classes", "classify", "severity", "gate", "limits")
_CLASS_FIELDS = ("sensitivity", "title")
_AGE = "snapshot_age_days"
_AGE_MAX = 36_500
UNCLASSIFIED_SENSITIVITY = 0.6
"""Sensitivity of what nothing classifies, unless the policy says otherwise."""


def load_policy(documents: Sequence[Document]) -> Policy:
    """Read a policy.

    Args:
        documents: Of one file; exactly one document is a policy.

    Returns:
        The policy. ``classes`` must be written; ``gate`` and ``limits`` are those of `policies/default.yaml` when they
        are left out; so are the rules of ``classify`` whose classes this policy has, and each number of ``severity``
        that is left out.

    Raises:
        PolicyError: With all problems of the document.
    """
    document = _the_one(documents)
    is_shipped = document.file.sha256 == shipped_policy("default").sha256
    return _load(document, None if is_shipped else _default())


@cache
def _default() -> Policy:
    return _load(_the_one(parse(shipped_policy("default"))), None)


def _the_one(documents: Sequence[Document]) -> Document:
    if len(documents) != 1:
        place = documents[1].at(None) if documents else None
        raise PolicyError.at(
            place, f"a policy is one document, not {len(documents)}", "give each policy a file of its own"
        )
    document = documents[0]
    value = document.value
    if not isinstance(value, LinedMap):
        raise PolicyError.at(document.at(None), "a policy is a mapping", f"begin it with `format: {FORMAT}`")
    stated = value.get("format")
    if stated is None:
        raise PolicyError.at(
            document.at(value), "this is no policy: it has no `format`", f"begin it with `format: {FORMAT}`"
        )
    if stated != FORMAT:
        raise PolicyError.at(
            document.at(value, "format"),
            f"{quoted(stated)} is no format of a policy that is known here",
            f"write `{FORMAT}`",
        )
    return document


def _load(document: Document, shipped: Policy | None) -> Policy:
    reading = Reading(document)
    value = document.value
    assert isinstance(value, LinedMap)
    reading.known_fields(value, _FIELDS)
    classes = _classes(reading, value)
    classify = shipped.classify if shipped else ()
    if shipped is None or "classify" in value:
        classify = read_classify(reading, value, classes) if reading.needed(value, "classify", "the policy") else ()
    severity = read_severity(reading, value, shipped.severity if shipped else None)
    gate = shipped.gate if shipped else ()
    if shipped is None or "gate" in value:
        gate = read_gate(reading, value, classes) if reading.needed(value, "gate", "the policy") else ()
    age = shipped.snapshot_age_days if shipped else None
    if "limits" in value:
        age = _age(reading, value)
    if reading.problems or severity is None:
        raise PolicyError(shortened(reading.problems))
    return Policy(
        classes=MappingProxyType(classes),
        classify=tuple(rule for rule in classify if rule.class_name in classes),
        severity=severity,
        gate=gate,
        snapshot_age_days=age,
    )


def _classes(reading: Reading, document: LinedMap) -> dict[str, DataClass]:
    classes: dict[str, DataClass] = {}
    section = reading.mapping(document, "classes") if reading.needed(document, "classes", "the policy") else None
    if section is None:
        return classes
    if not section:
        reading.report(document, "classes", "there must be a class", "write one as `user-data: {sensitivity: 1.0}`")
    for name in section:
        fault = text_fault(name)
        if fault is not None:
            reading.report(section, name, *fault)
            continue
        fields = reading.mapping(section, name)
        if fields is None:
            continue
        reading.known_fields(fields, _CLASS_FIELDS)
        known = reading.needed(fields, "sensitivity", f"the class {quoted(name)}")
        sensitivity = reading.number(fields, "sensitivity", 0, 1) if known else None
        title = reading.text(fields, "title") if "title" in fields else name
        # A class whose numbers are wrong is still known by name, so that nothing else complains about it.
        classes[name] = DataClass(name, float(sensitivity or 0), title or name, len(classes))
    if UNCLASSIFIED not in classes:
        classes[UNCLASSIFIED] = DataClass(UNCLASSIFIED, UNCLASSIFIED_SENSITIVITY, "Unclassified", len(classes))
    return classes


def _age(reading: Reading, document: LinedMap) -> float | None:
    limits = reading.mapping(document, "limits")
    if limits is None:
        return None
    reading.known_fields(limits, (_AGE,))
    return reading.number(limits, _AGE, 0, _AGE_MAX) if _AGE in limits else None
