"""Which system a document belongs to, and the documents of a file in the form that its system reads."""

from collections.abc import Mapping

from blastradius.documents import Document, File, parse, plain_document
from blastradius.documents.plain import is_doubtful, is_note
from blastradius.systems.interface import System
from blastradius.systems.registry import SYSTEMS


def system_of(document: Document, systems: Mapping[str, System] = SYSTEMS) -> str | None:
    """Name the system that recognises a document; None when none does."""
    return next((name for name, one in systems.items() if one.recognises(document)), None)


def documents_of(file: File, systems: Mapping[str, System] = SYSTEMS) -> tuple[Document, ...]:
    """Read the documents of a file: as plain text where a system recognises it, otherwise as YAML or JSON.

    Args:
        file: A file with its text, or with a fault.
        systems: Those that may recognise it.

    Returns:
        The documents; empty for a file found in a folder that is no YAML or JSON by its suffix and that no system
        recognises.

    Raises:
        DocumentError: When it is neither, or has a fault.
    """
    if file.fault is None:
        plain = plain_document(file)
        if plain is not None and system_of(plain, systems) is not None:
            return (plain,)
        if is_text_of_folder(file):
            return ()
    return parse(file)


def is_text_of_folder(file: File) -> bool:
    """Tell whether a file was found in a folder under a name that says that it is no YAML or JSON."""
    return not file.named and is_doubtful(file.relative)


def is_note_of_folder(file: File) -> bool:
    """Tell whether a file of a folder that nobody recognises is passed over in silence, by its name."""
    return not file.named and is_note(file.relative)
