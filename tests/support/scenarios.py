"""Scenarios: a snapshot, a change and what must come out, in one YAML document."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from blastradius.documents import parse, read_files
from blastradius.model.assessment import Assessment
from blastradius.pipeline import Request, check

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
FIELDS = {"title", "snapshot", "change", "after", "policy", "strict", "author", "as_of", "expect", "rated", "incident"}
AS_OF = "2026-03-18T12:00:00Z"
FORMATS = {"snapshot": "snapshot/1", "after": "snapshot/1", "change": "change/1", "policy": "policy/1"}


@dataclass(frozen=True, slots=True)
class Scenario:
    """One document of a file in the folder of scenarios.

    Attributes:
        name: Path below the folder, and which of its documents this is.
        base: Where paths in the document start from.
        fields: The document.
    """

    name: str
    base: Path
    fields: dict[str, Any]

    @property
    def expect(self) -> dict[str, Any]:
        """What must come out."""
        return dict(self.fields["expect"])

    def judge(self, folder: Path, *, strict: bool | None = None, reference: bool = False) -> Assessment:
        """Run it as `blastradius check` would.

        Args:
            folder: Takes the parts that are written in the document itself.
            strict: Overrides whether the strict policy is asked for.
            reference: True to let the reference engine compare.
        """
        paths = {part: self._path(part, folder) for part in FORMATS if part in self.fields}
        request = Request(
            snapshots=(paths["snapshot"],),
            changes=(paths["change"],) if "change" in paths else (),
            after=(paths["after"],) if "after" in paths else (),
            policy=paths.get("policy"),
            strict=bool(self.fields.get("strict", False)) if strict is None else strict,
            author=self.fields.get("author"),
            as_of=datetime.fromisoformat(self.fields.get("as_of", AS_OF)).astimezone(UTC),
            reference=reference,
            stdin=lambda: b"",
        )
        return check(request).assessment

    def _path(self, part: str, folder: Path) -> str:
        value = self.fields[part]
        if isinstance(value, str) and "\n" not in value:
            return str(self.base / value)
        written = folder / f"{part}.yaml"
        if isinstance(value, str):
            written.write_text(value, encoding="utf-8")
        else:
            content = {"format": f"blastradius.{FORMATS[part]}", **value}
            written.write_text(json.dumps(content), encoding="utf-8")
        return str(written)


def scenarios(below: str = "") -> list[Scenario]:
    """Read all scenarios, or those below one folder, sorted by path."""
    found = []
    for path in sorted((FOLDER / below).rglob("*.yaml")):
        documents = parse(read_files([str(path)])[0])
        for number, document in enumerate(documents, start=1):
            name = str(path.relative_to(FOLDER).with_suffix(""))
            if len(documents) > 1:
                name += f"-{number}"
            assert isinstance(document.value, dict), path
            found.append(Scenario(name, path.parent, dict(document.value)))
    return found
