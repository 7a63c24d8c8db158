"""Which documents belong to OpenFGA or SpiceDB, and what each of them holds."""

import re
from enum import Enum, auto

from blastradius.documents import Document, LinedList, LinedMap, PlainText
from blastradius.documents.comma_separated import csv_header
from blastradius.systems.zanzibar.capabilities import FORMAT
from blastradius.systems.zanzibar.fga_json import is_json_model
from blastradius.systems.zanzibar.fga_language import is_model
from blastradius.systems.zanzibar.spicedb_language import is_schema
from blastradius.systems.zanzibar.tuples import CSV_COLUMNS, TUPLE_FIELDS, is_line

_FOREIGN = frozenset({"format", "apiVersion", "kind"})
_STORE_FIELDS = frozenset({"name", "model", "model_file", "tuples", "tuple_file", "tuple_files", "tests"})
_STORE_SIGNS = frozenset({"model_file", "tuple_file", "tuple_files"})
_FIRST_LINE = re.compile(r"(?:\s*(?://[^\n]*)?\n)*([^\n]*)")
_ONE_TUPLE = TUPLE_FIELDS | {"condition"}


class Form(Enum):
    """What a document holds."""

    STORE = auto()
    MODEL_TEXT = auto()
    MODEL_JSON = auto()
    MANIFEST = auto()
    TUPLES = auto()
    TUPLE_TABLE = auto()
    VALIDATION = auto()
    SCHEMA_TEXT = auto()
    RELATIONSHIP_LINES = auto()
    CAPABILITIES = auto()


def form_of(document: Document) -> Form | None:
    """Tell by content what a document holds; None when it belongs to another system, or to none."""
    match document.value:
        case PlainText():
            return _form_of_text(document.value.text)
        case LinedMap():
            return _form_of_map(document.value)
        case LinedList():
            return Form.TUPLES if document.value and _is_tuple(document.value[0]) else None
        case _:
            return None


def _form_of_text(text: str) -> Form | None:
    if is_model(text):
        return Form.MODEL_TEXT
    if is_schema(text):
        return Form.SCHEMA_TEXT
    if set(CSV_COLUMNS) <= set(csv_header(text)):
        return Form.TUPLE_TABLE
    first = _FIRST_LINE.match(text)
    return Form.RELATIONSHIP_LINES if first and is_line(first[1]) else None


def _form_of_map(value: LinedMap) -> Form | None:
    if value.get("format") == FORMAT:
        return Form.CAPABILITIES
    if not _FOREIGN.isdisjoint(value):
        return None
    if is_json_model(value) or is_json_model(value.get("authorization_model")):
        return Form.MODEL_JSON
    if _is_store(value):
        return Form.STORE
    if _is_tuple(value) or _is_answer(value):
        return Form.TUPLES
    if set(value) == {"schema", "contents"} and isinstance(value["contents"], LinedList):
        return Form.MANIFEST
    return Form.VALIDATION if _is_validation(value) else None


def _is_store(value: LinedMap) -> bool:
    if not value.keys() <= _STORE_FIELDS:
        return False
    if any(isinstance(value.get(key), str | LinedList) for key in _STORE_SIGNS):
        return True
    model = value.get("model")
    if isinstance(model, str):
        return is_model(model) or "tuples" in value or "tests" in value
    if is_json_model(model):
        return True
    tuples = value.get("tuples")
    return isinstance(tuples, LinedList) and bool(tuples) and _has_fields(tuples[0])


def _is_answer(value: LinedMap) -> bool:
    """Tell whether this is what ``fga tuple read`` gives."""
    tuples = value.get("tuples")
    if not value.keys() <= {"tuples", "continuation_token"} or not isinstance(tuples, LinedList):
        return False
    return _is_tuple(tuples[0]) if tuples else True


def _is_tuple(value: object) -> bool:
    if not isinstance(value, LinedMap):
        return False
    if _has_fields(value.get("key")):
        return value.keys() <= {"key", "timestamp"}
    return _has_fields(value) and value.keys() <= _ONE_TUPLE


def _has_fields(value: object) -> bool:
    return isinstance(value, LinedMap) and value.keys() >= TUPLE_FIELDS


def _is_validation(value: LinedMap) -> bool:
    schema = value.get("schema", value.get("schemaFile"))
    if not isinstance(schema, str):
        return False
    return "schemaFile" in value or is_schema(schema) or (bool(schema) and "relationships" in value)
