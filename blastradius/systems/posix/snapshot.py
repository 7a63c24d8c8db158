"""A POSIX system: what `getfacl` and `getent` print in, facts out."""

from collections.abc import Sequence
from dataclasses import replace

from blastradius.documents import Document, shortened
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.posix.completeness import coverage, uncertain_users
from blastradius.systems.posix.facts import SYSTEM, build
from blastradius.systems.posix.reading import paths_in, read_machine
from blastradius.systems.posix.texts import form_of

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a text lists access control lists, users or groups.

    Listings of password hashes are recognised, so that they are refused here and quoted by nobody.
    """
    return form_of(document) is not None


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all documents of one machine into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Recognised documents of the other side of a comparison. What lies below a path there tells that it is a
            directory, and a file without an access control list of its own there that none are left out.

    Returns:
        A snapshot in which every id that a fact names exists, whose ``coverage`` says of each export whether it is
        whole.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    found = read_machine(documents)
    if found.errors:
        raise SnapshotError(shortened(found.errors))
    elsewhere = tuple(paths_in(other or ()))
    snapshot = build(found.machine, elsewhere, doubting=bool(uncertain_users(found.machine)))
    return replace(snapshot, unread=tuple(found.unread), coverage=coverage(found, elsewhere))
