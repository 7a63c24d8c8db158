"""A file's documents, whichever of the two languages it is written in."""

import re

from blastradius.documents.json_reader import JsonSyntaxError, read_json
from blastradius.documents.tree import Document, File
from blastradius.documents.yaml_reader import read_yaml
from blastradius.errors import DocumentError
from blastradius.model.sources import Problem, Source

_JSON_START = re.compile(r"\s*[\[{]")
_CLEARLY_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*["\[{\]])')


def parse(file: File) -> tuple[Document, ...]:
    """Read the documents of a file: JSON when it is JSON, a YAML stream otherwise.

    Args:
        file: A file as `read_files` gives it.

    Returns:
        The documents in order; never empty. Empty YAML documents are left out.

    Raises:
        DocumentError: When the text is neither, goes beyond a limit, repeats a key, or holds no
            document at all; also when there is no text because of the `fault` of the file.
    """
    if file.fault is not None:
        raise DocumentError(file.fault)
    documents = _read(file)
    if not documents:
        raise DocumentError(Problem("the file holds no document", Source(file.label), "was it written completely?"))
    return documents


def _read(file: File) -> tuple[Document, ...]:
    if not _JSON_START.match(file.text):
        return read_yaml(file)
    try:
        return read_json(file)
    except JsonSyntaxError as json_error:
        # A flow mapping of YAML begins like JSON. When it is neither, the start says what it was meant to be.
        try:
            return read_yaml(file)
        except DocumentError:
            if not _CLEARLY_JSON.match(file.text):
                raise
            raise DocumentError(json_error.problem) from None
