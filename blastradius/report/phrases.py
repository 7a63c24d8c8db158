"""Sentences in which our own words and text from inputs stay apart until a format writes them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from blastradius.report.escaping import NAME_LIMIT, TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class Foreign:
    """Text that came from an input: whoever writes it must escape it.

    Attributes:
        text: The text as it was read.
        limit: Longest form that a report for people shows, in characters.
    """

    text: str
    limit: int = NAME_LIMIT


Phrase = tuple[str | Foreign, ...]
"""A sentence: plain strings are our own words, everything else is `Foreign`."""


def message(text: str) -> Foreign:
    """Mark a whole sentence from an input or from another room, which may quote one."""
    return Foreign(text, TEXT_LIMIT)


def write(phrase: Phrase, quote: Callable[[str, int], str]) -> str:
    """Put a sentence together for one target.

    Args:
        phrase: The sentence.
        quote: The function of `escaping` that belongs to the target.
    """
    return "".join(part if isinstance(part, str) else quote(part.text, part.limit) for part in phrase)


def listed(items: Iterable[str | Foreign], conjunction: str = "and", most: int = 5) -> Phrase:
    """List things in a sentence: ``a, b and c``, or ``a, b and 7 more``.

    Args:
        items: What to list.
        conjunction: The word before the last one.
        most: How many are named before the rest is only counted.
    """
    everything = list(items)
    named: list[str | Foreign] = everything[:most]
    if len(everything) > most:
        named.append(f"{len(everything) - most:,} more")
    phrase: list[str | Foreign] = []
    for position, item in enumerate(named):
        if position:
            phrase.append(f" {conjunction} " if position == len(named) - 1 else ", ")
        phrase.append(item)
    return tuple(phrase)
