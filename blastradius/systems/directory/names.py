"""How accounts and groups of a directory are called.

People and groups with a mail address are called by it, so that they are the same in every system; others get a name
that says where it comes from: ``directory/NAME``.
"""

import re
from functools import lru_cache

from blastradius.documents import UNSAFE_CHARACTERS
from blastradius.model.snapshot import BUILT_IN_SUBJECTS, OUTSIDER, UNLISTED_SUFFIX

OWN = "directory/"
"""Before names that are no mail addresses."""
_CHARACTERS_MAX = 900
_KEPT = 1 << 18  # people stand in many groups each
_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"/]+")
_SHOWN_WITH_NAME = re.compile(r"([^<>;|]*)<([^<>]+)>")
_BETWEEN = re.compile(r"[\s,;|]+")
_BESIDE_ADDRESSES = re.compile(r"[\s,;:|/&+<>()\[\]\"']+")
_SEPARATORS = (";", "|", "\n", ",")
_MACHINES = (".gserviceaccount.com",)
_LISTS = ("@googlegroups.com",)


@lru_cache(maxsize=_KEPT)
def name_of(written: str) -> str | None:
    """Give the name for an address, a login or the title of a group; directories tell no upper from lower case.

    Args:
        written: As it stands in the list; an address may stand behind a name, as in a letter head.

    Returns:
        An address, or a name that begins with `OWN`; None when it cannot be a name, or is several.
    """
    text = written.strip().lower()
    shown = _SHOWN_WITH_NAME.fullmatch(text)
    if shown and ("@" not in shown[1] or shown[1].strip(" \"'") == shown[2].strip()):
        text = shown[2].strip()
    text = text.removeprefix("mailto:")
    if "@" not in text:
        text = text.replace("%40", "@")  # an address out of a URL
    is_bad = not text or len(text) > _CHARACTERS_MAX or UNSAFE_CHARACTERS.search(text) or holds_addresses(text)
    if is_bad or text in BUILT_IN_SUBJECTS or text == OUTSIDER or text.endswith(UNLISTED_SUFFIX):
        return None
    return text if is_address(text) else OWN + text


def is_address(text: str) -> bool:
    """Tell whether a text is a mail address."""
    return _ADDRESS.fullmatch(text) is not None


def holds_addresses(text: str) -> bool:
    """Tell whether a text holds several addresses, which are never one account."""
    if text.count("@") < 2:
        return False
    return sum(is_address(part) for part in _BESIDE_ADDRESSES.split(text.lower())) > 1


@lru_cache(maxsize=_KEPT)
def names_in(cell: str) -> tuple[str, ...]:
    """Take a cell apart that holds several addresses; a cell with anything else is given as it is.

    Args:
        cell: Addresses with commas, semicolons, bars, line ends or blanks between them, each perhaps behind a name.
    """
    text = cell.strip()
    if "@" not in text:
        text = text.replace("%40", "@")
    if text.count("@") < 2 or is_address(name_of(text) or ""):
        return (cell,)
    ways = [_BETWEEN.split(text), *(text.split(separator) for separator in _SEPARATORS)]
    for parts in ways:
        found = tuple(part.strip() for part in parts if part.strip())
        if len(found) > 1 and all(is_address(name_of(part) or "") for part in found):
            return found
    return (cell,)


def is_machine(name: str) -> bool:
    """Tell whether an address belongs to a service account."""
    return name.endswith(_MACHINES)


def is_public_list(name: str) -> bool:
    """Tell whether an address can only be a group."""
    return name.endswith(_LISTS)


def domain_of(name: str) -> str:
    """Give the mail domain; empty for a name that is no address."""
    return name.rpartition("@")[2] if is_address(name) else ""
