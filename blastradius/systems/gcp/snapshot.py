"""Google Cloud IAM: exported policies, hierarchy and roles in, facts about access out.

What each fact means is written in `docs/systems/gcp.md`.
"""

from collections.abc import Sequence
from dataclasses import replace

from blastradius.documents import Document
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.gcp import shapes
from blastradius.systems.gcp.facts import SYSTEM, build
from blastradius.systems.gcp.reading import read_state

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document was exported from Google Cloud's access control.

    An empty policy is told by the name of its file. Descriptions of resources belong to it and change no access.
    """
    return shapes.recognises(document)


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn exports of Google Cloud into facts.

    Args:
        documents: Recognised documents of one side, in the order of the inputs.
        other: Recognised documents of the other side: from them come only the other names of projects, organisations
            and service accounts, the organisations and folders that exist, and which services a project uses.

    Returns:
        A snapshot in which every id that a fact names exists, and whose ``unread`` holds a problem for everything that
        was not understood.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format or each other.
    """
    state, opposite = read_state(documents, other or ()), read_state(other or (), documents)
    if state.errors:
        raise SnapshotError(state.errors)
    snapshot = build(state, opposite)
    return replace(snapshot, unread=tuple(state.unread))
