"""Write a company as a native snapshot: one JSON document, or JSON Lines with one entity a line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

import numpy as np
from company import CLASSES, ROLES, Company, Ints

FORMAT = "blastradius.snapshot/1"
CHUNK = 200_000
"""So many resources are turned into text at once: memory stays small at ten million."""

Entity = tuple[str, str]
"""An id, and its fields as JSON without the braces; empty when there are none."""


def names(company: Company) -> list[str]:
    """Name all subjects, in the order of their numbers."""
    kinds = zip(("user:u", "service:s", "agent:a", "role:r"), company.counts, strict=True)
    found = [f"{kind}{number}" for kind, count in kinds for number in range(count)]
    found += [f"group:g{number}" for number in range(company.groups)]
    return [*found, "everyone"]


def write_lines(company: Company, out: TextIO) -> None:
    """Write one entity a line, after a line that says what this is."""
    out.write(json.dumps({"format": FORMAT, "system": "benchmark"}) + "\n")
    out.writelines(json.dumps({"role": name, "actions": actions}) + "\n" for name, actions in ROLES.items())
    for section, entities in _sections(company):
        out.writelines(f'{{"{section[:-1]}": "{name}"{", " * bool(fields)}{fields}}}\n' for name, fields in entities)
    out.writelines(f'{{"grant": {grant}}}\n' for grant in _grants(company))


def write_document(company: Company, out: TextIO) -> None:
    """Write a single JSON document."""
    out.write(f'{{"format": "{FORMAT}", "system": "benchmark",\n"roles": {json.dumps(ROLES)},\n')
    for section, entities in _sections(company):
        _joined(out, f'"{section}": {{\n', (f'"{name}": {{{fields}}}' for name, fields in entities), "},\n")
    _joined(out, '"grants": [\n', _grants(company), "]}\n")


def write_yaml(company: Company, out: TextIO) -> None:
    """Write block YAML as people do, for small companies."""
    out.write(f"format: {FORMAT}\nsystem: benchmark\nroles:\n")
    out.writelines(f"  {name}: [{', '.join(actions)}]\n" for name, actions in ROLES.items())
    for section, entities in _sections(company):
        out.write(f"{section}:\n")
        out.writelines(f'  "{name}": {{{fields}}}\n' for name, fields in entities)
    out.write("grants:\n")
    out.writelines(f"  - {grant}\n" for grant in _grants(company))


def _joined(out: TextIO, before: str, lines: Iterable[str], after: str) -> None:
    out.write(before)
    out.writelines(f",\n{line}" if number else line for number, line in enumerate(lines))
    out.write("\n" + after)


def _sections(company: Company) -> Iterator[tuple[str, Iterator[Entity]]]:
    subjects = names(company)
    yield "principals", _principals(company, subjects)
    yield "groups", _groups(company, subjects)
    yield "resources", _resources(company)


def _principals(company: Company, subjects: list[str]) -> Iterator[Entity]:
    by = _lists(company.acting[:, 0], company.acting[:, 1])
    for number, external in enumerate(company.external.tolist()):
        fields: dict[str, Any] = {"external": True} if external else {}
        if number in by:
            fields["assumable_by"] = [subjects[one] for one in by[number]]
        yield subjects[number], json.dumps(fields)[1:-1]


def _groups(company: Company, subjects: list[str]) -> Iterator[Entity]:
    members = _lists(company.members[:, 1], company.members[:, 0])
    for group in range(company.principals, company.everyone):
        inside = ", ".join(f'"{subjects[one]}"' for one in members.get(group, ()))
        yield subjects[group], f'"members": [{inside}]'


def _lists(keys: Ints, values: Ints) -> dict[int, list[int]]:
    """Gather the values of each key, in their order."""
    order = np.argsort(keys, kind="stable")
    found, starts = np.unique(keys[order], return_index=True)
    return {
        key: part.tolist() for key, part in zip(found.tolist(), np.split(values[order], starts[1:]), strict=True)
    }  # fmt: skip


def _resources(company: Company) -> Iterator[Entity]:
    for start in range(0, len(company.parent), CHUNK):
        part = slice(start, start + CHUNK)
        parents = company.parent[part].tolist()
        usual = (company.inherits[part] & (company.stated[part] < 0) & (company.parent[part] >= 0)).tolist()
        for number, (parent, is_usual) in enumerate(zip(parents, usual, strict=True), start):
            if is_usual:
                yield f"drive:{number}", f'"in": "drive:{parent}"'
            else:
                yield f"drive:{number}", _fields(company, number, parent)


def _fields(company: Company, number: int, parent: int) -> str:
    fields: dict[str, Any] = {"in": f"drive:{parent}"} if parent >= 0 else {}
    if not company.inherits[number]:
        fields["inherit"] = False
    if company.stated[number] >= 0:
        fields["class"] = CLASSES[company.stated[number]]
    return json.dumps(fields)[1:-1]


def _grants(company: Company) -> Iterator[str]:
    subjects, roles = names(company), tuple(ROLES)
    for start in range(0, len(company.grants), CHUNK):
        for subject, role, resource, deny in company.grants[start : start + CHUNK].tolist():
            effect = ', "effect": "deny"' if deny else ""
            yield f'{{"to": "{subjects[subject]}", "role": "{roles[role]}", "on": "drive:{resource}"{effect}}}'
