"""Texts that are neither YAML nor JSON."""

import pytest

from blastradius.documents import PlainText, plain_document
from tests.support.texts import as_file

PLAIN = [
    "# file: srv\n# owner: ana\nuser::rwx\n",
    "root:x:0:0:root:/:/bin/sh\n",
    "--\n-- PostgreSQL database dump\n--\n\nSET x = 1;\n",
    "group,member\na,b\n",
    "dn: uid=ana,dc=acme,dc=example\nuid: ana\n",
    "# extended LDIF\n#\n\nversion: 1\n\ndn:: YQ==\n",
    "model\n  schema 1.1\n",
    "definition user {}\n",
    "document:1#viewer@user:ana\n",
    "document:1 viewer user:ana\n",
    "\n\n/* a comment */\n",
]
STRUCTURED = [
    '{"a": 1}',
    "[1]",
    "a: 1\n",
    "# a comment\n\na b: 1\n",
    "'a:b': 1\n",
    '"a": 1\n',
    "- a\n",
    "---\nfoo\n",
    "%YAML 1.2\n---\na: 1\n",
    "a:\n  b: 1\n",
    "? a\n: b\n",
    "!tag a\n",
    "*alias\n",
    "# file: notes of mine\nformat: x\n".replace("# file:", "# files:"),
]


@pytest.mark.parametrize("text", PLAIN)
def test_listings_dumps_and_languages_are_plain(text: str) -> None:
    document = plain_document(as_file(text, "given"))
    assert document is not None
    assert isinstance(document.value, PlainText)
    assert document.value.text == text


@pytest.mark.parametrize("text", STRUCTURED)
def test_what_begins_like_yaml_or_json_is_not(text: str) -> None:
    assert plain_document(as_file(text, "given")) is None


def test_a_suffix_says_that_a_text_is_no_yaml() -> None:
    assert plain_document(as_file("a: 1\n", "given.sql")) is not None
    assert plain_document(as_file("a: 1\n", "given.yaml")) is None


def test_lines_end_with_line_feeds_alone() -> None:
    assert PlainText("a\r\nb\x0bc\u2028d\n\ne").lines == ("a", "b\x0bc\u2028d", "", "e")
    assert PlainText("a\n").lines == ("a",)
