"""The JSON report: everything, exactly, for machines. Source: SPEC section 7."""

from blastradius.model.assessment import Assessment
from blastradius.report import values
from blastradius.report.escaping import json_document
from blastradius.report.interface import PLAIN, Style

NAME = "json"


def render(assessment: Assessment, style: Style = PLAIN) -> str:  # noqa: ARG001 - the same for every style
    """Write the report; see `Reporter.render`."""
    return json_document(values.of_assessment(assessment))
