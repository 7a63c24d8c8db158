"""Globs: what they match, and that no pattern makes them slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blastradius.globs import compile_glob, matches


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*", ""),
        ("*", "anything/at:all"),
        ("", ""),
        ("?", "x"),
        ("k8s:*/secrets*", "k8s:prod/secrets:db"),
        ("k8s:*/secrets*", "k8s:*/secrets"),
        ("drive:*/2027*", "drive:a/b/c/2027.md"),
        ("a*a", "aa"),
        ("a**b", "a b"),
        ("*b?d*", "aabcd"),
        ("[ab]", "[ab]"),
        ("*ab*ab*", "abab"),
    ],
)
def test_a_pattern_matches_what_it_should(pattern, text):
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", "x"),
        ("?", ""),
        ("?", "xy"),
        ("a*a", "a"),
        ("abc*bcd", "abcd"),
        ("*ab*ab*", "aba"),
        ("*aa*aa*", "aaa"),
        ("*a?*a?*", "aab"),
        ("Repo:*", "repo:a"),
        ("[ab]", "a"),
        ("a?c", "a/bc"),
    ],
)
def test_a_pattern_matches_nothing_else(pattern, text):
    assert not matches(pattern, text)


def as_regex(pattern):
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(c, re.escape(c)) for c in pattern), re.DOTALL)


@given(st.text(alphabet="ab?*\n", max_size=9), st.text(alphabet="ab\n", max_size=12))
def test_globs_agree_with_the_regular_expression_of_the_same_meaning(pattern, text):
    assert matches(pattern, text) == bool(as_regex(pattern).fullmatch(text))


@pytest.mark.parametrize(
    "pattern", ["*a" * 200 + "*b", "*" + "a" * 400 + "b*", "*" + "?a" * 200 + "b*", "*?" * 300 + "b"]
)
def test_no_pattern_is_slow_on_a_long_text(pattern):
    assert not matches(pattern, "a" * 200_000)


def test_the_prefix_is_what_every_match_begins_with():
    assert compile_glob("k8s:*/x").prefix == "k8s:"
    assert compile_glob("re?o:*").prefix == "re"
    assert compile_glob("plain").prefix == "plain"


def test_only_a_pattern_without_wildcards_is_literal():
    assert compile_glob("plain").literal
    assert not compile_glob("pl?in").literal
    assert not compile_glob("plain*").literal


@pytest.mark.parametrize(
    ("pattern", "held"),
    [
        ("*pii*", "pii"),
        ("**pii**", "pii"),
        ("*", None),
        ("*p?i*", None),
        ("pii*", None),
        ("*pii", None),
        ("*a*b*", None),
    ],
)
def test_a_pattern_that_asks_for_one_text_anywhere_says_so(pattern, held):
    assert compile_glob(pattern).held == held


@pytest.mark.parametrize(
    ("pattern", "expected"), [("k:*", True), ("*", True), ("k:", False), ("k?*", False), ("k*x", False)]
)
def test_a_glob_says_whether_its_beginning_is_all_it_asks_for(pattern, expected):
    assert compile_glob(pattern).everything_after_prefix == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("k:*/secrets*x", "/secrets"), ("ab?cde", "cde"), ("*a?bc*", "bc"), ("k:*", ""), ("plain", "")],
)
def test_a_glob_names_the_longest_text_behind_its_prefix(pattern, expected):
    assert compile_glob(pattern).telling == expected
