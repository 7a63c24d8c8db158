"""Text that is neither YAML nor JSON, told by how it begins."""

import re

from blastradius.documents.tree import Document, File, PlainText

TEXT_SUFFIXES = frozenset({".acl", ".csv", ".facl", ".fga", ".ldif", ".sql", ".tsv", ".txt", ".zed"})
"""Files of a folder that are looked at beside YAML and JSON, since systems export such texts."""
INDIFFERENT_SUFFIXES = frozenset({".txt"})
"""Those that are passed over when no system recognises them: everybody writes notes."""
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


def begins_plain(text: str, suffix: str) -> bool:
    """Tell by its beginning, and the suffix of its file, whether a text is neither YAML nor JSON."""
    if not text or _JSON_START.match(text):
        return False
    if suffix.lower() in TEXT_SUFFIXES or _LISTING.match(text):
        return True
    start = _SKIPPED.match(text)
    return _YAML_START.match(text, start.end() if start else 0) is None
