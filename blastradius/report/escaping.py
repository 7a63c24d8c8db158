"""Make text from inputs harmless: one function per place that it can be written to.

Nothing an input says may move a cursor, hide itself, end a quotation, or give orders to whatever reads
the report: a terminal, a browser, a parser, or the log of a CI job.
"""

import hashlib
import json
import re
import unicodedata

NAME_LIMIT = 120
"""Longest id, label or condition that a report for people shows, in characters."""
TEXT_LIMIT = 600
"""Longest sentence from an input that a report for people shows, in characters."""

# Printable by Unicode's book, and yet nothing to see: fillers, joiners, selectors of variants, blank Braille.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# SECURITY: runners obey `##[add-mask]`, `##vso[…]` and `##teamcity[…]` anywhere in a line of the log.
_LOG_COMMAND = re.compile(r"##(?=[A-Za-z]*\[)")
_BACKTICKS = re.compile("`+")
_MARKS_IN_A_ROW = 2
_SURROGATE = re.compile("[\ud800-\udfff]")
_ID_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# SECURITY: what makes a spreadsheet take a cell for a formula, in ASCII and full width. Where cells end at a semicolon,
# as in half of Europe, one quoted field may turn into several of them. (A tab is spelled out.)
_FORMULA = re.compile(r"""(^|;)([\s"']*)(?=[=+\-@＝＋－＠])""")
_URI_SAFE = _ID_SAFE | frozenset(b"/")


def plain(text: str, limit: int = NAME_LIMIT) -> str:
    r"""Write foreign text where characters are shown as they are: a terminal, a log, a plain-text field.

    Args:
        text: Anything.
        limit: Longest result, in characters; what is cut off is replaced by an ellipsis.

    Returns:
        One line in which every character can be seen: the others stand as ``\xNN`` or ``\uNNNN``. It
        neither begins with ``::`` nor holds another command that CI systems look for in a log.
    """
    # NOTE: a backslash stays as it is, since `CORP\ana` is a common name; the JSON report is exact.
    shown = cut(text, limit)
    if not (shown.isascii() and shown.isprintable()):
        shown = _spelled_out(shown)
    shown = _LOG_COMMAND.sub(r"#\\x23", shown)
    return cut(no_command_start(shown), limit)


def no_command_start(line: str) -> str:
    """Keep a line from beginning with ``::``, which GitHub's runner takes for a command."""
    bare = line.lstrip(" ")
    if not bare.startswith("::"):
        return line
    return line[: len(line) - len(bare)] + "\\x3a" + bare[1:]


def cut(text: str, limit: int) -> str:
    """Shorten a text to so many characters; the middle goes, since ids differ at both ends."""
    if len(text) <= limit:
        return text
    tail = (limit - 1) // 3
    return text[: limit - 1 - tail] + "…" + text[len(text) - tail :]


def code_span(text: str, limit: int = NAME_LIMIT) -> str:
    """Write foreign text into Markdown, as code that is nothing but text.

    Inside a code span there are no links, mentions, references, images or HTML, and the fence is longer
    than any run of backticks within. A pipe is spelled out: escaped with a backslash it could still end
    a table cell when another backslash stands before it.
    """
    shown = plain(text, limit).replace("|", "\\x7c")
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if not shown.strip(" ") or shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_sentence(text: str, limit: int = TEXT_LIMIT) -> str:
    """Write a foreign sentence into Markdown; the backticks around names in it become apostrophes."""
    return code_span(text.replace("`", "'"), limit)


def code_fence(lines: list[str]) -> str:
    """Choose a fence for a Markdown code block of lines that are already plain."""
    return "`" * max(3, 1 + max((_longest_run(line) for line in lines), default=0))


def xml(text: str, limit: int = TEXT_LIMIT) -> str:
    """Write foreign text into XML, as the content of an element or of a quoted attribute."""
    return xml_markup(plain(text, limit))


def xml_markup(shown: str) -> str:
    """Escape the five characters that mean something in XML in text that is already plain."""
    for raw, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&apos;")):
        shown = shown.replace(raw, entity)
    return shown


def command_data(text: str, limit: int = TEXT_LIMIT) -> str:
    """Write foreign text as the message of a GitHub workflow command."""
    return plain(text, limit).replace("%", "%25")


def command_property(text: str, limit: int = NAME_LIMIT) -> str:
    """Write foreign text as a property of a GitHub workflow command."""
    return command_data(text, limit).replace(":", "%3A").replace(",", "%2C")


def csv_field(text: str) -> str:
    r"""Write foreign text as a field of a CSV file, whole: what a spreadsheet cannot show stands as ``\xNN``.

    An apostrophe before what would begin a formula makes it text; such a name is not exact.
    """
    shown = _FORMULA.sub(r"\1'\2", plain(text, max(len(text) * 10, 1)))
    return '"' + shown.replace('"', '""') + '"'


def sarif_text(text: str, limit: int = TEXT_LIMIT) -> str:
    """Write foreign text into a SARIF message, in which ``[text](target)`` would become a link."""
    return cut(plain(text, limit).replace("](", "] ("), limit)


def relative_uri(label: str) -> str:
    """Write the label of an input as a relative URI reference: no scheme, no host, percent-encoded."""
    path = label.lstrip("/")
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return _percent_encoded(path, _URI_SAFE) or "-"


def identifier(text: str, limit: int = 100) -> str:
    """Write foreign text as part of the id of a rule: letters, digits, ``._~-`` and percent signs.

    Texts that differ still differ when they are cut, since a digest then stands at the end.
    """
    encoded = _percent_encoded(text, _ID_SAFE) or "-"
    if len(encoded) <= limit:
        return encoded
    return f"{encoded[: limit - 13]}-{hashlib.sha256(encoded.encode()).hexdigest()[:12]}"


def json_document(value: object, *, indent: int | None = 2) -> str:
    """Write a JSON document in ASCII that gives every string back exactly.

    Half surrogate pairs, which are no text and which strict parsers refuse, are spelled out.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, indent=indent)
    return _LOG_COMMAND.sub(r"#\\u0023", text) + "\n"


def json_text(text: str) -> str:
    """Write foreign text as a JSON string, as `json_document` does."""
    return _LOG_COMMAND.sub(r"#\\u0023", json.dumps(exact(text)))


def exact(text: str) -> str:
    """Pass text on to a JSON string unchanged, unless it holds half a surrogate pair."""
    return text if text.isascii() else _SURROGATE.sub(lambda match: _escaped(match[0]), text)


def _percent_encoded(text: str, safe: frozenset[int]) -> str:
    return "".join(chr(byte) if byte in safe else f"%{byte:02X}" for byte in text.encode("utf-8", "replace"))


def _spelled_out(text: str) -> str:
    """Spell out what cannot be seen, and marks beyond the second on one letter: piled up they cover other lines."""
    out: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        seen = character.isprintable() and not _BLANK.match(character) and marks <= _MARKS_IN_A_ROW
        out.append(character if seen else _escaped(character))
    return "".join(out)


def _escaped(character: str) -> str:
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
