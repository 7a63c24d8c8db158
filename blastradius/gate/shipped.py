"""The policies that come with blastradius."""

import hashlib
from pathlib import Path, PurePosixPath

from blastradius.documents import File

SHIPPED = ("default", "strict")
_PACKAGE = Path(__file__).resolve().parents[1]
# In the wheel the policies lie inside the package; in a checkout at the top, where people look for them.
_FOLDERS = (_PACKAGE / "policies", _PACKAGE.parent / "policies")


def shipped_policy(name: str) -> File:
    """Give the text of a policy that ships.

    Args:
        name: One of `SHIPPED`.

    Raises:
        FileNotFoundError: When the installation lacks the file, which is a bug.
    """
    relative = PurePosixPath("policies", f"{name}.yaml")
    path = next((found for folder in _FOLDERS if (found := folder / relative.name).is_file()), None)
    if path is None:
        raise FileNotFoundError(f"the installation lacks {relative}")
    data = path.read_bytes()
    return File(str(relative), PurePosixPath(relative.name), data.decode(), hashlib.sha256(data).hexdigest())
