"""Check that the wheel and the sdist hold what they must, and nothing that they must not."""

import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main(folder: Path) -> int:
    """Compare both archives in a folder with the tree.

    Args:
        folder: Where ``python -m build`` put them.

    Returns:
        0 when they hold what they must.
    """
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        in_wheel = set(wheel.namelist())
    with tarfile.open(next(folder.glob("*.tar.gz"))) as sdist:
        in_sdist = {name.partition("/")[2] for name in sdist.getnames()}
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "blastradius").rglob("*") if _is_ours(path)}
    policies = {path.relative_to(ROOT).as_posix() for path in (ROOT / "policies").glob("*.yaml")}
    wanted = package | {f"blastradius/{name}" for name in policies}
    problems = [f"the wheel lacks {name}" for name in sorted(wanted - in_wheel)]
    extra = {name for name in in_wheel - wanted if ".dist-info/" not in name}
    problems += [f"the wheel holds {name}" for name in sorted(extra)]
    must = package | policies | {"LICENSE", "README.md", "pyproject.toml", "fixtures/acme/snapshot.yaml", ".ci/run"}
    problems += [f"the sdist lacks {name}" for name in sorted(must - in_sdist)]
    kinds = ("/py.typed", "/schemas/snapshot.schema.json", "/policies/default.yaml", "/policies/strict.yaml")
    problems += [f"the wheel has no {kind}" for kind in kinds if f"blastradius{kind}" not in in_wheel]
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or "wheel and sdist are whole\n")
    return 1 if problems else 0


def _is_ours(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
