"""Hostile text is shown, never obeyed."""

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.report.escaping import (
    NAME_LIMIT,
    code_fence,
    code_sentence,
    code_span,
    command_data,
    command_property,
    exact,
    identifier,
    json_document,
    plain,
    relative_uri,
    sarif_text,
    xml,
)
from tests.unit.report.worlds import any_text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("user:ana", "user:ana"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\r\nc", "a\\x09b\\x0d\\x0ac"),
        ("\x7f\x85\x9b", "\\x7f\\x85\\x9b"),
        ("\u202euser", "\\u202euser"),
        ("a\u200bb", "a\\u200bb"),
        ("a\u00a0b", "a\\xa0b"),
        ("\ud800", "\\ud800"),
        ("\u0378\ue000", "\\u0378\\ue000"),
        ("\u3164\ufe0f\u2800", "\\u3164\\ufe0f\\u2800"),
        ("\U000e0041", "\\U000e0041"),
        ("CORP\\ana", "CORP\\ana"),
        ("é漢😀", "é漢😀"),
        ("e\u0301\u0301", "e\u0301\u0301"),
        ("e\u0301\u0301\u0301", "e\u0301\u0301\\u0301"),
        ("::add-mask::x", "\\x3a:add-mask::x"),
        ("  ::add-mask::x", "  \\x3a:add-mask::x"),
        ("arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x"),
        ("x##[add-mask]y", "x#\\x23[add-mask]y"),
        ("##vso[task.setvariable]", "#\\x23vso[task.setvariable]"),
    ],
)
def test_plain_text_shows_what_cannot_be_seen(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_long_text_keeps_both_ends() -> None:
    assert plain("a" * 500 + "z", 10) == "aaaaaa…aaz"
    assert len(plain("\x00" * 500)) == NAME_LIMIT


def test_a_text_is_not_cut_when_it_just_fits() -> None:
    assert plain("a" * 10, 10) == "a" * 10


@pytest.mark.parametrize(
    ("raw", "span"),
    [
        ("a", "`a`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("a``b`", "``` a``b` ```"),
        ("", "`  `"),
        (" ", "`   `"),
        ("a|b", "`a\\x7cb`"),
        ("a\\|b", "`a\\\\x7cb`"),
        ("@team #1", "`@team #1`"),
    ],
)
def test_a_code_span_has_a_fence_longer_than_anything_inside(raw: str, span: str) -> None:
    assert code_span(raw) == span


def test_a_sentence_in_code_has_apostrophes_for_backticks() -> None:
    assert code_sentence("`ana` gains `x`") == "`'ana' gains 'x'`"


def test_a_code_block_has_a_fence_longer_than_anything_inside() -> None:
    assert code_fence(["a"]) == "```"
    assert code_fence([]) == "```"
    assert code_fence(["```", "`````x"]) == "``````"


def test_xml_escapes_all_markup() -> None:
    assert xml("<a href='x'>&\"]]>\x00") == "&lt;a href=&apos;x&apos;&gt;&amp;&quot;]]&gt;\\x00"


def test_workflow_commands_escape_percent_and_in_properties_what_separates_them() -> None:
    assert command_data("50%:,\n") == "50%25:,\\x0a"
    assert command_property("50%:,\n") == "50%25%3A%2C\\x0a"


def test_sarif_text_holds_no_link() -> None:
    assert sarif_text("[click](https://example.com)") == "[click] (https://example.com)"


@pytest.mark.parametrize(
    ("label", "uri"),
    [
        ("acl/change.yaml", "acl/change.yaml"),
        ("./acl//x y.yaml", "acl//x%20y.yaml"),
        ("/etc/passwd", "etc/passwd"),
        ("//host/x", "host/x"),
        (".//host/x", "host/x"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("é#?%", "%C3%A9%23%3F%25"),
        ("\ud800", "%3F"),
        ("", "-"),
        ("./", "-"),
    ],
)
def test_a_uri_is_relative_and_encoded(label: str, uri: str) -> None:
    assert relative_uri(label) == uri


def test_an_identifier_stays_different_when_it_is_cut() -> None:
    first, second = identifier("a" * 300 + "b"), identifier("a" * 300 + "c")
    assert first != second
    assert len(first) == len(second) == 100
    assert identifier("user data/1") == "user%20data%2F1"
    assert identifier("") == "-"


@given(any_text)
def test_json_gives_every_text_back_and_no_order_to_a_runner(text: str) -> None:
    written = json_document({"text": exact(text)})
    assert written.isascii()
    assert "##[" not in written
    assert json.loads(written)["text"] == exact(text)
    assert exact(text) == text or any("\ud800" <= character <= "\udfff" for character in text)


@given(any_text, st.integers(2, 200))
def test_no_escaped_text_is_longer_than_asked(text: str, limit: int) -> None:
    assert len(plain(text, limit)) <= limit
    assert len(sarif_text(text, limit)) <= limit


@given(any_text)
def test_every_character_of_plain_text_is_printable(text: str) -> None:
    assert plain(text).isprintable()


@given(any_text)
def test_escaping_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text, 10**6), 10**6) == plain(text, 10**6)


@given(any_text)
def test_a_browser_reads_xml_back_as_plain_text(text: str) -> None:
    assert html.unescape(xml(text)) == plain(text, 600)
