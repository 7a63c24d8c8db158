"""Files in, documents with line numbers out; the only room that knows YAML and JSON Schema."""

from blastradius.documents.fields import Fields
from blastradius.documents.files import read_files
from blastradius.documents.limits import COUNT_MAX, UNSAFE_CHARACTERS, paused_collection, quoted, visible
from blastradius.documents.parse import parse
from blastradius.documents.schema import check_schema, schema_text, shortened, type_name
from blastradius.documents.tree import Document, File, LinedList, LinedMap

__all__ = [
    "COUNT_MAX",
    "UNSAFE_CHARACTERS",
    "Document",
    "Fields",
    "File",
    "LinedList",
    "LinedMap",
    "check_schema",
    "parse",
    "paused_collection",
    "quoted",
    "read_files",
    "schema_text",
    "shortened",
    "type_name",
    "visible",
]
