"""GitHub organisations as code (peribolos): documents in, facts out."""

from collections.abc import Sequence
from dataclasses import replace

from blastradius.documents import Document
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.github import layout
from blastradius.systems.github.facts import SYSTEM, build
from blastradius.systems.github.mentioned import repositories_elsewhere
from blastradius.systems.github.reading import read_organisations
from blastradius.systems.notes import Notes

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document describes GitHub organisations as code.

    Rules about who may edit such files (``restrictions``) belong to it and change no access.
    """
    return layout.recognises(document)


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all documents of GitHub organisations into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Recognised documents of the other side of a comparison. Only names of repositories
            are taken from them: a repository exists before anybody is granted something on it.

    Returns:
        A snapshot in which every id that a fact names exists, and whose ``unread`` holds a problem
        for everything that was not understood.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    notes = Notes()
    organisations = read_organisations(documents, notes)
    snapshot = build(organisations, repositories_elsewhere(other or (), organisations), notes)
    if notes.errors:
        raise SnapshotError(notes.errors)
    return replace(snapshot, unread=tuple(notes.unread))
