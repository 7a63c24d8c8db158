"""OpenFGA and SpiceDB: documents in, facts out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blastradius.documents import Document
from blastradius.errors import SnapshotError
from blastradius.model.snapshot import Completeness, Snapshot
from blastradius.systems.notes import Notes
from blastradius.systems.zanzibar.facts import Elsewhere, build
from blastradius.systems.zanzibar.forms import form_of
from blastradius.systems.zanzibar.meaning import unfitting_rules
from blastradius.systems.zanzibar.objects import Dialect
from blastradius.systems.zanzibar.reading import Given, read_given

NAME = "zanzibar"
"""The word for ``--from`` and for reports."""


def recognises(document: Document) -> bool:
    """Tell by content whether a document holds a model, tuples, or what relations amount to."""
    return form_of(document) is not None


def read(documents: Sequence[Document], other: Sequence[Document] | None = None) -> Snapshot:
    """Turn all documents of OpenFGA and SpiceDB into facts.

    Args:
        documents: Recognised documents, in the order of the inputs.
        other: Recognised documents of the other side of a comparison. Only the names of objects and subjects are
            taken from them: a user and a document exist before a tuple names them, and what ``user:*`` opens is open
            to a user whom only the other side names. And which relations have tuples there, so that a relation that
            leaves somebody out on one side is a group, empty perhaps, on both.

    Returns:
        A snapshot in which every id that a fact names exists, whose ``unread`` holds what was not understood and
        whose ``coverage`` says whether each export holds all tuples.

    Raises:
        SnapshotError: With all problems of the documents, when they contradict their format.
    """
    notes = Notes()
    given = read_given(documents, notes)
    if not given.stores and not notes.errors:
        _nothing_given(documents[0], notes)
    if notes.errors:
        raise SnapshotError(notes.errors)
    there = _read_other(other or ())
    unfitting_rules([store.schema for one in (given, there) for store in one.stores.values()], given.rules, notes)
    snapshot = build(given.stores, given.rules, _names_of(there), notes)
    if notes.errors:
        raise SnapshotError(notes.errors)
    return replace(snapshot, unread=tuple(notes.unread), coverage=tuple(notes.coverage))


def _nothing_given(document: Document, notes: Notes) -> None:
    """Say what is missing when there is nothing to make facts of."""
    for one in notes.coverage:
        if one.completeness is not Completeness.COMPLETE and one.source is not None:
            notes.error(one.source, one.reason, one.help)
    if not notes.errors:
        hint = "give the model and the tuples beside this file"
        notes.error(document.at(document.value), "there is neither a model nor a tuple", hint)


def _read_other(documents: Sequence[Document]) -> Given:
    """Read the other side; what is wrong with it is reported when it is read for itself."""
    notes = Notes()
    try:
        return read_given(documents, notes)
    except SnapshotError:
        return Given()


def _names_of(given: Given) -> Mapping[Dialect, Elsewhere]:
    names: dict[Dialect, Elsewhere] = {}
    for dialect, store in given.stores.items():
        found = names[dialect] = Elsewhere()
        for one in store.relationships.values():
            found.objects.add(one.object)
            found.places.add((one.object, one.relation))
            if not one.is_wildcard:
                found.subjects.add(one.subject)
    return names
