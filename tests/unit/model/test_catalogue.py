"""Every kind of finding is explained, in the words of the page about findings."""

import re
from pathlib import Path

import pytest

from blastradius.model.assessment import FINDING_RULES
from blastradius.model.catalogue import FINDING_KINDS


def test_every_kind_of_finding_is_explained_once_and_no_other() -> None:
    assert tuple(FINDING_KINDS) == FINDING_RULES
    assert len({kind.title for kind in FINDING_KINDS.values()}) == len(FINDING_RULES)


@pytest.mark.parametrize("rule", FINDING_RULES)
def test_titles_are_short_and_explanations_whole_sentences(rule: str) -> None:
    kind = FINDING_KINDS[rule]
    assert len(kind.title) <= 70
    for text in (kind.title, kind.meaning, kind.remedy):
        assert text[0].isupper()
    assert not kind.title.endswith(".")
    assert kind.meaning.endswith(".")
    assert kind.remedy.endswith(".")


def test_the_page_about_findings_has_the_same_titles(root: Path) -> None:
    page = (root / "docs" / "findings.md").read_text("utf-8")
    titles = re.findall(r"^## (\S+)\n\n\*\*(.+)\.\*\*$", page, re.MULTILINE)
    assert dict(titles) == {rule: kind.title for rule, kind in FINDING_KINDS.items()}
    assert len(titles) == page.count("\n## ")
