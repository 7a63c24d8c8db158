"""Make a company of any size: skewed teams nested four to six deep, folders that nearly all inherit.

    python benchmarks/company.py M > m.json

The same seed and size give the same bytes. Everything is invented.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, TextIO


@dataclass(frozen=True, slots=True)
class Size:
    """How large a company is."""

    people: int
    groups: int
    resources: int
    grants: int


SIZES = {
    "S": Size(1_000, 200, 20_000, 400),
    "issue": Size(50_000, 8_000, 100_000, 10_000),
    "M": Size(50_000, 8_000, 1_000_000, 30_000),
    "L": Size(200_000, 40_000, 10_000_000, 1_000_000),
}
BREAKS = 0.01
DENIES = 0.02
GUESTS = 0.03


class Company:
    """Draws one company."""

    def __init__(self, size: Size, seed: int = 1) -> None:
        """Decide who reports to whom; the rest is drawn while it is written."""
        self.size = size
        self.rng = Random(seed)
        self.services = max(1, size.people // 20)
        self.roles = max(1, size.people // 200)
        # A tree of groups: each but the first reports to an earlier one, of a level above.
        self.parent = [0] * size.groups
        self.level = [0] * size.groups
        for number in range(1, size.groups):
            above = self.rng.randrange(max(1, number // 8))
            if self.level[above] >= 5:
                above = self.parent[above]
            self.parent[number] = above
            self.level[number] = self.level[above] + 1

    def _team(self) -> int:
        """Pick a team; a few are large and most are small."""
        return min(self.size.groups - 1, int(self.size.groups * self.rng.random() ** 2))

    def subject(self) -> str:
        """Pick whom a grant is for."""
        draw = self.rng.random()
        if draw < 0.75:
            return f"group:g{self._team()}"
        if draw < 0.9:
            return f"user:u{self.rng.randrange(self.size.people)}"
        return f"role:r{self.rng.randrange(self.roles)}"

    def principals(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Draw people, services and roles."""
        for number in range(self.size.people):
            yield f"user:u{number}", {"external": True} if self.rng.random() < GUESTS else {}
        for number in range(self.services):
            yield f"service:s{number}", {}
        for number in range(self.roles):
            yield f"role:r{number}", {"assumable_by": [f"group:g{self._team()}"]}

    def groups(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Draw groups with their people and the groups below them."""
        members: list[list[str]] = [[] for _ in range(self.size.groups)]
        for number in range(1, self.size.groups):
            members[self.parent[number]].append(f"group:g{number}")
        for number in range(self.size.people):
            for team in {self._team() for _ in range(1 + (self.rng.random() < 0.4) + (self.rng.random() < 0.2))}:
                members[team].append(f"user:u{number}")
        for number in range(self.services):
            members[self._team()].append(f"service:s{number}")
        for number, names in enumerate(members):
            yield f"group:g{number}", {"members": names}

    def resources(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Draw folders and files; one in ten is a folder, and folders stand about six deep."""
        folders = ["drive:0"]
        yield "drive:0", {"class": "internal"}
        for number in range(1, self.size.resources):
            # Recent folders are likelier parents, which makes the tree deep where work goes on.
            inside = folders[int(len(folders) * self.rng.random() ** 0.7)]
            name = f"drive:{number}"
            about: dict[str, Any] = {"in": inside}
            if self.rng.random() < BREAKS:
                about["inherit"] = False
            if number % 500 == 1:
                about["class"] = self.rng.choice(["code", "strategy-docs", "user-data", "internal"])
            if number % 10 == 0:
                folders.append(name)
            yield name, about

    def grants(self) -> Iterator[dict[str, Any]]:
        """Draw grants, mostly on folders; each at most once."""
        yield {"to": "group:g0", "role": "viewer", "on": "drive:0"}
        seen = set()
        for _ in range(self.size.grants - 1):
            number = self.rng.randrange(self.size.resources)
            number -= number % 10 if self.rng.random() < 0.8 else 0
            role = self.rng.choice(["viewer", "viewer", "editor", "owner"])
            effect = "deny" if self.rng.random() < DENIES else "allow"
            key = (self.subject(), role, f"drive:{number}", effect)
            if key not in seen:
                seen.add(key)
                yield {"to": key[0], "role": role, "on": key[2], "effect": effect}

    def write(self, out: TextIO) -> None:
        """Write the company as a native snapshot in JSON, one entity a line."""
        out.write('{"format": "blastradius.snapshot/1", "system": "benchmark",\n')
        roles = {
            "viewer": ["list", "read"],
            "editor": ["list", "read", "write"],
            "owner": ["list", "read", "write", "manage"],
        }
        out.write(f'"roles": {json.dumps(roles)},\n')
        for section, entities in (
            ("principals", self.principals()),
            ("groups", self.groups()),
            ("resources", self.resources()),
        ):
            lines = (f"{json.dumps(name)}: {json.dumps(about)}" for name, about in entities)
            _joined(out, f'"{section}": {{\n', lines, "},\n")
        _joined(out, '"grants": [\n', (json.dumps(grant) for grant in self.grants()), "]}\n")


def _joined(out: TextIO, before: str, lines: Iterator[str], after: str) -> None:
    out.write(before)
    out.writelines(f",\n{line}" if number else line for number, line in enumerate(lines))
    out.write("\n" + after)


if __name__ == "__main__":
    Company(SIZES[sys.argv[1] if len(sys.argv) > 1 else "S"]).write(sys.stdout)
