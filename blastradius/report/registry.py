"""Every report format, by the word for ``--report``."""

from collections.abc import Mapping

from blastradius.report import github, gitlab, json, junit, markdown, sarif, text
from blastradius.report.interface import Reporter

REPORTERS: Mapping[str, Reporter] = {
    "text": text,
    "json": json,
    "sarif": sarif,
    "markdown": markdown,
    "junit": junit,
    "github": github,
    "gitlab": gitlab,
}
