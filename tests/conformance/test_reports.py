"""What every report format keeps to, whatever the assessment says."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given

from blastradius.model.assessment import Assessment
from blastradius.report.interface import Style
from blastradius.report.registry import REPORTERS
from tests.unit.report.examples import ALL, EVIL
from tests.unit.report.worlds import assessments

FORMATS = pytest.mark.parametrize("name", REPORTERS)
# Everything a report must spell out: controls, marks that hide or turn text around, halves of pairs.
UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
LOG_COMMAND = re.compile(r"^\s*::|##[A-Za-z]*\[", re.MULTILINE)


def parse(name: str, report: str) -> object:
    match name:
        case "json" | "sarif" | "gitlab":
            return json.loads(report)
        case "junit":
            return ET.fromstring(report)
        case _:
            return report


def test_every_format_stands_under_its_own_name() -> None:
    assert {name: reporter.NAME for name, reporter in REPORTERS.items()} == {name: name for name in REPORTERS}


@given(assessment=assessments)
def test_no_report_holds_what_is_unseen_or_gives_orders_and_machines_can_read_it(assessment: Assessment) -> None:
    # One assessment, every format: drawing it takes longer than writing it out seven times.
    for name, reporter in REPORTERS.items():
        report = reporter.render(assessment)
        assert not UNSEEN.search(report), name
        assert report.endswith("\n"), name
        parse(name, report)
        if name == "github":
            report = re.sub(r"^::(?:error|warning|notice) file=", "", report, flags=re.MULTILINE)
        assert not LOG_COMMAND.search(report), name


@FORMATS
@pytest.mark.parametrize("kind", ALL)
def test_every_kind_of_assessment_can_be_written(name: str, kind: str) -> None:
    report = REPORTERS[name].render(ALL[kind]())
    assert report.endswith("\n")
    parse(name, report)


@FORMATS
def test_the_same_assessment_gives_the_same_bytes(name: str) -> None:
    assert REPORTERS[name].render(ALL["internet"]()) == REPORTERS[name].render(ALL["internet"]())


@FORMATS
def test_no_format_passes_a_hostile_name_on(name: str) -> None:
    assert EVIL not in REPORTERS[name].render(ALL["hostile"]())


@pytest.mark.parametrize("name", [name for name in REPORTERS if name != "text"])
def test_formats_for_machines_look_the_same_in_every_style(name: str) -> None:
    assessment = ALL["incident"]()
    assert REPORTERS[name].render(assessment) == REPORTERS[name].render(assessment, Style(120, colour=True))


@FORMATS
def test_a_format_imports_nothing_but_the_model_and_its_own_room(name: str, root: Path) -> None:
    source = (root / "blastradius" / "report" / f"{name}.py").read_text("utf-8")
    imported = re.findall(r"^from (blastradius\.\w+)", source, re.MULTILINE)
    assert set(imported) <= {"blastradius.model", "blastradius.report"}
