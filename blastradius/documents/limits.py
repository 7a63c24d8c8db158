"""How much a document may demand, and how text from a document is quoted in a message."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager

FILE_BYTES_MAX = 64 * 1024 * 1024
TEXT_BYTES_MAX = 512 * 1024 * 1024
TOTAL_BYTES_MAX = 1024 * 1024 * 1024
FILES_MAX = 50_000
DEPTH_MAX = 64
NODES_MAX = 5_000_000
CELLS_MAX = 20_000_000
SCALAR_CHARS_MAX = 1_000_000
NUMBER_CHARS_MAX = 400
COUNT_MAX = 10**15
DOCUMENT_PROBLEMS_MAX = 20
_QUOTED_CHARS_MAX = 120

UNSAFE_CHARACTERS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Characters that steer a terminal, turn the direction of text round, or cannot be seen."""


def visible(text: str) -> str:
    r"""Write out every character that cannot be printed, as in ``\x1b`` or ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _written_out(character) for character in text)


def quoted(text: object) -> str:
    """Put foreign text into backticks for a message: visible, and cut short when it is long."""
    shown = visible(str(text)[:_QUOTED_CHARS_MAX]).replace("`", "'")
    if len(str(text)) > _QUOTED_CHARS_MAX:
        shown += "…"
    return f"`{shown}`"


@contextmanager
def paused_collection() -> Iterator[None]:
    """Keep the garbage collector quiet while a large tree is built.

    Nothing that is built is garbage, and looking through a growing tree again and again takes
    longer than building it.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _written_out(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
