"""Foreign text in messages."""

import pytest

from blastradius.documents import UNSAFE_CHARACTERS, quoted, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ü 🌳", "plain ü 🌳"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("line\nbreak\ttab", "line\\x0abreak\\x09tab"),
        ("\u202egpj", "\\u202egpj"),
        ("a\u200bb", "a\\u200bb"),
        ("\x9b", "\\x9b"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("\ufffe", "\\ufffe"),
        ("a\u00a0b", "a\\xa0b"),
    ],
)
def test_what_cannot_be_printed_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert visible(text).isprintable()


def test_a_quoted_text_cannot_leave_its_backticks() -> None:
    assert quoted("a`b") == "`a'b`"


def test_a_long_text_is_cut_short() -> None:
    assert quoted("x" * 1_000_000) == "`" + "x" * 120 + "…`"
    assert quoted("x" * 120) == "`" + "x" * 120 + "`"


@pytest.mark.parametrize("character", "\x00\x1b\x7f\x85\xad\u061c\u200b\u200d\u2028\u202e\u2066\ufeff\U000e0041")
def test_no_name_may_hold_what_cannot_be_seen(character: str) -> None:
    assert UNSAFE_CHARACTERS.search(f"user:a{character}b")


@pytest.mark.parametrize("text", ["user:ana", "user:Zoë", "user:名前", "drive:a b/c.md", "user:🌳"])
def test_names_of_any_script_are_fine(text: str) -> None:
    assert not UNSAFE_CHARACTERS.search(text)
