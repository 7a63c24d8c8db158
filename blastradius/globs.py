"""Globs with ``*`` and ``?`` alone, matched in time linear in the text whatever the pattern."""

from dataclasses import dataclass
from functools import lru_cache

_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern, taken apart once.

    ``*`` stands for any text, ``/`` and nothing included; ``?`` for exactly one character. Every other character,
    brackets too, stands for itself, and case counts.

    Attributes:
        pieces: The texts between the stars, in order; a single piece when there is no star.
    """

    pieces: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """What every match begins with, as far as the pattern says it without a wildcard."""
        return self.pieces[0].partition("?")[0]

    @property
    def literal(self) -> bool:
        """Whether the pattern is a plain text that only matches itself."""
        return len(self.pieces) == 1 and "?" not in self.pieces[0]

    @property
    def everything_after_prefix(self) -> bool:
        """Whether a text fits as soon as it begins with the prefix, as with ``text*`` and with ``*``."""
        return len(self.pieces) == 2 and not self.pieces[1] and "?" not in self.pieces[0]

    @property
    def telling(self) -> str:
        """The longest text that a match must hold behind the prefix; empty when there is none."""
        first, *others = self.pieces
        parts = [*first.split("?")[1:], *(part for piece in others for part in piece.split("?"))]
        return max(parts, key=len, default="")

    @property
    def held(self) -> str | None:
        """The text that is all a match must hold somewhere, as in ``*text*``; None for any other pattern."""
        first, *middle = self.pieces
        return middle[0] if len(middle) == 2 and not first + middle[1] and "?" not in middle[0] else None

    def matches(self, text: str) -> bool:
        """Tell whether the whole text fits the pattern.

        Cost: linear in the text; a piece with ``?`` costs one machine word more for each 64 of its characters.
        """
        if len(self.pieces) == 1:
            return len(text) == len(self.pieces[0]) and _fits(self.pieces[0], text, 0)
        first, *middle, last = self.pieces
        end = len(text) - len(last)
        if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
            return False
        # The leftmost place for each piece leaves the most room for the next, so nothing ever has to be tried again.
        at = len(first)
        for piece in middle:
            found = _find(piece, text, at, end)
            if found < 0:
                return False
            at = found + len(piece)
        return True


@lru_cache(maxsize=_CACHE_SIZE)
def compile_glob(pattern: str) -> Glob:
    """Take a pattern apart."""
    first, *rest = pattern.split("*")
    # Stars in a row mean the same as one.
    middle = [piece for piece in rest[:-1] if piece]
    return Glob((first, *middle, *rest[-1:]))


def matches(pattern: str, text: str) -> bool:
    """Tell whether the whole text fits a pattern; see `Glob`."""
    return compile_glob(pattern).matches(text)


def _fits(piece: str, text: str, at: int) -> bool:
    """Tell whether a piece stands at a place; the text must be long enough for it."""
    if "?" not in piece:
        return text.startswith(piece, at)
    return all(p in ("?", text[at + i]) for i, p in enumerate(piece))


def _find(piece: str, text: str, start: int, end: int) -> int:
    if "?" not in piece:
        return text.find(piece, start, end)
    return _find_with_gaps(piece, text, start, end)


def _find_with_gaps(piece: str, text: str, start: int, end: int) -> int:
    """Find the leftmost place, reading every character once.

    Bit i of `state` says that the last i + 1 characters fit the first i + 1 of the piece.

    Source: Baeza-Yates and Gonnet, "A new approach to text searching", CACM 35 (10), 1992 (shift-and).
    """
    anything = 0
    where: dict[str, int] = {}
    for i, character in enumerate(piece):
        if character == "?":
            anything |= 1 << i
        else:
            where[character] = where.get(character, 0) | 1 << i
    whole = 1 << (len(piece) - 1)
    state = 0
    for at in range(start, end):
        state = (state << 1 | 1) & (anything | where.get(text[at], 0))
        if state & whole:
            return at + 1 - len(piece)
    return -1
