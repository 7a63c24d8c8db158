"""What an access-control system must offer to be read."""

from collections.abc import Sequence
from typing import Protocol

from blastradius.documents import Document
from blastradius.model.snapshot import Snapshot
from blastradius.systems.collecting import Collection


class Collected(Protocol):
    """A module ``systems/<name>/collect.py``."""

    COLLECT: tuple[Collection, ...]
    """How the system is exported completely, with read-only rights; one for each product that it reads."""


class System(Protocol):
    """A module ``systems/<name>/snapshot.py`` with these three names."""

    NAME: str
    """The word for ``--from`` and for reports, such as ``kubernetes``."""

    def recognises(self, document: Document) -> bool:
        """Tell by content whether a document belongs to this system; its value may be a `PlainText`.

        Documents that belong to the system and are known not to change access are recognised
        too, so that only what nobody knows is reported as unread. Must not raise, whatever the
        value is, and must not recognise another system's documents.
        """
        ...

    def read(self, documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
        """Turn all documents of this system into facts.

        Args:
            documents: Recognised documents, in the order of the inputs; never empty.
            other: Recognised documents of the other side of a comparison, perhaps none; None without one. Only names
                of things that exist whatever the access configuration says may be taken from them
                (a Kubernetes API resource, a repository), so that naming a thing for the first time
                is not mistaken for creating it. Never a fact about access.

        Returns:
            A snapshot in which every id that a fact names exists, whose ``unread`` holds a
            problem for everything that was not understood, and whose ``coverage`` says of each export
            whether it holds all that it should.

        Raises:
            SnapshotError: With all problems of the documents, when they contradict their format.
        """
        ...
