"""Percent notation for what must not stand in an id."""

import unicodedata


def percent(character: str) -> str:
    """Write a character out, as ``%2F``; half a surrogate pair too."""
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def is_hidden(character: str) -> bool:
    """Tell whether a character cannot be seen, or steers what shows it; a plain blank does neither."""
    return unicodedata.category(character)[0] in "CZ" and character != " "
