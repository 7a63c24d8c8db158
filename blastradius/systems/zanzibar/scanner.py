"""Words and marks of the two model languages, one after the other."""

import re
from dataclasses import dataclass

from blastradius.documents import quoted
from blastradius.errors import SnapshotError
from blastradius.model.sources import Problem, Source
from blastradius.systems.zanzibar.excerpt import Excerpt

END = ""
"""The text of the token behind the last one."""

_WORD = re.compile(r"[A-Za-z_]")
# What a condition is made of, as far as its end must be found: texts, braces, and anything else.
_IN_CONDITION = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|//[^\n]*|[{}]""")
_TEXT = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?:\s|//[^\n]*)+""")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark.

    Attributes:
        text: As written; empty behind the end.
        at: Where it begins.
    """

    text: str
    at: int

    @property
    def is_word(self) -> bool:
        """Whether it is a name or a keyword."""
        return _WORD.match(self.text) is not None


class Scanner:
    """Goes through a text token by token; an unexpected one is an error that ends the reading."""

    def __init__(self, excerpt: Excerpt, skipped: re.Pattern[str], token: re.Pattern[str], language: str) -> None:
        """Begin at the start.

        Args:
            excerpt: The text.
            skipped: What stands between tokens: blanks and comments.
            token: A word or a mark.
            language: What the text is, for messages.
        """
        self._excerpt = excerpt
        self._skipped = skipped
        self._token = token
        self._language = language
        self.now = Token(END, 0)
        self._move(0)

    def source(self, token: Token) -> Source:
        """Name the place of a token."""
        return self._excerpt.source(token.at)

    def take(self) -> Token:
        """Give the token and go on to the next."""
        token = self.now
        if token.text:
            self._move(token.at + len(token.text))
        return token

    def accept(self, text: str) -> bool:
        """Go on if this is what stands here; tell whether it was."""
        if self.now.text != text:
            return False
        self.take()
        return True

    def expect(self, text: str, where: str) -> Token:
        """Take a token that must stand here."""
        if self.now.text != text:
            raise self.unexpected(f"`{text}` {where}")
        return self.take()

    def word(self, what: str) -> Token:
        """Take a name that must stand here."""
        if not self.now.is_word:
            raise self.unexpected(what)
        return self.take()

    def unexpected(self, wanted: str) -> SnapshotError:
        """Make the error for a token that cannot stand here."""
        found = quoted(self.now.text) if self.now.text else "the end"
        hint = "was the text written completely?" if not self.now.text else ""
        message = f"{self._language}: expected {wanted}, found {found}"
        return SnapshotError(Problem(message, self.source(self.now), hint))

    def condition_after(self, opening: Token) -> str:
        """Take a condition in CEL up to the brace that closes it.

        Args:
            opening: The brace that opens it, which is the token that stands here.

        Returns:
            Its text with blanks made even and comments left out, what stands in quotes as written.
        """
        text = self._excerpt.text
        start = opening.at + 1
        depth = 1
        for match in _IN_CONDITION.finditer(text, start):
            depth += {"{": 1, "}": -1}.get(match[0], 0)
            if not depth:
                self._move(match.end())
                return even(text[start : match.start()])
        message = f"{self._language}: the condition is never closed"
        raise SnapshotError.at(self.source(opening), message, "was the text written completely?")

    def _move(self, at: int) -> None:
        text = self._excerpt.text
        while match := self._skipped.match(text, at):
            if match.end() == at:
                break
            at = match.end()
        if at >= len(text):
            self.now = Token(END, len(text))
            return
        match = self._token.match(text, at)
        if match is None:
            message = f"{self._language}: the character {quoted(text[at])} cannot stand here"
            raise SnapshotError.at(self._excerpt.source(at), message)
        self.now = Token(match[0], at)


def even(text: str) -> str:
    """Make every run of blanks one blank, and leave comments out."""
    return _TEXT.sub(lambda match: match[0] if match[0][0] in "\"'" else " ", text).strip()
