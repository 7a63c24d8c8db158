"""The text of a file's bytes."""

import codecs

from blastradius.model.sources import Problem, Source

# The mark of UTF-32 begins with that of UTF-16, so it is looked for first.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SAMPLE_BYTES = 4096
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")


def decode(data: bytes, label: str) -> str | Problem:
    """Decode UTF-8, or UTF-16 and UTF-32 that begin with a byte order mark.

    Args:
        data: The whole file.
        label: Name of the file, for the problem.

    Returns:
        The text without its mark; a problem when the file is empty or is no text.
    """
    place = Source(label)
    if data.startswith(_COMPRESSED):
        return Problem("the file is compressed", place, "decompress it first")
    encoding, name, start = "utf-8", "UTF-8", 0
    for mark, marked_encoding, marked_name in _MARKS:
        if data.startswith(mark):
            encoding, name, start = marked_encoding, marked_name, len(mark)
            break
    if start == 0 and _looks_like_utf_16(data):
        hint = "save it as UTF-8, or with a byte order mark"
        return Problem("the file looks like UTF-16 without a byte order mark", place, hint)
    try:
        text = data[start:].decode(encoding)
    except UnicodeDecodeError as error:
        if start == 0 and b"\x00" in data:
            return _binary(place)
        line = data.count(b"\n", 0, error.start) + 1 if encoding == "utf-8" else 0
        return Problem(f"the file is not valid {name}", Source(label, line), "save it as UTF-8")
    if "\x00" in text:
        return _binary(place)
    if not text.strip():
        return Problem("the file is empty", place, "was it written completely?")
    return text


def _binary(place: Source) -> Problem:
    return Problem("the file is binary, not text", place, "give a YAML or JSON file")


def _looks_like_utf_16(data: bytes) -> bool:
    """Tell by the zero bytes: in Latin text every second byte is one, and no other is."""
    sample = data[: _SAMPLE_BYTES - _SAMPLE_BYTES % 2]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    pairs = len(sample) // 2
    return pairs > 1 and max(even, odd) > pairs * 0.7 and min(even, odd) < pairs * 0.1
