"""Makes the table of Google Cloud's predefined roles that blastradius ships.

Run it with a folder of role definitions, one JSON object a file, as `gcloud iam roles describe` writes them, and the
date on which they were fetched: `python .ci/make_gcp_roles.py FOLDER 2026-11-22`.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "blastradius/systems/gcp/predefined_roles.txt"


def main(arguments: Sequence[str]) -> int:
    """Write the table anew."""
    folder, day = arguments
    roles: dict[str, list[str]] = {}
    for path in sorted(Path(folder).rglob("*.json")):
        definition = json.loads(path.read_text("utf-8"))
        roles[definition["name"]] = definition.get("includedPermissions", [])
    TABLE.write_text("\n".join(_lines(roles, date.fromisoformat(day))) + "\n", "utf-8")
    return 0


def _lines(roles: dict[str, list[str]], day: date) -> Iterable[str]:
    permissions = sorted({permission for named in roles.values() for permission in named})
    yield f"# Predefined roles of Google Cloud, fetched {day}; written by .ci/make_gcp_roles.py"
    yield "# Permissions, numbered from 0 in this order: what they begin with, then how each goes on"
    by_beginning: defaultdict[str, list[str]] = defaultdict(list)
    for permission in permissions:
        beginning, _, verb = permission.rpartition(".")
        by_beginning[beginning].append(verb)
    # Sorting by the whole name may part what begins alike, so the numbers follow the order written here.
    written = [f"{beginning}.{verb}" for beginning, verbs in by_beginning.items() for verb in verbs]
    number = {permission: at for at, permission in enumerate(written)}
    for beginning, verbs in by_beginning.items():
        yield f"{beginning} {','.join(verbs)}"
    yield "# Roles: numbers of permissions, each counted from the last one; +N stands for the N that follow it"
    for role in sorted(roles):
        yield " ".join([role, *_runs(sorted(number[permission] for permission in roles[role]))])


def _runs(numbers: Sequence[int]) -> Iterable[str]:
    last = at = 0
    while at < len(numbers):
        end = at
        while end + 1 < len(numbers) and numbers[end + 1] == numbers[end] + 1:
            end += 1
        yield f"{numbers[at] - last}" + (f"+{end - at}" if end > at else "")
        last = numbers[end]
        at = end + 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
