"""How much memory a run wants, told before it begins where there is not enough."""

from collections.abc import Sequence
from pathlib import Path

from blastradius.documents import File
from blastradius.documents.bulk import Form
from blastradius.errors import BlastRadiusError
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem

_MIB = 1024 * 1024
# Measured, and rounded up (docs/performance.md): bytes wanted for each byte that is read.
_PER_BYTE = {None: 40, Form.LINES: 4, Form.TABLE: 12, Form.COMPILED: 1}
# For each entity while two states are compared, in the worst case: a change that concerns everybody everywhere.
_PER_RESOURCE, _PER_GRANT, _PER_SUBJECT = 60, 1700, 1200
# So little is always there, and what the system says about it is not exact.
_ALWAYS_THERE = 512 * _MIB


def check_room_to_read(files: Sequence[File], available: int | None = None) -> None:
    """Refuse to read what would not fit.

    Args:
        files: What is to be read.
        available: Bytes that are free; None to ask the system.

    Raises:
        BlastRadiusError: When reading wants more memory than there is.
    """
    wanted = sum(
        _PER_BYTE[file.bulk.form] * file.bulk.size if file.bulk else _PER_BYTE[None] * len(file.text) for file in files
    )
    compile_it = "compile the snapshot with `blastradius convert` on a machine with more memory, and check the result"
    _refuse(wanted, available, f"reading {len(files)} file{'s' if len(files) != 1 else ''}", compile_it)


def check_room_to_compare(snapshot: Snapshot, available: int | None = None) -> None:
    """Refuse to compare what would not fit.

    Args:
        snapshot: The larger of the two states.
        available: Bytes that are free; None to ask the system.

    Raises:
        BlastRadiusError: When comparing may want more memory than there is.
    """
    subjects = len(snapshot.principals) + len(snapshot.groups)
    wanted = (
        _PER_RESOURCE * len(snapshot.resources) + _PER_GRANT * len(snapshot.grants) + _PER_SUBJECT * subjects
    )  # fmt: skip
    _refuse(wanted, available, "comparing the two states", "free some memory, or run it on a machine with more")


def _refuse(wanted: int, available: int | None, what: str, help_text: str) -> None:
    if wanted <= _ALWAYS_THERE:
        return
    there = free_memory() if available is None else available
    if there is not None and wanted > there:
        message = f"{what} may take {wanted / _MIB:,.0f} MiB of memory, and {there / _MIB:,.0f} MiB are free"
        raise BlastRadiusError(Problem(message, None, help_text))


def free_memory(root: Path = Path("/")) -> int | None:
    """Say how many bytes this process may still use; None where the system does not tell.

    Args:
        root: Where the system keeps what it tells about itself.
    """
    told = [_available(root / "proc" / "meminfo"), _left_in_group(root / "sys" / "fs" / "cgroup")]
    return min((number for number in told if number is not None), default=None)


def _available(table: Path) -> int | None:
    """Read what Linux thinks can be had without taking it from others, swap included."""
    found: dict[str, int] = {}
    try:
        for line in table.read_text("ascii", "replace").splitlines():
            name, _, rest = line.partition(":")
            number = rest.split()[:1]
            if number and number[0].isdigit():
                found[name] = int(number[0]) * 1024
    except OSError:
        return None
    return found["MemAvailable"] + found.get("SwapFree", 0) if "MemAvailable" in found else None


def _left_in_group(folder: Path) -> int | None:
    """Read the limit of a container, version 2 of control groups."""
    try:
        limit, used = ((folder / name).read_text("ascii").strip() for name in ("memory.max", "memory.current"))
    except (OSError, UnicodeDecodeError):
        return None
    return max(0, int(limit) - int(used)) if limit.isdigit() and used.isdigit() else None
