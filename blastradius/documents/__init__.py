"""Files in, documents with line numbers out; the only room that knows YAML and JSON Schema."""

from blastradius.documents.comma_separated import CsvTable, read_csv
from blastradius.documents.fields import Fields
from blastradius.documents.files import read_files
from blastradius.documents.limits import COUNT_MAX, UNSAFE_CHARACTERS, paused_collection, quoted, visible
from blastradius.documents.parse import parse
from blastradius.documents.plain import plain_document
from blastradius.documents.schema import check_schema, schema_text, shortened, type_name
from blastradius.documents.tree import Document, File, LinedList, LinedMap, PlainText

__all__ = [
    "COUNT_MAX",
    "UNSAFE_CHARACTERS",
    "CsvTable",
    "Document",
    "Fields",
    "File",
    "LinedList",
    "LinedMap",
    "PlainText",
    "check_schema",
    "parse",
    "paused_collection",
    "plain_document",
    "quoted",
    "read_csv",
    "read_files",
    "schema_text",
    "shortened",
    "type_name",
    "visible",
]
