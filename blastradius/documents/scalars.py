"""What an unquoted word of YAML stands for.

The truth values and whole numbers are those of YAML 1.1, which ``kubectl`` and the GitHub tools read
as well. What YAML 1.1 alone takes for a number or a time (``1:30``, ``2026-03-18``) stays text.
"""

import math
import re

from blastradius.documents.limits import NUMBER_CHARS_MAX

_TRUE = ("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON")
_FALSE = ("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF")
_NOTHING = ("", "~", "null", "Null", "NULL")
WORDS: dict[str, bool | None] = (
    dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False) | dict.fromkeys(_NOTHING, None)
)
"""The words that are no text."""
NUMBER_STARTS = frozenset("+-.0123456789")
"""The first characters that a number can have."""

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*|0[0-7_]+|0x[0-9a-fA-F_]+|0o[0-7_]+|0b[01_]+)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?", re.ASCII)
_NOT_A_NUMBER = frozenset({".nan", ".NaN", ".NAN"})
_INFINITE = frozenset({".inf", ".Inf", ".INF"})


class NumberError(ValueError):
    """A number that cannot be used; the text says why."""


def resolve(text: str) -> str | int | float | bool | None:
    """Say what a plain scalar stands for.

    Raises:
        NumberError: When it is a number that is not finite or far too long.
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in NUMBER_STARTS:
        return text
    if _INTEGER.fullmatch(text):
        return _whole_number(text)
    if _FLOAT.fullmatch(text):
        return decimal_number(text)
    if text in _NOT_A_NUMBER or text.lstrip("+-") in _INFINITE:
        raise NumberError("infinity and `nan` are no numbers that can be used")
    return text


def decimal_number(text: str) -> float:
    """Read a decimal number that is known to be well formed.

    Raises:
        NumberError: When it is too long, or too large for a float.
    """
    check_length(text)
    number = float(text)
    if math.isinf(number):
        raise NumberError("the number is too large")
    return number


def check_length(text: str) -> None:
    """Refuse a number that nobody wrote by hand, before anything is computed from it.

    Raises:
        NumberError: When it is too long.
    """
    if len(text) > NUMBER_CHARS_MAX:
        raise NumberError(f"the number has {len(text)} characters, at most {NUMBER_CHARS_MAX} are read")


def _whole_number(text: str) -> int | str:
    check_length(text)
    sign = -1 if text[0] == "-" else 1
    digits = text.lstrip("+-").replace("_", "")
    if digits[:2] in ("0x", "0o", "0b"):
        return sign * int(digits, 0) if len(digits) > 2 else text
    return sign * (int(digits, 8) if digits.startswith("0") else int(digits))
