"""Distinguished names: the same however they are written, and the first thing they say.

Source: RFC 4514.
"""

import re
from functools import lru_cache

_KEPT = 1 << 18  # people stand in many groups each
_ESCAPED = re.compile(r"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)
_PART = re.compile(r"((?:[^\\,+]|\\.)*)([,+]|$)", re.DOTALL)


@lru_cache(maxsize=_KEPT)
def canonical(dn: str) -> str:
    """Write a distinguished name in one way: small letters, no blanks around parts, no needless escapes."""
    parts: list[str] = []
    at = 0
    while at <= len(dn):
        found = _PART.match(dn, at)
        if found is None:
            return dn.lower().strip()
        kind, separator, value = found[1].partition("=")
        parts.append(f"{kind.strip().lower()}{separator}{_plain(value)}{found[2]}")
        at = found.end() + (0 if found[2] else 1)
    return "".join(parts)


def first_value(dn: str) -> str:
    """Give the value of the first part, in small letters; empty when there is none."""
    found = _PART.match(dn)
    return _unescaped(found[1].partition("=")[2]).strip().lower() if found else ""


def kind_of_first(dn: str) -> str:
    """Give the attribute of the first part, such as ``uid``."""
    return dn.partition("=")[0].strip().lower()


def _plain(value: str) -> str:
    """Unescape a value and escape again only what takes names apart."""
    return re.sub(r"([\\,+])", r"\\\1", _unescaped(value.strip())).lower()


def _unescaped(value: str) -> str:
    if "\\" not in value:
        return value
    data = bytearray()
    at = 0
    for found in _ESCAPED.finditer(value):
        data += value[at : found.start()].encode("utf-8", "surrogatepass")
        code = found[1]
        data += bytes.fromhex(code) if len(code) == 2 else code.encode("utf-8", "surrogatepass")
        at = found.end()
    data += value[at:].encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "replace")
