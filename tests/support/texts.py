"""Documents from text, without a file."""

from pathlib import PurePosixPath
from textwrap import dedent

from blastradius.documents import Document, File, parse


def as_file(text: str, label: str = "given.yaml", *, named: bool = True) -> File:
    """Make a file that holds a text."""
    return File(label, PurePosixPath(PurePosixPath(label).name), dedent(text), "0" * 64, named)


def as_documents(text: str, label: str = "given.yaml") -> tuple[Document, ...]:
    """Parse a text as the file of that name would be."""
    return parse(as_file(text, label))


def as_document(text: str, label: str = "given.yaml") -> Document:
    """Parse a text that holds one document."""
    (document,) = as_documents(text, label)
    return document
