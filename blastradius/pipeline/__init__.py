"""The use case and the questions around it; every face calls these and only translates."""

from blastradius.documents import schema_text as schema
from blastradius.pipeline.check import Checked, check
from blastradius.pipeline.collecting import collections
from blastradius.pipeline.convert import Converted, convert
from blastradius.pipeline.questions import explain, what_can, who_can
from blastradius.pipeline.request import Request
from blastradius.pipeline.validation import validate
from blastradius.systems.native.write import NativeForm

SCHEMAS = ("snapshot", "identities", "relations", "change", "policy", "report", "tuple")
"""Formats of which `schema` gives the JSON Schema."""

__all__ = [
    "SCHEMAS",
    "Checked",
    "Converted",
    "NativeForm",
    "Request",
    "check",
    "collections",
    "convert",
    "explain",
    "schema",
    "validate",
    "what_can",
    "who_can",
]
