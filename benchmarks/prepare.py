"""Draw a company and write it into a folder: columns and change files for the peers, JSON Lines for blastradius.

python benchmarks/prepare.py M FOLDER
"""

import json
import sys
from pathlib import Path

from company import SIZES, draw
from question import save
from snapshots import write_document, write_lines

SEEDS = {"tiny": 23}
"""In few dozen grants it takes luck that acting-as and a denial matter; here both do."""


def prepare(size: str, folder: Path) -> dict[str, int]:
    """Write everything, and count the entities."""
    folder.mkdir(parents=True, exist_ok=True)
    company = draw(SIZES[size], SEEDS.get(size, 1))
    save(company, folder)
    with (folder / "company.jsonl").open("w", encoding="utf-8") as out:
        write_lines(company, out)
    if size == "tiny":
        # The reference engine asks each fact a thousand times, and a document's facts answer at once.
        with (folder / "company.json").open("w", encoding="utf-8") as out:
            write_document(company, out)
    return {
        "users": company.counts[0],
        "principals": company.principals,
        "groups": company.groups,
        "resources": len(company.parent),
        "grants": len(company.grants),
    }


if __name__ == "__main__":
    print(json.dumps(prepare(sys.argv[1], Path(sys.argv[2]))))
