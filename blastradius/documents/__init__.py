"""Files in, documents with line numbers out; the only room that knows YAML and JSON Schema."""

from blastradius.documents.files import read_files
from blastradius.documents.limits import quoted, visible
from blastradius.documents.parse import parse
from blastradius.documents.schema import check_schema, schema_text, shortened, type_name
from blastradius.documents.suggestions import did_you_mean, one_of
from blastradius.documents.tree import Document, File, LinedList, LinedMap

__all__ = [
    "Document",
    "File",
    "LinedList",
    "LinedMap",
    "check_schema",
    "did_you_mean",
    "one_of",
    "parse",
    "quoted",
    "read_files",
    "schema_text",
    "shortened",
    "type_name",
    "visible",
]
