"""AWS IAM: documents in, facts out."""

from collections.abc import Sequence

from blastradius.documents import Document
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.aws.facts import SYSTEM, facts_of
from blastradius.systems.aws.layout import kind_of
from blastradius.systems.aws.reading import read_state

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document is an export of AWS: account details, policies, an inventory."""
    return kind_of(document.value) is not None


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all documents of AWS into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Recognised documents of the other side of a comparison. The actions, services and sets of resources that
            they name exist on this side too.

    Returns:
        A snapshot in which every id that a fact names exists, and whose ``unread`` holds a problem
        for everything that was not understood.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    state = read_state(documents)
    if state.errors:
        raise SnapshotError(state.errors)
    return facts_of(state, read_state(other or ()))
