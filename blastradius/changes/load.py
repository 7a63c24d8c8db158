"""Files in, one change out."""

from collections.abc import Mapping, Sequence

from blastradius.changes.interface import ChangeFormat
from blastradius.changes.native import FORMAT
from blastradius.changes.registry import FORMATS
from blastradius.documents import Document, File, parse, quoted, shortened
from blastradius.errors import ChangeError, DocumentError, UsageError, did_you_mean
from blastradius.model.change import Change
from blastradius.model.sources import Problem


def load_changes(files: Sequence[File], kind: str | None = None) -> Change:
    """Read the files of a proposed change and put their steps one after the other.

    Args:
        files: As `blastradius.documents.read_files` gives them; at least one.
        kind: Name of the only format to look for; None to recognise each document by content.

    Returns:
        One change: the steps in the order of the files, the titles joined, and the author that all
        files agree on.

    Raises:
        DocumentError: When files are no YAML or JSON.
        ChangeError: With all problems of all files; also when two of them name different authors.
        UsageError: When there is no such format.
    """
    formats = _formats(kind)
    documents: list[Document] = []
    unreadable: list[Problem] = []
    for file in files:
        try:
            documents.extend(parse(file))
        except DocumentError as error:
            unreadable.extend(error.problems)
    if unreadable:
        raise DocumentError(shortened(unreadable))
    if not files:
        raise ChangeError(Problem("no change was given", None, "name a file"))
    changes: list[Change] = []
    problems: list[Problem] = []
    for document in documents:
        try:
            changes.append(_read(document, formats))
        except ChangeError as error:
            problems.extend(error.problems)
    authors, conflicts = _authors(changes)
    if problems or conflicts:
        raise ChangeError(shortened([*problems, *conflicts]))
    return Change(
        title="; ".join(dict.fromkeys(change.title for change in changes if change.title)),
        author=authors[0] if authors else None,
        steps=tuple(step for change in changes for step in change.steps),
        unread=tuple(problem for change in changes for problem in change.unread),
        source=changes[0].source,
    )


def _formats(kind: str | None) -> Mapping[str, ChangeFormat]:
    if kind is None:
        return FORMATS
    if kind not in FORMATS:
        raise UsageError(Problem(f"unknown kind of change {quoted(kind)}", None, did_you_mean(kind, FORMATS)))
    return {kind: FORMATS[kind]}


def _read(document: Document, formats: Mapping[str, ChangeFormat]) -> Change:
    for one in formats.values():
        if one.recognises(document):
            return one.read(document)
    raise ChangeError(_unrecognised(document))


def _unrecognised(document: Document) -> Problem:
    value = document.value.get("format") if isinstance(document.value, dict) else None
    place = document.at(document.value, "format")
    hint = f"a change begins with `format: {FORMAT}`"
    if not isinstance(value, str):
        return Problem("this is no change of a known format", place, hint)
    if value.startswith("blastradius.change/"):
        return Problem(f"unknown format version {quoted(value)}", place, f"this version reads `{FORMAT}`")
    if value.startswith("blastradius.snapshot/"):
        return Problem("this is a snapshot, not a change", place, "give it with `--after` to compare two snapshots")
    return Problem(f"unknown format {quoted(value)}", place, hint)


def _authors(changes: Sequence[Change]) -> tuple[list[str], list[Problem]]:
    """Collect who is named as the author; whoever disagrees with the first is a problem."""
    named = [change for change in changes if change.author is not None]
    authors = list(dict.fromkeys(change.author for change in named if change.author is not None))
    conflicts = [
        Problem(
            f"the author is {quoted(change.author)} here and {quoted(authors[0])} in {named[0].source}",
            change.source,
            "give changes of different authors to separate runs",
        )
        for change in named
        if change.author != authors[0]
    ]
    return authors, conflicts
