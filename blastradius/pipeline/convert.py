"""Turn whatever can be read into one file that is read at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from blastradius.documents import read_files
from blastradius.documents.bulk import Progress
from blastradius.model.sources import Input, Problem
from blastradius.pipeline.memory import check_room_to_read
from blastradius.pipeline.reading import STDIN
from blastradius.systems.load import Loaded, load


@dataclass(frozen=True, slots=True)
class Converted:
    """A snapshot, ready to be written.

    Attributes:
        counts: How many principals, groups, resources and grants there are, in this order.
        inputs: What was read.
        unread: What could not be understood; the compiled snapshot holds it too.
    """

    counts: dict[str, int]
    inputs: tuple[Input, ...]
    unread: tuple[Problem, ...]
    _loaded: Loaded

    def write(self, stream: BinaryIO) -> None:
        """Write the compiled snapshot; the same facts give the same bytes."""
        from blastradius.columns.pair import own_columns
        from blastradius.systems.compiled.write import write_compiled

        write_compiled(own_columns(self._loaded.snapshot), self.inputs, stream)


def convert(
    snapshots: Sequence[str],
    stdin: Callable[[], bytes],
    *,
    system: str | None = None,
    progress: Progress | None = None,
) -> Converted:
    """Read a snapshot to write it as a compiled one.

    Args:
        snapshots: Files and folders; ``-`` for standard input.
        stdin: Gives its bytes.
        system: Forces the system; None to recognise it.
        progress: Is told how far a large file is read.

    Raises:
        BlastRadiusError: When an input cannot be read or contradicts itself.
    """
    files = read_files(tuple(snapshots), stdin() if STDIN in snapshots else None)
    check_room_to_read(files)
    loaded = load(files, system=system, progress=progress)
    facts = loaded.snapshot
    counts = {
        "principals": len(facts.principals),
        "groups": len(facts.groups),
        "resources": len(facts.resources),
        "grants": len(facts.grants),
    }
    return Converted(counts, loaded.inputs, facts.unread, loaded)
