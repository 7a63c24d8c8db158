"""Text that is neither YAML nor JSON, told by how it begins."""

import re
from pathlib import PurePosixPath

from blastradius.documents.tree import Document, File, PlainText

TEXT_SUFFIXES = frozenset({".acl", ".csv", ".facl", ".fga", ".ldif", ".sql", ".tsv", ".txt", ".zed"})
"""Files of a folder that are looked at beside YAML and JSON, since systems export such texts."""
_COMPRESSED_SUFFIXES = frozenset({".bz2", ".gz", ".xz", ".zip", ".zst"})
_NOTES = re.compile(
    r"(?:authors|changelog|contributors|copying|licen[cs]e|notes|notice|readme|requirements|robots)[\w.-]*\.txt",
    re.IGNORECASE,
)
_JSON_START = re.compile(r"\s*[\[{]")
_SKIPPED = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")
_YAML_START = re.compile(
    r"""---(?:\s|$)|%YAML|-(?:\s|$)|\?\s|[!&*|>]"""
    r"""|(?:"[^"\n]*"|'[^'\n]*'|[^\s,:"'#][^,:"'\n]*)[ \t]*:(?:\s|$)"""
)
_LISTING = re.compile(r"(?:#[^\n]*\n|\s)*(?:# file: |(?:version: 1\s+)?dn::? )")


def plain_document(file: File) -> Document | None:
    """Make one document of a text that does not begin like YAML or JSON.

    Args:
        file: A file with its text.

    Returns:
        None when it begins with a mapping, a list or a mark of YAML, or is one of JSON. Listings that happen to begin
        like YAML are known: of access control lists (``# file:``) and of directories (``dn:``).
    """
    return Document(file, PlainText(file.text)) if begins_plain(file.text, file.relative.suffix) else None


def is_compressed(path: PurePosixPath) -> bool:
    """Tell by its name whether a file is a compressed one of those that systems export."""
    return path.suffix.lower() in _COMPRESSED_SUFFIXES and bool(PurePosixPath(path.stem).suffix)


def is_doubtful(path: PurePosixPath) -> bool:
    """Tell by its name whether a file of a folder is neither YAML nor JSON, and may be no export at all."""
    return path.suffix.lower() in TEXT_SUFFIXES or is_compressed(path)


def is_note(path: PurePosixPath) -> bool:
    """Tell by its name whether a text was written for people, and is passed over when no system recognises it."""
    return _NOTES.fullmatch(path.name) is not None


def begins_plain(text: str, suffix: str) -> bool:
    """Tell by its beginning, and the suffix of its file, whether a text is neither YAML nor JSON."""
    if not text or _JSON_START.match(text):
        return False
    if suffix.lower() in TEXT_SUFFIXES or _LISTING.match(text):
        return True
    start = _SKIPPED.match(text)
    return _YAML_START.match(text, start.end() if start else 0) is None
