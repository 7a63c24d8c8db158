"""Google Drive sharing: answers of the API and tables of GAM in, facts out."""

from collections.abc import Sequence
from dataclasses import replace

from blastradius.documents import Document, shortened
from blastradius.documents.tree import PlainText
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Completeness, Snapshot
from blastradius.systems.drive import answers, listings
from blastradius.systems.drive.facts import SYSTEM, build
from blastradius.systems.drive.notes import DriveNotes
from blastradius.systems.drive.objects import Drive

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document lists items of Google Drive or their permissions."""
    return answers.recognises(document.value) or listings.recognises(document.value)


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:  # noqa: ARG001 - names its own
    """Turn all exports of Google Drive into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Not needed: an export names every item that it speaks of.

    Returns:
        A snapshot in which every id that a fact names exists, and whose ``unread`` holds a problem for everything that
        was not understood.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    notes = DriveNotes()
    snapshot = build(read_drive(documents, notes), notes)
    if notes.errors:
        raise SnapshotError(shortened(notes.errors))
    return replace(snapshot, unread=tuple(notes.unread), coverage=(*notes.coverage, *notes.counted()))


def read_drive(documents: Sequence[Document], notes: DriveNotes) -> Drive:
    """Read all exports into one drive.

    Args:
        documents: Recognised documents, in the order of the inputs.
        notes: Takes what is wrong, what was not understood, and what is missing.
    """
    drive = Drive()
    tables = [document for document in documents if isinstance(document.value, PlainText)]
    others = [document for document in documents if not isinstance(document.value, PlainText)]
    answers.read_answers(others, drive, notes)
    listings.read_listings(tables, drive, notes, are_drives_listed=answers.names_drives(others))
    if documents and not drive.items and all(one.completeness is Completeness.COMPLETE for one in notes.coverage):
        hint = "give the lists of files as well; was it the right account?"
        notes.unknown("items", documents[0].at(documents[0].value), "no item is listed anywhere", hint)
    return drive
