"""Documents from text without a file, and the plain trees in them."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from textwrap import dedent
from typing import Any

from blastradius.documents import Document, File, parse
from blastradius.systems.interface import System
from blastradius.systems.recognising import documents_of


def as_file(text: str, label: str = "given.yaml", *, named: bool = True) -> File:
    """Make a file that holds a text."""
    return File(label, PurePosixPath(PurePosixPath(label).name), dedent(text), "0" * 64, named)


def as_documents(text: str, label: str = "given.yaml") -> tuple[Document, ...]:
    """Parse a text as the file of that name would be."""
    return parse(as_file(text, label))


def documents_for(system: System, files: Mapping[str, str], folder: str = "given") -> list[Document]:
    """Read texts by path below a folder, as one system is given them."""
    made = (
        File(f"{folder}/{path}", PurePosixPath(path), dedent(text).lstrip("\n"), "0" * 64)
        for path, text in files.items()
    )
    return [document for file in made for document in documents_of(file, {system.NAME: system})]


def as_document(text: str, label: str = "given.yaml") -> Document:
    """Parse a text that holds one document."""
    (document,) = as_documents(text, label)
    return document


def plain(value: Any) -> Any:
    """Copy a tree into plain mappings and lists."""
    match value:
        case dict():
            return {key: plain(inner) for key, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case _:
            return value


def places(tree: Any) -> list[tuple[Any, Any]]:
    """List every (container, key) of a tree."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree))) if isinstance(tree, list) else []
    return [(tree, key) for key in keys] + [pair for key in keys for pair in places(tree[key])]
