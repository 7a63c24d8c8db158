"""Membership lists and files of identities: documents in, facts out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from blastradius.documents import Document, shortened
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Snapshot
from blastradius.systems.directory import cloud_identity, google_groups, graph, identities, ldap, ldif, scim, tables
from blastradius.systems.directory.facts import SYSTEM, build
from blastradius.systems.directory.notes import DirectoryNotes
from blastradius.systems.directory.objects import Directory

NAME = SYSTEM
"""The word for ``--from`` and for reports."""

_FORMS: dict[str, Callable[[object], bool]] = {
    "identities": identities.recognises,
    "google_groups": google_groups.recognises,
    "cloud_identity": cloud_identity.recognises,
    "scim": scim.recognises,
    "graph": graph.recognises,
    "ldif": ldif.recognises,
    "table": tables.recognises,
}
_GROUPS_IN: dict[str, Callable[[Document], Iterable[str]]] = {
    "google_groups": google_groups.groups_in,
    "cloud_identity": cloud_identity.groups_in,
    "scim": scim.groups_in,
    "graph": graph.groups_in,
    "ldif": ldap.groups_in,
    "table": tables.groups_in,
}


def recognises(document: Document) -> bool:
    """Tell by content whether a document lists members of groups, or says who is who in other systems."""
    return _form(document) is not None


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all membership lists and files of identities into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Recognised documents of the other side of a comparison. Only names of groups are taken from them: an
            address that is a group there is a group here, although nothing lists its members any more.

    Returns:
        A snapshot in which every id that a fact names exists, except those in `Snapshot.identities` and in ``same_as``,
        which other systems hold.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    notes = DirectoryNotes()
    directory = read_directory(documents, other or (), notes)
    joined = identities.Joined()
    try:
        joined = identities.read_identities(_of("identities", documents))
    except SnapshotError as error:
        notes.errors.extend(error.problems)
    for document in _of("identities", documents):
        notes.breaks_off(f"identities in {document.file.label}", document)
    if notes.errors:
        raise SnapshotError(shortened(notes.errors))
    domains = frozenset(joined.domains)
    snapshot = build(directory, _groups_elsewhere(other or ()), domains)
    return replace(
        snapshot,
        same_as=tuple(joined.same_as),
        same_as_sources=tuple(joined.same_as.values()),
        unread=tuple(notes.unread),
        coverage=tuple(notes.coverage),
        identities=replace(
            snapshot.identities,
            emails={**snapshot.identities.emails, **joined.emails},
            named=joined.named,
            domains=domains,
            members=tuple(joined.members),
            assumable_by=tuple(joined.assumable_by),
        ),
    )


def read_directory(documents: Sequence[Document], other: Sequence[Document], notes: DirectoryNotes) -> Directory:
    """Read all membership lists into one directory.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Those of the other side of a comparison.
        notes: Takes what is wrong, what was not understood, and what is missing.
    """
    directory = Directory()
    for document in _of("google_groups", documents):
        google_groups.read_groups(document, directory, notes)
    for document in _of("table", documents):
        tables.read_table(document, directory, notes)
    cloud_identity.read_memberships(_of("cloud_identity", documents), directory, notes)
    scim.read_resources(_of("scim", documents), directory, notes)
    graph.read_answers(_of("graph", documents), directory, notes)
    ldap.read_entries(_of("ldif", documents), _of("ldif", other), directory, notes)
    return directory


def _form(document: Document) -> str | None:
    return next((name for name, recognises in _FORMS.items() if recognises(document.value)), None)


def _of(form: str, documents: Iterable[Document]) -> list[Document]:
    return [document for document in documents if _form(document) == form]


def _groups_elsewhere(other: Iterable[Document]) -> frozenset[str]:
    return frozenset(
        name for document in other if (read := _GROUPS_IN.get(_form(document) or "")) for name in read(document)
    )
