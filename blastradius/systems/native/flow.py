"""Values as YAML on one line: quoted where another reader, or a person, could take them for something else."""

import re
from typing import Any

LINE_CHARS_MAX = 120
"""A line that is longer is broken where a list in it allows that."""
_KEY_CHARS_MAX = 900
"""Readers look so far for the colon behind a key, and a little farther; a longer key is marked as one."""
_PLAIN = re.compile(r"[^\W\d](?:[\w./@+~$()=*#%-]|:(?=[\w./@+~$*#%:-]))*")
"""INVARIANT: neither a blank nor a sign that structures flow collections is in it, and no colon ends it."""
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
"""What one version of YAML or another takes for no text, in small letters."""
_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_ESCAPED = re.compile(r'["\\]')


def flow(value: Any) -> str:
    """Write a text, a number, a truth value, or a list or mapping of such values, on one line."""
    if isinstance(value, str):
        return scalar(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key(name)}{flow(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value).lower()


def scalar(text: str) -> str:
    """Write a text, in quotes unless nobody can misread it without."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if text.isprintable():
        return '"' + _ESCAPED.sub(r"\\\g<0>", text) + '"'
    return '"' + "".join(map(_escaped, text)) + '"'


def key(text: str) -> str:
    """Write a key and its colon."""
    # A field of every grant, which people write without quotes; as a key it is text to every reader of this format.
    written = "on" if text == "on" else scalar(text)
    return f"{written}: " if len(written) <= _KEY_CHARS_MAX else f"? {written} : "


def block_entry(name: str, value: Any, indent: str) -> str:
    """Write one entry of a block mapping: on a line of its own, on several where it is long."""
    written = scalar(name)
    if len(written) > _KEY_CHARS_MAX:
        return f"{indent}? {written}\n{indent}: {_wide(value, 2, indent)}\n"
    start = f"{indent}{written}: "
    return f"{start}{_wide(value, len(start), indent)}\n"


def block_item(value: Any, indent: str) -> str:
    """Write one item of a block list, as `block_entry`."""
    return f"{indent}- {_wide(value, len(indent) + 2, indent)}\n"


def _wide(value: Any, before: int, indent: str) -> str:
    line = flow(value)
    if before + len(line) <= LINE_CHARS_MAX:
        return line
    if isinstance(value, list):
        return _broken(value, indent)
    if not isinstance(value, dict):
        return line
    parts = (
        f"{key(name)}{_broken(one, indent) if isinstance(one, list) else flow(one)}" for name, one in value.items()
    )
    return "{" + ", ".join(parts) + "}"


def _broken(items: list[Any], indent: str) -> str:
    """Write each item of a list on a line of its own."""
    if len(items) < 2:
        return flow(items)
    lines = (f"{indent}    {flow(item)},\n" for item in items)
    return "[\n" + "".join(lines) + f"{indent}  ]"


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
