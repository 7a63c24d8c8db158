"""Snapshots that come as columns: compiled files, JSON Lines, tables. Each kind is loaded when there is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blastradius.documents import File, paused_collection, shortened
from blastradius.documents.bulk import Form, Progress
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.model.sources import Problem

if TYPE_CHECKING:
    from blastradius.columns.tables import Columns

KINDS = {Form.COMPILED: "compiled", Form.LINES: "native", Form.TABLE: "native"}
"""What the inputs of a report call each form."""


@dataclass(frozen=True, slots=True)
class BulkFacts:
    """What bulk files hold.

    Attributes:
        snapshots: One for each compiled file, and one for all others together; what they name may be elsewhere.
        sha256: The digest of each file, in their order.
    """

    snapshots: tuple[Snapshot, ...]
    sha256: tuple[str, ...]


def read_bulk(files: Sequence[File], progress: Progress) -> BulkFacts:
    """Read bulk files, each in its own way.

    Raises:
        DocumentError: When one cannot be read any more.
        SnapshotError: With the problems of all of them.
    """
    from blastradius.columns.views import snapshot_of

    problems: list[Problem] = []
    found: list[Snapshot] = []
    digests: dict[int, str] = {}
    for index, file in enumerate(files):
        if file.bulk is not None and file.bulk.form is Form.COMPILED:
            try:
                columns, digests[index] = _compiled(file)
                found.append(snapshot_of(columns))
            except SnapshotError as error:
                problems += error.problems
    gathered = [(index, file) for index, file in enumerate(files) if index not in digests]
    if gathered and not problems:
        columns, others = _gathered([file for _, file in gathered], progress)
        digests |= dict(zip((index for index, _ in gathered), others, strict=True))
        found.append(snapshot_of(columns))
    if problems:
        raise SnapshotError(shortened(problems))
    return BulkFacts(tuple(found), tuple(digests[index] for index in range(len(files))))


def checked(snapshot: Snapshot) -> Snapshot:
    """Hold the facts of a bulk snapshot that stands alone against the laws of all facts.

    Raises:
        SnapshotError: With what contradicts them.
    """
    from blastradius.columns.pair import own_columns
    from blastradius.systems.laws import law_problems

    problems = law_problems(own_columns(snapshot))
    if problems:
        raise SnapshotError(shortened(problems))
    return snapshot


def _compiled(file: File) -> "tuple[Columns, str]":
    from blastradius.systems.compiled.read import read_compiled

    assert file.bulk is not None
    with file.bulk.open(file.label) as stream:
        compiled = read_compiled(stream, file.label)
    return compiled.columns, compiled.sha256


def _gathered(files: Sequence[File], progress: Progress) -> "tuple[Columns, list[str]]":
    """Read files whose entities may name each other's into the same columns."""
    from blastradius.systems.tables.intake import Intake
    from blastradius.systems.tables.lines import LineReader
    from blastradius.systems.tables.parquet import TableReader

    intake = Intake()
    lines, tables = LineReader(intake, progress), TableReader(intake, progress)
    with paused_collection():
        digests = [(tables if file.bulk and file.bulk.form is Form.TABLE else lines).read(file) for file in files]
        rest = intake.rest()
        return intake.gathering.columns(rest), digests
