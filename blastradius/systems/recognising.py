"""Which system a document belongs to, and the documents of a file in the form that its system reads."""

from collections.abc import Mapping

from blastradius.documents import Document, File, parse, plain_document
from blastradius.documents.plain import is_doubtful, is_note
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source
from blastradius.systems.interface import System
from blastradius.systems.native.snapshot import FORMAT
from blastradius.systems.registry import SYSTEMS

KNOWN_SYSTEMS = f"known are {', '.join(f'`{name}`' for name in SYSTEMS)}; a native file begins with `format: {FORMAT}`"
"""What to say where nothing is recognised."""


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
        if not file.named and is_doubtful(file.relative):
            return ()
    return parse(file)


def gathered(
    file: File, errors: list[Problem], doubts: list[Problem], systems: Mapping[str, System] = SYSTEMS
) -> tuple[Document, ...]:
    """Read the documents of a file, whatever is wrong with it.

    Args:
        file: A file with its text, or with a fault.
        errors: Takes why it cannot be read.
        doubts: Takes that instead where the file was found in a folder and may be no business of ours, unless it is a
            note by its name; also that no system recognises it.
        systems: Those that may recognise it.

    Returns:
        The documents; empty when they cannot be read, or no system recognises them and the file is no YAML or JSON.
    """
    may_be_foreign = not file.named and is_doubtful(file.relative)
    is_passed_over = not file.named and is_note(file.relative)
    try:
        documents = documents_of(file, systems)
    except DocumentError as error:
        if not is_passed_over:
            (doubts if file.hidden or may_be_foreign else errors).extend(error.problems)
        return ()
    if not documents and not is_passed_over:
        doubts.append(Problem("the file is of no known format", Source(file.label), KNOWN_SYSTEMS))
    return documents
