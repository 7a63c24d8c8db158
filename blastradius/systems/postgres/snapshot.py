"""PostgreSQL: exports of its catalog, or dumps, in; facts out."""

from collections.abc import Sequence

from blastradius.documents import Document, quoted
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Completeness, Coverage, Snapshot
from blastradius.systems.notes import Notes
from blastradius.systems.postgres.acl import PUBLIC
from blastradius.systems.postgres.catalog import Catalog
from blastradius.systems.postgres.dump import is_dump, read_dumps
from blastradius.systems.postgres.exported import is_exported, read_exported
from blastradius.systems.postgres.facts import SYSTEM, build, names_of
from blastradius.systems.postgres.listed import is_listed, read_listed

NAME = SYSTEM
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document is of a PostgreSQL server."""
    return is_exported(document) or is_listed(document) or is_dump(document)


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all documents of a PostgreSQL server into facts.

    Args:
        documents: Recognised documents, in the order of the inputs; all of one server.
        other: Recognised documents of the other side of a comparison. Only names of columns, settings and things to
            come are taken from them: an export shows them once they have privileges.

    Returns:
        A snapshot in which every id that a fact names exists, and whose ``unread`` holds a problem
        for everything that was not understood.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    notes = Notes()
    catalog = read_catalog(documents, notes)
    if notes.errors:
        raise SnapshotError(notes.errors)
    catalog.unread.extend(notes.unread)
    return build(catalog, names_of(read_catalog(other, Notes())) if other else None)


def read_catalog(documents: Sequence[Document], notes: Notes) -> Catalog:
    """Read documents into a catalog: the things that SQL changes.

    Args:
        documents: Recognised ones.
        notes: Takes what is wrong and what was not understood.

    Returns:
        What could be read; when there are errors in the notes, only part of it.
    """
    catalog = Catalog()
    dumps = [document for document in documents if is_dump(document)]
    if dumps and len(dumps) < len(documents):
        place = dumps[0].at(None)
        notes.error(place, "dumps and exports of the catalog are given together", "give one of the two for a server")
        return catalog
    for document in documents:
        if is_exported(document):
            read_exported(document, catalog, notes)
        elif is_listed(document):
            read_listed(document, catalog, notes)
    read_dumps(dumps, catalog, notes)
    if PUBLIC in catalog.roles:
        notes.error(catalog.roles[PUBLIC].source, f"no role can be called {quoted(PUBLIC)}")
    for name, source in catalog.elsewhere.items():
        if name not in catalog.databases:
            what = f"database {quoted(name)}"
            hint = "export every database of the server; `blastradius collect postgres` prints how"
            reason = "the server has it, and no document is of it"
            catalog.coverage.append(Coverage(what, Completeness.UNKNOWN, reason, source, hint))
    return catalog
